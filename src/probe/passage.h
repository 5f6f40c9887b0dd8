/* Whether requests get through: in by the network's own gateway, out to the peers' ones. */
#ifndef MESHCTL_PROBE_PASSAGE_H
#define MESHCTL_PROBE_PASSAGE_H

#include "questions.h"
#include "wire.h"

/* The part of a round of questions that is asked for this. */
struct passage {
    struct probe *probe;
    const struct wire_pods *pods;
    size_t first, count; /* of the questions */
};
/* Adds a few proxies' own lists of clusters: of the east-west gateway, of other gateways and of some
 * workloads. */
void passage_begin(struct passage *passage, struct probe *p, const struct wire_pods *pods,
                   struct questions *q);
/* With the answers. MC521: the gateway's port for the peers is tried, through port-forwarding, as a peer's
 * proxy would for services that it has endpoints of; what they show is held against `roots` (MC212). MC522:
 * proxies' connections to a peer's gateway fail, MC524: those to its pods on the same network, now; that takes a second look a moment later where any
 * has ever failed. */
int passage_end(struct passage *passage, const struct questions *q, const struct ca_roots *roots,
                const char *anchors, struct error **err) MC_WARN_UNUSED;

/* ---- pure ---- */

/* "details.bookinfo.svc.cluster.local" of "outbound_.9080_._.details.bookinfo.svc.cluster.local": a
 * cluster that a gateway passes on to (istio pilot/pkg/model, BuildDNSSrvSubsetKey); NULL: it is none.
 * Borrowed. */
const char *passage_host(const char *cluster);
/* Whether Gateways with a server on 15443 that passes the mesh's TLS on, for this pod, name that host. */
bool passage_is_exposed(const json_t *gateways, const json_t *pod, const char *host);
/* Names of clusters that have a healthy endpoint and are exposed, at most `max`. `clusters`: Envoy's
 * /clusters. */
void passage_candidates(const json_t *clusters, const json_t *gateways, const json_t *pod,
                        size_t max, struct strlist *names);
/* Counters of the endpoints on one way over all of an Envoy's clusters: {address, port}, or {pods} with
 * addresses of any port as its keys. */
struct passage_counts {
    json_int_t tried, failed;
};
struct passage_counts passage_count(const json_t *clusters, const json_t *way);

#endif
