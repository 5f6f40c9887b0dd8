/* Which failed requests are tried again, how long and after which pause. Pure. */
#ifndef KUBE_RETRY_H
#define KUBE_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#define KUBE_BACKOFF_FIRST_MS 250
#define KUBE_BACKOFF_MOST_MS 5000
/* A server that never answered yet is more likely a wrong address than one that restarts. */
#define KUBE_FIRST_CONTACT_MS 5000
/* From a CRD's creation until every API server of the cluster serves its kind. */
#define KUBE_NEW_KIND_MS 10000

/* What went wrong. */
struct kube_failure {
    int status;          /* of the answer; 0: there was none */
    bool retry_after;    /* the server named a time */
    bool first_contact;  /* there was never an answer from this server */
    bool whole_path;     /* a 404 that is not about an object: the path is not served */
    const char *message; /* the server's, or the connection's; never NULL */
};

/* How long (ms) such a failure of a call with these KUBE_CALL_ flags may be retried at the most:
 * 0 never, KUBE_RETRY_AS_ASKED as long as the client wants. */
#define KUBE_RETRY_AS_ASKED INT64_MAX
int64_t kube_retry_limit(unsigned flags, const struct kube_failure *failure);

/* The pause before try number `attempt` + 2 (so 0 is the first pause): doubling between
 * KUBE_BACKOFF_FIRST_MS and KUBE_BACKOFF_MOST_MS, half of it random, never below what the server
 * asked for. `jitter` is the generator's state. */
int64_t kube_retry_pause(unsigned attempt, int64_t retry_after_ms, uint64_t *jitter);

#endif
