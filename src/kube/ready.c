/* The ready-made predicates of kube/wait.h. */
#include "meshctl/kube/wait.h"

#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "events.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "pods.h"

#define ASK_MS 5000
#define MAX_TEXT 400

static const json_t *condition_of(const json_t *object, const char *type)
{
    size_t i;
    json_t *condition;
    json_array_foreach(json_dig(object, "status", "conditions", NULL), i, condition) {
        if (text_equal(json_dig_str(condition, "type", NULL), type))
            return condition;
    }
    return NULL;
}

static bool condition_is(const json_t *condition, const char *status)
{
    return text_equal(json_dig_str(condition, "status", NULL), status);
}

/* "REASON: MESSAGE" of a condition, cleaned. */
static char *condition_text_dup(const json_t *condition)
{
    const char *reason = json_dig_str(condition, "reason", NULL);
    const char *message = json_dig_str(condition, "message", NULL);
    AUTO_BUF out = BUF_INIT;
    if (reason)
        text_append_clean(&out, reason, strnlen(reason, MAX_TEXT));
    if (message && *message) {
        buf_appends(&out, out.len > 0 ? ": " : "");
        text_append_clean(&out, message, strnlen(message, MAX_TEXT));
    }
    return buf_detach(&out, NULL);
}

static bool missing(char **ret_reason)
{
    *ret_reason = mem_strdup("it does not exist");
    return false;
}

bool kube_exists(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                 struct error **err)
{
    (void)c;
    (void)ctx;
    (void)err;
    return object || missing(ret_reason);
}

bool kube_is_gone(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                  struct error **err)
{
    (void)c;
    (void)ctx;
    (void)err;
    if (!object)
        return true;
    /* What a Namespace says about its remains. */
    static const char *const remains[] = {
        "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
        "NamespaceDeletionContentFailure", "NamespaceDeletionDiscoveryFailure"};
    for (size_t i = 0; i < MC_ARRAY_LEN(remains); i++) {
        const json_t *condition = condition_of(object, remains[i]);
        if (condition_is(condition, "True")) {
            *ret_reason = condition_text_dup(condition);
            return false;
        }
    }
    const char *finalizer = json_dig_str(object, "metadata", "finalizers", "0", NULL);
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, json_dig(object, "metadata", "deletionTimestamp", NULL)
                          ? "it is being deleted"
                          : "it is still there");
    if (finalizer) {
        buf_appends(&out, ", finalizer ");
        text_append_clean(&out, finalizer, strnlen(finalizer, MAX_TEXT));
    }
    *ret_reason = buf_detach(&out, NULL);
    return false;
}

bool kube_is_established(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                         struct error **err)
{
    (void)ctx;
    if (!object)
        return missing(ret_reason);
    const json_t *names = condition_of(object, "NamesAccepted");
    const json_t *established = condition_of(object, "Established");
    if (condition_is(established, "True")) {
        /* Its kind is served from now on, so what discovery said before is out of date. */
        kube_kinds_forget(c, true);
        return true;
    }
    if (condition_is(names, "False")) {
        AUTO_FREE char *text = condition_text_dup(names);
        error_set(err, ERROR_CONFLICT, "its names are taken: %s", text);
        return false;
    }
    *ret_reason = established ? condition_text_dup(established) : mem_strdup("not established yet");
    return false;
}

const char *kube_service_address(const json_t *service)
{
    size_t i;
    json_t *ingress;
    json_array_foreach(json_dig(service, "status", "loadBalancer", "ingress", NULL), i, ingress) {
        const char *ip = json_dig_str(ingress, "ip", NULL);
        const char *hostname = json_dig_str(ingress, "hostname", NULL);
        if (ip && *ip)
            return ip;
        if (hostname && *hostname)
            return hostname;
    }
    return json_dig_str(service, "spec", "externalIPs", "0", NULL);
}

/* Whether pods and events may be asked for now; otherwise the last answer about
 * this object serves. */
static bool memo_serves(struct kube_client *c, const json_t *object)
{
    const char *uid = json_dig_str(object, "metadata", "uid", NULL);
    return text_equal(c->memo.uid, uid) &&
           clock_now_ms() - c->memo.asked_ms < KUBE_REASONS_EVERY_MS;
}

static void memo_set_take(struct kube_client *c, const json_t *object, char *text)
{
    free(c->memo.uid);
    free(c->memo.text);
    c->memo.uid = mem_strdup_opt(json_dig_str(object, "metadata", "uid", NULL));
    c->memo.text = text;
    c->memo.asked_ms = clock_now_ms();
}

bool kube_has_address(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                      struct error **err)
{
    (void)ctx;
    if (!object)
        return missing(ret_reason);
    const char *type = json_dig_str(object, "spec", "type", NULL);
    if (kube_service_address(object))
        return true;
    if (!text_equal(type, "LoadBalancer")) {
        AUTO_BUF clean = BUF_INIT;
        text_append_clean(&clean, type ? type : "", type ? strnlen(type, 64) : 0);
        error_set(err, ERROR_INPUT, "its type is %s, which gets no address from outside",
                  clean.len > 0 ? buf_str(&clean) : "ClusterIP");
        return false;
    }
    if (!memo_serves(c, object)) {
        struct kube_ref ref = kube_ref_of(object);
        memo_set_take(c, object, kube_newest_warning_dup(c, &ref, object));
    }
    *ret_reason = mem_printf("no load balancer has given it an address%s%s",
                             c->memo.text ? ": " : "", c->memo.text ? c->memo.text : "");
    return false;
}

bool kube_has_keys(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                   struct error **err)
{
    (void)c;
    (void)err;
    if (!object)
        return missing(ret_reason);
    for (const char *const *key = ctx; *key; key++) {
        const char *value = json_dig_str(object, "data", *key, NULL);
        if (!value || !*value) {
            *ret_reason = mem_printf("it has no %s yet", *key);
            return false;
        }
    }
    return true;
}

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
    return (struct rollout){
        .wanted = json_dig_int(d, 1, "spec", "replicas", NULL),
        .total = json_dig_int(d, 0, "status", "replicas", NULL),
        .updated = json_dig_int(d, 0, "status", "updatedReplicas", NULL),
        .available = json_dig_int(d, 0, "status", "availableReplicas", NULL),
        .seen = json_dig_int(d, 0, "status", "observedGeneration", NULL) >=
                json_dig_int(d, 0, "metadata", "generation", NULL),
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
    const json_t *failure = condition_of(deployment, "ReplicaFailure");
    if (condition_is(failure, "True"))
        return condition_text_dup(failure);
    AUTO_FREE char *prefix = mem_printf("%s-", ref->name);
    return kube_newest_warning_of_dup(c, ref->namespace_, "ReplicaSet", prefix);
}

static char *pod_text_dup(struct kube_client *c, const json_t *pod, const char *text, bool probed)
{
    struct kube_ref ref = {"v1", "Pod", json_dig_str(pod, "metadata", "namespace", NULL),
                           json_dig_str(pod, "metadata", "name", NULL)};
    AUTO_FREE char *event = kube_newest_warning_dup(c, &ref, pod);
    if (probed)
        return kube_pod_probed_dup(text, event);
    if (!event)
        return mem_strdup(text);
    const char *message = strstr(event, ": ");
    /* The pod's own words and the event's are often the same. */
    if (strstr(text, message ? message + 2 : event))
        return mem_strdup(text);
    return mem_printf("%s; %s", text, event);
}

/* What the pods say, or NULL. At most two requests. */
static char *pods_reason_dup(struct kube_client *c, const json_t *deployment)
{
    struct kube_ref ref = kube_ref_of(deployment);
    struct kube_ref pods_ref = {"v1", "Pod", ref.namespace_, NULL};
    AUTO_BUF selector = BUF_INIT;
    AUTO_ERROR struct error *ignored = NULL;
    AUTO_FREE char *text = NULL;
    json_auto_t *pods = NULL;
    if (!kube_selector_append(&selector, json_dig(deployment, "spec", "selector", NULL)) ||
        kube_list_versioned(c, &pods_ref, buf_str(&selector), NULL, clock_now_ms() + ASK_MS, &pods,
                            NULL, &ignored) < 0)
        return NULL;
    bool probed;
    const json_t *pod = kube_pods_worst(pods, &text, &probed);
    return pod ? pod_text_dup(c, pod, text, probed) : too_few_dup(c, deployment, &ref);
}

static char *available_reason_dup(struct kube_client *c, const json_t *object,
                                  const struct rollout *r)
{
    AUTO_FREE char *progress = progress_dup(r);
    if (!memo_serves(c, object))
        memo_set_take(c, object, pods_reason_dup(c, object));
    return c->memo.text ? mem_printf("%s: %s", progress, c->memo.text) : TAKE(progress);
}

bool kube_is_available(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                       struct error **err)
{
    (void)ctx;
    if (!object)
        return missing(ret_reason);
    struct rollout r = rollout_of(object);
    if (r.seen && r.updated >= r.wanted && r.total <= r.updated && r.available >= r.updated)
        return true;
    AUTO_FREE char *reason = available_reason_dup(c, object, &r);
    const json_t *progressing = condition_of(object, "Progressing");
    if (r.seen && text_equal(json_dig_str(progressing, "reason", NULL), "ProgressDeadlineExceeded"))
        error_set(err, ERROR_TIMEOUT, "it made no progress in its time: %s", reason);
    else
        *ret_reason = TAKE(reason);
    return false;
}
