/* Whether a pod of one cluster reaches what it needs of the others: their API servers, as istiod does, and
 * as every workload does their gateways, or on one network their pods. verify's caller tries, past its
 * sidecar. */
#include "proof_reach.h"

#include <stdlib.h>
#include <string.h>

#include "eastwest.h"
#include "flat.h"
#include "gateways.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/wait.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/probe/finding.h"
#include "meshctl/probe/link.h"

#define CONNECT_TIMEOUT "3s"
#define ASK_TIMEOUT_MS 8000 /* the caller itself gives up after 5 s */
#define ASK_PARALLEL 16
#define ASKS 2 /* one lost packet is no firewall */
#define PAUSE_MS 500
#define PODS_ENOUGH 2 /* of a peer: one may be on its way out */
#define TLS_SOCKET                                                                                 \
    "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext"

/* ---- which ----------------------------------------------------------------------------------- */

void proof_targets_release(struct proof *f)
{
    for (size_t i = 0; i < f->targets_count; i++) {
        free(f->targets[i].host);
        free(f->targets[i].tls_name);
        free(f->targets[i].said);
    }
    f->targets_count = 0;
}

/* The port of the echoes is the sidecar's. */
static struct proof_target *add_target(struct proof *f, enum proof_target_kind kind, size_t peer,
                                       const char *host, unsigned port)
{
    if (!host || port == PATH_ECHO_PORT || f->targets_count == PROOF_MAX_TARGETS)
        return NULL;
    struct proof_target *t = &f->targets[f->targets_count++];
    *t = (struct proof_target){.peer = peer, .kind = kind, .host = mem_strdup(host), .port = port};
    return t;
}

/* What has a fault of its own (no server, one of the machine itself) is told by others, and an address of
 * a proxy's world is not the pod's. */
static void add_server(const struct probe *p, struct proof *f, size_t peer)
{
    const char *cluster = p->mesh->members[peer].cluster;
    unsigned port;
    AUTO_LINK link = {0};
    link_read(facts_link(probe_facts(p), cluster), cluster, &link);
    if (!link.server || link.has_proxy || mesh_is_own_server(link.server))
        return;
    AUTO_FREE char *host = mesh_server_host_dup(link.server, &port);
    struct proof_target *t = add_target(f, PROOF_SERVER, peer, host, port);
    if (t)
        t->tls_name = TAKE(link.tls_name);
}

static void add_gateways(const struct probe *p, struct proof *f, size_t peer)
{
    size_t i;
    json_t *service;
    json_array_foreach(p->facts[peer] ? p->facts[peer]->network_services : NULL, i, service) {
        AUTO_STRLIST addresses = STRLIST_INIT;
        if (!text_equal(json_dig_str(service, "metadata", "labels", MESH_NETWORK_LABEL, NULL),
                        p->mesh->members[peer].network))
            continue;
        kube_service_addresses(service, &addresses);
        for (size_t k = 0; k < addresses.count; k++)
            add_target(f, PROOF_GATEWAY, peer, addresses.items[k],
                       (unsigned)eastwest_reached_port(service));
    }
}

/* Of istiod, which every cluster has. */
static void add_pods(const struct probe *p, struct proof *f, size_t peer)
{
    const json_t *addresses = p->facts[peer] ? p->facts[peer]->addresses : NULL;
    AUTO_FREE char *prefix = mem_printf("%s/", p->mesh->istio_namespace);
    const char *address;
    json_t *row;
    size_t added = 0;
    json_object_foreach((json_t *)addresses, address, row) {
        json_int_t port = json_dig_int(row, 0, "port", NULL);
        if (added == PODS_ENOUGH || port <= 0 ||
            !text_has_prefix(json_dig_str(row, "pod", NULL), prefix))
            continue;
        added += add_target(f, PROOF_POD, peer, address, (unsigned)port) != NULL;
    }
}

void proof_add_targets(const struct probe *p, struct proof *f)
{
    for (size_t i = 0; i < p->mesh->members_count; i++) {
        if (!probe_has_peer(p, i))
            continue;
        add_server(p, f, i);
        if (flat_goes_direct(p, i))
            add_pods(p, f, i);
        else
            add_gateways(p, f, i);
    }
}

bool proof_is_silent(const struct proof *f, size_t member)
{
    for (size_t i = 0; i < f->targets_count; i++)
        if (f->targets[i].peer == member && f->targets[i].state == PROOF_SILENT)
            return true;
    return false;
}

/* ---- the caller's configuration -------------------------------------------------------------- */

/* Whose certificate it is does not matter here: what istiod says of it does (MC422). */
static json_t *tls_of(const struct proof_target *t)
{
    const char *name = t->tls_name ? t->tls_name : gateways_is_ip(t->host) ? NULL : t->host;
    return json_pack("{s:s, s:{s:s, s:s*}}", "name", "tls", "typed_config", "@type", TLS_SOCKET,
                     "sni", name);
}

static json_t *cluster_of(const struct proof_target *t, const char *name)
{
    json_t *address = json_pack("{s:{s:s, s:i}}", "socket_address", "address", t->host,
                                "port_value", (int)t->port);
    json_t *endpoints =
        json_pack("[{s:[{s:{s:o}}]}]", "lb_endpoints", "endpoint", "address", address);
    json_t *cluster =
        json_pack("{s:s, s:s, s:s, s:{s:s, s:o}}", "name", name, "type",
                  gateways_is_ip(t->host) ? "STATIC" : "LOGICAL_DNS", "connect_timeout",
                  CONNECT_TIMEOUT, "load_assignment", "cluster_name", name, "endpoints", endpoints);
    if (!gateways_is_ip(t->host)) {
        /* A name that is not resolved is no reason not to start. */
        json_object_set_new(cluster, "wait_for_warm_on_init", json_false());
        json_object_set_new(cluster, "dns_lookup_family", json_string("ALL"));
    }
    /* What else there is closes what is no TLS of the mesh; until then it has answered. */
    if (t->kind == PROOF_SERVER)
        json_object_set_new(cluster, "transport_socket", tls_of(t));
    return cluster;
}

char *proof_clusters_dup(const struct proof *f)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < f->targets_count; i++) {
        AUTO_FREE char *name = mem_printf("peer-%zu", i);
        json_auto_t *cluster = cluster_of(&f->targets[i], name);
        AUTO_FREE char *text = json_write_dup(cluster, 0);
        buf_appendf(&out, ", %s", text);
    }
    return buf_detach(&out, NULL);
}

char *proof_ports_dup(const struct proof *f)
{
    AUTO_STRLIST ports = STRLIST_INIT;
    for (size_t i = 0; i < f->targets_count; i++) {
        AUTO_FREE char *port = mem_printf("%u", f->targets[i].port);
        if (!strlist_has(&ports, port))
            strlist_add(&ports, port);
    }
    return strlist_join_dup(&ports, ",");
}

/* ---- asking ---------------------------------------------------------------------------------- */

bool proof_flags_are_silent(const char *flags)
{
    /* No connection, no address, no answer in time (Envoy's access log, response flags). */
    static const char *const silent[] = {"UF", "UH", "UT", "DF"};
    AUTO_STRLIST words = STRLIST_INIT;
    strlist_split(&words, flags, ',');
    for (size_t i = 0; i < MC_ARRAY_LEN(silent); i++)
        if (strlist_has(&words, silent[i]))
            return true;
    return false;
}

/* "upstream connect error or disconnect/reset before headers. reset reason: connection timeout" (Envoy,
 * source/common/router/router.cc): what stands behind the last of these words. */
static const char *reason_of(const char *said)
{
    static const char word[] = "reset reason: ";
    const char *reason = said ? strstr(said, word) : NULL;
    return reason ? reason + strlen(word) : said && said[0] ? said : "no answer";
}

static void take_answer(struct proof_target *t, struct kube_pod_answer *answer)
{
    struct path_answer a;
    if (answer->error || !path_answer_read(answer->mark, &a) || strcmp(a.flags, "NC") == 0)
        return;
    bool silent = proof_flags_are_silent(a.flags);
    t->state = silent ? PROOF_SILENT : PROOF_ANSWERS;
    free(t->said);
    t->said = silent ? mem_strdup(reason_of(answer->said)) : NULL;
}

/* Those that have not answered yet. */
static int ask(struct probe *p, struct proof *f, struct error **err)
{
    const struct kube_pod_port to = {f->namespace_, f->caller, PATH_CALLER_PORT, PATH_ANSWER_HEADER,
                                     ASK_TIMEOUT_MS};
    AUTO_STRLIST headers = STRLIST_INIT;
    struct proof_target *asked[PROOF_MAX_TARGETS];
    struct kube_pod_answer *answers = NULL;
    for (size_t i = 0; i < f->targets_count; i++)
        if (f->targets[i].state != PROOF_ANSWERS) {
            asked[headers.count] = &f->targets[i];
            strlist_addf(&headers, PATH_PEER_HEADER ": peer-%zu", i);
        }
    if (!headers.count)
        return 0;
    if (kube_pod_ask_many(p->client, &to, (const char *const *)headers.items, headers.count,
                          ASK_PARALLEL, &answers, err) < 0)
        return -1;
    for (size_t i = 0; i < headers.count; i++)
        take_answer(asked[i], &answers[i]);
    kube_pod_answers_free(answers, headers.count);
    return 0;
}

static bool any_silent(const struct proof *f)
{
    for (size_t i = 0; i < f->targets_count; i++)
        if (f->targets[i].state == PROOF_SILENT)
            return true;
    return false;
}

int proof_reach(struct probe *p, struct proof *f, struct error **err)
{
    for (size_t i = 0; i < ASKS && (i == 0 || any_silent(f)); i++) {
        if (i && clock_sleep(PAUSE_MS, p->cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "cancelled");
        if (ask(p, f, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- judging --------------------------------------------------------------------------------- */

static const struct {
    const char *id, *word, *wanted;
} kinds[PROOF_KINDS] = {
    [PROOF_SERVER] = {"MC747", "server", "an answer"},
    [PROOF_GATEWAY] = {"MC748", "gateway", "a connection"},
    [PROOF_POD] = {"MC749", "pod", "a connection"},
};

/* "HOST:PORT". Yours to free. */
static char *place_dup(const struct proof_target *t)
{
    return strchr(t->host, ':') ? mem_printf("[%s]:%u", t->host, t->port)
                                : mem_printf("%s:%u", t->host, t->port);
}

static void tell_silent(struct probe *p, const struct proof *f, const struct proof_target *t)
{
    const struct mesh_member *peer = &p->mesh->members[t->peer];
    const struct path *path = &f->paths[t->peer];
    /* Requests that come there and back say that istiod knows it, by whatever way: then it is these pods
     * that are kept from it, or one address of several. */
    bool works = path->requests && !path->failed;
    AUTO_FREE char *place = place_dup(t);
    (works ? finding_warn : finding_bad)(p, kinds[t->kind].id, kinds[t->kind].wanted,
                                         "%s to %s: %s from pod %s: %s", probe_name(p), peer->name,
                                         place, f->caller, t->said);
    finding_peer(p, peer->name);
    if (t->kind == PROOF_SERVER)
        finding_fix(p,
                    "let the nodes of %s reach %s (routes, firewalls), or give an address that "
                    "they reach: meshctl remote-secret --server %s=https://HOST:PORT with the "
                    "same flags",
                    probe_name(p), place, peer->name);
    else if (t->kind == PROOF_GATEWAY)
        finding_fix(p,
                    "let the nodes of %s reach %s: load balancer, firewall, security group, routes",
                    probe_name(p), place);
    else
        finding_fix(p,
                    "let the nodes of %s reach the pods of %s, such as %s (routes, firewalls, "
                    "security groups); where they cannot, the two have no network in common: "
                    "meshctl down, then meshctl up with a network of its own for each",
                    probe_name(p), peer->name, t->host);
}

/* One row for each kind that has no fault. */
static void tell_answers(struct probe *p, const struct proof *f, enum proof_target_kind kind)
{
    AUTO_STRLIST places = STRLIST_INIT;
    for (size_t i = 0; i < f->targets_count; i++) {
        const struct proof_target *t = &f->targets[i];
        if (t->kind != kind || t->state == PROOF_UNASKED)
            continue;
        if (t->state == PROOF_SILENT)
            return;
        strlist_add_take(&places, place_dup(t));
    }
    AUTO_FREE char *text = strlist_join_dup(&places, ", ");
    if (places.count)
        finding_ok(p, kinds[kind].id, "from pod %s: %s", f->caller, text);
}

void proof_judge_reach(struct probe *p, const struct proof *f)
{
    for (size_t i = 0; i < f->targets_count; i++)
        if (f->targets[i].state == PROOF_SILENT)
            tell_silent(p, f, &f->targets[i]);
    for (int kind = 0; kind < PROOF_KINDS; kind++)
        tell_answers(p, f, (enum proof_target_kind)kind);
}

json_t *proof_reach_json(const struct probe *p, const struct proof *f)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < f->targets_count; i++) {
        const struct proof_target *t = &f->targets[i];
        if (t->state != PROOF_UNASKED)
            json_array_append_new(
                rows, json_pack("{s:s, s:s, s:s, s:s, s:i, s:b, s:s?}", "from", probe_name(p), "to",
                                p->mesh->members[t->peer].name, "what", kinds[t->kind].word,
                                "address", t->host, "port", (int)t->port, "answers",
                                t->state == PROOF_ANSWERS, "said", t->said));
    }
    return rows;
}
