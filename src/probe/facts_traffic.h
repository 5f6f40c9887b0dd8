/* What decides, beside the mesh's own objects, whether requests pass between workloads: Services and
 * who is behind them, policies, istiod's mesh configuration. Read by those who only look (`check`,
 * `verify`), in the same round trip as all else. */
#ifndef MESHCTL_PROBE_FACTS_TRAFFIC_H
#define MESHCTL_PROBE_FACTS_TRAFFIC_H

#include "meshctl/probe/facts.h"

/* A Service, and the running pods that it selects. */
struct facts_service {
    const json_t *object; /* borrowed from `services` */
    const char *namespace_, *name;
    char *host;     /* "reviews.bookinfo.svc.cluster.local" */
    size_t pods;    /* 0 without a selector, too */
    size_t in_mesh; /* those of them that have a proxy */
};

struct facts_traffic {
    json_t *pods;     /* array, metadata only, of running pods that are not being deleted */
    json_t *services; /* array */
    struct facts_service *by_name; /* sorted by namespace and name */
    size_t by_name_count;

    /* Arrays, oldest first as istiod takes them; NULL where they may not be listed. */
    json_t *destination_rules, *peer_authentications, *authorization_policies, *sidecars;

    /* As the istiod of the mesh's namespace is set up; empty or NULL when it does not say. */
    json_t *config;           /* its MeshConfig */
    char *domain;             /* "cluster.local" */
    char *root;               /* the namespace whose policies are for the whole mesh */
    struct strlist revisions; /* of the mesh's istiods; another mesh's are others' business */
};

/* The reads of it, for facts_observe. */
#define FACTS_TRAFFIC_READS 6
void facts_traffic_reads(struct kube_read *reads);
/* The resource that one of them needs a right for, NULL where the ClusterRole `view` has it. */
const char *facts_traffic_resource(size_t read);
/* Out of what was read, and of `f` its istiods; `config` and `values` are those of istiod's ConfigMaps, or
 * NULL. Yours to free. */
struct facts_traffic *facts_traffic_new(const struct kube_read *reads, const struct facts *f,
                                        const char *istio_namespace, json_t *config,
                                        const json_t *values);
void facts_traffic_free(struct facts_traffic *t);

/* NULL when there is none; borrowed. */
const struct facts_service *facts_service_find(const struct facts_traffic *t,
                                               const char *namespace_, const char *name);
/* Whether a pod (its metadata) has a proxy of this mesh for what runs in it: a sidecar, or its node's. A
 * gateway is a proxy for others. */
bool facts_is_in_mesh(const struct facts_traffic *t, const json_t *pod);

#endif
