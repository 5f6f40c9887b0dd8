/* Hooks of a release, run as Helm runs them (pkg/action/hooks.go): one after another, each made,
 * waited for and deleted as it says. */
#include "hooks.h"

#include "meshctl/helm/release_hooks.h"

static struct kube_ref ref_in(const struct lane_release *r, struct lane *lane, const json_t *object)
{
    struct kube_ref ref = kube_ref_of(object);
    enum kube_scope scope = KUBE_SCOPE_UNSERVED;
    AUTO_ERROR struct error *ignored = NULL;
    (void)!kube_scope_of(lane->client, ref.api_version, ref.kind, &scope, &ignored);
    if (!ref.namespace_ && scope == KUBE_SCOPE_NAMESPACED)
        ref.namespace_ = r->namespace_;
    return ref;
}

/* What bears the hook's name and is not the release's own hook stays, and is in the way. */
static int remove_hook(struct lane *lane, const struct lane_release *r,
                       const struct release_hook *hook, struct error **err)
{
    size_t i;
    json_t *object;
    json_array_foreach(hook->objects, i, object) {
        struct kube_ref ref = ref_in(r, lane, object);
        json_auto_t *live = NULL;
        if (kube_get_opt(lane->client, &ref, &live, err) < 0)
            return -1;
        if (!live || !release_hook_is_ours(live, r->name, r->namespace_))
            continue;
        struct kube_delete_options options = {.uid = json_dig_str(live, "metadata", "uid", NULL)};
        if (kube_delete(lane->client, &ref, &options, NULL, err) < 0)
            return -1;
        AUTO_FREE char *name = kube_ref_text_dup(&ref);
        AUTO_FREE char *what = mem_printf("hook %s to be gone", name);
        if (lane_wait(lane, &ref, what, kube_is_gone, NULL, NULL, err) < 0)
            return -1;
    }
    return 0;
}

static int make_hook(struct lane *lane, const struct lane_release *r,
                     const struct release_hook *hook, struct error **err)
{
    size_t i;
    json_t *object;
    json_array_foreach(hook->objects, i, object) {
        json_auto_t *live = NULL, *placed = json_deep_copy(object);
        struct kube_ref ref = ref_in(r, lane, object);
        if (ref.namespace_)
            json_put(placed, json_string(ref.namespace_), "metadata", "namespace", NULL);
        if (kube_create(lane->client, placed, &live, err) < 0)
            return -1;
        lane_count(lane, CHANGE_CREATE, &ref);
        if (!hook->is_job)
            continue;
        AUTO_FREE char *name = kube_ref_text_dup(&ref);
        AUTO_FREE char *what = mem_printf("hook %s to end", name);
        if (lane_wait(lane, &ref, what, kube_has_ended, NULL, NULL, err) < 0)
            return -1;
    }
    return 0;
}

static int run_hook(struct lane *lane, const struct lane_release *r, struct release *record,
                    const struct release_hook *hook, struct error **err)
{
    if (hook->delete_before && remove_hook(lane, r, hook, err) < 0)
        return -1;
    release_hook_started(record, hook->index);
    if (lane_release_write(lane, record, err) < 0)
        return -1;
    int rc = make_hook(lane, r, hook, err);
    release_hook_ended(record, hook->index, rc == 0);
    return rc;
}

/* Those that ended well and say so, backwards, as Helm does. */
static int clean_up(struct lane *lane, const struct lane_release *r,
                    const struct release_hooks *hooks, size_t ended, struct error **err)
{
    for (size_t i = ended; i-- > 0;)
        if (hooks->items[i].delete_succeeded && remove_hook(lane, r, &hooks->items[i], err) < 0)
            return -1;
    return 0;
}

int lane_run_hooks(struct lane *lane, const struct lane_release *r, struct release *record,
                   const char *event, struct error **err)
{
    AUTO_RELEASE_HOOKS hooks = {0};
    if (release_hooks_of(record, event, &hooks, err) < 0)
        return -1;
    for (size_t i = 0; i < hooks.count; i++) {
        AUTO_ERROR struct error *ignored = NULL;
        if (run_hook(lane, r, record, &hooks.items[i], err) == 0)
            continue;
        if (hooks.items[i].delete_failed)
            (void)!remove_hook(lane, r, &hooks.items[i], &ignored);
        error_clear(&ignored);
        (void)!clean_up(lane, r, &hooks, i, &ignored);
        return error_wrap(err, "hook %s of release %s (%s)", hooks.items[i].name, r->name, event);
    }
    return clean_up(lane, r, &hooks, hooks.count, err);
}
