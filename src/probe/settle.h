/* Waiting for what settles by itself after a change: only while something changes, so that what
 * cannot come is said soon, and what takes a slow cloud its time is waited for. */
#ifndef MESHCTL_PROBE_SETTLE_H
#define MESHCTL_PROBE_SETTLE_H

#include "meshctl/probe/probe.h"

struct settle {
    const struct probe *probe;
    int64_t quiet_ms; /* how long the same problem is waited for; below 0: to the deadline */
    int64_t poll_ms;
    int64_t start_ms, changed_ms; /* 0 before the first wait */
    char *last;                   /* the newest problem */
};
void settle_release(struct settle *s);
#define AUTO_SETTLE MC_CLEANUP(settle_release) struct settle

/* After a look that found `problem`: waits a moment and says whether to look again. False when the
 * deadline has come or the problem has stood for quiet_ms. ERROR_CANCELLED when interrupted. */
int settle_wait(struct settle *s, const char *problem, bool *ret_again, struct error **err)
    MC_WARN_UNUSED;

#endif
