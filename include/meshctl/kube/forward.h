/* HTTP to a port inside a pod, through the API server's port-forwarding. Proxies and istiod answer
 * questions about themselves on ports that only their own pod reaches; istioctl asks them in the
 * same way. Nothing is started in the pod, whose image need not hold any program, and the right
 * that is needed is pods/portforward, not pods/exec. */
#ifndef MESHCTL_KUBE_FORWARD_H
#define MESHCTL_KUBE_FORWARD_H

#include "meshctl/kube/client.h"

#define KUBE_FORWARD_MAX_ANSWER ((size_t)64 * 1024 * 1024)

/* GET of `path` from `port` of the pod's loopback; appends the body to `out`. `timeout_ms` is for
 * the whole, 0: a minute, and never past the client's deadline. Another HTTP status than 2xx, a
 * port where nobody listens, an answer over the limit are ERROR_REMOTE. */
int kube_forward_get(struct kube_client *c, const char *namespace_, const char *pod, unsigned port,
                     const char *path, int64_t timeout_ms, struct buf *out, struct error **err)
    MC_WARN_UNUSED;

#endif
