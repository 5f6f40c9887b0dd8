/* Why the pods of an object are not ready. */
#include "pods.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define MAX_TEXT 400

/* How bad a pod is off; of two equal ones the first counts. */
enum rank {
    RANK_FINE,
    RANK_PENDING,  /* no container says more */
    RANK_STARTING, /* time alone may help */
    RANK_UNREADY,  /* runs, but does not say that it is ready */
    RANK_ENDED,    /* a container ended badly and will be started again */
    RANK_STUCK,    /* will not start without somebody's help */
};

struct finding {
    enum rank rank;
    const char *container; /* or NULL */
    const char *reason;
    const char *message;  /* or NULL */
    json_int_t exit_code; /* 0: none */
};

static const struct {
    const char *reason;
    enum kube_trouble trouble;
} troubles[] = {
    {"ErrImagePull", KUBE_TROUBLE_IMAGE},     {"ImagePullBackOff", KUBE_TROUBLE_IMAGE},
    {"InvalidImageName", KUBE_TROUBLE_IMAGE}, {"ErrImageNeverPull", KUBE_TROUBLE_IMAGE},
    {"CrashLoopBackOff", KUBE_TROUBLE_CRASH},
};

static enum kube_trouble trouble_of(const struct finding *f)
{
    for (size_t i = 0; f->rank == RANK_STUCK && i < MC_ARRAY_LEN(troubles); i++) {
        if (strcmp(f->reason, troubles[i].reason) == 0)
            return troubles[i].trouble;
    }
    return KUBE_TROUBLE_NONE;
}

static bool condition_is(const json_t *pod, const char *type, const char *status,
                         const json_t **ret_condition)
{
    size_t i;
    json_t *condition;
    json_array_foreach(json_dig(pod, "status", "conditions", NULL), i, condition) {
        if (text_equal(json_dig_str(condition, "type", NULL), type) &&
            text_equal(json_dig_str(condition, "status", NULL), status)) {
            *ret_condition = condition;
            return true;
        }
    }
    return false;
}

static void worsen(struct finding *worst, struct finding found)
{
    if (found.rank > worst->rank)
        *worst = found;
}

static void look_at_waiting(struct finding *worst, const char *name, const json_t *status,
                            const json_t *waiting)
{
    const char *reason = json_dig_str(waiting, "reason", NULL);
    bool starting = !reason || strcmp(reason, "ContainerCreating") == 0 ||
                    strcmp(reason, "PodInitializing") == 0;
    worsen(worst,
           (struct finding){
               .rank = starting ? RANK_STARTING : RANK_STUCK,
               .container = name,
               .reason = reason ? reason : "waiting",
               .message = json_dig_str(waiting, "message", NULL),
               .exit_code = json_dig_int(status, 0, "lastState", "terminated", "exitCode", NULL),
           });
}

static void look_at_container(struct finding *worst, const json_t *status, bool init)
{
    const char *name = json_dig_str(status, "name", NULL);
    const json_t *waiting = json_dig(status, "state", "waiting", NULL);
    const json_t *ended = json_dig(status, "state", "terminated", NULL);
    json_int_t exit_code = json_dig_int(ended, 0, "exitCode", NULL);
    if (waiting) {
        look_at_waiting(worst, name, status, waiting);
    } else if (ended && exit_code != 0) {
        const char *reason = json_dig_str(ended, "reason", NULL);
        worsen(worst, (struct finding){RANK_ENDED, name, reason ? reason : "ended",
                                       json_dig_str(ended, "message", NULL), exit_code});
    } else if (!init && !json_is_true(json_object_get(status, "ready"))) {
        worsen(worst, (struct finding){
                          .rank = RANK_UNREADY, .container = name, .reason = "is not ready yet"});
    }
}

static void look_at_containers(struct finding *worst, const json_t *pod, const char *key)
{
    size_t i;
    json_t *status;
    bool init = strcmp(key, "initContainerStatuses") == 0;
    json_array_foreach(json_dig(pod, "status", key, NULL), i, status)
        look_at_container(worst, status, init);
}

static struct finding look_at_pod(const json_t *pod)
{
    struct finding worst = {0};
    const json_t *condition;
    const char *phase = json_dig_str(pod, "status", "phase", NULL);
    if (json_dig(pod, "metadata", "deletionTimestamp", NULL) || text_equal(phase, "Succeeded") ||
        condition_is(pod, "Ready", "True", &condition))
        return worst;
    worst = (struct finding){.rank = RANK_PENDING,
                             .reason = phase ? phase : "Pending",
                             .message = json_dig_str(pod, "status", "message", NULL)};
    /* Without a reason of its own a container has it. */
    const char *own = json_dig_str(pod, "status", "reason", NULL);
    if (text_equal(phase, "Failed") && own) {
        worst.rank = RANK_ENDED;
        worst.reason = own;
    }
    if (condition_is(pod, "PodScheduled", "False", &condition)) {
        const char *reason = json_dig_str(condition, "reason", NULL);
        worsen(&worst, (struct finding){.rank = RANK_STUCK,
                                        .reason = reason ? reason : "Unschedulable",
                                        .message = json_dig_str(condition, "message", NULL)});
    }
    look_at_containers(&worst, pod, "initContainerStatuses");
    look_at_containers(&worst, pod, "containerStatuses");
    return worst;
}

static void append_text(struct buf *out, const char *text)
{
    size_t start = out->len;
    text_append_clean(out, text, strnlen(text, MAX_TEXT));
    for (size_t i = start; i < out->len; i++) {
        if (out->data[i] == '\n' || out->data[i] == '\t')
            out->data[i] = ' ';
    }
}

static char *finding_dup(const json_t *pod, const struct finding *f)
{
    AUTO_BUF out = BUF_INIT;
    const char *name = json_dig_str(pod, "metadata", "name", NULL);
    buf_appends(&out, "pod ");
    append_text(&out, name ? name : "?");
    if (f->container) {
        buf_appends(&out, ": ");
        append_text(&out, f->container);
    }
    buf_appends(&out, f->rank == RANK_UNREADY ? " " : ": ");
    append_text(&out, f->reason);
    if (f->exit_code)
        buf_appendf(&out, " (exit code %lld)", (long long)f->exit_code);
    if (f->message && *f->message) {
        buf_appends(&out, ": ");
        append_text(&out, f->message);
    }
    return buf_detach(&out, NULL);
}

struct kube_pod_finding kube_pods_worst(const json_t *pods, char **ret_text)
{
    struct finding worst = {0};
    const json_t *worst_pod = NULL;
    size_t i;
    json_t *pod;
    *ret_text = NULL;
    json_array_foreach(pods, i, pod) {
        struct finding found = look_at_pod(pod);
        if (found.rank > worst.rank) {
            worst = found;
            worst_pod = pod;
        }
    }
    if (worst_pod)
        *ret_text = finding_dup(worst_pod, &worst);
    return (struct kube_pod_finding){.pod = worst_pod,
                                     .container = worst.container,
                                     .probed = worst.rank == RANK_UNREADY,
                                     .ended = worst.rank == RANK_ENDED && worst.container,
                                     .restarts = worst.rank == RANK_STUCK && worst.exit_code,
                                     .trouble = trouble_of(&worst)};
}

static const char *template_of(const json_t *pod)
{
    return json_dig_str(pod, "metadata", "labels", "pod-template-hash", NULL);
}

json_t *kube_pods_newest(const json_t *pods)
{
    const char *newest = NULL, *newest_time = "";
    json_t *out = json_array();
    size_t i;
    json_t *pod;
    /* RFC 3339 in UTC, which sorts as text. */
    json_array_foreach(pods, i, pod) {
        const char *made = json_dig_str(pod, "metadata", "creationTimestamp", NULL);
        if (!made || strcmp(made, newest_time) <= 0)
            continue;
        newest_time = made;
        newest = template_of(pod);
    }
    json_array_foreach(pods, i, pod) {
        if (!newest || text_equal(template_of(pod), newest))
            json_array_append(out, pod);
    }
    return out;
}

/* The end of what net/http says of a request that failed: `Get "URL": dial tcp ADDRESS: connect:
 * connection refused`. URL and address are of no use outside the cluster. */
static const char *cause_of(const char *message)
{
    static const char *const layers[] = {"Get \"", "dial tcp ", "connect: "};
    for (size_t i = 0; i < MC_ARRAY_LEN(layers); i++) {
        const char *next = text_has_prefix(message, layers[i]) ? strstr(message, ": ") : NULL;
        if (next)
            message = next + 2;
    }
    return message;
}

char *kube_pod_probed_dup(const char *text, const char *event)
{
    static const char unhealthy[] = "Unhealthy: ", failed[] = " probe failed: ";
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, text);
    const char *message =
        event && text_has_prefix(event, unhealthy) ? event + strlen(unhealthy) : NULL;
    const char *found = message ? strstr(message, failed) : NULL;
    if (found && found > message) {
        size_t start = out.len + strlen(" (");
        buf_appendf(&out, " (%.*s%s%s)", (int)(found - message), message, failed,
                    cause_of(found + strlen(failed)));
        out.data[start] = (char)tolower((unsigned char)out.data[start]);
    }
    if (out.len > KUBE_PROBED_MAX) {
        size_t end = KUBE_PROBED_MAX - strlen("...");
        while (end > 0 && ((unsigned char)out.data[end] & 0xC0) == 0x80)
            end--;
        buf_truncate(&out, end);
        buf_appends(&out, "...");
    }
    return buf_detach(&out, NULL);
}

static bool append_expression(struct buf *out, const json_t *expression)
{
    const char *key = json_dig_str(expression, "key", NULL);
    const char *operator_ = json_dig_str(expression, "operator", NULL);
    if (!key || !operator_)
        return false;
    const char *comma = out->len > 0 ? "," : "";
    bool in = strcmp(operator_, "In") == 0;
    if (strcmp(operator_, "Exists") == 0 || strcmp(operator_, "DoesNotExist") == 0) {
        buf_appendf(out, "%s%s%s", comma, operator_[0] == 'D' ? "!" : "", key);
        return true;
    }
    if (!in && strcmp(operator_, "NotIn") != 0)
        return false;
    buf_appendf(out, "%s%s %s (", comma, key, in ? "in" : "notin");
    size_t i;
    json_t *value;
    json_array_foreach(json_object_get(expression, "values"), i, value) {
        const char *text = json_string_value(value);
        buf_appendf(out, "%s%s", i > 0 ? "," : "", text ? text : "");
    }
    buf_appendc(out, ')');
    return true;
}

bool kube_selector_append(struct buf *out, const json_t *selector)
{
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(selector, "matchLabels"), key, value) {
        if (!json_is_string(value))
            return false;
        buf_appendf(out, "%s%s=%s", out->len > 0 ? "," : "", key, json_string_value(value));
    }
    size_t i;
    json_t *expression;
    json_array_foreach(json_object_get(selector, "matchExpressions"), i, expression) {
        if (!append_expression(out, expression))
            return false;
    }
    return out->len > 0;
}
