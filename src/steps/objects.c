/* Applying what the list of changes says, in waves, with events and counts. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* Kinds that others need before they can be created, and those that should come when all else is
 * there: a Deployment before its ServiceAccount costs the controller a back-off, a webhook before
 * its backend refuses what comes after it. Everything between is independent. */
#define WAVES 3

static int wave_of(const char *kind)
{
    static const char *const first[] = {"Namespace", "CustomResourceDefinition"};
    static const char *const last[] = {
        "Deployment",
        "DaemonSet",
        "StatefulSet",
        "Job",
        "Pod",
        "MutatingWebhookConfiguration",
        "ValidatingWebhookConfiguration",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(first); i++)
        if (strcmp(kind, first[i]) == 0)
            return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(last); i++)
        if (strcmp(kind, last[i]) == 0)
            return 2;
    return 1;
}

void lane_count(struct lane *lane, enum change_action action, const struct kube_ref *ref)
{
    unsigned *const counts[] = {
        [CHANGE_KEEP] = &lane->unchanged, [CHANGE_CREATE] = &lane->created,
        [CHANGE_UPDATE] = &lane->changed, [CHANGE_DELETE] = &lane->deleted,
        [CHANGE_RECORD] = NULL,
    };
    static const char *const words[] = {
        [CHANGE_CREATE] = "created", [CHANGE_UPDATE] = "changed", [CHANGE_DELETE] = "deleted"};
    lane->has_written = lane->has_written || action != CHANGE_KEEP;
    if (counts[action])
        ++*counts[action];
    if (action == CHANGE_KEEP || action == CHANGE_RECORD)
        return;
    AUTO_FREE char *text = kube_ref_text_dup(ref);
    plan_note(lane->task, "%s %s", words[action], text);
}

static void count_result(struct lane *lane, const struct change *change,
                         const struct kube_apply_result *result)
{
    static const enum change_action actions[] = {[KUBE_UNCHANGED] = CHANGE_KEEP,
                                                 [KUBE_CREATED] = CHANGE_CREATE,
                                                 [KUBE_CHANGED] = CHANGE_UPDATE};
    struct kube_ref ref = {change->api_version, change->kind, change->namespace_, change->name};
    if (!result->error)
        lane_count(lane, actions[result->applied], &ref);
}

/* The unit's changes of one wave: those that were compared, or those that were not. */
static int apply_some(struct lane *lane, struct unit *unit, int wave, bool compared,
                      struct error **err)
{
    lane->at = unit;
    struct kube_apply_options options = lane_apply_options(lane, unit);
    AUTO_FREE json_t **objects = mem_array(unit->count, sizeof(json_t *));
    AUTO_FREE const struct change **changes = mem_array(unit->count, sizeof(struct change *));
    AUTO_FREE struct kube_comparison *found = mem_array(unit->count, sizeof(*found));
    size_t count = 0;
    for (size_t i = 0; i < unit->count; i++) {
        const struct change *change = &unit->changes[i];
        bool writes = change->action == CHANGE_CREATE || change->action == CHANGE_UPDATE;
        if (!writes || !change->object || wave_of(change->kind) != wave ||
            change->is_compared != compared)
            continue;
        found[count] = change->found; /* borrowed */
        changes[count] = change;
        objects[count++] = change->object;
    }
    if (!count)
        return 0;
    struct kube_apply_result *results = mem_array(count, sizeof(*results));
    int rc = compared
                 ? kube_apply_compared(lane->client, objects, count, &options, found, results, err)
                 : kube_apply_many(lane->client, objects, count, &options, results, err);
    for (size_t i = 0; i < count; i++)
        count_result(lane, changes[i], &results[i]);
    kube_apply_results_release(results, count);
    free(results);
    return rc;
}

static void count_kept(struct lane *lane, const struct unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        lane->unchanged += unit->changes[i].action == CHANGE_KEEP;
}

/* A record is kept in its release's namespace, so that comes first. */
static int begin(struct lane *lane, struct unit *unit, struct error **err)
{
    if (unit->done)
        return 0;
    lane->at = unit;
    if (unit->info->kind == UNIT_KIND_NAMESPACE)
        return apply_some(lane, unit, 0, true, err);
    return unit->info->kind == UNIT_KIND_RELEASE
               ? lane_release_begin(lane, unit->info->component, err)
               : 0;
}

int lane_apply_units(struct lane *lane, const enum unit_id *ids, size_t count, struct error **err)
{
    for (size_t i = 0; i < count; i++)
        if (begin(lane, &lane->units[ids[i]], err) < 0)
            return -1;
    for (int wave = 0; wave < WAVES; wave++) {
        for (size_t i = 0; i < count; i++) {
            struct unit *unit = &lane->units[ids[i]];
            if (!unit->done && unit->info->kind != UNIT_KIND_NAMESPACE &&
                (apply_some(lane, unit, wave, true, err) < 0 ||
                 apply_some(lane, unit, wave, false, err) < 0))
                return -1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        struct unit *unit = &lane->units[ids[i]];
        if (!unit->done)
            count_kept(lane, unit);
        unit->done = true;
    }
    return 0;
}

int lane_patch_change(struct lane *lane, const struct change *change, struct error **err)
{
    struct kube_ref ref = {change->api_version, change->kind, change->namespace_, change->name};
    AUTO_ERROR struct error *why = NULL;
    if ((change->of_status ? kube_patch_status : kube_patch)(lane->client, &ref, change->patch,
                                                             NULL, &why) == 0) {
        lane_count(lane, CHANGE_UPDATE, &ref);
        return 0;
    }
    if (why->kind == ERROR_NOT_FOUND)
        return 0;
    *err = TAKE(why);
    return (*err)->kind == ERROR_CONFLICT
               ? error_hint(err, "somebody changed it meanwhile: run the same command again")
               : -1;
}

int lane_patch_changes(struct lane *lane, const struct unit *unit, struct error **err)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->changes[i].patch && lane_patch_change(lane, &unit->changes[i], err) < 0)
            return -1;
    return 0;
}

int lane_delete_changes(struct lane *lane, const struct unit *unit, struct error **err)
{
    for (size_t i = 0; i < unit->count; i++) {
        const struct change *change = &unit->changes[i];
        struct kube_ref ref = {change->api_version, change->kind, change->namespace_, change->name};
        struct kube_delete_options options = {.uid = change->uid,
                                              .resource_version = change->version};
        bool found;
        if (change->action != CHANGE_DELETE)
            continue;
        if (kube_delete(lane->client, &ref, &options, &found, err) < 0)
            return -1;
        if (found)
            lane_count(lane, CHANGE_DELETE, &ref);
    }
    return 0;
}
