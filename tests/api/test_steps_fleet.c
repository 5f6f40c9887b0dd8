/* Fleets: of three clusters one fails, at any step, and the other two become a mesh all the same; the same run
 * brings the third in when it is mended. And one that joins a mesh, of which nothing else changes. */
#include "meshctl/base/text.h"
#include "scratch.h"
#include "steps_fixture.h"

#define SECRETS "/api/v1/namespaces/istio-system/secrets/"
#define ISTIOD "/apis/apps/v1/namespaces/istio-system/deployments/istiod"
#define NORTH 2

static struct clusters c;

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

/* ---- looking ---------------------------------------------------------------------------------- */

static bool knows(size_t from, const char *cluster)
{
    AUTO_FREE char *path = mem_printf(SECRETS "istio-remote-secret-%s", cluster);
    json_auto_t *secret = fakeapi_object(c.apis[from], path);
    return secret != NULL;
}

static bool is_in(const struct run_result *o, size_t at)
{
    AUTO_FREE char *index = mem_printf("%zu", at);
    return json_is_true(json_dig(o->report, "clusters", index, "in", NULL));
}

static void west_and_east_are_a_mesh(const struct run_result *o)
{
    assert_true(is_in(o, 0));
    assert_true(is_in(o, 1));
    assert_true(knows(0, "east-cluster"));
    assert_true(knows(1, "west-cluster"));
}

static void all_know_each_other(void)
{
    static const char *const names[] = {"west-cluster", "east-cluster", "north-cluster"};
    for (size_t from = 0; from < 3; from++)
        for (size_t to = 0; to < 3; to++)
            if (from != to && !knows(from, names[to]))
                fail_msg("%s does not know %s", names[from], names[to]);
}

/* ---- one that fails --------------------------------------------------------------------------- */

static const struct fakeapi_rule denies = {.path = "/*", .fault = FAKEAPI_REPLY, .status = 403};
static const struct fakeapi_rule refuses_istiod = {.method = "PATCH",
                                                   .path = ISTIOD,
                                                   .query = "fieldManager",
                                                   .fault = FAKEAPI_REPLY,
                                                   .status = 422};
static const struct fakeapi_rule refuses_token = {
    .method = "PATCH",
    .path = SECRETS "istio-reader-service-account-istio-remote-secret-token",
    .fault = FAKEAPI_REPLY,
    .status = 403};
static const struct fakeapi_rule refuses_expose = {
    .path = "/apis/networking.istio.io/v1beta1/namespaces/istio-ingress/gateways/*",
    .method = "PATCH",
    .fault = FAKEAPI_REPLY,
    .status = 403};

static const struct {
    const struct fakeapi_rule *rule;
    const char *step;  /* that fails */
    bool may_be_known; /* the others may know north by then */
} faults[] = {
    {&denies, "check", false},
    {&refuses_istiod, "install", false},
    {&refuses_token, "remote-secret", false},
    {&refuses_expose, "expose", true},
};

static void the_others_go_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(faults); i++) {
        AUTO_RUN_RESULT o = {0}, again = {0};
        AUTO_FREE char *failed = mem_printf("north %s failed", faults[i].step);
        if (i > 0) {
            clusters_stop(&c);
            clusters_start(&c, 3);
        }
        fakeapi_add(c.apis[NORTH], faults[i].rule);
        run_steps(&c, &up_options, &o);
        if (!has_event(&o, failed)) {
            AUTO_FREE char *all = strlist_join_dup(&o.events, "\n");
            fail_msg("no \"%s\": %s", failed, all);
        }
        west_and_east_are_a_mesh(&o);
        assert_false(is_in(&o, NORTH));
        assert_true(faults[i].may_be_known || !knows(0, "north-cluster"));
        fakeapi_clear_rules(c.apis[NORTH]);
        run_steps(&c, &up_options, &again);
        run_ended_well(&again);
        all_know_each_other();
    }
}

/* What was made while all was well stays. */
static void links_to_one_that_is_away_stay(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    clusters_up(&c);
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    fakeapi_add(c.apis[NORTH], &denies);
    run_steps(&c, &up_options, &o);
    west_and_east_are_a_mesh(&o);
    assert_false(is_in(&o, NORTH));
    assert_true(has_event(&o, "north is out: what west knows of it stays as it is"));
    assert_false(steps_differ(o.steps));
    all_know_each_other();
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    assert_true(json_equal(before, after));
}

/* The first cluster is no other than the rest, though what is done for all is told in its column. */
static void any_of_them_may_fail(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    fakeapi_add(c.apis[0], &denies);
    run_steps(&c, &up_options, &o);
    assert_false(is_in(&o, 0));
    assert_true(is_in(&o, 1));
    assert_true(is_in(&o, NORTH));
    assert_true(knows(1, "north-cluster"));
    assert_true(knows(NORTH, "east-cluster"));
    assert_false(knows(1, "west-cluster"));
}

static void one_alone_is_no_mesh(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    fakeapi_add(c.apis[0], &denies);
    fakeapi_add(c.apis[NORTH], &denies);
    run_steps(&c, &up_options, &o);
    assert_true(has_event(&o, "east of 3 clusters can go on, and a mesh takes two"));
    assert_int_equal(clusters_writes(&c), 0);
    assert_int_equal(o.error->kind, ERROR_DENIED); /* of west, which decides the exit code */
}

/* ---- one that joins --------------------------------------------------------------------------- */

static const struct steps_options add_north = {.from = STEP_CA, .to = STEP_EXPOSE, .add = "north"};

static void two_up(void)
{
    c.mesh->members_count = 2;
    clusters_up(&c);
    c.mesh->members_count = 3;
}

/* The objects of a cluster but those paths. */
static json_t *objects_without(size_t at, const char *path)
{
    json_t *objects = fakeapi_objects(c.apis[at]);
    json_object_del(objects, path);
    return objects;
}

static void joining_adds_one_secret_each(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, again = {0};
    two_up();
    json_auto_t *west = fakeapi_objects(c.apis[0]), *east = fakeapi_objects(c.apis[1]);
    run_steps(&c, &add_north, &o);
    run_ended_well(&o);
    all_know_each_other();
    json_auto_t *west_after = objects_without(0, SECRETS "istio-remote-secret-north-cluster");
    json_auto_t *east_after = objects_without(1, SECRETS "istio-remote-secret-north-cluster");
    assert_true(json_equal(west, west_after)); /* resourceVersions and all */
    assert_true(json_equal(east, east_after));
    run_steps(&c, &up_options, &again);
    run_ended_well(&again);
    assert_false(steps_differ(again.steps));
}

static void what_is_wrong_with_the_others_is_not_mended(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    two_up();
    fakeapi_remove(c.apis[0], SECRETS "istio-remote-secret-east-cluster");
    run_steps(&c, &add_north, &o);
    run_ended_well(&o);
    assert_false(knows(0, "east-cluster"));
    assert_true(knows(0, "north-cluster"));
}

static void there_has_to_be_a_mesh(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &add_north, &o);
    assert_non_null(o.error);
    assert_string_equal(o.error->id, "MC604");
    assert_int_equal(clusters_writes(&c), 0);
}

static void it_joins_those_that_answer(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, none = {0};
    two_up();
    fakeapi_add(c.apis[1], &denies);
    run_steps(&c, &add_north, &o);
    assert_true(is_in(&o, 0));
    assert_true(is_in(&o, NORTH));
    assert_false(is_in(&o, 1));
    assert_true(knows(0, "north-cluster"));
    assert_true(knows(NORTH, "west-cluster"));
    assert_false(knows(NORTH, "east-cluster"));
    fakeapi_add(c.apis[0], &denies);
    int before = clusters_writes(&c);
    run_steps(&c, &add_north, &none);
    assert_true(has_event(&none, "no cluster of the mesh can be joined"));
    assert_int_equal(clusters_writes(&c), before);
}

/* ---- off again -------------------------------------------------------------------------------- */

static void down_goes_on_in_the_others(void **state)
{
    (void)state;
    static const struct fakeapi_rule stuck = {
        .method = "DELETE", .path = "/*", .fault = FAKEAPI_REPLY, .status = 403};
    AUTO_RUN_RESULT o = {0};
    clusters_up(&c);
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    fakeapi_add(c.apis[1], &stuck);
    run_proceed(&o);
    assert_non_null(o.error);
    for (size_t i = 0; i < 3; i++) {
        json_auto_t *istiod = fakeapi_object(c.apis[i], ISTIOD);
        assert_int_equal(istiod != NULL, i == 1);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_others_go_on),
        CASE(links_to_one_that_is_away_stay),
        CASE(any_of_them_may_fail),
        CASE(one_alone_is_no_mesh),
        CASE(joining_adds_one_secret_each),
        CASE(what_is_wrong_with_the_others_is_not_mended),
        CASE(there_has_to_be_a_mesh),
        CASE(it_joins_those_that_answer),
        CASE(down_goes_on_in_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
