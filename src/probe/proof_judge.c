/* Whether the paths of verify's own requests are what a mesh's are. */
#include "meshctl/probe/proof.h"

#include <string.h>

#include "flat.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "proof_link.h"
#include "proof_reach.h"

/* ---- requests -------------------------------------------------------------------------------- */

static void judge_requests(struct probe *p, struct proof *const *proofs, size_t at)
{
    struct path *path = &proofs[p->at]->paths[at];
    const char *to = p->mesh->members[at].name;
    AUTO_FREE char *failures = path_failures_dup(path);
    if (!path->failed) {
        finding_ok(p, "MC732", "%u of %u answered by %s, half of them within %lld ms",
                   path->requests, path->requests, to, (long long)path_percentile(path, 50));
        return;
    }
    AUTO_FREE char *wanted = mem_printf("every request answered by the echo in %s", to);
    AUTO_FREE char *link = NULL;
    const char *id = proof_broken_link(p, proofs, at, &link);
    finding_bad(p, id, wanted, "%s to %s: %u of %u failed: %s%s%s", probe_name(p), to, path->failed,
                path->requests, failures, link ? "; " : "", link ? link : "");
    finding_peer(p, to);
}

/* ---- identities ------------------------------------------------------------------------------ */

/* "spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/verify", as istiod names a workload (pkg/spiffe); without the
 * mesh's word for its domain, of any. */
static bool is_verify(const char *identity, const char *domain, const char *namespace_)
{
    AUTO_FREE char *begin = mem_printf("spiffe://%s", domain ? domain : "");
    AUTO_FREE char *end = mem_printf("/ns/%s/sa/verify", namespace_);
    return text_has_prefix(identity, begin) && text_has_suffix(identity, end);
}

static void judge_identities(struct probe *p, const struct proof *f, const struct path *path,
                             size_t to)
{
    const char *name = p->mesh->members[to].name;
    const struct facts *mine = probe_facts(p), *theirs = p->facts[to];
    AUTO_FREE char *wanted = mem_printf("spiffe://.../ns/%s/sa/verify on both ends", f->namespace_);
    if (path->plain || !path->server || !path->client)
        finding_bad(p, "MC733", wanted, "%s to %s: %u of %u answers without mutual TLS",
                    probe_name(p), name, path->plain, path->requests);
    else if (!is_verify(path->server, theirs ? theirs->trust_domain : NULL, f->namespace_) ||
             !is_verify(path->client, mine ? mine->trust_domain : NULL, f->namespace_))
        finding_bad(p, "MC733", wanted, "%s to %s: %s asked, %s answered", probe_name(p), name,
                    path->client, path->server);
    else
        finding_ok(p, "MC733", "%s is %s", name, path->server);
}

/* ---- the way --------------------------------------------------------------------------------- */

static json_int_t sum_of(const json_t *hosts, const char *key)
{
    json_int_t sum = 0;
    size_t i;
    json_t *host;
    json_array_foreach(hosts, i, host)
        sum += json_dig_int(host, 0, key, NULL);
    return sum;
}

static void judge_way(struct probe *p, const struct proof *f, size_t to, json_int_t passed)
{
    const char *name = p->mesh->members[to].name;
    bool direct = flat_goes_direct(p, to);
    AUTO_FREE char *wanted =
        mem_printf("the %s addresses of %s", direct ? "pods' own" : "gateway's", name);
    AUTO_FREE char *problem = proof_endpoints_problem_dup(p, f->hosts[to], to);
    if (problem) {
        finding_bad(p, "MC734", wanted, "%s to %s: endpoint %s", probe_name(p), name, problem);
        return;
    }
    if (passed == 0 && !direct) {
        finding_bad(p, "MC734", "requests that the gateway has passed on",
                    "%s to %s: the gateway of %s passed nothing on", probe_name(p), name, name);
        return;
    }
    const json_t *first = json_array_get(f->hosts[to], 0);
    finding_ok(p, "MC734", "to %s by %s:%lld, %lld requests", name,
               json_dig_str(first, "address", NULL),
               (long long)json_dig_int(first, 0, "port", NULL),
               (long long)sum_of(f->hosts[to], "requests"));
}

/* ---- all ------------------------------------------------------------------------------------- */

void proof_judge(struct probe *p, struct proof *const *proofs)
{
    struct proof *f = proofs[p->at];
    proof_judge_reach(p, f);
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        if (f->to[i] && f->paths[i].requests)
            judge_requests(p, proofs, i);
    }
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        if (!f->to[i] || !f->paths[i].requests || f->paths[i].failed)
            continue;
        judge_identities(p, f, &f->paths[i], i);
        if (i != p->at)
            judge_way(p, f, i, proofs[i] ? proofs[i]->passed : -1);
    }
}

static json_t *roots_json(const struct ca_roots *roots)
{
    json_t *list = json_array();
    for (size_t i = 0; i < roots->count; i++)
        json_array_append_new(list, json_string(roots->items[i].fingerprint));
    return list;
}

static json_t *load_json(const struct probe *p, const struct proof *f)
{
    json_t *load = json_object();
    for (size_t i = 0; i < p->mesh->members_count; i++)
        if (f->to[i])
            json_object_set_new(load, p->mesh->members[i].name, json_integer(f->load.answered[i]));
    return load;
}

json_t *proof_json(struct probe *p, struct proof *const *proofs)
{
    struct proof *f = proofs[p->at];
    json_t *paths = json_array();
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        if (!f->to[i] || !f->paths[i].requests)
            continue;
        json_t *row = path_json(&f->paths[i]);
        json_object_set_new(row, "from", json_string(probe_name(p)));
        json_object_set_new(row, "to", json_string(p->mesh->members[i].name));
        json_object_set_new(row, "roots", roots_json(&f->roots));
        json_object_set_new(row, "endpoints", f->hosts[i] ? json_incref(f->hosts[i]) : json_null());
        json_object_set_new(row, "gatewayConnections",
                            i != p->at && !flat_goes_direct(p, i) && proofs[i] &&
                                    proofs[i]->passed >= 0
                                ? json_integer(proofs[i]->passed)
                                : json_null());
        json_array_append_new(paths, row);
    }
    return json_pack("{s:s, s:o, s:o, s:o}", "caller", f->caller, "reached", proof_reach_json(p, f),
                     "paths", paths, "load", load_json(p, f));
}
