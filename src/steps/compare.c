/* Desired against live: what would be created, changed, deleted, recorded, found by reading and by
 * the server's own dry run. What belongs to somebody else is never among it: it is refused, all of it
 * in one error. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "gateway_address.h"
#include "links.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/diff.h"
#include "meshctl/mesh/objects.h"
#include "rights.h"

#define MAX_REFUSED 50 /* objects named in one error */
#define TOKEN_ACCOUNT "kubernetes.io/service-account.name"

/* Chart objects are applied under Helm's own manager, so that Helm goes on without conflicts. */
#define HELM_MANAGER "helm"

struct kube_apply_options lane_apply_options(const struct lane *lane, const struct unit *unit)
{
    bool release = unit->info->kind == UNIT_KIND_RELEASE;
    return (struct kube_apply_options){
        .field_manager = release ? HELM_MANAGER : NULL,
        .force = lane->steps->options.force_conflicts,
        .adopt_updates = release, /* which Helm 3 may have written */
        .untried = lane->steps->options.untried,
        .default_namespace = release ? lane->releases[unit->info->component].namespace_ : NULL,
    };
}

/* ---- whose it is ----------------------------------------------------------------------------- */

/* What is in the way of this run, told together at the end. */
struct refusals {
    struct strlist texts;
    const char *id, *hint; /* of the first */
};

static void refuse(struct refusals *r, const char *id, const char *hint, const char *fmt, ...)
    MC_PRINTF(4, 5);
static void refuse(struct refusals *r, const char *id, const char *hint, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    if (r->texts.count < MAX_REFUSED)
        strlist_add(&r->texts, text);
    if (!r->id) {
        r->id = id;
        r->hint = hint;
    }
}

static int conclude(const struct lane *lane, const struct refusals *r, struct error **err)
{
    if (!r->texts.count)
        return 0;
    AUTO_FREE char *text = strlist_join_dup(&r->texts, "\n");
    error_set(err, ERROR_CONFLICT, "%s: %s", lane_name(lane), text);
    error_id(err, r->id);
    return error_hint(err, "%s", r->hint);
}

/* Objects of versions that marked nothing are known by who applied them. */
bool lane_applied(const struct lane *lane, const json_t *live)
{
    const char *manager = lane->steps->options.field_manager;
    size_t i;
    json_t *entry;
    json_array_foreach(json_dig(live, "metadata", "managedFields", NULL), i, entry)
        if (text_equal(json_dig_str(entry, "manager", NULL), manager ? manager : "meshctl") &&
            text_equal(json_dig_str(entry, "operation", NULL), "Apply"))
            return true;
    return false;
}

bool lane_owns(const struct lane *lane, const json_t *live)
{
    const char *owner = mesh_owner(live);
    return owner ? strcmp(owner, lane->steps->mesh->id) == 0 : lane_applied(lane, live);
}

static bool owner_fits(const struct lane *lane, const struct unit *unit, const json_t *object,
                       const json_t *live, struct refusals *refusals, const char *name)
{
    AUTO_ERROR struct error *why = NULL;
    if (unit->info->kind == UNIT_KIND_RELEASE) {
        const struct lane_release *r = &lane->releases[unit->info->component];
        if (release_check_adopt(live, r->name, r->namespace_,
                                lane_release_records(lane, r->component, object),
                                lane->steps->options.take_ownership, &why) == 0)
            return true;
        refuse(refusals, "MC302",
               "name its release with --release COMPONENT=NAME if it is the same thing, remove it "
               "with the tool that put it there, or take it over with --take-ownership",
               "%s", why->message);
        return false;
    }
    const char *owner = mesh_owner(live);
    if (lane->steps->options.take_ownership || lane_owns(lane, live))
        return true;
    refuse(refusals, "MC307",
           "it is not meshctl's: rename or remove it, or take it over with --take-ownership",
           owner ? "%s is there already and belongs to mesh %s"
                 : "%s is there already and carries no mark of this mesh%s",
           name, owner ? owner : "");
    return false;
}

/* Whether the run may go on with this live object as its own. */
static bool may_change(const struct lane *lane, const struct unit *unit, const json_t *object,
                       const json_t *live, struct refusals *refusals, const char *name)
{
    return !live || unit->info->kind == UNIT_KIND_NAMESPACE ||
           owner_fits(lane, unit, object, live, refusals, name);
}

/* ---- one object ------------------------------------------------------------------------------ */

static bool is_made_on_the_way(const json_t *object)
{
    return text_equal(json_dig_str(object, "kind", NULL), "Secret") &&
           !json_object_get(object, "data") && !json_object_get(object, "stringData") &&
           !json_dig(object, "metadata", "annotations", TOKEN_ACCOUNT, NULL);
}

static json_t *value_json(json_t *value)
{
    return value ? json_incref(value) : json_null();
}

static json_t *fields_json(const struct kube_comparison *found)
{
    AUTO_KUBE_CHANGES changes = {0};
    json_t *fields = json_array();
    kube_diff(found->live, found->after, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        const struct kube_field_change *change = &changes.items[i];
        json_array_append_new(fields, json_pack("{s:s, s:o, s:o}", "path", change->path, "before",
                                                value_json(change->before), "after",
                                                value_json(change->after)));
    }
    return fields;
}

static const char *why_created(const struct unit *unit, const json_t *object)
{
    if (is_made_on_the_way(object))
        return unit->info->step == STEP_CA ? "the cluster has no certificates"
                                           : "the token is made on the way";
    return "it is not there";
}

static void take_conflicts(const struct kube_comparison *found, const char *name,
                           struct refusals *refusals)
{
    for (size_t i = 0; i < found->conflicts.count; i++)
        refuse(
            refusals, "MC308",
            "see who sets these fields; --force-conflicts takes them over, and the other manager "
            "may set them again",
            "%s: %s is set by %s", name, found->conflicts.items[i].field,
            found->conflicts.items[i].manager);
}

/* What would check the change does not run, perhaps because this very run has to mend it. */
static bool is_webhook_trouble(const struct error *e)
{
    return e->http_status == 500 && strstr(e->message, "failed calling webhook");
}

/* Whether nothing but the owner of its fields would change in what somebody else has made and this run gives
 * nothing new: the objects of a release that gets no revision, a namespace. Whoever changes them takes their
 * fields over. */
static bool is_good_enough(const struct lane *lane, const struct unit *unit,
                           const struct kube_comparison *found)
{
    AUTO_KUBE_CHANGES changes = {0};
    bool is_release = unit->info->kind == UNIT_KIND_RELEASE;
    if (found->would != KUBE_WOULD_CHANGE || !found->after ||
        (is_release ? !lane->releases[unit->info->component].is_recorded
                    : unit->info->kind != UNIT_KIND_NAMESPACE || mesh_owner(found->live)))
        return false;
    kube_diff(found->live, found->after, &changes);
    return changes.count == 0;
}

static enum change_action action_of(const struct lane *lane, const struct unit *unit,
                                    const struct kube_comparison *found)
{
    if (!found->live)
        return CHANGE_CREATE;
    if (is_good_enough(lane, unit, found))
        return CHANGE_KEEP;
    /* What is created once is not compared: its content is the server's or the CA's. */
    if (unit->info->kind == UNIT_KIND_CREATED || found->would == KUBE_WOULD_NOTHING)
        return CHANGE_KEEP;
    return CHANGE_UPDATE;
}

/* A token of the very account, which the API server filled: whoever asked for it, it is used and not changed. */
static bool is_same_token(const json_t *object, const json_t *live)
{
    const char *account = json_dig_str(object, "metadata", "annotations", TOKEN_ACCOUNT, NULL);
    return account &&
           text_equal(account,
                      json_dig_str(live, "metadata", "annotations", TOKEN_ACCOUNT, NULL)) &&
           text_equal(json_dig_str(object, "type", NULL), json_dig_str(live, "type", NULL));
}

/* Takes over what it needs of `found`. */
static int take_object(struct lane *lane, struct unit *unit, json_t *object,
                       struct kube_comparison *found, struct refusals *refusals, struct error **err)
{
    struct kube_ref ref = kube_ref_of(found->live ? found->live : object);
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    bool untried = found->error && is_webhook_trouble(found->error);
    if (found->error && !untried && found->would != KUBE_WOULD_CONFLICT) {
        *err = TAKE(found->error);
        return -1;
    }
    bool keeps = found->live && !mesh_owner(found->live) &&
                 (unit->info->kind == UNIT_KIND_SAMPLE || is_same_token(object, found->live));
    if (!keeps && !may_change(lane, unit, object, found->live, refusals, name))
        return 0;
    if (!keeps && found->would == KUBE_WOULD_CONFLICT)
        take_conflicts(found, name, refusals);
    struct change *change =
        unit_add(unit, keeps ? CHANGE_KEEP : action_of(lane, unit, found), &ref);
    if (change->action == CHANGE_KEEP) {
        change->is_settled = lane_is_settled(lane, found->live);
        return 0;
    }
    if (change->action == CHANGE_CREATE)
        change->why = mem_strdup(why_created(unit, object));
    else if (is_made_on_the_way(object))
        change->why = mem_strdup("the token is made anew");
    else if (untried)
        change->why = mem_strdup("it could not be tried: the webhook that would check it is down");
    else if (found->after)
        change->fields = fields_json(found);
    if (change->fields && !json_array_size(change->fields))
        change->why = mem_strdup("its content stays; who owns its fields changes");
    if (is_made_on_the_way(object))
        return 0;
    change->object = json_incref(object);
    if (untried)
        return 0;
    change->found = *found;
    change->is_compared = true;
    *found = (struct kube_comparison){0};
    return 0;
}

/* A namespace that was there before is not ours, and does not become so. */
static void unmark_found(const struct lane *lane, const struct unit *unit)
{
    size_t i;
    json_t *object;
    json_array_foreach(unit->objects, i, object) {
        const char *name = json_dig_str(object, "metadata", "name", NULL);
        const json_t *live = facts_namespace(lane->facts, name);
        if (live && !mesh_owner(live))
            mesh_unmark(object);
    }
}

static int check_terminating(const struct lane *lane, const struct unit *unit, struct error **err)
{
    size_t i;
    json_t *object;
    json_array_foreach(unit->objects, i, object) {
        const char *name = json_dig_str(object, "metadata", "name", NULL);
        struct kube_ref ref = {"v1", "Namespace", NULL, name};
        json_auto_t *live = NULL;
        AUTO_FREE char *reason = NULL;
        if (!json_dig(facts_namespace(lane->facts, name), "metadata", "deletionTimestamp", NULL))
            continue;
        if (kube_get_opt(lane->client, &ref, &live, err) < 0)
            return -1;
        if (!live || kube_is_gone(lane->client, live, NULL, &reason, err))
            continue;
        error_set(err, ERROR_CHECK, "%s: namespace %s is being deleted: %s", lane_name(lane), name,
                  reason);
        error_id(err, "MC306");
        error_where(err, "%s/Namespace/%s", lane_name(lane), name);
        return error_hint(err,
                          "wait until it is gone: kubectl get namespace %s -o yaml tells what "
                          "holds it",
                          name);
    }
    return 0;
}

/* ---- a unit ---------------------------------------------------------------------------------- */

static int compare_objects(struct lane *lane, struct unit *unit, struct refusals *refusals,
                           struct error **err)
{
    size_t count = json_array_size(unit->objects);
    struct kube_apply_options options = lane_apply_options(lane, unit);
    AUTO_FREE json_t **objects = mem_array(count, sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        objects[i] = json_array_get(unit->objects, i);
    struct kube_comparison *found = mem_array(count, sizeof(*found));
    int rc = kube_compare_many(lane->client, objects, count, &options, found, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = take_object(lane, unit, objects[i], &found[i], refusals, err);
    kube_comparisons_release(found, count);
    free(found);
    return rc;
}

static int compare_unit(struct lane *lane, struct unit *unit, struct refusals *refusals,
                        struct error **err)
{
    if (unit->info->kind == UNIT_KIND_NAMESPACE) {
        if (check_terminating(lane, unit, err) < 0)
            return -1;
        unmark_found(lane, unit);
    }
    if (compare_objects(lane, unit, refusals, err) < 0)
        return -1;
    if (unit == &lane->units[UNIT_LINKS] && lane->mode == LANE_WRITE)
        lane_compare_links(lane, unit);
    if (unit == &lane->units[UNIT_ADDRESS])
        lane_compare_addresses(lane, unit);
    return unit->info->kind == UNIT_KIND_RELEASE ? lane_release_compare(lane, unit, err) : 0;
}

/* An object that two releases of this very run would have; Helm refuses the second one's. */
static void refuse_shared(const struct lane *lane, enum mesh_component a, enum mesh_component b,
                          struct refusals *refusals)
{
    const struct lane_release *first = &lane->releases[a], *second = &lane->releases[b];
    for (size_t i = 0; i < second->wanted.count; i++) {
        const struct release_object *o = &second->wanted.items[i];
        struct kube_ref ref = kube_ref_of(o->object);
        AUTO_FREE char *name = kube_ref_text_dup(&ref);
        if (release_objects_has(&first->wanted, o))
            refuse(
                refusals, "MC302", "give it another name in one of them, by --set or in the chart",
                "%s would be of both release %s and release %s", name, first->name, second->name);
    }
}

static void refuse_all_shared(const struct lane *lane, struct refusals *refusals)
{
    for (int a = 0; a < MESH_COMPONENTS; a++)
        for (int b = a + 1; b < MESH_COMPONENTS; b++)
            refuse_shared(lane, (enum mesh_component)a, (enum mesh_component)b, refusals);
}

static void count_changes(const struct lane *lane, unsigned counts[CHANGE_ACTIONS])
{
    for (int id = 0; id < UNITS_COUNT; id++)
        for (size_t i = 0; i < lane->units[id].count; i++)
            counts[lane->units[id].changes[i].action]++;
}

int lane_compare(struct lane *lane, struct error **err)
{
    struct refusals refusals = {0};
    int rc = lane_desire(lane, err);
    if (rc == 0)
        refuse_all_shared(lane, &refusals);
    for (int id = 0; id < UNITS_COUNT && rc == 0; id++)
        if (lane->units[id].wanted)
            rc = compare_unit(lane, &lane->units[id], &refusals, err);
    if (rc == 0)
        rc = conclude(lane, &refusals, err);
    strlist_release(&refusals.texts);
    return rc;
}

int task_compare(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    if (lane_compare(lane, err) < 0 ||
        (!lane->steps->options.list_only && lane_check_rights(lane, err) < 0))
        return -1;
    unsigned counts[CHANGE_ACTIONS] = {0};
    count_changes(lane, counts);
    plan_result(task, "to create %u, to change %u, to delete %u", counts[CHANGE_CREATE],
                counts[CHANGE_UPDATE], counts[CHANGE_DELETE]);
    return 0;
}
