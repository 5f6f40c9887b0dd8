/* How endpoints are called, from recorded answers of a sidecar. */
#include "wires.h"

#include "golden.h"

#define REVIEWS "outbound|9080||reviews.bookinfo.svc.cluster.local"
#define AWAY "172.30.2.11:15443"
#define NEAR "10.244.0.4:9080"

static void recorded_answers_are_read(void **state)
{
    (void)state;
    json_auto_t *endpoints = golden("envoy_endpoints.json");
    json_auto_t *settings = golden("envoy_settings.json"), *wires = json_object();
    wires_add_endpoints(endpoints, wires);
    assert_string_equal(wires_owner(wires, REVIEWS, AWAY), "east-cluster");
    assert_string_equal(wires_owner(wires, REVIEWS, NEAR), "west-cluster");
    assert_null(wires_owner(wires, REVIEWS, "192.0.2.1:1"));
    /* Without the settings it is not known whether the endpoints' word counts. */
    assert_true(json_is_null(wires_mtls(wires, REVIEWS, AWAY)));
    wires_add_clusters(settings, wires);
    assert_true(json_is_true(wires_mtls(wires, REVIEWS, AWAY)));
    assert_true(json_is_true(wires_mtls(wires, REVIEWS, NEAR)));
    assert_true(json_is_null(wires_mtls(wires, REVIEWS, "192.0.2.1:1")));
    assert_true(json_is_null(wires_mtls(wires, "outbound|1||x", AWAY)));
}

static const char taking_it[] =
    "{\"configs\":[{\"endpoint_config\":{\"cluster_name\":\"c\",\"endpoints\":[{"
    "\"lb_endpoints\":[{\"endpoint\":{\"address\":{\"socket_address\":{\"address\":\"fd00::1\","
    "\"port_value\":80}}},\"metadata\":{\"filter_metadata\":{"
    "\"envoy.transport_socket_match\":{\"tlsMode\":\"istio\"}}}}]}]}}]}";

/* What is one of JSON's three constants is nobody's to free. */
static json_t *mtls_with(const char *settings, bool endpoint_takes_it)
{
    AUTO_FREE char *text = mem_printf("{\"configs\":[{\"cluster\":{\"name\":\"c\"%s}}]}", settings);
    json_auto_t *wires = json_object(), *a = parse(text);
    json_auto_t *b = parse(endpoint_takes_it ? taking_it : "{\"configs\":[]}");
    wires_add_clusters(a, wires);
    wires_add_endpoints(b, wires);
    return wires_mtls(wires, "c", "[fd00::1]:80");
}

#define TLS(name)                                                                                  \
    ",\"transport_socket\":{\"name\":\"envoy.transport_sockets.tls\",\"typed_config\":{"           \
    "\"common_tls_context\":{\"tls_certificate_sds_secret_configs\":[{\"name\":\"" name "\"}]}}}"

static void settings_decide(void **state)
{
    (void)state;
    /* Taken as each endpoint can. */
    assert_true(json_is_true(mtls_with(",\"transport_socket_matches\":[{\"name\":\"x\"}]", true)));
    assert_true(json_is_null(mtls_with(",\"transport_socket_matches\":[{\"name\":\"x\"}]", false)));
    /* A DestinationRule that turns it off, one that demands it, one with the service's own TLS. */
    assert_true(json_is_false(mtls_with("", true)));
    assert_true(json_is_true(mtls_with(TLS("default"), false)));
    assert_true(json_is_false(mtls_with(TLS("kubernetes://mine"), true)));
}

static void names_match_themselves(void **state)
{
    (void)state;
    json_auto_t *names = json_pack("{s:n, s:n}", "outbound|80||a.b", "outbound|81|v 1|(c)");
    AUTO_BUF out = BUF_INIT;
    wires_append_path(&out, WIRES_CLUSTERS, names);
    assert_string_equal(buf_str(&out), "/config_dump?resource=dynamic_active_clusters&name_regex="
                                       "outbound.80..a.b%7Coutbound.81.v.1..c.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recorded_answers_are_read),
        cmocka_unit_test(settings_decide),
        cmocka_unit_test(names_match_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
