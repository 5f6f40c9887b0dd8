/* Whether what the sample's proxies and requests showed is what a mesh shows. */
#include "sample_judge.h"

#include <string.h>

#include "eastwest.h"
#include "flat.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/probe/finding.h"

#define SAMPLE_PORT 9080
#define HTTP_PORT 80

/* ---- endpoints ------------------------------------------------------------------------------- */

static bool has_one_of(const json_t *endpoints, const struct strlist *addresses, json_int_t port)
{
    size_t i;
    json_t *e;
    json_array_foreach(endpoints, i, e) {
        const char *address = json_dig_str(e, "address", NULL);
        if (json_dig_int(e, 0, "port", NULL) == port && address && strlist_has(addresses, address))
            return true;
    }
    return false;
}

/* Whether another cluster's gateway is reached at that port. */
static bool is_gateways_port(const struct probe *p, json_int_t port)
{
    size_t k;
    json_t *service;
    for (size_t i = 0; i < p->mesh->members_count; i++)
        json_array_foreach(p->facts[i] ? p->facts[i]->network_services : NULL, k, service)
            if (i != p->at && eastwest_is_of_network(service, p->mesh->members[i].network) &&
                eastwest_reached_port(service) == port)
                return true;
    return port == eastwest_told_port(NULL);
}

/* A gateway known by a host's name stands among the endpoints with the address that istiod resolved,
 * which nobody else can know. */
static bool has_name(const struct strlist *addresses)
{
    for (size_t i = 0; i < addresses->count; i++)
        if (!gateways_is_ip(addresses->items[i]))
            return true;
    return false;
}

/* NULL when a gateway of that member is among the endpoints, or cannot be looked for. */
static char *gateway_problem_dup(const struct probe *p, const json_t *endpoints, size_t at)
{
    AUTO_STRLIST addresses = STRLIST_INIT;
    const json_t *service = gateways_network_service(p, at);
    json_int_t port = eastwest_reached_port(service);
    kube_service_addresses(service, &addresses);
    if (!addresses.count || has_name(&addresses) || has_one_of(endpoints, &addresses, port))
        return NULL;
    AUTO_FREE char *text = strlist_join_dup(&addresses, " or ");
    return mem_printf("no gateway of %s (%s, port %lld)", p->mesh->members[at].name, text,
                      (long long)port);
}

/* Whether it is a pod of that member. Where nobody knows its addresses, it may be. */
static bool is_pod_of(const struct probe *p, size_t at, const char *address)
{
    const struct facts *f = p->facts[at];
    return !f || !f->addresses || flat_pod_at(f, address);
}

/* NULL when a pod of that member, which is on the same network, is among the endpoints. */
static char *pod_problem_dup(const struct probe *p, const json_t *endpoints, size_t at)
{
    size_t i;
    json_t *e;
    json_array_foreach(endpoints, i, e)
        if (json_dig_int(e, 0, "port", NULL) == SAMPLE_PORT &&
            is_pod_of(p, at, json_dig_str(e, "address", NULL)))
            return NULL;
    return mem_printf("no pod of %s, which is on the same network", p->mesh->members[at].name);
}

/* Whether an endpoint that is none of the cluster's own pods is in its place. */
static bool is_known(const struct probe *p, const char *address, json_int_t port,
                     enum sample_view view)
{
    if (view == SAMPLE_ALONE)
        return false;
    if (is_gateways_port(p, port))
        return view == SAMPLE_WORKLOAD && mesh_needs_eastwest(p->mesh, probe_member(p));
    for (size_t i = 0; port == SAMPLE_PORT && i < p->mesh->members_count; i++)
        if (flat_goes_direct(p, i) && is_pod_of(p, i, address))
            return true;
    return false;
}

char *sample_endpoints_problem_dup(const struct probe *p, const json_t *endpoints,
                                   const struct strlist *pods, enum sample_view view)
{
    size_t i, local = 0;
    json_t *e;
    json_array_foreach(endpoints, i, e) {
        const char *address = json_dig_str(e, "address", NULL);
        json_int_t port = json_dig_int(e, 0, "port", NULL);
        bool is_own = port == SAMPLE_PORT && address && strlist_has(pods, address);
        if (!is_own && !is_known(p, address, port, view))
            return mem_printf("%s:%lld, which is no pod of %s and no gateway",
                              address ? address : "", (long long)port, probe_name(p));
        local += is_own;
    }
    if (local == 0)
        return mem_strdup("no pod of its own");
    for (i = 0; view == SAMPLE_WORKLOAD && i < p->mesh->members_count; i++) {
        char *problem = !probe_has_peer(p, i)    ? NULL
                        : flat_goes_direct(p, i) ? pod_problem_dup(p, endpoints, i)
                                                 : gateway_problem_dup(p, endpoints, i);
        if (problem)
            return problem;
    }
    return NULL;
}

/* ---- the way in ------------------------------------------------------------------------------ */

unsigned sample_service_port(const json_t *service, unsigned number)
{
    unsigned by_target = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row) {
        json_int_t port = json_dig_int(row, 0, "port", NULL);
        const char *protocol = json_dig_str(row, "protocol", NULL);
        if (port <= 0 || port > 65535 || (protocol && strcmp(protocol, "TCP") != 0))
            continue;
        if (port == (json_int_t)number)
            return number;
        if (!by_target && json_dig_int(row, 0, "targetPort", NULL) == (json_int_t)number)
            by_target = (unsigned)port;
    }
    return by_target;
}

char *sample_authority_dup(const char *address, unsigned port)
{
    bool is_v6 = strchr(address, ':') != NULL;
    AUTO_FREE char *host = is_v6 ? mem_printf("[%s]", address) : mem_strdup(address);
    return port == HTTP_PORT ? TAKE(host) : mem_printf("%s:%u", host, port);
}

/* ---- answers --------------------------------------------------------------------------------- */

/* The clusters that an answer is wanted from: `alone` only the one that is asked. */
static bool is_wanted(const struct probe *p, size_t at, bool alone)
{
    return at == p->at || (!alone && probe_has_peer(p, at));
}

char *sample_answers_problem_dup(const struct probe *p, const struct traffic *t, bool alone)
{
    AUTO_STRLIST problems = STRLIST_INIT;
    if (t->failed)
        strlist_add(&problems, "requests fail");
    if (t->no_stars)
        strlist_add(&problems, "answers come without stars");
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const char *cluster = p->mesh->members[i].cluster;
        if (is_wanted(p, i, alone) && traffic_from(t, cluster) == 0)
            strlist_addf(&problems, "no answer of %s", cluster);
    }
    return problems.count ? strlist_join_dup(&problems, ", ") : NULL;
}

void sample_judge_answers(struct probe *p, const struct traffic *t, bool alone)
{
    AUTO_FREE char *text = traffic_text_dup(t);
    size_t before = finding_count_bad(p);
    if (t->failed)
        finding_bad(p, "MC702", "every request answered", "%u of %u failed: %s", t->failed,
                    t->requests, text);
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const char *cluster = p->mesh->members[i].cluster;
        unsigned n = traffic_from(t, cluster);
        bool wanted = is_wanted(p, i, alone);
        AUTO_FREE char *want = mem_printf("answers from %s", cluster);
        if (wanted && n == 0)
            finding_bad(p, "MC701", want, "%u requests: %s", t->requests, text);
        if (alone && !wanted && n)
            finding_bad(p, "MC701", "answers from this cluster only", "%s", text);
    }
    if (t->no_stars)
        finding_bad(p, "MC704", "stars in every answer", "%u of %u without", t->no_stars,
                    t->requests);
    if (finding_count_bad(p) == before)
        finding_ok(p, "MC701", "%u requests: %s", t->requests, text);
}
