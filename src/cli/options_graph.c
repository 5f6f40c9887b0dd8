/* What of the mesh is drawn, and for whom. */
#include "options_graph.h"

#define FIELD(f) OPTION_FIELD(struct options_graph, f)

static const struct option rows[] = {
    {"from", 0, FIELD(from), "FILE",
     "draw what \"status -o json\" wrote to FILE (- is standard input) instead of asking clusters"},
    {"serve", 0, FIELD(serve), "ADDRESS",
     "show the page at http://ADDRESS/ until Ctrl-C, kept fresh; PORT alone is 127.0.0.1:PORT"},
};

const struct option_family options_graph_family = {"Picture", rows, MC_ARRAY_LEN(rows),
                                                   sizeof(struct options_graph)};

const struct options_graph *options_graph_of(const struct options *o)
{
    return options_get(o, &options_graph_family);
}
