/* What istiod and the gateways' proxies say of themselves. */
#ifndef MESHCTL_PROBE_SYNC_H
#define MESHCTL_PROBE_SYNC_H

#include "meshctl/probe/probe.h"

/* Asks each istiod for the clusters it sees, the networks' gateways it knows and the proxies that are
 * connected; each gateway's proxy for the roots that it trusts. Findings MC601 to MC604 and MC208;
 * MC105 for what may not be asked. */
int probe_sync(struct probe *p, struct error **err) MC_WARN_UNUSED;

/* One look's judgement, pure. `clusterz`, `networkz`: answers of one istiod. Appends to `problems`
 * rows of {id, peer, wanted, found}, and `reading`, whether istiod is still at it. */
void sync_judge_peers(const struct probe *p, const char *istiod, const json_t *clusterz,
                      const json_t *networkz, json_t *problems);
/* Adds to `connected` the proxies of an istiod of that namespace: "POD.NAMESPACE" to it; to `gateways`
 * the keys of those of that cluster that are gateways, which older istiods do not tell. */
void sync_add_connected(const json_t *syncz, const char *namespace_, const char *cluster,
                        json_t *connected, json_t *gateways);
/* Gateways' pods that no istiod has; `pods` as gateways_pods gives them. Their row has a `fix` where it is
 * known how to restart them. */
void sync_judge_connected(const json_t *pods, const json_t *connected, json_t *problems);

#endif
