/* A component as a Helm release: rendered as an install into this cluster, compared with what is
 * recorded, begun as pending, recorded as deployed when its objects do what they are for. The order
 * of writes is Helm's own (pkg/action/install.go, upgrade.go). */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "apis.h"
#include "hooks.h"
#include "lock.h"
#include "meshctl/base/text.h"
#include "meshctl/helm/release_change.h"
#include "meshctl/helm/release_hooks.h"
#include "meshctl/mesh/values.h"

void lane_release_release(struct lane_release *r)
{
    json_decref(r->own);
    json_decref(r->crds);
    values_plan_free(r->values);
    release_objects_release(&r->wanted);
    release_objects_release(&r->recorded);
    release_free(r->record);
}

static struct release_history *history_of(const struct lane *lane, enum mesh_component c)
{
    return lane->facts->releases[c];
}

static const struct unit *unit_of(const struct lane *lane, enum mesh_component c)
{
    for (int id = 0; id < UNITS_COUNT; id++) {
        const struct unit *unit = &lane->units[id];
        if (unit->info && unit->info->kind == UNIT_KIND_RELEASE && unit->info->component == c)
            return unit;
    }
    return NULL;
}

/* ---- what shall be --------------------------------------------------------------------------- */

static int check_history(struct lane *lane, const struct lane_release *r, struct error **err)
{
    const struct release_history *h = history_of(lane, r->component);
    AUTO_STRLIST warnings = STRLIST_INIT;
    if (release_history_check(h, &warnings, err) < 0 || release_check_lock(h, err) < 0 ||
        release_check_chart(h, r->chart->name, err) < 0)
        return -1;
    if (!lane->steps->options.allow_downgrade &&
        release_check_downgrade(h, r->chart->version, err) < 0)
        return -1;
    for (size_t i = 0; i < warnings.count; i++)
        plan_warn(lane->task, "%s", warnings.items[i]);
    return 0;
}

static int render(struct lane *lane, struct lane_release *r, int helm_major, bool is_upgrade,
                  int revision, const struct chart_rendered **ret_rendered, struct error **err)
{
    AUTO_STRLIST api_versions = STRLIST_INIT;
    if (lane_api_versions(lane, &api_versions, err) < 0)
        return -1;
    struct chart_render_options options = {
        .release = r->name,
        .namespace_ = r->namespace_,
        .is_upgrade = is_upgrade,
        .revision = revision,
        .helm_major = helm_major,
        .kube_version = lane->facts->version.git_version,
        .api_versions = &api_versions,
        .limits = lane->steps->options.limits,
        .lookup = lane_lookup,
        .ctx = lane,
    };
    return renders_get(lane->steps->renders, r->chart, r->values->config, &options, ret_rendered,
                       err);
}

static int check_cloud(const struct lane *lane, const struct lane_release *r, struct error **err)
{
    for (size_t i = 0; lane->cloud && i < r->wanted.count; i++) {
        const struct release_object *o = &r->wanted.items[i];
        if (strcmp(o->kind, "Service") == 0 &&
            mesh_check_cloud_service(lane->cloud, o->object, err) < 0)
            return -1;
    }
    return 0;
}

/* crds/ come before all else, and only with a first install; nothing of them is ever changed. */
static int take_crds(struct lane_release *r, const struct release_history *h, struct error **err)
{
    return release_history_base(h) ? 0 : release_crds(r->rendered, &r->crds, err);
}

/* A record is megabytes of JSON while it is read or made, and a fleet has one in every lane: this is
 * one lane's turn. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

static int is_manifest(const struct release *record, const char *manifest, bool *ret_is,
                       struct error **err)
{
    json_auto_t *recorded = NULL;
    pthread_mutex_lock(&turn);
    int rc = release_manifest(record, &recorded, err);
    *ret_is = rc == 0 && strcmp(manifest, json_string_value(recorded)) == 0;
    json_decref(TAKE(recorded));
    pthread_mutex_unlock(&turn);
    return rc;
}

/* Renders as the newest record's own run did, and keeps that when the record is what this run would
 * record: then no new revision is written, and only what is missing or changed in the cluster is put
 * right. Charts may render an upgrade in another way than an install. */
static int render_as_recorded(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct release_history *h = history_of(lane, r->component);
    const struct release_revision *newest = release_history_newest(h);
    if (!newest || newest != release_history_deployed(h))
        return 0;
    const struct release *old = newest->record;
    const char *version = json_dig_str(old->chart, "metadata", "version", NULL);
    if (!text_equal(version, r->chart->version) || !json_same(old->config, r->values->config))
        return 0;
    /* Of records that apply on the server, those without our own values are Helm 4's. */
    int major = old->server_side && !old->own ? 4 : STEPS_HELM_MAJOR;
    if (render(lane, r, major, !release_was_install(old), old->version, &r->rendered, err) < 0)
        return -1;
    if (is_manifest(old, r->rendered->manifest, &r->is_recorded, err) < 0)
        return -1;
    if (!r->is_recorded)
        renders_put(lane->steps->renders, TAKE(r->rendered));
    return 0;
}

static int render_next(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct release_history *h = history_of(lane, r->component);
    if (render_as_recorded(lane, r, err) < 0)
        return -1;
    return r->is_recorded ? 0
                          : render(lane, r, STEPS_HELM_MAJOR, release_history_is_upgrade(h),
                                   release_history_next(h), &r->rendered, err);
}

static int prepare(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct release_history *h = history_of(lane, r->component);
    struct release_scopes scopes = lane_scopes(lane);
    if (check_history(lane, r, err) < 0 || lane_release_values(lane, r, err) < 0 ||
        render_next(lane, r, err) < 0 || take_crds(r, h, err) < 0)
        return -1;
    if (release_objects_add_rendered(&r->wanted, r->rendered, r->namespace_, &scopes, err) < 0 ||
        release_objects_add_history(&r->recorded, h, r->is_recorded ? &r->wanted : NULL, &scopes,
                                    err) < 0)
        return -1;
    for (size_t i = 0; i < r->wanted.count; i++)
        release_own(r->wanted.items[i].object, r->name, r->namespace_);
    return check_cloud(lane, r, err);
}

int lane_release_prepare(struct lane *lane, enum mesh_component c, json_t **ret_objects,
                         struct error **err)
{
    struct lane_release *r = &lane->releases[c];
    if (charts_get(lane, c, &r->chart, err) < 0)
        return -1;
    if (prepare(lane, r, err) < 0)
        return error_wrap(err, "%s: release %s (chart %s %s)", lane_name(lane), r->name,
                          r->chart->name, r->chart->version);
    *ret_objects = json_array();
    for (size_t i = 0; i < r->wanted.count; i++)
        json_array_append(*ret_objects, r->wanted.items[i].object);
    return 0;
}

bool lane_release_records(const struct lane *lane, enum mesh_component c, const json_t *object)
{
    const struct lane_release *r = &lane->releases[c];
    for (size_t i = 0; i < r->wanted.count; i++)
        if (r->wanted.items[i].object == object)
            return release_objects_has(&r->recorded, &r->wanted.items[i]);
    return false;
}

/* ---- against what is recorded ---------------------------------------------------------------- */

static void add_record(struct lane *lane, struct unit *unit)
{
    const struct lane_release *r = &lane->releases[unit->info->component];
    const struct release_history *h = history_of(lane, r->component);
    int revision = release_history_next(h);
    AUTO_FREE char *secret = release_secret_name_dup(r->name, revision);
    struct kube_ref ref = {"v1", "Secret", r->namespace_, secret};
    const struct release_revision *newest = release_history_newest(h);
    struct change *change = unit_add(unit, CHANGE_RECORD, &ref);
    change->why = mem_printf(
        "release %s revision %d, chart %s %s%s", r->name, revision, r->chart->name,
        r->chart->version,
        newest && newest->status != RELEASE_DEPLOYED ? "; the last one did not end well" : "");
}

/* The running control plane would go with the revision's old name, and every proxy with it. */
static int check_dropped(const struct lane *lane, const struct lane_release *r,
                         const struct release_object *object, const json_t *live,
                         struct error **err)
{
    if (r->component != MESH_ISTIOD || strcmp(object->kind, "Deployment") != 0 ||
        !json_dig_int(live, 0, "status", "readyReplicas", NULL))
        return 0;
    error_set(
        err, ERROR_CHECK,
        "%s: Deployment %s/%s runs and would be deleted, since release %s would be of another "
        "revision",
        lane_name(lane), object->namespace_, object->name, r->name);
    error_id(err, "MC801");
    error_where(err, "%s/Deployment/%s/%s", lane_name(lane), object->namespace_, object->name);
    return error_hint(err, "install the other revision beside it, as a release of its own: "
                           "--release istiod=NAME");
}

static int take_dropped(struct lane *lane, struct unit *unit, const struct release_object *object,
                        const json_t *live, struct error **err)
{
    const struct lane_release *r = &lane->releases[unit->info->component];
    AUTO_ERROR struct error *why = NULL;
    struct kube_ref ref = {object->api_version, object->kind, object->namespace_, object->name};
    AUTO_FREE char *name = kube_ref_text_dup(&ref);
    switch (release_fate_of(object, live, r->name, r->namespace_, false, &why)) {
    case RELEASE_FATE_GONE:
        return 0;
    case RELEASE_FATE_KEPT:
        plan_note(lane->task, "%s is not wanted any more and stays by its resource policy", name);
        return 0;
    case RELEASE_FATE_FOREIGN:
        plan_warn(lane->task, "%s is not wanted any more and stays: %s", name, why->message);
        return 0;
    case RELEASE_FATE_DELETE:
        break;
    }
    if (check_dropped(lane, r, object, live, err) < 0)
        return -1;
    struct change *change = unit_add(unit, CHANGE_DELETE, &ref);
    change->uid = mem_strdup_opt(json_dig_str(live, "metadata", "uid", NULL));
    change->why = mem_printf("revision %d of release %s had it, the next one has not",
                             object->version, r->name);
    return 0;
}

static int add_dropped(struct lane *lane, struct unit *unit, struct error **err)
{
    struct lane_release *r = &lane->releases[unit->info->component];
    struct release_objects *old = &r->recorded;
    release_objects_subtract(old, &r->wanted);
    if (!old->count)
        return 0;
    struct kube_read *reads = mem_array(old->count, sizeof(*reads));
    for (size_t i = 0; i < old->count; i++)
        reads[i].ref = (struct kube_ref){old->items[i].api_version, old->items[i].kind,
                                         old->items[i].namespace_, old->items[i].name};
    int rc = kube_read_many(lane->client, reads, old->count, err);
    for (size_t i = 0; i < old->count && rc == 0; i++) {
        *err = TAKE(reads[i].error);
        rc = *err ? -1 : take_dropped(lane, unit, &old->items[i], reads[i].found, err);
    }
    kube_reads_release(reads, old->count);
    free(reads);
    return rc;
}

static int add_crds(struct lane *lane, struct unit *unit, struct error **err)
{
    const struct lane_release *r = &lane->releases[unit->info->component];
    size_t i;
    json_t *crd;
    json_array_foreach(r->crds, i, crd) {
        struct kube_ref ref = kube_ref_of(crd);
        json_auto_t *live = NULL;
        if (kube_get_opt(lane->client, &ref, &live, err) < 0)
            return -1;
        struct change *change = unit_add(unit, live ? CHANGE_KEEP : CHANGE_CREATE, &ref);
        if (live)
            continue;
        change->why = mem_strdup("it is not there");
        change->object = json_incref(crd);
    }
    return 0;
}

int lane_release_compare(struct lane *lane, struct unit *unit, struct error **err)
{
    if (!lane->releases[unit->info->component].is_recorded)
        add_record(lane, unit);
    return add_crds(lane, unit, err) < 0 ? -1 : add_dropped(lane, unit, err);
}

/* ---- records --------------------------------------------------------------------------------- */

static int pack_record(struct kube_client *c, struct plan_task *task, struct release *record,
                       json_t **ret_secret, struct error **err)
{
    bool trimmed = false;
    if (release_to_secret(record, ret_secret, &trimmed, err) < 0)
        return error_wrap(err, "%s: release %s", kube_client_name(c), record->name);
    if (trimmed && task)
        plan_warn(task,
                  "release %s is over the size of a Secret: recorded without the chart's files",
                  record->name);
    return 0;
}

/* It is created, or replaced as it was read: a 409 says that somebody else wrote meanwhile. */
static int store_record(struct kube_client *c, struct release *record, const json_t *secret,
                        struct error **err)
{
    json_auto_t *head = NULL;
    if (kube_store(c, secret, &head, err) == 0) {
        release_written(record, secret, head);
        return 0;
    }
    if ((*err)->kind != ERROR_CONFLICT)
        return -1;
    error_id(err, "MC804");
    return error_hint(err,
                      "another program wrote to release %s meanwhile: see who does (helm history "
                      "%s -n %s), then run this again",
                      record->name, record->name, record->namespace_);
}

static int write_record(struct kube_client *c, struct plan_task *task, struct release *record,
                        struct error **err)
{
    json_auto_t *secret = NULL;
    return pack_record(c, task, record, &secret, err) < 0 ? -1
                                                          : store_record(c, record, secret, err);
}

int lane_release_write(struct lane *lane, struct release *record, struct error **err)
{
    if (write_record(lane->client, lane->task, record, err) < 0)
        return -1;
    lane->has_written = true;
    return 0;
}

static bool has_record_change(const struct unit *unit)
{
    for (size_t i = 0; i < unit->count; i++)
        if (unit->changes[i].action == CHANGE_RECORD)
            return true;
    return false;
}

/* A run that holds the cluster's lease knows that the run which left the record pending is gone. */
static int end_cut_record(struct lane *lane, const struct lane_release *r,
                          struct release_history *h, struct error **err)
{
    const struct release_revision *newest = release_history_newest(h);
    if (release_lock_of(h, NULL, NULL) != RELEASE_LOCK_OURS)
        return 0;
    plan_warn(lane->task, "release %s was left %s by an interrupted run; going on from there",
              r->name, release_status_name(newest->status));
    release_interrupted(newest->record);
    return lane_release_write(lane, newest->record, err);
}

static int prune(struct lane *lane, const struct lane_release *r, struct release_history *h,
                 struct error **err)
{
    AUTO_FREE const struct release_revision **excess =
        mem_array(h->count, sizeof(struct release_revision *));
    size_t count = release_history_excess(h, RELEASE_HISTORY_LIMIT, excess);
    for (size_t i = 0; i < count; i++) {
        struct kube_ref ref = {"v1", "Secret", r->namespace_, excess[i]->secret};
        struct kube_delete_options options = {.uid = excess[i]->uid};
        if (kube_delete(lane->client, &ref, &options, NULL, err) < 0)
            return -1;
        lane->has_written = true;
    }
    return 0;
}

/* Of a record that is under way. */
static bool is_install(const struct release *record)
{
    return record->status == RELEASE_PENDING_INSTALL;
}

static int make_record(struct lane *lane, struct lane_release *r, json_t **ret_secret,
                       struct error **err)
{
    struct release_history *h = history_of(lane, r->component);
    pthread_mutex_lock(&turn);
    r->record = release_new(r->name, r->namespace_, release_history_next(h), r->chart, r->rendered,
                            r->values->config);
    r->record->server_side = true;
    r->record->own = json_incref(r->own);
    release_follow(r->record, h);
    r->record->holder = mem_strdup(lock_holder(lane->steps->write_lock));
    int rc = pack_record(lane->client, lane->task, r->record, ret_secret, err);
    if (rc == 0)
        release_packed(r->record, *ret_secret);
    pthread_mutex_unlock(&turn);
    return rc;
}

int lane_release_begin(struct lane *lane, enum mesh_component c, struct error **err)
{
    struct lane_release *r = &lane->releases[c];
    struct release_history *h = history_of(lane, c);
    json_auto_t *secret = NULL;
    if (!has_record_change(unit_of(lane, c)))
        return 0;
    if (end_cut_record(lane, r, h, err) < 0 || prune(lane, r, h, err) < 0 ||
        make_record(lane, r, &secret, err) < 0 ||
        store_record(lane->client, r->record, secret, err) < 0)
        return -1;
    lane->has_written = true;
    r->begun = true;
    return lane_run_hooks(lane, r, r->record, is_install(r->record) ? "pre-install" : "pre-upgrade",
                          err);
}

static int supersede(struct lane *lane, struct release_history *h, struct error **err)
{
    for (size_t i = 0; i < h->count; i++) {
        struct release_revision *old = &h->items[i];
        if (!old->record || !release_history_is_superseded(h, old))
            continue;
        release_superseded(old->record);
        if (lane_release_write(lane, old->record, err) < 0)
            return -1;
    }
    return 0;
}

int lane_release_finish(struct lane *lane, enum mesh_component c, struct error **err)
{
    struct lane_release *r = &lane->releases[c];
    struct release_history *h = history_of(lane, c);
    if (lane_delete_changes(lane, unit_of(lane, c), err) < 0)
        return -1;
    if (!r->begun)
        return 0;
    if (lane_run_hooks(lane, r, r->record, is_install(r->record) ? "post-install" : "post-upgrade",
                       err) < 0)
        return -1;
    if (supersede(lane, h, err) < 0)
        return -1;
    release_deployed(r->record);
    if (lane_release_write(lane, r->record, err) < 0)
        return -1;
    r->ended = true;
    return 0;
}

/* ---- when the run has ended ------------------------------------------------------------------ */

void lane_release_close(struct lane *lane, enum mesh_component c, struct kube_client *client,
                        const struct error *why)
{
    struct lane_release *r = &lane->releases[c];
    AUTO_ERROR struct error *ignored = NULL;
    if (!r->begun || r->ended)
        return;
    if (why && why->kind != ERROR_CANCELLED)
        release_failed(r->record, why->message);
    else
        release_interrupted(r->record);
    r->ended = write_record(client, NULL, r->record, &ignored) == 0;
}
