/* istiods and gateways are asked side by side, by a server of the test that speaks port-forwarding; what
 * is under way is looked at a second time. */
#include <pthread.h>

#include "meshctl/base/text.h"
#include "proxies.h"
#include "shared.h"
#include "test_server.h"
#include "test_websocket.h"

/* What istiod said of its proxies before and says now, what the other ports answer, and how often istiod
 * was asked for its proxies. */
static struct {
    const char *syncz[2], *registryz, *listeners;
    pthread_mutex_t lock;
    size_t asked;
} pods = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *next_syncz(void)
{
    pthread_mutex_lock(&pods.lock);
    pods.asked++;
    pthread_mutex_unlock(&pods.lock);
    return pods.syncz[1];
}

static bool serve(void *ctx, struct test_conn *c, const struct test_request *r)
{
    bool is_istiod = text_has_suffix(r->target, "ports=15014");
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (!text_has_prefix(r->target, "/api/v1/namespaces/"))
        return test_conn_reply(c, 404, NULL, "404 page not found\n");
    if (!test_ws_forward(c, r, is_istiod ? 15014 : 15000, &asked))
        return false;
    const char *body = !is_istiod                                             ? pods.listeners
                       : text_has_prefix(buf_str(&asked), "GET /debug/syncz") ? next_syncz()
                                                                              : pods.registryz;
    AUTO_FREE char *text =
        mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    test_ws_say(c, 0, text, strlen(text));
    test_ws_send_close(c, 1000);
    return false;
}

/* One istiod and one gateway of a good mesh. */
struct asked {
    struct shared shared;
    struct test_server *server;
    struct kube_config config;
    struct kube_client *client;
    json_t *istiods, *gateways, *connected;
};

static void start(struct asked *a)
{
    struct test_server_options options = {.handler = serve};
    struct error *err = NULL;
    *a = (struct asked){0};
    shared_init(&a->shared);
    a->server = test_server_start(&options);
    a->config = (struct kube_config){.server = mem_strdup(test_server_url(a->server)),
                                     .source = mem_strdup("west.kubeconfig"),
                                     .token = mem_strdup("t")};
    must(kube_client_new(&a->config, &(struct kube_client_options){.name = "west"}, &a->client,
                         &err),
         &err);
    a->istiods = quoted("[{'metadata':{'namespace':'istio-system','name':'istiod-1'}}]");
    a->gateways = quoted("[{'metadata':{'namespace':'g','name':'ew-1','labels':{'app':'ew'}}}]");
    a->connected = quoted("{'cart-1.shop':'x','front-1.shop':'x','dns-1.kube-system':'x'}");
    a->shared.two.west.network_services =
        quoted("[{'metadata':{'namespace':'g','name':'ew','labels':{'topology.istio.io/network':"
               "'west-network'}},'spec':{'selector':{'app':'ew'},'ports':[{'port':15443}]}}]");
    pods.asked = 0;
    pods.syncz[0] = pods.syncz[1] = "[]";
    pods.registryz = "[]";
    pods.listeners =
        "{\"listener_statuses\":[{\"local_address\":{\"socket_address\":{\"port_value\":15443}}}]}";
}

static void stop(struct asked *a)
{
    kube_client_free(a->client);
    test_server_stop(a->server);
    free(a->config.server);
    free(a->config.source);
    free(a->config.token);
    json_decref(a->istiods);
    json_decref(a->gateways);
    json_decref(a->connected);
    shared_release(&a->shared);
}

static struct probe *ask(struct asked *a)
{
    struct error *err = NULL;
    AUTO_PROXIES proxies = {0};
    json_auto_t *syncz = NULL;
    must(json_read(pods.syncz[0], strlen(pods.syncz[0]), "syncz", &syncz, &err), &err);
    struct wire_pods seen = {a->istiods, a->gateways, a->connected, syncz};
    struct probe *p = shared_look(&a->shared, 0);
    p->client = a->client;
    proxies_begin(&proxies, p, &seen);
    for (bool again = true; again;) {
        AUTO_QUESTIONS q = {0};
        proxies_add(&proxies, &q);
        must(questions_ask(&q, p->client, &err), &err);
        must(proxies_judge(&proxies, &q, &again, &err), &err);
    }
    proxies_end(&proxies);
    return p;
}

static void good_answers_are_good(void **state)
{
    (void)state;
    struct asked a;
    start(&a);
    struct probe *p = ask(&a);
    shared_is(p, "", "good");
    assert_int_equal(pods.asked, 0);
    AUTO_FREE char *all = json_write_dup(p->findings, 0);
    assert_non_null(strstr(all, "MC508"));
    /* Of Services that istiod does not tell by cluster nothing is said, not even that all are known. */
    assert_null(strstr(all, "MC605"));
    stop(&a);
}

static void each_answer_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *syncz, *registryz, *listeners, *bad;
    } cases[] = {
        {"[]", "[]", "{\"listener_statuses\":[]}", "error MC508"},
        {"[]",
         "[{\"hostname\":\"x.shop.svc.cluster.local\",\"clusterVIPs\":{\"Addresses\":{"
         "\"west-cluster\":[\"10.0.0.1\"]}}}]",
         "{}", "error MC605"},
        {"[{\"proxy\":\"cart-1.shop\",\"resources\":{\"x.Listener\":{\"lastError\":\"no\"}}}]",
         "[]", "{}", "error MC606"},
        {"1", "not JSON", "", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct asked a;
        start(&a);
        pods.syncz[0] = pods.syncz[1] = cases[i].syncz;
        pods.registryz = cases[i].registryz;
        pods.listeners = cases[i].listeners;
        shared_is(ask(&a), cases[i].bad, cases[i].bad);
        stop(&a);
    }
}

#define PROXY(acked)                                                                               \
    "[{\"proxy\":\"cart-1.shop\",\"listener_sent\":\"b\",\"listener_acked\":\"" acked "\"}]"

static void what_is_under_way_is_looked_at_again(void **state)
{
    (void)state;
    static const struct {
        const char *later, *bad;
    } cases[] = {{PROXY("a"), "error MC606"}, {PROXY("b"), ""}};
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct asked a;
        start(&a);
        pods.syncz[0] = PROXY("a");
        pods.syncz[1] = cases[i].later;
        shared_is(ask(&a), cases[i].bad, cases[i].later);
        assert_int_equal(pods.asked, 1);
        stop(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_answers_are_good),
        cmocka_unit_test(each_answer_is_judged),
        cmocka_unit_test(what_is_under_way_is_looked_at_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
