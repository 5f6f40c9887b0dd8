/* HTTP to ports of pods through the API server's pod proxy: many requests at once over the client's
 * own connections. The right that is needed is get of pods/proxy. The API server connects to the
 * pod's address itself, so a port behind a sidecar has to be left out of its interception. */
#ifndef MESHCTL_KUBE_POD_PROXY_H
#define MESHCTL_KUBE_POD_PROXY_H

#include "meshctl/kube/client.h"

#define KUBE_POD_PROXY_MAX_ANSWER ((size_t)64 * 1024)
#define KUBE_POD_PROXY_MAX_SAID ((size_t)400)

/* Strings are borrowed. */
struct kube_pod_port {
    const char *namespace_, *pod;
    unsigned port;
    /* The response header that the pod's every answer has: an answer without is not the pod's but the
     * API server's. */
    const char *mark;
    int64_t timeout_ms; /* of each request; 0: 60 s */
};

struct kube_pod_answer {
    int status;          /* of the pod's own answer */
    char *mark;          /* the header's value */
    char *said;          /* the beginning of its body, fit for a terminal */
    int64_t elapsed_ms;  /* with the way through the API server and back */
    struct error *error; /* there is no answer of the pod: nothing else is set then */
};
void kube_pod_answers_free(struct kube_pod_answer *answers, size_t count);

/* GET / of the port, once for each of `headers` ("Name: value"), `parallel` under way at once. Nothing
 * is tried again: a request that fails is a result. What is wrong with single ones stands with them;
 * -1 only for credentials that cannot be had, and when cancelled. The array is yours to free. */
int kube_pod_ask_many(struct kube_client *c, const struct kube_pod_port *to,
                      const char *const *headers, size_t count, size_t parallel,
                      struct kube_pod_answer **ret_answers, struct error **err) MC_WARN_UNUSED;

/* As many requests as `count`, `rate` a second, whether those before have been answered or not. */
struct kube_pod_load {
    const char *header; /* "Name: value" */
    unsigned rate;
    size_t count;
    /* Told of each answer as it comes, with the time of clock_now_ms for which its request was meant; it
     * may take what the answer holds. */
    void (*on_answer)(void *ctx, int64_t meant_ms, struct kube_pod_answer *answer);
    void *ctx;
};
/* Returns when all are answered, or when the client is cancelled, which is how such a load ends early:
 * ERROR_CANCELLED then; what was under way is not told of. */
int kube_pod_load(struct kube_client *c, const struct kube_pod_port *to,
                  const struct kube_pod_load *load, struct error **err) MC_WARN_UNUSED;

#endif
