/* The way in to the sample, whoever deployed it and whatever the gateway is called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/probe/sample.h"

static struct fakeapi_fixture x;
static struct mesh *mesh;
static struct facts *facts[1];
static struct probe probe;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(
        &x, &(struct fakeapi_fixture_options){.api.lifeless = true, .retry_for_ms = -1});
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    probe = (struct probe){.client = x.client, .mesh = mesh, .facts = facts};
    fakeapi_put(x.api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                       "\"bookinfo\"}}");
    fakeapi_put(x.api,
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"gw\"}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mesh_free(mesh);
    fakeapi_fixture_stop(&x);
    return 0;
}

static void put_gateway(int number, const char *protocol)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"networking.istio.io/"
        "v1beta1\",\"kind\":\"Gateway\",\"metadata\":{\"name\":"
        "\"bookinfo-gateway\",\"namespace\":\"bookinfo\"},\"spec\":{\"selector\":{\"istio\":"
        "\"ingressgateway\"},\"servers\":[{\"port\":{\"number\":%d,\"protocol\":\"%s\"}}]}}",
        number, protocol);
    fakeapi_put(x.api, text);
}

static void put_pod(const char *labels)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\","
                   "\"namespace\":\"gw\",\"labels\":{%s}}}",
                   labels);
    fakeapi_put(x.api, text);
}

static void put_service(const char *name, const char *selector, const char *ports,
                        const char *ingress)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\",\"namespace\":"
        "\"gw\"},\"spec\":{\"type\":\"LoadBalancer\",\"selector\":{%s},\"ports\":[%s]},\"status\":{"
        "\"loadBalancer\":{\"ingress\":[%s]}}}",
        name, selector, ports, ingress);
    fakeapi_put(x.api, text);
}

#define LABELS "\"istio\":\"ingressgateway\",\"app\":\"x\""
#define BOTH "{\"ip\":\"2001:db8::1\"},{\"ip\":\"192.0.2.1\"}"

static void ways_are(const char *wanted)
{
    struct error *err = NULL;
    MC_CLEANUP(sample_ways_release) struct sample_ways ways = {0};
    if (probe_sample_ways(&probe, &ways, &err) < 0)
        fail_msg("%s", err->message);
    AUTO_FREE char *text = strlist_join_dup(&ways.addresses, " ");
    assert_string_equal(text, wanted);
}

static void refused_with(const char *id, const char *said)
{
    struct error *err = NULL;
    struct sample_ways ways = {0};
    assert_int_equal(probe_sample_ways(&probe, &ways, &err), -1);
    assert_int_equal(err->kind, ERROR_CHECK);
    assert_string_equal(err->id, id);
    assert_non_null(strstr(err->message, said));
    error_clear(&err);
}

/* Of the charts: 80 to 80. */
static void every_address_is_a_way(void **state)
{
    (void)state;
    put_gateway(80, "HTTP");
    put_pod(LABELS);
    put_service("any", "\"app\":\"x\"", "{\"port\":80,\"targetPort\":80}", BOTH);
    put_service("other", "\"app\":\"y\"", "{\"port\":80,\"targetPort\":80}",
                "{\"ip\":\"192.0.2.9\"}");
    ways_are("[2001:db8::1] 192.0.2.1");
}

/* Istio's own sample on an ingress of istioctl's: the Gateway says 8080, the Service 80 to 8080. */
static void foreign_sample_is_taken_as_it_is(void **state)
{
    (void)state;
    put_gateway(8080, "HTTP");
    put_pod(LABELS);
    put_service("istio-ingressgateway", "\"istio\":\"ingressgateway\"",
                "{\"port\":15021,\"targetPort\":15021},{\"port\":80,\"targetPort\":8080}",
                "{\"hostname\":\"lb.example\"}");
    ways_are("lb.example");
    fakeapi_patch(x.api, "/api/v1/namespaces/gw/services/istio-ingressgateway",
                  "{\"spec\":{\"ports\":[{\"port\":8000,\"targetPort\":8080}]}}");
    ways_are("lb.example:8000");
}

static void what_misses_is_named(void **state)
{
    (void)state;
    refused_with("MC702", "no Gateway in namespace bookinfo takes HTTP");
    put_gateway(443, "HTTPS");
    refused_with("MC702", "no Gateway in namespace bookinfo takes HTTP");
    put_gateway(80, "HTTP");
    refused_with("MC502", "no Service with an address");
    put_pod(LABELS);
    put_service("any", "\"app\":\"x\"", "{\"port\":80,\"targetPort\":80}", "");
    refused_with("MC502", "no Service with an address");
    put_service("any", "\"app\":\"x\"", "{\"port\":443,\"targetPort\":443}", BOTH);
    refused_with("MC502", "no Service with an address");
}

static void put_reviews(const char *name)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\","
                   "\"namespace\":\"bookinfo\",\"labels\":{\"app\":\"reviews\"}}}",
                   name);
    fakeapi_put(x.api, text);
}

/* Also where no east-west gateway is to be asked; and a name in two clusters tells nothing. */
static void pods_are_known_by_cluster(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct facts none = {0};
    json_auto_t *west = json_object(), *east = json_pack("{s:s, s:s}", "reviews-0", "east-cluster",
                                                         "reviews-1", "east-cluster");
    put_reviews("reviews-0");
    put_reviews("reviews-v2-a-b");
    facts[0] = &none;
    probe.pods = west;
    if (probe_sample_gateway(&probe, &err) < 0)
        fail_msg("%s", err->message);
    facts[0] = NULL;
    probe_sample_add_pods(west, east);
    json_auto_t *wanted = json_pack("{s:n, s:s, s:s}", "reviews-0", "reviews-1", "east-cluster",
                                    "reviews-v2-a-b", "west-cluster");
    AUTO_FREE char *text = json_write_dup(west, 0), *same = json_write_dup(wanted, 0);
    assert_string_equal(text, same);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_address_is_a_way),
        TEST(foreign_sample_is_taken_as_it_is),
        TEST(what_misses_is_named),
        TEST(pods_are_known_by_cluster),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
