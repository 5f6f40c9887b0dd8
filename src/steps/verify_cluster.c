/* What can be said of each cluster's half of the mesh by asking it: trust, names, gateway, sync.
 * What settles by itself after a change (istiod reading a new Secret) is given time; what does not
 * is said at once. */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/proxy.h"

#define SETTLE_MS 20000
#define SETTLE_POLL_MS 300

/* ---- trust ----------------------------------------------------------------------------------- */

static void check_peers_trust(struct lane *lane)
{
    const struct steps *s = lane->steps;
    const struct ca_roots *mine = &lane->seen->ca.roots;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (peer == lane || !peer->seen || !peer->seen->ca.roots.count ||
            ca_roots_compare(mine, &peer->seen->ca.roots) != CA_ROOTS_DISJOINT)
            continue;
        AUTO_FREE char *found = ca_roots_text_dup(mine);
        AUTO_FREE char *theirs = ca_roots_text_dup(&peer->seen->ca.roots);
        AUTO_FREE char *wanted = mem_printf("%s as in %s", theirs, lane_name(peer));
        finding_bad(lane, "MC201", wanted, "root %s in %s", found, lane_name(lane));
    }
}

static void check_trust(struct lane *lane)
{
    const struct ca_found *ca = &lane->seen->ca;
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    size_t before = finding_count_bad(lane);
    AUTO_FREE char *roots = ca_roots_text_dup(&ca->roots);
    AUTO_FREE char *handed_out = ca_roots_text_dup(&ca->handed_out);
    if (ca->form == CA_FORM_NONE || ca->form == CA_FORM_OWN) {
        finding_bad(lane, "MC201", "Secret cacerts signed by the mesh's root", "no Secret %s/%s",
                    namespace_, MESH_CACERTS);
        return;
    }
    check_peers_trust(lane);
    if (!ca->handed_out.count)
        finding_bad(lane, "MC205", "ConfigMap istio-ca-root-cert", "none in namespace %s",
                    namespace_);
    else if (ca_roots_compare(&ca->roots, &ca->handed_out) == CA_ROOTS_DISJOINT)
        finding_bad(lane, "MC205", roots, "%s", handed_out);
    if (finding_count_bad(lane) == before)
        finding_ok(lane, "MC201", "root %s", roots);
}

/* ---- gateway --------------------------------------------------------------------------------- */

/* The Service through which the cluster's network is reached: whoever made it, by its label. */
static const json_t *network_service(const struct lane *lane)
{
    size_t i;
    json_t *service;
    json_array_foreach(lane->seen->network_services, i, service)
        if (text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                       lane->member->network))
            return service;
    return NULL;
}

static int check_gateway(struct lane *lane, struct error **err)
{
    const json_t *service = network_service(lane);
    if (!service) {
        AUTO_FREE char *wanted =
            mem_printf("a Service labelled %s=%s", MESH_NETWORK_LABEL, lane->member->network);
        finding_bad(lane, "MC303", wanted, "none in %s", lane_name(lane));
        return 0;
    }
    struct kube_ref ref = kube_ref_of(service);
    const char *address = kube_service_address(service);
    if (address) {
        free(lane->eastwest_address);
        lane->eastwest_address = mem_strdup(address);
        finding_ok(lane, "MC502", "east-west gateway %s", address);
    } else {
        finding_bad(lane, "MC502", "an ip or hostname", "Service %s/%s without address",
                    ref.namespace_, ref.name);
    }
    AUTO_STRLIST pods = STRLIST_INIT;
    AUTO_BUF selector = BUF_INIT;
    const char *key;
    json_t *value;
    json_object_foreach(json_dig(service, "spec", "selector", NULL), key, value)
        buf_appendf(&selector, "%s%s=%s", selector.len ? "," : "", key, json_string_value(value));
    if (proxy_pods(lane->client, ref.namespace_, buf_str(&selector), &pods, err) < 0)
        return -1;
    if (!pods.count)
        finding_bad(lane, "MC503", "a ready pod", "none of %s in namespace %s", buf_str(&selector),
                    ref.namespace_);
    return 0;
}

/* A Gateway of any name and namespace that passes the mesh's own TLS through on 15443. */
static bool is_passthrough(const json_t *gateway)
{
    size_t i;
    json_t *server;
    json_array_foreach(json_dig(gateway, "spec", "servers", NULL), i, server) {
        const char *mode = json_dig_str(server, "tls", "mode", NULL);
        if (json_dig_int(server, 0, "port", "number", NULL) == 15443 && mode &&
            strcmp(mode, "AUTO_PASSTHROUGH") == 0)
            return true;
    }
    return false;
}

static void check_exposed(struct lane *lane)
{
    json_t *gateway;
    size_t i;
    json_array_foreach(lane->seen->gateways, i, gateway) {
        if (!is_passthrough(gateway))
            continue;
        finding_ok(lane, "MC501", "Gateway %s/%s on 15443",
                   json_dig_str(gateway, "metadata", "namespace", NULL),
                   json_dig_str(gateway, "metadata", "name", NULL));
        return;
    }
    finding_bad(lane, "MC501", "a Gateway with 15443 AUTO_PASSTHROUGH", "none in %s",
                lane_name(lane));
}

/* ---- sync ------------------------------------------------------------------------------------ */

static void check_links(struct lane *lane)
{
    const struct steps *s = lane->steps;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const char *cluster = s->lanes[i].member->cluster;
        if (&s->lanes[i] != lane && !facts_link(lane->seen, cluster))
            finding_bad(lane, "MC402", "Secret with the key " MESH_MULTICLUSTER_LABEL,
                        "%s has none for %s", lane_name(lane), cluster);
    }
}

/* The status that one istiod gives for a cluster id, or NULL; borrowed. */
static const char *sync_status(const json_t *clusterz, const char *cluster)
{
    size_t i;
    json_t *row;
    json_array_foreach(clusterz, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), cluster))
            return json_dig_str(row, "syncStatus", NULL);
    return NULL;
}

static bool knows_gateway(const json_t *networkz, const char *network)
{
    size_t i;
    json_t *row;
    json_array_foreach(networkz, i, row)
        if (text_equal(json_dig_str(row, "Network", NULL), network))
            return true;
    return false;
}

/* One look at one istiod: NULL when it is in sync with every peer, else the id of what is not yet,
 * and in *ret_text what it is. */
static int look_at_istiod(struct lane *lane, const char *pod, const char **ret_id, char **ret_text,
                          struct error **err)
{
    const struct steps *s = lane->steps;
    json_auto_t *clusterz = NULL, *networkz = NULL;
    *ret_id = NULL;
    if (proxy_ask_istiod(lane->client, s->mesh->istio_namespace, pod, "/debug/clusterz", &clusterz,
                         err) < 0 ||
        proxy_ask_istiod(lane->client, s->mesh->istio_namespace, pod, "/debug/networkz", &networkz,
                         err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count && !*ret_id; i++) {
        const struct mesh_member *peer = s->lanes[i].member;
        const char *status = sync_status(clusterz, peer->cluster);
        if (&s->lanes[i] == lane)
            continue;
        if (!status || strcmp(status, "synced") != 0) {
            *ret_id = "MC601";
            *ret_text =
                mem_printf("%s: %s is %s", pod, peer->cluster, status ? status : "not known");
        } else if (!knows_gateway(networkz, peer->network)) {
            *ret_id = "MC602";
            *ret_text = mem_printf("%s: no gateway of %s", pod, peer->network);
        }
    }
    return 0;
}

static int check_sync(struct lane *lane, struct error **err)
{
    AUTO_STRLIST pods = STRLIST_INIT;
    int64_t start = clock_now_ms(), limit = start + SETTLE_MS;
    if (proxy_pods(lane->client, lane->steps->mesh->istio_namespace, ISTIOD_SELECTOR, &pods, err) <
        0)
        return -1;
    if (!pods.count)
        finding_bad(lane, "MC601", "a ready istiod", "no ready pod of %s in namespace %s",
                    ISTIOD_SELECTOR, lane->steps->mesh->istio_namespace);
    for (size_t i = 0; i < pods.count;) {
        const char *id = NULL;
        AUTO_FREE char *text = NULL;
        if (look_at_istiod(lane, pods.items[i], &id, &text, err) < 0)
            return -1;
        if (!id) {
            i++;
            continue;
        }
        if (clock_now_ms() >= limit) {
            finding_bad(lane, id, strcmp(id, "MC601") == 0 ? "synced" : "the network's gateway",
                        "%s", text);
            i++;
            continue;
        }
        plan_waiting(lane->task, clock_now_ms() - start, SETTLE_MS, "istiod %s", text);
        if (clock_sleep(SETTLE_POLL_MS, lane->steps->options.cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "%s: interrupted while istiod was syncing",
                             lane_name(lane));
    }
    if (!finding_count_bad(lane))
        finding_ok(lane, "MC601", "%zu istiod in sync with %zu peers", pods.count,
                   lane->steps->lanes_count - 1);
    return 0;
}

/* What there is now; what a run found before it wrote is out of date. */
int task_look(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct facts_options options = {.mesh = lane->steps->mesh};
    if (lane->mode == LANE_ABSENT)
        return 0;
    return facts_observe(lane->client, &options, &lane->seen, err);
}

int task_verify_cluster(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    size_t first = finding_count(lane);
    if (lane->mode == LANE_ABSENT)
        return 0;
    check_trust(lane);
    if (check_gateway(lane, err) < 0)
        return -1;
    if (lane->steps->lanes_count > 1) {
        check_exposed(lane);
        check_links(lane);
        /* Waiting for what cannot come is no use: say what is wrong at once. */
        if (!finding_count_bad(lane) && check_sync(lane, err) < 0)
            return -1;
    }
    plan_result(task, "%zu checks", finding_count(lane) - first);
    return finding_conclude(lane, first, err);
}
