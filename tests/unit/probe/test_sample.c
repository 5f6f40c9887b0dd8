/* Requests through the addresses of a load balancer; the way to them leads through http_proxy to a server
 * of the test. */
#include "meshctl/probe/sample.h"

#include "meshctl/base/clock.h"
#include "support.h"
#include "test_server.h"

#define V2                                                                                         \
    "{\"podname\":\"reviews-v2-a-b\",\"clustername\":\"west-cluster\",\"reviews\":[{\"rating\":{"  \
    "\"color\":\"black\"}}]}"
#define V3                                                                                         \
    "{\"podname\":\"reviews-v3-a-b\",\"clustername\":\"east-cluster\",\"reviews\":[{\"rating\":{"  \
    "\"color\":\"red\"}}]}"

static struct {
    struct test_server *server;
    int deaf;   /* so many requests to 192.0.2.1 fail first */
    int v6, v4; /* requests so far */
    pthread_mutex_t lock;
} ingress;

/* Nobody answers at the IPv6 address; at the other one the clusters take turns. */
static bool answer(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    pthread_mutex_lock(&ingress.lock);
    bool is_v6 = strncmp(r->target, "http://[2001:db8::1]/", 21) == 0;
    int n = is_v6 ? ingress.v6++ : ingress.v4++;
    pthread_mutex_unlock(&ingress.lock);
    if (is_v6 || n < ingress.deaf)
        return test_conn_reply(c, 502, NULL, "");
    if (strstr(r->target, "/productpage"))
        return test_conn_reply(c, 200, NULL, "reviews-v2");
    return test_conn_reply(c, 200, NULL, n % 2 ? V2 : V3);
}

static struct two t;
static struct sample_ways ways;

static int set_up(void **state)
{
    (void)state;
    struct test_server_options options = {.handler = answer};
    memset(&ingress, 0, sizeof(ingress));
    pthread_mutex_init(&ingress.lock, NULL);
    ingress.server = test_server_start(&options);
    setenv("http_proxy", test_server_url(ingress.server), 1);
    unsetenv("no_proxy");
    unsetenv("NO_PROXY");
    two_init(&t);
    ways = (struct sample_ways){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unsetenv("http_proxy");
    test_server_stop(ingress.server);
    pthread_mutex_destroy(&ingress.lock);
    sample_ways_release(&ways);
    two_release(&t);
    return 0;
}

static void address_that_answers_is_used(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_TRAFFIC counts = {0};
    const char *used = NULL;
    strlist_add(&ways.addresses, "[2001:db8::1]");
    strlist_add(&ways.addresses, "192.0.2.1");
    must(probe_sample_answers(&t.probe, &ways, 20, false, &counts, &used, &err), &err);
    assert_string_equal(used, "192.0.2.1");
    assert_true(ingress.v6 > 0);
    assert_int_equal(counts.failed, 0);
    assert_true(counts.requests >= 20);
    assert_string_equal(json_dig_str(t.probe.findings, "0", "level", NULL), "ok");
}

static void none_answers(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_TRAFFIC counts = {0};
    const char *used = NULL;
    ingress.deaf = 1000000;
    strlist_add(&ways.addresses, "[2001:db8::1]");
    strlist_add(&ways.addresses, "192.0.2.1");
    must(probe_sample_answers(&t.probe, &ways, 20, false, &counts, &used, &err), &err);
    assert_non_null(used);
    assert_true(ingress.v6 > 0 && ingress.v4 > 0);
    assert_string_equal(json_dig_str(t.probe.findings, "0", "id", NULL), "MC702");
}

/* The name of a new load balancer: as long as nothing answers, to the deadline. */
static void young_name_is_waited_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_TRAFFIC counts = {0};
    const char *used = NULL;
    ingress.deaf = 16; /* two looks of eight */
    ways.is_fresh = true;
    t.probe.deadline_ms = clock_now_ms() + 60000;
    strlist_add(&ways.addresses, "lb.example");
    must(probe_sample_answers(&t.probe, &ways, 20, false, &counts, &used, &err), &err);
    assert_int_equal(counts.failed, 0);
    assert_string_equal(json_dig_str(t.probe.findings, "0", "level", NULL), "ok");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(address_that_answers_is_used),
        TEST(none_answers),
        TEST(young_name_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
