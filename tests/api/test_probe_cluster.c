/* A cluster is looked at: what a person is told first, what a reader may not see, what istiod and the
 * proxies say. The pods' ports are played by this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "leaf.h"
#include "meshctl/base/base64.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/kubeconfig.h"
#include "meshctl/mesh/objects.h"
#include "meshctl/pki/cert.h"
#include "meshctl/probe/cluster.h"
#include "meshctl/probe/finding.h"
#include "test_certs.h"
#include "test_tls.h"
#include "test_websocket.h"

#define ISTIOD_PORTS "/api/v1/namespaces/istio-system/pods/istiod-1/portforward"
#define GATEWAY_PORTS "/api/v1/namespaces/istio-ingress/pods/ew-7c9d-1/portforward"
#define GATEWAY_SERVICE "/api/v1/namespaces/istio-ingress/services/any-name"

static struct fakeapi_fixture x;
static struct mesh *mesh;
static struct facts *facts[2];
static struct facts east; /* a peer, as far as it matters */
static struct probe probe;
static json_t *findings;

/* What the ports answer; changed by tests. */
static const char *clusterz, *networkz, *syncz, *metrics = "";
static char *secrets;
static char *root_pem, *key_pem;
static struct pki_key *root_key;
static struct pki_cert *root_cert;

/* A certificate and its key, and what istiod shows on 15012. */
static struct leaf istiod_leaf, gateway_leaf;
static struct test_tls istiod_tls;
/* What the gateway's Envoy answers of its clusters, first and later; what is behind its 15443, NULL:
 * nothing, which closes. */
static const char *clusters, *later_clusters;
static struct test_tls *behind;
static int clusters_asked;

/* ---- the pods' ports ------------------------------------------------------------------------- */

static bool answer(struct test_conn *c, const char *body)
{
    AUTO_FREE char *head =
        mem_printf("HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", strlen(body));
    test_ws_say(c, 0, head, strlen(head));
    test_ws_say(c, 0, body, strlen(body));
    test_ws_send_close(c, 1000);
    return false;
}

static bool be_istiods_tls(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_tls_forward(ctx, c, r, 15012);
    return false;
}

static bool be_istiod(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (text_has_suffix(r->target, "ports=15012"))
        return be_istiods_tls(&istiod_tls, c, r);
    test_ws_forward(c, r, 15014, &asked);
    return answer(c, text_has_prefix(buf_str(&asked), "GET /debug/clusterz ")   ? clusterz
                     : text_has_prefix(buf_str(&asked), "GET /debug/networkz ") ? networkz
                     : text_has_prefix(buf_str(&asked), "GET /metrics ")        ? metrics
                                                                                : syncz);
}

static bool be_behind(struct test_conn *c, const struct test_request *r)
{
    if (behind)
        return be_istiods_tls(behind, c, r);
    test_ws_accept_forward(c, r, 15443);
    test_ws_send_close(c, 1000);
    return false;
}

static bool be_envoy(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (text_has_suffix(r->target, "ports=15443"))
        return be_behind(c, r);
    test_ws_forward(c, r, 15000, &asked);
    if (!text_has_prefix(buf_str(&asked), "GET /clusters"))
        return answer(c, secrets);
    return answer(c, clusters_asked++ ? later_clusters : clusters);
}

static void play(const char *path, test_handler script)
{
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = path, .fault = FAKEAPI_SCRIPT, .script = script});
}

/* ---- a good mesh ----------------------------------------------------------------------------- */

static void put(const char *text)
{
    fakeapi_put(x.api, text);
}

static void root_new(struct pki_key **ret_key, struct pki_cert **ret_cert)
{
    MC_CLEANUP(pki_profile_release)
    struct pki_profile profile = {
        .key_bits = 2048, .days = 30, .is_ca = true, .path_length = -1, .key_usage_critical = true};
    struct error *err = NULL;
    strlist_add(&profile.subject, "CN=Root CA");
    strlist_add(&profile.key_usage, "digitalSignature");
    strlist_add(&profile.key_usage, "keyCertSign");
    must(pki_key_new(2048, ret_key, &err), &err);
    must(pki_cert_issue(&profile, *ret_key, NULL, NULL, ret_cert, &err), &err);
}

/* One root that signs itself, for all tests. */
static int make_root(void **state)
{
    struct buf cert_text = BUF_INIT, key_text = BUF_INIT;
    struct error *err = NULL;
    (void)state;
    root_new(&root_key, &root_cert);
    must(pki_cert_write(&cert_text, root_cert, &err), &err);
    must(pki_key_write(&key_text, root_key, &err), &err);
    root_pem = buf_detach(&cert_text, NULL);
    key_pem = buf_detach(&key_text, NULL);
    istiod_leaf = leaf_new(root_cert, root_key, "istiod.istio-system.svc");
    gateway_leaf = leaf_new(root_cert, root_key, "spiffe://cluster.local/ns/istio-ingress/sa/ew");
    return 0;
}

static int free_root(void **state)
{
    (void)state;
    free(root_pem);
    free(key_pem);
    pki_key_free(root_key);
    pki_cert_free(root_cert);
    leaf_release(&istiod_leaf);
    leaf_release(&gateway_leaf);
    return 0;
}

static void put_trust(void)
{
    json_auto_t *secret = mesh_cacerts(mesh, root_pem, key_pem, root_pem, root_pem);
    json_auto_t *map = json_pack("{s:s, s:s, s:{s:s, s:s, s:{s:s}}, s:{s:s}}", "apiVersion", "v1",
                                 "kind", "ConfigMap", "metadata", "name", "istio-ca-root-cert",
                                 "namespace", "istio-system", "labels", "istio.io/config", "true",
                                 "data", "root-cert.pem", root_pem);
    AUTO_FREE char *secret_text = json_write_dup(secret, 0);
    AUTO_FREE char *map_text = json_write_dup(map, 0);
    put(secret_text);
    put(map_text);
}

static void put_istiod(int ready)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"istiod\","
        "\"namespace\":\"istio-system\",\"labels\":{\"app\":\"istiod\"}},\"spec\":{\"replicas\":1,"
        "\"template\":{\"spec\":{\"containers\":[{\"image\":\"x/pilot:1.31.0\"}]}}},\"status\":{"
        "\"readyReplicas\":%d}}",
        ready);
    put(text);
}

static void put_pod(const char *namespace_, const char *name, const char *labels, const char *owner)
{
    AUTO_FREE char *text = mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{"
                                      "\"name\":\"%s\",\"namespace\":\"%s\","
                                      "\"labels\":{%s},\"ownerReferences\":[{\"kind\":"
                                      "\"ReplicaSet\",\"name\":\"%s\"}]},\"spec\":{"
                                      "\"serviceAccountName\":\"ew\"},\"status\":{"
                                      "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
                                      name, namespace_, labels, owner);
    put(text);
}

#define EW_LABELS "\"istio\":\"eastwestgateway\",\"pod-template-hash\":\"7c9d\""

static void put_gateway(void)
{
    put_pod("istio-ingress", "ew-7c9d-1", EW_LABELS, "ew-7c9d");
    put("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"any-name\","
        "\"namespace\":\"istio-ingress\",\"labels\":{\"topology.istio.io/"
        "network\":\"west-network\"}},"
        "\"spec\":{\"type\":\"LoadBalancer\",\"selector\":{\"istio\":\"eastwestgateway\"},"
        "\"ports\":[{"
        "\"port\":15443}]},\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"::1\"},{"
        "\"ip\":"
        "\"127.0.0.1\"}]}}}");
    put("{\"apiVersion\":\"networking.istio.io/"
        "v1beta1\",\"kind\":\"Gateway\",\"metadata\":{\"name\":"
        "\"cross\",\"namespace\":\"istio-ingress\"},\"spec\":{\"selector\":{\"istio\":"
        "\"eastwestgateway\"},\"servers\":[{\"port\":{\"number\":15443},\"hosts\":[\"*.local\"],"
        "\"tls\":{\"mode\":\"AUTO_PASSTHROUGH\"}}]}}");
}

/* What the gateway's Envoy trusts, and what it shows. */
static void set_secrets(const char *pem, const char *chain)
{
    AUTO_FREE char *roots = base64_encode_dup(pem, strlen(pem));
    AUTO_FREE char *shown = base64_encode_dup(chain, strlen(chain));
    free(secrets);
    secrets = mem_printf("{\"configs\":[{\"name\":\"ROOTCA\",\"secret\":{\"validation_context\":{"
                         "\"trusted_ca\":{\"inline_bytes\":\"%s\"}}}},{\"name\":\"default\","
                         "\"secret\":{\"tls_certificate\":{\"certificate_chain\":{"
                         "\"inline_bytes\":\"%s\"}}}}]}",
                         roots, shown);
}

static void set_istiods_tls(const struct leaf *leaf)
{
    istiod_tls = (struct test_tls){.chain_pem = leaf->chain_pem, .key_pem = leaf->key_pem};
}

static void put_link(void)
{
    struct mesh_server server = {.url = "https://192.0.2.9:6443", .ca_pem = "x"};
    json_auto_t *secret = mesh_remote_secret(mesh, &mesh->members[1], &server, "t");
    AUTO_FREE char *text = json_write_dup(secret, 0);
    put(text);
}

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(
        &x, &(struct fakeapi_fixture_options){.api.lifeless = true, .retry_for_ms = -1});
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    mesh_add_member(mesh, "east", NULL, NULL);
    findings = json_array();
    east = (struct facts){0};
    struct error *err = NULL;
    assert_int_equal(ca_roots_add_pem(&east.ca.roots, root_pem, strlen(root_pem), "test", &err), 0);
    put("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\","
        "\"uid\":"
        "\"u-1\"}}");
    put("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"istio-system\","
        "\"labels\":{\"topology.istio.io/network\":\"west-network\"}}}");
    put("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"istio-ingress\"}}");
    put_trust();
    put_istiod(1);
    put_pod("istio-system", "istiod-1", "\"app\":\"istiod\"", "istiod-5d");
    put_gateway();
    put_link();
    east.network_services =
        json_pack("[{s:{s:{s:s}}, s:{s:[s]}}]", "metadata", "labels", MESH_NETWORK_LABEL,
                  "east-network", "spec", "externalIPs", "192.0.2.2");
    clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"synced\"}]";
    networkz = "[{\"Network\":\"east-network\"}]";
    syncz = "[{\"proxy\":\"ew-7c9d-1.istio-ingress\"}]";
    set_secrets(root_pem, gateway_leaf.chain_pem);
    set_istiods_tls(&istiod_leaf);
    clusters = later_clusters = "{\"cluster_statuses\":[]}";
    clusters_asked = 0;
    behind = NULL;
    play(ISTIOD_PORTS, be_istiod);
    play(GATEWAY_PORTS, be_envoy);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    facts_free(facts[0]);
    facts[0] = NULL;
    ca_roots_release(&east.ca.roots);
    json_decref(east.network_services);
    json_decref(findings);
    mesh_free(mesh);
    fakeapi_fixture_stop(&x);
    free(secrets);
    secrets = NULL;
    buf_release(&istiod_tls.server_name);
    buf_release(&istiod_tls.protocols);
    return 0;
}

/* Facts as a reader gets them, then the probe; how long is waited for what may settle. */
static void look_for(int64_t wait_ms)
{
    struct error *err = NULL;
    struct facts_options options = {.mesh = mesh, .may_miss = true, .with_traffic = true};
    if (facts_observe(x.client, &options, &facts[0], &err) < 0)
        fail_msg("%s", err->message);
    facts[1] = &east;
    probe = (struct probe){.client = x.client,
                           .mesh = mesh,
                           .facts = facts,
                           .deadline_ms = wait_ms ? clock_now_ms() + wait_ms : 0,
                           .findings = findings};
    if (probe_cluster(&probe, &err) < 0)
        fail_msg("%s", err->message);
}

static void look(void)
{
    look_for(0);
}

/* "MC604 MC205": the ids of one level, in order. */
static void ids_are(const char *level, const char *wanted)
{
    AUTO_STRLIST ids = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(findings, i, row)
        if (text_equal(json_dig_str(row, "level", NULL), level))
            strlist_add(&ids, json_dig_str(row, "id", NULL));
    AUTO_FREE char *text = strlist_join_dup(&ids, " ");
    if (strcmp(text, wanted) != 0) {
        AUTO_FREE char *all = json_write_dup(findings, 0);
        fail_msg("%s: \"%s\", wanted \"%s\" in %s", level, text, wanted, all);
    }
}

static const char *of(const char *id, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(findings, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id))
            return json_dig_str(row, key, NULL);
    fail_msg("no finding %s", id);
    return NULL;
}

static void good_mesh_is_good(void **state)
{
    (void)state;
    look();
    ids_are("error", "");
    ids_are("warning", "");
    ids_are("ok",
            "MC108 MC604 MC309 MC310 MC210 MC201 MC502 MC505 MC503 MC501 MC506 MC406 MC402 MC711 "
            "MC713 MC712 MC714 MC715 MC716 MC717 MC718 MC719 MC802 MC601 MC603 MC311 MC211 MC212 "
            "MC215 MC522");
    assert_string_equal(of("MC502", "found"), "east-west gateway ::1, 127.0.0.1");
    /* Nothing is written by looking. */
    assert_int_equal(fakeapi_count(x.api, "POST", "*") + fakeapi_count(x.api, "PATCH", "*") +
                         fakeapi_count(x.api, "PUT", "*") + fakeapi_count(x.api, "DELETE", "*"),
                     0);
}

static void cause_comes_before_what_follows(void **state)
{
    (void)state;
    struct test_authority *other = test_authority_new("before");
    json_auto_t *patch = json_pack("{s:{s:s}}", "data", "root-cert.pem", test_authority_pem(other));
    AUTO_FREE char *text = json_write_dup(patch, 0);
    put_istiod(0);
    fakeapi_patch(x.api, "/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert", text);
    look();
    ids_are("error", "MC604 MC205");
    assert_string_equal(of("MC604", "found"),
                        "0 of 1 pods of Deployment istio-system/istiod ready");
    assert_string_equal(
        of("MC604", "fix"),
        "see the reason of its pods: kubectl get pods -n istio-system -l app=istiod");
    /* It is not asked. */
    assert_int_equal(fakeapi_count(x.api, NULL, ISTIOD_PORTS), 0);
    test_authority_free(other);
}

/* Who would hand it out is not there. */
static void root_that_no_istiod_hands_out(void **state)
{
    (void)state;
    fakeapi_remove(x.api, "/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert");
    look();
    ids_are("error", "MC205");
    json_array_clear(findings);
    facts_free(facts[0]);
    facts[0] = NULL;
    put_istiod(0);
    look();
    ids_are("error", "MC604");
}

static void without_certificates_they_come_first(void **state)
{
    (void)state;
    fakeapi_remove(x.api, "/api/v1/namespaces/istio-system/secrets/cacerts");
    fakeapi_remove(x.api, "/apis/apps/v1/namespaces/istio-system/deployments/istiod");
    look();
    ids_are("error", "MC206 MC604");
    assert_non_null(strstr(of("MC604", "found"), "no Deployment"));
}

static void service_without_label_is_told_from_none(void **state)
{
    (void)state;
    fakeapi_patch(x.api, GATEWAY_SERVICE,
                  "{\"metadata\":{\"labels\":{\"topology.istio.io/network\":null}}}");
    look();
    ids_are("error", "MC303");
    assert_string_equal(of("MC303", "found"), "Service istio-ingress/any-name without the label");
    json_array_clear(findings);
    facts_free(facts[0]);
    fakeapi_remove(x.api, GATEWAY_SERVICE);
    look();
    ids_are("error", "MC504");
}

static void wrong_label_is_named(void **state)
{
    (void)state;
    fakeapi_patch(x.api, GATEWAY_SERVICE,
                  "{\"metadata\":{\"labels\":{\"topology.istio.io/network\":\"other\"}}}");
    look();
    ids_are("error", "MC303");
    assert_string_equal(of("MC303", "found"), "Service istio-ingress/any-name labelled other");
}

static void type_without_address_is_named(void **state)
{
    (void)state;
    fakeapi_patch(x.api, GATEWAY_SERVICE,
                  "{\"spec\":{\"type\":\"ClusterIP\"},\"status\":{\"loadBalancer\":null}}");
    look();
    ids_are("error", "MC502");
    assert_non_null(strstr(of("MC502", "found"), "of type ClusterIP without address"));
    assert_string_equal(of("MC502", "fix"), "kubectl patch service any-name -n istio-ingress -p "
                                            "'{\"spec\":{\"type\":\"LoadBalancer\"}}'");
}

/* istiod takes a Service for a gateway by its ports. */
static void a_gateway_without_its_port_is_found(void **state)
{
    (void)state;
    static const struct {
        const char *patch, *wanted;
    } rows[] = {
        {"{\"spec\":{\"ports\":[{\"port\":15021},{\"port\":443}]}}", "MC505"},
        {"{\"spec\":{\"ports\":[{\"port\":15008}]}}", ""}, /* ambient */
        {"{\"metadata\":{\"labels\":{\"networking.istio.io/gatewayPort\":\"4443\"}}}", "MC505"},
        {"{\"metadata\":{\"labels\":{\"networking.istio.io/gatewayPort\":\"15443x\"}},"
         "\"spec\":{\"ports\":[{\"port\":15443}]}}",
         ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        put_gateway();
        fakeapi_patch(x.api, GATEWAY_SERVICE, rows[i].patch);
        look();
        ids_are("error", rows[i].wanted);
        json_array_clear(findings);
        facts_free(facts[0]);
        facts[0] = NULL;
    }
}

static void put_second_gateway(const char *address)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"second\","
                   "\"namespace\":\"istio-ingress\",\"labels\":{\"topology.istio.io/network\":"
                   "\"west-network\"}},\"spec\":{\"type\":\"LoadBalancer\",\"selector\":{\"istio\":"
                   "\"nobody\"},\"ports\":[{\"port\":15443}]},\"status\":{\"loadBalancer\":{"
                   "\"ingress\":[%s]}}}",
                   address);
    put(text);
}

/* The other clusters are told of every one that has an address. */
static void a_second_gateway_has_to_work_too(void **state)
{
    (void)state;
    put_second_gateway("{\"ip\":\"127.0.0.9\"}");
    look();
    ids_are("error", "MC503");
    AUTO_FREE char *all = json_write_dup(findings, 0);
    assert_non_null(
        strstr(all, "kubectl label service second -n istio-ingress topology.istio.io/network-"));
    assert_string_equal(of("MC502", "found"), "east-west gateway ::1, 127.0.0.1, 127.0.0.9");
    json_array_clear(findings);
    facts_free(facts[0]);
    put_second_gateway("");
    look();
    ids_are("error", "");
}

static void put_gateway_deployment(int wanted, const char *labels)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"ew\","
        "\"namespace\":\"istio-ingress\"},\"spec\":{\"replicas\":%d,\"selector\":{\"matchLabels\":{"
        "%s}},"
        "\"template\":{\"metadata\":{\"labels\":{%s}}}}}",
        wanted, labels, labels);
    put(text);
}

/* Nobody wants them, they do not start, or the Service looks for others. */
static void why_a_gateway_has_no_pod_is_said(void **state)
{
    (void)state;
    static const struct {
        int wanted;
        const char *selector, *found, *fix;
    } cases[] = {
        {0, "eastwestgateway", "Deployment istio-ingress/ew is scaled to 0",
         "kubectl scale deployment ew -n istio-ingress --replicas=1"},
        {2, "eastwestgateway", "0 of 2 pods of Deployment istio-ingress/ew ready",
         "see the reason of its pods: kubectl get pods -n istio-ingress -l istio=eastwestgateway"},
        {1, "nobody", "Service istio-ingress/any-name selects istio=nobody, which nothing has",
         "kubectl patch service any-name -n istio-ingress --type=json -p "
         "'[{\"op\":\"replace\",\"path\":\"/spec/selector\",\"value\":{\"app\":\"ew\",\"istio\":"
         "\"eastwestgateway\"}}]'"},
    };
    fakeapi_remove(x.api, "/api/v1/namespaces/istio-ingress/pods/ew-7c9d-1");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *patch =
            mem_printf("{\"spec\":{\"selector\":{\"istio\":\"%s\"}}}", cases[i].selector);
        put_gateway_deployment(cases[i].wanted, "\"app\":\"ew\",\"istio\":\"eastwestgateway\"");
        fakeapi_patch(x.api, GATEWAY_SERVICE, patch);
        look();
        ids_are("error", "MC503");
        assert_string_equal(of("MC503", "found"), cases[i].found);
        assert_string_equal(of("MC503", "fix"), cases[i].fix);
        json_array_clear(findings);
        facts_free(facts[0]);
        facts[0] = NULL;
    }
}

/* Renamed under running proxies: traffic lives on, nothing reaches them any more. */
static void lost_proxies_are_found(void **state)
{
    (void)state;
    syncz = "[]";
    look();
    ids_are("error", "MC603");
    assert_non_null(strstr(of("MC603", "found"), "istio-ingress/ew-7c9d-1"));
    assert_string_equal(of("MC603", "fix"),
                        "kubectl logs ew-7c9d-1 -n istio-ingress tells why; one that was started "
                        "with other names or another root needs: kubectl rollout restart "
                        "deployment/ew -n istio-ingress");
}

static void old_root_is_found_and_named(void **state)
{
    (void)state;
    struct test_authority *old = test_authority_new("before");
    set_secrets(test_authority_pem(old), gateway_leaf.chain_pem);
    look();
    ids_are("error", "MC208");
    assert_non_null(strstr(of("MC208", "found"), "in pod istio-ingress/ew-7c9d-1"));
    assert_string_equal(of("MC208", "fix"),
                        "kubectl rollout restart deployment/ew -n istio-ingress");
    /* One that no Gateway and no network leads through: istiod alone knows it. */
    put_pod("apps", "egress-1", "\"app\":\"egress\",\"pod-template-hash\":\"5f\"", "egress-5f");
    syncz = "[{\"proxy\":\"ew-7c9d-1.istio-ingress\"},{\"proxy\":\"egress-1.apps\","
            "\"proxy_type\":\"router\",\"cluster_id\":\"west-cluster\"},"
            "{\"proxy\":\"gone.apps\",\"proxy_type\":\"router\",\"cluster_id\":\"west-cluster\"}]";
    play("/api/v1/namespaces/apps/pods/egress-1/portforward", be_envoy);
    json_array_clear(findings);
    facts_free(facts[0]);
    look();
    ids_are("error", "MC208");
    ids_are("warning", "");
    assert_non_null(strstr(of("MC208", "found"), "in pod apps/egress-1"));
    assert_string_equal(of("MC208", "fix"),
                        "kubectl rollout restart deployment/ew -n istio-ingress; "
                        "then kubectl rollout restart deployment/egress -n apps");
    /* Both at once, as during a rotation, is no fault. */
    syncz = "[{\"proxy\":\"ew-7c9d-1.istio-ingress\"}]";
    AUTO_FREE char *both = mem_printf("%s%s", test_authority_pem(old), root_pem);
    set_secrets(both, gateway_leaf.chain_pem);
    json_array_clear(findings);
    facts_free(facts[0]);
    look();
    ids_are("error", "");
    test_authority_free(old);
}

/* ---- on the wire ----------------------------------------------------------------------------- */

static void foreign_certificates_are_found(void **state)
{
    (void)state;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *other = NULL;
    root_new(&key, &other);
    MC_CLEANUP(leaf_release) struct leaf istiod = leaf_new(other, key, "istiod.istio-system.svc");
    MC_CLEANUP(leaf_release)
    struct leaf gateway = leaf_new(other, key, "spiffe://cluster.local/ns/istio-ingress/sa/ew");
    AUTO_FREE char *fingerprint = pki_cert_fingerprint_dup(other);
    AUTO_FREE char *found = mem_printf("pod istio-system/istiod-1: root %.8s", fingerprint);
    set_secrets(root_pem, gateway.chain_pem);
    set_istiods_tls(&istiod);
    look();
    ids_are("error", "MC211 MC212");
    assert_string_equal(of("MC211", "found"), found);
    assert_string_equal(of("MC212", "fix"),
                        "kubectl rollout restart deployment/ew -n istio-ingress");
}

static void names_on_the_wire_are_looked_at(void **state)
{
    (void)state;
    MC_CLEANUP(leaf_release)
    struct leaf gateway =
        leaf_new(root_cert, root_key, "spiffe://old.domain/ns/istio-ingress/sa/ew");
    set_secrets(root_pem, gateway.chain_pem);
    look();
    ids_are("error", "MC214");
    assert_string_equal(of("MC214", "found"), "pod istio-ingress/ew-7c9d-1: it is for "
                                              "spiffe://old.domain/ns/istio-ingress/sa/ew");
    assert_string_equal(of("MC214", "wanted"), "spiffe://cluster.local/ns/istio-ingress/sa/ew");
}

/* Who was handed another root once, and by whom it was not taken back. */
static void namespaces_of_another_root_are_named(void **state)
{
    (void)state;
    struct test_authority *old = test_authority_new("before");
    json_auto_t *map = json_pack("{s:s, s:s, s:{s:s, s:s, s:{s:s}}, s:{s:s}}", "apiVersion", "v1",
                                 "kind", "ConfigMap", "metadata", "name", "istio-ca-root-cert",
                                 "namespace", "istio-ingress", "labels", "istio.io/config", "true",
                                 "data", "root-cert.pem", test_authority_pem(old));
    AUTO_FREE char *text = json_write_dup(map, 0);
    put(text);
    look();
    ids_are("error", "");
    ids_are("warning", "MC215");
    assert_string_equal(of("MC215", "found"),
                        "ConfigMap istio-ca-root-cert of 1 of 2 namespaces: istio-ingress");
    test_authority_free(old);
}

/* A clock that is far off makes certificates look old or too young: it is the cause. */
static void clock_is_looked_at_first(void **state)
{
    (void)state;
    fakeapi_add(x.api,
                &(struct fakeapi_rule){
                    .path = "/version",
                    .headers = "Date: Sat, 01 Jan 2000 00:00:00 GMT\r\n",
                    .body = "{\"major\":\"1\",\"minor\":\"34\",\"gitVersion\":\"v1.34.0\"}"});
    look();
    ids_are("error", "MC107");
    ids_are("ok",
            "MC108 MC604 MC309 MC310 MC210 MC201 MC502 MC505 MC503 MC501 MC506 MC406 MC402 MC711 "
            "MC713 MC712 MC714 MC715 MC716 MC717 MC718 MC719 MC802 MC601 MC603 MC311");
}

/* ---- through the gateways -------------------------------------------------------------------- */

#define CANDIDATE                                                                                  \
    "{\"cluster_statuses\":[{\"name\":\"outbound_.9080_._.reviews.shop.svc.cluster.local\","       \
    "\"host_statuses\":[{\"health_status\":{\"eds_health_status\":\"HEALTHY\"}}]}]}"

static void way_in_is_tried_to_its_end(void **state)
{
    (void)state;
    MC_CLEANUP(leaf_release)
    struct leaf workload = leaf_new(root_cert, root_key, "spiffe://cluster.local/ns/shop/sa/x");
    struct test_tls tls = {.chain_pem = workload.chain_pem, .key_pem = workload.key_pem};
    clusters = CANDIDATE;
    behind = &tls;
    look();
    ids_are("error", "");
    assert_string_equal(of("MC521", "found"), "1 services tried through 1 pods");
    assert_string_equal(buf_str(&tls.server_name),
                        "outbound_.9080_._.reviews.shop.svc.cluster.local");
    buf_release(&tls.server_name);
    buf_release(&tls.protocols);
}

static void workload_of_another_root_is_seen_through_the_gateway(void **state)
{
    (void)state;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *other = NULL;
    root_new(&key, &other);
    MC_CLEANUP(leaf_release)
    struct leaf workload = leaf_new(other, key, "spiffe://cluster.local/ns/shop/sa/x");
    struct test_tls tls = {.chain_pem = workload.chain_pem, .key_pem = workload.key_pem};
    clusters = CANDIDATE;
    behind = &tls;
    look();
    ids_are("error", "MC212");
    AUTO_FREE char *all = json_write_dup(findings, 0);
    assert_non_null(strstr(all, "\"a workload of reviews.shop.svc.cluster.local: root "));
    buf_release(&tls.server_name);
    buf_release(&tls.protocols);
}

static void closed_way_in_is_found(void **state)
{
    (void)state;
    clusters = later_clusters = CANDIDATE;
    look();
    ids_are("error", "MC521");
    assert_string_equal(of("MC521", "found"),
                        "west: ask Pod istio-ingress/ew-7c9d-1: the connection was closed in the "
                        "TLS handshake; tried: outbound_.9080_._.reviews.shop.svc.cluster.local");
    /* What has gone meanwhile is no fault. */
    json_array_clear(findings);
    facts_free(facts[0]);
    clusters_asked = 0;
    later_clusters = "{\"cluster_statuses\":[]}";
    look();
    ids_are("error", "");
}

#define COUNTED(failed)                                                                            \
    "{\"cluster_statuses\":[{\"name\":\"outbound|80||x\",\"host_statuses\":[{\"address\":{"        \
    "\"socket_address\":{\"address\":\"192.0.2.2\",\"port_value\":15443}},\"stats\":[{\"name\":"   \
    "\"cx_total\",\"value\":\"9\"},{\"name\":\"cx_connect_fail\",\"value\":\"" failed "\"}]}]}]}"

/* Failures of long ago are none. */
static void way_out_fails_when_it_does_so_now(void **state)
{
    (void)state;
    clusters = later_clusters = COUNTED("3");
    look();
    ids_are("error", "");
    json_array_clear(findings);
    facts_free(facts[0]);
    clusters_asked = 0;
    later_clusters = COUNTED("5");
    look();
    ids_are("error", "MC522");
    assert_string_equal(of("MC522", "found"),
                        "pod istio-ingress/ew-7c9d-1: 5 of 9 connections to 192.0.2.2:15443, the "
                        "gateway of east, failed, 2 of them just now");
    assert_string_equal(of("MC522", "peer"), "east");
}

/* ---- what istiod says ------------------------------------------------------------------------ */

static void istiods_own_words_say_why(void **state)
{
    (void)state;
    clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"timeout\"}]";
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = "/api/v1/namespaces/istio-system/pods/istiod-1/log",
                           .query = "sinceSeconds=30",
                           .headers = "Content-Type: text/plain\r\n",
                           .body = "t\terror\twatch error in cluster east-cluster: failed to list "
                                   "*v1.Pod: Unauthorized\n"});
    look();
    ids_are("error", "MC421 MC601");
    assert_string_equal(of("MC421", "found"),
                        "istiod-1 says of east-cluster at https://192.0.2.9:6443: Unauthorized");
    assert_string_equal(of("MC421", "peer"), "east");
}

static void deny(const char *method, const char *path, const char *query)
{
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .method = method, .path = path, .query = query, .status = 403});
}

/* ClusterRole view: no Secrets, none of Istio's kinds, no port-forwarding. */
static void reader_is_not_refused(void **state)
{
    (void)state;
    fakeapi_clear_rules(x.api);
    deny(NULL, "/api/v1/namespaces/istio-system/secrets*", NULL);
    deny(NULL, "/api/v1/namespaces/istio-ingress/secrets*", NULL);
    deny(NULL, "/apis/networking.istio.io/v1beta1/*", NULL);
    deny(NULL, "/apis/security.istio.io/v1beta1/*", NULL);
    deny(NULL, ISTIOD_PORTS, NULL);
    deny(NULL, GATEWAY_PORTS, NULL);
    look();
    ids_are("error", "");
    ids_are("warning", "MC105 MC105");
    ids_are("ok", "MC108 MC604 MC309 MC310 MC201 MC502 MC505 MC503 MC715 MC716 MC717 MC718 MC719 "
                  "MC802");
    assert_string_equal(of("MC105", "wanted"),
                        "get secrets in istio-system, list secrets in istio-system, list "
                        "gateways.networking.istio.io, list secrets in istio-ingress, list "
                        "destinationrules.networking.istio.io, list "
                        "peerauthentications.security.istio.io, list "
                        "authorizationpolicies.security.istio.io, list "
                        "sidecars.networking.istio.io");
    assert_non_null(strstr(of("MC105", "found"), "MC402"));
    assert_non_null(strstr(of("MC105", "found"), "MC501"));
    assert_null(strstr(of("MC105", "found"), "MC601"));
    AUTO_FREE char *all = json_write_dup(findings, 0);
    assert_non_null(strstr(all, "get and create pods/portforward in istio-system"));
}

/* What such a user can see is still judged. */
static void reader_sees_what_is_wrong(void **state)
{
    (void)state;
    struct test_authority *other = test_authority_new("other");
    struct error *err = NULL;
    ca_roots_release(&east.ca.roots);
    assert_int_equal(ca_roots_add_pem(&east.ca.roots, test_authority_pem(other),
                                      strlen(test_authority_pem(other)), "test", &err),
                     0);
    deny(NULL, "/api/v1/namespaces/istio-system/secrets*", NULL);
    look();
    ids_are("error", "MC201");
    test_authority_free(other);
}

/* A peer that istiod is still reading is waited for; one whose state does not change is not for ever. */
static void count_waits(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason)
{
    (void)waited_ms;
    (void)limit_ms;
    assert_non_null(strstr(reason, "east-cluster is syncing"));
    if (++*(int *)ctx == 3)
        clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"synced\"}]";
}

static void sync_is_waited_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    int waits = 0;
    look(); /* for the facts */
    json_array_clear(findings);
    clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"syncing\"}]";
    probe.deadline_ms = clock_now_ms() + 30000;
    probe.on_waiting = count_waits;
    probe.ctx = &waits;
    assert_int_equal(probe_cluster(&probe, &err), 0);
    ids_are("error", "");
    assert_int_equal(waits, 3);
    clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"syncing\"}]";
    json_array_clear(findings);
    probe.deadline_ms = clock_now_ms() + 1000;
    waits = 100;
    assert_int_equal(probe_cluster(&probe, &err), 0);
    ids_are("error", "MC601");
}

#define FAILED(count) "controller_sync_errors_total{cluster=\"east-cluster\"} " count "\n"

/* How long would be waited for it at the most: seen until istiod's counters were asked twice. */
struct patience {
    int64_t least_ms;
    const char *then; /* the counters after the first look */
};

static void be_patient(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason)
{
    struct patience *patience = ctx;
    assert_non_null(strstr(reason, "east-cluster is timeout"));
    if (!patience->least_ms || limit_ms < patience->least_ms)
        patience->least_ms = limit_ms;
    metrics = patience->then;
    if (waited_ms > 6000)
        clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"synced\"}]";
}

/* istiod says "timeout" of both, after half a minute. */
static void a_large_peer_is_told_from_one_that_fails(void **state)
{
    (void)state;
    static const struct {
        const char *then;
        int64_t from_ms, to_ms;
    } rows[] = {{FAILED("3"), 550000, 600001}, {FAILED("4"), 50000, 60001}};
    struct error *err = NULL;
    look(); /* for the facts */
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct patience patience = {.then = rows[i].then};
        json_array_clear(findings);
        metrics = FAILED("3");
        clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"timeout\"}]";
        probe.deadline_ms = clock_now_ms() + 600000;
        probe.on_waiting = be_patient;
        probe.ctx = &patience;
        assert_int_equal(probe_cluster(&probe, &err), 0);
        ids_are("error", "");
        assert_in_range(patience.least_ms, rows[i].from_ms, rows[i].to_ms);
    }
}

/* Beside a fault that is known at once nothing is waited for. */
static void known_fault_is_said_at_once(void **state)
{
    (void)state;
    int64_t start = clock_now_ms();
    clusterz = "[{\"id\":\"east-cluster\",\"syncStatus\":\"syncing\"}]";
    fakeapi_remove(x.api,
                   "/apis/networking.istio.io/v1beta1/namespaces/istio-ingress/gateways/cross");
    look_for(60000);
    ids_are("error", "MC501 MC601");
    assert_true(clock_now_ms() - start < 15000);
}

static void istiod_that_does_not_answer_is_a_finding(void **state)
{
    (void)state;
    fakeapi_clear_rules(x.api);
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = ISTIOD_PORTS, .status = 404});
    play(GATEWAY_PORTS, be_envoy);
    look();
    ids_are("error", "MC604 MC603");
}

/* ---- fixes that put back what was taken away ------------------------------------------------- */

/* No fix destroys a key: what is deleted was copied. */
static void a_ca_that_cannot_sign_is_no_other_root(void **state)
{
    (void)state;
    fakeapi_patch(x.api, "/api/v1/namespaces/istio-system/secrets/cacerts",
                  "{\"data\":{\"ca-key.pem\":\"\"}}");
    look();
    ids_are("error", "MC216");
    const char *copy = strstr(of("MC216", "fix"), "kubectl get secret cacerts -n istio-system -o "
                                                  "yaml >cacerts-west.yaml in west (a copy, ");
    assert_non_null(copy);
    assert_non_null(strstr(copy, "; then kubectl delete secret cacerts -n istio-system in west; "
                                 "then meshctl ca with the same flags; then kubectl rollout "
                                 "restart deployment istiod -n istio-system in west; then "));
}

static void two_roots_are_a_decision(void **state)
{
    (void)state;
    struct test_authority *other = test_authority_new("other");
    struct error *err = NULL;
    ca_roots_release(&east.ca.roots);
    assert_int_equal(ca_roots_add_pem(&east.ca.roots, test_authority_pem(other),
                                      strlen(test_authority_pem(other)), "test", &err),
                     0);
    look();
    ids_are("error", "MC201");
    assert_ptr_equal(strstr(of("MC201", "fix"), "decide which root stays"), of("MC201", "fix"));
    assert_non_null(strstr(of("MC201", "fix"), "if that of west goes: kubectl get secret"));
    test_authority_free(other);
}

static void istiod_scaled_to_0_is_scaled_back(void **state)
{
    (void)state;
    put_istiod(0);
    fakeapi_patch(x.api, "/apis/apps/v1/namespaces/istio-system/deployments/istiod",
                  "{\"spec\":{\"replicas\":0}}");
    look();
    ids_are("error", "MC604");
    assert_string_equal(of("MC604", "found"), "Deployment istio-system/istiod is scaled to 0");
    assert_string_equal(of("MC604", "fix"),
                        "kubectl scale deployment istiod -n istio-system --replicas=1");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_mesh_is_good),
        TEST(cause_comes_before_what_follows),
        TEST(root_that_no_istiod_hands_out),
        TEST(without_certificates_they_come_first),
        TEST(service_without_label_is_told_from_none),
        TEST(wrong_label_is_named),
        TEST(type_without_address_is_named),
        TEST(a_gateway_without_its_port_is_found),
        TEST(a_second_gateway_has_to_work_too),
        TEST(why_a_gateway_has_no_pod_is_said),
        TEST(lost_proxies_are_found),
        TEST(old_root_is_found_and_named),
        TEST(foreign_certificates_are_found),
        TEST(names_on_the_wire_are_looked_at),
        TEST(namespaces_of_another_root_are_named),
        TEST(clock_is_looked_at_first),
        TEST(way_in_is_tried_to_its_end),
        TEST(workload_of_another_root_is_seen_through_the_gateway),
        TEST(closed_way_in_is_found),
        TEST(way_out_fails_when_it_does_so_now),
        TEST(istiods_own_words_say_why),
        TEST(reader_is_not_refused),
        TEST(reader_sees_what_is_wrong),
        TEST(sync_is_waited_for),
        TEST(a_large_peer_is_told_from_one_that_fails),
        TEST(known_fault_is_said_at_once),
        TEST(istiod_that_does_not_answer_is_a_finding),
        TEST(a_ca_that_cannot_sign_is_no_other_root),
        TEST(two_roots_are_a_decision),
        TEST(istiod_scaled_to_0_is_scaled_back),
    };
    return cmocka_run_group_tests(tests, make_root, free_root);
}
