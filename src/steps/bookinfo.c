/* Istio's Bookinfo sample, split over the clusters. */
#include "internal.h"

int task_bookinfo_apply(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id units[] = {UNIT_BOOKINFO_NAMESPACE, UNIT_BOOKINFO};
    return lane_apply_units(lane_begin(task, ctx), units, MC_ARRAY_LEN(units), err);
}

int task_bookinfo_wait(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (lane_wait_unit(lane, UNIT_BOOKINFO, err) < 0)
        return -1;
    plan_result(task, "bookinfo is ready");
    return 0;
}
