/* Requests of verify's own as proof: one cluster's caller asks the echo of every member apart, and the
 * common one. The workloads are those of manifests/verify; whoever placed them says where. */
#ifndef MESHCTL_PROBE_PROOF_H
#define MESHCTL_PROBE_PROOF_H

#include "meshctl/ca/roots.h"
#include "meshctl/probe/path.h"
#include "meshctl/probe/probe.h"

#define PROOF_MAX_TARGETS 256

/* An address of a peer that a pod of the cluster that is looked at has to reach. */
struct proof_target {
    size_t peer; /* its member */
    enum proof_target_kind {
        PROOF_SERVER,  /* the remote secret's address */
        PROOF_GATEWAY, /* one of the network's gateway */
        PROOF_POD,     /* a pod, on one network */
        PROOF_KINDS,
    } kind;
    char *host;
    unsigned port;
    char *tls_name; /* NULL: as the host is called */
    enum { PROOF_UNASKED, PROOF_ANSWERS, PROOF_SILENT } state;
    char *said; /* why it is silent */
};

/* What the caller of the cluster that is looked at measured. */
struct proof {
    char *namespace_;
    char *caller; /* its pod */
    struct proof_target targets[PROOF_MAX_TARGETS];
    size_t targets_count;
    bool to[MESH_MAX_MEMBERS]; /* whose echoes there are */
    struct path paths[MESH_MAX_MEMBERS];
    struct path load; /* to the common echo */
    /* Envoy's own words, NULL where it was not asked: what stands for that member's echo in the
     * caller's sidecar (proxy_hosts), and the roots that this trusts. */
    json_t *hosts[MESH_MAX_MEMBERS];
    struct ca_roots roots;
    /* The cluster's own east-west gateway, all pods together: requests (or connections) that it passed
     * on to this cluster's echo; -1 where it was not asked. */
    json_int_t passed;
};
void proof_release(struct proof *f);

/* The pod whose proxy's image, and whose place, workloads of verify take over: a gateway's, or where none is
 * ready any other of the mesh. NULL without one. New reference. */
int proof_model(struct probe *p, json_t **ret_pod, struct error **err) MC_WARN_UNUSED;
/* A ready pod of verify's callers; NULL when there is none. Yours to free. */
int proof_caller(struct probe *p, const char *namespace_, char **ret_pod, struct error **err)
    MC_WARN_UNUSED;
/* The Deployments that make the pods of the network's gateways. New reference. */
int proof_gateways(struct probe *p, json_t **ret_deployments, struct error **err) MC_WARN_UNUSED;
/* How many pods of these gateways there are, those that are on their way out, too: they serve until they
 * have drained. */
int proof_gateway_pods(struct probe *p, size_t *ret_count, struct error **err) MC_WARN_UNUSED;
/* What the cluster's caller shall try besides: the peers' API servers as the remote secrets have them, every
 * address of the peers' gateways and, of those on its own network, pods; PROOF_MAX_TARGETS at the most. */
void proof_add_targets(const struct probe *p, struct proof *f);
/* For the caller's Envoy: ", {...}, {...}", one cluster of the bootstrap for each target. Yours to free. */
char *proof_clusters_dup(const struct proof *f);
/* "443,15443": the ports that its sidecar must leave to it, since istiod and the gateways' callers have none
 * on that way. Yours to free. */
char *proof_ports_dup(const struct proof *f);
/* Tries the targets from the caller's pod; one that is silent twice is. Where the caller cannot be asked
 * nothing is said. */
int proof_reach(struct probe *p, struct proof *f, struct error **err) MC_WARN_UNUSED;
/* Whether one of a member's targets is silent. */
bool proof_is_silent(const struct proof *f, size_t member);
/* Sends at least `requests` on each path, when every path answers or nothing changes any more; a path that
 * does not answer is asked no more, and one to a peer with a silent target is not waited for. MC105
 * and MC736 as warnings where the caller cannot be asked. */
int proof_send(struct probe *p, struct proof *f, unsigned requests, struct error **err)
    MC_WARN_UNUSED;
/* Reads the caller's sidecar: endpoints with their counters, roots. */
int proof_look(struct probe *p, struct proof *f, struct error **err) MC_WARN_UNUSED;
/* Reads the gateway's counters. */
int proof_count(struct probe *p, struct proof *f, struct error **err) MC_WARN_UNUSED;

/* Findings MC747 (API servers), MC748 (gateways) and MC749 (pods) of the targets, then MC732 (requests), MC733 (identities)
 * and MC734 (through the gateways) of the cluster's paths. `proofs` has one a member, NULL for those
 * without. Pure. */
void proof_judge(struct probe *p, struct proof *const *proofs);
/* {namespace, caller, reached[] {from, to, what, address, port, answers, said}, paths[] {to, of path_json,
 * roots[], endpoints[], gatewayPassed}, load {to: count}} of
 * one member's proof; `from` and the rest are its caller's. New reference. */
json_t *proof_json(struct probe *p, struct proof *const *proofs);

#endif
