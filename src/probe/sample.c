/* Bookinfo as proof: its proxies are asked for their endpoints, requests are sent through its
 * ingress. */
#include "meshctl/probe/sample.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gateways.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "sample_judge.h"
#include "settle.h"

#define QUIET_MS 20000 /* routes and endpoints reach proxies within seconds, or do not */
#define POLL_MS 200
#define SETTLE_BATCH 4    /* requests a look, for each cluster */
#define REQUESTS_ENOUGH 5 /* answers of each cluster that are "often enough" */
#define MAX_ROUNDS 3      /* of as many requests as asked for */

/* ---- endpoints ------------------------------------------------------------------------------- */

static void add_pod(json_t *pods, const char *name, const char *cluster)
{
    const json_t *known = json_object_get(pods, name);
    bool is_doubled = known && !text_equal(json_string_value(known), cluster);
    json_object_set_new(pods, name, cluster && !is_doubled ? json_string(cluster) : json_null());
}

void probe_sample_add_pods(json_t *pods, json_t *others)
{
    const char *name;
    json_t *cluster;
    json_object_foreach(others, name, cluster)
        add_pod(pods, name, json_string_value(cluster));
}

/* The reviews pods of this cluster: their addresses, and their names for the probe. */
static int local_pods(struct probe *p, struct strlist *out, struct error **err)
{
    struct kube_ref ref = {"v1", "Pod", p->mesh->bookinfo_namespace, NULL};
    json_auto_t *pods = NULL;
    json_t *pod, *row;
    size_t i, j;
    if (kube_list(p->client, &ref, "app=reviews", NULL, &pods, err) < 0)
        return -1;
    json_array_foreach(pods, i, pod) {
        const char *name = json_dig_str(pod, "metadata", "name", NULL);
        if (name)
            add_pod(p->pods, name, probe_member(p)->cluster);
        if (json_dig(pod, "metadata", "deletionTimestamp", NULL))
            continue;
        /* Of both families, where there are two. */
        json_array_foreach(json_dig(pod, "status", "podIPs", NULL), j, row) {
            const char *ip = json_dig_str(row, "ip", NULL);
            if (ip)
                strlist_add(out, ip);
        }
    }
    return 0;
}

static void report_endpoints(struct probe *p, const char *proxy, const json_t *endpoints)
{
    size_t i;
    json_t *e;
    json_array_foreach(endpoints, i, e) {
        json_t *row = json_pack("{s:s, s:s}", "cluster", probe_name(p), "proxy", proxy);
        json_object_update(row, e);
        json_array_append_new(p->endpoints, row);
    }
}

static int read_until_right(struct probe *p, const json_t *pod, const struct strlist *pods,
                            enum sample_view view, json_t **ret_endpoints, char **ret_problem,
                            struct error **err)
{
    AUTO_FREE char *cluster =
        mem_printf("outbound|9080||reviews.%s.svc.cluster.local", p->mesh->bookinfo_namespace);
    AUTO_SETTLE settle = {.probe = p, .quiet_ms = QUIET_MS, .poll_ms = POLL_MS};
    for (bool again = true; again;) {
        json_auto_t *endpoints = NULL;
        if (proxy_endpoints(p->client, json_dig_str(pod, "metadata", "namespace", NULL),
                            json_dig_str(pod, "metadata", "name", NULL), cluster, &endpoints,
                            err) < 0)
            return -1;
        AUTO_FREE char *problem = sample_endpoints_problem_dup(p, endpoints, pods, view);
        again = false;
        if (problem && settle_wait(&settle, problem, &again, err) < 0)
            return -1;
        if (again)
            continue;
        *ret_endpoints = TAKE(endpoints);
        *ret_problem = TAKE(problem);
    }
    return 0;
}

/* `proxy` stands for the pods in texts and tables. */
static int check_endpoints(struct probe *p, const char *namespace_, const char *selector,
                           const char *proxy, const struct strlist *pods, enum sample_view view,
                           struct error **err)
{
    static const char *const wanted[] = {
        [SAMPLE_ALONE] = "own pods:9080",
        [SAMPLE_WORKLOAD] =
            "own pods:9080, other clusters' gateways:15443 or pods of the same network",
        [SAMPLE_GATEWAY] = "pods:9080 of its own network",
    };
    json_auto_t *proxies = NULL, *endpoints = NULL;
    AUTO_FREE char *problem = NULL;
    if (proxy_pods(p->client, namespace_, selector, &proxies, err) < 0)
        return -1;
    if (!json_array_size(proxies)) {
        finding_bad(p, "MC703", "a ready pod", "none of %s in namespace %s", selector, namespace_);
        return 0;
    }
    if (read_until_right(p, json_array_get(proxies, 0), pods, view, &endpoints, &problem, err) < 0)
        return -1;
    report_endpoints(p, proxy, endpoints);
    if (problem)
        finding_bad(p, "MC703", wanted[view], "in %s %s", proxy, problem);
    else
        finding_ok(p, "MC703", "%zu endpoints of reviews in %s", json_array_size(endpoints), proxy);
    return 0;
}

int probe_sample_page(struct probe *p, bool alone, struct error **err)
{
    AUTO_STRLIST pods = STRLIST_INIT;
    if (local_pods(p, &pods, err) < 0)
        return -1;
    return check_endpoints(p, p->mesh->bookinfo_namespace, "app=productpage", "productpage", &pods,
                           alone ? SAMPLE_ALONE : SAMPLE_WORKLOAD, err);
}

int probe_sample_gateway(struct probe *p, struct error **err)
{
    const json_t *service = gateways_network_service(p, p->at);
    AUTO_FREE char *selector = gateways_selector_dup(json_dig(service, "spec", "selector", NULL));
    AUTO_STRLIST pods = STRLIST_INIT;
    if (local_pods(p, &pods, err) < 0)
        return -1;
    /* Without either, the cluster's own findings say what is wrong. */
    if (!*selector)
        return 0;
    struct kube_ref ref = kube_ref_of(service);
    return check_endpoints(p, ref.namespace_, selector, ref.name, &pods, SAMPLE_GATEWAY, err);
}

/* ---- the way in ------------------------------------------------------------------------------ */

/* The port of a Gateway's first server that takes plain HTTP, 0 without one. */
static unsigned http_port(const json_t *gateway)
{
    size_t i;
    json_t *server;
    json_array_foreach(json_dig(gateway, "spec", "servers", NULL), i, server) {
        json_int_t number = json_dig_int(server, 0, "port", "number", NULL);
        if (text_equal(json_dig_str(server, "port", "protocol", NULL), "HTTP") && number > 0 &&
            number <= 65535)
            return (unsigned)number;
    }
    return 0;
}

void sample_ways_release(struct sample_ways *ways)
{
    strlist_release(&ways->addresses);
}

static int add_ways(struct probe *p, const json_t *gateway, struct sample_ways *ways,
                    struct error **err)
{
    json_auto_t *services = NULL;
    json_t *service;
    size_t i;
    if (gateways_services(p, json_dig(gateway, "spec", "selector", NULL), &services, err) < 0)
        return -1;
    json_array_foreach(services, i, service) {
        AUTO_STRLIST addresses = STRLIST_INIT;
        unsigned port = sample_service_port(service, http_port(gateway));
        if (!port)
            continue;
        kube_service_addresses(service, &addresses);
        for (size_t a = 0; a < addresses.count; a++)
            strlist_add_take(&ways->addresses, sample_authority_dup(addresses.items[a], port));
        ways->is_fresh |= gateways_is_fresh_name(service, time(NULL));
    }
    return 0;
}

int probe_sample_ways(struct probe *p, struct sample_ways *ret_ways, struct error **err)
{
    struct kube_ref ref = {"networking.istio.io/v1beta1", "Gateway", p->mesh->bookinfo_namespace,
                           NULL};
    MC_CLEANUP(sample_ways_release) struct sample_ways ways = {0};
    json_auto_t *gateways = NULL;
    json_t *gateway;
    size_t i, found = 0;
    if (kube_list(p->client, &ref, NULL, NULL, &gateways, err) < 0)
        return -1;
    json_array_foreach(gateways, i, gateway) {
        if (!http_port(gateway))
            continue;
        found++;
        if (add_ways(p, gateway, &ways, err) < 0)
            return -1;
    }
    if (ways.addresses.count) {
        *ret_ways = ways;
        ways = (struct sample_ways){0};
        return 0;
    }
    if (found) {
        error_set(err, ERROR_CHECK,
                  "%s: no Service with an address leads to the pods of the sample's Gateway",
                  probe_name(p));
        error_id(err, "MC502");
        return error_hint(err, "meshctl gateway with the same flags, or give the Service of the "
                               "Gateway's pods an address");
    }
    error_set(err, ERROR_CHECK, "%s: no Gateway in namespace %s takes HTTP", probe_name(p),
              ref.namespace_);
    error_id(err, "MC702");
    return error_hint(err, "the sample needs one: Istio's bookinfo-gateway.yaml, or meshctl up "
                           "--bookinfo");
}

/* ---- answers --------------------------------------------------------------------------------- */

/* Sends a few requests at a time until what is wanted was seen without a failure, or nothing changes
 * any more. An address that answers nothing (the other family of a dual-stack load balancer, which this
 * machine may not reach) gives way to the next one. */
static int settle(struct probe *p, const struct sample_ways *ways, bool alone, struct traffic *last,
                  size_t *used, struct error **err)
{
    AUTO_SETTLE settle = {.probe = p, .poll_ms = POLL_MS};
    size_t tried = 0;
    for (bool again = true; again;) {
        traffic_release(last);
        if (traffic_send(ways->addresses.items[*used],
                         SETTLE_BATCH * (unsigned)p->mesh->members_count, p->pods, p->cancel, last,
                         err) < 0)
            return -1;
        AUTO_FREE char *problem = sample_answers_problem_dup(p, last, alone);
        bool is_deaf = last->failed == last->requests;
        if (!problem)
            return 0;
        if (is_deaf) {
            *used = (*used + 1) % ways->addresses.count;
            if (++tried % ways->addresses.count)
                continue;
        }
        settle.quiet_ms = is_deaf && ways->is_fresh ? -1 : QUIET_MS;
        if (settle_wait(&settle, problem, &again, err) < 0)
            return -1;
    }
    return 0;
}

/* At least as many requests as asked for, on until every cluster was seen often enough, with a
 * limit. */
static int measure(struct probe *p, const char *ingress, unsigned wanted, bool alone,
                   struct traffic *t, struct error **err)
{
    for (unsigned round = 0; round < MAX_ROUNDS; round++) {
        if (traffic_send(ingress, wanted, p->pods, p->cancel, t, err) < 0)
            return -1;
        bool enough = true;
        for (size_t i = 0; !alone && i < p->mesh->members_count; i++)
            if (i == p->at || probe_has_peer(p, i))
                enough = enough && traffic_from(t, p->mesh->members[i].cluster) >= REQUESTS_ENOUGH;
        if (enough || t->failed)
            break;
    }
    return 0;
}

int probe_sample_answers(struct probe *p, const struct sample_ways *ways, unsigned requests,
                         bool alone, struct traffic *t, const char **ret_used, struct error **err)
{
    size_t used = 0;
    if (settle(p, ways, alone, t, &used, err) < 0)
        return -1;
    const char *ingress = ways->addresses.items[used];
    /* When it has not settled, the last look is the finding; more requests would say the same. */
    if (t->failed == 0 && t->no_stars == 0) {
        traffic_release(t);
        if (measure(p, ingress, requests, alone, t, err) < 0 ||
            traffic_page(ingress, p->cancel, err) < 0)
            return -1;
    }
    sample_judge_answers(p, t, alone);
    *ret_used = ingress;
    return 0;
}
