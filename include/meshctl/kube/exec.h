/* Commands in containers, over WebSocket (v5.channel.k8s.io, v4.channel.k8s.io). */
#ifndef MESHCTL_KUBE_EXEC_H
#define MESHCTL_KUBE_EXEC_H

#include "meshctl/kube/client.h"

#define KUBE_EXEC_MAX_OUTPUT ((size_t)64 * 1024 * 1024)

/* Runs argv (NULL-terminated) in the pod's container without stdin; appends its stdout to `out`. A
 * non-zero exit, or a Status failure on channel 3, is ERROR_REMOTE with the tail of stderr,
 * cleaned. */
int kube_exec(struct kube_client *c, const char *namespace_, const char *pod, const char *container,
              const char *const *argv, int64_t timeout_ms, struct buf *out, struct error **err)
    MC_WARN_UNUSED;

#endif
