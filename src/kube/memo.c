/* The memory of a wait. */
#include "memo.h"

#include <stdlib.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

void kube_memo_release(struct kube_memo *memo)
{
    free(memo->uid);
    free(memo->text);
    free(memo->old_failure);
    free(memo->trouble.pod_uid);
    free(memo->trouble.hint);
    *memo = (struct kube_memo){0};
}

struct kube_memo *kube_memo_of(struct kube_memo *memo, const json_t *object)
{
    const char *uid = json_dig_str(object, "metadata", "uid", NULL);
    if (!text_equal(memo->uid, uid)) {
        kube_memo_release(memo);
        memo->uid = mem_strdup_opt(uid);
    }
    return memo;
}

bool kube_memo_serves(const struct kube_memo *memo)
{
    return memo->asked_ms && clock_now_ms() - memo->asked_ms < KUBE_REASONS_EVERY_MS;
}

void kube_memo_set_take(struct kube_memo *memo, char *text)
{
    free(memo->text);
    memo->text = text;
    memo->asked_ms = clock_now_ms();
}

int64_t kube_memo_patience_ms(const struct kube_memo *memo)
{
    if (!memo->trouble.pod_uid || !memo->trouble.standing)
        return -1;
    return clock_left_ms(memo->trouble.since_ms + KUBE_TROUBLE_MS);
}
