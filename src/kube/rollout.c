/* Whether a Deployment, StatefulSet or DaemonSet is rolled out, and what its pods say when it is not. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "condition.h"
#include "events.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "pod_log.h"
#include "pods.h"

#define ASK_MS 5000

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

static char *pod_text_dup(struct kube_client *c, const struct kube_pod_finding *f, const char *text)
{
    struct kube_ref ref = {"v1", "Pod", json_dig_str(f->pod, "metadata", "namespace", NULL),
                           json_dig_str(f->pod, "metadata", "name", NULL)};
    AUTO_FREE char *line = f->ended || f->restarts
                               ? kube_pod_log_line_dup(c, f->pod, f->container, f->restarts)
                               : NULL;
    /* What it said itself tells more than that it is started again and again. */
    if (line)
        return mem_printf("%s; its log says: %s", text, line);
    AUTO_FREE char *event = kube_newest_warning_dup(c, &ref, f->pod);
    if (f->probed)
        return kube_pod_probed_dup(text, event);
    if (!event)
        return mem_strdup(text);
    const char *message = strstr(event, ": ");
    /* The pod's own words and the event's are often the same. */
    if (strstr(text, message ? message + 2 : event))
        return mem_strdup(text);
    return mem_printf("%s; %s", text, event);
}

static char *trouble_hint_dup(const struct kube_pod_finding *f)
{
    const char *ns = json_dig_str(f->pod, "metadata", "namespace", NULL);
    const char *name = json_dig_str(f->pod, "metadata", "name", NULL);
    if (f->trouble == KUBE_TROUBLE_IMAGE)
        return mem_strdup("is the image's name right, and may the cluster's nodes pull it? --hub "
                          "takes it from another registry");
    if (!ns || !text_is_dns_label(ns) || !name || !text_is_dns_subdomain(name) || !f->container ||
        !text_is_dns_label(f->container))
        return mem_strdup("its log tells more");
    return mem_printf("its log tells more: kubectl -n %s logs %s -c %s --previous", ns, name,
                      f->container);
}

/* A pod that ends again and again runs in between, and one whose image is pulled again waits in
 * between: only one that is well, or another pod, begins the count anew. */
static void note_trouble(struct kube_memo *memo, const struct kube_pod_finding *f)
{
    const char *uid = json_dig_str(f->pod, "metadata", "uid", NULL);
    struct kube_trouble_memo *t = &memo->trouble;
    t->standing = f->trouble != KUBE_TROUBLE_NONE;
    if (!text_equal(t->pod_uid, uid))
        free(TAKE(t->pod_uid));
    if (!t->standing || !uid)
        return;
    free(t->hint);
    t->hint = trouble_hint_dup(f);
    if (t->pod_uid)
        return;
    t->pod_uid = mem_strdup(uid);
    t->since_ms = clock_now_ms();
}

/* What the pods say, or NULL. At most two requests. Those of an older template count as long as
 * there is none of the newest. */
static char *pods_reason_dup(struct kube_client *c, const json_t *deployment,
                             const struct rollout *r, struct kube_memo *memo)
{
    struct kube_ref ref = kube_ref_of(deployment);
    struct kube_ref pods_ref = {"v1", "Pod", ref.namespace_, NULL};
    AUTO_BUF selector = BUF_INIT;
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *text = NULL;
    json_auto_t *all = NULL;
    memo->trouble.standing = false;
    if (!kube_selector_append(&selector, json_dig(deployment, "spec", "selector", NULL)) ||
        kube_list_versioned(c, &pods_ref, buf_str(&selector), NULL, clock_now_ms() + ASK_MS, &all,
                            NULL, &ignored) < 0)
        return NULL;
    bool current = r->seen && r->updated > 0;
    json_auto_t *pods = current ? kube_pods_newest(all) : json_incref(all);
    struct kube_pod_finding f = kube_pods_worst(pods, &text);
    note_trouble(memo, current ? &f : &(struct kube_pod_finding){0});
    return f.pod ? pod_text_dup(c, &f, text) : too_few_dup(c, deployment, &ref);
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
    if (kube_memo_patience_ms(memo) == 0) {
        error_set(err, ERROR_CHECK, "waiting will not help: %s", reason);
        error_hint(err, "%s", memo->trouble.hint);
    } else if (failed) {
        error_set(err, ERROR_TIMEOUT, "it made no progress in its time: %s", reason);
        error_hint(err, "its own progressDeadlineSeconds ran out: see what keeps its pods");
    } else {
        *ret_reason = TAKE(reason);
    }
    return false;
}
