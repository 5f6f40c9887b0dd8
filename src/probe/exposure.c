/* Holds each Gateway's servers against what lets other clusters in. */
#include "exposure.h"

#include <string.h>

#include "eastwest.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"
#include "spans.h"

/* How near a server comes to what is wanted. */
enum fit { FIT_NONE, FIT_PORT, FIT_MODE, FIT_BOTH, FIT_SELECTOR, FIT_HOSTS };

struct candidate {
    const json_t *gateway, *server;
    size_t at; /* which of its servers */
    enum fit fit;
};

/* ---- one server ------------------------------------------------------------------------------ */

static bool is_passthrough(const json_t *server)
{
    return text_equal(json_dig_str(server, "tls", "mode", NULL), "AUTO_PASSTHROUGH");
}

/* Whether a Gateway is for a pod of the network's Service. One that selects nothing is for every
 * gateway; without a running pod nothing can be said. */
static bool selects_gateway(const struct probe *p, const json_t *gateway)
{
    const json_t *service = gateways_network_service(p, p->at);
    const json_t *selector = json_dig(gateway, "spec", "selector", NULL);
    bool any = false;
    size_t i;
    json_t *pod;
    if (!probe_facts(p)->traffic || !service || json_object_size(selector) == 0)
        return true;
    json_array_foreach(probe_facts(p)->traffic->pods, i, pod) {
        if (!text_equal(namespace_of(pod), namespace_of(service)) ||
            !gateways_selects(json_dig(service, "spec", "selector", NULL), pod))
            continue;
        if (gateways_selects(selector, pod))
            return true;
        any = true;
    }
    return !any;
}

bool exposure_covers(const json_t *server, const char *host)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(server, "hosts"), i, row) {
        const char *said = json_string_value(row);
        const char *slash = said ? strchr(said, '/') : NULL;
        if (said && host_covers(slash ? slash + 1 : said, host))
            return true;
    }
    return false;
}

/* What other clusters may ask for and the server does not pass; *ret_covered counts what it does. */
static void add_uncovered(const struct probe *p, const json_t *server, struct named *uncovered,
                          size_t *ret_covered)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    size_t peer;
    *ret_covered = 0;
    for (size_t i = 0; t && i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        if (!spans_in(p, s, &peer))
            continue;
        if (exposure_covers(server, s->host))
            ++*ret_covered;
        else
            named_add(uncovered, "%s", s->host);
    }
}

/* Before anything is shared, a Service of any name stands for what will be. */
static bool covers_something(const struct probe *p, const json_t *server)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_NAMED uncovered = {0};
    size_t covered;
    add_uncovered(p, server, &uncovered, &covered);
    if (covered || uncovered.count || !t)
        return covered > 0 || !t;
    size_t i;
    json_t *row;
    AUTO_FREE char *end = mem_printf(".svc.%s", t->domain);
    json_array_foreach(json_object_get(server, "hosts"), i, row) {
        const char *said = json_string_value(row);
        if (said &&
            (text_has_suffix(said, end) || host_covers(said, end) || exposure_covers(server, end)))
            return true;
    }
    return false;
}

/* The number that a Gateway's server has for the port that others are told: that one, or where the Service
 * leads it to (istio pilot/pkg/model/gateway.go, resolvePorts). */
static bool is_told_port(const json_t *service, json_int_t number)
{
    json_int_t told = eastwest_told_port(service);
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row)
        if (json_dig_int(row, 0, "port", NULL) == told)
            return number == told || number == json_dig_int(row, told, "targetPort", NULL);
    return number == told || number == eastwest_told_port(NULL);
}

static enum fit fit_of(const struct probe *p, const json_t *gateway, const json_t *server)
{
    bool has_port = is_told_port(gateways_network_service(p, p->at),
                                 json_dig_int(server, 0, "port", "number", NULL));
    if (!has_port || !is_passthrough(server))
        return has_port ? FIT_PORT : is_passthrough(server) ? FIT_MODE : FIT_NONE;
    if (!selects_gateway(p, gateway))
        return FIT_BOTH;
    return covers_something(p, server) ? FIT_HOSTS : FIT_SELECTOR;
}

/* The nearest of all servers. */
static struct candidate nearest(const struct probe *p)
{
    struct candidate best = {0};
    size_t i, j;
    json_t *gateway, *server;
    json_array_foreach(probe_facts(p)->gateways, i, gateway)
        json_array_foreach(json_dig(gateway, "spec", "servers", NULL), j, server) {
            enum fit fit = fit_of(p, gateway, server);
            if (fit > best.fit)
                best = (struct candidate){gateway, server, j, fit};
        }
    return best;
}

/* ---- telling --------------------------------------------------------------------------------- */

static void fix_server(struct probe *p, const struct candidate *c, const char *field,
                       const char *value)
{
    finding_fix(p,
                "kubectl patch gateways.networking.istio.io %s -n %s --type=json -p "
                "'[{\"op\":\"replace\",\"path\":\"/spec/servers/%zu/%s\",\"value\":%s}]'",
                name_of(c->gateway), namespace_of(c->gateway), c->at, field, value);
}

static void tell_port_or_mode(struct probe *p, const struct candidate *c)
{
    json_int_t told = eastwest_told_port(gateways_network_service(p, p->at));
    const char *mode = json_dig_str(c->server, "tls", "mode", NULL);
    AUTO_FREE char *wanted = mem_printf("a Gateway with %lld AUTO_PASSTHROUGH", (long long)told);
    AUTO_FREE char *number = mem_printf("%lld", (long long)told);
    if (c->fit == FIT_NONE) {
        finding_bad(p, "MC501", wanted, "none in %s", probe_name(p));
        return;
    }
    finding_bad(p, "MC501", wanted, "Gateway %s/%s with %lld %s", namespace_of(c->gateway),
                name_of(c->gateway), (long long)json_dig_int(c->server, 0, "port", "number", NULL),
                mode ? mode : "without tls.mode");
    if (c->fit == FIT_MODE)
        fix_server(p, c, "port/number", number);
    else if (json_object_get(c->server, "tls"))
        fix_server(p, c, "tls", "{\"mode\":\"AUTO_PASSTHROUGH\"}");
}

static void tell_selector(struct probe *p, const struct candidate *c)
{
    const json_t *service = gateways_network_service(p, p->at);
    const json_t *wants = json_dig(service, "spec", "selector", NULL);
    AUTO_FREE char *found = gateways_selector_dup(json_dig(c->gateway, "spec", "selector", NULL));
    AUTO_FREE char *wanted = gateways_selector_dup(wants);
    AUTO_FREE char *value = json_write_dup(wants, 0);
    finding_bad(p, "MC507", wanted, "Gateway %s/%s selects %s", namespace_of(c->gateway),
                name_of(c->gateway), found);
    finding_fix(p,
                "kubectl patch gateways.networking.istio.io %s -n %s --type=json -p "
                "'[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":%s}]'",
                name_of(c->gateway), namespace_of(c->gateway), value);
}

static void tell_hosts(struct probe *p, const struct candidate *c, const struct named *uncovered)
{
    AUTO_FREE char *hosts = json_write_dup(json_object_get(c->server, "hosts"), 0);
    AUTO_FREE char *names = named_text_dup(uncovered);
    const char *domain = probe_facts(p)->traffic->domain;
    AUTO_FREE char *wanted =
        mem_printf("hosts that cover %s", uncovered->count ? names : "the clusters' Services");
    /* Where it fits as Istio's own samples have it. */
    AUTO_FREE char *value =
        mem_printf("[\"*.%s\"]", text_has_suffix(domain, ".local") ? "local" : domain);
    (c->fit == FIT_HOSTS ? finding_warn : finding_bad)(p, "MC506", wanted, "Gateway %s/%s: %s",
                                                       namespace_of(c->gateway),
                                                       name_of(c->gateway), hosts);
    fix_server(p, c, "hosts", value);
}

void exposure_check(struct probe *p)
{
    struct candidate best = nearest(p);
    AUTO_NAMED uncovered = {0};
    size_t covered;
    if (!probe_facts(p)->gateways)
        return;
    if (best.fit < FIT_BOTH) {
        tell_port_or_mode(p, &best);
        return;
    }
    finding_ok(p, "MC501", "Gateway %s/%s on %lld", namespace_of(best.gateway),
               name_of(best.gateway),
               (long long)json_dig_int(best.server, 0, "port", "number", NULL));
    if (best.fit == FIT_BOTH) {
        tell_selector(p, &best);
        return;
    }
    add_uncovered(p, best.server, &uncovered, &covered);
    if (best.fit == FIT_SELECTOR || uncovered.count)
        tell_hosts(p, &best, &uncovered);
    else if (probe_facts(p)->traffic)
        finding_ok(p, "MC506", "all %zu shared Services", covered);
}
