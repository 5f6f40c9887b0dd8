/* Option family: what of the mesh is drawn, and for whom. */
#ifndef MESHCTL_CLI_OPTIONS_GRAPH_H
#define MESHCTL_CLI_OPTIONS_GRAPH_H

#include "options.h"

struct options_graph {
    const char *from, *serve;
};

extern const struct option_family options_graph_family;
const struct options_graph *options_graph_of(const struct options *o);

#endif
