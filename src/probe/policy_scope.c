/* Whether proxies see the Services that clusters share: the clients theirs (Sidecars), and the east-west
 * gateway all that it shall pass on (exportTo). */
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "spans.h"

#define EXPORT_TO "networking.istio.io/exportTo"

/* ---- Sidecars -------------------------------------------------------------------------------- */

static bool is_default(const json_t *sidecar)
{
    return json_object_size(json_dig(sidecar, "spec", "workloadSelector", "labels", NULL)) == 0;
}

/* What the proxies of a namespace see: its own oldest Sidecar for all, or the mesh's. */
static const json_t *sidecar_for(const struct facts_traffic *t, const char *namespace_)
{
    const json_t *of_mesh = NULL;
    size_t i;
    json_t *sidecar;
    json_array_foreach(t->sidecars, i, sidecar) {
        if (!is_default(sidecar))
            continue;
        if (text_equal(namespace_of(sidecar), namespace_))
            return sidecar;
        if (!of_mesh && text_equal(namespace_of(sidecar), t->root))
            of_mesh = sidecar;
    }
    return of_mesh;
}

/* Whether "NAMESPACE/HOST" stands for a Service as the proxies of its own namespace see it. */
static bool row_covers(const char *row, const struct facts_service *s)
{
    const char *slash = strchr(row, '/');
    if (!slash)
        return false;
    size_t len = (size_t)(slash - row);
    bool is_own = (len == 1 && (row[0] == '*' || row[0] == '.')) ||
                  (len == strlen(s->namespace_) && strncmp(row, s->namespace_, len) == 0);
    return is_own && host_covers(slash + 1, s->host);
}

/* A "~" before the namespace leaves out what the rest stands for; alone it is every namespace. */
static bool row_excludes(const char *row, const struct facts_service *s)
{
    if (row[0] != '~')
        return false;
    AUTO_FREE char *everywhere = mem_printf("*%s", row + 1);
    return row_covers(row[1] == '/' ? everywhere : row + 1, s);
}

static bool shows(const json_t *sidecar, const struct facts_service *s)
{
    const json_t *egress = json_dig(sidecar, "spec", "egress", NULL);
    size_t i, j;
    json_t *listener, *row;
    /* One that does not say what goes out leaves it as it is. */
    bool is_shown = json_array_size(egress) == 0;
    json_array_foreach(egress, i, listener)
        json_array_foreach(json_object_get(listener, "hosts"), j, row) {
            if (!json_is_string(row))
                continue;
            if (row_excludes(json_string_value(row), s))
                return false;
            is_shown = is_shown || row_covers(json_string_value(row), s);
        }
    return is_shown;
}

static void tell_hidden(struct probe *p, const json_t *sidecar, const struct named *hit)
{
    AUTO_FREE char *names = named_text_dup(hit);
    finding_bad(p, "MC714", "the host ./* among those of its egress",
                "Sidecar %s/%s hides from their own namespace: %s", namespace_of(sidecar),
                name_of(sidecar), names);
    finding_fix(p,
                "kubectl patch sidecars.networking.istio.io %s -n %s --type=json -p "
                "'[{\"op\":\"add\",\"path\":\"/spec/egress/0/hosts/-\",\"value\":\"./*\"}]'",
                name_of(sidecar), namespace_of(sidecar));
}

/* Of other namespaces' Services the one who wrote it knows which are needed. */
static void judge_sidecar(struct probe *p, const json_t *sidecar)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_NAMED hit = {0};
    for (size_t i = 0; i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        if (sidecar_for(t, s->namespace_) == sidecar && !shows(sidecar, s) && spans(p, s))
            named_add(&hit, "%s/%s", s->namespace_, s->name);
    }
    if (hit.count)
        tell_hidden(p, sidecar, &hit);
}

static void check_sidecars(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t i, before = finding_count_bad(p);
    json_t *sidecar;
    if (!t->sidecars)
        return;
    json_array_foreach(t->sidecars, i, sidecar)
        if (is_default(sidecar) && name_of(sidecar) && namespace_of(sidecar))
            judge_sidecar(p, sidecar);
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC714", "%zu Sidecars", json_array_size(t->sidecars));
}

/* ---- exportTo -------------------------------------------------------------------------------- */

/* Where a Service is seen, by its own word or else istiod's default; yours to free, "" is everywhere. */
static char *export_dup(const struct facts_traffic *t, const struct facts_service *s)
{
    const char *said = json_dig_str(s->object, "metadata", "annotations", EXPORT_TO, NULL);
    AUTO_STRLIST rows = STRLIST_INIT;
    size_t i;
    json_t *row;
    if (said)
        return mem_strdup(said);
    json_array_foreach(json_object_get(t->config, "defaultServiceExportTo"), i, row)
        if (json_is_string(row))
            strlist_add(&rows, json_string_value(row));
    return strlist_join_dup(&rows, ",");
}

static bool is_seen_in(const char *exports, const struct facts_service *s, const char *namespace_)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    bool is_own = strcmp(s->namespace_, namespace_) == 0;
    if (!exports[0])
        return true;
    strlist_split(&rows, exports, ',');
    for (size_t i = 0; i < rows.count; i++) {
        const char *row = rows.items[i] + strspn(rows.items[i], " ");
        size_t len = strcspn(row, " ");
        if (len == 1 && (row[0] == '*' || (row[0] == '.' && is_own)))
            return true;
        if (len == strlen(namespace_) && strncmp(row, namespace_, len) == 0)
            return true;
    }
    return false;
}

static void judge_export(struct probe *p, const struct facts_service *s, const char *gateways,
                         struct named *hit, char **fix)
{
    AUTO_FREE char *exports = export_dup(probe_facts(p)->traffic, s);
    size_t peer;
    if (is_seen_in(exports, s, gateways) || !spans_in(p, s, &peer))
        return;
    named_add(hit, "%s/%s (%s)", s->namespace_, s->name, exports);
    if (*fix)
        return;
    /* "~" is nowhere, and stands alone. */
    *fix = mem_printf("kubectl annotate service %s -n %s --overwrite '" EXPORT_TO "=%s,%s'",
                      s->name, s->namespace_, strchr(exports, '~') ? "." : exports, gateways);
}

static void check_exports(struct probe *p)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    const json_t *gateway = gateways_network_service(p, p->at);
    const char *namespace_ = gateway ? namespace_of(gateway) : NULL;
    AUTO_NAMED hit = {0};
    AUTO_FREE char *fix = NULL;
    if (!namespace_ || !mesh_needs_eastwest(p->mesh, probe_member(p)))
        return;
    for (size_t i = 0; i < t->by_name_count; i++)
        judge_export(p, &t->by_name[i], namespace_, &hit, &fix);
    AUTO_FREE char *names = named_text_dup(&hit);
    AUTO_FREE char *wanted = mem_printf("exported to namespace %s", namespace_);
    if (!hit.count) {
        finding_ok(p, "MC715", "all that clusters share");
        return;
    }
    finding_bad(p, "MC715", wanted, "Service %s", names);
    finding_fix(p, "%s", fix);
}

void policy_check_scope(struct probe *p)
{
    check_sidecars(p);
    check_exports(p);
}
