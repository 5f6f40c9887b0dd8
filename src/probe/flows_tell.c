/* What came of asking about traffic, as JSON: gateways, calls, services, what istiod knows. */
#include "flows_internal.h"

#include <string.h>

#include "eastwest.h"
#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/proxy.h"
#include "object.h"
#include "wires.h"

#define STATUS_PORT 15021

int64_t flows_window_ms(const struct flows *f)
{
    return f->window_ms;
}

const json_t *flows_truncated(const struct flows *f)
{
    return f->truncated;
}

/* Of a count between the proxy's readings. */
static double rate_of(const struct flows_proxy *proxy, double count)
{
    int64_t ms = proxy->counters[FLOWS_SECOND].read_at_ms - proxy->counters[FLOWS_FIRST].read_at_ms;
    return ms > 0 ? count * 1000 / (double)ms : 0;
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void add_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key,
                        json_real(json_real_value(json_object_get(object, key)) + value));
}

static void add_int(json_t *object, const char *key, json_int_t value)
{
    json_object_set_new(object, key, json_integer(json_dig_int(object, 0, key, NULL) + value));
}

/* ---- gateways -------------------------------------------------------------------------------- */

static const char *role_of(const json_t *service)
{
    const char *istio = json_dig_str(service, "spec", "selector", "istio", NULL);
    if (json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL))
        return "eastwest";
    return text_equal(istio, "egressgateway") ? "egress" : "ingress";
}

/* The first that carries something: of a network's gateway the one that passes TLS on. */
static json_t *port_of(const json_t *service)
{
    json_int_t first = 0, told = eastwest_told_port(service);
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(service, "spec", "ports", NULL), i, row) {
        json_int_t port = json_dig_int(row, 0, "port", NULL);
        if (port == told)
            return json_integer(eastwest_reached_port(service));
        first = !first && port != STATUS_PORT ? port : first;
    }
    return first ? json_integer(first) : json_null();
}

/* Whether a selector chooses a pod, or what a Deployment makes. */
static bool is_chosen(const json_t *service, const json_t *pod, const char *namespace_)
{
    return text_equal(json_dig_str(service, "metadata", "namespace", NULL), namespace_) &&
           gateways_selects(json_dig(service, "spec", "selector", NULL), pod);
}

static json_int_t wanted_of(const struct flows *f, const json_t *service, json_int_t pods)
{
    json_int_t wanted = -1;
    size_t i;
    json_t *deployment;
    json_array_foreach(f->deployments, i, deployment)
        if (is_chosen(service, json_dig(deployment, "spec", "template", NULL),
                      namespace_of(deployment)))
            wanted =
                (wanted < 0 ? 0 : wanted) + json_dig_int(deployment, 1, "spec", "replicas", NULL);
    return wanted < 0 ? pods : wanted;
}

/* What its proxies count: null when none told. */
struct passing {
    bool told, has_bytes;
    double active, connections, bytes;
};

static void add_passing(const struct flows_proxy *proxy, struct passing *passing)
{
    const struct counters *now = &proxy->counters[FLOWS_SECOND];
    AUTO_METRICS metrics = {0};
    double active = 0, connections = 0;
    for (size_t i = 0; i < now->count; i++) {
        struct counts counts = counters_between(&proxy->counters[FLOWS_FIRST], &now->rows[i]);
        connections += (double)counts.connections;
        active += (double)now->rows[i].active;
    }
    if (proxy->has_metrics)
        metrics_add_between(&metrics, &proxy->metrics[FLOWS_FIRST], &proxy->metrics[FLOWS_SECOND]);
    passing->told = true;
    passing->active += metrics.has_active ? metrics.active : active;
    passing->connections += rate_of(proxy, connections);
    passing->has_bytes = passing->has_bytes || metrics.has_bytes;
    passing->bytes += rate_of(proxy, metrics.bytes);
}

static struct passing passing_of(const struct flows *f, const json_t *service)
{
    struct passing passing = {0};
    for (size_t i = 0; i < f->proxies_count; i++)
        if (f->proxies[i].answered[FLOWS_SECOND] &&
            is_chosen(service, f->proxies[i].pod, f->proxies[i].namespace_))
            add_passing(&f->proxies[i], &passing);
    return passing;
}

static json_t *addresses_of(const json_t *service)
{
    AUTO_STRLIST addresses = STRLIST_INIT;
    json_t *out = json_array();
    kube_service_addresses(service, &addresses);
    for (size_t i = 0; i < addresses.count; i++)
        json_array_append_new(out, json_string(addresses.items[i]));
    return out;
}

static json_t *gateway_of(const struct flows *f, const json_t *service, json_int_t pods,
                          json_int_t ready)
{
    const char *type = json_dig_str(service, "spec", "type", NULL);
    struct passing passing = passing_of(f, service);
    json_int_t wanted = wanted_of(f, service, pods);
    const char *health = !ready ? "error" : ready < wanted ? "warning" : "ok";
    json_t *row = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:s}", "namespace", namespace_of(service), "name",
        json_dig_str(service, "metadata", "name", NULL), "role", role_of(service), "type",
        type ? type : "ClusterIP", "addresses", addresses_of(service), "port", port_of(service),
        "ready", ready, "wanted", wanted, "health", health);
    json_object_set_new(row, "connections",
                        passing.told ? json_integer((json_int_t)passing.active) : json_null());
    json_object_set_new(row, "connectionsPerSecond",
                        passing.told ? json_real(passing.connections) : json_null());
    json_object_set_new(row, "bytesPerSecond",
                        passing.has_bytes ? json_real(passing.bytes) : json_null());
    return row;
}

json_t *flows_gateways(const struct flows *f)
{
    json_t *out = json_array(), *service, *pod;
    size_t i, j;
    json_array_foreach(f->services, i, service) {
        bool is_network = json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
        json_int_t pods = 0, ready = 0;
        json_array_foreach(f->gateway_pods, j, pod) {
            if (!is_chosen(service, pod, namespace_of(pod)))
                continue;
            pods += !json_dig(pod, "metadata", "deletionTimestamp", NULL);
            ready += proxy_is_ready(pod);
        }
        if (pods || is_network)
            json_array_append_new(out, gateway_of(f, service, pods, ready));
    }
    return out;
}

/* ---- calls ----------------------------------------------------------------------------------- */

/* The id of the cluster whose gateway that is, as istiod tells proxies; NULL when it is none's. */
static const char *gateway_owner(const struct flows *f, const char *endpoint)
{
    size_t i;
    json_t *row;
    json_array_foreach(f->networkz, i, row) {
        const char *address = json_dig_str(row, "Addr", NULL);
        AUTO_FREE char *at =
            mem_printf(address && strchr(address, ':') ? "[%s]:%lld" : "%s:%lld",
                       address ? address : "", (long long)json_dig_int(row, 0, "Port", NULL));
        if (strcmp(at, endpoint) == 0)
            return json_dig_str(row, "Cluster", NULL);
    }
    return NULL;
}

static json_t *mtls_of_both(const json_t *a, json_t *b)
{
    if (json_is_false(a) || json_is_null(b)) {
        json_decref(b);
        return json_incref((json_t *)a);
    }
    return b;
}

static json_t *new_call(const struct flows_proxy *proxy, const char *owner, const char *namespace_,
                        const char *service, const char *via)
{
    return json_pack("{s:{s:s, s:s}, s:{s:o, s:o, s:s}, s:o, s:n, s:b}", "from", "namespace",
                     proxy->namespace_, "workload", proxy->workload, "to", "owner",
                     text_or_null(owner), "namespace", text_or_null(namespace_), "service", service,
                     "via", text_or_null(via), "mtls", "healthy", 1);
}

/* One row: of all pods of a workload, and of all subsets and ports of a service. */
static void add_call(const struct flows *f, const struct flows_proxy *proxy,
                     const struct counters_row *row, json_t *calls)
{
    AUTO_FREE char *service = NULL, *namespace_ = NULL;
    struct counters_name name;
    if (!counters_parse_name(row->cluster, &name) || name.is_passed_on)
        return;
    bool is_service = counters_split_host(name.host, &service, &namespace_);
    bool is_shown = !f->namespaces.count || flows_is_named(f, proxy->namespace_) ||
                    flows_is_named(f, namespace_);
    const char *via_owner = gateway_owner(f, row->endpoint);
    const char *owner = wires_owner(proxy->wires, row->cluster, row->endpoint);
    owner = owner ? owner : via_owner ? via_owner : f->member->cluster;
    /* A network's own gateway is the way in from elsewhere only. */
    const char *via = via_owner && is_service ? row->endpoint : NULL;
    AUTO_FREE char *key = mem_printf("%s/%s %s %s %s", proxy->namespace_, proxy->workload,
                                     name.host, is_service ? owner : "", via ? via : "");
    json_t *call = json_object_get(calls, key);
    if (!call) {
        call = new_call(proxy, is_service ? owner : NULL, namespace_,
                        is_service ? service : name.host, via);
        json_object_set_new(call, "shown", json_boolean(is_shown));
        json_object_set_new(calls, key, call);
    }
    struct counts counts = counters_between(&proxy->counters[FLOWS_FIRST], row);
    json_object_set_new(call, "mtls",
                        mtls_of_both(json_object_get(call, "mtls"),
                                     wires_mtls(proxy->wires, row->cluster, row->endpoint)));
    if (!row->healthy)
        json_object_set_new(call, "healthy", json_false());
    add_int(call, "requests", row->counts.requests);
    add_int(call, "errors", row->counts.errors);
    add_int(call, "connectFailures", counts.connect_failures);
    add_real(call, "requestsPerSecond", rate_of(proxy, (double)counts.requests));
    add_real(call, "errorsPerSecond", rate_of(proxy, (double)counts.errors));
}

json_t *flows_calls(const struct flows *f)
{
    json_auto_t *calls = json_object();
    json_t *out = json_array(), *call;
    const char *key;
    for (size_t i = 0; i < f->proxies_count; i++) {
        const struct counters *now = &f->proxies[i].counters[FLOWS_SECOND];
        for (size_t r = 0; r < now->count; r++)
            add_call(f, &f->proxies[i], &now->rows[r], calls);
    }
    json_object_foreach(calls, key, call)
        json_array_append(out, call);
    return out;
}

/* ---- services -------------------------------------------------------------------------------- */

static json_t *workloads_of(const struct flows *f, const json_t *service, json_int_t *ret_ready)
{
    json_auto_t *workloads = json_object();
    json_t *out = json_array(), *pod, *row;
    const char *name;
    size_t i;
    *ret_ready = 0;
    json_array_foreach(f->pods, i, pod) {
        if (!is_chosen(service, pod, namespace_of(pod)) ||
            json_dig(pod, "metadata", "deletionTimestamp", NULL))
            continue;
        AUTO_FREE char *owner = gateways_workload_dup(pod);
        const char *slash = owner ? strchr(owner, '/') : NULL;
        const char *workload = slash ? slash + 1 : json_dig_str(pod, "metadata", "name", NULL);
        row = json_object_get(workloads, workload);
        if (!row) {
            row = json_pack("{s:s, s:i, s:i, s:b}", "name", workload, "pods", 0, "ready", 0,
                            "injected", 1);
            json_object_set_new(workloads, workload, row);
        }
        add_int(row, "pods", 1);
        add_int(row, "ready", proxy_is_ready(pod));
        *ret_ready += proxy_is_ready(pod);
        if (!proxy_is_in(pod))
            json_object_set_new(row, "injected", json_false());
    }
    json_object_foreach(workloads, name, row)
        json_array_append(out, row);
    return out;
}

json_t *flows_services(const struct flows *f)
{
    json_t *out = json_array(), *service;
    size_t i;
    json_array_foreach(f->services, i, service) {
        json_int_t ready;
        if (!flows_is_named(f, namespace_of(service)))
            continue;
        json_t *workloads = workloads_of(f, service, &ready);
        json_array_append_new(out,
                              json_pack("{s:s, s:s, s:I, s:o}", "namespace", namespace_of(service),
                                        "name", json_dig_str(service, "metadata", "name", NULL),
                                        "endpoints", ready, "workloads", workloads));
    }
    return out;
}

/* ---- what istiod knows ----------------------------------------------------------------------- */

json_int_t flows_proxies(const struct flows *f, const char *namespace_, const char *istiod)
{
    json_int_t proxies = -1;
    for (size_t i = 0; i < f->istiods_count; i++) {
        const struct flows_istiod *pod = &f->istiods[i];
        if (pod->proxies >= 0 && text_equal(pod->namespace_, namespace_) &&
            text_equal(pod->workload, istiod))
            proxies = (proxies < 0 ? 0 : proxies) + pod->proxies;
    }
    return proxies;
}

void flows_sync(const struct flows *f, const char *cluster, size_t *ret_asked, size_t *ret_synced)
{
    *ret_asked = *ret_synced = 0;
    for (size_t i = 0; i < f->istiods_count; i++) {
        if (!f->istiods[i].clusterz)
            continue;
        *ret_asked += 1;
        *ret_synced += text_equal(proxy_sync_status(f->istiods[i].clusterz, cluster), "synced");
    }
}

/* Of one cluster, or of any. */
static json_t *gateways_of(const struct flows *f, const char *network, const char *cluster)
{
    json_t *out = json_array(), *row;
    size_t i;
    json_array_foreach(f->networkz, i, row) {
        const char *address = json_dig_str(row, "Addr", NULL);
        if (!address || !text_equal(json_dig_str(row, "Network", NULL), network) ||
            (cluster && !text_equal(json_dig_str(row, "Cluster", NULL), cluster)))
            continue;
        AUTO_FREE char *at = mem_printf(strchr(address, ':') ? "[%s]:%lld" : "%s:%lld", address,
                                        (long long)json_dig_int(row, 0, "Port", NULL));
        json_array_append_new(out, json_string(at));
    }
    return out;
}

json_t *flows_network(const struct flows *f, const struct mesh_member *peer)
{
    if (mesh_shares_network(f->member, peer))
        return json_array();
    json_auto_t *own = gateways_of(f, peer->network, peer->cluster);
    return json_array_size(own) ? TAKE(own) : gateways_of(f, peer->network, NULL);
}

static bool has_string(const json_t *list, const char *text)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
        if (text_equal(json_string_value(item), text))
            return true;
    return false;
}

void flows_seen(const struct flows *f, const struct flows *of, const char *cluster,
                json_int_t *ret_services, json_int_t *ret_seen)
{
    size_t i;
    json_t *service;
    *ret_services = of && of->services ? 0 : -1;
    *ret_seen = *ret_services == 0 && f && f->registry ? 0 : -1;
    json_array_foreach(of ? of->services : NULL, i, service) {
        const char *namespace_ = namespace_of(service);
        if (!namespace_ || !strlist_has(&of->injected, namespace_))
            continue;
        AUTO_FREE char *key =
            mem_printf("%s/%s", namespace_, json_dig_str(service, "metadata", "name", NULL));
        *ret_services += 1;
        if (*ret_seen >= 0)
            *ret_seen += has_string(json_object_get(f->registry, key), cluster);
    }
}

/* ---- latency --------------------------------------------------------------------------------- */

json_t *flows_latency(const struct flows *f, const char *cluster)
{
    AUTO_METRICS sum = {0};
    for (size_t i = 0; i < f->proxies_count; i++)
        if (f->proxies[i].answered[FLOWS_SECOND] && f->proxies[i].has_metrics)
            metrics_add_between(&sum, &f->proxies[i].metrics[FLOWS_FIRST],
                                &f->proxies[i].metrics[FLOWS_SECOND]);
    double p50 = metrics_quantile(&sum, cluster, 0.5);
    return p50 < 0
               ? json_null()
               : json_pack("{s:f, s:f}", "p50", p50, "p99", metrics_quantile(&sum, cluster, 0.99));
}
