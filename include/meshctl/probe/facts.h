/* What one cluster is, found by reading alone: everything that `plan`, `up`, `down`, `verify` and
 * `check` decide by. A value: once observed it is never changed, and other threads may read it. */
#ifndef MESHCTL_PROBE_FACTS_H
#define MESHCTL_PROBE_FACTS_H

#include "meshctl/ca/found.h"
#include "meshctl/helm/release_history.h"
#include "meshctl/kube/client.h"
#include "meshctl/mesh/mesh.h"

#define FACTS_MAX_ISTIODS 64
#define FACTS_LEASE "meshctl" /* who writes to the mesh's part in this cluster */

/* One istiod: a Deployment labelled app=istiod, in any namespace. */
struct facts_istiod {
    char *namespace_;
    char *name;
    char *revision; /* label istio.io/rev; "default" without one */
    char *version;  /* tag of its image; NULL when it has none (a digest) */
    char *cluster;  /* CLUSTER_ID; NULL: istiod's own default, "Kubernetes" */
    /* Whether it signs for workloads: ENABLE_CA_SERVER is not false. */
    bool signs;
    char *release; /* Helm's owner annotation, NULL without one */
    json_int_t ready, wanted;
};

/* What only those read who look at what decides about traffic; room probe's own. */
struct facts_traffic;

struct facts {
    struct kube_version version;
    char *uid; /* of namespace kube-system: what tells clusters apart */

    json_t *namespaces; /* array, metadata only */

    struct facts_istiod *istiods;
    size_t istiods_count;
    /* As the istiod of the mesh's namespace and release is set up (ConfigMaps istio and
     * istio-sidecar-injector); each NULL when it does not say. */
    char *mesh_id;
    char *network;
    char *trust_domain;
    char *proxy_cluster;     /* the cluster id that pods are given which start now */
    char *proxy_mesh;        /* and the mesh id */
    char *ca_address;        /* global.caAddress: who signs for workloads instead of istiod */
    char *namespace_network; /* label of istiod's namespace */

    struct release_history *releases[MESH_COMPONENTS]; /* never NULL */

    struct ca_found ca;       /* whose certificates the cluster's workloads get; no key is kept */
    struct error *ca_problem; /* what is wrong with it, NULL when it can be used or there is none */
    json_t *reader_token;     /* Secret, or NULL; holds a token */
    bool has_reader;          /* its ServiceAccount */
    json_t *links; /* array of Secrets labelled istio/multiCluster=true; they hold tokens */

    /* Array: every Service with a network label, any namespace. The status of those that are reached at the
     * nodes has the nodes' addresses, as istiod does; not with nodes_unread, which the user may not list. */
    json_t *network_services;
    bool nodes_unread;
    /* Array: every Service labelled as gateways are, istio=ingressgateway and the like, any namespace. */
    json_t *labelled_services;
    json_t *gateways; /* array of Istio's Gateways, any namespace */
    /* Where clusters of the mesh share a network: its pods' addresses and the nodes' ranges that these are
     * taken from, flat.h's; NULL where they were not read. */
    json_t *addresses, *ranges;
    char *records; /* names and versions of the releases' records, as they were listed */

    struct facts_traffic *traffic; /* NULL unless asked for */

    /* With `may_miss`, the rights that the user lacks: "list secrets in istio-system", each once. Then
     * `links` and `gateways` are NULL where they could not be listed, and with `ca_unread` what is
     * handed out to workloads is all that is known of the CA. */
    struct strlist lacking;
    unsigned lacks; /* the same as enum check_needs */
    bool ca_unread;
};

/* Reads only. What the user may not read ends it with ERROR_DENIED, but for what the ClusterRole
 * `view` does not have (Secrets, Istio's kinds) when `may_miss`. */
struct facts_options {
    const struct mesh *mesh; /* namespaces and release names */
    bool may_miss;
    /* For who looks, and does not change: what decides about traffic, whose reads may always be missed; of the
     * releases what their labels say, without a body. */
    bool with_traffic;
};
int facts_observe(struct kube_client *c, const struct facts_options *options,
                  struct facts **ret_facts, struct error **err) MC_WARN_UNUSED;
/* Whether the releases' records have changed since. */
int facts_are_stale(struct kube_client *c, const struct facts_options *options,
                    const struct facts *f, bool *ret_stale, struct error **err) MC_WARN_UNUSED;
void facts_free(struct facts *f);

/* The first istiod in that namespace, NULL without one; borrowed. */
const struct facts_istiod *facts_istiod_of(const struct facts *f, const char *namespace_);
/* A namespace's metadata object, NULL when there is none; borrowed. */
const json_t *facts_namespace(const struct facts *f, const char *name);
/* Whether new pods of a namespace get a proxy, as the injector's webhooks select namespaces (istio
 * manifests/charts/istio-control/istio-discovery). */
bool facts_is_injected(const json_t *namespace_);
/* A Service with the label of that network, one with an address before others; NULL without one;
 * borrowed. */
const json_t *facts_network_service(const struct facts *f, const char *network);
/* The Secret that lets istiod see the cluster `cluster`, NULL without one; borrowed. */
const json_t *facts_link(const struct facts *f, const char *cluster);

MC_DEFINE_CLEANUP(facts_cleanup, struct facts, facts_free);

#endif
