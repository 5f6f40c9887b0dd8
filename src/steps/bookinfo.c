/* Istio's Bookinfo sample, split over the clusters: all of it with reviews-v2 in the first,
 * reviews-v3 in the others. */
#include "internal.h"

#include <string.h>

#include "meshctl/mesh/objects.h"

int step_bookinfo_apply(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const char *namespace_ = lane->steps->mesh->bookinfo_namespace;
    if (lane_apply_one_new(lane, mesh_namespace(namespace_, "istio-injection", "enabled", NULL),
                           err) < 0)
        return -1;
    if (lane_apply_array(lane, lane->bookinfo, err) < 0)
        return -1;
    return lane->bookinfo_gateway ? lane_apply_array(lane, lane->bookinfo_gateway, err) : 0;
}

int step_bookinfo_wait(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const json_t *object;
    size_t i, count = 0;
    json_array_foreach(lane->bookinfo, i, object) {
        const char *kind = json_dig_str(object, "kind", NULL);
        if (!kind || strcmp(kind, "Deployment") != 0)
            continue;
        struct kube_ref ref = kube_ref_of(object);
        if (lane_wait_available(lane, ref.namespace_, ref.name, NULL, err) < 0)
            return -1;
        count++;
    }
    plan_result(task, "bookinfo %zu/%zu", count, count);
    return 0;
}
