/* The tree that a render works on: the chart and its subcharts as dependency processing leaves them
 * (names may be aliases, values may hold imports, disabled subcharts are gone), while struct chart
 * stays as it was loaded. */
#ifndef MESHCTL_HELM_CHART_NODE_H
#define MESHCTL_HELM_CHART_NODE_H

#include "meshctl/chart/chart.h"

struct chart_node {
    const struct chart *chart; /* borrowed: templates, files, schema */
    char *name;                /* metadata name, or the alias */
    char *path;                /* "parent/charts/sub" (helm ChartFullPath); set by node_set_paths */
    json_t *metadata;          /* own copy when dependency processing changes it */
    json_t *values;
    struct chart_node *parent;
    struct chart_node **children;
    size_t count;
};

/* Reads the values of the whole tree as that major of Helm does ("cannot
 * load values.yaml: ..."). */
int node_new(const struct chart *chart, int helm_major, struct chart_node **ret_node,
             struct error **err) MC_WARN_UNUSED;
/* A deep copy under the same parent's name or another. */
struct chart_node *node_copy(const struct chart_node *node, const char *name);
void node_add_take(struct chart_node *parent, struct chart_node *child);
void node_free(struct chart_node *node);
/* To be called once the tree is final. */
void node_set_paths(struct chart_node *node);
bool node_is_library(const struct chart_node *node);

MC_DEFINE_CLEANUP(node_cleanup, struct chart_node, node_free);

#endif
