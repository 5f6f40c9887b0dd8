/* What a pod has to reach of the peers: which addresses, how its Envoy is told, what is made of its answers. */
#include "proof_reach.h"

#include <string.h>

#include "meshctl/base/base64.h"
#include "scratch.h"

static struct mesh *mesh;
static struct facts west, east;
static struct facts *facts[] = {&west, &east};
static struct probe probe;
static struct proof proof;

static json_t *link_to(const char *server, const char *more)
{
    AUTO_FREE char *text =
        mem_printf("{\"current-context\":\"c\",\"contexts\":[{\"name\":\"c\",\"context\":{"
                   "\"cluster\":\"k\",\"user\":\"u\"}}],\"clusters\":[{\"name\":\"k\","
                   "\"cluster\":{\"server\":\"%s\"%s}}],\"users\":[]}",
                   server, more);
    AUTO_BUF data = BUF_INIT;
    base64_append(&data, text, strlen(text));
    return json_pack("[{s:{s:s}, s:{s:s}}]", "metadata", "name", "link", "data", "east-cluster",
                     buf_str(&data));
}

static void given(const char *server, const char *more)
{
    json_decref(west.links);
    west.links = link_to(server, more);
    proof_targets_release(&proof);
    proof_add_targets(&probe, &proof);
}

static int set_up(void **state)
{
    (void)state;
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    mesh_add_member(mesh, "east", NULL, NULL);
    probe = (struct probe){.mesh = mesh, .facts = facts, .findings = json_array()};
    east.network_services = json_pack(
        "[{s:{s:{s:s, s:s}}, s:{s:[s, s]}}, {s:{s:{s:s}}, s:{s:[s]}}]", "metadata", "labels",
        "topology.istio.io/network", "east-network", "networking.istio.io/gatewayPort", "15444",
        "spec", "externalIPs", "192.0.2.2", "2001:db8::2", "metadata", "labels",
        "topology.istio.io/network", "other-network", "spec", "externalIPs", "192.0.2.9");
    proof = (struct proof){.caller = mem_strdup("caller-1")};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    proof_release(&proof);
    json_decref(west.links);
    west.links = NULL;
    json_decref(east.network_services);
    json_decref(probe.findings);
    mesh_free(mesh);
    return 0;
}

static void is_target(size_t at, enum proof_target_kind kind, const char *host, unsigned port)
{
    assert_true(at < proof.targets_count);
    assert_int_equal(proof.targets[at].peer, 1);
    assert_int_equal(proof.targets[at].kind, kind);
    assert_string_equal(proof.targets[at].host, host);
    assert_int_equal(proof.targets[at].port, port);
}

static void what_istiod_and_the_gateways_callers_use_is_tried(void **state)
{
    (void)state;
    given("https://api.east.example:6443/k8s", "");
    assert_int_equal(proof.targets_count, 3);
    is_target(0, PROOF_SERVER, "api.east.example", 6443);
    is_target(1, PROOF_GATEWAY, "192.0.2.2", 15444);
    is_target(2, PROOF_GATEWAY, "2001:db8::2", 15444);
    given("https://192.0.2.7", "");
    is_target(0, PROOF_SERVER, "192.0.2.7", 443);
    /* Told by others, or nothing that a pod would use. */
    static const char *const none[] = {"https://127.0.0.1:6443", "http://192.0.2.7", ""};
    for (size_t i = 0; i < MC_ARRAY_LEN(none); i++) {
        given(none[i], "");
        assert_int_equal(proof.targets_count, 2);
    }
    given("https://192.0.2.7", ",\"proxy-url\":\"http://192.0.2.1\"");
    assert_int_equal(proof.targets_count, 2);
    /* The sidecar has to keep that one. */
    given("https://192.0.2.7:10080", "");
    assert_int_equal(proof.targets_count, 2);
}

static json_t *clusters(void)
{
    AUTO_FREE char *text = proof_clusters_dup(&proof);
    AUTO_FREE char *list = mem_printf("[0%s]", text);
    json_t *all = json_loads(list, 0, NULL);
    assert_non_null(all);
    return all;
}

static void the_callers_envoy_is_told_of_them(void **state)
{
    (void)state;
    given("https://api.east.example:6443", "");
    json_auto_t *all = clusters();
    assert_int_equal(json_array_size(all), 4);
    const json_t *server = json_array_get(all, 1), *gateway = json_array_get(all, 2);
    assert_string_equal(json_dig_str(server, "type", NULL), "LOGICAL_DNS");
    assert_string_equal(json_dig_str(server, "transport_socket", "typed_config", "sni", NULL),
                        "api.east.example");
    assert_string_equal(json_dig_str(gateway, "name", NULL), "peer-1");
    assert_string_equal(json_dig_str(gateway, "type", NULL), "STATIC");
    assert_null(json_dig(gateway, "transport_socket", NULL));
    AUTO_FREE char *ports = proof_ports_dup(&proof);
    assert_string_equal(ports, "6443,15444");
    given("https://192.0.2.7", ",\"tls-server-name\":\"kubernetes\"");
    json_auto_t *named = clusters();
    assert_string_equal(json_dig_str(named, "1", "transport_socket", "typed_config", "sni", NULL),
                        "kubernetes");
    given("https://192.0.2.7", "");
    json_auto_t *nameless = clusters();
    assert_null(json_dig(nameless, "1", "transport_socket", "typed_config", "sni", NULL));
}

static void what_closes_a_connection_has_answered_it(void **state)
{
    (void)state;
    static const char *const silent[] = {"UF", "UF,URX", "UT", "UH", "DF"};
    static const char *const answers[] = {"-", "UC", "UPE", ""};
    for (size_t i = 0; i < MC_ARRAY_LEN(silent); i++)
        assert_true(proof_flags_are_silent(silent[i]));
    for (size_t i = 0; i < MC_ARRAY_LEN(answers); i++)
        assert_false(proof_flags_are_silent(answers[i]));
}

static const json_t *row_of(const char *id)
{
    size_t i;
    json_t *row;
    json_array_clear(probe.findings);
    proof_judge_reach(&probe, &proof);
    json_array_foreach(probe.findings, i, row)
        if (strcmp(json_dig_str(row, "id", NULL), id) == 0)
            return row;
    return NULL;
}

static void says(const char *id, const char *level, const char *found)
{
    const json_t *row = row_of(id);
    assert_non_null(row);
    assert_string_equal(json_dig_str(row, "level", NULL), level);
    assert_string_equal(json_dig_str(row, "found", NULL), found);
}

static void silence_is_a_fault_unless_the_path_works(void **state)
{
    (void)state;
    given("https://192.0.2.7:6443", "");
    assert_null(row_of("MC747")); /* nobody was asked */
    for (size_t i = 0; i < proof.targets_count; i++)
        proof.targets[i].state = PROOF_ANSWERS;
    says("MC747", "ok", "from pod caller-1: 192.0.2.7:6443");
    says("MC748", "ok", "from pod caller-1: 192.0.2.2:15444, [2001:db8::2]:15444");
    assert_false(proof_is_silent(&proof, 1));
    proof.targets[0].state = proof.targets[2].state = PROOF_SILENT;
    proof.targets[0].said = mem_strdup("connection timeout");
    proof.targets[2].said = mem_strdup("connection timeout");
    assert_true(proof_is_silent(&proof, 1));
    proof.paths[1].requests = proof.paths[1].failed = 2;
    says("MC747", "error", "west to east: 192.0.2.7:6443 from pod caller-1: connection timeout");
    assert_string_equal(json_dig_str(row_of("MC747"), "peer", NULL), "east");
    says("MC748", "error",
         "west to east: [2001:db8::2]:15444 from pod caller-1: connection timeout");
    proof.paths[1].failed = 0;
    says("MC747", "warning", "west to east: 192.0.2.7:6443 from pod caller-1: connection timeout");
    /* Without a request nothing says that it works. */
    proof.paths[1].requests = 0;
    assert_string_equal(json_dig_str(row_of("MC748"), "level", NULL), "error");
}

/* East is on west's network: its pods are what west's callers use, two of istiod's stand for them. */
static void on_one_network_pods_are_tried(void **state)
{
    (void)state;
    mesh_set(&mesh->members[1].network, "west-network");
    east.addresses =
        json_pack("{s:{s:s, s:i}, s:{s:s, s:i}, s:{s:s, s:i}, s:{s:s, s:i}}", "10.0.1.2", "pod",
                  "kube-system/coredns-1", "port", 53, "10.0.1.3", "pod", "istio-system/istiod-1",
                  "port", 15012, "10.0.1.4", "pod", "istio-system/istiod-2", "port", 15012,
                  "10.0.1.5", "pod", "istio-system/istiod-3", "port", 15012);
    given("https://192.0.2.7:6443", "");
    assert_int_equal(proof.targets_count, 3);
    is_target(0, PROOF_SERVER, "192.0.2.7", 6443);
    is_target(1, PROOF_POD, "10.0.1.3", 15012);
    is_target(2, PROOF_POD, "10.0.1.4", 15012);
    for (size_t i = 0; i < 3; i++)
        proof.targets[i].state = PROOF_ANSWERS;
    says("MC749", "ok", "from pod caller-1: 10.0.1.3:15012, 10.0.1.4:15012");
    assert_null(row_of("MC748"));
    proof.targets[1].state = PROOF_SILENT;
    proof.targets[1].said = mem_strdup("connection timeout");
    says("MC749", "error", "west to east: 10.0.1.3:15012 from pod caller-1: connection timeout");
    assert_non_null(strstr(json_dig_str(row_of("MC749"), "fix", NULL), "the pods of east"));
    json_decref(TAKE(east.addresses));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_istiod_and_the_gateways_callers_use_is_tried, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_callers_envoy_is_told_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_closes_a_connection_has_answered_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(on_one_network_pods_are_tried, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_is_a_fault_unless_the_path_works, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
