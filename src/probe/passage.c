/* Tries the way in through the east-west gateway, and reads from proxies' counters how the way out
 * goes. */
#include "passage.h"

#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "eastwest.h"
#include "exposure.h"
#include "flat.h"
#include "gateways.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/proxy.h"
#include "shown.h"
#include "spans.h"

#define MAX_GATEWAYS 3 /* of each sort that are asked */
#define MAX_WORKLOADS 2
#define MAX_CANDIDATES 3
#define AGAIN_MS 500 /* between two readings of counters */
#define PORT 15443

/* ---- what a gateway passes on ---------------------------------------------------------------- */

const char *passage_host(const char *cluster)
{
    struct counters_name name;
    return cluster && counters_parse_name(cluster, &name) && name.is_passed_on ? name.host : NULL;
}

static bool server_names(const json_t *server, const char *host)
{
    return json_dig_int(server, 0, "port", "number", NULL) == PORT &&
           text_equal(json_dig_str(server, "tls", "mode", NULL), "AUTO_PASSTHROUGH") &&
           exposure_covers(server, host);
}

bool passage_is_exposed(const json_t *gateways, const json_t *pod, const char *host)
{
    size_t i, k;
    json_t *gateway, *server;
    json_array_foreach(gateways, i, gateway) {
        if (!gateways_selects(json_dig(gateway, "spec", "selector", NULL), pod))
            continue;
        json_array_foreach(json_dig(gateway, "spec", "servers", NULL), k, server)
            if (server_names(server, host))
                return true;
    }
    return false;
}

static bool has_healthy_endpoint(const json_t *status)
{
    size_t i;
    json_t *host;
    json_array_foreach(json_object_get(status, "host_statuses"), i, host)
        if (text_equal(json_dig_str(host, "health_status", "eds_health_status", NULL), "HEALTHY"))
            return true;
    return false;
}

void passage_candidates(const json_t *clusters, const json_t *gateways, const json_t *pod,
                        size_t max, struct strlist *names)
{
    size_t i;
    json_t *status;
    json_array_foreach(json_object_get(clusters, "cluster_statuses"), i, status) {
        const char *name = json_dig_str(status, "name", NULL);
        const char *host = passage_host(name);
        if (names->count < max && host && has_healthy_endpoint(status) &&
            passage_is_exposed(gateways, pod, host))
            strlist_add(names, name);
    }
}

/* ---- asking ---------------------------------------------------------------------------------- */

static bool is_eastwest(const struct probe *p, const json_t *pod)
{
    const json_t *service = gateways_network_service(p, p->at);
    return service && text_equal(namespace_of(service), namespace_of(pod)) &&
           gateways_selects(json_dig(service, "spec", "selector", NULL), pod);
}

static bool is_gateway(const struct wire_pods *pods, const char *name, const char *namespace_)
{
    size_t i;
    json_t *pod;
    json_array_foreach(pods->gateways, i, pod)
        if (text_equal(name_of(pod), name) && text_equal(namespace_of(pod), namespace_))
            return true;
    return false;
}

/* Some that are connected to the mesh's istiod and are no gateways. */
static void add_workloads(struct passage *x, struct questions *q)
{
    const char *proxy;
    json_t *istiod;
    size_t added = 0;
    json_object_foreach((json_t *)x->pods->connected, proxy, istiod) {
        const char *dot = strrchr(proxy, '.');
        if (added == MAX_WORKLOADS || !dot ||
            !text_equal(json_string_value(istiod), x->probe->mesh->istio_namespace))
            continue;
        AUTO_FREE char *name = mem_strndup(proxy, (size_t)(dot - proxy));
        if (is_gateway(x->pods, name, dot + 1))
            continue;
        json_auto_t *pod =
            json_pack("{s:{s:s, s:s}}", "metadata", "name", name, "namespace", dot + 1);
        questions_add(q, pod, PROXY_ENVOY_PORT, PROXY_CLUSTERS, NULL);
        added++;
    }
}

static void add_gateways(struct passage *x, struct questions *q, bool eastwest)
{
    size_t i, added = 0;
    json_t *pod;
    json_array_foreach(x->pods->gateways, i, pod) {
        if (is_eastwest(x->probe, pod) != eastwest || added == MAX_GATEWAYS)
            continue;
        questions_add(q, pod, PROXY_ENVOY_PORT, PROXY_CLUSTERS, NULL);
        added++;
    }
}

void passage_begin(struct passage *x, struct probe *p, const struct wire_pods *pods,
                   struct questions *q)
{
    *x = (struct passage){.probe = p, .pods = pods, .first = q->count};
    if (p->mesh->members_count < 2)
        return;
    add_gateways(x, q, true);
    add_gateways(x, q, false);
    add_workloads(x, q);
    x->count = q->count - x->first;
}

/* NULL when there was no answer, which others tell of. New reference. */
static json_t *answer_of(const struct questions *q, size_t at)
{
    const struct kube_forward_ask *ask = &q->asks[at];
    AUTO_ERROR struct error *unread = NULL;
    json_t *value = NULL;
    if (ask->error ||
        json_read(buf_str(&ask->answer), ask->answer.len, "clusters", &value, &unread) < 0)
        return NULL;
    return value;
}

/* ---- the way in ------------------------------------------------------------------------------ */

/* Where the Service's port for the peers leads in its pods; as the chart has it where that is not said. */
static unsigned pod_port(const struct probe *p)
{
    json_int_t port = eastwest_pod_port(gateways_network_service(p, p->at));
    return port > 0 ? (unsigned)port : PORT;
}

struct way_in {
    struct probe *p;
    const struct ca_roots *roots;
    const char *anchors;
    struct questions looks; /* every candidate at every gateway */
    struct strlist candidates;
};

static void way_in_release(struct way_in *w)
{
    questions_release(&w->looks);
    strlist_release(&w->candidates);
}

static int try_way_in(struct way_in *w, const json_t *pods, json_t *clusters, struct error **err)
{
    const struct facts *f = probe_facts(w->p);
    size_t i;
    json_t *pod;
    way_in_release(w);
    w->looks = (struct questions){0};
    w->candidates = (struct strlist)STRLIST_INIT;
    passage_candidates(clusters, f->gateways, json_array_get(pods, 0), MAX_CANDIDATES,
                       &w->candidates);
    json_array_foreach(pods, i, pod)
        for (size_t k = 0; k < w->candidates.count; k++)
            questions_add(&w->looks, pod, pod_port(w->p), NULL, w->candidates.items[k]);
    return questions_ask(&w->looks, w->p->client, err);
}

/* The first reason for which a gateway let nothing through; NULL: each has let something through. */
static const struct kube_forward_ask *closed_way(const struct way_in *w)
{
    for (size_t at = 0; at < w->looks.count; at += w->candidates.count) {
        bool passes = false;
        for (size_t k = 0; k < w->candidates.count; k++)
            passes = passes || !w->looks.asks[at + k].error;
        if (!passes)
            return &w->looks.asks[at];
    }
    return NULL;
}

/* Whoever is behind a Service gets a new certificate by a restart. */
static void fix_workloads(struct probe *p, const char *host)
{
    const struct facts_traffic *t = probe_facts(p)->traffic;
    AUTO_STRLIST commands = STRLIST_INIT;
    size_t i, k;
    json_t *pod;
    for (i = 0; t && i < t->by_name_count; i++) {
        const struct facts_service *s = &t->by_name[i];
        const json_t *selector = json_dig(s->object, "spec", "selector", NULL);
        if (!text_equal(s->host, host) || !json_object_size(selector))
            continue;
        json_array_foreach(t->pods, k, pod)
            if (commands.count < GATEWAYS_MAX_RESTARTS && gateways_selects(selector, pod) &&
                text_equal(json_dig_str(pod, "metadata", "namespace", NULL), s->namespace_))
                gateways_add_restart(&commands, pod);
    }
    if (commands.count)
        gateways_fix_by_restart(p, &commands);
    else
        finding_fix(p, "restart it: kubectl rollout restart of what is behind Service %s", host);
}

static void judge_shown(const struct way_in *w)
{
    AUTO_FREE char *wanted = ca_roots_text_dup(w->roots);
    AUTO_STRLIST told = STRLIST_INIT;
    for (size_t i = 0; i < w->looks.count; i++) {
        const struct kube_forward_ask *ask = &w->looks.asks[i];
        struct shown_wanted wants = {.roots = w->roots, .anchors = w->anchors, .now = time(NULL)};
        AUTO_FREE char *text = NULL;
        if (ask->error || strlist_has(&told, ask->server_name))
            continue;
        enum shown shown = shown_judge(&wants, buf_str(&ask->answer), ask->answer.len, &text);
        if (shown == SHOWN_GOOD)
            continue;
        strlist_add(&told, ask->server_name);
        finding_bad(w->p, shown == SHOWN_TIME ? "MC213" : "MC212", wanted, "a workload of %s: %s",
                    passage_host(ask->server_name), text);
        fix_workloads(w->p, passage_host(ask->server_name));
    }
}

static void report_way_in(struct way_in *w, const json_t *pods)
{
    const struct kube_forward_ask *closed = closed_way(w);
    if (!w->candidates.count)
        return;
    if (closed) {
        AUTO_FREE char *names = strlist_join_dup(&w->candidates, ", ");
        finding_bad(w->p, "MC521", "what it has endpoints of, passed on", "%s; tried: %s",
                    closed->error->message, names);
        return;
    }
    finding_ok(w->p, "MC521", "%zu services tried through %zu pods", w->candidates.count,
               json_array_size(pods));
    judge_shown(w);
}

static int ask_again(struct probe *p, json_t *pod, json_t **ret_clusters, struct error **err)
{
    AUTO_QUESTIONS again = {0};
    questions_add(&again, pod, PROXY_ENVOY_PORT, PROXY_CLUSTERS, NULL);
    if (questions_ask(&again, p->client, err) < 0)
        return -1;
    *ret_clusters = answer_of(&again, 0);
    return 0;
}

/* Through each pod of the gateway, which go to `pods`. */
static int try_ways_in(struct passage *x, const struct questions *q, struct way_in *w, json_t *pods,
                       struct error **err)
{
    json_auto_t *clusters = NULL, *newer = NULL;
    for (size_t i = 0; i < x->count; i++) {
        json_t *pod = json_array_get(q->pods, x->first + i);
        if (!is_eastwest(x->probe, pod))
            continue;
        json_array_append(pods, pod);
        if (!clusters)
            clusters = answer_of(q, x->first + i);
    }
    if (!clusters)
        return 0;
    if (try_way_in(w, pods, clusters, err) < 0)
        return -1;
    /* A workload that has just ended is known for a moment longer. */
    if (!closed_way(w))
        return 0;
    if (clock_sleep(AGAIN_MS, x->probe->cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "%s: interrupted", probe_name(x->probe));
    if (ask_again(x->probe, json_array_get(pods, 0), &newer, err) < 0)
        return -1;
    return newer ? try_way_in(w, pods, newer, err) : 0;
}

/* ---- the way out ----------------------------------------------------------------------------- */

static bool is_on_way(const json_t *host, const json_t *way)
{
    const json_t *at = json_dig(host, "address", "socket_address", NULL);
    const json_t *pods = json_object_get(way, "pods");
    const char *address = json_dig_str(at, "address", NULL);
    if (pods)
        return address && json_object_get(pods, address);
    return text_equal(address, json_dig_str(way, "address", NULL)) &&
           json_dig_int(at, 0, "port_value", NULL) == json_dig_int(way, 0, "port", NULL);
}

struct passage_counts passage_count(const json_t *clusters, const json_t *way)
{
    struct passage_counts counts = {0};
    size_t i, k;
    json_t *status, *host;
    json_array_foreach(json_object_get(clusters, "cluster_statuses"), i, status)
        json_array_foreach(json_object_get(status, "host_statuses"), k, host) {
            if (!is_on_way(host, way))
                continue;
            counts.tried += counters_stat(host, "cx_total");
            counts.failed += counters_stat(host, "cx_connect_fail");
        }
    return counts;
}

/* Where the peers are reached: {peer, address, port}, those that are no names, or on one network {peer,
 * pods}, an object with their addresses. New reference. */
static json_t *ways_out(const struct probe *p)
{
    json_t *ways = json_array(), *service;
    size_t k;
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        const struct mesh_member *peer = &p->mesh->members[i];
        if (i == p->at || !p->facts[i])
            continue;
        if (flat_goes_direct(p, i)) {
            if (p->facts[i]->addresses)
                json_array_append_new(ways, json_pack("{s:s, s:O}", "peer", peer->name, "pods",
                                                      p->facts[i]->addresses));
            continue;
        }
        json_array_foreach(p->facts[i]->network_services, k, service) {
            AUTO_STRLIST addresses = STRLIST_INIT;
            if (!text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                            peer->network))
                continue;
            kube_service_addresses(service, &addresses);
            for (size_t a = 0; a < addresses.count; a++)
                json_array_append_new(ways, json_pack("{s:s, s:s, s:I}", "peer", peer->name,
                                                      "address", addresses.items[a], "port",
                                                      eastwest_reached_port(service)));
        }
    }
    return ways;
}

static bool any_has_failed(const struct passage *x, json_t *const *answers, const json_t *ways)
{
    size_t k;
    json_t *way;
    for (size_t i = 0; i < x->count; i++)
        json_array_foreach(ways, k, way)
            if (passage_count(answers[i], way).failed)
                return true;
    return false;
}

/* "172.30.2.11:15443, the gateway of east,": yours to free. */
static char *way_end_dup(const json_t *way)
{
    const char *peer = json_dig_str(way, "peer", NULL);
    if (json_object_get(way, "pods"))
        return mem_printf("pods of %s, on the same network,", peer);
    return mem_printf("%s:%lld, the gateway of %s,", json_dig_str(way, "address", NULL),
                      (long long)json_dig_int(way, 0, "port", NULL), peer);
}

/* The first proxy whose failures have grown; whether there was one. */
static bool report_growth(struct passage *x, const struct questions *q, json_t *const *before,
                          json_t *const *after, const json_t *way)
{
    for (size_t i = 0; i < x->count; i++) {
        struct passage_counts then = passage_count(before[i], way);
        struct passage_counts now = passage_count(after[i], way);
        const json_t *pod = json_array_get(q->pods, x->first + i);
        if (!after[i] || now.failed <= then.failed)
            continue;
        bool direct = json_object_get(way, "pods");
        AUTO_FREE char *end = way_end_dup(way);
        finding_bad(x->probe, direct ? "MC524" : "MC522",
                    direct ? "connections to pods of the peers"
                           : "connections to the gateways of the peers",
                    "pod %s/%s: %lld of %lld connections to %s failed, %lld of them just now",
                    namespace_of(pod), name_of(pod), (long long)now.failed, (long long)now.tried,
                    end, (long long)(now.failed - then.failed));
        finding_peer(x->probe, json_dig_str(way, "peer", NULL));
        return true;
    }
    return false;
}

static int read_again(struct passage *x, const struct questions *q, json_t **answers,
                      struct error **err)
{
    AUTO_QUESTIONS again = {0};
    if (clock_sleep(AGAIN_MS, x->probe->cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "%s: interrupted", probe_name(x->probe));
    for (size_t i = 0; i < x->count; i++)
        questions_add(&again, json_array_get(q->pods, x->first + i), PROXY_ENVOY_PORT,
                      PROXY_CLUSTERS, NULL);
    if (questions_ask(&again, x->probe->client, err) < 0)
        return -1;
    for (size_t i = 0; i < x->count; i++)
        answers[i] = answer_of(&again, i);
    return 0;
}

static bool any_way(const json_t *ways, bool direct)
{
    size_t k;
    json_t *way;
    json_array_foreach(ways, k, way)
        if ((json_object_get(way, "pods") != NULL) == direct)
            return true;
    return false;
}

static int judge_way_out(struct passage *x, const struct questions *q, bool again, json_t **before,
                         json_t **after, struct error **err)
{
    json_auto_t *ways = ways_out(x->probe);
    json_t *way;
    size_t k, bad = 0, answered = 0;
    for (size_t i = 0; i < x->count; i++) {
        before[i] = answer_of(q, x->first + i);
        answered += before[i] != NULL;
    }
    if (again || any_has_failed(x, before, ways)) {
        if (read_again(x, q, after, err) < 0)
            return -1;
        json_array_foreach(ways, k, way)
            bad += report_growth(x, q, before, after, way);
    }
    if (bad || !answered)
        return 0;
    for (int direct = 0; direct <= 1; direct++)
        if (any_way(ways, direct))
            finding_ok(x->probe, direct ? "MC524" : "MC522", "no failures of %zu proxies",
                       answered);
    return 0;
}

/* With a second look where `again` says that something may have failed just now. */
static int check_way_out(struct passage *x, const struct questions *q, bool again,
                         struct error **err)
{
    AUTO_FREE json_t **before = mem_array(x->count, sizeof(json_t *));
    AUTO_FREE json_t **after = mem_array(x->count, sizeof(json_t *));
    int rc = judge_way_out(x, q, again, before, after, err);
    for (size_t i = 0; i < x->count; i++) {
        json_decref(before[i]);
        json_decref(after[i]);
    }
    return rc;
}

int passage_end(struct passage *x, const struct questions *q, const struct ca_roots *roots,
                const char *anchors, struct error **err)
{
    MC_CLEANUP(way_in_release)
    struct way_in w = {.p = x->probe, .roots = roots, .anchors = anchors};
    json_auto_t *pods = json_array();
    if (!x->count)
        return 0;
    /* A gateway that does not reach pods of its network lets nothing through to them: it is tried before its
     * own connections are counted, and these are told before it is. */
    if (try_ways_in(x, q, &w, pods, err) < 0 ||
        check_way_out(x, q, closed_way(&w) != NULL, err) < 0)
        return -1;
    report_way_in(&w, pods);
    return 0;
}
