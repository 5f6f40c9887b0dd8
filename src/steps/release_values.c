/* The values of a component's next revision: what meshctl and the person give, over what somebody else gave
 * before. What a release has anyway is not given anew, so that a mesh that was made by hand gets no revision
 * in which nothing is new. */
#include "internal.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/yaml.h"
#include "meshctl/kube/diff.h"
#include "meshctl/mesh/values.h"

#define MAX_VALUES_TOLD 20

/* A value as JSON, with what looks like a secret masked. Yours to free. */
static char *shown_dup(const char *path, const json_t *value)
{
    if (!value)
        return mem_strdup("the chart's default");
    json_auto_t *named = json_pack("{s:O}", path, value);
    json_auto_t *masked = kube_masked(named);
    return json_write_dup(json_object_get(masked, path), JSON_WRITE_NO_ESCAPE);
}

/* A value of theirs that would vanish or change needs their word. */
static int check_values(const struct lane *lane, const struct lane_release *r, struct error **err)
{
    const struct values_plan *plan = r->values;
    if (!plan->count || lane->steps->options.values_given)
        return 0;
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; i < plan->count && i < MAX_VALUES_TOLD; i++) {
        AUTO_FREE char *before = shown_dup(plan->changes[i].path, plan->changes[i].before);
        AUTO_FREE char *after = shown_dup(plan->changes[i].path, plan->changes[i].after);
        buf_appendf(&text, "\n%s: %s would become %s", plan->changes[i].path, before, after);
    }
    error_set(err, ERROR_REFUSED, "%zu value%s that somebody else set would change or go%s",
              plan->count, plan->count == 1 ? "" : "s", buf_str(&text));
    error_id(err, "MC803");
    return error_hint(err,
                      "give the ones to keep with --set %s.KEY=VALUE; or --reuse-values takes "
                      "these changes and keeps the rest, --reset-values drops all of theirs",
                      mesh_component_info(r->component)->name);
}

/* ---- what a release has anyway --------------------------------------------------------------- */

/* Where charts keep their defaults: Istio's have them below a key of their own since 1.21 and another since
 * 1.24 (manifests/zzz_profile.yaml). */
static const char *const nests[] = {NULL, "defaults", "_internal_defaults_do_not_set"};

/* A chart that cannot be read says so when it is rendered. */
static void add_defaults(json_t *have, const struct chart *chart)
{
    const struct chart_file *f = &chart->values_file;
    AUTO_ERROR struct error *unread = NULL;
    json_auto_t *values = NULL;
    if (!f->name || yaml_read(f->data, f->len, f->name, 0, &values, &unread) < 0)
        return;
    for (size_t i = 0; i < MC_ARRAY_LEN(nests); i++) {
        const json_t *defaults = nests[i] ? json_object_get(values, nests[i]) : values;
        if (json_is_object(defaults))
            json_merge_over(have, defaults);
    }
}

/* The label by which Gateways select a gateway's pods is part of its Deployment's selector, which nothing
 * can change: a release keeps the one that it was made with, unless the person gives another. */
static void keep_label(const struct lane *lane, const struct lane_release *r, const json_t *had)
{
    const char *label = json_dig_str(had, "labels", "istio", NULL);
    json_t *labels = json_object_get(r->own, "labels");
    if (json_dig(lane->steps->mesh->overrides[r->component], "labels", "istio", NULL))
        return;
    if (label)
        json_object_set_new(labels, "istio", json_string(label));
    else
        json_object_del(labels, "istio");
    if (labels && !json_object_size(labels))
        json_object_del(r->own, "labels");
}

static void spare(const struct lane *lane, const struct lane_release *r, const struct release *old)
{
    json_auto_t *have = json_object();
    if (mesh_component_info(r->component)->label)
        keep_label(lane, r, old->config);
    /* Of what is dropped by the person's word nothing is had. */
    if (lane->steps->options.values_mode == VALUES_RESET)
        return;
    add_defaults(have, r->chart);
    json_merge_over(have, old->config);
    values_drop_had(r->own, have, old->own);
}

/* What a component gets when meshctl is the first to install it. */
static int add_tuning(const struct lane *lane, const struct lane_release *r,
                      const struct release *old, json_t *profile, struct error **err)
{
    const char *name = mesh_values_tuning(r->component);
    json_auto_t *tuning = NULL;
    if (!name)
        return 0;
    if (manifest_load(lane->steps, name, &tuning, err) < 0)
        return -1;
    if (old)
        values_drop_unknown(tuning, old->own);
    json_merge_over(profile, tuning);
    return 0;
}

/* ---- all of it ------------------------------------------------------------------------------- */

int lane_release_values(struct lane *lane, struct lane_release *r, struct error **err)
{
    const struct steps *s = lane->steps;
    const struct release_revision *base = release_history_base(lane->facts->releases[r->component]);
    const struct release *old = base ? base->record : NULL;
    json_auto_t *profile = NULL;
    if (manifest_load(s, mesh_values_manifest(s->mesh, lane->member, r->component), &profile, err) <
            0 ||
        add_tuning(lane, r, old, profile, err) < 0 ||
        mesh_values(s->mesh, lane->member, r->component, profile, lane->cloud, &r->own, err) < 0)
        return -1;
    if (old)
        spare(lane, r, old);
    r->values = values_plan_new(old ? old->config : NULL, old ? old->own : NULL, r->own,
                                s->options.values_mode);
    return check_values(lane, r, err);
}
