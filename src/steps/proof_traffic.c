/* Sends verify's own requests from every cluster to every cluster, and judges what came of them. */
#include "proof.h"

#include "look.h"
#include "meshctl/probe/finding.h"

#define REQUESTS_DEFAULT 100

static void tell_paths(struct lane *lane)
{
    const struct proof *f = &lane->proof->measured;
    size_t good = 0, all = 0;
    for (size_t i = 0; i < lane->steps->lanes_count; i++) {
        all += f->to[i];
        good += f->to[i] && f->paths[i].requests && !f->paths[i].failed;
    }
    plan_result(lane->task, "%zu of %zu paths", good, all);
}

int task_proof_send(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    struct proof *f = &lane->proof->measured;
    struct look look;
    if (!lane->proof->is_ready)
        return 0;
    look_begin(lane, &look);
    for (size_t i = 0; i < s->lanes_count; i++)
        f->to[i] = s->lanes[i].proof->is_ready;
    if (proof_reach(&look.probe, f, err) < 0 ||
        proof_send(&look.probe, f, s->options.requests ? s->options.requests : REQUESTS_DEFAULT,
                   err) < 0 ||
        proof_look(&look.probe, f, err) < 0)
        return -1;
    tell_paths(lane);
    return 0;
}

/* When every cluster has sent its requests. */
int task_proof_count(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct look look;
    if (!lane->proof->is_ready)
        return 0;
    look_begin(lane, &look);
    return proof_count(&look.probe, &lane->proof->measured, err);
}
