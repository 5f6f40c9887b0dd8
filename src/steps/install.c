#include "internal.h"

#include <string.h>

static bool is_crd(const json_t *object)
{
    const char *kind = json_dig_str(object, "kind", NULL);
    return kind && strcmp(kind, "CustomResourceDefinition") == 0;
}

/* Custom resources can be written only when their kind is served. Once a run. */
static int wait_for_crds(struct lane *lane, struct error **err)
{
    const struct chart_rendered *base = lane->releases[MESH_BASE].rendered;
    for (size_t i = 0; i < base->objects_count && !lane->has_crds; i++) {
        const json_t *o = base->objects[i].object;
        if (!is_crd(o))
            continue;
        struct kube_ref ref = kube_ref_of(o);
        AUTO_FREE char *what =
            mem_printf("CustomResourceDefinition %s to be established", ref.name);
        if (lane_wait(lane, &ref, what, kube_is_established, NULL, NULL, err) < 0)
            return -1;
    }
    lane->has_crds = true;
    return 0;
}

/* "/apis/GROUP/VERSION/PLURAL", one object of it at most; NULL when it serves no version. */
static char *first_object_path_dup(const json_t *crd)
{
    const char *group = json_dig_str(crd, "spec", "group", NULL);
    const char *plural = json_dig_str(crd, "spec", "names", "plural", NULL);
    json_t *version;
    size_t i;
    json_array_foreach(json_dig(crd, "spec", "versions", NULL), i, version)
    {
        const char *name = json_dig_str(version, "name", NULL);
        if (group && plural && name && json_is_true(json_object_get(version, "served")))
            return mem_printf("/apis/%s/%s/%s?limit=1", group, name, plural);
    }
    return NULL;
}

/* The API server builds what serves a custom kind on the first request for it, up to 0.2 s of work
 * each. istiod reads them all before it is ready and would miss its first readiness probe over
 * that, which costs a whole period; asked for here, they are there when it starts. An answer is not
 * needed, so a refusal is no error. */
static void ask_for_custom_kinds(struct lane *lane)
{
    const struct chart_rendered *base = lane->releases[MESH_BASE].rendered;
    for (size_t i = 0; i < base->objects_count; i++) {
        const json_t *o = base->objects[i].object;
        AUTO_ERROR struct error *ignored = NULL;
        AUTO_BUF answer = BUF_INIT;
        AUTO_FREE char *path = is_crd(o) ? first_object_path_dup(o) : NULL;
        if (path && kube_raw(lane->client, path, &answer, &ignored) < 0 &&
            ignored->kind == ERROR_CANCELLED)
            return;
    }
}

/* Chart base needs no certificates: `up` applies it while keys are being made. */
int step_install_base(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum mesh_component base[] = {MESH_BASE};
    struct lane *lane = lane_begin(task, ctx);
    if (lane_apply_istio_namespace(lane, err) == 0 &&
        lane_releases_apply(lane, base, 1, err) == 0 && wait_for_crds(lane, err) == 0) {
        if (!lane->releases[MESH_BASE].same)
            ask_for_custom_kinds(lane);
        return 0;
    }
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
