/* What flows in one cluster: what its gateways' and workloads' proxies count of the endpoints that they
 * call, read twice, and what istiod knows of the other clusters. */
#ifndef MESHCTL_PROBE_FLOWS_H
#define MESHCTL_PROBE_FLOWS_H

#include "meshctl/base/strlist.h"
#include "meshctl/probe/probe.h"

#define FLOWS_MAX_PROXIES                                                                          \
    128 /* asked in a cluster, gateways among them, where namespaces are named */
#define FLOWS_MAX_SAMPLED 32 /* where none is */
#define FLOWS_MAX_NAMESPACES 64

struct flows;

/* Finds istiods, gateways and the pods with a proxy: of `namespaces`, or, where that is empty, of all of
 * them; and reads their counters for the first time. What one may not read, and who does not answer,
 * is left out: -1 only when nothing could be asked, or when it was cancelled. Keeps nothing of `p` but
 * the mesh. */
int flows_begin(struct probe *p, const struct strlist *namespaces, struct flows **ret_flows,
                struct error **err) MC_WARN_UNUSED;
/* Reads again when `window_ms` have passed since. */
int flows_end(struct probe *p, struct flows *f, int64_t window_ms, struct error **err)
    MC_WARN_UNUSED;
void flows_free(struct flows *f);

/* After flows_end. Milliseconds between the two readings, of the proxy with most. */
int64_t flows_window_ms(const struct flows *f);
/* {namespace, name, role eastwest|ingress|egress, type, addresses[], port, ready, wanted, health,
 * connections, connectionsPerSecond, bytesPerSecond} of each Service that leads to a gateway's pods;
 * null for what is not known. New reference. */
json_t *flows_gateways(const struct flows *f);
/* {from {namespace, workload}, to {owner, namespace, service}, via, mtls, healthy, requests, errors,
 * requestsPerSecond, errorsPerSecond, connectFailures} of each workload and endpoint that it called;
 * `owner` is the id of the cluster that the endpoint is of, null outside of the mesh. New reference. */
json_t *flows_calls(const struct flows *f);
/* {namespace, name, endpoints, workloads[] {name, pods, ready, injected}} of the Services of the namespaces
 * that were named. New reference. */
json_t *flows_services(const struct flows *f);
/* How many proxies the istiod of that namespace and name has; -1 when it was not asked. */
json_int_t flows_proxies(const struct flows *f, const char *namespace_, const char *istiod);
/* How many istiod pods of the mesh answered, and how many of these have all of the cluster with that
 * id. */
void flows_sync(const struct flows *f, const char *cluster, size_t *ret_asked, size_t *ret_synced);
/* "ADDRESS:PORT" of the gateways that istiod tells proxies for a member on another network: those of its
 * cluster, or where that has none of its network; of one on the same network none. New reference. */
json_t *flows_network(const struct flows *f, const struct mesh_member *peer);
/* How many Services the namespaces of `of` with injection have, and how many of them the istiod of `f`
 * knows to be in it; -1 each where it is not known. */
void flows_seen(const struct flows *f, const struct flows *of, const char *cluster,
                json_int_t *ret_services, json_int_t *ret_seen);
/* {p50, p99} in milliseconds of the requests between the readings to workloads of that cluster; null
 * where proxies do not tell. New reference. */
json_t *flows_latency(const struct flows *f, const char *cluster);
/* Rows of {what, shown, of}. Borrowed. */
const json_t *flows_truncated(const struct flows *f);

MC_DEFINE_CLEANUP(flows_cleanup, struct flows, flows_free);

#endif
