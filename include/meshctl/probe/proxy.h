/* What istiod and the proxies themselves say, read from ports that answer their own pod without a
 * token. */
#ifndef MESHCTL_PROBE_PROXY_H
#define MESHCTL_PROBE_PROXY_H

#include "meshctl/ca/roots.h"
#include "meshctl/kube/forward.h"

#define ISTIOD_SELECTOR "app=istiod"
#define PROXY_TIMEOUT_MS 15000 /* of one question */
/* Where they answer their own pod without a token (istio pilot/cmd/pilot-discovery/app/request.go,
 * pilot/cmd/pilot-agent/app/request.go). */
#define PROXY_ISTIOD_PORT 15014
#define PROXY_ENVOY_PORT 15000
#define PROXY_CLUSTERS "/clusters?format=json"

/* Whether a pod is ready, and not on its way out. */
bool proxy_is_ready(const json_t *pod);
/* Whether the mesh's proxy is in a pod, as a container or, as a native sidecar, among the first ones. */
bool proxy_is_in(const json_t *pod);
/* The ready pods of a selector; in all namespaces where `namespace_` is NULL. An empty array
 * is no error. New reference. */
int proxy_pods(struct kube_client *client, const char *namespace_, const char *selector,
               json_t **ret_pods, struct error **err) MC_WARN_UNUSED;
/* The JSON that a pod answered; its error moves to *err. What is no JSON is ERROR_REMOTE. New
 * reference. */
int proxy_take_answer(struct kube_client *client, struct kube_forward_ask *ask, json_t **ret_answer,
                      struct error **err) MC_WARN_UNUSED;
/* What istiod counts of itself, as Prometheus' text: appended to `out`. */
int proxy_istiod_metrics(struct kube_client *client, const char *namespace_, const char *pod,
                         struct buf *out, struct error **err) MC_WARN_UNUSED;
/* The status that an istiod gives for a cluster id, by its /debug/clusterz: "synced"; NULL when it does not
 * know it. Borrowed. */
const char *proxy_sync_status(const json_t *clusterz, const char *cluster);
/* The endpoints that the Envoy of a pod has for a cluster name ("outbound|9080||reviews..."): an
 * array of {address, port, region, zone, healthy}. Empty when it does not know the cluster. */
int proxy_endpoints(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, json_t **ret_endpoints, struct error **err) MC_WARN_UNUSED;
/* What an Envoy holds of certificates: its answer to PROXY_SECRETS, which is without those that it does
 * not have yet (warming ones), and without any private key, which it never shows. */
#define PROXY_SECRETS "/config_dump?resource=dynamic_active_secrets"
struct proxy_secrets {
    struct ca_roots roots; /* that it trusts other workloads by: ROOTCA (istio pkg/security) */
    struct buf chain;      /* PEM: what it shows them, its own certificate first; empty: none */
};
/* Fills in what is there; `name` stands in errors, which are ERROR_REMOTE. */
int proxy_read_secrets(const json_t *dump, const char *name, struct proxy_secrets *secrets,
                       struct error **err) MC_WARN_UNUSED;
void proxy_secrets_release(struct proxy_secrets *secrets);
/* The hosts of all clusters whose names begin with `prefix`, with Envoy's own counters: an array of
 * {address, port, region, zone, healthy, requests, connections, connectFailures}. */
int proxy_hosts(struct kube_client *client, const char *namespace_, const char *pod,
                const char *prefix, json_t **ret_hosts, struct error **err) MC_WARN_UNUSED;
/* Asks the Envoy of a pod for them. */
int proxy_secrets_ask(struct kube_client *client, const char *namespace_, const char *pod,
                      struct proxy_secrets *secrets, struct error **err) MC_WARN_UNUSED;

#endif
