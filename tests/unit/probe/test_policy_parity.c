/* What is in the mesh in one cluster only. */
#include "policy.h"

#include "shared.h"

static json_t *namespaces(const char *labels)
{
    AUTO_FREE char *text = mem_printf("[{'metadata':{'name':'shop','labels':{%s}}}]", labels);
    return quoted(text);
}

static void no_pod_in_mesh(json_t **cluster, const char *app, const char *labels)
{
    size_t i;
    json_t *pod;
    json_array_foreach(cluster[PODS], i, pod)
        if (text_equal(json_dig_str(pod, "metadata", "labels", "app", NULL), app)) {
            json_array_remove(cluster[PODS], i);
            break;
        }
    shared_pod(cluster, "shop", app, labels, "");
}

static void alike_is_good(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    for (size_t at = 0; at < 2; at++) {
        struct probe *p = shared_look(&s, at);
        policy_check_parity(p);
        shared_is(p, "", "alike");
    }
    shared_release(&s);
}

static void namespace_without_injection_is_the_cause(void **state)
{
    (void)state;
    static const struct {
        const char *labels, *bad, *fix;
    } cases[] = {
        {"", "error MC716",
         "kubectl label namespace shop istio-injection=enabled --overwrite && kubectl rollout "
         "restart deployment -n shop"},
        {"'istio-injection':'disabled'", "error MC716",
         "kubectl label namespace shop istio-injection=enabled --overwrite && kubectl rollout "
         "restart deployment -n shop"},
        {"'istio-injection':'enabled'", "error MC717",
         "kubectl rollout restart deployment/cart -n shop"},
        {"'istio.io/rev':'canary'", "error MC717",
         "kubectl rollout restart deployment/cart -n shop"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        no_pod_in_mesh(s.west, "cart", "");
        json_t *labelled = s.two.west.namespaces = namespaces(cases[i].labels);
        struct probe *p = shared_look(&s, 0);
        policy_check_parity(p);
        shared_is(p, cases[i].bad, cases[i].labels);
        assert_string_equal(shared_said(p, "fix"), cases[i].fix);
        /* It is no fault of the other cluster. */
        p = shared_look(&s, 1);
        policy_check_parity(p);
        shared_is(p, "", "the other one");
        json_decref(labelled);
        shared_release(&s);
    }
}

static void pods_that_opt_out_lose_the_label(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    no_pod_in_mesh(s.west, "cart", ",\"sidecar.istio.io/inject\":\"false\"");
    json_t *labelled = s.two.west.namespaces = namespaces("'istio-injection':'enabled'");
    struct probe *p = shared_look(&s, 0);
    policy_check_parity(p);
    shared_is(p, "error MC717", "all");
    assert_string_equal(shared_said(p, "fix"),
                        "kubectl patch deployment/cart -n shop --type=json -p "
                        "'[{\"op\":\"remove\",\"path\":\"/spec/template/metadata/labels/"
                        "sidecar.istio.io~1inject\"}]'");
    /* Beside others that answer it is worth knowing. */
    shared_pod(s.west, "shop", "cart", "", MESHED);
    p = shared_look(&s, 0);
    policy_check_parity(p);
    shared_is(p, "warning MC717", "some");
    json_decref(labelled);
    shared_release(&s);
}

/* Gateways are in front of the mesh, and another mesh's pods are its own. */
static void other_proxies_are_none_of_ours(void **state)
{
    (void)state;
    struct facts_istiod istiod = {.namespace_ = (char *)"istio-system",
                                  .revision = (char *)"default"};
    static const struct {
        const char *notes;
        bool is_ours;
    } cases[] = {
        {MESHED, true},
        {MESHED ",\"istio.io/rev\":\"default\"", true},
        {MESHED ",\"istio.io/rev\":\"theirs\"", false},
        {MESHED ",\"inject.istio.io/templates\":\"gateway\"", false},
        {"\"ambient.istio.io/redirection\":\"enabled\"", true},
        {"\"sidecar.istio.io/inject\":\"true\"", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        s.two.west.istiods = &istiod;
        s.two.west.istiods_count = 1;
        shared_pod(s.west, "shop", "new", "", cases[i].notes);
        shared_service(s.west, "shop", "new");
        (void)shared_look(&s, 0);
        const struct facts_service *found = facts_service_find(s.two.west.traffic, "shop", "new");
        assert_int_equal(found->pods, 1);
        assert_int_equal(found->in_mesh, cases[i].is_ours);
        shared_release(&s);
    }
}

static void remove_service(json_t **cluster, const char *name)
{
    size_t i;
    json_t *service;
    json_array_foreach(cluster[SERVICES], i, service)
        if (text_equal(json_dig_str(service, "metadata", "name", NULL), name)) {
            json_array_remove(cluster[SERVICES], i);
            return;
        }
    fail();
}

static void a_missing_service_is_missed_by_its_pods(void **state)
{
    (void)state;
    struct shared s;
    shared_init(&s);
    remove_service(s.west, "cart");
    struct probe *p = shared_look(&s, 0);
    policy_check_parity(p);
    shared_is(p, "error MC718", "missing");
    assert_string_equal(
        shared_said(p, "fix"),
        "echo '{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"cart\","
        "\"namespace\":\"shop\"},\"spec\":{\"ports\":[{\"name\":\"http\",\"port\":80,"
        "\"targetPort\":8080}],\"selector\":{\"app\":\"cart\"}}}' | kubectl apply -f -");
    /* Without pods of its own the name alone is missing, which may be meant; so is what another Service
     * of these pods stands for. */
    shared_service(s.west, "shop", "cart");
    remove_service(s.west, "stock");
    p = shared_look(&s, 0);
    policy_check_parity(p);
    shared_is(p, "", "name alone");
    AUTO_FREE char *all = json_write_dup(p->findings, 0);
    assert_non_null(strstr(all, "only elsewhere shop/stock"));
    shared_release(&s);
}

static void ports_have_to_meet(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *bad;
    } cases[] = {
        {"{'selector':{'app':'cart'},'ports':[{'port':81}]}", "error MC719"},
        {"{'selector':{'app':'cart'},'ports':[{'port':80}],'clusterIP':'None'}", "warning MC719"},
        {"{'selector':{'app':'cart'},'ports':[{'port':81},{'port':80}]}", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct shared s;
        shared_init(&s);
        remove_service(s.west, "cart");
        json_t *service = quoted("{'metadata':{'namespace':'shop','name':'cart'}}");
        json_object_set_new(service, "spec", quoted(cases[i].spec));
        json_array_append_new(s.west[SERVICES], service);
        struct probe *p = shared_look(&s, 0);
        policy_check_parity(p);
        shared_is(p, cases[i].bad, cases[i].spec);
        shared_release(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alike_is_good),
        cmocka_unit_test(namespace_without_injection_is_the_cause),
        cmocka_unit_test(pods_that_opt_out_lose_the_label),
        cmocka_unit_test(other_proxies_are_none_of_ours),
        cmocka_unit_test(a_missing_service_is_missed_by_its_pods),
        cmocka_unit_test(ports_have_to_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
