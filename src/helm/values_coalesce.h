/* Values of a chart tree (helm pkg/chartutil/coalesce.go 3.22, pkg/chart/common/util/coalesce.go
 * 4.3). Merging keeps nulls, coalescing lets a null delete a default. */
#ifndef MESHCTL_HELM_VALUES_COALESCE_H
#define MESHCTL_HELM_VALUES_COALESCE_H

#include "chart_node.h"
#include "meshctl/base/strlist.h"

struct coalesce {
    bool merge;               /* keep nulls */
    bool clean_defaults;      /* Helm 4: nulls of the chart's defaults are dropped first */
    struct strlist *warnings; /* or NULL */
};

/* A new object: the node's defaults under `user` (NULL is {}), subcharts included. */
int coalesce_values(const struct chart_node *node, const json_t *user, const struct coalesce *how,
                    json_t **ret_values, struct error **err) MC_WARN_UNUSED;
/* dst wins; src is used up (its maps become dst's). */
void coalesce_tables(const struct coalesce *how, json_t *dst, json_t *src, const char *prefix);

#endif
