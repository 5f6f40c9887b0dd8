/* A cluster is looked at: what a person is told first, what a reader may not see, what is waited for. */
#include "probed_cluster.h"

static void good_mesh_is_good(void **state)
{
    (void)state;
    look();
    ids_are("error", "");
    ids_are("warning", "");
    ids_are(
        "ok",
        "MC108 MC630 MC604 MC309 MC310 MC210 MC201 MC502 MC505 MC503 MC501 MC506 MC406 MC402 MC711 "
        "MC713 MC712 MC714 MC715 MC716 MC717 MC718 MC719 MC802 MC601 MC602 MC603 MC311 MC606 MC607 "
        "MC805 MC211 MC212 MC215 MC522");
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

#define ROOT_MAP "/api/v1/namespaces/istio-system/configmaps/istio-ca-root-cert"

static void hand_out(const char *pem)
{
    json_auto_t *patch = json_pack("{s:{s:s}}", "data", "root-cert.pem", pem);
    AUTO_FREE char *text = json_write_dup(patch, 0);
    fakeapi_patch(x.api, ROOT_MAP, text);
}

static void istiod_is_ready_for(int seconds)
{
    AUTO_FREE char *since = clock_rfc3339_dup(time(NULL) - seconds);
    AUTO_FREE char *text =
        mem_printf("{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\","
                   "\"lastTransitionTime\":\"%s\"}]}}",
                   since);
    fakeapi_patch(x.api, "/api/v1/namespaces/istio-system/pods/istiod-1", text);
}

static void come_to_it(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason)
{
    (void)waited_ms;
    (void)limit_ms;
    assert_non_null(reason);
    ++*(int *)ctx;
    hand_out(root_pem);
}

/* As after its restart under another root: no advice to restart it again. */
static void a_new_istiod_is_given_time(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct test_authority *other = test_authority_new("before");
    int waits = 0;
    hand_out(test_authority_pem(other));
    istiod_is_ready_for(5);
    look();
    ids_are("error", "");
    ids_are("warning", "MC205");
    assert_non_null(strstr(of("MC205", "fix"), "look again in a minute"));
    json_array_clear(findings);
    probe.deadline_ms = clock_now_ms() + 30000;
    probe.on_waiting = come_to_it;
    probe.ctx = &waits;
    assert_int_equal(probe_cluster(&probe, &err), 0);
    ids_are("error", "");
    ids_are("warning", "");
    assert_int_equal(waits, 1);
    /* One that had the time does not come to it any more. */
    hand_out(test_authority_pem(other));
    istiod_is_ready_for(90);
    json_array_clear(findings);
    assert_int_equal(probe_cluster(&probe, &err), 0);
    ids_are("error", "MC205");
    assert_non_null(strstr(of("MC205", "fix"), "rollout restart deployment istiod"));
    assert_int_equal(waits, 1);
    test_authority_free(other);
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
    assert_string_equal(of("MC303", "fix"),
                        "meshctl gateway --force-conflicts with the same flags");
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

/* Nobody wants them, they do not start, the Service looks for others, or nobody makes them. */
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
        {-1, "eastwestgateway",
         "Service istio-ingress/any-name selects istio=eastwestgateway, which nothing has",
         "meshctl gateway with the same flags"},
    };
    fakeapi_remove(x.api, "/api/v1/namespaces/istio-ingress/pods/ew-7c9d-1");
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *patch =
            mem_printf("{\"spec\":{\"selector\":{\"istio\":\"%s\"}}}", cases[i].selector);
        put_gateway_deployment(cases[i].wanted, "\"app\":\"ew\",\"istio\":\"eastwestgateway\"");
        if (cases[i].wanted < 0)
            fakeapi_remove(x.api, "/apis/apps/v1/namespaces/istio-ingress/deployments/ew");
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
                        "see its log: kubectl logs ew-7c9d-1 -n istio-ingress; where it was "
                        "started with other names or another root: kubectl rollout restart "
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
    ids_are("ok",
            "MC108 MC630 MC604 MC309 MC310 MC201 MC502 MC505 MC503 MC715 MC716 MC717 MC718 MC719 "
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

/* istiod says "timeout" of each, after half a minute, and counts no connection that is refused. */
static void a_large_peer_is_told_from_one_that_fails(void **state)
{
    (void)state;
    static const struct {
        const char *then, *url;
        int64_t from_ms, to_ms;
    } rows[] = {{FAILED("3"), NULL, 550000, 600001},
                {FAILED("4"), NULL, 50000, 60001},
                {FAILED("3"), "https://" FAKEAPI_NAME ":1", 50000, 60001}};
    struct error *err = NULL;
    struct kube_config *here = fakeapi_config(x.api, NULL);
    AUTO_FREE char *server = fakeapi_far_url_dup(x.api);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        put_link_to(rows[i].url ? rows[i].url : server, here->tls.ca_pem);
        facts_free(facts[0]);
        look(); /* for the facts */
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
    kube_config_free(here);
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

/* A second port of its name would be refused. */
static void a_port_of_another_number_gets_its_own_back(void **state)
{
    (void)state;
    fakeapi_patch(x.api, GATEWAY_SERVICE,
                  "{\"spec\":{\"ports\":[{\"port\":15021},{\"port\":15444,\"name\":\"tls\","
                  "\"targetPort\":15443}]}}");
    look();
    assert_string_equal(of("MC505", "fix"),
                        "kubectl patch service any-name -n istio-ingress --type=json -p "
                        "'[{\"op\":\"test\",\"path\":\"/spec/ports/1/targetPort\",\"value\":15443},"
                        "{\"op\":\"replace\",\"path\":\"/spec/ports/1/port\",\"value\":15443}]'");
}

/* By another istiod's, new pods would come into another mesh. */
static void without_a_webhook_nobody_gets_a_proxy(void **state)
{
    (void)state;
    fakeapi_patch(
        x.api, INJECTOR,
        "{\"webhooks\":[{\"name\":\"namespace.sidecar-injector.istio.io\",\"clientConfig\":{"
        "\"service\":{\"name\":\"istiod\",\"namespace\":\"other\"}}}]}");
    look();
    ids_are("error", "MC630");
    assert_string_equal(of("MC630", "fix"), "meshctl install with the same flags");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(good_mesh_is_good),
        TEST(cause_comes_before_what_follows),
        TEST(root_that_no_istiod_hands_out),
        TEST(a_new_istiod_is_given_time),
        TEST(without_certificates_they_come_first),
        TEST(service_without_label_is_told_from_none),
        TEST(wrong_label_is_named),
        TEST(type_without_address_is_named),
        TEST(a_gateway_without_its_port_is_found),
        TEST(a_second_gateway_has_to_work_too),
        TEST(why_a_gateway_has_no_pod_is_said),
        TEST(lost_proxies_are_found),
        TEST(old_root_is_found_and_named),
        TEST(reader_is_not_refused),
        TEST(reader_sees_what_is_wrong),
        TEST(sync_is_waited_for),
        TEST(a_large_peer_is_told_from_one_that_fails),
        TEST(known_fault_is_said_at_once),
        TEST(istiod_that_does_not_answer_is_a_finding),
        TEST(a_ca_that_cannot_sign_is_no_other_root),
        TEST(two_roots_are_a_decision),
        TEST(istiod_scaled_to_0_is_scaled_back),
        TEST(without_a_webhook_nobody_gets_a_proxy),
        TEST(a_port_of_another_number_gets_its_own_back),
    };
    return cmocka_run_group_tests(tests, make_root, free_root);
}
