/* The control plane: istiod's namespace, charts base and istiod. */
#include "internal.h"

static const enum unit_id first[] = {UNIT_ISTIO_NAMESPACE, UNIT_BASE};

/* Needs no certificates: `up` does it while keys are being made. */
int task_base(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (lane_apply_units(lane, first, MC_ARRAY_LEN(first), err) < 0 ||
        lane_wait_unit(lane, UNIT_BASE, err) < 0)
        return -1;
    return lane_release_finish(lane, MESH_BASE, err);
}

int task_install(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id istiod[] = {UNIT_ISTIOD};
    struct lane *lane = lane_begin(task, ctx);
    /* Going back, base comes last: the older one knows the newer istiod's kinds no more. */
    if (!lane->steps->options.back && !lane->units[UNIT_BASE].done && task_base(task, ctx, err) < 0)
        return -1;
    if (lane_apply_units(lane, istiod, 1, err) < 0 || lane_wait_unit(lane, UNIT_ISTIOD, err) < 0)
        return -1;
    return lane_release_finish(lane, MESH_ISTIOD, err);
}
