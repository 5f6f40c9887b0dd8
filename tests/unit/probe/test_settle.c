/* Waiting goes on while something changes, and no longer than the deadline. */
#include "settle.h"

#include "meshctl/base/clock.h"
#include "support.h"

struct told {
    int count;
    int64_t limit_ms;
    char *reason;
};

static void on_waiting(void *ctx, int64_t waited_ms, int64_t limit_ms, const char *reason)
{
    struct told *told = ctx;
    assert_true(waited_ms >= 0 && waited_ms <= limit_ms);
    told->count++;
    told->limit_ms = limit_ms;
    free(told->reason);
    told->reason = mem_strdup(reason);
}

static int64_t wait_out(struct settle *s, const char *problem)
{
    struct error *err = NULL;
    int64_t start = clock_now_ms();
    bool again = true;
    for (int i = 0; again && i < 1000; i++)
        must(settle_wait(s, problem, &again, &err), &err);
    assert_false(again);
    return clock_now_ms() - start;
}

static void same_problem_is_given_up(void **state)
{
    (void)state;
    struct two t;
    struct told told = {0};
    two_init(&t);
    t.probe.deadline_ms = clock_now_ms() + 600000;
    t.probe.on_waiting = on_waiting;
    t.probe.ctx = &told;
    AUTO_SETTLE s = {.probe = &t.probe, .quiet_ms = 150, .poll_ms = 10};
    int64_t took = wait_out(&s, "east is syncing");
    assert_true(took >= 150 && took < 5000);
    assert_true(told.count > 1);
    assert_string_equal(told.reason, "east is syncing");
    assert_true(told.limit_ms <= 200);
    free(told.reason);
    two_release(&t);
}

static void change_gives_new_time(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two t;
    bool again = true;
    two_init(&t);
    t.probe.deadline_ms = clock_now_ms() + 600000;
    AUTO_SETTLE s = {.probe = &t.probe, .quiet_ms = 200, .poll_ms = 60};
    int64_t start = clock_now_ms();
    /* Each is another one: none stands for its time. */
    for (int i = 0; i < 10; i++) {
        AUTO_FREE char *problem = mem_printf("%d of 10", i);
        must(settle_wait(&s, problem, &again, &err), &err);
        assert_true(again);
    }
    assert_true(clock_now_ms() - start > 400);
    two_release(&t);
}

static void deadline_ends_it(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.probe.deadline_ms = clock_now_ms() + 100;
    AUTO_SETTLE patient = {.probe = &t.probe, .quiet_ms = -1, .poll_ms = 10};
    int64_t took = wait_out(&patient, "a name that is not known yet");
    assert_true(took >= 90 && took < 5000);
    t.probe.deadline_ms = 0;
    AUTO_SETTLE none = {.probe = &t.probe, .quiet_ms = 60000, .poll_ms = 1000};
    assert_true(wait_out(&none, "x") < 900);
    two_release(&t);
}

static void nothing_is_waited_for_without_quiet_time(void **state)
{
    (void)state;
    struct two t;
    two_init(&t);
    t.probe.deadline_ms = clock_now_ms() + 600000;
    AUTO_SETTLE s = {.probe = &t.probe, .quiet_ms = 0, .poll_ms = 2000};
    assert_true(wait_out(&s, "known to be wrong") < 1500);
    two_release(&t);
}

static void interrupted_says_what_was_waited_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two t;
    struct cancel cancel;
    bool again = true;
    assert_int_equal(cancel_init(&cancel), 0);
    cancel_set(&cancel);
    two_init(&t);
    t.probe.cancel = &cancel;
    t.probe.deadline_ms = clock_now_ms() + 600000;
    AUTO_SETTLE s = {.probe = &t.probe, .quiet_ms = 60000, .poll_ms = 60000};
    refused(settle_wait(&s, "east is syncing", &again, &err), &err, ERROR_CANCELLED,
            "west: interrupted", "east is syncing", NULL);
    two_release(&t);
    cancel_release(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_problem_is_given_up),
        cmocka_unit_test(change_gives_new_time),
        cmocka_unit_test(deadline_ends_it),
        cmocka_unit_test(nothing_is_waited_for_without_quiet_time),
        cmocka_unit_test(interrupted_says_what_was_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
