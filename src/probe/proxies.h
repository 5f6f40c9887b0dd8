/* What istiods and proxies have of what they were sent: the Services of other clusters, the newest
 * configuration, listeners for what comes in. */
#ifndef MESHCTL_PROBE_PROXIES_H
#define MESHCTL_PROBE_PROXIES_H

#include "questions.h"
#include "settle.h"
#include "wire.h"

/* What has been looked at. */
struct proxies {
    struct probe *probe;
    const struct wire_pods *pods;
    struct settle settle;
    bool hopeless;       /* something was wrong before: nothing is waited for */
    size_t looks;        /* so far */
    size_t first, count; /* of the questions of this look */
    json_t *syncz;       /* array: what all istiods of the mesh say of their proxies */
    json_t *before;      /* what was under way a look ago; or NULL */
    json_t *problems;
    size_t listening; /* gateways */
    size_t knowing;   /* istiods that tell whose their Services are */
};
void proxies_begin(struct proxies *x, struct probe *p, const struct wire_pods *pods);
void proxies_release(struct proxies *x);
#define AUTO_PROXIES MC_CLEANUP(proxies_release) struct proxies

/* Adds what each istiod of the mesh is asked of its Services (and after the first look of its proxies), and
 * the network's own gateways of where they listen. */
void proxies_add(struct proxies *x, struct questions *q);
/* With the answers: whether to ask all again, having waited; so are MC508, MC605 and MC606 waited for, as
 * sync is. What does not answer is said elsewhere. ERROR_CANCELLED. */
int proxies_judge(struct proxies *x, const struct questions *q, bool *ret_again, struct error **err)
    MC_WARN_UNUSED;
/* Findings MC508, MC605 and MC606, as the last look was; MC607 and MC805. */
void proxies_end(struct proxies *x);

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
