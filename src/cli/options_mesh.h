/* Option family: which clusters are members of the mesh, and its names. */
#ifndef MESHCTL_CLI_OPTIONS_MESH_H
#define MESHCTL_CLI_OPTIONS_MESH_H

#include "options.h"

struct options_mesh {
    const char *filename;    /* of a mesh file */
    const char *west, *east; /* short for --cluster west=..., --cluster east=... */
    const char *kubeconfig;  /* of clusters that name none */
    const char *mesh_id, *istio_namespace, *ingress_namespace, *bookinfo_namespace;
    struct strlist clusters;                         /* NAME=FILE[@CONTEXT] */
    struct strlist cluster_names, networks, servers; /* NAME=VALUE */
    struct strlist server_cas;                       /* NAME=FILE */
    struct strlist server_tls_names;                 /* NAME=HOST */
    struct strlist releases;                         /* COMPONENT=NAME */
};

extern const struct option_family options_mesh_family;
const struct options_mesh *options_mesh_of(const struct options *o);

#endif
