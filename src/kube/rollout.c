/* Whether a Deployment, StatefulSet or DaemonSet is rolled out, and what its pods say when it is not. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "condition.h"
#include "events.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "pod_reason.h"

/* The numbers of a Deployment's roll-out, judged as kubectl's rollout status does (kubectl
 * pkg/polymorphichelpers/rollout_status.go). */
struct rollout {
    json_int_t wanted;
    json_int_t total;
    json_int_t updated;
    json_int_t available;
    bool seen; /* the controller has seen the newest spec */
};

static struct rollout rollout_of(const json_t *d)
{
    bool seen = json_dig_int(d, 0, "status", "observedGeneration", NULL) >=
                json_dig_int(d, 0, "metadata", "generation", NULL);
    if (text_equal(json_dig_str(d, "kind", NULL), "DaemonSet")) {
        json_int_t updated = json_dig_int(d, 0, "status", "updatedNumberScheduled", NULL);
        return (struct rollout){
            .wanted = json_dig_int(d, 0, "status", "desiredNumberScheduled", NULL),
            .total = updated,
            .updated = updated,
            .available = json_dig_int(d, 0, "status", "numberAvailable", NULL),
            .seen = seen,
        };
    }
    return (struct rollout){
        .wanted = json_dig_int(d, 1, "spec", "replicas", NULL),
        .total = json_dig_int(d, 0, "status", "replicas", NULL),
        .updated = json_dig_int(d, 0, "status", "updatedReplicas", NULL),
        .available = json_dig_int(d, 0, "status", "availableReplicas", NULL),
        .seen = seen,
    };
}

static char *progress_dup(const struct rollout *r)
{
    if (!r->seen)
        return mem_strdup("the controller has not seen it yet");
    if (r->updated < r->wanted)
        return mem_printf("%lld of %lld updated", (long long)r->updated, (long long)r->wanted);
    if (r->available < r->updated)
        return mem_printf("%lld of %lld ready", (long long)r->available, (long long)r->wanted);
    return mem_printf("%lld old pods are still there", (long long)(r->total - r->updated));
}

/* No pod is badly off, so there are too few: the ReplicaSet could not make them. */
static char *too_few_dup(struct kube_client *c, const json_t *deployment,
                         const struct kube_ref *ref)
{
    const json_t *failure = kube_condition(deployment, "ReplicaFailure");
    if (kube_condition_is(failure, "True"))
        return kube_condition_text_dup(failure);
    AUTO_FREE char *prefix = mem_printf("%s-", ref->name);
    return kube_newest_warning_of_dup(c, ref->namespace_, "ReplicaSet", prefix);
}

/* What the pods say, or NULL. At most two requests. Those of an older template count as long as
 * there is none of the newest. */
static char *pods_reason_dup(struct kube_client *c, const json_t *deployment,
                             const struct rollout *r, struct kube_memo *memo)
{
    struct kube_ref ref = kube_ref_of(deployment);
    AUTO_FREE char *text = NULL;
    json_auto_t *all = kube_pods_of(c, deployment);
    memo->trouble.standing = false;
    if (!all)
        return NULL;
    bool current = r->seen && r->updated > 0;
    json_auto_t *pods = current ? kube_pods_newest(all) : json_incref(all);
    struct kube_pod_finding f = kube_pods_worst(pods, &text);
    kube_pod_note_trouble(memo, current ? &f : &(struct kube_pod_finding){0});
    return f.pod ? kube_pod_reason_dup(c, &f, text) : too_few_dup(c, deployment, &ref);
}

static char *available_reason_dup(struct kube_client *c, const json_t *object,
                                  const struct rollout *r, struct kube_memo *memo)
{
    AUTO_FREE char *progress = progress_dup(r);
    if (!kube_memo_serves(memo))
        kube_memo_set_take(memo, pods_reason_dup(c, object, r, memo));
    return memo->text ? mem_printf("%s: %s", progress, memo->text) : TAKE(progress);
}

/* The roll-out made no progress in its time: when that was found, "" when it does not say, NULL
 * when it was not. */
static const char *failure_of(const json_t *deployment)
{
    const json_t *progressing = kube_condition(deployment, "Progressing");
    const char *when = json_dig_str(progressing, "lastUpdateTime", NULL);
    if (!text_equal(json_dig_str(progressing, "reason", NULL), "ProgressDeadlineExceeded"))
        return NULL;
    return when ? when : "";
}

/* Of a failure that was there when the wait began, an earlier roll-out is the cause, and the
 * controller lets it stand until this one has made progress. No clocks are compared. */
static bool has_failed(struct kube_memo *memo, const json_t *deployment)
{
    const char *failure = failure_of(deployment);
    if (!memo->old_failure)
        memo->old_failure = mem_strdup(failure ? failure : "none");
    return failure && strcmp(failure, memo->old_failure) != 0;
}

bool kube_is_available(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                       struct error **err)
{
    (void)ctx;
    if (!object) {
        *ret_reason = mem_strdup("it does not exist");
        return false;
    }
    struct rollout r = rollout_of(object);
    if (r.seen && r.updated >= r.wanted && r.total <= r.updated && r.available >= r.updated)
        return true;
    struct kube_memo *memo = kube_memo_of(&c->memo, object);
    AUTO_FREE char *reason = available_reason_dup(c, object, &r, memo);
    bool failed = has_failed(memo, object) && r.seen;
    if (kube_pod_is_hopeless(memo, reason, err))
        return false;
    if (failed) {
        error_set(err, ERROR_TIMEOUT, "it made no progress in its time: %s", reason);
        error_hint(err, "its own progressDeadlineSeconds ran out: see what keeps its pods");
    } else {
        *ret_reason = TAKE(reason);
    }
    return false;
}
