/* verify with traffic of its own: what it places and sends, what it makes of the answers, and that nothing
 * is left. The pods are played: istiod, gateways, and the caller behind the API server's proxy. */
#include "steps_fixture.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "injector.h"
#include "leaf.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "meshctl/mesh/objects.h"
#include "scratch.h"
#include "test_tls.h"
#include "test_websocket.h"

#define NAMESPACES "/api/v1/namespaces/"
#define GATEWAY "127.0.0.10" /* of every Service in a fake cluster */

static struct clusters c;
static char *roots; /* ROOTCA as an Envoy shows it */
/* What goes wrong; a member's index, -1, or what is between clusters. */
#define BETWEEN (-2)
static atomic_int deaf, plain, direct, strange;
/* "peer-0" is the other one's API server, "peer-1" its gateway: which of them is silent. */
static const char *_Atomic silent;
static atomic_bool local; /* the common echo's answer is of the own cluster where there is one */
static struct cancel *cancel_at;  /* set by the first request to a caller, or: */
static atomic_bool cancel_away;   /* by the first one to a cluster without a gateway */
static int patches[CLUSTERS_MAX]; /* of gateways' Deployments before the run */

/* ---- the pods' ports ------------------------------------------------------------------------- */

static const char *name_of(size_t i)
{
    return c.mesh->members[i].name;
}

static char *hosts_dup(const char *cluster, const char *address, int port)
{
    return mem_printf("{\"name\":\"%s\",\"host_statuses\":[{\"address\":{\"socket_address\":{"
                      "\"address\":\"%s\",\"port_value\":%d}},\"stats\":[{\"name\":\"cx_total\","
                      "\"value\":\"3\"},{\"name\":\"rq_total\",\"value\":\"12\"}]}]}",
                      cluster, address, port);
}

/* Of the sidecar of member `at`'s caller, and of its gateway: one Envoy plays both. */
static char *envoys_clusters_dup(const char *namespace_, size_t at)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    for (size_t i = 0; i < c.count; i++) {
        bool near = i == at || atomic_load(&direct) == (int)i;
        AUTO_FREE char *out =
            mem_printf("outbound|10080||echo-%s.%s.svc.cluster.local", name_of(i), namespace_);
        strlist_add_take(&rows, hosts_dup(out, near ? "10.0.0.9" : GATEWAY, near ? 10080 : 15443));
    }
    AUTO_FREE char *in =
        mem_printf("outbound_.10080_._.echo-%s.%s.svc.cluster.local", name_of(at), namespace_);
    strlist_add_take(&rows, hosts_dup(in, "10.0.0.9", 10080));
    AUTO_FREE char *all = strlist_join_dup(&rows, ",");
    return mem_printf("{\"cluster_statuses\":[%s]}", all);
}

static char *istiods_answer_dup(const char *asked, size_t at)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    for (size_t i = 0; i < c.count; i++) {
        if (text_has_prefix(asked, "GET /debug/clusterz "))
            strlist_addf(&rows, "{\"id\":\"%s-cluster\",\"syncStatus\":\"synced\"}", name_of(i));
        else if (text_has_prefix(asked, "GET /debug/networkz "))
            strlist_addf(&rows,
                         "{\"Network\":\"%s-network\",\"Addr\":\"" GATEWAY "\",\"Port\":15443}",
                         name_of(i));
        else
            strlist_addf(&rows, "{\"proxy\":\"gw.istio-ingress\"}");
    }
    (void)at;
    AUTO_FREE char *all = strlist_join_dup(&rows, ",");
    return mem_printf("[%s]", all);
}

/* "/api/v1/namespaces/NS/...": NS; yours to free. */
static char *namespace_dup(const struct test_request *r)
{
    const char *begin = r->target + strlen(NAMESPACES);
    return mem_strndup(begin, strcspn(begin, "/"));
}

static size_t index_of(void *ctx)
{
    return (size_t)((struct fakeapi **)ctx - c.apis);
}

/* What every istiod shows. */
static struct leaf istiod_leaf;

static void set_text(char **slot, const char *text)
{
    free(*slot);
    *slot = mem_strdup(text);
}

static bool be_port(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    AUTO_FREE char *body = NULL;
    bool istiod = strstr(r->target, "/pods/istiod-1/");
    if (text_has_suffix(r->target, "ports=15012"))
        return leaf_show(&istiod_leaf, conn, r, 15012);
    test_ws_forward(conn, r, istiod ? 15014 : 15000, &asked);
    if (istiod) {
        body = istiods_answer_dup(buf_str(&asked), index_of(ctx));
    } else if (text_has_prefix(buf_str(&asked), "GET /config_dump")) {
        body = mem_strdup(roots);
    } else {
        json_auto_t *all = fakeapi_objects(c.apis[index_of(ctx)]);
        AUTO_FREE char *namespace_ = NULL;
        const char *path;
        json_t *object;
        json_object_foreach(all, path, object)
            if (text_has_prefix(path, NAMESPACES "meshctl-verify-") &&
                !strchr(path + strlen(NAMESPACES), '/'))
                set_text(&namespace_, path + strlen(NAMESPACES));
        body = envoys_clusters_dup(namespace_ ? namespace_ : "", index_of(ctx));
    }
    return test_ws_answer(conn, body);
}

#define GATEWAYS "/apis/apps/v1/namespaces/istio-ingress/deployments/istio-eastwest"

static bool has_pods(size_t at, const char *path)
{
    json_auto_t *deployment = fakeapi_object(c.apis[at], path);
    return json_dig_int(deployment, 1, "spec", "replicas", NULL) > 0;
}

/* Where the common echo answers. */
static size_t nearest(size_t at, const char *namespace_)
{
    static atomic_uint turn;
    AUTO_FREE char *echo = mem_printf("/apis/apps/v1/namespaces/%s/deployments/echo", namespace_);
    if (!atomic_load(&local))
        return atomic_fetch_add(&turn, 1) % c.count;
    return has_pods(at, echo) ? at : (at + 1) % c.count;
}

/* The caller: x-meshctl-host names who shall answer; the common echo is in each cluster in turn. */
static bool be_caller(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    AUTO_FREE char *namespace_ = namespace_dup(r);
    const char *host = test_request_header(r, "x-meshctl-host");
    size_t at = index_of(ctx), to = c.count;
    for (size_t i = 0; host && i < c.count; i++) {
        AUTO_FREE char *one = mem_printf("echo-%s.%s.svc", name_of(i), namespace_);
        if (strcmp(host, one) == 0)
            to = i;
    }
    if (to == c.count)
        to = nearest(at, namespace_);
    bool away = at != to && !has_pods(to, GATEWAYS);
    bool good =
        !away && atomic_load(&deaf) != (int)to && (atomic_load(&deaf) != BETWEEN || at == to);
    if (cancel_at && (away || !atomic_load(&cancel_away)))
        cancel_set(cancel_at);
    if (atomic_load(&strange))
        return test_conn_reply(conn, 503, NULL,
                               "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"message\":\"error "
                               "trying to reach service: dial tcp 10.0.0.7:8081: i/o timeout\","
                               "\"reason\":\"ServiceUnavailable\",\"code\":503}");
    const char *peer = test_request_header(r, "x-meshctl-peer"), *mute = atomic_load(&silent);
    if (peer && (!mute || strcmp(peer, mute) != 0)) {
        AUTO_FREE char *said = mem_printf("x-meshctl-answer: %s %s\r\n", name_of(at),
                                          strcmp(peer, "peer-0") ? "UC 0" : "- 200 1");
        return test_conn_reply(conn, strcmp(peer, "peer-0") ? 503 : 200, said, "");
    }
    good = good && !peer;
    AUTO_FREE char *id = mem_printf("spiffe://cluster.local/ns/%s/sa/verify", namespace_);
    AUTO_FREE char *header =
        !good ? mem_printf("x-meshctl-answer: %s UF 0\r\n", name_of(at))
        : atomic_load(&plain) == (int)to
            ? mem_printf("x-meshctl-answer: %s - 200 4 %s echo-1 -\r\n", name_of(at), name_of(to))
            : mem_printf(
                  "x-meshctl-answer: %s - 200 4 %s echo-1 By=%s;Hash=1;Subject=\"\";URI=%s\r\n",
                  name_of(at), name_of(to), id, id);
    return test_conn_reply(
        conn, good ? 200 : 503, header,
        good ? "body\n"
             : "upstream connect error or disconnect/reset before headers. reset reason: "
               "connection timeout");
}

/* ---- a good mesh ----------------------------------------------------------------------------- */

static void put_pod(struct fakeapi *api, const char *namespace_, const char *name, const char *app)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"%"
        "s\","
        "\"labels\":{\"app\":\"%s\",\"pod-template-hash\":\"7c9d\"},\"ownerReferences\":[{"
        "\"kind\":\"ReplicaSet\",\"name\":\"%s-7c9d\"}]},\"spec\":{\"nodeSelector\":{\"zone\":"
        "\"z\"},\"containers\":[{"
        "\"name\":\"istio-proxy\",\"image\":\"hub/proxyv2:1.31.0\"}]},\"status\":{\"conditions\":[{"
        "\"type\":\"Ready\",\"status\":\"True\"}]}}",
        name, namespace_, app, app);
    fakeapi_put(api, text);
}

/* The gateway's pods: as long as its Deployment has some. */
static bool be_pods(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    size_t at = index_of(ctx);
    (void)r;
    json_auto_t *pod = fakeapi_object(c.apis[at], NAMESPACES "istio-ingress/pods/gw");
    json_auto_t *list = json_pack("{s:s, s:s, s:{}, s:[]}", "kind", "PodList", "apiVersion", "v1",
                                  "metadata", "items");
    if (has_pods(at, GATEWAYS))
        json_array_append(json_object_get(list, "items"), pod);
    AUTO_FREE char *text = json_write_dup(list, 0);
    return test_conn_reply(conn, 200, "Content-Type: application/json\r\n", text);
}

static void live(size_t i)
{
    static const char caller[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"PodList\",\"metadata\":{},\"items\":[{\"metadata\":{"
        "\"name\":\"caller-1\"},\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":"
        "\"True\"}]"
        "}}]}";
    struct fakeapi *api = c.apis[i];
    put_pod(api, "istio-system", "istiod-1", "istiod");
    put_pod(api, "istio-ingress", "gw", "istio-eastwest");
    injector_put(api);
    fakeapi_patch(api, NAMESPACES "istio-ingress/services/istio-eastwest",
                  "{\"spec\":{\"selector\":{\"app\":\"istio-eastwest\"}}}");
    fakeapi_patch(api, "/apis/apps/v1/namespaces/istio-system/deployments/istiod",
                  "{\"status\":{\"readyReplicas\":1}}");
    fakeapi_add(api, &(struct fakeapi_rule){.method = "GET",
                                            .path = NAMESPACES "istio-ingress/pods",
                                            .query = "app%3Distio-eastwest",
                                            .fault = FAKEAPI_SCRIPT,
                                            .script = be_pods,
                                            .ctx = &c.apis[i]});
    fakeapi_add(api, &(struct fakeapi_rule){.path = "*/portforward",
                                            .fault = FAKEAPI_SCRIPT,
                                            .script = be_port,
                                            .ctx = &c.apis[i]});
    fakeapi_add(api, &(struct fakeapi_rule){.path = "*/pods/caller-1:8081/proxy/",
                                            .fault = FAKEAPI_SCRIPT,
                                            .script = be_caller,
                                            .ctx = &c.apis[i]});
    fakeapi_add(api, &(struct fakeapi_rule){.method = "GET",
                                            .path = NAMESPACES "meshctl-verify-*/pods",
                                            .query = "app%3Dcaller",
                                            .body = caller});
}

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 2);
    clusters_up(&c);
    atomic_store(&deaf, -1);
    atomic_store(&plain, -1);
    atomic_store(&direct, -1);
    atomic_store(&strange, 0);
    atomic_store(&local, false);
    atomic_store(&cancel_away, false);
    cancel_at = NULL;
    json_auto_t *secret = fakeapi_object(c.apis[0], NAMESPACES "istio-system/secrets/cacerts");
    const char *bytes = json_dig_str(secret, "data", "root-cert.pem", NULL);
    AUTO_BUF pem = leaf_data(secret, "root-cert.pem");
    istiod_leaf = leaf_of_cacerts(secret, "istiod.istio-system.svc");
    roots = mem_printf("{\"configs\":[{\"name\":\"ROOTCA\",\"secret\":{\"validation_context\":{"
                       "\"trusted_ca\":{\"inline_bytes\":\"%s\"}}}}]}",
                       bytes);
    for (size_t i = 0; i < c.count; i++) {
        json_auto_t *map = json_pack(
            "{s:s, s:s, s:{s:s, s:s, s:{s:s}}, s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
            "metadata", "name", "istio-ca-root-cert", "namespace", "istio-system", "labels",
            "istio.io/config", "true", "data", "root-cert.pem", buf_str(&pem));
        AUTO_FREE char *text = json_write_dup(map, 0);
        fakeapi_put(c.apis[i], text);
        live(i);
        patches[i] = fakeapi_count(c.apis[i], "PATCH", GATEWAYS);
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(roots);
    leaf_release(&istiod_leaf);
    clusters_stop(&c);
    return 0;
}

/* ---- runs ------------------------------------------------------------------------------------ */

static const struct steps_options proof_options = {
    .from = STEP_VERIFY, .to = STEP_VERIFY, .proof = PROOF_ALWAYS, .requests = 6};

static void run_for(int64_t timeout_ms, struct run_result *ret)
{
    struct steps_options options = proof_options;
    options.timeout_ms = timeout_ms;
    run_steps(&c, &options, ret);
}

/* The namespaces of verify that are there, and not on their way out. */
static size_t namespaces_left(size_t at, json_t **ret_last)
{
    json_auto_t *all = fakeapi_objects(c.apis[at]);
    const char *path;
    json_t *object;
    size_t count = 0;
    json_object_foreach(all, path, object) {
        if (!text_has_prefix(path, NAMESPACES "meshctl-verify-") ||
            strchr(path + strlen(NAMESPACES), '/'))
            continue;
        count++;
        if (ret_last)
            *ret_last = json_incref(object);
    }
    return count;
}

static const json_t *path_of(const struct run_result *o, const char *from, const char *to)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(o->report, "verify", "matrix", "paths", NULL), i, row)
        if (text_equal(json_dig_str(row, "from", NULL), from) &&
            text_equal(json_dig_str(row, "to", NULL), to))
            return row;
    fail_msg("no path from %s to %s", from, to);
    return NULL;
}

/* The finding of an id in a cluster that is of that level; NULL without one. */
static const json_t *finding_of(const struct run_result *o, const char *id, const char *cluster,
                                const char *level)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(o->report, "verify", "checks", NULL), i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id) &&
            text_equal(json_dig_str(row, "cluster", NULL), cluster) &&
            text_equal(json_dig_str(row, "level", NULL), level))
            return row;
    return NULL;
}

static void failed_with(const struct run_result *o, const char *id, const char *cluster,
                        const char *part)
{
    const json_t *row = finding_of(o, id, cluster, "error");
    if (!row)
        fail_msg("no %s of %s: %s", id, cluster, o->error ? o->error->message : "all is well");
    if (!strstr(json_dig_str(row, "found", NULL), part))
        fail_msg("%s", json_dig_str(row, "found", NULL));
    assert_non_null(o->error);
    assert_string_equal(o->error->id, id);
    for (size_t i = 0; i < c.count; i++)
        assert_int_equal(namespaces_left(i, NULL), 0);
}

static void every_cluster_asks_every_cluster(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_for(0, &o);
    run_ended_well(&o);
    for (size_t i = 0; i < c.count; i++)
        for (size_t j = 0; j < c.count; j++) {
            const json_t *row = path_of(&o, name_of(i), name_of(j));
            assert_int_equal(json_dig_int(row, 0, "requests", NULL), 6);
            assert_int_equal(json_dig_int(row, -1, "errors", NULL), 0);
            assert_int_equal(json_dig_int(row, -1, "p50Ms", NULL), 4);
            assert_non_null(strstr(json_dig_str(row, "clientIdentity", NULL), "/sa/verify"));
            assert_int_equal(json_array_size(json_object_get(row, "roots")), 1);
        }
    const json_t *way = path_of(&o, "west", "east");
    assert_string_equal(json_dig_str(way, "endpoints", "0", "address", NULL), GATEWAY);
    assert_int_equal(json_dig_int(way, 0, "gatewayConnections", NULL), 3);
    assert_int_equal(json_array_size(json_dig(o.report, "verify", "namespace", "left", NULL)), 0);
    assert_true(text_has_prefix(json_dig_str(o.report, "verify", "namespace", "name", NULL),
                                "meshctl-verify-"));
    const json_t *load = json_dig(o.report, "verify", "matrix", "load", "0", "to", NULL);
    assert_int_equal(json_dig_int(load, 0, "west", NULL) + json_dig_int(load, 0, "east", NULL), 6);
    for (size_t i = 0; i < c.count; i++) {
        assert_int_equal(namespaces_left(i, NULL), 0);
        assert_non_null(finding_of(&o, "MC734", name_of(i), "ok"));
    }
}

static void without_a_change_nothing_is_proved_again(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = proof_options;
    options.proof = PROOF_OF_CHANGES;
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    assert_true(json_is_null(json_dig(o.report, "verify", "matrix", NULL)));
    for (size_t i = 0; i < c.count; i++)
        assert_int_equal(fakeapi_count(c.apis[i], "POST", "/api/v1/namespaces"), 0);
}

static void what_it_places_is_its_own(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = proof_options;
    json_t *namespace_ = NULL;
    options.keep = true;
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    assert_int_equal(namespaces_left(1, &namespace_), 1);
    const char *name = json_dig_str(namespace_, "metadata", "name", NULL);
    const json_t *labels = json_dig(namespace_, "metadata", "labels", NULL);
    assert_string_equal(json_dig_str(labels, "meshctl.io/mesh", NULL), "mesh");
    assert_string_equal(json_dig_str(labels, "meshctl.io/unit", NULL), "verify");
    assert_string_equal(json_dig_str(labels, "istio-injection", NULL), "enabled");
    assert_null(json_dig(namespace_, "metadata", "annotations", MESH_UNTIL, NULL));
    assert_true(has_event(&o, "kubectl delete namespace meshctl-verify-"));
    assert_int_equal(json_array_size(json_dig(o.report, "verify", "namespace", "left", NULL)), 2);
    AUTO_FREE char *path = mem_printf("/apis/apps/v1/namespaces/%s/deployments/echo", name);
    json_auto_t *echo = fakeapi_object(c.apis[1], path);
    const json_t *pod = json_dig(echo, "spec", "template", "spec", NULL);
    assert_string_equal(json_dig_str(pod, "containers", "0", "image", NULL), "hub/proxyv2:1.31.0");
    assert_string_equal(json_dig_str(pod, "nodeSelector", "zone", NULL), "z");
    assert_string_equal(
        json_dig_str(echo, "spec", "template", "metadata", "labels", "meshctl.io/member", NULL),
        "east");
    AUTO_FREE char *peer = mem_printf(NAMESPACES "%s/services/echo-west", name);
    json_auto_t *service = fakeapi_object(c.apis[1], peer);
    assert_string_equal(json_dig_str(service, "spec", "selector", "meshctl.io/member", NULL),
                        "west");
    json_decref(namespace_);
}

static void run_silent(const char *peer, struct run_result *o)
{
    atomic_store(&silent, peer);
    run_for(5000, o);
    atomic_store(&silent, NULL);
}

static const json_t *reached_of(const struct run_result *o, const char *from, const char *what)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(o->report, "verify", "matrix", "reached", NULL), i, row)
        if (text_equal(json_dig_str(row, "from", NULL), from) &&
            text_equal(json_dig_str(row, "what", NULL), what))
            return row;
    fail_msg("%s of %s was not asked", what, from);
    return NULL;
}

static void what_pods_need_of_the_peers_answers(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_for(0, &o);
    run_ended_well(&o);
    assert_non_null(finding_of(&o, "MC747", "west", "ok"));
    assert_non_null(finding_of(&o, "MC748", "east", "ok"));
    assert_string_equal(json_dig_str(reached_of(&o, "west", "gateway"), "address", NULL), GATEWAY);
    assert_true(json_is_true(json_object_get(reached_of(&o, "east", "server"), "answers")));
}

/* What a silent server or gateway cuts off is its consequence, and not waited for. */
static void a_silent_peer_is_the_cause(void **state)
{
    (void)state;
    static const struct {
        const char *peer, *id, *what;
    } rows[] = {{"peer-0", "MC747", "server"}, {"peer-1", "MC748", "gateway"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_RUN_RESULT o = {0};
        atomic_store(&deaf, BETWEEN);
        atomic_store(&local, true);
        run_silent(rows[i].peer, &o);
        failed_with(&o, rows[i].id, "west", "west to east: ");
        assert_null(json_object_get(finding_of(&o, rows[i].id, "west", "error"), "follows"));
        /* That no connection to the gateway is made has nothing to do with the API server. */
        const json_t *path = finding_of(&o, "MC743", "west", "error");
        assert_int_equal(json_is_true(json_object_get(path, "follows")),
                         strcmp(rows[i].id, "MC748") == 0);
        assert_string_equal(json_dig_str(reached_of(&o, "west", rows[i].what), "said", NULL),
                            "connection timeout");
        assert_false(has_event(&o, "waiting"));
        /* The common echo is asked no more than the path that fails. */
        const json_t *load = json_dig(o.report, "verify", "matrix", "load", "0", "to", NULL);
        assert_in_range(json_dig_int(load, 0, "west", NULL), 0, 2);
    }
}

/* Requests that arrive and come back say more than an address that does not answer. */
static void a_path_that_works_has_no_cause(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_silent("peer-1", &o);
    run_ended_well(&o);
    assert_non_null(finding_of(&o, "MC748", "west", "warning"));
}

static void a_path_that_fails_is_named(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    atomic_store(&deaf, 1);
    run_for(3000, &o);
    failed_with(
        &o, "MC743", "west",
        "west to east: 2 of 2 failed: HTTP 503 UF (2); the gateway does not answer connections");
    assert_non_null(finding_of(&o, "MC732", "west", "ok"));
}

static void answers_without_identities_are_no_proof(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    atomic_store(&plain, 1);
    run_for(0, &o);
    failed_with(&o, "MC733", "west", "west to east: 6 of 6 answers without mutual TLS");
}

static void the_way_leads_through_the_gateway(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    atomic_store(&direct, 1);
    run_for(0, &o);
    failed_with(&o, "MC734", "west", "west to east: endpoint 10.0.0.9:10080");
}

static void who_may_not_send_is_told_so(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    fakeapi_add(c.apis[1],
                &(struct fakeapi_rule){
                    .method = "POST",
                    .path = "/apis/authorization.k8s.io/*",
                    .status = 201,
                    .body = "{\"kind\":\"SelfSubjectAccessReview\",\"apiVersion\":"
                            "\"authorization.k8s.io/v1\",\"status\":{\"allowed\":false}}"});
    run_for(0, &o);
    run_ended_well(&o);
    const json_t *row = finding_of(&o, "MC105", "east", "warning");
    assert_non_null(row);
    assert_non_null(strstr(json_dig_str(row, "wanted", NULL), "create namespaces"));
    assert_true(json_is_null(json_dig(o.report, "verify", "matrix", NULL)));
    assert_int_equal(fakeapi_count(c.apis[0], "POST", "/api/v1/namespaces"), 0);
}

static void a_way_in_that_is_closed_says_nothing_of_the_mesh(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    atomic_store(&strange, 1);
    run_for(3000, &o);
    run_ended_well(&o);
    const json_t *row = finding_of(&o, "MC736", "west", "warning");
    assert_non_null(row);
    assert_non_null(strstr(json_dig_str(row, "found", NULL), "dial tcp 10.0.0.7:8081"));
    assert_true(json_is_null(json_dig(o.report, "verify", "matrix", NULL)));
}

static void put_namespace(const char *name, const char *mesh, const char *until)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"%s\","
                   "\"labels\":{\"meshctl.io/mesh\":\"%s\",\"meshctl.io/unit\":\"verify\"}%s%s%s}}",
                   name, mesh, until ? ",\"annotations\":{\"meshctl.io/until\":\"" : "",
                   until ? until : "", until ? "\"}" : "");
    fakeapi_put(c.apis[0], text);
}

static bool is_there(const char *name)
{
    AUTO_FREE char *path = mem_printf(NAMESPACES "%s", name);
    json_auto_t *object = fakeapi_object(c.apis[0], path);
    return object != NULL;
}

static void only_what_is_over_is_removed(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    put_namespace("meshctl-verify-over", "mesh", "2020-01-01T00:00:00Z");
    put_namespace("meshctl-verify-runs", "mesh", "2999-01-01T00:00:00Z");
    put_namespace("meshctl-verify-kept", "mesh", NULL);
    put_namespace("meshctl-verify-else", "other", "2020-01-01T00:00:00Z");
    run_for(0, &o);
    run_ended_well(&o);
    assert_false(is_there("meshctl-verify-over"));
    assert_true(is_there("meshctl-verify-runs"));
    assert_true(is_there("meshctl-verify-kept"));
    assert_true(is_there("meshctl-verify-else"));
}

static void nothing_is_left_after_an_interrupt(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = proof_options;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    options.cancel = cancel_at = &cancel;
    run_steps(&c, &options, &o);
    cancel_at = NULL;
    assert_non_null(o.error);
    assert_int_equal(o.error->kind, ERROR_CANCELLED);
    for (size_t i = 0; i < c.count; i++)
        assert_int_equal(namespaces_left(i, NULL), 0);
    cancel_release(&cancel);
}

/* ---- trials ---------------------------------------------------------------------------------- */

static const json_t *trial_of(const struct run_result *o, const char *trial, const char *cluster)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(o->report, "verify", "trials", NULL), i, row)
        if (text_equal(json_dig_str(row, "trial", NULL), trial) &&
            text_equal(json_dig_str(row, "cluster", NULL), cluster))
            return row;
    fail_msg("no %s of %s", trial, cluster);
    return NULL;
}

static json_int_t number(const json_t *row, const char *key)
{
    return json_dig_int(row, -1, key, NULL);
}

static void gateways_are_as_before(void)
{
    for (size_t i = 0; i < c.count; i++) {
        json_auto_t *gateway = fakeapi_object(c.apis[i], GATEWAYS);
        assert_int_equal(json_dig_int(gateway, 1, "spec", "replicas", NULL), 1);
        assert_null(json_dig(gateway, "metadata", "annotations", MESH_REPLICAS, NULL));
        assert_null(json_dig(gateway, "metadata", "annotations", MESH_UNTIL, NULL));
    }
}

static void what_is_taken_away_is_given_back(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = proof_options;
    options.failover = options.partition = true;
    options.rate = 50;
    atomic_store(&local, true);
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    for (size_t i = 0; i < c.count; i++) {
        const json_t *row = trial_of(&o, "failover", name_of(i));
        assert_int_equal(number(row, "calmLeft"), 0);
        assert_in_range(number(row, "calmRequests"), 25, 60);
        assert_in_range(number(row, "firstElsewhereMs"), 0, 2000);
        assert_in_range(number(row, "firstBackMs"), 0, 2000);
        assert_int_equal(number(row, "awayLost") + number(row, "backLost"), 0);
        row = trial_of(&o, "partition", name_of(i));
        assert_true(json_is_false(json_object_get(row, "reachedWhileAway")));
        assert_int_equal(json_array_size(json_object_get(row, "local")), c.count);
        const json_t *first = json_array_get(json_object_get(row, "local"), 0);
        assert_int_equal(number(first, "lost"), 0);
        assert_true(number(first, "own") > 50);
        assert_non_null(finding_of(&o, "MC738", name_of(i), "ok"));
        assert_int_equal(namespaces_left(i, NULL), 0);
        assert_int_equal(fakeapi_count(c.apis[i], "PATCH", GATEWAYS), patches[i] + 2);
    }
    assert_non_null(json_dig(o.report, "verify", "policy", "outlierDetection", NULL));
    gateways_are_as_before();
}

static void an_interrupt_gives_back_what_was_taken_away(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = proof_options;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    options.cancel = cancel_at = &cancel;
    options.partition = true;
    options.rate = 50;
    atomic_store(&local, true);
    atomic_store(&cancel_away, true);
    run_steps(&c, &options, &o);
    cancel_at = NULL;
    assert_non_null(o.error);
    assert_int_equal(o.error->kind, ERROR_CANCELLED);
    assert_int_equal(fakeapi_count(c.apis[0], "PATCH", GATEWAYS), patches[0] + 2);
    gateways_are_as_before();
    for (size_t i = 0; i < c.count; i++)
        assert_int_equal(namespaces_left(i, NULL), 0);
    cancel_release(&cancel);
}

static void take_away(size_t at, const char *until)
{
    AUTO_FREE char *patch =
        mem_printf("{\"metadata\":{\"annotations\":{\"meshctl.io/replicas\":\"1\","
                   "\"meshctl.io/until\":\"%s\"}},\"spec\":{\"replicas\":0}}",
                   until);
    fakeapi_patch(c.apis[at], GATEWAYS, patch);
}

/* What a killed run took away comes back with the next one, when that run must be over. */
static void the_next_run_gives_back_what_a_killed_one_took(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    take_away(0, "2020-01-01T00:00:00Z");
    take_away(1, "2999-01-01T00:00:00Z");
    run_for(3000, &o);
    assert_true(has_event(&o, "gave gateway istio-ingress/istio-eastwest back"));
    assert_true(has_pods(0, GATEWAYS));
    assert_false(has_pods(1, GATEWAYS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_cluster_asks_every_cluster, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_a_change_nothing_is_proved_again, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_it_places_is_its_own, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_pods_need_of_the_peers_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_silent_peer_is_the_cause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_that_works_has_no_cause, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_path_that_fails_is_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(answers_without_identities_are_no_proof, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_way_leads_through_the_gateway, set_up, tear_down),
        cmocka_unit_test_setup_teardown(who_may_not_send_is_told_so, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_way_in_that_is_closed_says_nothing_of_the_mesh, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_over_is_removed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_left_after_an_interrupt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_taken_away_is_given_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_interrupt_gives_back_what_was_taken_away, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_next_run_gives_back_what_a_killed_one_took, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
