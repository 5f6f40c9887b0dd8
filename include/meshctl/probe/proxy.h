/* What istiod and the proxies themselves say, read from ports that answer their own pod without a
 * token. */
#ifndef MESHCTL_PROBE_PROXY_H
#define MESHCTL_PROBE_PROXY_H

#include "meshctl/ca/roots.h"
#include "meshctl/kube/client.h"

#define ISTIOD_SELECTOR "app=istiod"

/* The running, ready pods of a selector; in all namespaces where `namespace_` is NULL. An empty array
 * is no error. New reference. */
int proxy_pods(struct kube_client *client, const char *namespace_, const char *selector,
               json_t **ret_pods, struct error **err) MC_WARN_UNUSED;
/* GET PATH of istiod's debug port ("/debug/clusterz") in that pod. New reference. */
int proxy_ask_istiod(struct kube_client *client, const char *namespace_, const char *pod,
                     const char *path, json_t **ret_answer, struct error **err) MC_WARN_UNUSED;
/* The endpoints that the Envoy of a pod has for a cluster name ("outbound|9080||reviews..."): an
 * array of {address, port, region, zone, healthy}. Empty when it does not know the cluster. */
int proxy_endpoints(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, json_t **ret_endpoints, struct error **err) MC_WARN_UNUSED;
/* The roots that the Envoy of a pod trusts other workloads by: its secret ROOTCA, as it was given last
 * (istio pkg/security: RootCertReqResourceName). Adds to `roots`; nothing when it has none. */
int proxy_roots(struct kube_client *client, const char *namespace_, const char *pod,
                struct ca_roots *roots, struct error **err) MC_WARN_UNUSED;

#endif
