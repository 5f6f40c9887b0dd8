/* What keeps pods from being ready, in words. Pure. */
#ifndef KUBE_PODS_H
#define KUBE_PODS_H

#include "meshctl/data/json.h"

/* The pod of the list that is worst off, borrowed, with why in *ret_text (yours to free): "pod
 * NAME: CONTAINER: ImagePullBackOff: ...", cleaned and cut. NULL when all are ready or on their way
 * out. *ret_probed (may be NULL): it runs, and all that is missing is a probe that succeeds. */
const json_t *kube_pods_worst(const json_t *pods, char **ret_text, bool *ret_probed);

#define KUBE_PROBED_MAX 140 /* bytes of kube_pod_probed_dup */

/* What to say of a pod that has yet to become ready, as every pod has for a while: `text` with what
 * the newest probe said ("... (readiness probe failed: connection refused)"), out of the Warning
 * event "REASON: MESSAGE" (or NULL). */
char *kube_pod_probed_dup(const char *text, const char *event);

/* "k=v,k in (a,b),!k": a LabelSelector object as the API's query parameter; false when it holds
 * what cannot be said so. */
bool kube_selector_append(struct buf *out, const json_t *selector);

#endif
