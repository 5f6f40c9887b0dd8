/* Step gateway: both gateways' releases, and their addresses. */
#include "internal.h"

#include "meshctl/mesh/objects.h"

static const enum mesh_component gateways[] = {MESH_INGRESS, MESH_EASTWEST};

int step_gateway_apply(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const char *namespace_ = lane->steps->mesh->ingress_namespace;
    /* The label that `helm install --create-namespace` gives. */
    if (lane_apply_one_new(lane, mesh_namespace(namespace_, "name", namespace_, NULL), err) < 0)
        return -1;
    if (lane_releases_apply(lane, gateways, MC_ARRAY_LEN(gateways), err) == 0)
        return 0;
    lane_releases_fail(lane, gateways, MC_ARRAY_LEN(gateways), *err);
    return -1;
}

static int wait_for_gateway(struct lane *lane, enum mesh_component c, char **ret_address,
                            struct error **err)
{
    const struct lane_release *r = &lane->releases[c];
    struct kube_ref ref = {"v1", "Service", r->namespace_, r->name};
    AUTO_FREE char *what = mem_printf("Service %s/%s to have an address", r->namespace_, r->name);
    json_auto_t *service = NULL;
    if (lane_wait(lane, &ref, what, kube_has_address, NULL, &service, err) < 0)
        return error_id(err, "MC502");
    *ret_address = mem_strdup_opt(kube_service_address(service));
    return lane_wait_available(lane, r->namespace_, r->name, NULL, err);
}

static int wait_for_gateways(struct lane *lane, struct error **err)
{
    if (wait_for_gateway(lane, MESH_INGRESS, &lane->ingress_address, err) < 0 ||
        wait_for_gateway(lane, MESH_EASTWEST, &lane->eastwest_address, err) < 0)
        return -1;
    plan_result(lane->task, "%s", lane->eastwest_address);
    return lane_releases_finish(lane, gateways, MC_ARRAY_LEN(gateways), err);
}

int step_gateway_wait(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (wait_for_gateways(lane, err) == 0)
        return 0;
    lane_releases_fail(lane, gateways, MC_ARRAY_LEN(gateways), *err);
    return -1;
}
