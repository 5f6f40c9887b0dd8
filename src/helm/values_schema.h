/* The values of a chart and its subcharts against their values.schema.json. */
#ifndef MESHCTL_HELM_VALUES_SCHEMA_H
#define MESHCTL_HELM_VALUES_SCHEMA_H

#include "chart_node.h"
#include "meshctl/base/strlist.h"

/* Every chart of the tree against its part of the values; "values don't meet the specifications of
 * the schema(s) in the following chart(s):\n...". Warnings (of Helm) are appended. */
int values_check_tree(const struct chart_node *root, const json_t *values, struct strlist *warnings,
                      struct error **err) MC_WARN_UNUSED;

#endif
