/* What a run found out, as data: for -o json and for the tables. */
#include "internal.h"

#include <string.h>

static json_t *optional_string(const char *s)
{
    return s ? json_string(s) : json_null();
}

static json_t *report_release(const struct lane *lane, const struct lane_release *r)
{
    const struct release_history *h = lane->facts ? lane->facts->releases[r->component] : NULL;
    const struct release_revision *newest = h ? release_history_newest(h) : NULL;
    const struct release *record = r->begun ? r->record : newest ? newest->record : NULL;
    if (!record)
        return NULL;
    const char *chart = json_dig_str(record->chart, "metadata", "name", NULL);
    const char *version = json_dig_str(record->chart, "metadata", "version", NULL);
    return json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "name", r->name, "namespace", r->namespace_,
                     "revision", record->version, "status", release_status_name(record->status),
                     "chart", chart ? chart : "", "version", version ? version : "");
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
