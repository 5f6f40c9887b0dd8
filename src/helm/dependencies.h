/* Which subcharts take part, under which names, and what they hand up (helm pkg/chartutil/
 * dependencies.go ProcessDependenciesWithMerge; helm 4 pkg/chart/v2/util/dependencies.go). */
#ifndef MESHCTL_HELM_DEPENDENCIES_H
#define MESHCTL_HELM_DEPENDENCIES_H

#include "chart_node.h"
#include "meshctl/base/strlist.h"

int dependencies_process(struct chart_node *root, const json_t *user, int helm_major,
                         struct strlist *warnings, struct error **err) MC_WARN_UNUSED;
/* chartutil.IsCompatibleRange: whether the version satisfies the constraint; false when either does
 * not parse. */
bool dependencies_in_range(const char *constraint, const char *version);

#endif
