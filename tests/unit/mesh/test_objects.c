#include "meshctl/mesh/objects.h"

#include "meshctl/base/base64.h"
#include "support.h"

static void namespace_with_labels(void **state)
{
    (void)state;
    json_auto_t *plain = mesh_namespace("istio-ingress", NULL);
    assert_json(plain, "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': "
                       "{'name': 'istio-ingress'}}");
    json_auto_t *labelled =
        mesh_namespace("istio-system", MESH_NETWORK_LABEL, "west-network", "name", "x", NULL);
    assert_json(labelled,
                "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': 'istio-system', "
                "'labels': {'topology.istio.io/network': 'west-network', 'name': 'x'}}}");
}

/* As `kubectl create secret generic cacerts -n istio-system --from-file=...` makes it; base64 from
 * coreutils. */
static void cacerts_has_the_four_keys(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    json_auto_t *secret = mesh_cacerts(m, "cert\n", "key\n", "root\n", "chain\n");
    assert_json(secret, "{'apiVersion': 'v1', 'kind': 'Secret', 'type': 'Opaque', "
                        "'metadata': {'name': 'cacerts', 'namespace': 'istio-system'}, 'data': {"
                        "'ca-cert.pem': 'Y2VydAo=', 'ca-key.pem': 'a2V5Cg==', "
                        "'root-cert.pem': 'cm9vdAo=', 'cert-chain.pem': 'Y2hhaW4K'}}");
}

/* istioctl pkg/multicluster remote_secret.go, tokenSecretName and the annotation that Kubernetes
 * reads. */
static void reader_token_is_istioctls(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    json_auto_t *secret = mesh_reader_token(m);
    assert_json(secret, "{'apiVersion': 'v1', 'kind': 'Secret', "
                        "'type': 'kubernetes.io/service-account-token', 'metadata': {"
                        "'name': 'istio-reader-service-account-istio-remote-secret-token', "
                        "'namespace': 'istio-system', 'annotations': {"
                        "'kubernetes.io/service-account.name': 'istio-reader-service-account'}}}");
}

/* The kubeconfig in it, in the form that istioctl prints (measured with 1.31), typed by hand. */
static void remote_secret_has_istioctls_bytes(void **state)
{
    (void)state;
    static const char wanted[] = "apiVersion: v1\n"
                                 "clusters:\n"
                                 "- cluster:\n"
                                 "    certificate-authority-data: UEVNCg==\n"
                                 "    server: https://172.30.2.10:6443\n"
                                 "  name: east-cluster\n"
                                 "contexts:\n"
                                 "- context:\n"
                                 "    cluster: east-cluster\n"
                                 "    user: east-cluster\n"
                                 "  name: east-cluster\n"
                                 "current-context: east-cluster\n"
                                 "kind: Config\n"
                                 "users:\n"
                                 "- name: east-cluster\n"
                                 "  user:\n"
                                 "    token: eyJhbGciOi.abc_-DEF.x\n";
    AUTO_MESH *m = two_members();
    AUTO_BUF kubeconfig = BUF_INIT;
    static const struct mesh_server server = {"https://172.30.2.10:6443", NULL, "PEM\n"};
    json_auto_t *secret = mesh_remote_secret(m, &m->members[1], &server, "eyJhbGciOi.abc_-DEF.x");
    const char *data = json_dig_str(secret, "data", "east-cluster", NULL);
    assert_non_null(data);
    assert_int_equal(base64_decode(&kubeconfig, data, strlen(data)), 0);
    assert_string_equal(buf_str(&kubeconfig), wanted);
    assert_int_equal(kubeconfig.len, sizeof(wanted) - 1);
    json_object_del(secret, "data");
    assert_json(secret, "{'apiVersion': 'v1', 'kind': 'Secret', 'type': 'Opaque', 'metadata': {"
                        "'name': 'istio-remote-secret-east-cluster', 'namespace': 'istio-system', "
                        "'annotations': {'networking.istio.io/cluster': 'east-cluster'}, "
                        "'labels': {'istio/multiCluster': 'true'}}}");
}

/* What `istioctl create-remote-secret --server ... --tls-server-name api.east.example` printed (1.31),
 * of an API server that answers with this token. */
static void remote_secret_names_the_servers_certificate(void **state)
{
    (void)state;
    static const char wanted[] = "apiVersion: v1\n"
                                 "clusters:\n"
                                 "- cluster:\n"
                                 "    certificate-authority-data: UEVNCg==\n"
                                 "    server: https://172.30.2.10:6443\n"
                                 "    tls-server-name: api.east.example\n"
                                 "  name: east-cluster\n"
                                 "contexts:\n"
                                 "- context:\n"
                                 "    cluster: east-cluster\n"
                                 "    user: east-cluster\n"
                                 "  name: east-cluster\n"
                                 "current-context: east-cluster\n"
                                 "kind: Config\n"
                                 "users:\n"
                                 "- name: east-cluster\n"
                                 "  user:\n"
                                 "    token: eyJhbGciOi.abc_-DEF.x\n";
    static const struct mesh_server server = {"https://172.30.2.10:6443", "api.east.example",
                                              "PEM\n"};
    AUTO_MESH *m = two_members();
    AUTO_BUF kubeconfig = BUF_INIT;
    json_auto_t *secret = mesh_remote_secret(m, &m->members[1], &server, "eyJhbGciOi.abc_-DEF.x");
    const char *data = json_dig_str(secret, "data", "east-cluster", NULL);
    assert_non_null(data);
    assert_int_equal(base64_decode(&kubeconfig, data, strlen(data)), 0);
    assert_string_equal(buf_str(&kubeconfig), wanted);
}

static void assert_server(const struct mesh_member *member, const char *url, const char *tls_name)
{
    struct mesh_server s = mesh_server_of(member, "https://kubeconfig:6443", "kubeconfig.example");
    assert_string_equal(s.url, url);
    if (tls_name)
        assert_string_equal(s.tls_name, tls_name);
    else
        assert_null(s.tls_name);
    assert_null(s.ca_pem);
}

/* As for kubectl: the kubeconfig's TLS name is for the kubeconfig's server. */
static void servers_name_goes_with_its_address(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    struct mesh_member *west = &m->members[0];
    assert_server(west, "https://kubeconfig:6443", "kubeconfig.example");
    mesh_set(&west->server, "https://proxy:443");
    assert_server(west, "https://proxy:443", NULL);
    mesh_set(&west->server_tls_name, "inner.example");
    assert_server(west, "https://proxy:443", "inner.example");
    mesh_set(&west->server, NULL);
    assert_server(west, "https://kubeconfig:6443", "inner.example");
    mesh_set(&west->server_ca, "PEM");
    assert_string_equal(mesh_server_of(west, "https://h", NULL).ca_pem, "PEM");
}

static void remote_secret_follows_the_names(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    mesh_set(&m->istio_namespace, "mesh-system");
    mesh_set(&m->members[0].cluster, "tokyo");
    AUTO_FREE char *name = mesh_remote_secret_name_dup(&m->members[0]);
    assert_string_equal(name, "istio-remote-secret-tokyo");
    static const struct mesh_server server = {"https://h", NULL, "P"};
    json_auto_t *secret = mesh_remote_secret(m, &m->members[0], &server, "t");
    assert_string_equal(json_dig_str(secret, "metadata", "name", NULL), name);
    assert_string_equal(json_dig_str(secret, "metadata", "namespace", NULL), "mesh-system");
    assert_non_null(json_dig(secret, "data", "tokyo", NULL));
}

/* A token comes from a server. */
static void token_that_is_no_text_makes_no_secret(void **state)
{
    (void)state;
    AUTO_MESH *m = two_members();
    static const struct mesh_server server = {"https://h", NULL, "PEM"};
    assert_null(mesh_remote_secret(m, &m->members[0], &server, "a\377\376"));
}

static void takes_addresses_of_other_machines(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://10.0.0.1",          "https://10.0.0.1:6443",
        "https://api.example.com",   "https://api.example.com/",
        "https://[fd00::1]:6443",    "https://[fd00::1]",
        "https://rancher/k8s/c/c-1", "https://127.example.com",
        "https://notlocalhost:443",  "https://localhost.example.com",
        "https://[::ffff:10.0.0.1]", "https://h:65535",
    };
    AUTO_MESH *m = two_members();
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++) {
        struct error *err = NULL;
        if (mesh_check_server(&m->members[0], good[i], &err) < 0)
            fail_msg("%s: %s", good[i], err->message);
    }
}

static void refuses_addresses(const char *const *bad, size_t count, const char *says)
{
    AUTO_MESH *m = two_members();
    for (size_t i = 0; i < count; i++) {
        struct error *err = NULL;
        int rc = mesh_check_server(&m->members[1], bad[i], &err);
        if (rc == 0)
            fail_msg("%s is taken", bad[i]);
        assert_non_null(strstr(err->hint, "--server east=https://HOST:PORT"));
        refused(rc, &err, bad[i], "east", says, NULL);
    }
}

static void refuses_addresses_of_the_machine_itself(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "https://127.0.0.1:6443",
        "https://127.1.2.3",
        "https://localhost:6443",
        "https://LocalHost",
        "https://localhost.",
        "https://k3d.localhost:1",
        "https://0.0.0.0:6443",
        "https://[::1]:6443",
        "https://[::]",
        "https://[0:0:0:0:0:0:0:1]",
        "https://[::ffff:127.0.0.1]:6443",
    };
    refuses_addresses(bad, MC_ARRAY_LEN(bad), "of the machine itself");
}

static void refuses_what_is_no_https_address(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "10.0.0.1:6443",
        "http://10.0.0.1:6443",
        "https://",
        "https://:6443",
        "https:///path",
        "https://[::1",
        "https://[]:6443",
        "https://h:",
        "https://h:0",
        "https://h:65536",
        "https://h:6443x",
        "https://h:123456789012",
        "https://h x",
        "https://127.1",
        "https://2130706433",
    };
    refuses_addresses(bad, MC_ARRAY_LEN(bad), "is not https://HOST[:PORT]");
}

static void shows_no_password_of_an_address(void **state)
{
    (void)state;
    static const char *const bad[] = {"https://user:secret@h:6443", "user:secret@h",
                                      "https://h?token=secret", "https://user:sec/ret@h"};
    AUTO_MESH *m = two_members();
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        AUTO_ERROR struct error *err = NULL;
        assert_int_equal(mesh_check_server(&m->members[1], bad[i], &err), -1);
        assert_non_null(strstr(err->message, "is not https://HOST[:PORT]"));
        assert_null(strstr(err->message, "sec"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(namespace_with_labels),
        cmocka_unit_test(cacerts_has_the_four_keys),
        cmocka_unit_test(reader_token_is_istioctls),
        cmocka_unit_test(remote_secret_has_istioctls_bytes),
        cmocka_unit_test(remote_secret_names_the_servers_certificate),
        cmocka_unit_test(servers_name_goes_with_its_address),
        cmocka_unit_test(remote_secret_follows_the_names),
        cmocka_unit_test(token_that_is_no_text_makes_no_secret),
        cmocka_unit_test(takes_addresses_of_other_machines),
        cmocka_unit_test(refuses_addresses_of_the_machine_itself),
        cmocka_unit_test(refuses_what_is_no_https_address),
        cmocka_unit_test(shows_no_password_of_an_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
