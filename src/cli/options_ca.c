/* The folder of the certificate authority. */
#include "options_ca.h"

#define FIELD(f) OPTION_FIELD(struct options_ca, f)

static const struct option rows[] = {
    {"ca-dir", 0, FIELD(dir), "DIR",
     "folder of the root and the intermediates (default ./MESH-ca)"},
};

const struct option_family options_ca_family = {"Certificates", rows, MC_ARRAY_LEN(rows),
                                                sizeof(struct options_ca)};

const struct options_ca *options_ca_of(const struct options *o)
{
    return options_get(o, &options_ca_family);
}

char *options_ca_dir_dup(const struct options *o, const struct mesh *mesh)
{
    const char *dir = options_ca_of(o)->dir;
    return dir ? mem_strdup(dir) : mem_printf("%s-ca", mesh->id);
}
