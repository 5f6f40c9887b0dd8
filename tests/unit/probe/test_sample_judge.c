/* What the sample shows, judged without a cluster. */
#include "sample_judge.h"

#include "support.h"

#define SERVICE(ingress)                                                                           \
    "[{\"metadata\":{\"labels\":{\"topology.istio.io/network\":\"east-network\"}},\"status\":{"    \
    "\"loadBalancer\":{\"ingress\":[" ingress "]}}}]"
#define POD(ip) "{\"address\":\"" ip "\",\"port\":9080}"
#define GATEWAY(ip) "{\"address\":\"" ip "\",\"port\":15443}"

static void endpoints_are_own_pods_and_the_peers_gateway(void **state)
{
    (void)state;
    static const struct {
        const char *ingress, *endpoints;
        enum sample_view view;
        const char *problem;
    } cases[] = {
        {"{\"ip\":\"192.0.2.1\"}", "[" POD("10.0.0.1") "," GATEWAY("192.0.2.1") "]",
         SAMPLE_WORKLOAD, NULL},
        {"{\"ip\":\"192.0.2.1\"}", "[" POD("10.0.0.1") "]", SAMPLE_WORKLOAD,
         "no gateway of east (192.0.2.1, port 15443)"},
        /* Dual-stack: istiod gives both, either will do. */
        {"{\"ip\":\"2001:db8::1\"},{\"ip\":\"192.0.2.1\"}",
         "[" POD("10.0.0.1") "," GATEWAY("192.0.2.1") "]", SAMPLE_WORKLOAD, NULL},
        {"{\"ip\":\"2001:db8::1\"},{\"ip\":\"192.0.2.1\"}",
         "[" POD("10.0.0.1") "," GATEWAY("2001:db8::1") "]", SAMPLE_WORKLOAD, NULL},
        {"{\"ip\":\"2001:db8::1\"},{\"ip\":\"192.0.2.1\"}",
         "[" POD("10.0.0.1") "," GATEWAY("192.0.2.7") "]", SAMPLE_WORKLOAD,
         "no gateway of east (2001:db8::1 or 192.0.2.1, port 15443)"},
        /* A name's address is istiod's to know. */
        {"{\"hostname\":\"lb.example\"}", "[" POD("10.0.0.1") "," GATEWAY("192.0.2.8") "]",
         SAMPLE_WORKLOAD, NULL},
        /* The other network's pod address: reached by nobody. */
        {"{\"ip\":\"192.0.2.1\"}", "[" POD("10.0.0.1") "," POD("10.9.9.9") "]", SAMPLE_WORKLOAD,
         "10.9.9.9:9080, which is no pod of west and no gateway"},
        {"{\"ip\":\"192.0.2.1\"}", "[" GATEWAY("192.0.2.1") "]", SAMPLE_WORKLOAD,
         "no pod of its own"},
        {"{\"ip\":\"192.0.2.1\"}", "[" POD("10.0.0.1") "," GATEWAY("192.0.2.1") "]", SAMPLE_ALONE,
         "192.0.2.1:15443, which is no pod of west and no gateway"},
        {"{\"ip\":\"192.0.2.1\"}", "[" POD("10.0.0.1") "]", SAMPLE_ALONE, NULL},
        {"{\"ip\":\"192.0.2.1\"}", "[1,{}]", SAMPLE_WORKLOAD,
         ":0, which is no pod of west and no gateway"},
    };
    AUTO_STRLIST pods = STRLIST_INIT;
    strlist_add(&pods, "10.0.0.1");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct two t;
        two_init(&t);
        AUTO_FREE char *services = mem_printf(SERVICE("%s"), cases[i].ingress);
        json_auto_t *endpoints = parse(cases[i].endpoints);
        t.east.network_services = parse(services);
        AUTO_FREE char *problem =
            sample_endpoints_problem_dup(&t.probe, endpoints, &pods, cases[i].view);
        if (cases[i].problem)
            assert_string_equal(problem, cases[i].problem);
        else
            assert_null(problem);
        two_release(&t);
    }
}

/* West and east share a network: each other's pods stand in both's proxies, the gateways' included, and no
 * gateway of either. */
static void endpoints_on_one_network_are_pods(void **state)
{
    (void)state;
    static const struct {
        const char *endpoints;
        enum sample_view view;
        const char *problem;
    } cases[] = {
        {"[" POD("10.0.0.1") "," POD("10.9.9.9") "]", SAMPLE_WORKLOAD, NULL},
        {"[" POD("10.0.0.1") "," POD("10.9.9.9") "]", SAMPLE_GATEWAY, NULL},
        {"[" POD("10.0.0.1") "]", SAMPLE_GATEWAY, NULL},
        {"[" POD("10.0.0.1") "," POD("10.9.9.9") "]", SAMPLE_ALONE,
         "10.9.9.9:9080, which is no pod of west and no gateway"},
        {"[" POD("10.0.0.1") "]", SAMPLE_WORKLOAD, "no pod of east, which is on the same network"},
        {"[" POD("10.0.0.1") "," GATEWAY("192.0.2.1") "]", SAMPLE_WORKLOAD,
         "192.0.2.1:15443, which is no pod of west and no gateway"},
        {"[" POD("10.0.0.1") "," POD("10.7.7.7") "]", SAMPLE_WORKLOAD,
         "10.7.7.7:9080, which is no pod of west and no gateway"},
    };
    AUTO_STRLIST pods = STRLIST_INIT;
    strlist_add(&pods, "10.0.0.1");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct two t;
        two_init(&t);
        json_auto_t *endpoints = parse(cases[i].endpoints);
        mesh_set(&t.mesh->members[1].network, "west-network");
        t.east.network_services = parse(SERVICE("{\"ip\":\"192.0.2.1\"}"));
        t.east.addresses = parse("{\"10.9.9.9\":{\"pod\":\"bookinfo/reviews-v3-1\"}}");
        AUTO_FREE char *problem =
            sample_endpoints_problem_dup(&t.probe, endpoints, &pods, cases[i].view);
        if (cases[i].problem)
            assert_string_equal(problem, cases[i].problem);
        else
            assert_null(problem);
        two_release(&t);
    }
}

/* istioctl's ingress has 80 to 8080, which its sample's Gateway names; the chart's has 80 to 80. */
static void gateways_port_is_a_services_port_or_target(void **state)
{
    (void)state;
    static const struct {
        const char *ports;
        unsigned number, port;
    } cases[] = {
        {"{\"port\":80,\"targetPort\":80}", 80, 80},
        {"{\"port\":15021,\"targetPort\":15021},{\"port\":80,\"targetPort\":8080}", 8080, 80},
        {"{\"port\":80,\"targetPort\":8080},{\"port\":8080,\"targetPort\":9}", 8080, 8080},
        {"{\"port\":80,\"targetPort\":8080}", 80, 80},
        {"{\"port\":80,\"targetPort\":80}", 8080, 0},
        {"{\"port\":80,\"targetPort\":\"http2\"}", 8080, 0},
        {"{\"port\":80,\"protocol\":\"UDP\"}", 80, 0},
        {"1,{\"port\":-1},{\"port\":70000,\"targetPort\":80}", 80, 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = mem_printf("{\"spec\":{\"ports\":[%s]}}", cases[i].ports);
        json_auto_t *service = parse(text);
        assert_int_equal(sample_service_port(service, cases[i].number), cases[i].port);
    }
}

static void address_stands_in_a_url(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        unsigned port;
        const char *authority;
    } cases[] = {
        {"192.0.2.1", 80, "192.0.2.1"},
        {"lb.example", 8080, "lb.example:8080"},
        {"2001:db8::1", 80, "[2001:db8::1]"},
        {"2001:db8::1", 8080, "[2001:db8::1]:8080"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = sample_authority_dup(cases[i].address, cases[i].port);
        assert_string_equal(text, cases[i].authority);
    }
}

static void judged(unsigned west, unsigned east, unsigned failed, unsigned no_stars, bool alone,
                   const char *problem, const char *id)
{
    struct traffic_row rows[] = {
        {(char[]){"reviews-v2"}, (char[]){"west-cluster"}, (char[]){"b"}, west},
        {(char[]){"reviews-v3"}, (char[]){"east-cluster"}, (char[]){"r"}, east}};
    struct traffic traffic = {.rows = rows,
                              .count = 2,
                              .requests = west + east + failed,
                              .failed = failed,
                              .no_stars = no_stars};
    struct two t;
    two_init(&t);
    AUTO_FREE char *text = sample_answers_problem_dup(&t.probe, &traffic, alone);
    sample_judge_answers(&t.probe, &traffic, alone);
    const json_t *row = json_array_get(t.probe.findings, 0);
    assert_string_equal(json_dig_str(row, "id", NULL), id);
    if (problem) {
        assert_string_equal(text, problem);
        assert_string_equal(json_dig_str(row, "level", NULL), "error");
    } else {
        assert_null(text);
        assert_string_equal(json_dig_str(row, "level", NULL), "ok");
        assert_int_equal(json_array_size(t.probe.findings), 1);
    }
    two_release(&t);
}

static void every_cluster_has_to_answer(void **state)
{
    (void)state;
    judged(20, 20, 0, 0, false, NULL, "MC701");
    judged(40, 0, 0, 0, false, "no answer of east-cluster", "MC701");
    judged(30, 5, 5, 0, false, "requests fail", "MC702");
    judged(20, 20, 0, 20, false, "answers come without stars", "MC704");
    judged(10, 0, 0, 0, true, NULL, "MC701");
    judged(0, 0, 8, 0, true, "requests fail, no answer of west-cluster", "MC702");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_are_own_pods_and_the_peers_gateway),
        cmocka_unit_test(endpoints_on_one_network_are_pods),
        cmocka_unit_test(gateways_port_is_a_services_port_or_target),
        cmocka_unit_test(address_stands_in_a_url),
        cmocka_unit_test(every_cluster_has_to_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
