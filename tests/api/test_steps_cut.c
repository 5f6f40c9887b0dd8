/* `up` and `down` cut at their writes, which are refused or whose answers are lost: the next run
 * goes on to the same end, and what was not the mesh's is untouched. */
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define FOREIGN ISTIO "/configmaps/theirs"
#define MAX_CUTS 200
#define STRIDE                                                                                     \
    4 /* every write takes minutes and finds no more; a defect can be narrowed down by 1 */

static struct clusters c;
static json_t *bare; /* the objects before any run */

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 1);
    fakeapi_put(c.apis[0], "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                           "\"theirs\",\"namespace\":\"istio-system\"},\"data\":{\"a\":\"b\"}}");
    bare = fakeapi_objects(c.apis[0]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(bare);
    clusters_stop(&c);
    return 0;
}

static void ended_well(const struct run_result *o, const char *what, int n)
{
    if (o->error)
        fail_msg("%s after cut %d: %s", what, n, o->error->message);
}

static void foreign_is_as_it_was(int n)
{
    json_auto_t *now = fakeapi_object(c.apis[0], FOREIGN);
    if (!json_equal(now, json_object_get(bare, FOREIGN)))
        fail_msg("cut %d has changed %s", n, FOREIGN);
}

static struct steps_options down_all(void)
{
    struct steps_options options = down_options;
    options.delete_crds = true;
    return options;
}

static void run_up(int n)
{
    AUTO_RUN_RESULT o = {0}, listed = {0};
    run_steps(&c, &up_options, &o);
    ended_well(&o, "up", n);
    run_steps(&c, &plan_options, &listed);
    ended_well(&listed, "plan", n);
    if (steps_differ(listed.steps)) {
        AUTO_FREE char *text = json_dumps(listed.changes, JSON_INDENT(1));
        fail_msg("the list after cut %d is not empty: %s", n, text);
    }
}

static void run_down(int n)
{
    struct steps_options options = down_all();
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    ended_well(&o, "down's list", n);
    run_proceed(&o);
    ended_well(&o, "down", n);
    json_auto_t *left = fakeapi_objects(c.apis[0]);
    const char *path;
    json_t *object;
    json_object_foreach(left, path, object)
        if (!json_object_get(bare, path))
            fail_msg("%s is left of a mesh that was cut at %d", path, n);
    foreign_is_as_it_was(n);
}

/* What happens to the n-th request of that method that writes. */
static void cut_at(const struct fakeapi_rule *fault, const char *method, int n)
{
    struct fakeapi_rule rule = *fault;
    rule.method = method;
    rule.path = "/*";
    rule.query = strcmp(method, "PATCH") == 0 ? "fieldManager" : NULL;
    rule.skip = n;
    rule.times = 1;
    fakeapi_clear_rules(c.apis[0]);
    fakeapi_add(c.apis[0], &rule);
}

/* Whether the run got as far as the fault. */
static bool was_cut(const char *method, int before, int n)
{
    return fakeapi_count(c.apis[0], method, "/*") - before > n;
}

static void cut_everywhere(const struct fakeapi_rule *fault, const char *method, bool is_down)
{
    int n = 0;
    for (bool more = true; more && n < MAX_CUTS; n += STRIDE) {
        struct steps_options options = is_down ? down_all() : up_options;
        if (is_down)
            run_up(n);
        int before = fakeapi_count(c.apis[0], method, "/*");
        cut_at(fault, method, n);
        AUTO_RUN_RESULT o = {0};
        run_steps(&c, &options, &o);
        if (is_down && !o.error)
            run_proceed(&o);
        more = was_cut(method, before, n);
        fakeapi_clear_rules(c.apis[0]);
        foreign_is_as_it_was(n);
        if (!is_down)
            run_up(n);
        run_down(n);
    }
    assert_true(n > 0 && n < MAX_CUTS);
}

static const struct fakeapi_rule refused_fault = {.status = 403};
static const struct fakeapi_rule lost_fault = {.fault = FAKEAPI_LOSE};

#define CUT(NAME, FAULT, METHOD, IS_DOWN)                                                          \
    static void NAME(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        cut_everywhere(&FAULT, METHOD, IS_DOWN);                                                   \
    }

CUT(up_is_refused_a_creation, refused_fault, "POST", false)
CUT(up_is_refused_an_apply, refused_fault, "PATCH", false)
CUT(up_is_refused_a_record, refused_fault, "PUT", false)
CUT(ups_creation_is_lost, lost_fault, "POST", false)
CUT(ups_apply_is_lost, lost_fault, "PATCH", false)
CUT(ups_record_is_lost, lost_fault, "PUT", false)
CUT(down_is_refused_a_delete, refused_fault, "DELETE", true)
CUT(down_is_refused_a_record, refused_fault, "PUT", true)
CUT(downs_delete_is_lost, lost_fault, "DELETE", true)
CUT(downs_record_is_lost, lost_fault, "PUT", true)

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(up_is_refused_a_creation), CASE(up_is_refused_an_apply),
        CASE(up_is_refused_a_record),   CASE(ups_creation_is_lost),
        CASE(ups_apply_is_lost),        CASE(ups_record_is_lost),
        CASE(down_is_refused_a_delete), CASE(down_is_refused_a_record),
        CASE(downs_delete_is_lost),     CASE(downs_record_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
