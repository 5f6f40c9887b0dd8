/* What Istio's own proxy measures, in the form of its /stats/prometheus: the labels are those of Istio's
 * standard metrics, the limits of the buckets Envoy's. */
#include "metrics.h"

#include "support.h"

#define LABELS(reporter, service, cluster)                                                         \
    "reporter=\"" reporter "\",source_workload=\"productpage-v1\",destination_service=\"" service  \
    ".bookinfo.svc.cluster.local\",destination_cluster=\"" cluster                                 \
    "\",response_code=\"200\",response_flags=\"-\",source_cluster=\"west-cluster\""
#define BUCKET(reporter, service, cluster, le, count)                                              \
    "istio_request_duration_milliseconds_bucket{" LABELS(reporter, service,                        \
                                                         cluster) ",le=\"" le "\"} " count "\n"
#define EAST(a, b, c, d)                                                                           \
    BUCKET("source", "reviews", "east-cluster", "1", a)                                            \
    BUCKET("source", "reviews", "east-cluster", "5", b)                                            \
    BUCKET("source", "reviews", "east-cluster", "10", c)                                           \
    BUCKET("source", "reviews", "east-cluster", "+Inf", d)

static const char before[] =
    "# TYPE istio_request_duration_milliseconds histogram\n" EAST("5", "10", "10", "10");
static const char after[] =
    "# TYPE istio_request_duration_milliseconds histogram\n" EAST("55", "100", "109", "110")
    /* The same requests as those who answered them measured, and others. */
    BUCKET("destination", "reviews", "east-cluster", "+Inf", "9000")
        BUCKET("source", "details", "west-cluster", "1", "4") BUCKET("source", "details", "west-cluster", "+Inf", "4") "istio_request_duration_milliseconds_sum{" LABELS(
            "source", "reviews",
            "east-cluster") "} 1e3\n"
                            "# TYPE istio_tcp_sent_bytes_total counter\n"
                            "istio_tcp_sent_bytes_total{" LABELS(
                                "source", "db",
                                "east-cluster") "} 1000\n"
                                                "istio_tcp_received_bytes_total{" LABELS(
                                                    "source", "db",
                                                    "east-cluster") "} 2.5e3\n"
                                                                    "envoy_listener_downstream_cx_"
                                                                    "active{envoy_listener_address="
                                                                    "\"0.0.0.0_15443\"} 12\n"
                                                                    "envoy_listener_downstream_cx_"
                                                                    "active{envoy_listener_address="
                                                                    "\"0.0.0.0_15012\"} 3\n"
                                                                    "envoy_listener_admin_"
                                                                    "downstream_cx_active{} 7\n";

static void is_near(double value, double wanted)
{
    if (value < wanted - 0.001 || value > wanted + 0.001)
        fail_msg("%f, wanted %f", value, wanted);
}

static void times_are_read(void **state)
{
    (void)state;
    AUTO_METRICS a = {0}, b = {0}, sum = {0};
    metrics_read(before, strlen(before), &a);
    metrics_read(after, strlen(after), &b);
    metrics_add_between(&sum, &a, &b);
    /* Of 100 requests 50 within 1 ms, 90 within 5, 99 within 10. */
    is_near(metrics_quantile(&sum, "east-cluster", 0.5), 1);
    is_near(metrics_quantile(&sum, "east-cluster", 0.7), 3);
    is_near(metrics_quantile(&sum, "east-cluster", 0.99), 10);
    /* Beyond the last limit it is that. */
    is_near(metrics_quantile(&sum, "east-cluster", 1), 10);
    is_near(metrics_quantile(&sum, "west-cluster", 0.5), 0.5);
    assert_true(metrics_quantile(&sum, "north-cluster", 0.5) < 0);
    /* All pods' counts are added up. */
    metrics_add_between(&sum, NULL, &b);
    is_near(metrics_quantile(&sum, "east-cluster", 1), 10);
    is_near(sum.times[0].buckets[3].count, 210);
}

static void quiet_proxies_have_no_times(void **state)
{
    (void)state;
    AUTO_METRICS a = {0}, b = {0}, sum = {0};
    metrics_read(after, strlen(after), &a);
    metrics_read(after, strlen(after), &b);
    metrics_add_between(&sum, &a, &b);
    assert_true(metrics_quantile(&sum, "east-cluster", 0.5) < 0);
    is_near(sum.bytes, 0);
    is_near(sum.active, 15);
}

static void bytes_and_connections_are_summed(void **state)
{
    (void)state;
    AUTO_METRICS m = {0};
    metrics_read(after, strlen(after), &m);
    assert_true(m.has_bytes && m.has_active);
    is_near(m.bytes, 3500);
    is_near(m.active, 15);
}

static void other_lines_are_passed_over(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "\n\n",
        "istio_tcp_sent_bytes_total",
        "istio_tcp_sent_bytes_total{",
        "istio_tcp_sent_bytes_total{a=\"}\" 5",
        "istio_tcp_sent_bytes_total{a=\"b\"}",
        "istio_tcp_sent_bytes_total{a=\"b\"} x",
        "istio_tcp_sent_bytes_total{a=\"b\"} -5",
        "istio_tcp_sent_bytes_total{a=\"b\"} NaN",
        "# istio_tcp_sent_bytes_total 5",
        "istio_request_duration_milliseconds_bucket{reporter=\"source\",le=\"1\"} 5",
        "istio_request_duration_milliseconds_bucket{reporter=\"source\",destination_cluster=",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_METRICS m = {0};
        metrics_read(texts[i], strlen(texts[i]), &m);
        if (m.has_bytes || m.has_active || m.times_count)
            fail_msg("%s is read", texts[i]);
    }
}

static void quoted_values_hold_anything(void **state)
{
    (void)state;
    static const char text[] = "istio_tcp_sent_bytes_total{a=\"}, \\\" {\",b=\"\"} 5";
    AUTO_METRICS m = {0};
    metrics_read(text, strlen(text), &m);
    is_near(m.bytes, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(quiet_proxies_have_no_times),
        cmocka_unit_test(bytes_and_connections_are_summed),
        cmocka_unit_test(other_lines_are_passed_over),
        cmocka_unit_test(quoted_values_hold_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
