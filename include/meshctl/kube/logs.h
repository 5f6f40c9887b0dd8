/* What containers have said. */
#ifndef MESHCTL_KUBE_LOGS_H
#define MESHCTL_KUBE_LOGS_H

#include "meshctl/kube/client.h"

#define KUBE_LOG_MAX_BYTES                                                                         \
    ((size_t)1024 * 1024) /* of one log's last lines, from the first of them */

/* One of many. Strings are borrowed while it is read. */
struct kube_log {
    const char *namespace_, *pod, *container;
    bool previous; /* of its run before this one */
    struct buf text;
    struct error *error; /* why there is none */
};
/* What of each is read: its last lines. */
struct kube_logs_wish {
    unsigned lines;
    unsigned since_s; /* not older than that; 0: any */
    bool timestamps;  /* before each line */
};
/* Reads several at once. Raw: what is shown of them has to be cleaned, and may hold secrets. -1 only when
 * nothing could be asked (credentials) or it was cancelled; what went wrong with single ones stands with
 * them. */
int kube_logs_read(struct kube_client *c, struct kube_log *logs, size_t count,
                   const struct kube_logs_wish *wish, struct error **err) MC_WARN_UNUSED;
void kube_logs_release(struct kube_log *logs, size_t count);

#endif
