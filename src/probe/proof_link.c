/* Walks along a path that failed, and stops at the first link that is broken. */
#include "proof_link.h"

#include <stdlib.h>
#include <string.h>

#include "flat.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"

/* ---- endpoints ------------------------------------------------------------------------------- */

/* Every address of the Services through which a member's network is reached. False when one is a
 * host's name: istiod resolves it, and nobody else knows to what. */
static bool gateway_addresses(const struct probe *p, size_t at, struct strlist *out)
{
    size_t i;
    json_t *service;
    json_array_foreach(p->facts[at] ? p->facts[at]->network_services : NULL, i, service)
        if (text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                       p->mesh->members[at].network))
            kube_service_addresses(service, out);
    for (i = 0; i < out->count; i++)
        if (!gateways_is_ip(out->items[i]))
            return false;
    return out->count > 0;
}

char *proof_endpoints_problem_dup(const struct probe *p, const json_t *hosts, size_t to)
{
    AUTO_STRLIST addresses = STRLIST_INIT;
    bool direct = flat_goes_direct(p, to);
    bool known = !direct && gateway_addresses(p, to, &addresses);
    size_t i;
    json_t *host;
    if (!json_array_size(hosts))
        return mem_strdup("none");
    json_array_foreach(hosts, i, host) {
        const char *address = json_dig_str(host, "address", NULL);
        json_int_t port = json_dig_int(host, 0, "port", NULL);
        if ((port == PATH_ECHO_PORT) != direct || (known && !strlist_has(&addresses, address)))
            return mem_printf("%s:%lld", address, (long long)port);
    }
    return NULL;
}

/* ---- what proxies say ------------------------------------------------------------------------ */

/* Parts of what Envoy answers with where an upstream fails (source/common/router/router.cc and
 * utility.cc, source/common/http/utility.cc), and what each means here: `is_met` is what the other end does,
 * which is a gateway or, on one network, the pod itself. */
static const struct {
    const char *said;
    const char *id;
    bool is_met;
    const char *link;
} words[] = {
    {"RBAC: access denied", "MC746", false, "a policy denies it"},
    {"CERTIFICATE_VERIFY_FAILED", "MC744", false, "the certificate is refused"},
    {"TLS_error", "MC744", false, "the TLS handshake fails"},
    {"connection timeout", "MC743", true, "does not answer connections"},
    {"connection_timeout", "MC743", true, "does not answer connections"},
    {"delayed connect error", "MC743", true, "refuses connections"},
    {"remote connection failure", "MC743", true, "cannot be connected to"},
    {"connection termination", "MC745", true, "closes the connection"},
    {"remote reset", "MC745", true, "closes the connection"},
};

static void set_link_take(char **ret_link, char *link)
{
    free(*ret_link);
    *ret_link = link;
}

static const char *link_of(const struct path *path, bool direct, char **ret_link)
{
    for (size_t i = 0; path->said && i < MC_ARRAY_LEN(words); i++)
        if (strstr(path->said, words[i].said)) {
            const char *end = !words[i].is_met ? "" : direct ? "the pod " : "the gateway ";
            *ret_link = mem_printf("%s%s: %s", end, words[i].link, path->said);
            return words[i].is_met && direct ? "MC749" : words[i].id;
        }
    return NULL;
}

static json_int_t connect_failures(const json_t *hosts)
{
    json_int_t sum = 0;
    size_t i;
    json_t *host;
    json_array_foreach(hosts, i, host)
        sum += json_dig_int(host, 0, "connectFailures", NULL);
    return sum;
}

/* An address of the hosts, for people; borrowed. */
static const char *address_of(const json_t *hosts)
{
    const char *address = json_dig_str(json_array_get(hosts, 0), "address", NULL);
    return address ? address : "";
}

/* ---- the links ------------------------------------------------------------------------------- */

/* Whether a cluster's own requests to itself come without identities: then no TLS leaves it, or is taken
 * there. */
static bool is_plain(const struct proof *f, size_t at)
{
    return f && f->paths[at].requests > f->paths[at].failed && f->paths[at].plain;
}

static const char *between(const struct probe *p, struct proof *const *proofs, size_t to,
                           char **ret_link)
{
    const struct proof *f = proofs[p->at];
    const struct path *path = &f->paths[to];
    const json_t *hosts = f->hosts[to];
    bool direct = flat_goes_direct(p, to);
    AUTO_FREE char *problem = proof_endpoints_problem_dup(p, hosts, to);
    if (problem) {
        set_link_take(ret_link, mem_printf("its proxy has another endpoint than the %s: %s",
                                           direct ? "pod" : "gateway", problem));
        return "MC734";
    }
    const char *unconnected = direct ? "MC749" : "MC743";
    const char *id = link_of(path, direct, ret_link);
    if ((!id || strcmp(id, unconnected) == 0) && connect_failures(hosts)) {
        set_link_take(ret_link, mem_printf("%lld connections to %s failed%s%s",
                                           (long long)connect_failures(hosts), address_of(hosts),
                                           path->said ? ": " : "", path->said ? path->said : ""));
        return unconnected;
    }
    if (id && strcmp(id, "MC745") == 0 && (is_plain(f, p->at) || is_plain(proofs[to], to))) {
        set_link_take(
            ret_link,
            mem_printf("without mutual TLS no gateway lets it in: requests within %s have none",
                       is_plain(f, p->at) ? probe_name(p) : p->mesh->members[to].name));
        return "MC733";
    }
    return id;
}

const char *proof_broken_link(const struct probe *p, struct proof *const *proofs, size_t to,
                              char **ret_link)
{
    const struct proof *f = proofs[p->at];
    const struct path *path = &f->paths[to];
    const char *id;
    *ret_link = NULL;
    if (path->is_nameless) {
        *ret_link = mem_strdup("the name echo is not resolved");
        return "MC741";
    }
    if (!json_array_size(f->hosts[to])) {
        *ret_link = mem_printf("its proxy has no endpoint of echo-%s", p->mesh->members[to].name);
        return "MC742";
    }
    id = to == p->at ? link_of(path, false, ret_link) : between(p, proofs, to, ret_link);
    if (id)
        return id;
    if (path->said && path->said[0])
        *ret_link = mem_strdup(path->said);
    return "MC732";
}
