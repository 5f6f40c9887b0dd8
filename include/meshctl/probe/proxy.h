/* What istiod and the proxies themselves say, read from ports that answer their own pod without a
 * token. */
#ifndef MESHCTL_PROBE_PROXY_H
#define MESHCTL_PROBE_PROXY_H

#include "meshctl/kube/client.h"

#define ISTIOD_SELECTOR "app=istiod"

/* Names of the running, ready pods of a selector. An empty list is no error. */
int proxy_pods(struct kube_client *client, const char *namespace_, const char *selector,
               struct strlist *out, struct error **err) MC_WARN_UNUSED;
/* GET PATH of istiod's debug port ("/debug/clusterz") in that pod. New reference. */
int proxy_ask_istiod(struct kube_client *client, const char *namespace_, const char *pod,
                     const char *path, json_t **ret_answer, struct error **err) MC_WARN_UNUSED;
/* The endpoints that the Envoy of a pod has for a cluster name ("outbound|9080||reviews..."): an
 * array of {address, port, region, zone, healthy}. Empty when it does not know the cluster. */
int proxy_endpoints(struct kube_client *client, const char *namespace_, const char *pod,
                    const char *cluster, json_t **ret_endpoints, struct error **err) MC_WARN_UNUSED;

#endif
