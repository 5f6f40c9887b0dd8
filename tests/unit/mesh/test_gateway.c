/* How a gateway is reached: types of Services, addresses by hand, what clouds need. */
#include "meshctl/mesh/gateway.h"

#include "meshctl/base/fs.h"
#include "meshctl/data/yaml.h"
#include "meshctl/mesh/values.h"
#include "support.h"

static void addresses_are_hosts_and_ports(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        unsigned port;
    } good[] = {
        {"203.0.113.7", "203.0.113.7", 0},
        {"203.0.113.7:31443", "203.0.113.7", 31443},
        {"2001:db8::7", "2001:db8::7", 0},
        {"[2001:db8::7]", "2001:db8::7", 0},
        {"[2001:db8::7]:443", "2001:db8::7", 443},
        {"lb.eu-west-1.example.com", "lb.eu-west-1.example.com", 0},
        {"lb.example.com:15443", "lb.example.com", 15443},
    };
    static const char *const bad[] = {"",
                                      "127.0.0.1",
                                      "localhost:15443",
                                      "[::1]:15443",
                                      "0.0.0.0",
                                      "https://lb.example.com",
                                      "lb.example.com/path",
                                      "user@lb.example.com",
                                      "lb.example.com:0",
                                      "lb.example.com:65536",
                                      "lb.example.com:x",
                                      "LB.example.com",
                                      "-lb.example.com",
                                      "a b"};
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++) {
        AUTO_FREE char *host = NULL;
        unsigned port = 1;
        assert_null(mesh_address_parse(good[i].text, &host, &port));
        assert_string_equal(host, good[i].host);
        assert_int_equal(port, good[i].port);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        AUTO_FREE char *host = NULL;
        unsigned port;
        if (!mesh_address_parse(bad[i], &host, &port))
            fail_msg("\"%s\" was taken", bad[i]);
    }
}

/* What istiod reads of a Service (pilot/pkg/serviceregistry/kube): label, class and status, one port each. */
static void each_port_is_a_service(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    struct mesh_member *east = &m->members[1];
    const struct mesh_gateway_place place = {"edge", "istio-eastwest", "eastwestgateway"};
    static const char *const given[] = {"203.0.113.7", "lb.example.com:15443",
                                        "[2001:db8::7]:31443"};
    for (size_t i = 0; i < MC_ARRAY_LEN(given); i++)
        strlist_add(&east->gateway_addresses, given[i]);
    json_auto_t *services = mesh_address_services(east, &place);
    assert_int_equal(json_array_size(services), 2);
    assert_json(
        json_array_get(services, 1),
        "{'apiVersion': 'v1', 'kind': 'Service', 'metadata': {'name': "
        "'istio-eastwest-at-31443', 'namespace': 'edge', 'labels': "
        "{'topology.istio.io/network': 'east-network', 'networking.istio.io/gatewayPort': "
        "'31443'}}, 'spec': {'type': 'LoadBalancer', 'loadBalancerClass': "
        "'meshctl.io/address', 'allocateLoadBalancerNodePorts': false, 'selector': {'istio': "
        "'eastwestgateway'}, 'ports': [{'name': 'tls', 'protocol': 'TCP', 'port': 31443, "
        "'targetPort': 15443}]}, 'status': {'loadBalancer': {'ingress': [{'ip': "
        "'2001:db8::7'}]}}}");
    assert_json(json_dig(json_array_get(services, 0), "status", "loadBalancer", "ingress", NULL),
                "[{'ip': '203.0.113.7'}, {'hostname': 'lb.example.com'}]");
    east->gateway_port = 31443;
    json_auto_t *moved = mesh_address_services(east, &place);
    assert_int_equal(
        json_array_size(json_dig(moved, "0", "status", "loadBalancer", "ingress", NULL)), 2);
}

static json_t *parsed(const char *name)
{
    AUTO_FREE char *path = mem_printf(TEST_DATA_DIR "/../%s", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *value = NULL;
    must(fs_read(path, 1 << 20, &text, &err), &err);
    must(yaml_read(buf_str(&text), text.len, path, 0, &value, &err), &err);
    return value;
}

static json_t *values_of(const struct mesh *m, size_t at, enum mesh_component c, const char *cloud)
{
    AUTO_FREE char *name = mem_printf("manifests/clouds/%s.yaml", cloud ? cloud : "");
    json_auto_t *profile = parsed(mesh_values_manifest(m, &m->members[at], c));
    json_auto_t *clouds = cloud ? parsed(name) : NULL;
    struct error *err = NULL;
    json_t *values = NULL;
    must(mesh_values(m, &m->members[at], c, profile, clouds, &values, &err), &err);
    return values;
}

/* istiod tells what the Service of that label has, so where an address is given it has none. */
static void a_given_address_is_the_only_one(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    strlist_add(&m->members[0].gateway_addresses, "203.0.113.7");
    for (int ports = 3; ports <= 4; ports++) {
        m->gateway_ports = ports;
        json_auto_t *west = values_of(m, 0, MESH_EASTWEST, NULL);
        json_auto_t *east = values_of(m, 1, MESH_EASTWEST, NULL);
        assert_json(json_object_get(west, "labels"), "{'istio': 'eastwestgateway'}");
        assert_null(json_object_get(west, "networkGateway"));
        assert_int_equal(json_array_size(json_dig(west, "service", "ports", NULL)), ports);
        assert_string_equal(json_dig_str(west, "env", "ISTIO_META_REQUESTED_NETWORK_VIEW", NULL),
                            "west-network");
        assert_true(json_dig(east, "networkGateway", NULL) ||
                    json_dig(east, "labels", "topology.istio.io/network", NULL));
    }
}

static void types_of_services(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    mesh_set(&m->gateway_type, "nodeport");
    strlist_add(&m->members[0].gateway_addresses, "203.0.113.7:31443");
    json_auto_t *west = values_of(m, 0, MESH_EASTWEST, "eks");
    json_auto_t *east = values_of(m, 1, MESH_EASTWEST, "eks");
    assert_string_equal(json_dig_str(west, "service", "type", NULL), "NodePort");
    assert_json(json_dig(west, "service", "ports", "1", NULL),
                "{'name': 'tls', 'port': 15443, 'targetPort': 15443, 'nodePort': 31443}");
    assert_null(json_dig(west, "service", "annotations", NULL));
    /* Without addresses istiod is told to look at the nodes. */
    assert_json(json_dig(east, "service", "annotations", NULL),
                "{'traffic.istio.io/nodeSelector': '{}'}");
    json_auto_t *ingress = values_of(m, 0, MESH_INGRESS, NULL);
    assert_null(json_object_get(ingress, "service"));
    /* What a cluster says of its own is more exact. */
    mesh_set(&m->members[1].gateway_type, "LoadBalancer");
    m->members[1].gateway_annotations = json_pack("{s:s}", "a", "b");
    json_auto_t *again = values_of(m, 1, MESH_EASTWEST, NULL);
    assert_json(json_object_get(again, "service") ? json_dig(again, "service", "annotations", NULL)
                                                  : NULL,
                "{'a': 'b'}");
}

/* Each profile by what its vendor's documentation says; an ingress is never internal. */
static void clouds_have_both_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *cloud, *key, *outside, *inside;
    } rows[] = {
        {"eks", "service.beta.kubernetes.io/aws-load-balancer-scheme", "internet-facing",
         "internal"},
        {"gke", "networking.gke.io/load-balancer-type", NULL, "Internal"},
        {"aks", "service.beta.kubernetes.io/azure-load-balancer-internal", NULL, "true"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_MESH *m = two_members();
        m->gateway_internal = MESH_YES;
        m->members[1].gateway_internal = MESH_NO;
        json_auto_t *west = values_of(m, 0, MESH_EASTWEST, rows[i].cloud);
        json_auto_t *east = values_of(m, 1, MESH_EASTWEST, rows[i].cloud);
        json_auto_t *ingress = values_of(m, 0, MESH_INGRESS, rows[i].cloud);
        const char *found = json_dig_str(west, "service", "annotations", rows[i].key, NULL);
        assert_string_equal(found, rows[i].inside);
        const json_t *others[] = {east, ingress};
        for (size_t k = 0; k < MC_ARRAY_LEN(others); k++) {
            found = json_dig_str(others[k], "service", "annotations", rows[i].key, NULL);
            if (rows[i].outside)
                assert_string_equal(found, rows[i].outside);
            else
                assert_null(found);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_hosts_and_ports),   cmocka_unit_test(each_port_is_a_service),
        cmocka_unit_test(a_given_address_is_the_only_one), cmocka_unit_test(types_of_services),
        cmocka_unit_test(clouds_have_both_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
