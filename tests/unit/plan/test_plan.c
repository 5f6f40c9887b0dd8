#include "support.h"

static int nothing(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    (void)ctx;
    (void)err;
    return 0;
}

static void tells_what_was_put_in(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct plan *p = plan_new();
    char name[] = "west", step[] = "ca";
    assert_int_equal(plan_add_lane(p, name), 0);
    assert_int_equal(plan_add_lane(p, "east"), 1);
    assert_int_equal(plan_add_task(p, 1, step, nothing, NULL), 0);
    assert_int_equal(plan_add_task(p, 0, "install", nothing, NULL), 1);
    name[0] = step[0] = 'X'; /* names are copied */
    assert_int_equal(plan_lanes(p), 2);
    assert_string_equal(plan_lane_name(p, 0), "west");
    assert_string_equal(plan_lane_name(p, 1), "east");
    assert_int_equal(plan_tasks(p), 2);
    assert_string_equal(plan_task_step(p, 0), "ca");
    assert_int_equal(plan_task_lane(p, 0), 1);
    assert_int_equal(plan_task_state(p, 1), PLAN_PENDING);
    assert_null(plan_task_error(p, 1));
    assert_null(plan_task_result(p, 1));
    must(plan_check(p, &err), &err);
    plan_free(p);
    plan_free(NULL);
}

static void good_plans_have_no_cycle(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct plan *p = plan_new();
    must(plan_check(p, &err), &err); /* nothing at all */
    int west = plan_add_lane(p, "west"), east = plan_add_lane(p, "east");
    int a = plan_add_task(p, west, "a", nothing, NULL),
        b = plan_add_task(p, east, "b", nothing, NULL);
    int c = plan_add_task(p, west, "c", nothing, NULL),
        d = plan_add_task(p, east, "d", nothing, NULL);
    plan_after(p, c, b);
    plan_after(p, d, a);
    plan_after(p, d, c); /* a diamond: two ways, no circle */
    plan_after(p, d, c); /* twice the same edge */
    must(plan_check(p, &err), &err);
    plan_free(p);
}

static void refuses(struct plan *p)
{
    struct error *err = NULL;
    assert_int_equal(plan_check(p, &err), -1);
    assert_int_equal(err->kind, ERROR_INTERNAL);
    assert_non_null(strstr(err->message, "waits for itself"));
    error_free(err);
    plan_free(p);
}

static void refuses_circles(void **state)
{
    (void)state;
    struct plan *self = plan_new();
    plan_add_lane(self, "west");
    plan_after(self, plan_add_task(self, 0, "a", nothing, NULL), 0);
    refuses(self);

    /* Three lanes in a ring. */
    struct plan *ring = plan_new();
    for (int i = 0; i < 3; i++) {
        plan_add_lane(ring, "lane");
        plan_add_task(ring, i, "a", nothing, NULL);
    }
    plan_after(ring, 0, 1);
    plan_after(ring, 1, 2);
    plan_after(ring, 2, 0);
    refuses(ring);
}

/* The order within a lane is an edge too: west's first waits for east, east for west's second. */
static void refuses_circles_through_a_lane(void **state)
{
    (void)state;
    struct plan *p = plan_new();
    int west = plan_add_lane(p, "west"), east = plan_add_lane(p, "east");
    int first = plan_add_task(p, west, "first", nothing, NULL);
    int second = plan_add_task(p, west, "second", nothing, NULL);
    int other = plan_add_task(p, east, "other", nothing, NULL);
    plan_after(p, first, other);
    plan_after(p, other, second);
    refuses(p);

    struct plan *backwards = plan_new();
    plan_add_lane(backwards, "west");
    plan_add_task(backwards, 0, "first", nothing, NULL);
    plan_add_task(backwards, 0, "second", nothing, NULL);
    plan_after(backwards, 0, 1);
    refuses(backwards);
}

static void largest_plan_is_checked(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct plan *p = plan_new();
    for (int i = 0; i < PLAN_MAX_LANES; i++)
        assert_int_equal(plan_add_lane(p, "lane"), i);
    for (int i = 0; i < PLAN_MAX_TASKS; i++) {
        plan_add_task(p, i % PLAN_MAX_LANES, "a", nothing, NULL);
        if (i)
            plan_after(p, i, i - 1); /* one chain through all lanes */
    }
    must(plan_check(p, &err), &err);
    plan_after(p, 0, PLAN_MAX_TASKS - 1);
    refuses(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_was_put_in),   cmocka_unit_test(good_plans_have_no_cycle),
        cmocka_unit_test(refuses_circles),         cmocka_unit_test(refuses_circles_through_a_lane),
        cmocka_unit_test(largest_plan_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
