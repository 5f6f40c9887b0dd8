/* Gateways that others have installed, and addresses that the person gives, on fake clusters. */
#include "scratch.h"
#include "steps_fixture.h"

#include "meshctl/kube/wait.h"

#define SYSTEM "/api/v1/namespaces/istio-system"
#define INGRESS "/api/v1/namespaces/istio-ingress"
#define GIVEN INGRESS "/services/istio-eastwest-at-31443"
#define THEIR_EASTWEST                                                                             \
    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"istio-"                  \
    "eastwestgateway\","                                                                           \
    "\"namespace\":\"istio-system\",\"labels\":{\"istio\":\"eastwestgateway\","                    \
    "\"topology.istio.io/network\":\"west-network\"}},\"spec\":{\"type\":\"LoadBalancer\","        \
    "\"selector\":{\"app\":\"theirs\",\"istio\":\"theirs\"},\"ports\":[{\"port\":15443}]}}"
#define THEIR_INGRESS                                                                              \
    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"istio-ingressgateway\"," \
    "\"namespace\":\"istio-system\",\"labels\":{\"istio\":\"ingressgateway\"}},\"spec\":{"         \
    "\"type\":\"LoadBalancer\",\"selector\":{\"istio\":\"ingressgateway\"}}}"

static struct clusters c;

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

static void counts_are(const struct steps_options *options, const char *wanted)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, options, &o);
    run_ended_well(&o);
    AUTO_FREE char *found = counts_dup(o.changes);
    assert_string_equal(found, wanted);
}

static bool is_there(size_t at, const char *path)
{
    json_auto_t *object = fakeapi_object(c.apis[at], path);
    return object != NULL;
}

static void give(size_t at, const char *address)
{
    strlist_release(&c.mesh->members[at].gateway_addresses);
    if (address)
        strlist_add(&c.mesh->members[at].gateway_addresses, address);
}

/* Once written it is as it shall be; another takes its place, and without one it goes. */
static void an_address_comes_changes_and_goes(void **state)
{
    (void)state;
    clusters_up(&c);
    give(1, "lb.example.com:31443");
    counts_are(&up_options, "create 1, update 2, delete 0, record 1");
    json_auto_t *service = fakeapi_object(c.apis[1], GIVEN);
    assert_string_equal(kube_service_address(service), "lb.example.com");
    assert_string_equal(
        json_dig_str(service, "metadata", "labels", "topology.istio.io/network", NULL),
        "east-network");
    json_auto_t *own = fakeapi_object(c.apis[1], INGRESS "/services/istio-eastwest");
    assert_null(json_dig(own, "metadata", "labels", "topology.istio.io/network", NULL));
    counts_are(&plan_options, "create 0, update 0, delete 0, record 0");
    give(1, "203.0.113.7:31443");
    counts_are(&up_options, "create 0, update 1, delete 0, record 0");
    json_auto_t *moved = fakeapi_object(c.apis[1], GIVEN);
    assert_string_equal(kube_service_address(moved), "203.0.113.7");
    give(1, NULL);
    counts_are(&up_options, "create 0, update 1, delete 1, record 1");
    assert_false(is_there(1, GIVEN));
    assert_false(is_there(0, GIVEN));
}

/* Nobody knows it, and another way there is not, so its status comes before the gateway loses its label. */
static void istiods_know_a_way_at_any_time(void **state)
{
    (void)state;
    clusters_up(&c);
    give(1, "203.0.113.7:31443");
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.method = "PATCH",
                                                  .path = INGRESS "/services/istio-eastwest",
                                                  .skip = 1,
                                                  .times = 1,
                                                  .status = 403});
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    json_auto_t *service = fakeapi_object(c.apis[1], GIVEN);
    assert_string_equal(kube_service_address(service), "203.0.113.7");
}

/* The other way round: one that is given no more stays until the gateway is there with its own. */
static void a_way_stays_until_there_is_another(void **state)
{
    (void)state;
    give(1, "203.0.113.7:31443");
    clusters_up(&c);
    give(1, NULL);
    /* No controller of that class gives it an address. */
    json_auto_t *own = fakeapi_object(c.apis[1], INGRESS "/services/istio-eastwest");
    json_object_del(own, "status");
    json_put(own, json_string("example.com/slow"), "spec", "loadBalancerClass", NULL);
    AUTO_FREE char *text = json_write_dup(own, 0);
    fakeapi_remove(c.apis[1], INGRESS "/services/istio-eastwest");
    fakeapi_put(c.apis[1], text);
    struct steps_options options = up_options;
    options.timeout_ms = 3000;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    assert_non_null(o.error);
    assert_int_equal(o.error->kind, ERROR_TIMEOUT);
    assert_true(is_there(1, GIVEN));
}

/* Neither release, nor namespace: what Istio's documentation makes does their work. */
static void gateways_of_others_are_kept(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], THEIR_EASTWEST);
    fakeapi_put(c.apis[0], THEIR_INGRESS);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    run_ended_well(&o);
    assert_true(has_event(&o, "Service istio-system/istio-eastwestgateway, somebody else's"));
    assert_false(is_there(0, INGRESS "/services/istio-eastwest"));
    assert_false(is_there(0, INGRESS "/services/istio-ingress"));
    assert_false(is_there(0, INGRESS));
    assert_true(is_there(1, INGRESS "/services/istio-eastwest"));
    json_auto_t *gateway = fakeapi_object(
        c.apis[0],
        "/apis/networking.istio.io/v1beta1/namespaces/istio-system/gateways/cross-network-gateway");
    assert_string_equal(json_dig_str(gateway, "spec", "selector", "istio", NULL), "theirs");
    json_auto_t *theirs = fakeapi_object(c.apis[0], SYSTEM "/services/istio-eastwestgateway");
    assert_null(json_dig(theirs, "metadata", "labels", "meshctl.io/mesh", NULL));
    counts_are(&plan_options, "create 0, update 0, delete 0, record 0");
}

/* Who gives a release a name of their own wants that one. */
static void a_release_that_is_named_is_made_beside_anothers(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], THEIR_INGRESS);
    mesh_set(&c.mesh->releases[MESH_INGRESS], "front");
    clusters_up(&c);
    assert_true(is_there(0, INGRESS "/services/front"));
    counts_are(&plan_options, "create 0, update 0, delete 0, record 0");
}

/* A gateway of ours is not given up because somebody puts another one beside it. */
static void our_own_stays_beside_anothers(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_put(c.apis[0], THEIR_EASTWEST);
    counts_are(&plan_options, "create 0, update 0, delete 0, record 0");
}

/* ---- clouds ---------------------------------------------------------------------------------- */

#define NODE                                                                                       \
    "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"a\"},\"spec\":{"            \
    "\"providerID\":"                                                                              \
    "\"aws:///eu-west-1a/i-0123\"}}"

static void fails_with(const char *found, const char *hint)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, found));
    assert_non_null(strstr(o.error->hint, hint));
}

/* By what the nodes say; where they say nothing, or of a cloud without a profile, there is none. */
static void a_cloud_is_known_by_its_nodes(void **state)
{
    (void)state;
    mesh_set(&c.mesh->cloud, "auto");
    c.mesh->members[1].gateway_internal = MESH_NO;
    c.mesh->gateway_internal = MESH_YES;
    fails_with("west: an internal load balancer is wanted", "--cloud");
    fakeapi_put(c.apis[0], NODE);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    run_ended_well(&o);
    assert_true(has_event(&o, "its nodes are of aws: cloud eks"));
    assert_true(has_event(&o, "no cloud profile fits its nodes"));
}

/* As they are, not as somebody wrote them down once. */
static void an_unknown_cloud_is_told_those_that_there_are(void **state)
{
    (void)state;
    mesh_set(&c.mesh->cloud, "ekz");
    fails_with("there is no cloud profile \"ekz\"", "aks, eks, gke, hatoba");
    mesh_set(&c.mesh->cloud, "../values/base");
    fails_with("there is no cloud profile", "hatoba");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_address_comes_changes_and_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(istiods_know_a_way_at_any_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_way_stays_until_there_is_another, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gateways_of_others_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_release_that_is_named_is_made_beside_anothers, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(our_own_stays_beside_anothers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cloud_is_known_by_its_nodes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_unknown_cloud_is_told_those_that_there_are, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
