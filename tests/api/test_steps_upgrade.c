/* Another version of Istio on fake clusters: in which order, what stops it, how it goes on and how it goes back. */
#include <unistd.h>

#include "meshctl/base/text.h"
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIOD "/apis/apps/v1/namespaces/istio-system/deployments/istiod"
#define OLD "1.31.0" /* of the charts in tests/api/charts */
#define NEW "1.31.1"

static struct clusters c;

/* The fixture's charts under another version. */
static void save_charts(const char *version)
{
    static const char *const names[] = {"base", "istiod", "gateway"};
    static const char *const parts[] = {"templates", "values.yaml"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        AUTO_FREE char *file = mem_printf("%s/%s/Chart.yaml", version, names[i]);
        AUTO_FREE char *text =
            mem_printf("apiVersion: v2\nname: %s\nversion: %s\n", names[i], version);
        save(file, text);
        for (size_t k = 0; k < MC_ARRAY_LEN(parts); k++) {
            AUTO_FREE char *to = mem_printf(TEST_DATA_DIR "/api/charts/%s/%s", names[i], parts[k]);
            AUTO_FREE char *link = mem_printf("%s/%s/%s", version, names[i], parts[k]);
            if (access(to, F_OK) == 0)
                assert_int_equal(symlink(to, link), 0);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 3);
    save_charts(OLD);
    save_charts(NEW);
    save_charts("1.33.0");
    clusters_up(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

static const struct steps_options upgrade = {
    .verb = STEPS_UPGRADE, .from = STEP_INSTALL, .to = STEP_GATEWAY};

static void run(const struct steps_options *what, const char *version, struct run_result *ret)
{
    struct steps_options options = *what;
    options.charts = version;
    mesh_set(&c.mesh->istio_version, version);
    run_steps(&c, &options, ret);
}

/* "1.31.1 1.31.1 1.31.0": what the istiods are images of. */
static char *versions_dup(void)
{
    AUTO_STRLIST all = STRLIST_INIT;
    for (size_t i = 0; i < c.count; i++) {
        json_auto_t *live = fakeapi_object(c.apis[i], ISTIOD);
        const char *image =
            json_dig_str(live, "spec", "template", "spec", "containers", "0", "image", NULL);
        strlist_add(&all, image ? strrchr(image, ':') + 1 : "none");
    }
    return strlist_join_dup(&all, " ");
}

static void versions_are(const char *wanted)
{
    AUTO_FREE char *versions = versions_dup();
    assert_string_equal(versions, wanted);
}

static size_t position(const struct run_result *o, const char *event)
{
    for (size_t i = 0; i < o->events.count; i++)
        if (strstr(o->events.items[i], event))
            return i;
    AUTO_FREE char *all = strlist_join_dup(&o->events, "\n");
    fail_msg("\"%s\" is not among: %s", event, all);
    return 0;
}

/* ---- forth ------------------------------------------------------------------------------------ */

static void one_cluster_after_another(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, again = {0}, plan = {0};
    run(&upgrade, NEW, &o);
    run_ended_well(&o);
    versions_are(NEW " " NEW " " NEW);
    assert_true(position(&o, "west gateway done") < position(&o, "east install note: changed "
                                                                 "Deployment istio-system/istiod"));
    assert_true(position(&o, "east gateway done") <
                position(&o, "north install note: changed Deployment istio-system/istiod"));
    int before = clusters_writes(&c);
    run(&upgrade, NEW, &again);
    run_ended_well(&again);
    assert_int_equal(clusters_writes(&c), before);
    run(&plan_options, NEW, &plan);
    run_ended_well(&plan);
    assert_false(steps_differ(plan.steps));
}

static const struct fakeapi_rule refuses_istiod = {.method = "PATCH",
                                                   .path = ISTIOD,
                                                   .skip = 1, /* what the server tries */
                                                   .fault = FAKEAPI_REPLY,
                                                   .status = 422};

static void a_failure_stops_before_the_next(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, again = {0};
    fakeapi_add(c.apis[1], &refuses_istiod);
    run(&upgrade, NEW, &o);
    assert_non_null(o.error);
    versions_are(NEW " " OLD " " OLD);
    fakeapi_clear_rules(c.apis[1]);
    run(&upgrade, NEW, &again);
    run_ended_well(&again);
    versions_are(NEW " " NEW " " NEW);
}

static void only_one(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = upgrade;
    options.only = "east";
    run(&options, NEW, &o);
    run_ended_well(&o);
    versions_are(OLD " " NEW " " OLD);
}

/* ---- refused ---------------------------------------------------------------------------------- */

static void is_refused(const char *version, const char *id)
{
    AUTO_RUN_RESULT o = {0};
    int before = clusters_writes(&c);
    run(&upgrade, version, &o);
    assert_non_null(o.error);
    if (id)
        assert_string_equal(o.error->id, id);
    else
        assert_int_equal(o.error->kind, ERROR_REFUSED);
    assert_int_equal(clusters_writes(&c), before);
}

static void two_minors_at_once_are_refused(void **state)
{
    (void)state;
    is_refused("1.33.0", "MC806");
    versions_are(OLD " " OLD " " OLD);
}

static void backwards_takes_the_word_for_it(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run(&upgrade, NEW, &o);
    run_ended_well(&o);
    is_refused(OLD, NULL);
    versions_are(NEW " " NEW " " NEW);
}

static void there_has_to_be_a_mesh(void **state)
{
    (void)state;
    fakeapi_remove(c.apis[2], ISTIOD);
    is_refused(NEW, "MC604");
}

/* ---- back ------------------------------------------------------------------------------------- */

static void former_is(const char *newest, const char *former)
{
    AUTO_RUN_RESULT o = {0};
    struct steps_options options = upgrade;
    const char *new_version, *old_version;
    struct error *err = NULL;
    options.list_only = options.former = true;
    run(&options, OLD, &o);
    run_ended_well(&o);
    if (!former) {
        assert_int_equal(steps_former(o.steps, &new_version, &old_version, &err), -1);
        assert_non_null(strstr(err->message, "remembers another version"));
        error_free(err);
        return;
    }
    must(steps_former(o.steps, &new_version, &old_version, &err), &err);
    assert_string_equal(new_version, newest);
    assert_string_equal(old_version, former);
}

static void back_from_the_middle(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, back = {0}, plan = {0};
    struct steps_options options = upgrade;
    former_is(OLD, NULL);
    fakeapi_add(c.apis[1], &refuses_istiod);
    run(&upgrade, NEW, &o);
    assert_non_null(o.error);
    fakeapi_clear_rules(c.apis[1]);
    former_is(NEW, OLD);
    options.back = options.allow_downgrade = true;
    run(&options, OLD, &back);
    run_ended_well(&back);
    versions_are(OLD " " OLD " " OLD);
    run(&plan_options, OLD, &plan);
    run_ended_well(&plan);
    assert_false(steps_differ(plan.steps));
}

/* Killed at its end, or run twice: it does not go forth again. */
static void back_twice(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, back = {0}, plan = {0};
    struct steps_options options = upgrade;
    static const struct fakeapi_rule refuses_base = {.method = "POST",
                                                     .path =
                                                         "/api/v1/namespaces/istio-system/secrets",
                                                     .body_has = "v1.istio-base.v3",
                                                     .fault = FAKEAPI_REPLY,
                                                     .status = 422};
    run(&upgrade, NEW, &o);
    run_ended_well(&o);
    options.back = options.allow_downgrade = true;
    fakeapi_add(c.apis[1], &refuses_base);
    run(&options, OLD, &back);
    versions_are(OLD " " OLD " " OLD);
    assert_non_null(back.error);
    former_is(NEW, OLD); /* base has still to follow */
    fakeapi_clear_rules(c.apis[1]);
    AUTO_RUN_RESULT again = {0};
    run(&options, OLD, &again);
    run_ended_well(&again);
    former_is(OLD, OLD);
    run(&plan_options, OLD, &plan);
    run_ended_well(&plan);
    assert_false(steps_differ(plan.steps));
}

/* The last one first, and base after all istiods. */
static void back_from_the_end(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, back = {0};
    struct steps_options options = upgrade;
    run(&upgrade, NEW, &o);
    run_ended_well(&o);
    former_is(NEW, OLD);
    options.back = options.allow_downgrade = true;
    run(&options, OLD, &back);
    run_ended_well(&back);
    versions_are(OLD " " OLD " " OLD);
    assert_true(position(&back, "north gateway done") <
                position(&back, "east install note: changed Deployment istio-system/istiod"));
    assert_true(position(&back, "east gateway done") <
                position(&back, "west install note: changed Deployment istio-system/istiod"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_cluster_after_another),
        CASE(a_failure_stops_before_the_next),
        CASE(only_one),
        CASE(two_minors_at_once_are_refused),
        CASE(backwards_takes_the_word_for_it),
        CASE(there_has_to_be_a_mesh),
        CASE(back_from_the_middle),
        CASE(back_from_the_end),
        CASE(back_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
