/* Whether a Job or a Pod has ended, and what its pods say until then or when it failed. */
#include <stdlib.h>

#include "client_internal.h"
#include "condition.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "pod_reason.h"

/* What it, or the pods of a Job, say; NULL when that is nothing. A container that crashes is the Job's
 * own to start again, as often as its spec says. */
static char *reason_dup(struct kube_client *c, const json_t *object, struct kube_memo *memo)
{
    AUTO_FREE char *text = NULL;
    bool is_pod = text_equal(json_dig_str(object, "kind", NULL), "Pod");
    json_auto_t *pods = is_pod ? json_pack("[O]", object) : kube_pods_of(c, object);
    struct kube_pod_finding f = kube_pods_worst(pods, &text);
    kube_pod_note_trouble(memo,
                          f.trouble == KUBE_TROUBLE_IMAGE ? &f : &(struct kube_pod_finding){0});
    return f.pod ? kube_pod_reason_dup(c, &f, text) : NULL;
}

static bool fail(const json_t *failed, const char *reason, struct error **err)
{
    AUTO_FREE char *condition = kube_condition_text_dup(failed);
    error_set(err, ERROR_REMOTE, "it failed%s%s%s%s", condition[0] ? ": " : "", condition,
              reason ? ": " : "", reason ? reason : "");
    return false;
}

bool kube_has_ended(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                    struct error **err)
{
    (void)ctx;
    const char *phase = json_dig_str(object, "status", "phase", NULL);
    const json_t *failed = kube_condition(object, "Failed");
    if (kube_condition_is(kube_condition(object, "Complete"), "True") ||
        text_equal(phase, "Succeeded"))
        return true;
    if (!object) {
        error_set(err, ERROR_REMOTE, "it is gone");
        return false;
    }
    struct kube_memo *memo = kube_memo_of(&c->memo, object);
    bool has_failed = kube_condition_is(failed, "True") || text_equal(phase, "Failed");
    if (has_failed || !kube_memo_serves(memo)) {
        char *reason = reason_dup(c, object, memo);
        /* A Job that gives up deletes the pods that would be started again. */
        if (reason || !has_failed)
            kube_memo_set_take(memo, reason);
    }
    if (has_failed)
        return fail(kube_condition_is(failed, "True") ? failed : NULL, memo->text, err);
    if (kube_pod_is_hopeless(memo, memo->text, err))
        return false;
    *ret_reason = memo->text ? mem_printf("it has not ended yet: %s", memo->text)
                             : mem_strdup("it has not ended yet");
    return false;
}
