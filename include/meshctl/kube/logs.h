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
/* Reads the last `lines` lines of each, with their times, several at once. -1 only when nothing could be
 * asked (credentials) or it was cancelled; what went wrong with single ones stands with them. */
int kube_logs_read(struct kube_client *c, struct kube_log *logs, size_t count, unsigned lines,
                   struct error **err) MC_WARN_UNUSED;
void kube_logs_release(struct kube_log *logs, size_t count);

#endif
