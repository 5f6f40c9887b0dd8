/* Bookinfo as proof: who answers, and over which endpoints. Envoy's retries hide a dead remote
 * cluster behind answers of the local one, so an answer from every cluster is demanded, and stars
 * from those whose call to ratings must come back through the first cluster's gateway. */
#include "finding.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/proxy.h"
#include "meshctl/probe/traffic.h"

#define SETTLE_MS 20000 /* for routes and endpoints to reach the proxies */
#define SETTLE_POLL_MS 200
#define SETTLE_BATCH 4 /* requests a look, for each cluster */
#define MESHED_PORT 15443
#define SAMPLE_PORT 9080
#define REQUESTS_DEFAULT 40
#define REQUESTS_ENOUGH 5 /* answers of each cluster that are "often enough" */

static char *cluster_name_dup(const struct lane *lane)
{
    return mem_printf("outbound|9080||reviews.%s.svc.cluster.local",
                      lane->steps->mesh->bookinfo_namespace);
}

/* The way in, for a run that did not make the gateway itself. */
static int find_ingress(struct lane *lane, struct error **err)
{
    const struct lane_release *r = &lane->releases[MESH_INGRESS];
    struct kube_ref ref = {"v1", "Service", r->namespace_, r->name};
    json_auto_t *service = NULL;
    if (lane->ingress_address)
        return 0;
    if (kube_get_opt(lane->client, &ref, &service, err) < 0)
        return -1;
    const char *address = service ? kube_service_address(service) : NULL;
    if (!address) {
        error_set(err, ERROR_CHECK, "%s: Service %s/%s has no address", lane_name(lane),
                  ref.namespace_, ref.name);
        error_id(err, "MC502");
        return error_hint(err, "run meshctl gateway first");
    }
    lane->ingress_address = mem_strdup(address);
    return 0;
}

static int pause_for(struct lane *lane, int64_t start, const struct traffic *seen,
                     struct error **err)
{
    AUTO_FREE char *text = traffic_text_dup(seen);
    plan_waiting(lane->task, clock_now_ms() - start, SETTLE_MS, "answers so far: %s", text);
    if (clock_sleep(SETTLE_POLL_MS, lane->steps->options.cancel) == 0)
        return 0;
    return error_set(err, ERROR_CANCELLED, "%s: interrupted while sending requests",
                     lane_name(lane));
}

/* ---- endpoints ------------------------------------------------------------------------------- */

/* Addresses of the reviews pods of this cluster. */
static int local_pods(struct lane *lane, struct strlist *out, struct error **err)
{
    struct kube_ref ref = {"v1", "Pod", lane->steps->mesh->bookinfo_namespace, NULL};
    json_auto_t *pods = NULL;
    json_t *pod;
    size_t i;
    if (kube_list(lane->client, &ref, "app=reviews", NULL, &pods, err) < 0)
        return -1;
    json_array_foreach(pods, i, pod) {
        const char *ip = json_dig_str(pod, "status", "podIP", NULL);
        if (ip && !json_dig(pod, "metadata", "deletionTimestamp", NULL))
            strlist_add(out, ip);
    }
    return 0;
}

static bool has_gateway(const json_t *endpoints, const char *address)
{
    size_t i;
    json_t *e;
    json_array_foreach(endpoints, i, e)
        if (json_dig_int(e, 0, "port", NULL) == MESHED_PORT &&
            text_equal(json_dig_str(e, "address", NULL), address))
            return true;
    return false;
}

/* A gateway known by a host name stands among the endpoints with the address
 * that istiod resolved. */
static bool is_ip(const char *address)
{
    return strspn(address, "0123456789.") == strlen(address) || strchr(address, ':');
}

/* What is wrong with the endpoints that a proxy has, or NULL. `gateways`: whether other clusters'
 * gateways must be among them. Yours to free. */
static char *endpoints_problem_dup(const struct lane *lane, const json_t *endpoints,
                                   const struct strlist *pods, bool gateways)
{
    const struct steps *s = lane->steps;
    size_t i, local = 0;
    json_t *e;
    json_array_foreach(endpoints, i, e) {
        const char *address = json_dig_str(e, "address", NULL);
        json_int_t port = json_dig_int(e, 0, "port", NULL);
        if (port == MESHED_PORT && gateways)
            continue;
        if (port != SAMPLE_PORT || !strlist_has(pods, address))
            return mem_printf("%s:%lld, which is no pod of %s and no gateway", address,
                              (long long)port, lane_name(lane));
        local++;
    }
    if (local == 0)
        return mem_strdup("no pod of its own");
    for (i = 0; gateways && i < s->lanes_count; i++) {
        const struct lane *peer = &s->lanes[i];
        if (peer != lane && peer->eastwest_address && is_ip(peer->eastwest_address) &&
            !has_gateway(endpoints, peer->eastwest_address))
            return mem_printf("no gateway of %s (%s:%d)", lane_name(peer), peer->eastwest_address,
                              MESHED_PORT);
    }
    return NULL;
}

static void report_endpoints(struct lane *lane, const char *proxy, const json_t *endpoints)
{
    size_t i;
    json_t *e;
    json_array_foreach(endpoints, i, e) {
        json_t *row = json_pack("{s:s, s:s}", "cluster", lane_name(lane), "proxy", proxy);
        json_object_update(row, e);
        json_array_append_new(lane->endpoints, row);
    }
}

/* Reads them until they are right or the time to settle is over. */
static int check_endpoints(struct lane *lane, const char *namespace_, const char *selector,
                           const char *proxy, bool gateways, struct error **err)
{
    AUTO_STRLIST proxies = STRLIST_INIT, pods = STRLIST_INIT;
    AUTO_FREE char *cluster = cluster_name_dup(lane);
    int64_t start = clock_now_ms();
    if (proxy_pods(lane->client, namespace_, selector, &proxies, err) < 0 ||
        local_pods(lane, &pods, err) < 0)
        return -1;
    if (!proxies.count) {
        finding_bad(lane, "MC703", "a ready pod", "none of %s in namespace %s", selector,
                    namespace_);
        return 0;
    }
    for (;;) {
        json_auto_t *endpoints = NULL;
        if (proxy_endpoints(lane->client, namespace_, proxies.items[0], cluster, &endpoints, err) <
            0)
            return -1;
        AUTO_FREE char *problem = endpoints_problem_dup(lane, endpoints, &pods, gateways);
        if (!problem) {
            report_endpoints(lane, proxy, endpoints);
            finding_ok(lane, "MC703", "%zu endpoints of reviews in %s", json_array_size(endpoints),
                       proxy);
            return 0;
        }
        if (clock_now_ms() - start >= SETTLE_MS) {
            report_endpoints(lane, proxy, endpoints);
            finding_bad(lane, "MC703",
                        gateways ? "own pods:9080 and other clusters' gateways:15443"
                                 : "own pods:9080",
                        "in %s %s", proxy, problem);
            return 0;
        }
        plan_waiting(lane->task, clock_now_ms() - start, SETTLE_MS, "%s has %s", proxy, problem);
        if (clock_sleep(SETTLE_POLL_MS, lane->steps->options.cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "%s: interrupted while reading endpoints",
                             lane_name(lane));
    }
}

static int check_page_endpoints(struct lane *lane, bool gateways, struct error **err)
{
    return check_endpoints(lane, lane->steps->mesh->bookinfo_namespace, "app=productpage",
                           "productpage", gateways, err);
}

/* In the other clusters: what their east-west gateway passes to. */
int task_verify_sample(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct lane_release *r = &lane->releases[MESH_EASTWEST];
    size_t first = finding_count(lane);
    AUTO_FREE char *selector = mem_printf("app=%s", r->name);
    if (check_endpoints(lane, r->namespace_, selector, r->name, false, err) < 0)
        return -1;
    plan_result(task, "%zu checks", finding_count(lane));
    return finding_conclude(lane, first, err);
}

/* ---- answers --------------------------------------------------------------------------------- */

static bool all_answered(const struct steps *s, const struct traffic *t)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (traffic_from(t, s->lanes[i].member->cluster) == 0)
            return false;
    return true;
}

/* Sends a few requests at a time until what is wanted was seen without a failure, or
 * time is over. */
static int settle(struct lane *lane, bool all_clusters, struct traffic *last, struct error **err)
{
    int64_t start = clock_now_ms();
    for (;;) {
        traffic_release(last);
        if (traffic_send(lane->ingress_address, SETTLE_BATCH * (unsigned)lane->steps->lanes_count,
                         lane->steps->options.cancel, last, err) < 0)
            return -1;
        bool clean = last->failed == 0 && last->no_stars == 0;
        if (clean && (!all_clusters || all_answered(lane->steps, last)))
            return 0;
        if (clock_now_ms() - start >= SETTLE_MS)
            return 0;
        if (pause_for(lane, start, last, err) < 0)
            return -1;
    }
}

static void judge(struct lane *lane, const struct traffic *t, bool all_clusters)
{
    const struct steps *s = lane->steps;
    AUTO_FREE char *text = traffic_text_dup(t);
    size_t before = finding_count_bad(lane);
    if (t->failed)
        finding_bad(lane, "MC702", "every request answered", "%u of %u failed: %s", t->failed,
                    t->requests, text);
    for (size_t i = 0; i < s->lanes_count; i++) {
        const char *cluster = s->lanes[i].member->cluster;
        unsigned n = traffic_from(t, cluster);
        bool wanted = all_clusters || i == lane->index;
        AUTO_FREE char *want = mem_printf("answers from %s", cluster);
        if (wanted && n == 0)
            finding_bad(lane, "MC701", want, "%u requests: %s", t->requests, text);
        if (!wanted && n)
            finding_bad(lane, "MC701", "answers from this cluster only", "%s", text);
    }
    if (t->no_stars)
        finding_bad(lane, "MC704", "stars in every answer", "%u of %u without", t->no_stars,
                    t->requests);
    if (finding_count_bad(lane) == before)
        finding_ok(lane, "MC701", "%u requests: %s", t->requests, text);
}

/* At least as many requests as asked for, on until every cluster was seen often enough, with a
 * limit. */
static int measure(struct lane *lane, unsigned wanted, bool all_clusters, struct traffic *t,
                   struct error **err)
{
    const struct steps *s = lane->steps;
    for (unsigned sent = 0; sent < wanted * 3; sent += wanted) {
        if (traffic_send(lane->ingress_address, wanted, lane->steps->options.cancel, t, err) < 0)
            return -1;
        bool enough = true;
        for (size_t i = 0; all_clusters && i < s->lanes_count; i++)
            enough = enough && traffic_from(t, s->lanes[i].member->cluster) >= REQUESTS_ENOUGH;
        if (enough || t->failed)
            break;
    }
    return 0;
}

static int verify_answers(struct lane *lane, unsigned requests, bool all_clusters,
                          struct error **err)
{
    AUTO_TRAFFIC t = {0};
    if (settle(lane, all_clusters, &t, err) < 0)
        return -1;
    /* When it has not settled, the last look is the finding; more requests would say the same. */
    if (t.failed == 0 && t.no_stars == 0) {
        traffic_release(&t);
        if (measure(lane, requests, all_clusters, &t, err) < 0 ||
            traffic_page(lane->ingress_address, lane->steps->options.cancel, err) < 0)
            return -1;
    }
    judge(lane, &t, all_clusters);
    json_decref(lane->traffic);
    lane->traffic = traffic_json(&t);
    AUTO_FREE char *text = traffic_short_dup(&t);
    plan_result(lane->task, "%s", text);
    return 0;
}

/* The first cluster before it knows the others. */
int task_verify_alone(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct kube_ref ref = {"v1", "Secret", lane->steps->mesh->istio_namespace, NULL};
    json_auto_t *linked = NULL;
    if (kube_list(lane->client, &ref, MESH_MULTICLUSTER_LABEL "=true", NULL, &linked, err) < 0)
        return -1;
    if (json_array_size(linked)) {
        plan_result(task, "already linked");
        return 0;
    }
    size_t first = finding_count(lane);
    if (find_ingress(lane, err) < 0 || verify_answers(lane, 10, false, err) < 0 ||
        check_page_endpoints(lane, false, err) < 0)
        return -1;
    if (finding_conclude(lane, first, err) < 0)
        return -1;
    /* What counts in the end is the mesh; this part said its own line. */
    json_array_clear(lane->checks);
    json_array_clear(lane->endpoints);
    return 0;
}

int task_verify_traffic(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    unsigned requests = lane->steps->options.requests;
    size_t first = finding_count(lane);
    bool several = lane->steps->lanes_count > 1;
    if (find_ingress(lane, err) < 0 || check_page_endpoints(lane, several, err) < 0)
        return -1;
    if (verify_answers(lane, requests ? requests : REQUESTS_DEFAULT, several, err) < 0)
        return -1;
    return finding_conclude(lane, first, err);
}
