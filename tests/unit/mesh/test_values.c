#include "meshctl/mesh/values.h"

#include "meshctl/base/fs.h"
#include "meshctl/data/yaml.h"
#include "support.h"

/* A file of the tree's manifests/, as the program has it embedded. */
static json_t *manifest(const char *name)
{
    AUTO_FREE char *path = mem_printf(TEST_DATA_DIR "/../%s", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *value = NULL;
    must(fs_read(path, 1 << 20, &text, &err), &err);
    must(yaml_read(buf_str(&text), text.len, path, 0, &value, &err), &err);
    return value;
}

static json_t *values_of(const struct mesh *m, size_t member, enum mesh_component c,
                         const json_t *cloud)
{
    struct error *err = NULL;
    json_t *values = NULL;
    json_auto_t *profile = manifest(mesh_values_manifest(m, &m->members[member], c));
    json_auto_t *before = json_deep_copy(profile);
    must(mesh_values(m, &m->members[member], c, profile, cloud, &values, &err), &err);
    assert_true(json_equal(profile, before)); /* it belongs to all members */
    return values;
}

/* The --set flags of Istio's page on multi-primary, multi-network installs, and hub and tag. */
static void istiod_gets_mesh_network_and_cluster(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    json_auto_t *west = values_of(m, 0, MESH_ISTIOD, NULL);
    assert_json(west, "{'global': {'meshID': 'mesh', 'network': 'west-network', "
                      "'hub': 'docker.io/istio', 'tag': '1.31.0', "
                      "'multiCluster': {'clusterName': 'west-cluster'}}}");
    json_auto_t *east = values_of(m, 1, MESH_ISTIOD, NULL);
    assert_string_equal(json_dig_str(east, "global", "network", NULL), "east-network");
}

static void base_and_ingress_get_little(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    json_auto_t *base = values_of(m, 0, MESH_BASE, NULL);
    assert_json(base, "{}");
    json_auto_t *ingress = values_of(m, 0, MESH_INGRESS, NULL);
    assert_json(ingress, "{'labels': {'istio': 'ingressgateway'}}");
}

/* Three ports by hand; with four the chart's own networkGateway makes them. */
static void eastwest_follows_the_port_count(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    json_auto_t *three = values_of(m, 1, MESH_EASTWEST, NULL);
    assert_json(
        three,
        "{'labels': {'istio': 'eastwestgateway', 'topology.istio.io/network': 'east-network'}, "
        "'env': {'ISTIO_META_REQUESTED_NETWORK_VIEW': 'east-network'}, 'service': {'ports': ["
        "{'name': 'status-port', 'port': 15021, 'targetPort': 15021}, "
        "{'name': 'tls', 'port': 15443, 'targetPort': 15443}, "
        "{'name': 'tls-istiod', 'port': 15012, 'targetPort': 15012}]}}");
    m->gateway_ports = 4;
    json_auto_t *four = values_of(m, 1, MESH_EASTWEST, NULL);
    assert_json(four, "{'labels': {'istio': 'eastwestgateway'}, 'networkGateway': 'east-network'}");
}

static void hatoba_names_the_load_balancers(void **state)
{
    (void)state;
    static const char key[] = "service.beta.kubernetes.io/hatoba-load-balancer-name";
    AUTO_MESH *m = two_members();
    json_auto_t *cloud = manifest("manifests/clouds/hatoba.yaml");
    json_auto_t *ingress = values_of(m, 1, MESH_INGRESS, cloud);
    assert_string_equal(json_dig_str(ingress, "service", "annotations", key, NULL), "eastingress");
    json_auto_t *eastwest = values_of(m, 1, MESH_EASTWEST, cloud);
    assert_string_equal(json_dig_str(eastwest, "service", "annotations", key, NULL), "eastwest");
    assert_int_equal(json_array_size(json_dig(eastwest, "service", "ports", NULL)), 3);
    json_auto_t *istiod = values_of(m, 1, MESH_ISTIOD, cloud);
    assert_null(json_dig(istiod, "service", NULL));
    assert_string_equal(json_dig_str(cloud, "names", "ingress", NULL), "${member}ingress");
}

static void own_values_win(void **state)
{
    (void)state;
    static const char key[] = "service.beta.kubernetes.io/hatoba-load-balancer-name";
    AUTO_MESH *m = two_members();
    json_auto_t *cloud = manifest("manifests/clouds/hatoba.yaml");
    json_put(m->overrides[MESH_INGRESS], json_string("mine"), "service", "annotations", key, NULL);
    json_put(m->overrides[MESH_INGRESS], json_string("Local"), "service", "externalTrafficPolicy",
             NULL);
    /* Text of the person's own is not ours to fill. */
    json_put(m->overrides[MESH_INGRESS], json_string("${nobody}"), "env", "X", NULL);
    json_auto_t *ingress = values_of(m, 0, MESH_INGRESS, cloud);
    assert_string_equal(json_dig_str(ingress, "service", "annotations", key, NULL), "mine");
    assert_string_equal(json_dig_str(ingress, "service", "externalTrafficPolicy", NULL), "Local");
    assert_string_equal(json_dig_str(ingress, "env", "X", NULL), "${nobody}");
    assert_string_equal(json_dig_str(ingress, "labels", "istio", NULL), "ingressgateway");
    json_auto_t *eastwest = values_of(m, 0, MESH_EASTWEST, cloud);
    assert_null(json_dig(eastwest, "env", "X", NULL));

    json_put(m->overrides[MESH_ISTIOD], json_string("mine/hub"), "global", "hub", NULL);
    json_auto_t *istiod = values_of(m, 0, MESH_ISTIOD, NULL);
    assert_string_equal(json_dig_str(istiod, "global", "hub", NULL), "mine/hub");
    assert_string_equal(json_dig_str(istiod, "global", "tag", NULL), "1.31.0");
}

static void bad_profile_is_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_t *values = NULL;
    AUTO_MESH *m = two_members();
    json_auto_t *profile = parse("{'x': '${nobody}'}");
    refused(mesh_values(m, &m->members[0], MESH_EASTWEST, profile, NULL, &values, &err), &err,
            "manifests/values/eastwest-3.yaml: ", "${nobody}", NULL);
    assert_null(values);
}

static json_t *service(const char *name, const char *annotation, size_t ports)
{
    json_t *s = json_pack("{s:s, s:{s:s}, s:{s:s}}", "kind", "Service", "metadata", "name", name,
                          "spec", "type", "LoadBalancer");
    json_t *list = json_array();
    for (size_t i = 0; i < ports; i++)
        json_array_append_new(list, json_pack("{s:i}", "port", 15000 + (int)i));
    json_put(s, list, "spec", "ports", NULL);
    if (annotation)
        json_put(s, json_string(annotation), "metadata", "annotations",
                 "service.beta.kubernetes.io/hatoba-load-balancer-name", NULL);
    return s;
}

/* NULL says: passes. */
static void checks_service(const char *name, const char *annotation, size_t ports, const char *says)
{
    struct error *err = NULL;
    json_auto_t *cloud = manifest("manifests/clouds/hatoba.yaml");
    json_auto_t *s = service(name, annotation, ports);
    int rc = mesh_check_cloud_service(cloud, s, &err);
    if (says) {
        assert_non_null(err);
        assert_non_null(err->hint);
        refused(rc, &err, says, NULL);
    } else {
        must(rc, &err);
    }
}

static void hatoba_takes_15_alphanumerics_and_3_ports(void **state)
{
    (void)state;
    checks_service("istio-eastwest", "eastwest", 3, NULL);
    checks_service("istio-ingress", "a23456789012345", 3, NULL);
    checks_service("istio-ingress", "a234567890123456", 3, "a234567890123456");
    checks_service("istio-ingress", "west-ingress", 3, "letters and digits");
    checks_service("istio-ingress", "", 3, "\"\"");
    /* Without the annotation the Service's own name is the load balancer's. */
    checks_service("istio-ingress", NULL, 3, "\"istio-ingress\"");
    checks_service("ingress", NULL, 3, NULL);
    checks_service("istio-eastwest", "eastwest", 4, "4 ports");
}

static void other_services_pass(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *cloud = manifest("manifests/clouds/hatoba.yaml");
    json_auto_t *inner = service("istio-ingress", NULL, 9);
    json_put(inner, json_string("ClusterIP"), "spec", "type", NULL);
    must(mesh_check_cloud_service(cloud, inner, &err), &err);
    json_auto_t *pod = parse("{'kind': 'Pod', 'spec': {}}");
    must(mesh_check_cloud_service(cloud, pod, &err), &err);
    json_auto_t *any = service("istio-ingress", NULL, 9);
    must(mesh_check_cloud_service(NULL, any, &err), &err);
    json_auto_t *free_cloud = json_object();
    must(mesh_check_cloud_service(free_cloud, any, &err), &err);
}

static void nameless_service_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *cloud = manifest("manifests/clouds/hatoba.yaml");
    json_auto_t *s = service("x", NULL, 1);
    json_object_del(json_object_get(s, "metadata"), "name");
    refused(mesh_check_cloud_service(cloud, s, &err), &err, "load balancer name \"\"", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(istiod_gets_mesh_network_and_cluster),
        cmocka_unit_test(base_and_ingress_get_little),
        cmocka_unit_test(eastwest_follows_the_port_count),
        cmocka_unit_test(hatoba_names_the_load_balancers),
        cmocka_unit_test(own_values_win),
        cmocka_unit_test(bad_profile_is_named),
        cmocka_unit_test(hatoba_takes_15_alphanumerics_and_3_ports),
        cmocka_unit_test(other_services_pass),
        cmocka_unit_test(nameless_service_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
