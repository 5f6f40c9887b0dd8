/* Kubernetes objects that meshctl makes itself (charts and manifests aside). New references. */
#ifndef MESHCTL_MESH_OBJECTS_H
#define MESHCTL_MESH_OBJECTS_H

#include "meshctl/mesh/mesh.h"

#define MESH_READER_ACCOUNT "istio-reader-service-account"
/* istioctl's name for the token Secret (istioctl/pkg/multicluster/remote_secret.go). */
#define MESH_READER_TOKEN MESH_READER_ACCOUNT "-istio-remote-secret-token"
#define MESH_NETWORK_LABEL "topology.istio.io/network"
#define MESH_CACERTS "cacerts"
#define MESH_ROOT_MAP "istio-ca-root-cert" /* in every namespace, from istiod */
#define MESH_CROSS_NETWORK_GATEWAY "cross-network-gateway"
#define MESH_MULTICLUSTER_LABEL "istio/multiCluster"
/* On a remote secret: the cluster that it is made for. */
#define MESH_CLUSTER_ANNOTATION "networking.istio.io/cluster"

/* What our own objects are known by: labels with the mesh id and the unit's name. */
#define MESH_MARK "meshctl.io/mesh"
#define MESH_MARK_UNIT "meshctl.io/unit"
void mesh_mark(json_t *object, const struct mesh *m, const char *unit);
void mesh_unmark(json_t *object);
/* The mesh whose mark a live object carries; NULL without one. Borrowed. */
const char *mesh_owner(const json_t *live);

/* On what verify has made or taken away: when the run that did is over for sure, in RFC 3339 and UTC. */
#define MESH_UNTIL "meshctl.io/until"
/* On a Deployment of a gateway that verify has taken away: how many pods it had. */
#define MESH_REPLICAS "meshctl.io/replicas"
/* The label by which istiod injects sidecars into a namespace's pods: of its revision. */
#define MESH_REVISION_DEFAULT "default"
void mesh_inject(json_t *namespace_, const char *revision);
/* A Deployment's pods shall be pulled and placed as this pod was: pull secrets' names, node selector,
 * tolerations. */
void mesh_place_like(json_t *deployment, const json_t *pod);

/* A Secret of istiod's namespace whose content is not known yet: no data. */
json_t *mesh_secret_unmade(const struct mesh *m, const char *name);
/* labels: name, value, ..., NULL. */
json_t *mesh_namespace(const char *name, ...) MC_SENTINEL;
/* Secret cacerts, type Opaque, with the four keys that istiod reads. */
json_t *mesh_cacerts(const struct mesh *m, const char *ca_cert, const char *ca_key,
                     const char *root_cert, const char *cert_chain);
/* The ServiceAccount token Secret of the reader, as istioctl makes it. */
json_t *mesh_reader_token(const struct mesh *m);
/* How istiods of other clusters reach an API server. They always look at its certificate. Borrowed. */
struct mesh_server {
    const char *url;
    const char *tls_name; /* what its certificate is for; NULL: the URL's host */
    const char *ca_pem;
};
/* What the person said of the member, else what its kubeconfig says (`tls_name` may be NULL). An
 * address of the person's own leaves the kubeconfig's TLS name behind, as kubectl's --server does
 * (client-go tools/clientcmd client_config.go, getCluster). ca_pem is NULL where the person gave
 * none: the reader's token comes with one. */
struct mesh_server mesh_server_of(const struct mesh_member *member, const char *url,
                                  const char *tls_name);
/* istio-remote-secret-CLUSTER, of the same shape and bytes as `istioctl create-remote-secret`
 * prints (with --tls-server-name where there is one): the kubeconfig inside reads the cluster
 * `member` at `server` with `token`. NULL when one of the texts is not UTF-8. */
json_t *mesh_remote_secret(const struct mesh *m, const struct mesh_member *member,
                           const struct mesh_server *server, const char *token);
/* Its name; yours to free. */
char *mesh_remote_secret_name_dup(const struct mesh_member *member);
/* The host of https://HOST[:PORT][/PATH] without brackets, and its port; NULL when it is not of that form.
 * Yours to free. */
char *mesh_server_host_dup(const char *server, unsigned *ret_port);
/* Whether it is https://HOST of the machine itself: loopback, unspecified, localhost. */
bool mesh_is_own_server(const char *server);
/* https://HOST[:PORT] that pods of another cluster could reach: refuses loopback, unspecified and
 * localhost names, a missing scheme, http. ERROR_INPUT with the --server hint. */
int mesh_check_server(const struct mesh_member *member, const char *server, struct error **err)
    MC_WARN_UNUSED;

#endif
