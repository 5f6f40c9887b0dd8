/* A cluster that is looked at: a good mesh in a fake API server, and its pods' ports, which tests change. */
#ifndef PROBED_CLUSTER_H
#define PROBED_CLUSTER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "injector.h"
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

static inline bool be_istiods_tls(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_tls_forward(ctx, c, r, 15012);
    return false;
}

static inline bool be_istiod(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (text_has_suffix(r->target, "ports=15012"))
        return be_istiods_tls(&istiod_tls, c, r);
    test_ws_forward(c, r, 15014, &asked);
    return test_ws_answer(c, text_has_prefix(buf_str(&asked), "GET /debug/clusterz ")   ? clusterz
                             : text_has_prefix(buf_str(&asked), "GET /debug/networkz ") ? networkz
                             : text_has_prefix(buf_str(&asked), "GET /metrics ")        ? metrics
                                                                                        : syncz);
}

static inline bool be_behind(struct test_conn *c, const struct test_request *r)
{
    if (behind)
        return be_istiods_tls(behind, c, r);
    test_ws_accept_forward(c, r, 15443);
    test_ws_send_close(c, 1000);
    return false;
}

static inline bool be_envoy(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF asked = BUF_INIT;
    (void)ctx;
    if (text_has_suffix(r->target, "ports=15443"))
        return be_behind(c, r);
    test_ws_forward(c, r, 15000, &asked);
    if (!text_has_prefix(buf_str(&asked), "GET /clusters"))
        return test_ws_answer(c, secrets);
    return test_ws_answer(c, clusters_asked++ ? later_clusters : clusters);
}

static inline void play(const char *path, test_handler script)
{
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = path, .fault = FAKEAPI_SCRIPT, .script = script});
}

/* ---- a good mesh ----------------------------------------------------------------------------- */

static inline void put(const char *text)
{
    fakeapi_put(x.api, text);
}

static inline void root_new(struct pki_key **ret_key, struct pki_cert **ret_cert)
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
static inline int make_root(void **state)
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

static inline int free_root(void **state)
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

static inline void put_trust(void)
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

static inline void put_istiod(int ready)
{
    injector_put(x.api);
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"istiod\","
        "\"namespace\":\"istio-system\",\"labels\":{\"app\":\"istiod\"}},\"spec\":{\"replicas\":1,"
        "\"template\":{\"spec\":{\"containers\":[{\"image\":\"x/pilot:1.31.0\"}]}}},\"status\":{"
        "\"readyReplicas\":%d}}",
        ready);
    put(text);
}

static inline void put_pod(const char *namespace_, const char *name, const char *labels,
                           const char *owner)
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

static inline void put_gateway(void)
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
static inline void set_secrets(const char *pem, const char *chain)
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

static inline void set_istiods_tls(const struct leaf *leaf)
{
    istiod_tls = (struct test_tls){.chain_pem = leaf->chain_pem, .key_pem = leaf->key_pem};
}

static inline void put_link_to(const char *url, const char *ca_pem)
{
    struct mesh_server server = {.url = url, .ca_pem = ca_pem};
    json_auto_t *secret = mesh_remote_secret(mesh, &mesh->members[1], &server, "t");
    AUTO_FREE char *text = json_write_dup(secret, 0);
    put(text);
}

static inline void put_link(void)
{
    put_link_to("https://192.0.2.9:6443", "x");
}

static inline int set_up(void **state)
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
    networkz = "[{\"Network\":\"east-network\",\"Addr\":\"192.0.2.2\",\"Port\":15443}]";
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

static inline int tear_down(void **state)
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
static inline void look_for(int64_t wait_ms)
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

static inline void look(void)
{
    look_for(0);
}

/* "MC604 MC205": the ids of one level, in order. */
static inline void ids_are(const char *level, const char *wanted)
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

static inline const char *of(const char *id, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(findings, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id))
            return json_dig_str(row, key, NULL);
    fail_msg("no finding %s", id);
    return NULL;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
