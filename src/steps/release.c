/* A component as a Helm release: rendered, compared with the newest record, applied, recorded. The
 * order of writes is Helm's own (pkg/action/install.go, upgrade.go): a pending record, the objects,
 * the record as deployed; so a run that was cut shows as pending in `helm list`, and the next run
 * goes on from it. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/values.h"

/* Chart objects are applied under Helm's own manager, so that Helm goes on without conflicts. */
#define HELM_MANAGER "helm"

void lane_release_release(struct lane_release *r)
{
    json_decref(r->values);
    release_free(r->existing);
    release_free(r->record);
    chart_rendered_free(r->rendered);
}

/* ---- prepare ------------------------------------------------------------------------------- */

/* Charts are loaded once for all lanes; both gateways are the same chart. */
static int load_chart(struct steps *s, enum mesh_component c, const struct chart **ret_chart,
                      struct error **err)
{
    int rc = 0;
    pthread_mutex_lock(&s->lock);
    enum mesh_component slot = c == MESH_EASTWEST ? MESH_INGRESS : c;
    if (!s->charts[slot])
        rc = chart_source_get(s->source, mesh_component_info(c)->chart, s->mesh->istio_version,
                              &s->charts[slot], err);
    *ret_chart = s->charts[slot];
    pthread_mutex_unlock(&s->lock);
    /* The source and version were typed in: what they do not name is bad input. */
    if (rc < 0 && (*err)->kind == ERROR_NOT_FOUND)
        (*err)->kind = ERROR_INPUT;
    return rc;
}

static int render(struct lane *lane, struct lane_release *r, bool is_upgrade, int revision,
                  struct chart_rendered **ret_rendered, struct error **err)
{
    struct chart_render_options options = {
        .release = r->name,
        .namespace_ = r->namespace_,
        .is_upgrade = is_upgrade,
        .revision = revision,
        .helm_major = STEPS_HELM_MAJOR,
        .kube_version = lane->version.git_version,
    };
    return chart_render(r->chart, r->values, &options, ret_rendered, err);
}

/* Whether the newest record is what this run would record: then no new revision is written, and
 * only what is missing or changed in the cluster is put right. A revision 1 was rendered as an
 * install, and charts may render an upgrade differently, so the comparison renders as the record's
 * own run did. */
static int compare_with_record(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct release *old = r->existing;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *as_installed = NULL;
    const char *version = json_dig_str(old->chart, "metadata", "version", NULL);
    if (old->status != RELEASE_DEPLOYED || !version || strcmp(version, r->chart->version) != 0)
        return 0;
    const char *manifest = r->rendered->manifest;
    if (old->version == 1) {
        if (render(lane, r, false, 1, &as_installed, err) < 0)
            return -1;
        manifest = as_installed->manifest;
    }
    r->same = strcmp(manifest, old->manifest) == 0 && json_same(old->config, r->values);
    return 0;
}

static int check_cloud(const struct lane *lane, const struct lane_release *r, struct error **err)
{
    for (size_t i = 0; lane->steps->cloud && i < r->rendered->objects_count; i++) {
        const json_t *o = r->rendered->objects[i].object;
        const char *kind = json_dig_str(o, "kind", NULL);
        if (kind && strcmp(kind, "Service") == 0 &&
            mesh_check_cloud_service(lane->steps->cloud, o, err) < 0)
            return error_wrap(err, "%s", lane_name(lane));
    }
    return 0;
}

int lane_release_prepare(struct lane *lane, enum mesh_component c, struct error **err)
{
    struct steps *s = lane->steps;
    struct lane_release *r = &lane->releases[c];
    json_auto_t *profile = NULL;
    if (manifest_load(s, mesh_values_manifest(s->mesh, c), &profile, err) < 0)
        return -1;
    if (mesh_values(s->mesh, lane->member, c, profile, s->cloud, &r->values, err) < 0)
        return -1;
    if (load_chart(s, c, &r->chart, err) < 0)
        return -1;
    int revision = r->existing ? r->existing->version + 1 : 1;
    if (render(lane, r, r->existing != NULL, revision, &r->rendered, err) < 0)
        return error_wrap(err, "%s: chart %s", lane_name(lane), r->chart->name);
    for (size_t i = 0; i < r->rendered->objects_count; i++)
        if (r->rendered->objects[i].object)
            release_own(r->rendered->objects[i].object, r->name, r->namespace_);
    if (check_cloud(lane, r, err) < 0)
        return -1;
    return r->existing ? compare_with_record(lane, r, err) : 0;
}

/* ---- records --------------------------------------------------------------------------------- */

static bool is_pending(enum release_status status)
{
    return status == RELEASE_PENDING_INSTALL || status == RELEASE_PENDING_UPGRADE ||
           status == RELEASE_PENDING_ROLLBACK;
}

static int write_record(struct lane *lane, const struct release *record, bool is_new,
                        struct error **err)
{
    json_auto_t *secret = NULL, *live = NULL;
    bool trimmed = false;
    if (release_to_secret(record, &secret, &trimmed, err) < 0)
        return error_wrap(err, "%s: release %s", lane_name(lane), record->name);
    if (trimmed)
        plan_warn(lane->task,
                  "release %s is over the size of a Secret: recorded without the chart's files",
                  record->name);
    if (is_new)
        return kube_create(lane->client, secret, &live, err);
    return kube_replace(lane->client, secret, &live, err);
}

static void set_description(struct release *record, enum release_status status, const char *text)
{
    record->status = status;
    free(record->description);
    record->description = mem_strdup(text);
}

/* The record of this run: revision 1, the next one, or the pending one that an interrupted run
 * left. */
static int begin_record(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct release *old = r->existing;
    bool resumes = old && is_pending(old->status);
    int revision = !old ? 1 : resumes ? old->version : old->version + 1;
    if (resumes)
        plan_warn(lane->task, "release %s was left %s by an interrupted run; going on from there",
                  r->name, release_status_name(old->status));
    r->record = release_new(r->name, r->namespace_, revision, r->chart, r->rendered, r->values);
    r->record->server_side = true;
    if (revision == 1) {
        set_description(r->record, RELEASE_PENDING_INSTALL, "Initial install underway");
    } else {
        set_description(r->record, RELEASE_PENDING_UPGRADE, "Preparing upgrade");
        free(r->record->first_deployed);
        r->record->first_deployed = mem_strdup(old->first_deployed);
    }
    return write_record(lane, r->record, !resumes, err);
}

static bool same_object(const json_t *a, const json_t *b)
{
    struct kube_ref x = kube_ref_of(a), y = kube_ref_of(b);
    return text_equal(x.kind, y.kind) && text_equal(x.name, y.name) &&
           text_equal(x.namespace_ ? x.namespace_ : "", y.namespace_ ? y.namespace_ : "");
}

static bool is_still_wanted(const struct lane_release *r, const json_t *old)
{
    for (size_t i = 0; i < r->rendered->objects_count; i++)
        if (r->rendered->objects[i].object && same_object(r->rendered->objects[i].object, old))
            return true;
    return false;
}

/* Objects of the old revision that the new one has no more; those marked "keep" stay (Helm's
 * helm.sh/resource-policy). */
static int delete_dropped(struct lane *lane, struct lane_release *r, struct error **err)
{
    json_auto_t *olds = NULL;
    const char *manifest = r->existing->manifest;
    json_t *old;
    size_t i;
    if (yaml_read_all(manifest, strlen(manifest), r->name, 0, &olds, err) < 0)
        return -1;
    json_array_foreach(olds, i, old) {
        json_auto_t *live = NULL;
        struct kube_ref ref = kube_ref_of(old);
        if (!ref.kind || !ref.name || is_still_wanted(r, old))
            continue;
        if (kube_get_opt(lane->client, &ref, &live, err) < 0)
            return -1;
        const char *policy =
            json_dig_str(live, "metadata", "annotations", "helm.sh/resource-policy", NULL);
        if (!live || (policy && strcmp(policy, "keep") == 0))
            continue;
        struct kube_delete_options looked_at = {.uid = json_dig_str(live, "metadata", "uid", NULL)};
        if (kube_delete(lane->client, &ref, &looked_at, NULL, err) < 0)
            return -1;
        AUTO_FREE char *text = kube_ref_text_dup(&ref);
        plan_note(lane->task, "deleted %s", text);
    }
    return 0;
}

/* ---- apply ----------------------------------------------------------------------------------- */

int lane_releases_apply(struct lane *lane, const enum mesh_component *components, size_t count,
                        struct error **err)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++) {
        struct lane_release *r = &lane->releases[components[i]];
        if (!r->same && !r->applied && begin_record(lane, r, err) < 0)
            return -1;
        total += r->rendered->objects_count;
    }
    AUTO_FREE json_t **objects = mem_array(total, sizeof(json_t *));
    for (size_t i = 0; i < count; i++) {
        struct lane_release *r = &lane->releases[components[i]];
        for (size_t j = 0; j < r->rendered->objects_count && !r->applied; j++)
            if (r->rendered->objects[j].object)
                objects[n++] = r->rendered->objects[j].object;
    }
    if (lane_apply(lane, objects, n, HELM_MANAGER, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        lane->releases[components[i]].applied = true;
    return 0;
}

int lane_releases_finish(struct lane *lane, const enum mesh_component *components, size_t count,
                         struct error **err)
{
    for (size_t i = 0; i < count; i++) {
        struct lane_release *r = &lane->releases[components[i]];
        if (!r->record)
            continue;
        bool is_upgrade = r->record->version > 1;
        if (is_upgrade && delete_dropped(lane, r, err) < 0)
            return -1;
        if (r->existing && r->existing->status == RELEASE_DEPLOYED) {
            r->existing->status = RELEASE_SUPERSEDED;
            if (write_record(lane, r->existing, false, err) < 0)
                return -1;
        }
        set_description(r->record, RELEASE_DEPLOYED,
                        is_upgrade ? "Upgrade complete" : "Install complete");
        if (write_record(lane, r->record, false, err) < 0)
            return -1;
    }
    return 0;
}

void lane_releases_fail(struct lane *lane, const enum mesh_component *components, size_t count,
                        const struct error *why)
{
    for (size_t i = 0; i < count; i++) {
        struct lane_release *r = &lane->releases[components[i]];
        AUTO_ERROR struct error *ignored = NULL;
        if (!r->record || why->kind == ERROR_CANCELLED || why->kind == ERROR_UNREACHABLE)
            continue;
        AUTO_FREE char *text = mem_printf("Release \"%s\" failed: %s", r->name, why->message);
        set_description(r->record, RELEASE_FAILED, text);
        if (write_record(lane, r->record, false, &ignored) < 0)
            plan_warn(lane->task, "release %s could not be recorded as failed: %s", r->name,
                      ignored->message);
    }
}
