/* What istiods and gateways themselves show and say: certificates, ways through, clocks, logs. */
#include "probed_cluster.h"

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
    ids_are(
        "ok",
        "MC108 MC630 MC604 MC309 MC310 MC210 MC201 MC502 MC505 MC503 MC501 MC506 MC406 MC402 MC711 "
        "MC713 MC712 MC714 MC715 MC716 MC717 MC718 MC719 MC802 MC601 MC602 MC603 MC311 MC606 MC607 "
        "MC805");
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
    put("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"reviews\","
        "\"namespace\":"
        "\"shop\"},\"spec\":{\"selector\":{\"app\":\"reviews\"},\"ports\":[{\"port\":9080}]}}");
    put_pod("shop", "reviews-v1-7c9d-1", "\"app\":\"reviews\",\"pod-template-hash\":\"7c9d\"",
            "reviews-v1-7c9d");
    put_pod("shop", "other-7c9d-1", "\"app\":\"other\",\"pod-template-hash\":\"7c9d\"",
            "other-7c9d");
    for (size_t i = 0; i < 2; i++)
        fakeapi_patch(x.api,
                      i ? "/api/v1/namespaces/shop/pods/reviews-v1-7c9d-1"
                        : "/api/v1/namespaces/shop/pods/other-7c9d-1",
                      "{\"status\":{\"phase\":\"Running\"}}");
    look();
    ids_are("error", "MC212");
    AUTO_FREE char *all = json_write_dup(findings, 0);
    assert_non_null(strstr(all, "\"a workload of reviews.shop.svc.cluster.local: root "));
    assert_non_null(
        strstr(all, "\"fix\":\"kubectl rollout restart deployment/reviews-v1 -n shop\""));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(foreign_certificates_are_found),
        TEST(names_on_the_wire_are_looked_at),
        TEST(namespaces_of_another_root_are_named),
        TEST(clock_is_looked_at_first),
        TEST(way_in_is_tried_to_its_end),
        TEST(workload_of_another_root_is_seen_through_the_gateway),
        TEST(closed_way_in_is_found),
        TEST(way_out_fails_when_it_does_so_now),
        TEST(istiods_own_words_say_why),
    };
    return cmocka_run_group_tests(tests, make_root, free_root);
}
