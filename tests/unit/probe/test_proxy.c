/* Against a server of the test that speaks the API's lists and port-forwarding: what pods and
 * Envoys say. */
#include "meshctl/probe/proxy.h"

#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "scratch.h"
#include "test_certs.h"
#include "test_server.h"
#include "test_websocket.h"

static const char core[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"items\":["
    "{\"metadata\":{},\"versions\":[{\"version\":\"v1\",\"freshness\":\"Current\",\"resources\":["
    "{\"resource\":\"pods\",\"responseKind\":{\"kind\":\"Pod\"},\"scope\":\"Namespaced\"}]}]}]}";
static const char groups[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"items\":[]}";

static const char pods[] =
    "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"metadata\":{},\"items\":["
    "{\"metadata\":{\"name\":\"ready\"},\"status\":{\"conditions\":["
    "{\"type\":\"Initialized\",\"status\":\"True\"},{\"type\":\"Ready\",\"status\":\"True\"}]}},"
    "{\"metadata\":{\"name\":\"starting\"},\"status\":{\"conditions\":["
    "{\"type\":\"PodScheduled\",\"status\":\"True\"},{\"type\":\"Ready\",\"status\":\"False\"}]}},"
    "{\"metadata\":{\"name\":\"going\",\"deletionTimestamp\":\"2026-08-14T09:02:10Z\"},\"status\":"
    "{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}},"
    "{\"metadata\":{\"name\":\"new\"},\"status\":{}},"
    "{\"metadata\":{\"name\":\"ready-2\"},\"status\":{\"conditions\":["
    "{\"type\":\"Ready\",\"status\":\"True\"}]}}]}";

/* Envoy's /clusters?format=json, with what its proto leaves out when it is the default. */
static const char clusters[] =
    "{\"cluster_statuses\":[{\"name\":\"agent\",\"host_statuses\":[{\"address\":{\"pipe\":{"
    "\"path\":\"/x\"}}}]},"
    "{\"name\":\"outbound|9080||reviews\",\"host_statuses\":["
    "{\"address\":{\"socket_address\":{\"address\":\"172.30.2.11\",\"port_value\":15443}},"
    "\"health_status\":{\"eds_health_status\":\"HEALTHY\"},"
    "\"locality\":{\"region\":\"jp-east-1\",\"zone\":\"east-14\"}},"
    "{\"address\":{\"socket_address\":{\"address\":\"10.244.0.7\",\"port_value\":9080}},"
    "\"health_status\":{\"eds_health_status\":\"HEALTHY\",\"failed_outlier_check\":true},"
    "\"locality\":{}},"
    "{\"address\":{\"socket_address\":{\"address\":\"10.244.0.8\",\"port_value\":9080}},"
    "\"health_status\":{\"eds_health_status\":\"UNHEALTHY\"}},"
    "{\"address\":{\"socket_address\":{\"address\":\"10.244.0.9\",\"port_value\":9080}}},"
    "{\"weight\":1}]}]}";

struct api {
    struct test_server *server;
    const char *output; /* what the pod's port answers */
    char *target;
    struct buf asked;
    struct kube_client *client;
    struct kube_config config;
};

static bool serve_forward(struct api *api, struct test_conn *conn,
                          const struct test_request *request, unsigned port)
{
    AUTO_FREE char *answer = mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s",
                                        strlen(api->output), api->output);
    free(api->target);
    api->target = mem_strdup(request->target);
    if (test_ws_forward(conn, request, port, &api->asked)) {
        test_ws_say(conn, 0, answer, strlen(answer));
        test_ws_send_close(conn, 1000);
    }
    return false;
}

static bool serve(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    const char *target = request->target;
    if (strcmp(target, "/api") == 0)
        return test_conn_reply(conn, 200, "Content-Type: application/json\r\n", core);
    if (strcmp(target, "/apis") == 0)
        return test_conn_reply(conn, 200, "Content-Type: application/json\r\n", groups);
    if (text_has_suffix(target, "/portforward?ports=15014"))
        return serve_forward(ctx, conn, request, 15014);
    if (text_has_suffix(target, "/portforward?ports=15000"))
        return serve_forward(ctx, conn, request, 15000);
    if (text_has_prefix(target, "/api/v1/namespaces/istio-system/pods?") &&
        strstr(target, "labelSelector=app%3Distiod"))
        return test_conn_reply(conn, 200, "Content-Type: application/json\r\n", pods);
    return test_conn_reply(conn, 404, NULL, "404 page not found\n");
}

static struct api api;

static int set_up(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_client_options options = {.name = "west"};
    struct test_server_options server = {.handler = serve, .ctx = &api};
    memset(&api, 0, sizeof(api));
    api.server = test_server_start(&server);
    api.config.server = mem_strdup(test_server_url(api.server));
    api.config.source = mem_strdup("west.kubeconfig");
    api.config.token = mem_strdup("t");
    must(kube_client_new(&api.config, &options, &api.client, &err), &err);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kube_client_free(api.client);
    test_server_stop(api.server);
    free(api.config.server);
    free(api.config.source);
    free(api.config.token);
    free(api.target);
    buf_release(&api.asked);
    return 0;
}

static void only_ready_pods_are_asked(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *found = NULL;
    json_t *none = NULL;
    must(proxy_pods(api.client, "istio-system", ISTIOD_SELECTOR, &found, &err), &err);
    assert_int_equal(json_array_size(found), 2);
    assert_string_equal(json_dig_str(found, "0", "metadata", "name", NULL), "ready");
    assert_string_equal(json_dig_str(found, "1", "metadata", "name", NULL), "ready-2");
    refused(proxy_pods(api.client, "nowhere", ISTIOD_SELECTOR, &none, &err), &err, ERROR_NOT_FOUND,
            NULL);
    assert_null(none);
}

/* Its answer is taken as JSON. */
static int ask_istiod(const char *path, json_t **ret_answer, struct error **err)
{
    struct kube_forward_ask ask = {
        .namespace_ = "istio-system", .pod = "istiod-1", .port = PROXY_ISTIOD_PORT, .path = path};
    must(kube_forward_many(api.client, &ask, 1, err), err);
    int rc = proxy_take_answer(api.client, &ask, ret_answer, err);
    kube_forward_release(&ask, 1);
    return rc;
}

static void istiod_is_asked_at_its_own_port(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *answer = NULL;
    api.output = "[{\"id\":\"west-cluster\",\"syncStatus\":\"synced\"}]\n";
    must(ask_istiod("/debug/clusterz", &answer, &err), &err);
    assert_string_equal(json_dig_str(answer, "0", "syncStatus", NULL), "synced");
    assert_non_null(strstr(api.target, "/namespaces/istio-system/pods/istiod-1/portforward?"));
    assert_true(text_has_prefix(buf_str(&api.asked), "GET /debug/clusterz HTTP/1.1\r\n"));
}

static void answer_that_is_no_json_is_the_servers_fault(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_t *answer = NULL;
    api.output = "404 page not found";
    int rc = ask_istiod("/debug/x", &answer, &err);
    AUTO_FREE char *told = mem_printf("%s %s", err->message, err->where);
    assert_non_null(strstr(told, "west: pod istio-system/istiod-1: /debug/x"));
    refused(rc, &err, ERROR_REMOTE, NULL);
    assert_null(answer);
    api.output = "";
    refused(ask_istiod("/debug/x", &answer, &err), &err, ERROR_REMOTE, NULL);
}

static void endpoint_is(const json_t *endpoints, size_t i, const char *address, int port,
                        const char *region, bool healthy)
{
    const json_t *e = json_array_get(endpoints, i);
    assert_string_equal(json_dig_str(e, "address", NULL), address);
    assert_int_equal(json_dig_int(e, -1, "port", NULL), port);
    assert_string_equal(json_dig_str(e, "region", NULL), region);
    assert_int_equal(json_is_true(json_dig(e, "healthy", NULL)), healthy);
}

static void endpoints_are_those_of_the_cluster_asked_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *endpoints = NULL, *unknown = NULL;
    api.output = clusters;
    must(proxy_endpoints(api.client, "bookinfo", "productpage-1", "outbound|9080||reviews",
                         &endpoints, &err),
         &err);
    assert_int_equal(json_array_size(endpoints), 5);
    endpoint_is(endpoints, 0, "172.30.2.11", 15443, "jp-east-1", true);
    assert_string_equal(json_dig_str(endpoints, "0", "zone", NULL), "east-14");
    endpoint_is(endpoints, 1, "10.244.0.7", 9080, "", false); /* thrown out by outlier detection */
    endpoint_is(endpoints, 2, "10.244.0.8", 9080, "", false);
    endpoint_is(endpoints, 3, "10.244.0.9", 9080, "", true); /* says nothing: healthy */
    endpoint_is(endpoints, 4, "", 0, "", true);
    assert_non_null(strstr(api.target, "/namespaces/bookinfo/pods/productpage-1/portforward?"));
    assert_true(text_has_prefix(buf_str(&api.asked), "GET /clusters?format=json HTTP/1.1\r\n"));
    must(proxy_endpoints(api.client, "bookinfo", "productpage-1", "outbound|9080||other", &unknown,
                         &err),
         &err);
    assert_int_equal(json_array_size(unknown), 0);
}

/* Envoy's secrets: of the two that a proxy has, only ROOTCA says whom it trusts. */
static char *secrets_dup(const char *name, const char *pem)
{
    AUTO_FREE char *bytes = base64_encode_dup(pem, strlen(pem));
    return mem_printf(
        "{\"configs\":[{\"name\":\"default\",\"secret\":{\"tls_certificate\":{\"private_key\":{"
        "\"inline_bytes\":\"W3JlZGFjdGVkXQ==\"}}}},{\"name\":\"%s\",\"secret\":{\"name\":\"%s\","
        "\"validation_context\":{\"trusted_ca\":{\"inline_bytes\":\"%s\"}}}}]}",
        name, name, bytes);
}

static void read_secrets(const char *text, struct proxy_secrets *ret)
{
    struct error *err = NULL;
    json_auto_t *dump = NULL;
    *ret = (struct proxy_secrets){0};
    must(json_read(text, strlen(text), "test", &dump, &err), &err);
    must(proxy_read_secrets(dump, "pod n/p", ret, &err), &err);
}

static void roots_are_those_of_the_proxy(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct test_authority *authority = test_authority_new("old root");
    MC_CLEANUP(ca_roots_release) struct ca_roots wanted = {0};
    MC_CLEANUP(proxy_secrets_release) struct proxy_secrets held = {0}, none = {0};
    AUTO_FREE char *mine = secrets_dup("ROOTCA", test_authority_pem(authority));
    AUTO_FREE char *other = secrets_dup("kubernetes://x", test_authority_pem(authority));
    must(ca_roots_add_pem(&wanted, test_authority_pem(authority),
                          strlen(test_authority_pem(authority)), "test", &err),
         &err);
    read_secrets(other, &none);
    assert_int_equal(none.roots.count, 0);
    assert_int_equal(none.chain.len, 0);
    read_secrets(mine, &held);
    assert_int_equal(ca_roots_compare(&held.roots, &wanted), CA_ROOTS_EQUAL);
    test_authority_free(authority);
}

static void chain_is_what_it_shows_to_others(void **state)
{
    (void)state;
    MC_CLEANUP(proxy_secrets_release) struct proxy_secrets held = {0};
    read_secrets("{\"configs\":[{\"name\":\"default\",\"secret\":{\"tls_certificate\":{"
                 "\"certificate_chain\":{\"inline_bytes\":\"YWJj\"}}}}]}",
                 &held);
    assert_string_equal(buf_str(&held.chain), "abc");
}

static void secrets_that_are_none_are_refused(void **state)
{
    (void)state;
    AUTO_FREE char *no_pem = secrets_dup("ROOTCA", "no PEM");
    const char *rows[] = {no_pem, "{\"configs\":[{\"name\":\"default\",\"secret\":{"
                                  "\"tls_certificate\":{\"certificate_chain\":{"
                                  "\"inline_bytes\":\"?\"}}}}]}"};
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        MC_CLEANUP(proxy_secrets_release) struct proxy_secrets held = {0};
        json_auto_t *dump = NULL;
        struct error *err = NULL;
        must(json_read(rows[i], strlen(rows[i]), "test", &dump, &err), &err);
        refused(proxy_read_secrets(dump, "pod n/p", &held, &err), &err, ERROR_REMOTE, "pod n/p",
                NULL);
    }
}

/* A compromised proxy says what it likes: the shape is checked by nobody else. */
static void odd_answers_do_no_harm(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "null",
        "[]",
        "{}",
        "{\"cluster_statuses\":1}",
        "{\"cluster_statuses\":[1,null,[]]}",
        "{\"cluster_statuses\":[{\"name\":\"c\",\"host_statuses\":{}}]}",
        "{\"cluster_statuses\":[{\"name\":1}]}",
        "{\"configs\":{}}",
        "{\"configs\":[1,null,{\"name\":\"ROOTCA\",\"secret\":[]}]}"};
    for (size_t i = 0; i < MC_ARRAY_LEN(odd); i++) {
        struct error *err = NULL;
        json_auto_t *endpoints = NULL;
        api.output = odd[i];
        must(proxy_endpoints(api.client, "n", "p", "c", &endpoints, &err), &err);
        assert_int_equal(json_array_size(endpoints), 0);
        MC_CLEANUP(proxy_secrets_release) struct proxy_secrets held = {0};
        read_secrets(odd[i], &held);
        assert_int_equal(held.roots.count + held.chain.len, 0);
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(only_ready_pods_are_asked),
        TEST(istiod_is_asked_at_its_own_port),
        TEST(answer_that_is_no_json_is_the_servers_fault),
        TEST(endpoints_are_those_of_the_cluster_asked_for),
        TEST(roots_are_those_of_the_proxy),
        TEST(chain_is_what_it_shows_to_others),
        TEST(secrets_that_are_none_are_refused),
        TEST(odd_answers_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
