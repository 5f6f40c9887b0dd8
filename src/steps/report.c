/* What a run found out, as data: for -o json and for the tables. */
#include "fleet.h"
#include "proof.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/probe/checks.h"
#include "meshctl/probe/follows.h"

static json_t *optional_string(const char *s)
{
    return s ? json_string(s) : json_null();
}

static json_t *report_release(const struct lane *lane, const struct lane_release *r)
{
    const struct release_history *h = lane->facts ? lane->facts->releases[r->component] : NULL;
    const struct release_revision *newest = h ? release_history_newest(h) : NULL;
    const struct release *record = r->begun ? r->record : newest ? newest->record : NULL;
    if (!record && !newest)
        return NULL;
    const char *chart = record ? json_dig_str(record->chart, "metadata", "name", NULL) : NULL;
    const char *version = record ? json_dig_str(record->chart, "metadata", "version", NULL) : NULL;
    return json_pack("{s:s, s:s, s:i, s:s, s:s*, s:s*}", "name", r->name, "namespace",
                     r->namespace_, "revision", record ? record->version : newest->version,
                     "status", release_status_name(record ? record->status : newest->status),
                     "chart", chart, "version", version);
}

/* Of the first root that the cluster trusts, or will; NULL when it has none. */
static const char *root_of(const struct lane *lane)
{
    if (lane->facts && lane->facts->ca.roots.count)
        return lane->facts->ca.roots.items[0].fingerprint;
    return lane->steps->issue && lane->units[UNIT_CACERTS].done
               ? authority_fingerprint(ca_issue_authority(lane->steps->issue))
               : NULL;
}

static json_t *report_cluster(const struct lane *lane)
{
    json_t *releases = json_array();
    for (int c = 0; c < MESH_COMPONENTS; c++) {
        json_t *release = report_release(lane, &lane->releases[c]);
        if (release)
            json_array_append_new(releases, release);
    }
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", lane_name(lane), "cluster",
                          lane->member->cluster, "network", lane->member->network, "server",
                          lane->config->server, "releases", releases);
    json_object_set_new(o, "in", json_boolean(lane_is_in(lane)));
    json_object_set_new(o, "version",
                        optional_string(lane->facts ? lane->facts->version.git_version : NULL));
    json_object_set_new(o, "ingress", optional_string(lane->ingress_address));
    json_object_set_new(o, "eastwest", optional_string(lane->eastwest_address));
    json_object_set_new(o, "rootFingerprint", optional_string(root_of(lane)));
    json_object_set_new(o, "objects",
                        json_pack("{s:i, s:i, s:i, s:i, s:b}", "created", (int)lane->created,
                                  "changed", (int)lane->changed, "unchanged", (int)lane->unchanged,
                                  "deleted", (int)lane->deleted, "written", lane->has_written));
    json_object_set_new(o, "requests",
                        json_integer((json_int_t)kube_client_requests(lane->client)));
    return o;
}

/* ---- check ----------------------------------------------------------------------------------- */

/* Whether a cluster can be looked at decides about all else; what istiod says follows from the rest. */
static int rank_of(const json_t *row)
{
    const char *id = json_dig_str(row, "id", NULL);
    return check_find(id)->level == CHECK_FATAL ? 0 : follows_may(id) ? 2 : 1;
}

static json_t *checks_in_order(const struct steps *s)
{
    json_t *checks = json_array(), *row;
    size_t k;
    for (int rank = 0; rank <= 2; rank++)
        for (size_t i = 0; i < s->lanes_count; i++)
            json_array_foreach(s->lanes[i].checks, k, row)
                if (rank_of(row) == rank)
                    json_array_append(checks, row);
    follows_mark(checks);
    return checks;
}

static int count_level(const json_t *checks, const char *level)
{
    int count = 0;
    size_t i;
    json_t *row;
    json_array_foreach(checks, i, row)
        count += text_equal(json_dig_str(row, "level", NULL), level);
    return count;
}

json_t *steps_checks(const struct steps *s)
{
    json_t *clusters = json_array(), *checks = checks_in_order(s);
    int unreached = 0;
    for (size_t i = 0; i < s->lanes_count; i++) {
        json_t *cluster = report_cluster(&s->lanes[i]);
        json_object_set_new(cluster, "reached", json_boolean(!s->lanes[i].absent));
        json_array_append_new(clusters, cluster);
        unreached += s->lanes[i].absent && lane_is_named(&s->lanes[i]);
    }
    return json_pack("{s:{s:i, s:i, s:i, s:i}, s:o, s:o}", "counts", "ok",
                     count_level(checks, "ok"), "warning", count_level(checks, "warning"), "error",
                     count_level(checks, "error"), "unreached", unreached, "clusters", clusters,
                     "checks", checks);
}

/* ---- the other verbs ------------------------------------------------------------------------- */

/* From each cluster to each: what verify's own requests measured. */
static json_t *matrix_of(const struct steps *s)
{
    json_t *paths = json_array(), *load = json_array(), *reached = json_array();
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane_proof *proof = s->lanes[i].proof;
        if (!proof || !proof->result)
            continue;
        json_array_extend(reached, json_object_get(proof->result, "reached"));
        json_array_extend(paths, json_object_get(proof->result, "paths"));
        json_array_append_new(load, json_pack("{s:s, s:O}", "from", lane_name(&s->lanes[i]), "to",
                                              json_object_get(proof->result, "load")));
    }
    json_t *matrix = json_pack("{s:s?, s:b, s:s, s:o, s:o, s:o}", "namespace", s->proof_namespace,
                               "kept", s->options.keep, "latency",
                               "milliseconds until the answer began, by the calling Envoy "
                               "(x-envoy-upstream-service-time)",
                               "reached", reached, "paths", paths, "load", load);
    if (json_array_size(paths))
        return matrix;
    json_decref(matrix);
    return NULL;
}

/* verify's namespace where one was made: {name, left[] clusters that have it still}; NULL without. */
static json_t *namespace_of(const struct steps *s)
{
    json_t *left = json_array();
    bool was_made = false;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane_proof *proof = s->lanes[i].proof;
        was_made = was_made || (proof && proof->was_made);
        if (proof && proof->uid)
            json_array_append_new(left, json_string(lane_name(&s->lanes[i])));
    }
    if (was_made)
        return json_pack("{s:s, s:o}", "name", s->proof_namespace, "left", left);
    json_decref(left);
    return NULL;
}

json_t *steps_report(const struct steps *s)
{
    json_t *clusters = json_array(), *checks = json_array(), *endpoints = json_array();
    json_t *traffic = NULL, *policy = NULL, *outdated = json_array();
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *lane = &s->lanes[i];
        json_array_append_new(clusters, report_cluster(lane));
        json_array_extend(checks, lane->checks);
        json_array_extend(endpoints, lane->endpoints);
        if (lane->traffic)
            traffic = lane->traffic;
        if (lane->outdated)
            json_array_extend(outdated, lane->outdated);
        if (lane->proof && lane->proof->policy)
            policy = lane->proof->policy;
    }
    follows_mark(checks);
    return json_pack("{s:o, s:o, s:{s:o, s:o, s:O?, s:o?, s:O?, s:O?, s:o?}}", "clusters", clusters,
                     "outdated", outdated, "verify", "checks", checks, "endpoints", endpoints,
                     "traffic", traffic, "matrix", matrix_of(s), "trials", s->trials, "policy",
                     policy, "namespace", namespace_of(s));
}
