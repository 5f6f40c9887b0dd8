/* What keeps pods from being ready or from ending well, with what their logs and events say. */
#ifndef KUBE_POD_REASON_H
#define KUBE_POD_REASON_H

#include "memo.h"
#include "meshctl/kube/client.h"
#include "pods.h"

/* The pods of an object's spec.selector; NULL when they cannot be had. New reference. */
json_t *kube_pods_of(struct kube_client *c, const json_t *object);

/* `text`, which kube_pods_worst gave for that pod, and what its log or else its newest Warning event
 * adds; at most two requests. Yours to free. */
char *kube_pod_reason_dup(struct kube_client *c, const struct kube_pod_finding *f,
                          const char *text);

/* Remembers since when the pod is in trouble, and what may help. */
void kube_pod_note_trouble(struct kube_memo *memo, const struct kube_pod_finding *f);
/* Whether it has been in trouble for too long; then ERROR_CHECK with the reason and what may help. */
bool kube_pod_is_hopeless(const struct kube_memo *memo, const char *reason, struct error **err);

#endif
