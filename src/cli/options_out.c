/* Where the objects of a plan go as files. */
#include "options_out.h"

static const struct option rows[] = {
    {"out", 0, OPTION_FIELD(struct options_out, out), "DIR",
     "write the objects, a folder a cluster, as YAML in the order of applying; no Secrets"},
};

const struct option_family options_out_family = {"Files", rows, MC_ARRAY_LEN(rows),
                                                 sizeof(struct options_out)};

const struct options_out *options_out_of(const struct options *o)
{
    return options_get(o, &options_out_family);
}
