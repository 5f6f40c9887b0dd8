/* A lane's probe during a run: what it asks with, and what comes of its findings. */
#ifndef MESHCTL_STEPS_LOOK_H
#define MESHCTL_STEPS_LOOK_H

#include "internal.h"
#include "meshctl/probe/probe.h"

/* A lane's probe, and what it borrows of the run. */
struct look {
    struct probe probe;
    struct facts *facts[PLAN_MAX_LANES];
    bool out[PLAN_MAX_LANES];
    size_t first; /* findings before */
};
/* `ret_look` must not be moved. */
void look_begin(struct lane *lane, struct look *ret_look);
/* Warns of the warnings since look_begin; an ERROR_CHECK when something was bad. */
int look_end(const struct lane *lane, const struct look *look, struct error **err) MC_WARN_UNUSED;
/* A check of a lane, now: nothing is waited for, and what is wrong here hides nothing of the other
 * clusters. First MC106, MC101, MC102, MC301, MC304 and MC305, then of a cluster that answers `rest`. */
int look_check(struct plan_task *task, void *ctx,
               int (*rest)(struct lane *lane, struct probe *p, struct error **err),
               struct error **err) MC_WARN_UNUSED;

#endif
