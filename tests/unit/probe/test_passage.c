/* What a gateway passes on, and how proxies' connections to the peers' gateways go. */
#include "passage.h"

#include "support.h"

static void names_of_clusters(void **state)
{
    (void)state;
    static const struct {
        const char *cluster, *host;
    } rows[] = {
        {"outbound_.9080_._.details.bookinfo.svc.cluster.local",
         "details.bookinfo.svc.cluster.local"},
        {"outbound_.9080_.v1_.details.bookinfo.svc.cluster.local",
         "details.bookinfo.svc.cluster.local"},
        {"outbound|9080||details.bookinfo.svc.cluster.local", NULL},
        {"outbound_.9080_._.", NULL},
        {"outbound_.9080", NULL},
        {"BlackHoleCluster", NULL},
        {NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        const char *host = passage_host(rows[i].cluster);
        if (rows[i].host)
            assert_string_equal(host, rows[i].host);
        else
            assert_null(host);
    }
}

#define POD "{\"metadata\":{\"labels\":{\"istio\":\"eastwestgateway\"}}}"

static void hosts_of_gateways(void **state)
{
    (void)state;
    static const struct {
        const char *selector, *port, *mode, *host;
        bool is_exposed;
    } rows[] = {
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "*.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "*", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "*/*", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "a.b.svc.cluster.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "*.b.svc.cluster.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "b/*.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "c/*.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "./*.local", true},
        {"eastwestgateway", "15443", "AUTO_PASSTHROUGH", "*.global", false},
        {"eastwestgateway", "15443", "PASSTHROUGH", "*.local", false},
        {"eastwestgateway", "15444", "AUTO_PASSTHROUGH", "*.local", false},
        {"ingressgateway", "15443", "AUTO_PASSTHROUGH", "*.local", false},
    };
    json_auto_t *pod = parse(POD);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *text =
            mem_printf("[{\"metadata\":{\"namespace\":\"ns\"},\"spec\":{\"selector\":{\"istio\":"
                       "\"%s\"},\"servers\":[{\"port\":{\"number\":%s},\"tls\":{\"mode\":\"%s\"},"
                       "\"hosts\":[\"%s\"]}]}}]",
                       rows[i].selector, rows[i].port, rows[i].mode, rows[i].host);
        json_auto_t *gateways = parse(text);
        if (passage_is_exposed(gateways, pod, "a.b.svc.cluster.local") != rows[i].is_exposed)
            fail_msg("row %zu: %s", i, rows[i].host);
    }
}

/* Only what has an endpoint can be tried: without, a gateway closes the connection by right. */
static void candidates(void **state)
{
    (void)state;
    json_auto_t *pod = parse(POD);
    json_auto_t *gateways = parse(
        "[{\"spec\":{\"selector\":{\"istio\":\"eastwestgateway\"},\"servers\":[{\"port\":{"
        "\"number\":15443},\"tls\":{\"mode\":\"AUTO_PASSTHROUGH\"},\"hosts\":[\"*.local\"]}]}}]");
    json_auto_t *clusters =
        parse("{\"cluster_statuses\":[{\"name\":\"outbound|80||a.b.svc.cluster.local\","
              "\"host_statuses\":[{\"health_status\":{\"eds_health_status\":\"HEALTHY\"}}]},"
              "{\"name\":\"outbound_.80_._.none.b.svc.cluster.local\"},"
              "{\"name\":\"outbound_.80_._.ill.b.svc.cluster.local\",\"host_statuses\":[{"
              "\"health_status\":{\"eds_health_status\":\"UNHEALTHY\"}}]},"
              "{\"name\":\"outbound_.80_._.a.b.svc.cluster.local\",\"host_statuses\":[{"
              "\"health_status\":{\"eds_health_status\":\"UNHEALTHY\"}},{\"health_status\":{"
              "\"eds_health_status\":\"HEALTHY\"}}]},"
              "{\"name\":\"outbound_.80_._.b.b.svc.cluster.local\",\"host_statuses\":[{"
              "\"health_status\":{\"eds_health_status\":\"HEALTHY\"}}]}]}");
    AUTO_STRLIST names = STRLIST_INIT, one = STRLIST_INIT;
    passage_candidates(clusters, gateways, pod, 3, &names);
    AUTO_FREE char *text = strlist_join_dup(&names, " ");
    assert_string_equal(text, "outbound_.80_._.a.b.svc.cluster.local "
                              "outbound_.80_._.b.b.svc.cluster.local");
    passage_candidates(clusters, gateways, pod, 1, &one);
    assert_int_equal(one.count, 1);
}

static void counters(void **state)
{
    (void)state;
    json_auto_t *clusters =
        parse("{\"cluster_statuses\":[{\"host_statuses\":[{\"address\":{\"socket_address\":{"
              "\"address\":\"192.0.2.1\",\"port_value\":15443}},\"stats\":[{\"name\":\"cx_total\","
              "\"value\":\"4\"},{\"name\":\"cx_connect_fail\",\"value\":\"1\"}]}]},{"
              "\"host_statuses\":[{\"address\":{\"socket_address\":{\"address\":\"192.0.2.1\","
              "\"port_value\":15443}},\"stats\":[{\"name\":\"cx_total\",\"value\":\"3\"},{\"name\":"
              "\"cx_connect_fail\"}]},{\"address\":{\"socket_address\":{\"address\":\"192.0.2.1\","
              "\"port_value\":80}},\"stats\":[{\"name\":\"cx_total\",\"value\":\"9\"}]}]}]}");
    json_auto_t *way = parse("{\"address\":\"192.0.2.1\",\"port\":15443}");
    json_auto_t *other = parse("{\"address\":\"192.0.2.2\",\"port\":15443}");
    json_auto_t *pods = parse("{\"pods\":{\"192.0.2.1\":{},\"192.0.2.9\":{}}}");
    struct passage_counts counts = passage_count(clusters, way);
    assert_int_equal(counts.tried, 7);
    assert_int_equal(counts.failed, 1);
    counts = passage_count(clusters, other);
    assert_int_equal(counts.tried, 0);
    counts = passage_count(clusters, pods); /* of any port */
    assert_int_equal(counts.tried, 16);
    assert_int_equal(counts.failed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_clusters),
        cmocka_unit_test(hosts_of_gateways),
        cmocka_unit_test(candidates),
        cmocka_unit_test(counters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
