/* The ready-made predicates of objects that speak for themselves. Objects are shortened from real ones. */
#include "ready_support.h"

#define CRD(conditions)                                                                            \
    "{\"kind\":\"CustomResourceDefinition\",\"status\":{\"conditions\":[" conditions "]}}"

static void test_established(void **state)
{
    (void)state;
    expect(kube_is_established, NULL, NULL, "it does not exist");
    expect(kube_is_established, CRD(""), NULL, "not established yet");
    expect(
        kube_is_established,
        CRD("{\"type\":\"NamesAccepted\",\"status\":\"True\"},{\"type\":\"Established\",\"status\":"
            "\"True\"}"),
        NULL, "yes");
    expect(
        kube_is_established,
        CRD("{\"type\":\"NamesAccepted\",\"status\":\"True\"},{\"type\":\"Established\",\"status\":"
            "\"False\",\"reason\":\"Installing\",\"message\":\"wait\"}"),
        NULL, "Installing: wait");
    expect(kube_is_established,
           CRD("{\"type\":\"NamesAccepted\",\"status\":\"False\",\"reason\":\"PluralConflict\","
               "\"message\":"
               "\"\\\"things\\\" is already in use\"}"),
           NULL, "error: its names are taken: PluralConflict: \"things\" is already in use");
}

static void test_keys(void **state)
{
    (void)state;
    static const char *keys[] = {"ca-cert.pem", "ca-key.pem", NULL};
    expect(kube_has_keys, NULL, keys, "it does not exist");
    expect(kube_has_keys, "{\"data\":{\"ca-cert.pem\":\"QQ==\",\"ca-key.pem\":\"\"}}", keys,
           "it has no ca-key.pem yet");
    expect(kube_has_keys, "{\"data\":{\"ca-cert.pem\":\"QQ==\",\"ca-key.pem\":\"QQ==\"}}", keys,
           "yes");
}

static void test_gone(void **state)
{
    (void)state;
    expect(kube_is_gone, NULL, NULL, "yes");
    expect(kube_exists, NULL, NULL, "it does not exist");
    expect(kube_exists, "{}", NULL, "yes");
    expect(kube_is_gone, "{}", NULL, "it is still there");
    expect(kube_is_gone, "{\"metadata\":{\"deletionTimestamp\":\"t\",\"finalizers\":[\"a/b\"]}}",
           NULL, "it is being deleted, finalizer a/b");
    expect(kube_is_gone,
           "{\"metadata\":{\"deletionTimestamp\":\"t\"},\"status\":{\"conditions\":[{\"type\":"
           "\"NamespaceContentRemaining\",\"status\":\"True\",\"reason\":\"SomeResourcesRemain\","
           "\"message\":\"pods. has 1 resource instances\"}]}}",
           NULL, "SomeResourcesRemain: pods. has 1 resource instances");
}

static void test_address(void **state)
{
    (void)state;
    static const struct {
        const char *service, *address;
    } cases[] = {
        {"{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"10.0.0.1\"}]}}}", "10.0.0.1"},
        {"{\"status\":{\"loadBalancer\":{\"ingress\":[{\"hostname\":\"lb.example\"}]}}}",
         "lb.example"},
        {"{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"\"},{\"ip\":\"10.0.0.2\"}]}}}",
         "10.0.0.2"},
        {"{\"spec\":{\"externalIPs\":[\"192.0.2.1\"]},\"status\":{\"loadBalancer\":{}}}",
         "192.0.2.1"},
        {"{\"status\":{\"loadBalancer\":{}}}", NULL},
        {"{}", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *service = parse(cases[i].service);
        const char *got = kube_service_address(service);
        assert_true(text_equal(got, cases[i].address));
    }
    expect(kube_has_address, "{\"spec\":{\"type\":\"ClusterIP\"}}", NULL,
           "error: its type is ClusterIP, which gets no address from outside");
    expect(kube_has_address, "{\"spec\":{\"type\":\"NodePort\",\"externalIPs\":[\"192.0.2.1\"]}}",
           NULL, "yes");
}

/* Every address counts, of both families; each once. */
static void test_addresses(void **state)
{
    (void)state;
    static const struct {
        const char *service, *addresses;
    } cases[] = {
        {"{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"2001:db8::1\"},{\"ip\":\"10.0.0."
         "1\"}]}}}",
         "2001:db8::1 10.0.0.1"},
        {"{\"spec\":{\"externalIPs\":[\"10.0.0.1\",\"192.0.2.1\"]},\"status\":{\"loadBalancer\":{"
         "\"ingress\":[{\"ip\":\"10.0.0.1\",\"hostname\":\"lb.example\"},{\"hostname\":\"b."
         "example\"},"
         "{\"ip\":\"\"}]}}}",
         "10.0.0.1 b.example 192.0.2.1"},
        {"{}", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *service = parse(cases[i].service);
        AUTO_STRLIST addresses = STRLIST_INIT;
        kube_service_addresses(service, &addresses);
        AUTO_FREE char *text = strlist_join_dup(&addresses, " ");
        assert_string_equal(text, cases[i].addresses);
    }
}

/* The newest warning of the Service says why; asked for at most every two seconds. */
static void test_no_address(void **state)
{
    (void)state;
    static const char service[] =
        "{\"kind\":\"Service\",\"metadata\":{\"name\":\"gw\",\"namespace\":\"x\",\"uid\":\"u1\"},"
        "\"spec\":{\"type\":\"LoadBalancer\"}}";
    add_discovery();
    add_rule((struct rule){
        .match = "GET /api/v1/namespaces/x/events?",
        .status = 200,
        .body = "{\"items\":[{\"type\":\"Warning\",\"reason\":\"SyncLoadBalancerFailed"
                "\",\"message\":\"quota\"}]}"});
    for (int i = 0; i < 3; i++)
        expect(kube_has_address, service, NULL,
               "no load balancer has given it an address: SyncLoadBalancerFailed: quota");
    assert_int_equal(asked("GET /api/v1/namespaces/x/events?"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_established), CASE(test_keys),      CASE(test_gone),
        CASE(test_address),     CASE(test_addresses), CASE(test_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
