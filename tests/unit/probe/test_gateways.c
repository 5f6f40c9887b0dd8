/* Gateways are found by labels and selectors. */
#include "gateways.h"

#include "support.h"

static void network_service_is_the_one_with_the_label(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.east.network_services = parse(
        "[{\"metadata\":{\"name\":\"other\",\"labels\":{\"topology.istio.io/network\":\"n\"}}},"
        "{\"metadata\":{\"name\":\"any-name\",\"labels\":{\"topology.istio.io/network\":"
        "\"east-network\"}}}]");
    const json_t *service = gateways_network_service(&t.probe, 1);
    assert_string_equal(json_dig_str(service, "metadata", "name", NULL), "any-name");
    assert_null(gateways_network_service(&t.probe, 0));
    t.facts[1] = NULL;
    assert_null(gateways_network_service(&t.probe, 1));
    two_release(&t);
}

static void ips_are_told_from_names(void **state)
{
    (void)state;
    assert_true(gateways_is_ip("10.0.0.1"));
    assert_true(gateways_is_ip("2001:db8::1"));
    assert_false(gateways_is_ip("a1b2.elb.example"));
    assert_false(gateways_is_ip("10.example"));
}

#define NOW 1800000000 /* 2027-01-15T08:00:00Z */

static void only_a_young_name_is_fresh(void **state)
{
    (void)state;
    static const struct {
        const char *created, *ingress;
        bool is_fresh;
    } cases[] = {
        {"2027-01-15T07:55:00Z", "{\"hostname\":\"lb.example\"}", true},
        {"2027-01-15T07:45:00Z", "{\"hostname\":\"lb.example\"}", false},
        {"2027-01-15T07:55:00Z", "{\"ip\":\"192.0.2.1\"}", false},
        {"yesterday", "{\"hostname\":\"lb.example\"}", false},
        {"2027-01-15T07:55:00Z", "{}", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = mem_printf("{\"metadata\":{\"creationTimestamp\":\"%s\"},\"status\":"
                                          "{\"loadBalancer\":{\"ingress\":[%s]}}}",
                                          cases[i].created, cases[i].ingress);
        json_auto_t *service = parse(text);
        assert_int_equal(gateways_is_fresh_name(service, NOW), cases[i].is_fresh);
    }
    assert_false(gateways_is_fresh_name(NULL, NOW));
}

static void selector_selects_by_all_its_labels(void **state)
{
    (void)state;
    json_auto_t *pod =
        parse("{\"metadata\":{\"labels\":{\"app\":\"a\",\"istio\":\"i\",\"x\":\"y\"}}}");
    static const struct {
        const char *selector, *text;
        bool selects;
    } cases[] = {
        {"{\"app\":\"a\"}", "app=a", true},
        {"{\"app\":\"a\",\"istio\":\"i\"}", "app=a,istio=i", true},
        {"{\"app\":\"a\",\"istio\":\"j\"}", "app=a,istio=j", false},
        {"{\"app\":\"a\",\"z\":\"z\"}", "app=a,z=z", false},
        {"{}", "", false}, /* a Service without a selector has endpoints of its own */
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *selector = parse(cases[i].selector);
        AUTO_FREE char *text = gateways_selector_dup(selector);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(gateways_selects(selector, pod), cases[i].selects);
    }
    AUTO_FREE char *none = gateways_selector_dup(NULL);
    assert_string_equal(none, "");
    assert_false(gateways_selects(NULL, pod));
}

static void passthrough_is_known_by_port_and_mode(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.west.gateways = parse(
        "[{\"metadata\":{\"name\":\"web\"},\"spec\":{\"servers\":[{\"port\":{\"number\":15443}}]}},"
        "{\"metadata\":{\"name\":\"tls\"},\"spec\":{\"servers\":[{\"port\":{\"number\":15443},"
        "\"tls\":{"
        "\"mode\":\"PASSTHROUGH\"}}]}},"
        "{\"metadata\":{\"name\":\"mine\"},\"spec\":{\"servers\":[{\"port\":{\"number\":443}},{"
        "\"port\":{"
        "\"number\":15443},\"tls\":{\"mode\":\"AUTO_PASSTHROUGH\"}}]}}]");
    assert_string_equal(json_dig_str(gateways_passthrough(&t.west), "metadata", "name", NULL),
                        "mine");
    assert_null(gateways_passthrough(&t.east));
    two_release(&t);
}

static void workload_is_what_can_be_restarted(void **state)
{
    (void)state;
    static const struct {
        const char *hash, *kind, *owner, *workload;
    } cases[] = {
        {"7c9d", "ReplicaSet", "istio-ingress-7c9d", "deployment/istio-ingress"},
        {"7c9d", "ReplicaSet", "hand-made", NULL},
        {"7c9d", "ReplicaSet", "-7c9d", NULL},
        {"7c9d", "ReplicaSet", "7c9d", NULL},
        {"7c9d", "DaemonSet", "gateway", "daemonset/gateway"},
        {"7c9d", "StatefulSet", "gateway", "statefulset/gateway"},
        {"7c9d", "Job", "once", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text =
            mem_printf("{\"metadata\":{\"labels\":{\"pod-template-hash\":\"%s\"},"
                       "\"ownerReferences\":[{\"kind\":\"%s\",\"name\":\"%s\"}]}}",
                       cases[i].hash, cases[i].kind, cases[i].owner);
        json_auto_t *pod = parse(text);
        AUTO_FREE char *workload = gateways_workload_dup(pod);
        if (cases[i].workload)
            assert_string_equal(workload, cases[i].workload);
        else
            assert_null(workload);
    }
    json_auto_t *naked = parse("{\"metadata\":{\"name\":\"p\"}}");
    assert_null(gateways_workload_dup(naked));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_service_is_the_one_with_the_label),
        cmocka_unit_test(ips_are_told_from_names),
        cmocka_unit_test(only_a_young_name_is_fresh),
        cmocka_unit_test(selector_selects_by_all_its_labels),
        cmocka_unit_test(passthrough_is_known_by_port_and_mode),
        cmocka_unit_test(workload_is_what_can_be_restarted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
