/* Envoy's counters: a recorded answer of a sidecar and one of a gateway, and what happens between two. */
#include "counters.h"

#include "golden.h"

static const struct counters_row *row_of(const struct counters *c, const char *cluster,
                                         const char *endpoint)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->rows[i].cluster, cluster) == 0 && strcmp(c->rows[i].endpoint, endpoint) == 0)
            return &c->rows[i];
    return NULL;
}

#define REVIEWS "outbound|9080||reviews.bookinfo.svc.cluster.local"

static void a_sidecar_is_read(void **state)
{
    (void)state;
    json_auto_t *answer = golden("envoy_clusters.json");
    AUTO_COUNTERS c = {0};
    counters_read(answer, &c);
    const struct counters_row *away = row_of(&c, REVIEWS, "172.30.2.11:15443");
    const struct counters_row *near = row_of(&c, REVIEWS, "10.244.0.4:9080");
    assert_non_null(away);
    assert_non_null(near);
    assert_int_equal(away->counts.requests, 26);
    assert_int_equal(away->counts.errors, 0);
    assert_int_equal(away->counts.connections, 4);
    assert_int_equal(away->active, 4);
    assert_true(away->healthy);
    assert_int_equal(near->counts.requests, 42);
    /* What it never called is left out. */
    assert_null(
        row_of(&c, "outbound|9080||productpage.bookinfo.svc.cluster.local", "10.244.0.6:9080"));
    assert_false(c.is_cut);
}

static void a_gateway_is_read(void **state)
{
    (void)state;
    json_auto_t *answer = golden("envoy_clusters_gateway.json");
    AUTO_COUNTERS c = {0};
    struct counters_name name;
    counters_read(answer, &c);
    assert_int_equal(c.count, 1);
    assert_string_equal(c.rows[0].endpoint, "10.244.0.6:9080");
    assert_true(counters_parse_name(c.rows[0].cluster, &name));
    assert_true(name.is_passed_on);
    assert_string_equal(name.host, "reviews.bookinfo.svc.cluster.local");
    assert_int_equal(name.port, 9080);
}

static void names_are_taken_apart(void **state)
{
    (void)state;
    static const struct {
        const char *cluster, *host;
        unsigned port;
        bool is_passed_on;
    } good[] = {
        {"outbound|80||a.b.svc.cluster.local", "a.b.svc.cluster.local", 80, false},
        {"outbound|443|v1|a.b.svc.cluster.local", "a.b.svc.cluster.local", 443, false},
        {"outbound|443||api.example.com", "api.example.com", 443, false},
        {"outbound_.80_.v1_.a.b.svc.cluster.local", "a.b.svc.cluster.local", 80, true},
    };
    static const char *const bad[] = {
        "",          "agent",         "inbound|80||",      "outbound|80||",
        "outbound|", "outbound|x||a", "outbound|99999||a", "outbound_.80_."};
    struct counters_name name;
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++) {
        assert_true(counters_parse_name(good[i].cluster, &name));
        assert_string_equal(name.host, good[i].host);
        assert_int_equal(name.port, good[i].port);
        assert_int_equal(name.is_passed_on, good[i].is_passed_on);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        if (counters_parse_name(bad[i], &name))
            fail_msg("%s is a name", bad[i]);
}

static void hosts_are_taken_apart(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "", "a", "a.b", "a.b.svc", ".b.svc.x", "a..svc.x", "api.example.com"};
    char *name, *namespace_;
    assert_true(counters_split_host("reviews.bookinfo.svc.corp.example", &name, &namespace_));
    assert_string_equal(name, "reviews");
    assert_string_equal(namespace_, "bookinfo");
    free(name);
    free(namespace_);
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        if (counters_split_host(bad[i], &name, &namespace_))
            fail_msg("%s is a Service's", bad[i]);
}

#define HOST(health, requests, errors)                                                             \
    "{\"cluster_statuses\":[{\"name\":\"outbound|80||a.b.svc.x\",\"host_statuses\":[{\"address\":" \
    "{\"socket_address\":{\"address\":\"fd00::1\",\"port_value\":80}},\"health_status\":" health   \
    ",\"stats\":[{\"name\":\"rq_total\",\"value\":\"" requests                                     \
    "\"},{\"name\":\"rq_error\",\"value\":\"" errors                                               \
    "\"},{\"name\":\"cx_total\",\"value\":\"3\"}]}]}]}"

static struct counts between(const char *before, const char *now)
{
    json_auto_t *first = before ? parse(before) : NULL, *second = parse(now);
    AUTO_COUNTERS a = {0}, b = {0};
    if (first)
        counters_read(first, &a);
    counters_read(second, &b);
    assert_int_equal(b.count, 1);
    assert_string_equal(b.rows[0].endpoint, "[fd00::1]:80");
    return counters_between(before ? &a : NULL, &b.rows[0]);
}

static void what_happened_is_the_difference(void **state)
{
    (void)state;
    struct counts c = between(HOST("{}", "100", "1"), HOST("{}", "130", "4"));
    assert_int_equal(c.requests, 30);
    assert_int_equal(c.errors, 3);
    assert_int_equal(c.connections, 0);
    /* One that has started again counts from 0. */
    c = between(HOST("{}", "100", "1"), HOST("{}", "7", "2"));
    assert_int_equal(c.requests, 7);
    assert_int_equal(c.errors, 1);
    /* What was not there before is all new. */
    c = between("{}", HOST("{}", "7", "2"));
    assert_int_equal(c.requests, 7);
    c = between(NULL, HOST("{}", "7", "2"));
    assert_int_equal(c.requests, 7);
}

static void health_is_every_flag(void **state)
{
    (void)state;
    static const struct {
        const char *answer;
        bool healthy;
    } rows[] = {
        {HOST("{\"eds_health_status\":\"HEALTHY\"}", "1", "0"), true},
        {HOST("{}", "1", "0"), true},
        {HOST("{\"eds_health_status\":\"UNHEALTHY\"}", "1", "0"), false},
        {HOST("{\"eds_health_status\":\"HEALTHY\",\"failed_outlier_check\":true}", "1", "0"),
         false},
        {HOST("{\"failed_active_health_check\":true}", "1", "0"), false},
        {HOST("{\"failed_outlier_check\":false}", "1", "0"), true},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        json_auto_t *answer = parse(rows[i].answer);
        AUTO_COUNTERS c = {0};
        counters_read(answer, &c);
        assert_int_equal(c.rows[0].healthy, rows[i].healthy);
    }
}

static void other_shapes_are_nothing(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "null", "[]", "{\"cluster_statuses\":{}}", "{\"cluster_statuses\":[1,{\"name\":7}]}",
        ("{\"cluster_statuses\":[{\"name\":\"outbound|80||a\",\"host_statuses\":[{\"stats\":"
         "[{\"name\":\"rq_total\",\"value\":\"5\"}]}]}]}")};
    for (size_t i = 0; i < MC_ARRAY_LEN(answers); i++) {
        json_auto_t *answer = parse(answers[i]);
        AUTO_COUNTERS c = {0};
        counters_read(answer, &c);
        assert_int_equal(c.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sidecar_is_read),
        cmocka_unit_test(a_gateway_is_read),
        cmocka_unit_test(names_are_taken_apart),
        cmocka_unit_test(hosts_are_taken_apart),
        cmocka_unit_test(what_happened_is_the_difference),
        cmocka_unit_test(health_is_every_flag),
        cmocka_unit_test(other_shapes_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
