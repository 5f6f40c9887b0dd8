/* Step expose: the Gateway that lets the other clusters in. */
#include "internal.h"

int step_expose(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (lane_apply_array(lane, lane->expose, err) < 0)
        return -1;
    plan_result(task, "*.local on 15443");
    return 0;
}
