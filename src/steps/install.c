/* Step install: namespace, charts base and istiod, istiod available. */
#include "internal.h"

#include <string.h>

static bool is_crd(const json_t *object)
{
    const char *kind = json_dig_str(object, "kind", NULL);
    return kind && strcmp(kind, "CustomResourceDefinition") == 0;
}

/* A kind that is refused (its names clash with another's) would only show when its first object is
 * written, in a later step. istiod starts meanwhile. */
static int wait_for_crds(struct lane *lane, struct error **err)
{
    const struct chart_rendered *base = lane->releases[MESH_BASE].rendered;
    for (size_t i = 0; i < base->objects_count; i++) {
        const json_t *o = base->objects[i].object;
        if (!is_crd(o))
            continue;
        struct kube_ref ref = kube_ref_of(o);
        AUTO_FREE char *what =
            mem_printf("CustomResourceDefinition %s to be established", ref.name);
        if (lane_wait(lane, &ref, what, kube_is_established, NULL, NULL, err) < 0)
            return -1;
    }
    return 0;
}

/* Chart base needs no certificates: `up` applies it while keys are being made. */
int step_install_base(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum mesh_component base[] = {MESH_BASE};
    struct lane *lane = lane_begin(task, ctx);
    if (lane_apply_istio_namespace(lane, err) == 0 && lane_releases_apply(lane, base, 1, err) == 0)
        return 0;
    lane_releases_fail(lane, base, 1, *err);
    return -1;
}

static int install_and_wait(struct lane *lane, const enum mesh_component *components, size_t count,
                            struct error **err)
{
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    json_auto_t *istiod = NULL;
    if (lane_apply_istio_namespace(lane, err) < 0 ||
        lane_releases_apply(lane, components, count, err) < 0)
        return -1;
    if (wait_for_crds(lane, err) < 0 ||
        lane_wait_available(lane, namespace_, "istiod", &istiod, err) < 0)
        return -1;
    AUTO_FREE char *ready = lane_ready_text_dup(istiod);
    plan_result(lane->task, "istiod %s", ready);
    return lane_releases_finish(lane, components, count, err);
}

int step_install(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum mesh_component components[] = {MESH_BASE, MESH_ISTIOD};
    struct lane *lane = lane_begin(task, ctx);
    if (install_and_wait(lane, components, MC_ARRAY_LEN(components), err) == 0)
        return 0;
    lane_releases_fail(lane, components, MC_ARRAY_LEN(components), *err);
    return -1;
}
