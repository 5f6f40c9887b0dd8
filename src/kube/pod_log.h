/* The last words of a container. */
#ifndef KUBE_POD_LOG_H
#define KUBE_POD_LOG_H

#include "meshctl/kube/client.h"

/* Of the end of a log the line that most likely says why: the last one that speaks of an error or a
 * panic, otherwise the last one; cleaned and cut. NULL when there is none, or it holds a secret.
 * Pure. */
char *kube_log_line_dup(const char *log);

/* Asks for the log of the pod's container (of its run before this one with `previous`) and gives
 * that line; NULL when it cannot be had. */
char *kube_pod_log_line_dup(struct kube_client *c, const json_t *pod, const char *container,
                            bool previous);
/* The path that gives the end of a container's log: as many lines, and of them as many bytes. */
struct kube_log_tail {
    const char *namespace_, *pod, *container;
    bool previous, timestamps;
    unsigned lines, since_s; /* 0: of any age */
    size_t bytes;
};
void kube_log_path_append(struct buf *path, const struct kube_log_tail *tail);

#endif
