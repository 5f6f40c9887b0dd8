/* What a run found out, as data: for -o json and for the tables. */
#include "internal.h"

#include <string.h>

static json_t *optional_string(const char *s)
{
    return s ? json_string(s) : json_null();
}

static json_t *report_release(const struct lane_release *r)
{
    const struct release *record = r->record ? r->record : r->existing;
    if (!record)
        return NULL;
    const char *chart = json_dig_str(record->chart, "metadata", "name", NULL);
    const char *version = json_dig_str(record->chart, "metadata", "version", NULL);
    return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "name", r->name, "namespace", r->namespace_,
                     "revision", record->version, "status", release_status_name(record->status),
                     "chart", chart ? chart : "", "version", version ? version : "");
}

static json_t *report_cluster(const struct lane *lane)
{
    json_t *releases = json_array();
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        json_t *release = report_release(&lane->releases[c]);
        if (release)
            json_array_append_new(releases, release);
    }
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", lane_name(lane), "cluster",
                          lane->member->cluster, "network", lane->member->network, "server",
                          lane->config->server, "releases", releases);
    json_object_set_new(o, "version", optional_string(lane->version.git_version));
    json_object_set_new(o, "ingress", optional_string(lane->ingress_address));
    json_object_set_new(o, "eastwest", optional_string(lane->eastwest_address));
    json_object_set_new(
        o, "rootFingerprint",
        optional_string(lane->ca.roots.count ? lane->ca.roots.items[0].fingerprint : NULL));
    json_object_set_new(o, "objects",
                        json_pack("{s:i, s:i, s:i}", "created", (int)lane->created, "changed",
                                  (int)lane->changed, "unchanged", (int)lane->unchanged));
    json_object_set_new(o, "requests",
                        json_integer((json_int_t)kube_client_requests(lane->client)));
    return o;
}

json_t *steps_report(const struct steps *s)
{
    json_t *clusters = json_array(), *checks = json_array(), *endpoints = json_array();
    json_t *traffic = NULL;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        json_array_append_new(clusters, report_cluster(lane));
        json_array_extend(checks, lane->checks);
        json_array_extend(endpoints, lane->endpoints);
        if (lane->traffic)
            traffic = lane->traffic;
    }
    return json_pack("{s:o, s:{s:o, s:o, s:O?}}", "clusters", clusters, "verify", "checks", checks,
                     "endpoints", endpoints, "traffic", traffic);
}

/* ---- dry run --------------------------------------------------------------------------------- */

static void plan_object(json_t *out, const struct lane *lane, enum step_id step, const char *kind,
                        const char *namespace_, const char *name)
{
    json_array_append_new(out, json_pack("{s:s, s:s, s:s, s:s, s:s}", "cluster", lane_name(lane),
                                         "step", step_name(step), "kind", kind, "namespace",
                                         namespace_ ? namespace_ : "", "name", name));
}

static void plan_array(json_t *out, const struct lane *lane, enum step_id step,
                       const json_t *objects)
{
    size_t i;
    json_t *o;
    json_array_foreach(objects, i, o) {
        struct kube_ref ref = kube_ref_of(o);
        plan_object(out, lane, step, ref.kind, ref.namespace_, ref.name);
    }
}

static void plan_release(json_t *out, const struct lane *lane, enum mesh_component c)
{
    const struct lane_release *r = &lane->releases[c];
    enum step_id step = mesh_component_info(c)->in_ingress_namespace ? STEP_GATEWAY : STEP_INSTALL;
    for (size_t i = 0; r->rendered && i < r->rendered->objects_count; i++) {
        const json_t *o = r->rendered->objects[i].object;
        if (!o)
            continue;
        struct kube_ref ref = kube_ref_of(o);
        plan_object(out, lane, step, ref.kind, ref.namespace_, ref.name);
    }
}

static void plan_lane(json_t *out, const struct lane *lane)
{
    const struct steps *s = lane->steps;
    const struct mesh *m = s->mesh;
    if (steps_include(s, STEP_CA) || steps_include(s, STEP_INSTALL))
        plan_object(out, lane, steps_include(s, STEP_CA) ? STEP_CA : STEP_INSTALL, "Namespace",
                    NULL, m->istio_namespace);
    if (lane->needs_cacerts)
        plan_object(out, lane, STEP_CA, "Secret", m->istio_namespace, "cacerts");
    plan_release(out, lane, MESH_BASE);
    plan_release(out, lane, MESH_ISTIOD);
    if (steps_include(s, STEP_GATEWAY))
        plan_object(out, lane, STEP_GATEWAY, "Namespace", NULL, m->ingress_namespace);
    plan_release(out, lane, MESH_INGRESS);
    plan_release(out, lane, MESH_EASTWEST);
    for (size_t i = 0; steps_include(s, STEP_REMOTE_SECRET) && i < s->lanes_count; i++) {
        if (&s->lanes[i] == lane)
            continue;
        AUTO_FREE char *name = mem_printf("istio-remote-secret-%s", s->lanes[i].member->cluster);
        plan_object(out, lane, STEP_REMOTE_SECRET, "Secret", m->istio_namespace, name);
    }
    plan_array(out, lane, STEP_EXPOSE, lane->expose);
    plan_array(out, lane, STEP_VERIFY, lane->bookinfo);
    plan_array(out, lane, STEP_VERIFY, lane->bookinfo_gateway);
}

json_t *steps_planned(const struct steps *s)
{
    json_t *out = json_array();
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_is_selected(&s->lanes[i]))
            plan_lane(out, &s->lanes[i]);
    return out;
}
