/* Services of this cluster reachable through its east-west gateway. */
#include "internal.h"

int task_expose(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id units[] = {UNIT_EXPOSE};
    struct lane *lane = lane_begin(task, ctx);
    if (lane_apply_units(lane, units, 1, err) < 0)
        return -1;
    plan_result(task, lane->units[UNIT_EXPOSE].wanted ? "*.local on 15443"
                                                      : "not needed: all on one network");
    return 0;
}
