/* What the files of flows share. */
#ifndef MESHCTL_PROBE_FLOWS_INTERNAL_H
#define MESHCTL_PROBE_FLOWS_INTERNAL_H

#include "counters.h"
#include "meshctl/probe/flows.h"
#include "metrics.h"

enum flows_reading { FLOWS_FIRST, FLOWS_SECOND, FLOWS_READINGS };

struct flows_proxy {
    const json_t *pod; /* borrowed from the flows */
    char *namespace_, *name, *workload;
    bool is_gateway;
    bool answered[FLOWS_READINGS];
    struct counters counters[FLOWS_READINGS];
    bool has_metrics; /* any at all */
    struct metrics metrics[FLOWS_READINGS];
    json_t *wires; /* wires.h */
};

struct flows_istiod {
    char *namespace_, *name, *workload;
    bool is_meshs;    /* of the mesh's own namespace */
    json_t *clusterz; /* NULL: it did not answer, or was not asked */
    json_int_t proxies;
};

struct flows {
    const struct mesh *mesh;
    const struct mesh_member *member;
    struct strlist namespaces; /* named ones */
    struct strlist injected;   /* namespaces whose pods get a proxy */

    json_t *services;     /* all of the cluster; NULL: may not be listed */
    json_t *deployments;  /* of gateways' namespaces */
    json_t *gateway_pods; /* of any state */
    json_t *pods;         /* of the named namespaces, or of all with a proxy their metadata */
    json_t *istiod_pods;

    struct flows_proxy *proxies;
    size_t proxies_count;
    struct flows_istiod *istiods;
    size_t istiods_count;
    json_t *networkz; /* of the first istiod that answered; or NULL */
    json_t *registry; /* "NAMESPACE/NAME" to array of cluster ids; NULL: not known */
    json_t *truncated;
    int64_t window_ms;
};

/* flows_find.c: who there is to ask, with one round of reads. */
int flows_find(struct probe *p, struct flows *f, struct error **err) MC_WARN_UNUSED;
bool flows_is_named(const struct flows *f, const char *namespace_);
void flows_truncate(struct flows *f, const char *what, size_t shown, size_t of);

#endif
