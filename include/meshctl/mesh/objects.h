/* Kubernetes objects that meshctl makes itself (charts and manifests aside). New references. */
#ifndef MESHCTL_MESH_OBJECTS_H
#define MESHCTL_MESH_OBJECTS_H

#include "meshctl/mesh/mesh.h"

#define MESH_READER_ACCOUNT "istio-reader-service-account"
/* istioctl's name for the token Secret (istioctl/pkg/multicluster/remote_secret.go). */
#define MESH_READER_TOKEN MESH_READER_ACCOUNT "-istio-remote-secret-token"
#define MESH_NETWORK_LABEL "topology.istio.io/network"
#define MESH_CACERTS "cacerts"
#define MESH_CROSS_NETWORK_GATEWAY "cross-network-gateway"
#define MESH_MULTICLUSTER_LABEL "istio/multiCluster"

/* What our own objects are known by: labels with the mesh id and the unit's name. */
#define MESH_MARK "meshctl.io/mesh"
#define MESH_MARK_UNIT "meshctl.io/unit"
void mesh_mark(json_t *object, const struct mesh *m, const char *unit);
void mesh_unmark(json_t *object);
/* The mesh whose mark a live object carries; NULL without one. Borrowed. */
const char *mesh_owner(const json_t *live);

/* A Secret of istiod's namespace whose content is not known yet: no data. */
json_t *mesh_secret_unmade(const struct mesh *m, const char *name);
/* labels: name, value, ..., NULL. */
json_t *mesh_namespace(const char *name, ...) MC_SENTINEL;
/* Secret cacerts, type Opaque, with the four keys that istiod reads. */
json_t *mesh_cacerts(const struct mesh *m, const char *ca_cert, const char *ca_key,
                     const char *root_cert, const char *cert_chain);
/* The ServiceAccount token Secret of the reader, as istioctl makes it. */
json_t *mesh_reader_token(const struct mesh *m);
/* istio-remote-secret-CLUSTER, of the same shape and bytes as `istioctl create-remote-secret`
 * prints: the kubeconfig inside reads the cluster `member` at `server` with `token`, trusting
 * `ca_pem`. NULL when the token or the address is not UTF-8. */
json_t *mesh_remote_secret(const struct mesh *m, const struct mesh_member *member,
                           const char *server, const char *ca_pem, const char *token);
/* Its name; yours to free. */
char *mesh_remote_secret_name_dup(const struct mesh_member *member);
/* https://HOST[:PORT] that pods of another cluster could reach: refuses loopback, unspecified and
 * localhost names, a missing scheme, http. ERROR_INPUT with the --server hint. */
int mesh_check_server(const struct mesh_member *member, const char *server, struct error **err)
    MC_WARN_UNUSED;

#endif
