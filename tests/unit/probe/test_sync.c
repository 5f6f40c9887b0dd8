/* istiod's answers, in the shapes of istio pilot/pkg/xds/debug.go, and what is made of them. */
#include "sync.h"

#include "meshctl/base/base64.h"
#include "support.h"

#define SERVICE(network, status)                                                                   \
    "[{\"metadata\":{\"labels\":{\"topology.istio.io/network\":\"" network                         \
    "\"}},\"status\":" status "}]"
#define ADDRESS "{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}"

static json_t *link_to(const char *cluster, const char *kubeconfig)
{
    AUTO_FREE char *data = base64_encode_dup(kubeconfig, strlen(kubeconfig));
    return json_pack("[{s:{s:s}, s:{s:s}}]", "metadata", "name", "istio-remote-secret-east-cluster",
                     "data", cluster, data);
}

static void judged(struct two *t, const char *clusterz, const char *networkz, const char *id,
                   const char *found)
{
    json_auto_t *clusters = parse(clusterz), *networks = parse(networkz), *problems = json_array();
    sync_judge_peers(&t->probe, "istiod-1", clusters, networks, problems);
    assert_int_equal(json_array_size(problems), id ? 1 : 0);
    if (!id)
        return;
    assert_string_equal(json_dig_str(problems, "0", "id", NULL), id);
    assert_string_equal(json_dig_str(problems, "0", "found", NULL), found);
    assert_string_equal(json_dig_str(problems, "0", "peer", NULL), "east");
}

#define SYNCED                                                                                     \
    "[{\"id\":\"west-cluster\",\"syncStatus\":\"synced\"},{\"id\":\"east-cluster\","               \
    "\"syncStatus\":\"synced\"}]"
#define KNOWN "[{\"Network\":\"east-network\",\"Addr\":\"192.0.2.1\",\"Port\":15443}]"

static void peers_are_judged_by_istiods_words(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.west.links =
        link_to("east-cluster", "clusters:\n- cluster:\n    server: https://192.0.2.9:6443\n");
    t.east.network_services = parse(SERVICE("east-network", ADDRESS));
    judged(&t, SYNCED, KNOWN, NULL, NULL);
    judged(&t, SYNCED, "null", "MC602",
           "istiod-1: no gateway of east-network, which is at 192.0.2.1:15443");
    judged(&t, "[{\"id\":\"east-cluster\",\"syncStatus\":\"timeout\"}]", KNOWN, "MC601",
           "istiod-1: east-cluster is timeout (Secret istio-remote-secret-east-cluster, server "
           "https://192.0.2.9:6443)");
    judged(&t, "[]", KNOWN, "MC601",
           "istiod-1: east-cluster is not known (Secret istio-remote-secret-east-cluster, server "
           "https://192.0.2.9:6443)");
    two_release(&t);
}

#define AT_PORT(address, port)                                                                     \
    "{\"Network\":\"east-network\",\"Addr\":\"" address "\",\"Port\":" port "}"

/* Every address, at its port; of a name what it was resolved to. */
static void each_address_of_a_gateway_is_known(void **state)
{
    (void)state;
    static const char services[] =
        "[{\"metadata\":{\"labels\":{\"topology.istio.io/network\":\"east-network\","
        "\"networking.istio.io/gatewayPort\":\"31443\"}},\"spec\":{\"ports\":[{\"port\":31443}]},"
        "\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"},{\"hostname\":"
        "\"lb.example.com\"}]}}},"
        /* one that is reached at the nodes, as an observation has it */
        "{\"metadata\":{\"labels\":{\"topology.istio.io/"
        "network\":\"east-network\"},\"annotations\":{"
        "\"traffic.istio.io/nodeSelector\":\"{}\"}},\"spec\":{\"type\":\"NodePort\",\"ports\":[{"
        "\"port\":15443,\"nodePort\":30001}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":"
        "\"192.0.2.8\"}]}}},"
        /* and one that istiod passes over, as it lacks the port */
        "{\"metadata\":{\"labels\":{\"topology.istio.io/network\":\"east-network\"}},\"spec\":{"
        "\"ports\":[{\"port\":80}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":"
        "\"192.0.2.9\"}]}}}]";
    struct two t;
    two_init(&t);
    t.west.links = link_to("east-cluster", "x");
    t.east.network_services = parse(services);
    judged(&t, SYNCED,
           "[" AT_PORT("192.0.2.1", "31443") "," AT_PORT("2001:db8::7", "31443") "," AT_PORT(
               "192.0.2.8", "30001") "]",
           NULL, NULL);
    judged(&t, SYNCED, "[" AT_PORT("192.0.2.1", "31443") "," AT_PORT("192.0.2.8", "30001") "]",
           "MC602", "istiod-1: nothing of lb.example.com:31443 (no A and no AAAA record)");
    judged(&t, SYNCED, "[" AT_PORT("192.0.2.1", "15443") "," AT_PORT("198.51.100.1", "31443") "]",
           "MC602", "istiod-1: nothing of 192.0.2.1:31443, 192.0.2.8:30001");
    two_release(&t);
}

/* What has a finding of its own is not told a second time. */
static void consequences_are_left_out(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.west.links = json_array();
    judged(&t, "[]", "[]", NULL, NULL); /* no link: MC402 */
    json_decref(t.west.links);
    t.west.links = link_to("east-cluster", "{}");
    judged(&t, SYNCED, "[]", NULL, NULL); /* no Service over there: its own MC504 or MC303 */
    t.east.network_services = parse(SERVICE("east-network", "{}"));
    judged(&t, SYNCED, "[]", NULL, NULL); /* no address: its own MC502 */
    t.facts[1] = NULL;                    /* nobody has looked */
    judged(&t, SYNCED, "[]", "MC602", "istiod-1: no gateway of east-network");
    two_release(&t);
}

/* A reader's role without Secrets: istiod's word is all there is. */
static void unread_links_are_asked_for_all_the_same(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    judged(&t, "[]", "[]", "MC601", "istiod-1: east-cluster is not known");
    two_release(&t);
}

static void a_bad_link_does_no_harm(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\t", "[1]", "{\"clusters\":1}", "{\"clusters\":[]}"};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        struct two t;
        two_init(&t);
        t.west.links = link_to("east-cluster", bad[i]);
        judged(&t, "{}", "1", "MC601", "istiod-1: east-cluster is not known");
        two_release(&t);
    }
}

#define POD(name) "{\"metadata\":{\"namespace\":\"istio-ingress\",\"name\":\"" name "\"}}"

static void gateways_have_to_be_connected(void **state)
{
    (void)state;
    json_auto_t *pods = parse("[" POD("ew-1") "," POD("in-1") "]");
    json_auto_t *connected = json_object(), *problems = json_array(), *gateways = json_object();
    json_auto_t *first =
        parse("[{\"proxy\":\"ew-1.istio-ingress\",\"cluster_id\":\"west-cluster\"},"
              "{\"proxy\":1},null]");
    json_auto_t *second = parse("[{\"proxy\":\"in-1.istio-ingress\"}]");
    sync_judge_connected(pods, connected, problems);
    assert_string_equal(json_dig_str(problems, "0", "id", NULL), "MC603");
    assert_string_equal(
        json_dig_str(problems, "0", "found", NULL),
        "2 of 2 ready gateway pods without an istiod: istio-ingress/ew-1, istio-ingress/in-1");
    /* Of nothing that could be restarted: the check's own words. */
    assert_null(json_dig_str(problems, "0", "fix", NULL));
    sync_add_connected(first, "istio-system", "west-cluster", connected, gateways);
    json_array_clear(problems);
    sync_judge_connected(pods, connected, problems);
    assert_string_equal(json_dig_str(problems, "0", "found", NULL),
                        "1 of 2 ready gateway pods without an istiod: istio-ingress/in-1");
    sync_add_connected(second, "istio-system", "west-cluster", connected,
                       gateways); /* each istiod has its own */
    json_array_clear(problems);
    sync_judge_connected(pods, connected, problems);
    assert_int_equal(json_array_size(problems), 0);
}

/* By istiod's word, and of its own cluster: an istiod may have proxies of another one. */
static void gateways_are_told_from_other_proxies(void **state)
{
    (void)state;
    json_auto_t *connected = json_object(), *gateways = json_object();
    json_auto_t *rows =
        parse("[{\"proxy\":\"in-1.a\",\"proxy_type\":\"router\",\"cluster_id\":\"west-cluster\"},"
              "{\"proxy\":\"in-2.a\",\"proxy_type\":\"router\",\"cluster_id\":\"east-cluster\"},"
              "{\"proxy\":\"app.a\",\"proxy_type\":\"sidecar\",\"cluster_id\":\"west-cluster\"},"
              "{\"proxy\":\"old.a\",\"cluster_id\":\"west-cluster\"}]");
    sync_add_connected(rows, "istio-system", "west-cluster", connected, gateways);
    assert_int_equal(json_object_size(connected), 4);
    assert_int_equal(json_object_size(gateways), 1);
    assert_non_null(json_object_get(gateways, "in-1.a"));
}

static void a_long_list_is_cut(void **state)
{
    (void)state;
    json_auto_t *pods = parse("[" POD("a") "," POD("b") "," POD("c") "," POD("d") "," POD("e") "]");
    json_auto_t *connected = json_object(), *problems = json_array();
    sync_judge_connected(pods, connected, problems);
    const char *found = json_dig_str(problems, "0", "found", NULL);
    assert_non_null(strstr(found, "5 of 5 "));
    assert_non_null(strstr(found, "istio-ingress/d, ..."));
    assert_null(strstr(found, "istio-ingress/e"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_are_judged_by_istiods_words),
        cmocka_unit_test(each_address_of_a_gateway_is_known),
        cmocka_unit_test(consequences_are_left_out),
        cmocka_unit_test(unread_links_are_asked_for_all_the_same),
        cmocka_unit_test(a_bad_link_does_no_harm),
        cmocka_unit_test(gateways_have_to_be_connected),
        cmocka_unit_test(gateways_are_told_from_other_proxies),
        cmocka_unit_test(a_long_list_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
