/* The chart values that meshctl gives. Pure functions. */
#ifndef MESHCTL_MESH_VALUES_H
#define MESHCTL_MESH_VALUES_H

#include "meshctl/mesh/mesh.h"

/* The name of the manifest that holds a component's values: "manifests/values/istiod.yaml"; for the
 * east-west gateway "eastwest-3.yaml" or "eastwest-4.yaml" by the member's gateway_ports. */
const char *mesh_values_manifest(const struct mesh *m, const struct mesh_member *member,
                                 enum mesh_component c);

/* What is merged over that where meshctl is the first to install the component; NULL: nothing. */
const char *mesh_values_tuning(enum mesh_component c);

/* What goes to the chart, and into the release as config: the profile (the parsed manifest, not
 * changed), filled in for the member, then the cloud's annotation (`cloud` is the parsed
 * manifests/clouds/NAME.yaml or NULL), then the mesh file's
 * values and the member's part of them, filled in as well, then the command line's overrides. New reference. */
int mesh_values(const struct mesh *m, const struct mesh_member *member, enum mesh_component c,
                const json_t *profile, const json_t *cloud, json_t **ret_values, struct error **err)
    MC_WARN_UNUSED;

/* The rules of a cloud for load balancers: form and length of their names, how many ports.
 * `service` is a rendered Service of type LoadBalancer (others pass). */
int mesh_check_cloud_service(const json_t *cloud, const json_t *service, struct error **err)
    MC_WARN_UNUSED;

#endif
