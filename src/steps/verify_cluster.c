/* What can be said of each cluster's half of the mesh by asking it: trust, names, gateway, sync.
 * What settles by itself after a change (istiod reading a new Secret) is given time; what does not
 * is said at once. */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/proxy.h"

#define SETTLE_MS 20000
#define SETTLE_POLL_MS 300

/* ---- trust ----------------------------------------------------------------------------------- */

static int check_handed_out(struct lane *lane, struct error **err)
{
    const char *namespace_ = lane->steps->mesh->istio_namespace;
    struct kube_ref ref = {"v1", "ConfigMap", namespace_, "istio-ca-root-cert"};
    json_auto_t *map = NULL;
    MC_CLEANUP(ca_roots_release) struct ca_roots handed_out = {0};
    if (kube_get_opt(lane->client, &ref, &map, err) < 0)
        return -1;
    const char *pem = json_dig_str(map, "data", "root-cert.pem", NULL);
    if (!pem) {
        finding_bad(lane, "MC205", "ConfigMap istio-ca-root-cert", "none in namespace %s",
                    namespace_);
        return 0;
    }
    if (ca_roots_add_pem(&handed_out, pem, strlen(pem), ref.name, err) < 0)
        return -1;
    AUTO_FREE char *wanted = ca_roots_text_dup(&lane->ca.roots);
    AUTO_FREE char *found = ca_roots_text_dup(&handed_out);
    if (ca_roots_compare(&handed_out, &lane->ca.roots) == CA_ROOTS_DISJOINT)
        finding_bad(lane, "MC205", wanted, "%s", found);
    return 0;
}

static int check_trust(struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    size_t before = finding_count_bad(lane);
    if (!lane_has_cacerts(lane)) {
        finding_bad(lane, "MC201", "Secret cacerts signed by the mesh's root", "no Secret %s/%s",
                    s->mesh->istio_namespace, MESH_CACERTS);
        return 0;
    }
    AUTO_FREE char *own = ca_roots_text_dup(&lane->ca.roots);
    for (size_t i = 0; i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (peer != lane && lane_has_cacerts(peer) &&
            ca_roots_compare(&peer->ca.roots, &lane->ca.roots) == CA_ROOTS_DISJOINT) {
            AUTO_FREE char *theirs = ca_roots_text_dup(&peer->ca.roots);
            AUTO_FREE char *wanted = mem_printf("%s as in %s", theirs, lane_name(peer));
            finding_bad(lane, "MC201", wanted, "root %s in %s", own, lane_name(lane));
        }
    }
    if (check_handed_out(lane, err) < 0)
        return -1;
    if (finding_count_bad(lane) == before)
        finding_ok(lane, "MC201", "root %s", own);
    return 0;
}

/* ---- gateway --------------------------------------------------------------------------------- */

static int check_gateway_service(struct lane *lane, struct error **err)
{
    const struct lane_release *r = &lane->releases[MESH_EASTWEST];
    struct kube_ref ref = {"v1", "Service", r->namespace_, r->name};
    json_auto_t *service = NULL;
    if (kube_get_opt(lane->client, &ref, &service, err) < 0)
        return -1;
    const char *network = json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL);
    const char *address = service ? kube_service_address(service) : NULL;
    if (!network || strcmp(network, lane->member->network) != 0) {
        AUTO_FREE char *wanted = mem_printf("%s=%s", MESH_NETWORK_LABEL, lane->member->network);
        finding_bad(lane, "MC303", wanted, "Service %s/%s %s%s", ref.namespace_, ref.name,
                    !service  ? "does not exist"
                    : network ? "with "
                              : "without the label",
                    network ? network : "");
    }
    if (!address) {
        finding_bad(lane, "MC502", "an ip or hostname", "Service %s/%s without address",
                    ref.namespace_, ref.name);
    } else {
        free(lane->eastwest_address);
        lane->eastwest_address = mem_strdup(address);
        finding_ok(lane, "MC502", "east-west gateway %s", address);
    }
    return 0;
}

static int check_gateway_pods(struct lane *lane, struct error **err)
{
    const struct lane_release *r = &lane->releases[MESH_EASTWEST];
    AUTO_STRLIST pods = STRLIST_INIT;
    AUTO_FREE char *selector = mem_printf("app=%s", r->name);
    if (proxy_pods(lane->client, r->namespace_, selector, &pods, err) < 0)
        return -1;
    if (!pods.count)
        finding_bad(lane, "MC503", "a ready pod", "none of %s in namespace %s", selector,
                    r->namespace_);
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

static int check_exposed(struct lane *lane, struct error **err)
{
    struct kube_ref ref = {"networking.istio.io/v1beta1", "Gateway", NULL, NULL};
    json_auto_t *gateways = NULL;
    json_t *gateway;
    size_t i;
    if (kube_list(lane->client, &ref, NULL, NULL, &gateways, err) < 0)
        return -1;
    json_array_foreach(gateways, i, gateway) {
        if (!is_passthrough(gateway))
            continue;
        finding_ok(lane, "MC501", "Gateway %s/%s on 15443",
                   json_dig_str(gateway, "metadata", "namespace", NULL),
                   json_dig_str(gateway, "metadata", "name", NULL));
        return 0;
    }
    finding_bad(lane, "MC501", "a Gateway with 15443 AUTO_PASSTHROUGH", "none in %s",
                lane_name(lane));
    return 0;
}

/* ---- sync ------------------------------------------------------------------------------------ */

static int check_remote_secrets(struct lane *lane, struct error **err)
{
    const struct steps *s = lane->steps;
    struct kube_ref ref = {"v1", "Secret", s->mesh->istio_namespace, NULL};
    json_auto_t *secrets = NULL;
    if (kube_list(lane->client, &ref, MESH_MULTICLUSTER_LABEL "=true", NULL, &secrets, err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count; i++) {
        const char *cluster = s->lanes[i].member->cluster;
        json_t *secret;
        size_t j;
        bool found = false;
        if (&s->lanes[i] == lane)
            continue;
        json_array_foreach(secrets, j, secret)
            found = found || json_dig_str(secret, "data", cluster, NULL);
        if (!found)
            finding_bad(lane, "MC402", "Secret with the key " MESH_MULTICLUSTER_LABEL,
                        "%s has none for %s", lane_name(lane), cluster);
    }
    return 0;
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

int step_verify_cluster(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    size_t first = finding_count(lane);
    if (check_trust(lane, err) < 0)
        return -1;
    if (check_gateway_service(lane, err) < 0 || check_gateway_pods(lane, err) < 0)
        return -1;
    if (lane->steps->lanes_count > 1) {
        if (check_exposed(lane, err) < 0 || check_remote_secrets(lane, err) < 0)
            return -1;
        /* Waiting for what cannot come is no use: say what is wrong at once. */
        if (!finding_count_bad(lane) && check_sync(lane, err) < 0)
            return -1;
    }
    plan_result(task, "%zu checks", finding_count(lane) - first);
    return finding_conclude(lane, first, err);
}
