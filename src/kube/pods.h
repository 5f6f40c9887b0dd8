/* What keeps pods from being ready, in words. Pure. */
#ifndef KUBE_PODS_H
#define KUBE_PODS_H

#include "meshctl/data/json.h"

/* What time alone will hardly cure. */
enum kube_trouble {
    KUBE_TROUBLE_NONE,
    KUBE_TROUBLE_IMAGE, /* its image cannot be had */
    KUBE_TROUBLE_CRASH, /* a container ends again and again */
};

/* The pod that is worst off; strings are borrowed from it. */
struct kube_pod_finding {
    const json_t *pod;     /* NULL: all are ready or on their way out */
    const char *container; /* or NULL */
    bool probed;           /* it runs, and all that is missing is a probe that succeeds */
    bool ended;            /* the container has ended badly and was not started again yet */
    bool restarts;         /* it ended badly before, and waits for another start */
    enum kube_trouble trouble;
};
/* Finds it in the list, and says why in *ret_text (yours to free, NULL without a pod): "pod NAME:
 * CONTAINER: ImagePullBackOff: ...", cleaned and cut. */
struct kube_pod_finding kube_pods_worst(const json_t *pods, char **ret_text);

/* Those of the pods that are of one template with the one made last (by the ReplicaSet's label
 * pod-template-hash; all when it has none); a new reference. */
json_t *kube_pods_newest(const json_t *pods);

#define KUBE_PROBED_MAX 140 /* bytes of kube_pod_probed_dup */

/* What to say of a pod that has yet to become ready, as every pod has for a while: `text` with what
 * the newest probe said ("... (readiness probe failed: connection refused)"), out of the Warning
 * event "REASON: MESSAGE" (or NULL). */
char *kube_pod_probed_dup(const char *text, const char *event);

/* "k=v,k in (a,b),!k": a LabelSelector object as the API's query parameter; false when it holds
 * what cannot be said so. */
bool kube_selector_append(struct buf *out, const json_t *selector);

#endif
