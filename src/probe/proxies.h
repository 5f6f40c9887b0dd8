/* What istiods and proxies have of what they were sent: the Services of other clusters, the newest
 * configuration, listeners for what comes in. */
#ifndef MESHCTL_PROBE_PROXIES_H
#define MESHCTL_PROBE_PROXIES_H

#include "wire.h"

/* Asks each istiod of the mesh for its Services and proxies, and the network's own gateways for where they
 * listen, all in one go. Findings MC508, MC605 and MC606, which are waited for as sync is; MC607 and
 * MC805. What does not answer is said elsewhere. */
int proxies_check(struct probe *p, const struct wire_pods *pods, struct error **err) MC_WARN_UNUSED;

/* ---- judgements, without asking anybody: problems are rows of {id, wanted, found, fix?, peer?} ------ */

/* Of each peer the Services that one istiod (its answer to /debug/registryz) does not know. One made within
 * a minute may be on its way; with discoverySelectors istiod looks away on purpose. Returns false where
 * nothing can be said. */
bool proxies_judge_services(const struct probe *p, const char *istiod, const json_t *registryz,
                            time_t now, json_t *problems);
/* Proxies that refuse what they were sent, by their own word; `syncz` of one istiod. */
void proxies_judge_refused(const json_t *syncz, json_t *problems);
/* What was sent and not answered: "POD.NAMESPACE TYPE" to the nonce. New reference. */
json_t *proxies_unanswered(const json_t *syncz);
/* What was unanswered at two looks, a second apart, and the same. */
void proxies_judge_stuck(const json_t *before, const json_t *now, json_t *problems);
/* Whether a gateway listens where its Service leads the mesh's port to; `listeners` as Envoy lists them.
 * Returns true when it does. */
bool proxies_judge_listeners(const struct probe *p, const json_t *pod, const json_t *listeners,
                             json_t *problems);
/* Finding MC607: pods of the mesh, older than a minute, that no istiod has; `connected` as in wire.h. */
void proxies_check_connected(struct probe *p, const json_t *connected, time_t now);
/* Finding MC805: proxies of a version that no istiod of the mesh supports. */
void proxies_check_versions(struct probe *p, const json_t *syncz);

#endif
