/* The table of failures that are tried again. */
#include "retry.h"

#include <string.h>

#include "client_internal.h"

/* The first row that fits decides. */
static const struct rule {
    int status;
    const char *text;   /* part of the message, or NULL */
    bool retry_after;   /* only when the server named a time */
    bool first_contact; /* only when the server never answered */
    bool whole_path;    /* only a 404 of a path that is not served */
    unsigned needs;     /* KUBE_CALL_ flags */
    unsigned unless;
    int64_t limit_ms;
} rules[] = {
    {.status = 0,
     .first_contact = true,
     .needs = KUBE_CALL_IDEMPOTENT,
     .limit_ms = KUBE_FIRST_CONTACT_MS},
    {.status = 0, .needs = KUBE_CALL_IDEMPOTENT, .limit_ms = KUBE_RETRY_AS_ASKED},
    /* Turned away before anything was done (API priority and fairness, an overloaded server). */
    {.status = 429, .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 503, .retry_after = true, .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 503,
     .needs = KUBE_CALL_IDEMPOTENT,
     .unless = KUBE_CALL_SPARE,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    /* A load balancer without a healthy API server behind it. */
    {.status = 502,
     .needs = KUBE_CALL_IDEMPOTENT,
     .unless = KUBE_CALL_SPARE,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 504,
     .needs = KUBE_CALL_IDEMPOTENT,
     .unless = KUBE_CALL_SPARE,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    /* A webhook is called before the write, so nothing was written; its pod may not listen yet
     * (istiod is Ready before 15017 listens: istio issue 61049). */
    {.status = 500,
     .text = "failed calling webhook",
     .needs = KUBE_CALL_WRITES,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 500,
     .text = "etcdserver: leader changed",
     .needs = KUBE_CALL_IDEMPOTENT,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 500,
     .text = "etcdserver: request timed out",
     .needs = KUBE_CALL_IDEMPOTENT,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 500,
     .text = "etcdserver: no leader",
     .needs = KUBE_CALL_IDEMPOTENT,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    /* Two writers at the same instant; a conflict about fields has other words. */
    {.status = 409,
     .text = "please apply your changes to the latest version",
     .needs = KUBE_CALL_IDEMPOTENT | KUBE_CALL_WRITES,
     .unless = KUBE_CALL_BOUND,
     .limit_ms = KUBE_RETRY_AS_ASKED},
    {.status = 404,
     .whole_path = true,
     .needs = KUBE_CALL_IDEMPOTENT | KUBE_CALL_KIND_PATH,
     .limit_ms = KUBE_NEW_KIND_MS},
};

static bool fits(const struct rule *r, unsigned flags, const struct kube_failure *f)
{
    return r->status == f->status && (flags & r->needs) == r->needs && !(flags & r->unless) &&
           (!r->text || strstr(f->message, r->text)) && (!r->retry_after || f->retry_after) &&
           (!r->first_contact || f->first_contact) && (!r->whole_path || f->whole_path);
}

int64_t kube_retry_limit(unsigned flags, const struct kube_failure *failure)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(rules); i++) {
        if (fits(&rules[i], flags, failure))
            return rules[i].limit_ms;
    }
    return 0;
}

/* xorshift64*: enough to keep clients from trying again in step. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state ? *state : 0x9E3779B97F4A7C15U;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545F4914F6CDD1DU;
}

int64_t kube_retry_pause(unsigned attempt, int64_t retry_after_ms, uint64_t *jitter)
{
    int64_t most = KUBE_BACKOFF_FIRST_MS * 2;
    for (unsigned i = 0; i < attempt && most < KUBE_BACKOFF_MOST_MS; i++)
        most *= 2;
    if (most > KUBE_BACKOFF_MOST_MS)
        most = KUBE_BACKOFF_MOST_MS;
    int64_t pause = most / 2 + (int64_t)(next_random(jitter) % (uint64_t)(most / 2 + 1));
    return pause > retry_after_ms ? pause : retry_after_ms;
}
