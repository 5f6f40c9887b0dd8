/* Questions to a port inside a pod, through the API server's port-forwarding. Proxies and istiod answer
 * questions about themselves on ports that only their own pod reaches; istioctl asks them in the
 * same way. Nothing is started in the pod, whose image need not hold any program, and the right
 * that is needed is pods/portforward, not pods/exec. */
#ifndef MESHCTL_KUBE_FORWARD_H
#define MESHCTL_KUBE_FORWARD_H

#include "meshctl/kube/client.h"

#define KUBE_FORWARD_MAX_ANSWER ((size_t)64 * 1024 * 1024)

/* At once under way of one client; each is a connection to the API server of its own. */
#define KUBE_FORWARD_PARALLEL 16

/* One of many questions. Strings are borrowed while it is asked. */
struct kube_forward_ask {
    const char *namespace_, *pod;
    unsigned port;
    const char *path;        /* a GET of it; NULL: which certificates the TLS server there shows */
    const char *server_name; /* then the SNI; "" for none */
    int64_t timeout_ms;      /* as below */
    /* What became of it: the body, or the certificates as PEM, the server's own first. Or an error:
     * another HTTP status than 2xx, a port where nobody listens, no TLS, an answer over the limit are
     * ERROR_REMOTE. */
    struct buf answer;
    struct error *error;
    /* Given the answer where it came in, in any thread, and then the answer is released: many large
     * ones are never held together. What it returns below 0 with an error is this one's. NULL: the
     * answer is kept. */
    int (*take)(void *ctx, const struct buf *answer, struct error **err);
    void *ctx;
};
/* Asks all of them, side by side. Returns -1 only when nothing could be asked (credentials) or it was
 * cancelled; what went wrong with single ones stands with them. */
int kube_forward_many(struct kube_client *c, struct kube_forward_ask *asks, size_t count,
                      struct error **err) MC_WARN_UNUSED;
/* Releases what became of them; the array itself stays the caller's. */
void kube_forward_release(struct kube_forward_ask *asks, size_t count);

/* GET of `path` from `port` of the pod's loopback; appends the body to `out`. `timeout_ms` is for
 * the whole, 0: a minute, and never past the client's deadline. Another HTTP status than 2xx, a
 * port where nobody listens, an answer over the limit are ERROR_REMOTE. */
int kube_forward_get(struct kube_client *c, const char *namespace_, const char *pod, unsigned port,
                     const char *path, int64_t timeout_ms, struct buf *out, struct error **err)
    MC_WARN_UNUSED;

#endif
