/* Option family: the folder of the certificate authority. */
#ifndef MESHCTL_CLI_OPTIONS_CA_H
#define MESHCTL_CLI_OPTIONS_CA_H

#include "meshctl/mesh/mesh.h"
#include "options.h"

struct options_ca {
    const char *dir;
};

extern const struct option_family options_ca_family;
const struct options_ca *options_ca_of(const struct options *o);
/* The folder, by default ./MESH-ca. Yours to free. */
char *options_ca_dir_dup(const struct options *o, const struct mesh *mesh);

#endif
