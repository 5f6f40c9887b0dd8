/* Mesh files: what each field becomes, every mistake with its place, and back to a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "meshctl/data/yaml.h"
#include "meshctl/mesh/file.h"
#include "meshctl/mesh/gateway.h"
#include "meshctl/mesh/values.h"
#include "support.h"

#define HEAD "apiVersion: meshctl.io/v1\nkind: Mesh\n"
#define AUTO_MESH_FILE MC_CLEANUP(mesh_file_release) struct mesh_file

static void read_good(const char *text, struct mesh_file *ret)
{
    struct error *err = NULL;
    must(mesh_file_read(text, strlen(text), "dir/mesh.yaml", ret, &err), &err);
}

static const char *option_of(const struct mesh_file *f, const char *name)
{
    for (size_t i = 0; i < f->options.count; i++)
        if (strcmp(f->options.items[i], name) == 0)
            return f->option_values.items[i];
    fail_msg("--%s is not given", name);
    return NULL;
}

static const char whole[] =
    HEAD "name: prod\n"
         "istio:\n"
         "  version: 1.30.2\n"
         "  charts: charts\n"
         "  chartServer: {caFile: /etc/ca.pem, plainHTTP: true}\n"
         "  hub: registry.example/istio\n"
         "  namespace: mesh-system\n"
         "  ingressNamespace: mesh-ingress\n"
         "  releases: {istiod: control}\n"
         "  values:\n"
         "    istiod: {pilot: {autoscaleMin: 2}, of: \"${network} $${x}\"}\n"
         "    gateway: {replicas: 2, a: 1}\n"
         "    ingress: {replicas: 3}\n"
         "  valuesFiles: {istiod: [a.yaml, /b.yaml], base: c.yaml}\n"
         "trust: {dir: ca}\n"
         "defaults:\n"
         "  kubeconfig: all.yaml\n"
         "  cloud: hatoba\n"
         "  gateway: {type: NodePort, internal: true, annotations: {a: b}}\n"
         "clusters:\n"
         "- name: tokyo\n"
         "  context: t\n"
         "  gateway:\n"
         "    ports: 4\n"
         "    address: [203.0.113.7, 'lb.example.com:31443']\n"
         "    port: 31443\n"
         "- name: osaka\n"
         "  kubeconfig: o.yaml\n"
         "  cluster: c2\n"
         "  network: n2\n"
         "  version: 1.30.3\n"
         "  cloud: other\n"
         "  gateway:\n"
         "    address: 203.0.113.8\n"
         "    type: LoadBalancer\n"
         "    internal: false\n"
         "    annotations: {c: d}\n"
         "  server: {url: https://osaka:6443, caFile: o.pem, tlsName: kube}\n"
         "  values: {eastwest: {replicas: 5}}\n"
         "verify: {bookinfo: true, requests: 9, traffic: false}\n"
         "fieldManager: us\n";

static void every_field_has_its_place(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {0};
    read_good(whole, &f);
    const struct mesh *m = f.mesh;
    assert_string_equal(m->id, "prod");
    assert_string_equal(m->istio_version, "1.30.2");
    assert_string_equal(m->hub, "registry.example/istio");
    assert_string_equal(m->istio_namespace, "mesh-system");
    assert_string_equal(m->ingress_namespace, "mesh-ingress");
    assert_string_equal(m->releases[MESH_ISTIOD], "control");
    assert_string_equal(m->releases[MESH_BASE], "istio-base");
    assert_string_equal(option_of(&f, "charts"), "dir/charts");
    assert_string_equal(option_of(&f, "ca-file"), "/etc/ca.pem");
    assert_string_equal(option_of(&f, "plain-http"), "true");
    assert_string_equal(option_of(&f, "ca-dir"), "dir/ca");
    assert_string_equal(option_of(&f, "kubeconfig"), "dir/all.yaml");
    assert_string_equal(option_of(&f, "bookinfo"), "true");
    assert_string_equal(option_of(&f, "requests"), "9");
    assert_string_equal(option_of(&f, "no-traffic"), "true");
    assert_string_equal(option_of(&f, "field-manager"), "us");
    AUTO_FREE char *given = strlist_join_dup(&f.option_values, " ");
    assert_non_null(strstr(given, "base=dir/c.yaml istiod=dir/a.yaml istiod=/b.yaml"));
    assert_int_equal(m->members_count, 2);
    const struct mesh_member *tokyo = &m->members[0], *osaka = &m->members[1];
    assert_null(tokyo->kubeconfig);
    assert_string_equal(tokyo->context, "t");
    assert_string_equal(tokyo->cluster, "tokyo-cluster");
    assert_string_equal(mesh_cloud_of(m, tokyo), "hatoba");
    assert_string_equal(mesh_version_of(m, tokyo), "1.30.2");
    assert_string_equal(mesh_version_of(m, osaka), "1.30.3");
    assert_int_equal(mesh_gateway_ports_of(m, tokyo), 4);
    assert_string_equal(osaka->kubeconfig, "dir/o.yaml");
    assert_string_equal(osaka->cluster, "c2");
    assert_string_equal(osaka->network, "n2");
    assert_string_equal(osaka->server, "https://osaka:6443");
    assert_string_equal(osaka->server_ca_file, "dir/o.pem");
    assert_string_equal(osaka->server_tls_name, "kube");
    assert_string_equal(mesh_cloud_of(m, osaka), "other");
    assert_int_equal(mesh_gateway_ports_of(m, osaka), 3);
    AUTO_FREE char *addresses = strlist_join_dup(&tokyo->gateway_addresses, " ");
    assert_string_equal(addresses, "203.0.113.7 lb.example.com:31443");
    assert_int_equal(tokyo->gateway_port, 31443);
    assert_int_equal(mesh_gateway_type_of(m, tokyo), MESH_GATEWAY_NODE_PORT);
    assert_true(mesh_gateway_is_internal(m, tokyo));
    assert_json(m->gateway_annotations, "{'a': 'b'}");
    assert_string_equal(osaka->gateway_addresses.items[0], "203.0.113.8");
    assert_int_equal(mesh_gateway_type_of(m, osaka), MESH_GATEWAY_LOAD_BALANCER);
    assert_false(mesh_gateway_is_internal(m, osaka));
    assert_json(osaka->gateway_annotations, "{'c': 'd'}");
}

static void chart_gets(const struct mesh *m, size_t member, enum mesh_component c,
                       const char *wanted)
{
    struct error *err = NULL;
    json_auto_t *profile = json_object(), *values = NULL;
    must(mesh_values(m, &m->members[member], c, profile, NULL, &values, &err), &err);
    assert_json(values, wanted);
}

static void values_of_one_cluster_stand_over_those_of_all(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {0};
    read_good(whole, &f);
    chart_gets(f.mesh, 0, MESH_ISTIOD,
               "{'of': 'tokyo-network ${x}', 'pilot': {'autoscaleMin': 2}}");
    chart_gets(f.mesh, 1, MESH_ISTIOD, "{'of': 'n2 ${x}', 'pilot': {'autoscaleMin': 2}}");
    chart_gets(f.mesh, 0, MESH_INGRESS, "{'a': 1, 'replicas': 3}");
    chart_gets(
        f.mesh, 0, MESH_EASTWEST,
        "{'a': 1, 'replicas': 2, 'service': {'type': 'NodePort', 'annotations': {'a': 'b'}}}");
    chart_gets(f.mesh, 1, MESH_EASTWEST,
               "{'a': 1, 'replicas': 5, 'service': {'annotations': {'a': 'b', 'c': 'd'}}}");
    json_object_set_new(f.mesh->overrides[MESH_EASTWEST], "replicas", json_string("${x"));
    chart_gets(f.mesh, 1, MESH_EASTWEST,
               "{'a': 1, 'replicas': '${x', 'service': {'annotations': {'a': 'b', 'c': 'd'}}}");
}

static void beside_the_file_paths_stay(void **state)
{
    (void)state;
    static const char text[] = HEAD "istio: {charts: oci://h/p}\nclusters: [{name: a}]\n"
                                    "manifests: m\n";
    AUTO_MESH_FILE f = {0};
    struct error *err = NULL;
    must(mesh_file_read(text, strlen(text), "mesh.yaml", &f, &err), &err);
    assert_string_equal(option_of(&f, "manifests"), "m");
    assert_string_equal(option_of(&f, "charts"), "oci://h/p");
}

/* ---- mistakes -------------------------------------------------------------------------------- */

#define ONE "clusters:\n- name: a\n"

static void each_mistake_has_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted; /* behind "dir/mesh.yaml:" */
    } rows[] = {
        {"", " apiVersion: meshctl.io/v1 is missing"},
        {"[]", "1:1: a mesh file is a mapping, not a list"},
        {"just text", "1:1: a mesh file is a mapping, not a text"},
        {"kind: Mesh\n" ONE, "1:1: apiVersion: meshctl.io/v1 is missing"},
        {"apiVersion: meshctl.io/v1\n" ONE, "1:1: kind: Mesh is missing"},
        {"apiVersion: v1\nkind: Mesh\n" ONE,
         "1:13: apiVersion is \"meshctl.io/v1\" here, not \"v1\""},
        {"apiVersion: meshctl.io/v1\nkind: List\n" ONE, "2:7: kind is \"Mesh\" here, not \"List\""},
        {HEAD ONE "nmae: x\n", "5:1: there is no field \"nmae\": did you mean name?"},
        {HEAD ONE "zzz: x\n", "5:1: there is no field \"zzz\": there are apiVersion, kind, name, "},
        {HEAD ONE "\x1b[2J: x\n", "5:1: yaml: control characters"},
        {HEAD ONE "name: 5\n", "5:7: name is a text, not a number: write it in quotes"},
        {HEAD ONE "name: ''\n", "5:7: name is empty"},
        {HEAD ONE "name: a b\n", "5:7: mesh id \"a b\" must be"},
        {HEAD ONE "istio: 1.31.0\n", "5:8: istio is a mapping, not a text"},
        {HEAD ONE "istio: {version: 1.31}\n", "5:18: istio.version is a text, not a number"},
        {HEAD ONE "istio: {version: latest}\n",
         "5:18: Istio version \"latest\" is not of the form"},
        {HEAD ONE "istio:\n  hub: \"a b\"\n", "6:8: hub \"a b\" is no image repository"},
        {HEAD ONE "istio:\n  namespace: A\n", "6:14: namespace \"A\" must be"},
        {HEAD ONE "istio:\n  ingressNamespace: a_b\n", "6:21: namespace \"a_b\" must be"},
        {HEAD ONE "istio:\n  ingressNamspace: x\n",
         "6:3: there is no field \"ingressNamspace\": did you"},
        {HEAD ONE "istio:\n  releases: {base: X}\n",
         "6:20: release name \"X\" is not one that Helm"},
        {HEAD ONE "istio:\n  releases: {base: istiod}\n",
         "6:13: base and istiod have the same release name"},
        {HEAD ONE "istio:\n  values: {istoid: {}}\n",
         "6:12: there is no field \"istoid\": did you mean"},
        {HEAD ONE "istio:\n  values: {istiod: [1]}\n",
         "6:20: istio.values.istiod is a mapping, not a list"},
        {HEAD ONE "istio:\n  valuesFiles: {base: [a, 5]}\n",
         "6:27: istio.valuesFiles.base is a text"},
        {HEAD ONE "istio:\n  chartServer: {plainHTTP: 1}\n",
         "6:28: istio.chartServer.plainHTTP is true or false"},
        {HEAD ONE "defaults: {gateway: {ports: 5}}\n",
         "5:29: the east-west gateway has 3 or 4 ports, not 5"},
        {HEAD ONE "defaults: {gateway: {ports: x}}\n",
         "5:29: defaults.gateway.ports is a whole number, not a text"},
        {HEAD ONE "defaults: {gateway: {type: Ingress}}\n",
         "5:28: a gateway's Service is of type LoadBalancer, NodePort or ClusterIP, not"},
        {HEAD ONE "defaults: {gateway: {annotations: {a: true}}}\n",
         "5:39: defaults.gateway.annotations.a is a text, not true or false"},
        {HEAD ONE "  gateway: {address: 'http://x'}\n",
         "5:22: gateway address \"http://x\" of a: it is HOST[:PORT]"},
        {HEAD ONE "  gateway: {address: [x.example.com, 127.0.0.1]}\n",
         "5:22: gateway address \"127.0.0.1\" of a: it is of the machine itself"},
        {HEAD ONE "  gateway: {type: NodePort, address: x.example.com}\n",
         "5:38: the gateway of a is a NodePort: its addresses need their port"},
        {HEAD ONE "  gateway: {type: NodePort, address: ['x.example.com:1', 'x.example.com:2']}\n",
         "5:38: the gateway of a is a NodePort: its addresses have one port, not 1 and 2"},
        {HEAD ONE "  gateway: {port: 70000}\n", "5:19: there is no port 70000"},
        {HEAD ONE "  gateway: {internal: maybe}\n",
         "5:23: clusters.gateway.internal is true or false"},
        {HEAD ONE "verify: {requests: -1}\n", "5:20: verify.requests is a whole number"},
        {HEAD ONE "verify: {requests: 1.5}\n", "5:20: verify.requests is a whole number"},
        {HEAD ONE "verify: {bookinfo: maybe}\n",
         "5:20: verify.bookinfo is true or false, not a text"},
        {HEAD ONE "verify: {bookinfoNamespace: A}\n", "5:29: namespace \"A\" must be"},
        {HEAD ONE "trust: [ca]\n", "5:8: trust is a mapping, not a list"},
        {HEAD ONE "fieldManager: [x]\n", "5:15: fieldManager is a text, not a list"},
        {HEAD "clusters: a\n", "3:11: clusters is a list, not a text"},
        {HEAD "clusters: [a]\n", "3:12: clusters is a mapping, not a text"},
        {HEAD "clusters:\n- context: x\n", "4:3: a cluster has no name"},
        {HEAD "clusters:\n- name: A\n", "4:9: cluster name \"A\" must be lower-case"},
        {HEAD "clusters:\n- name: a\n- name: a\n", "5:9: cluster a is named twice"},
        {HEAD "clusters:\n- name: a\n- name: b\n  cluster: a-cluster\n",
         "6:12: a and b have the same cluster id \"a-cluster\""},
        {HEAD ONE "  version: new\n", "5:12: Istio version \"new\" of a is not of the form 1.31.0"},
        {HEAD ONE "  network: a/b\n", "5:12: network \"a/b\" of a is no Kubernetes label value"},
        {HEAD ONE "  cluster: A_\n", "5:12: cluster id \"A_\" of a must be"},
        {HEAD ONE "  gateway: {ports: 2}\n", "5:20: the east-west gateway has 3 or 4 ports, not 2"},
        {HEAD ONE "  server: {tlsName: 'https://x'}\n", "5:21: TLS server name \"https://x\" of a"},
        {HEAD ONE "  server: {URL: x}\n",
         "5:12: there is no field \"URL\": there are url, caFile, tlsName"},
        {HEAD ONE "  kubeconfg: x\n",
         "5:3: there is no field \"kubeconfg\": did you mean kubeconfig?"},
        {HEAD "name: a\nname: b\n", "4:7: yaml: "},
        {HEAD "clusters: [\n", "4:1: yaml: "},
        {HEAD "\tx: 1\n", "3:1: yaml: "},
    };
    size_t wrong = 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_MESH_FILE f = {0};
        AUTO_BUF told = BUF_INIT;
        struct error *err = NULL;
        if (mesh_file_read(rows[i].text, strlen(rows[i].text), "dir/mesh.yaml", &f, &err) == 0)
            fail_msg("taken: %s", rows[i].text);
        assert_int_equal(err->kind, ERROR_INPUT);
        if (err->where)
            buf_appendf(&told, "%s: ", err->where);
        buf_appends(&told, err->message);
        AUTO_FREE char *wanted = mem_printf("dir/mesh.yaml:%s", rows[i].wanted);
        if (!strstr(buf_str(&told), wanted))
            print_error("%s: \"%s\", not \"%s\"\n", rows[i].text, buf_str(&told), wanted);
        wrong += !strstr(buf_str(&told), wanted);
        error_free(err);
    }
    assert_int_equal(wrong, 0);
}

static void all_mistakes_are_told_at_once_and_in_order(void **state)
{
    (void)state;
    static const char text[] = HEAD "name: a b\nclusters:\n- name: x\n  knd: 1\n- {}\nistio: 5\n";
    AUTO_MESH_FILE f = {0};
    struct error *err = NULL;
    assert_int_equal(mesh_file_read(text, strlen(text), "m", &f, &err), -1);
    assert_string_equal(err->message, "m:3:7: mesh id \"a b\" must be letters, digits, dots and "
                                      "dashes (at most 63)\n"
                                      "m:6:3: there is no field \"knd\": there are name, "
                                      "kubeconfig, context, cluster, network, version, server, "
                                      "cloud, gateway, values\n"
                                      "m:7:3: a cluster has no name\n"
                                      "m:8:8: istio is a mapping, not a number");
    error_free(err);
}

/* What is quoted of a file is cleaned, and cut. */
static void a_file_that_is_long_or_odd_is_not_shown_so(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {0};
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    buf_appends(&text, "apiVersion: \"\\e[2J");
    buf_pad(&text, 'x', 5000);
    buf_appends(&text, "\"\nkind: Mesh\n");
    assert_int_equal(mesh_file_read(buf_str(&text), text.len, "m", &f, &err), -1);
    assert_non_null(strstr(err->message, "not \"\\u001b[2Jxxx"));
    assert_true(strlen(err->message) < 500);
    error_free(err);
}

static void more_mistakes_than_a_person_reads_are_counted(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {0};
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    buf_appends(&text, HEAD ONE);
    for (int i = 0; i < MESH_FILE_MAX_PROBLEMS + 7; i++)
        buf_appendf(&text, "zz%d: 1\n", i);
    assert_int_equal(mesh_file_read(buf_str(&text), text.len, "m", &f, &err), -1);
    assert_non_null(strstr(err->message, "\nand 7 more"));
    error_free(err);
}

/* ---- back to a file -------------------------------------------------------------------------- */

/* Written and read again it is the same mesh. */
static void a_mesh_becomes_its_file_again(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {0}, again = {0};
    AUTO_BUF text = BUF_INIT;
    read_good(whole, &f);
    json_object_set_new(f.mesh->overrides[MESH_ISTIOD], "late", json_string("${cluster}"));
    json_auto_t *first = mesh_file_json(&f, false);
    yaml_write(&text, first);
    struct error *err = NULL;
    must(mesh_file_read(buf_str(&text), text.len, "mesh.yaml", &again, &err), &err);
    json_auto_t *second = mesh_file_json(&again, false);
    assert_true(json_equal(first, second));
    chart_gets(again.mesh, 0, MESH_ISTIOD,
               "{'late': '${cluster}', 'of': 'tokyo-network ${x}', 'pilot': {'autoscaleMin': 2}}");
}

static void what_is_so_anyway_is_left_out(void **state)
{
    (void)state;
    AUTO_MESH_FILE f = {.mesh = two_members()};
    json_auto_t *some = mesh_file_json(&f, false), *all = mesh_file_json(&f, true);
    assert_json(some,
                "{'apiVersion': 'meshctl.io/v1', 'kind': 'Mesh', 'clusters': [{'name': 'west', "
                "'kubeconfig': 'west.kubeconfig'}, {'name': 'east', 'kubeconfig': "
                "'east.kubeconfig', 'context': 'admin'}]}");
    assert_string_equal(json_dig_str(all, "clusters", "0", "network", NULL), "west-network");
    assert_string_equal(json_dig_str(all, "istio", "version", NULL), MESH_DEFAULT_ISTIO_VERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_its_place),
        cmocka_unit_test(values_of_one_cluster_stand_over_those_of_all),
        cmocka_unit_test(beside_the_file_paths_stay),
        cmocka_unit_test(each_mistake_has_its_place),
        cmocka_unit_test(all_mistakes_are_told_at_once_and_in_order),
        cmocka_unit_test(a_file_that_is_long_or_odd_is_not_shown_so),
        cmocka_unit_test(more_mistakes_than_a_person_reads_are_counted),
        cmocka_unit_test(a_mesh_becomes_its_file_again),
        cmocka_unit_test(what_is_so_anyway_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
