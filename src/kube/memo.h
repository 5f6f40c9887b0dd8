/* What one wait has seen of its object so far: looks cost requests, and what stands for long is
 * only known to one that remembers. Pure but for the clock. */
#ifndef KUBE_MEMO_H
#define KUBE_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/data/json.h"

#define KUBE_REASONS_EVERY_MS 2000 /* how often a predicate may ask for pods and events */
/* So long a pod may be in trouble that time alone will hardly cure. */
#define KUBE_TROUBLE_MS 15000

struct kube_memo {
    char *uid;         /* of the object */
    char *text;        /* why it was not ready when pods and events were asked for, or NULL */
    int64_t asked_ms;  /* when that was; 0: never */
    char *old_failure; /* a failure that was there at the first look; NULL: no look yet */
    struct kube_trouble_memo {
        char *pod_uid;    /* of the pod that has it; NULL: none */
        int64_t since_ms; /* when it was seen first */
        bool standing;    /* it was there at the last look, too */
        char *hint;
    } trouble;
};
void kube_memo_release(struct kube_memo *memo);

/* The memo as far as it is about this object: about another one it is forgotten. */
struct kube_memo *kube_memo_of(struct kube_memo *memo, const json_t *object);
/* Whether the last answer of pods and events still serves. */
bool kube_memo_serves(const struct kube_memo *memo);
/* Such an answer; `text` may be NULL. */
void kube_memo_set_take(struct kube_memo *memo, char *text);
/* How long trouble that stands may go on standing; 0: it has stood too long, -1: there is none. */
int64_t kube_memo_patience_ms(const struct kube_memo *memo);

#endif
