/* Waits on objects by watch, resumed where it was cut (410 starts again with a get). Every wait has
 * a deadline, says why it still waits, and can be cancelled (the client's token). */
#ifndef MESHCTL_KUBE_WAIT_H
#define MESHCTL_KUBE_WAIT_H

#include "meshctl/kube/client.h"

/* Looks at the object (NULL while it does not exist). Returns true when content. Otherwise it may
 * set *ret_reason (yours to malloc, the waiter frees it) and, when waiting on makes
 * no sense, *err. */
typedef bool (*kube_predicate)(struct kube_client *c, const json_t *object, void *ctx,
                               char **ret_reason, struct error **err);

/* `ref` with a name waits for that object. `on_reason` (may be NULL) is told each new reason, at
 * least every 10 s while waiting. Past the deadline: ERROR_TIMEOUT "CLUSTER: waited 2m00s for WHAT:
 * REASON", with the newest Warning event of the object when there is one. */
struct kube_wait {
    struct kube_ref ref;
    const char *what; /* "Deployment istio-system/istiod to be available" or NULL for a default */
    int64_t deadline_ms;
    kube_predicate predicate;
    void *ctx;
    void (*on_reason)(void *ctx, const char *reason);
    void *reason_ctx;
};
int kube_wait(struct kube_client *c, const struct kube_wait *wait, json_t **ret_object,
              struct error **err) MC_WARN_UNUSED;

/* Ready-made predicates. */
bool kube_is_established(struct kube_client *, const json_t *, void *, char **,
                         struct error **); /* CRD */
/* Deployment, StatefulSet, DaemonSet: observedGeneration current and all wanted replicas updated and available. The reason
 * is the worst pod's own (ImagePullBackOff: text, Unschedulable: text, "0 of 1 ready") plus what
 * the log of a container that ended says, or the newest Warning event of pod or ReplicaSet; of a
 * pod that runs it is short and calm ("0 of 1 ready: pod X: istio-proxy is not ready yet (readiness
 * probe failed: connection refused)").
 *
 * Errors: a pod of the newest template whose image cannot be had or that crashes again and again,
 * for 15 s (ERROR_CHECK, with a hint of its own); ProgressDeadlineExceeded (ERROR_TIMEOUT), but not
 * one that was there when the wait began. */
bool kube_is_available(struct kube_client *, const json_t *, void *, char **, struct error **);
/* Job or Pod: it has ended well. The reason is the worst pod's, as above. Errors: it failed
 * (ERROR_REMOTE, with the Job's own reason and the pod's), it is gone, its image cannot be had for 15 s
 * (ERROR_CHECK). */
bool kube_has_ended(struct kube_client *, const json_t *, void *, char **, struct error **);
/* Service of type LoadBalancer: status.loadBalancer.ingress has an ip or hostname. */
bool kube_has_address(struct kube_client *, const json_t *, void *, char **, struct error **);
bool kube_exists(struct kube_client *, const json_t *, void *, char **, struct error **);
bool kube_is_gone(struct kube_client *, const json_t *, void *, char **, struct error **);
/* Secret with non-empty data for every key of the NULL-terminated list in ctx. */
bool kube_has_keys(struct kube_client *, const json_t *, void *, char **, struct error **);

/* First ip, or hostname, of a LoadBalancer Service (or spec.externalIPs); borrowed,
 * NULL when none. */
const char *kube_service_address(const json_t *service);
/* All of them, as istiod takes them (pilot/pkg/serviceregistry/kube/conversion.go): of each entry of the
 * load balancer its ip, or else its hostname, then spec.externalIPs. A dual-stack Service has two. */
void kube_service_addresses(const json_t *service, struct strlist *out);

#endif
