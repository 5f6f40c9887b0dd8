/* The document of status: what proxies and istiods say is put together, what they do not say is left
 * out, and how much is asked does not grow with the number of clusters. */
#include "steps_fixture.h"

#include <stdatomic.h>

#include "leaf.h"
#include "meshctl/base/text.h"
#include "scratch.h"
#include "test_websocket.h"

#define NOW ((time_t)1795917600) /* 2026-11-29T02:00:00Z */
#define SIDECARS 40

static struct clusters c;

/* ---- the pods' ports ------------------------------------------------------------------------- */

/* How often the caller's proxy was asked for its counters. */
static atomic_int readings, measured;
static bool are_istios; /* the proxies */
static char *clusterz, *networkz;
static struct leaf istiod_leaf; /* what every istiod shows */

static bool asks_for(struct buf *asked, const char *path)
{
    return strncmp(buf_str(asked) + strlen("GET "), path, strlen(path)) == 0;
}

static bool be_istiod(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (text_has_suffix(r->target, "ports=15012"))
        return leaf_show(&istiod_leaf, conn, r, 15012);
    test_ws_forward(conn, r, 15014, &asked);
    if (asks_for(&asked, "/debug/clusterz"))
        return test_ws_answer(conn, clusterz);
    if (asks_for(&asked, "/debug/networkz"))
        return test_ws_answer(conn, networkz);
    if (asks_for(&asked, "/debug/registryz"))
        return test_ws_answer(
            conn, "[{\"Attributes\":{\"Name\":\"cart\",\"Namespace\":\"shop\"},"
                  "\"clusterVIPs\":{\"Addresses\":{\"east-cluster\":[\"10.96.0.9\"]}}}]");
    return test_ws_answer(conn, "[{\"proxy\":\"a.shop\"},{\"proxy\":\"b.shop\"}]");
}

#define CART "outbound|80||cart.shop.svc.cluster.local"
#define ENDPOINT(address, port, requests, errors)                                                  \
    "{\"address\":{\"socket_address\":{\"address\":\"" address "\",\"port_value\":" port           \
    "}},\"health_status\":{\"eds_health_status\":\"HEALTHY\"},\"stats\":[{\"name\":\"rq_total\","  \
    "\"value\":\"" requests "\"},{\"name\":\"rq_error\",\"value\":\"" errors                       \
    "\"},{\"name\":\"cx_total\",\"value\":\"2\"}]}"

#define BUCKET(le)                                                                                 \
    "istio_request_duration_milliseconds_bucket{reporter=\"source\",destination_cluster="          \
    "\"east-cluster\",le=\"" le "\"} %d\n"

/* 100 requests more at each, half of them within 10 ms, all within 20. */
static bool answer_metrics(struct test_conn *conn)
{
    int n = ++measured;
    AUTO_FREE char *body = mem_printf("istio_build{} 1\n" BUCKET("10") BUCKET("20") BUCKET("+Inf"),
                                      50 * n, 100 * n, 100 * n);
    return test_ws_answer(conn, are_istios ? body : "");
}

/* 20 requests more at each reading go to the other cluster, 10 stay, one of these fails. */
static bool be_caller(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    test_ws_forward(conn, r, 15000, &asked);
    if (asks_for(&asked, "/config_dump?include_eds"))
        return test_ws_answer(conn,
                              "{\"configs\":[{\"endpoint_config\":{\"cluster_name\":\"" CART
                              "\",\"endpoints\":[{\"lb_endpoints\":[{\"endpoint\":{\"address\":{"
                              "\"socket_address\":{\"address\":\"10.244.0.4\",\"port_value\":80}}},"
                              "\"metadata\":{\"filter_metadata\":{\"istio\":{\"workload\":"
                              "\"cart;shop;cart;;west-cluster\"}}}}]}]}}]}");
    if (asks_for(&asked, "/config_dump?resource"))
        return test_ws_answer(conn,
                              "{\"configs\":[{\"cluster\":{\"name\":\"" CART
                              "\",\"transport_socket_matches\":[{\"name\":\"tlsMode-istio\"}]}}]}");
    if (!asks_for(&asked, "/clusters"))
        return answer_metrics(conn);
    int n = ++readings;
    AUTO_FREE char *body = mem_printf(
        "{\"cluster_statuses\":[{\"name\":\"" CART "\",\"host_statuses\":[" ENDPOINT(
            "198.51.100.2", "15443", "%d", "0") "," ENDPOINT("10.244.0.4", "80", "%d", "%d") "]}]}",
        1000 + 20 * n, 500 + 10 * n, n);
    return test_ws_answer(conn, body);
}

static bool be_quiet(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    test_ws_forward(conn, r, 15000, &asked);
    return asks_for(&asked, "/stats") ? test_ws_answer(conn, are_istios ? "istio_build{} 1\n" : "")
                                      : test_ws_answer(conn, "{}");
}

/* ---- clusters -------------------------------------------------------------------------------- */

static struct strlist paths; /* of rules, which borrow them */

static void play(struct fakeapi *api, const char *namespace_, const char *pod, test_handler script)
{
    strlist_addf(&paths, "/api/v1/namespaces/%s/pods/%s/portforward", namespace_, pod);
    /* Who asks for certificates at another port finds none. */
    fakeapi_add(api, &(struct fakeapi_rule){.path = paths.items[paths.count - 1],
                                            .query = script == be_istiod ? "=15014" : "=15000",
                                            .fault = FAKEAPI_SCRIPT,
                                            .script = script});
}

static void put_pod(struct fakeapi *api, const char *namespace_, const char *name, const char *app,
                    test_handler script)
{
    bool is_workload = strcmp(namespace_, "shop") == 0;
    AUTO_FREE char *owner = mem_printf("%s-7c9d", app);
    json_auto_t *pod = json_pack(
        "{s:s, s:s, s:{s:s, s:s, s:{s:s, s:s, s:s*}, s:[{s:s, s:s}]}, s:{s:[{s:s}, {s:s}]}, "
        "s:{s:s, s:[{s:s, s:s}]}}",
        "apiVersion", "v1", "kind", "Pod", "metadata", "name", name, "namespace", namespace_,
        "labels", "app", app, "pod-template-hash", "7c9d", "security.istio.io/tlsMode",
        is_workload ? "istio" : NULL, "ownerReferences", "kind", "ReplicaSet", "name", owner,
        "spec", "containers", "name", "app", "name", "istio-proxy", "status", "phase", "Running",
        "conditions", "type", "Ready", "status", "True");
    AUTO_FREE char *text = json_dumps(pod, 0);
    fakeapi_put(api, text);
    play(api, namespace_, name, script);
}

static void put_service(struct fakeapi *api, const char *name)
{
    AUTO_FREE char *text = mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{"
                                      "\"namespace\":\"shop\",\"name\":\"%s\"},\"spec\":{"
                                      "\"selector\":{\"app\":\"%s\"},\"ports\":[{\"port\":80}]}}",
                                      name, name);
    fakeapi_put(api, text);
}

static void dress(struct fakeapi *api)
{
    fakeapi_put(api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                     "\"shop\",\"labels\":{\"istio-injection\":\"enabled\"}}}");
    fakeapi_patch(api, "/api/v1/namespaces/istio-ingress/services/istio-eastwest",
                  "{\"spec\":{\"selector\":{\"app\":\"istio-eastwest\"}}}");
    put_pod(api, "istio-system", "istiod-1", "istiod", be_istiod);
    put_pod(api, "istio-ingress", "istio-eastwest-1", "istio-eastwest", be_quiet);
    put_service(api, "cart");
}

static void start(size_t count)
{
    AUTO_BUF clusters = BUF_INIT;
    clusters_start(&c, count);
    clusters_up(&c);
    json_auto_t *cacerts =
        fakeapi_object(c.apis[0], "/api/v1/namespaces/istio-system/secrets/cacerts");
    istiod_leaf = leaf_of_cacerts(cacerts, "istiod.istio-system.svc");
    buf_appendc(&clusters, '[');
    for (size_t i = 0; i < count; i++) {
        dress(c.apis[i]);
        buf_appendf(&clusters, "%s{\"id\":\"%s\",\"syncStatus\":\"synced\"}", i ? "," : "",
                    c.mesh->members[i].cluster);
    }
    buf_appendc(&clusters, ']');
    clusterz = buf_detach(&clusters, NULL);
    networkz =
        mem_strdup("[{\"Network\":\"west-network\",\"Cluster\":\"west-cluster\",\"Addr\":"
                   "\"198.51.100.1\",\"Port\":15443},{\"Network\":\"east-network\","
                   "\"Cluster\":\"east-cluster\",\"Addr\":\"198.51.100.2\",\"Port\":15443}]");
    readings = measured = 0;
    are_istios = false;
}

static int tear_down(void **state)
{
    (void)state;
    leaf_release(&istiod_leaf);
    free(clusterz);
    free(networkz);
    clusters_stop(&c);
    strlist_release(&paths);
    return 0;
}

static int set_up_two(void **state)
{
    (void)state;
    start(2);
    put_pod(c.apis[0], "shop", "front-1", "front", be_caller);
    put_pod(c.apis[1], "shop", "cart-1", "cart", be_quiet);
    return 0;
}

static json_t *status_of(const char *namespace_)
{
    AUTO_STRLIST namespaces = STRLIST_INIT;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = {.verb = STEPS_CHECK,
                                    .from = STEP_VERIFY,
                                    .to = STEP_VERIFY,
                                    .measure = true,
                                    .window_ms = 200,
                                    .namespaces = &namespaces};
    if (namespace_)
        strlist_add(&namespaces, namespace_);
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    return steps_status(o.steps, NOW);
}

/* ---- what is told ---------------------------------------------------------------------------- */

static const json_t *link_of(const json_t *status, const char *from, const char *to)
{
    size_t i;
    json_t *link;
    json_array_foreach(json_object_get(status, "links"), i, link)
        if (text_equal(json_dig_str(link, "from", NULL), from) &&
            text_equal(json_dig_str(link, "to", NULL), to))
            return link;
    fail_msg("no link from %s to %s", from, to);
    return NULL;
}

static void is_rate(const json_t *row, const char *key, double more, const json_t *status)
{
    double rate = json_number_value(json_object_get(row, key));
    double wanted = more * 1000 / (double)json_dig_int(status, 0, "windowMs", NULL);
    /* Of each proxy by its own clock: the window is that of the one with most. */
    if (rate < wanted || rate > 1.5 * wanted)
        fail_msg("%s is %f, wanted %f", key, rate, wanted);
}

static void directions_are_counted(void **state)
{
    (void)state;
    int before = clusters_writes(&c);
    json_auto_t *status = status_of(NULL);
    const json_t *there = link_of(status, "west", "east"), *back = link_of(status, "east", "west");
    assert_string_equal(json_dig_str(status, "readAt", NULL), "2026-11-29T02:00:00Z");
    assert_in_range(json_dig_int(status, 0, "windowMs", NULL), 200, 20000);
    assert_int_equal(json_dig_int(there, 0, "requests", NULL), 1040);
    is_rate(there, "requestsPerSecond", 20, status);
    is_rate(there, "errorsPerSecond", 0, status);
    assert_string_equal(json_dig_str(there, "sync", NULL), "1/1");
    assert_string_equal(json_dig_str(there, "api", NULL), "ok");
    assert_string_equal(json_dig_str(there, "gateway", "0", NULL), "198.51.100.2:15443");
    assert_int_equal(json_dig_int(there, -1, "servicesSeen", NULL), 1);
    assert_int_equal(json_dig_int(there, -1, "services", NULL), 1);
    assert_true(json_is_null(json_object_get(there, "latencyMs")));
    /* The istiod there does not know west's Service by west's id. */
    assert_int_equal(json_dig_int(back, -1, "servicesSeen", NULL), 0);
    assert_string_equal(json_dig_str(back, "health", NULL), "warning");
    assert_int_equal(json_dig_int(back, -1, "requests", NULL), 0);
    assert_int_equal(json_dig_int(status, -1, "clusters", "0", "istiods", "0", "proxies", NULL), 2);
    assert_string_equal(json_dig_str(status, "clusters", "0", "gateways", "0", "role", NULL),
                        "eastwest");
    assert_int_equal(json_array_size(json_object_get(status, "calls")), 0);
    assert_int_equal(clusters_writes(&c), before);
}

static const json_t *call_to(const json_t *status, const char *cluster)
{
    size_t i;
    json_t *call;
    json_array_foreach(json_object_get(status, "calls"), i, call)
        if (text_equal(json_dig_str(call, "to", "cluster", NULL), cluster))
            return call;
    fail_msg("no call to %s", cluster);
    return NULL;
}

static void calls_are_told_of_a_namespace(void **state)
{
    (void)state;
    json_auto_t *status = status_of("shop");
    assert_int_equal(json_array_size(json_object_get(status, "calls")), 2);
    const json_t *away = call_to(status, "east"), *near = call_to(status, "west");
    assert_string_equal(json_dig_str(away, "from", "cluster", NULL), "west");
    assert_string_equal(json_dig_str(away, "from", "workload", NULL), "front");
    assert_string_equal(json_dig_str(away, "to", "service", NULL), "cart");
    assert_string_equal(json_dig_str(away, "via", NULL), "198.51.100.2:15443");
    is_rate(away, "requestsPerSecond", 20, status);
    /* It is not among the endpoints that istiod told. */
    assert_true(json_is_null(json_object_get(away, "mtls")));
    assert_true(json_is_null(json_object_get(near, "via")));
    assert_true(json_is_false(json_object_get(near, "mtls")));
    is_rate(near, "errorsPerSecond", 1, status);
    /* East has the pod, so west's Service without one is well. */
    const json_t *services = json_object_get(status, "services");
    assert_int_equal(json_array_size(services), 2);
    assert_int_equal(json_dig_int(services, -1, "0", "endpoints", NULL), 0);
    assert_string_equal(json_dig_str(services, "0", "health", NULL), "ok");
    assert_string_equal(json_dig_str(services, "1", "workloads", "0", "name", NULL), "cart");
    json_auto_t *other = status_of("elsewhere");
    assert_int_equal(json_array_size(json_object_get(other, "calls")), 0);
    assert_int_equal(json_array_size(json_object_get(other, "services")), 0);
}

static void istios_own_proxies_tell_times(void **state)
{
    (void)state;
    are_istios = true;
    json_auto_t *status = status_of(NULL);
    const json_t *latency = json_object_get(link_of(status, "west", "east"), "latencyMs");
    assert_true(json_real_value(json_object_get(latency, "p50")) == 10);
    assert_true(json_real_value(json_object_get(latency, "p99")) > 19.7);
    assert_true(json_is_null(json_object_get(link_of(status, "east", "west"), "latencyMs")));
    assert_int_equal(measured, 2);
    /* Where the gateways have nothing to tell nobody else is asked. */
    are_istios = false;
    json_auto_t *vanilla = status_of(NULL);
    assert_int_equal(measured, 2);
    assert_true(json_is_null(json_object_get(link_of(vanilla, "west", "east"), "latencyMs")));
}

/* ---- what is not ----------------------------------------------------------------------------- */

static void without_the_right_counts_are_not_known(void **state)
{
    (void)state;
    fakeapi_clear_rules(c.apis[0]);
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){
                               .path = "/api/v1/namespaces/*", .query = "ports=", .status = 403});
    json_auto_t *status = status_of(NULL);
    const json_t *there = link_of(status, "west", "east");
    static const char *const unknown[] = {"sync", "synced", "servicesSeen", "latencyMs"};
    for (size_t i = 0; i < MC_ARRAY_LEN(unknown); i++)
        assert_true(json_is_null(json_object_get(there, unknown[i])));
    assert_string_equal(json_dig_str(there, "api", NULL), "unknown");
    assert_string_equal(json_dig_str(there, "health", NULL), "warning");
    /* What needs no such right is told all the same. */
    assert_int_equal(json_dig_int(there, -1, "services", NULL), 1);
    assert_int_equal(json_dig_int(status, -1, "clusters", "0", "istiods", "0", "ready", NULL), 1);
    assert_true(json_is_null(json_dig(status, "clusters", "0", "istiods", "0", "proxies", NULL)));
    assert_true(
        json_is_null(json_dig(status, "clusters", "0", "gateways", "0", "connections", NULL)));
    assert_string_equal(json_dig_str(status, "truncated", "0", "what", NULL),
                        "asked pods that answered in west");
}

static void a_cluster_that_is_away_is_told(void **state)
{
    (void)state;
    fakeapi_clear_rules(c.apis[1]);
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "*", .status = 403});
    json_auto_t *status = status_of("shop");
    assert_string_equal(json_dig_str(status, "health", NULL), "error");
    assert_int_equal(json_dig_int(status, -1, "counts", "unreached", NULL), 1);
    assert_true(json_is_false(json_dig(status, "clusters", "1", "reached", NULL)));
    assert_true(json_is_null(json_dig(status, "clusters", "1", "root", NULL)));
    assert_string_equal(json_dig_str(status, "clusters", "1", "findings", "0", "id", NULL),
                        "MC106");
    assert_true(json_is_null(json_object_get(link_of(status, "west", "east"), "services")));
    assert_string_equal(json_dig_str(link_of(status, "east", "west"), "health", NULL), "error");
    assert_true(json_is_null(json_object_get(link_of(status, "east", "west"), "requests")));
    is_rate(link_of(status, "west", "east"), "requestsPerSecond", 20, status);
}

/* More proxies than are asked; those that are, are told. */
static void what_is_left_out_is_said(void **state)
{
    (void)state;
    for (int i = 0; i < SIDECARS; i++) {
        AUTO_FREE char *name = mem_printf("many-%d", i);
        put_pod(c.apis[0], "shop", name, "many", be_quiet);
    }
    json_auto_t *status = status_of(NULL);
    const json_t *row = json_dig(status, "truncated", "0", NULL);
    assert_string_equal(json_dig_str(row, "what", NULL), "pods asked in west");
    assert_int_equal(json_dig_int(row, -1, "shown", NULL), 31);
    assert_int_equal(json_dig_int(row, -1, "of", NULL), SIDECARS + 1);
    json_auto_t *named = status_of("shop");
    assert_int_equal(json_array_size(json_object_get(named, "truncated")), 0);
}

/* ---- how much is asked ----------------------------------------------------------------------- */

static int asked_of_first(size_t count)
{
    start(count);
    int before = fakeapi_count(c.apis[0], NULL, "*");
    json_auto_t *status = status_of(NULL);
    int asked = fakeapi_count(c.apis[0], NULL, "*") - before;
    assert_int_equal(json_array_size(json_object_get(status, "links")), count * (count - 1));
    return asked;
}

/* Clusters are asked side by side, so that the time is that of one of them. */
static void each_cluster_is_asked_the_same(void **state)
{
    int two = asked_of_first(2);
    tear_down(state);
    int eight = asked_of_first(8);
    if (eight > two)
        fail_msg("%d requests of 8 clusters, %d of 2", eight, two);
}

#define TWO(f) cmocka_unit_test_setup_teardown(f, set_up_two, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TWO(directions_are_counted),
        TWO(calls_are_told_of_a_namespace),
        TWO(istios_own_proxies_tell_times),
        TWO(without_the_right_counts_are_not_known),
        TWO(a_cluster_that_is_away_is_told),
        TWO(what_is_left_out_is_said),
        cmocka_unit_test_teardown(each_cluster_is_asked_the_same, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
