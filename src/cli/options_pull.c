/* Which versions of charts are copied, and where to. */
#include "options_pull.h"

#include "meshctl/mesh/mesh.h"

#define FIELD(f) OPTION_FIELD(struct options_pull, f)

static const struct option rows[] = {
    {"istio-version", 0, FIELD(istio_version), "VERSION",
     "version to pull, or a range such as ~1.31 (default " MESH_DEFAULT_ISTIO_VERSION ")"},
    {"to", 0, FIELD(dir), "DIR", "folder that gets the archives"},
};

const struct option_family options_pull_family = {"Copying charts", rows, MC_ARRAY_LEN(rows),
                                                  sizeof(struct options_pull)};

const struct options_pull *options_pull_of(const struct options *o)
{
    return options_get(o, &options_pull_family);
}
