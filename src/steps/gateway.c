/* The ingress and the east-west gateway. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "gateway_address.h"
#include "kept.h"
#include "meshctl/base/text.h"

int task_gateway_apply(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id addresses[] = {UNIT_INGRESS_NAMESPACE, UNIT_ADDRESS};
    static const enum unit_id gateways[] = {UNIT_INGRESS, UNIT_EASTWEST};
    struct lane *lane = lane_begin(task, ctx);
    /* istiods know a way at any time: given addresses come before the gateway loses its own, and go when it has
     * one again. */
    return lane_apply_units(lane, addresses, MC_ARRAY_LEN(addresses), err) < 0 ||
                   lane_patch_changes(lane, &lane->units[UNIT_ADDRESS], err) < 0
               ? -1
               : lane_apply_units(lane, gateways, MC_ARRAY_LEN(gateways), err);
}

/* The address that the release's Service has got. */
static int read_address(struct lane *lane, enum unit_id id, char **ret_address, struct error **err)
{
    const struct unit *unit = &lane->units[id];
    size_t i;
    json_t *object;
    json_array_foreach(unit->objects, i, object) {
        struct kube_ref ref = kube_ref_of(object);
        json_auto_t *live = NULL;
        if (!text_equal(ref.kind, "Service"))
            continue;
        ref.namespace_ = lane->releases[unit->info->component].namespace_;
        if (kube_get(lane->client, &ref, &live, err) < 0)
            return -1;
        free(*ret_address);
        *ret_address = mem_strdup_opt(kube_service_address(live));
    }
    return 0;
}

/* Somebody else's gateway has its address, or verify says that it has none. */
static int finish(struct lane *lane, enum unit_id id, char **ret_address, struct error **err)
{
    const json_t *kept = lane_kept_gateway(lane, lane->units[id].info->component);
    if (kept) {
        free(*ret_address);
        *ret_address = mem_strdup_opt(kube_service_address(kept));
        return 0;
    }
    if (!lane->units[id].wanted)
        return 0;
    if (lane_wait_unit(lane, id, err) < 0 || read_address(lane, id, ret_address, err) < 0)
        return -1;
    return lane_release_finish(lane, lane->units[id].info->component, err);
}

int task_gateway_wait(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (finish(lane, UNIT_INGRESS, &lane->ingress_address, err) < 0 ||
        finish(lane, UNIT_EASTWEST, &lane->eastwest_address, err) < 0 ||
        lane_delete_changes(lane, &lane->units[UNIT_ADDRESS], err) < 0)
        return -1;
    AUTO_FREE char *given = lane_addresses_dup(lane);
    const char *own = lane->eastwest_address ? lane->eastwest_address : lane->ingress_address;
    if (given || own)
        plan_result(task, "%s", given ? given : own);
    return 0;
}
