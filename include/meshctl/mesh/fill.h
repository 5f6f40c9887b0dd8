/* Placeholders in manifests: `${name}` inside any string (not key) of a JSON value; `$${` stands for
 * `${`. They are filled in after the YAML is parsed, so no value can change a manifest's structure. */
#ifndef MESHCTL_MESH_FILL_H
#define MESHCTL_MESH_FILL_H

#include "meshctl/mesh/mesh.h"

struct mesh_var {
    const char *name;
    const char *value;
};

/* Changes `value` in place. `vars` ends with a NULL name. An unknown placeholder is ERROR_INPUT. */
int mesh_fill(json_t *value, const struct mesh_var *vars, struct error **err) MC_WARN_UNUSED;
/* Changes `value` in place, so that mesh_fill gives back what it was. */
void mesh_escape(json_t *value);
/* The variables of one member: mesh, cluster, network, hub, version, istio_namespace,
 * ingress_namespace, bookinfo_namespace, member. `vars` has room for MESH_VARS entries; values are
 * borrowed from mesh and member. */
#define MESH_VARS 12
void mesh_member_vars(const struct mesh *m, const struct mesh_member *member,
                      struct mesh_var vars[MESH_VARS]);

#endif
