/* `up` and `down` where clusters share a network: gateways for other clusters are made where one is on another
 * network, and nowhere else. */
#include "scratch.h"
#include "steps_fixture.h"

#define INGRESS "/api/v1/namespaces/istio-ingress/services/istio-ingress"
#define EASTWEST "/api/v1/namespaces/istio-ingress/services/istio-eastwest"
#define EXPOSED                                                                                    \
    "/apis/networking.istio.io/v1beta1/namespaces/istio-ingress/gateways/cross-network-gateway"
#define LINK "/api/v1/namespaces/istio-system/secrets/istio-remote-secret-%s-cluster"

static struct clusters c;

/* west, east and north. */
static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

static void on_network(const char *west, const char *east, const char *north)
{
    const char *const networks[] = {west, east, north};
    for (size_t i = 0; i < 3; i++)
        mesh_set(&c.mesh->members[i].network, networks[i]);
}

static bool has(size_t at, const char *path)
{
    json_auto_t *object = fakeapi_object(c.apis[at], path);
    return object != NULL;
}

static void runs_well(const struct steps_options *options, const char *counts)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, options, &o);
    run_ended_well(&o);
    AUTO_FREE char *found = counts_dup(o.changes);
    if (counts)
        assert_string_equal(found, counts);
}

/* All that the lists have in common is there; `crosses` is what only gateways are for. */
static void gateways_are(bool crosses)
{
    for (size_t i = 0; i < 3; i++) {
        assert_true(has(i, INGRESS));
        assert_int_equal(has(i, EASTWEST), crosses);
        assert_int_equal(has(i, EXPOSED), crosses);
        for (size_t k = 0; k < 3; k++) {
            AUTO_FREE char *link = mem_printf(LINK, c.mesh->members[k].name);
            assert_int_equal(has(i, link), k != i);
        }
    }
}

static void one_network_has_no_gateways_between(void **state)
{
    (void)state;
    on_network("flat", "flat", "flat");
    runs_well(&up_options, NULL);
    gateways_are(false);
    runs_well(&plan_options, "create 0, update 0, delete 0, record 0");
}

static void each_leads_out_as_soon_as_one_is_elsewhere(void **state)
{
    (void)state;
    on_network("flat", "east-network", "flat");
    runs_well(&up_options, NULL);
    gateways_are(true);
    runs_well(&plan_options, "create 0, update 0, delete 0, record 0");
}

/* One that is there, since others were, may be somebody's way in by now. */
static void a_gateway_that_nobody_needs_stays_until_the_mesh_goes(void **state)
{
    (void)state;
    on_network("flat", "east-network", "flat");
    runs_well(&up_options, NULL);
    struct steps_options leaves = down_options;
    leaves.only = "east";
    AUTO_RUN_RESULT gone = {0};
    run_steps(&c, &leaves, &gone);
    run_proceed(&gone);
    run_ended_well(&gone);
    /* The two that are left, as who set the mesh up would name them now. */
    mesh_set(&c.mesh->members[1].network, "flat");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    assert_null(change_of(o.changes, "west", "Service", "istio-eastwest"));
    assert_null(change_of(o.changes, "north", "Gateway", "cross-network-gateway"));
    AUTO_RUN_RESULT down = {0};
    run_steps(&c, &down_options, &down);
    run_proceed(&down);
    run_ended_well(&down);
    for (size_t i = 0; i < 3; i++)
        assert_false(has(i, EASTWEST) || has(i, EXPOSED) || has(i, INGRESS));
}

static void have_pod_at(size_t at, const char *address)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\","
                   "\"metadata\":{\"name\":\"dns\",\"namespace\":\"kube-system\"},\"endpoints\":[{"
                   "\"addresses\":[\"%s\"],\"targetRef\":{\"kind\":\"Pod\",\"namespace\":"
                   "\"kube-system\",\"name\":\"dns-%zu\"}}]}",
                   address, at);
    fakeapi_put(c.apis[at], text);
}

static void a_network_that_is_none_is_refused_before_anything_is_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++)
        have_pod_at(i, i == 1 ? "10.244.0.2" : "10.244.7.2");
    on_network("flat", "east-network", "flat");
    static const struct steps_options *const runs[] = {&plan_options, &up_options};
    for (size_t i = 0; i < MC_ARRAY_LEN(runs); i++) {
        AUTO_RUN_RESULT o = {0};
        run_steps(&c, runs[i], &o);
        assert_non_null(o.error);
        assert_string_equal(o.error->id, "MC313");
        assert_non_null(strstr(o.error->message, "west and north are said to share network flat"));
        assert_non_null(strstr(o.error->message, "10.244.7.2"));
        assert_int_equal(clusters_writes(&c), 0);
    }
    /* The same addresses on networks of their own are what gateways are for. */
    on_network("west-network", "east-network", "north-network");
    runs_well(&up_options, NULL);
    gateways_are(true);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_network_has_no_gateways_between),
        CASE(each_leads_out_as_soon_as_one_is_elsewhere),
        CASE(a_gateway_that_nobody_needs_stays_until_the_mesh_goes),
        CASE(a_network_that_is_none_is_refused_before_anything_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
