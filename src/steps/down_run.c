/* Taking off what was listed, each object bound to the UID that was looked at. What runs is waited
 * for until it is gone: a load balancer, so that its cloud lets go of it, and istiod before what it
 * would make anew. */
#include "down.h"

#include <stdlib.h>
#include <string.h>

#include "hooks.h"
#include "lock.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/release_change.h"
#include "rights.h"

static const struct removal {
    const char *kind;
    enum kube_propagation propagation;
    bool waits;
} removals[] = {
    {"Deployment", KUBE_FOREGROUND, true},
    {"DaemonSet", KUBE_FOREGROUND, true},
    {"StatefulSet", KUBE_FOREGROUND, true},
    {"Job", KUBE_FOREGROUND, true},
    {"Service", KUBE_BACKGROUND, true},
    {"Namespace", KUBE_BACKGROUND, true},
    {"CustomResourceDefinition", KUBE_BACKGROUND, true},
};

static const struct removal *removal_of(const char *kind)
{
    static const struct removal other = {NULL, KUBE_BACKGROUND, false};
    for (size_t i = 0; i < MC_ARRAY_LEN(removals); i++)
        if (text_equal(removals[i].kind, kind))
            return &removals[i];
    return &other;
}

static struct kube_ref ref_of(const struct change *change)
{
    return (struct kube_ref){change->api_version, change->kind, change->namespace_, change->name};
}

static int delete_one(struct lane *lane, const struct change *change, struct error **err)
{
    struct kube_ref ref = ref_of(change);
    struct kube_delete_options options = {.uid = change->uid,
                                          .resource_version = change->version,
                                          .propagation = removal_of(change->kind)->propagation};
    bool found;
    if (kube_delete(lane->client, &ref, &options, &found, err) < 0)
        return -1;
    if (found)
        lane_count(lane, CHANGE_DELETE, &ref);
    return 0;
}

/* An object of the same name that somebody made meanwhile is not waited for. */
static bool is_gone(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                    struct error **err)
{
    const char *uid = json_dig_str(object, "metadata", "uid", NULL);
    return (uid && !text_equal(uid, ctx)) || kube_is_gone(c, object, NULL, ret_reason, err);
}

static int wait_gone(struct lane *lane, const struct change *change, struct error **err)
{
    struct kube_ref ref = ref_of(change);
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    AUTO_FREE char *what = mem_printf("%s to be gone", name);
    if (!removal_of(change->kind)->waits)
        return 0;
    return lane_wait(lane, &ref, what, is_gone, change->uid, NULL, err);
}

static int give_back(struct lane *lane, const struct change *change, struct error **err)
{
    struct kube_apply_options options = {.always = true};
    struct kube_ref ref = ref_of(change);
    enum kube_applied applied;
    if (change->patch)
        return lane_patch_change(lane, change, err);
    if (kube_apply(lane->client, change->object, &options, &applied, err) < 0)
        return -1;
    lane_count(lane, applied == KUBE_UNCHANGED ? CHANGE_KEEP : CHANGE_UPDATE, &ref);
    return 0;
}

static int remove_range(struct lane *lane, const struct unit *unit, size_t from, size_t to,
                        struct error **err)
{
    for (size_t i = from; i < to; i++) {
        const struct change *change = &unit->changes[i];
        if ((change->action == CHANGE_DELETE && delete_one(lane, change, err) < 0) ||
            (change->action == CHANGE_UPDATE && give_back(lane, change, err) < 0))
            return -1;
    }
    return 0;
}

static int wait_range(struct lane *lane, const struct unit *unit, size_t from, size_t to,
                      struct error **err)
{
    for (size_t i = from; i < to; i++)
        if (unit->changes[i].action == CHANGE_DELETE && wait_gone(lane, &unit->changes[i], err) < 0)
            return -1;
    return 0;
}

static int remove_some(struct lane *lane, const struct unit *unit, size_t from, size_t to,
                       struct error **err)
{
    return remove_range(lane, unit, from, to, err) < 0 ? -1 : wait_range(lane, unit, from, to, err);
}

static int remove_unit(struct lane *lane, enum unit_id id, struct error **err)
{
    const struct unit *unit = &lane->units[id];
    return remove_some(lane, unit, 0, unit->count, err);
}

/* Records stand behind the objects: a run that is cut finds them, and by them what is left. */
static int remove_release(struct lane *lane, enum unit_id id, struct error **err)
{
    const struct unit *unit = &lane->units[id];
    struct lane_release *r = &lane->releases[unit->info->component];
    const struct release_history *h = lane->facts->releases[r->component];
    const struct release_revision *newest = release_history_newest(h);
    if (!newest || !unit->count)
        return remove_unit(lane, id, err);
    size_t objects = unit->count - h->count;
    if (newest->record) {
        release_uninstalling(newest->record, lock_holder(lane->steps->write_lock));
        if (lane_release_write(lane, newest->record, err) < 0 ||
            lane_run_hooks(lane, r, newest->record, "pre-delete", err) < 0)
            return -1;
    }
    if (remove_some(lane, unit, 0, objects, err) < 0)
        return -1;
    if (newest->record && lane_run_hooks(lane, r, newest->record, "post-delete", err) < 0)
        return -1;
    return remove_some(lane, unit, objects, unit->count, err);
}

/* The rights are asked for when the person has said yes: the list is for readers. */
int task_check_rights(struct plan_task *task, void *ctx, struct error **err)
{
    return lane_check_rights(lane_begin(task, ctx), err);
}

int task_unlink(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (remove_unit(lane, UNIT_LINKS, err) < 0)
        return -1;
    plan_result(task, "%zu links", lane->units[UNIT_LINKS].count);
    return 0;
}

int task_remove_sample(struct plan_task *task, void *ctx, struct error **err)
{
    return remove_unit(lane_begin(task, ctx), UNIT_BOOKINFO, err);
}

int task_remove_expose(struct plan_task *task, void *ctx, struct error **err)
{
    return remove_unit(lane_begin(task, ctx), UNIT_EXPOSE, err);
}

int task_remove_gateways(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    return remove_release(lane, UNIT_EASTWEST, err) < 0 ||
                   remove_release(lane, UNIT_INGRESS, err) < 0
               ? -1
               : 0;
}

int task_remove_istiod(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    return remove_release(lane, UNIT_ISTIOD, err) < 0 || remove_release(lane, UNIT_BASE, err) < 0
               ? -1
               : 0;
}

int task_remove_ca(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    return remove_unit(lane, UNIT_READER_TOKEN, err) < 0 || remove_unit(lane, UNIT_CACERTS, err) < 0
               ? -1
               : 0;
}

int task_remove_namespaces(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id units[] = {UNIT_BOOKINFO_NAMESPACE, UNIT_INGRESS_NAMESPACE,
                                         UNIT_ISTIO_NAMESPACE};
    struct lane *lane = lane_begin(task, ctx);
    /* The lock is in one of them. */
    if (lock_give_back(lane->steps->write_lock, lane, err) < 0)
        return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(units); i++)
        if (remove_range(lane, &lane->units[units[i]], 0, lane->units[units[i]].count, err) < 0)
            return -1;
    for (size_t i = 0; i < MC_ARRAY_LEN(units); i++)
        if (wait_range(lane, &lane->units[units[i]], 0, lane->units[units[i]].count, err) < 0)
            return -1;
    return 0;
}
