#include "support.h"

/* One run: what happened, in the order of the events, as "KIND CLUSTER STEP[: TEXT]". */
struct run {
    struct plan *plan;
    struct event_queue *queue;
    struct cancel cancel;
    struct strlist log;
    struct strlist order; /* what the tasks' own functions wrote, under `lock` */
    pthread_mutex_t lock;
    bool saw_ended;
};

static struct run run;

static int set_up(void **state)
{
    (void)state;
    memset(&run, 0, sizeof(run));
    run.plan = plan_new();
    run.queue = event_queue_new();
    pthread_mutex_init(&run.lock, NULL);
    return cancel_init(&run.cancel);
}

static int tear_down(void **state)
{
    (void)state;
    plan_free(run.plan);
    event_queue_free(run.queue);
    strlist_release(&run.log);
    strlist_release(&run.order);
    cancel_release(&run.cancel);
    pthread_mutex_destroy(&run.lock);
    return 0;
}

static void note_order(const char *what)
{
    pthread_mutex_lock(&run.lock);
    strlist_add(&run.order, what);
    pthread_mutex_unlock(&run.lock);
}

static size_t position(const struct strlist *l, const char *what)
{
    for (size_t i = 0; i < l->count; i++)
        if (strcmp(l->items[i], what) == 0)
            return i;
    AUTO_FREE char *all = strlist_join_dup(l, " | ");
    fail_msg("\"%s\" is not among: %s", what, all);
    return 0;
}

static void check_event(const struct event *e)
{
    int64_t age = (int64_t)time(NULL) - (int64_t)e->time;
    assert_true(age >= 0 && age < 60);
    assert_false(run.saw_ended);
    if (e->kind == EVENT_ENDED) {
        assert_int_equal(e->task, -1);
        assert_null(e->step);
        assert_null(e->cluster);
        run.saw_ended = true;
        return;
    }
    assert_string_equal(e->step, plan_task_step(run.plan, e->task));
    assert_string_equal(e->cluster, plan_lane_name(run.plan, plan_task_lane(run.plan, e->task)));
    assert_int_equal(e->error != NULL, e->kind == EVENT_FAILED);
}

static void run_all(struct cancel *cancel)
{
    struct error *err = NULL;
    must(plan_check(run.plan, &err), &err);
    must(plan_run_start(run.plan, run.queue, cancel, &err), &err);
    while (!run.saw_ended) {
        struct event *e = event_queue_next(run.queue, 20000);
        if (!e) {
            fail_msg("the plan does not end");
            return;
        }
        check_event(e);
        if (e->kind != EVENT_ENDED)
            strlist_addf(&run.log, "%s %s %s%s%s", event_kind_name(e->kind), e->cluster, e->step,
                         e->text ? ": " : "", e->text ? e->text : "");
        event_free(e);
    }
    plan_run_join(run.plan);
    assert_null(event_queue_next(run.queue, 0)); /* ended is the last */
}

static int work(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    (void)err;
    note_order(ctx);
    return 0;
}

static int slow_work(struct plan_task *task, void *ctx, struct error **err)
{
    clock_sleep(40, NULL);
    return work(task, ctx, err);
}

static int refuse(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    note_order(ctx);
    return error_set(err, ERROR_DENIED, "no right to %s", (const char *)ctx);
}

/* `text` is what the function is given. */
static int add(int lane, const char *step, plan_fn fn, const char *text)
{
    return plan_add_task(run.plan, lane, step, fn, (void *)(uintptr_t)text);
}

static void lane_runs_in_order(void **state)
{
    (void)state;
    plan_add_lane(run.plan, "west");
    add(0, "a", slow_work, "1");
    add(0, "b", work, "2");
    add(0, "a", work, "3");
    run_all(NULL);
    AUTO_FREE char *order = strlist_join_dup(&run.order, " ");
    assert_string_equal(order, "1 2 3");
    AUTO_FREE char *log = strlist_join_dup(&run.log, ", ");
    assert_string_equal(log, "started west a, done west a, started west b, done west b, "
                             "started west a, done west a");
    for (int i = 0; i < 3; i++)
        assert_int_equal(plan_task_state(run.plan, i), PLAN_DONE);
    assert_true(plan_task_elapsed_ms(run.plan, 0) >= 35);
}

static void edges_hold_between_lanes(void **state)
{
    (void)state;
    int west = plan_add_lane(run.plan, "west"), east = plan_add_lane(run.plan, "east");
    int apply = add(west, "apply", work, "west apply");
    int read_west = add(west, "read", slow_work, "west read");
    int read_east = add(east, "read", slow_work, "east read");
    int link_east = add(east, "link", work, "east link");
    int link_west = add(west, "link", work, "west link");
    plan_after(run.plan, link_east, read_west);
    plan_after(run.plan, link_west, read_east);
    plan_after(run.plan, link_east, apply);
    run_all(&run.cancel);
    assert_int_equal(run.order.count, 5);
    assert_true(position(&run.order, "west read") < position(&run.order, "east link"));
    assert_true(position(&run.order, "east read") < position(&run.order, "west link"));
    /* Nobody reads of a task before what it waited for is told done. */
    assert_true(position(&run.log, "done west read") < position(&run.log, "started east link"));
    assert_true(position(&run.log, "done east read") < position(&run.log, "started west link"));
}

/* Two tasks that each wait for the other to have begun: only side by side can both end. */
static pthread_barrier_t meeting;

static int meet(struct plan_task *task, void *ctx, struct error **err)
{
    pthread_barrier_wait(&meeting);
    return work(task, ctx, err);
}

static void lanes_run_side_by_side(void **state)
{
    (void)state;
    pthread_barrier_init(&meeting, NULL, PLAN_MAX_LANES);
    for (int i = 0; i < PLAN_MAX_LANES; i++) {
        AUTO_FREE char *name = mem_printf("c%d", i);
        plan_add_lane(run.plan, name);
        add(i, "meet", meet, "met");
        add(i, "end", work, "end");
    }
    for (int i = 0; i < PLAN_MAX_LANES; i++)
        plan_after(run.plan, 2 * i + 1, 2 * ((i + 1) % PLAN_MAX_LANES));
    run_all(NULL);
    assert_int_equal(run.order.count, 2 * PLAN_MAX_LANES);
    for (int i = 0; i < 2 * PLAN_MAX_LANES; i++)
        assert_int_equal(plan_task_state(run.plan, i), PLAN_DONE);
    pthread_barrier_destroy(&meeting);
}

static void failure_skips_what_comes_after_it(void **state)
{
    (void)state;
    int west = plan_add_lane(run.plan, "west"), east = plan_add_lane(run.plan, "east");
    int north = plan_add_lane(run.plan, "north");
    int bad = add(west, "install", refuse, "west install");
    add(west, "gateway", work, "west gateway");
    add(west, "expose", work, "west expose");
    add(east, "install", slow_work, "east install");
    int link = add(east, "link", work, "east link");
    add(east, "verify", work, "east verify");
    add(north, "install", slow_work, "north install");
    add(north, "gateway", slow_work, "north gateway");
    plan_after(run.plan, link, bad);
    run_all(NULL);

    static const enum plan_state wanted[] = {PLAN_FAILED,  PLAN_SKIPPED, PLAN_SKIPPED, PLAN_DONE,
                                             PLAN_SKIPPED, PLAN_SKIPPED, PLAN_DONE,    PLAN_DONE};
    for (int i = 0; i < (int)MC_ARRAY_LEN(wanted); i++)
        assert_int_equal(plan_task_state(run.plan, i), wanted[i]);
    assert_int_equal(run.order.count, 4);
    position(&run.log, "failed west install");
    position(&run.log, "skipped west gateway: needs install of west");
    position(&run.log, "skipped west expose: needs install of west");
    position(&run.log, "skipped east link: needs install of west");
    position(&run.log, "skipped east verify: needs install of west");
    position(&run.log, "done north gateway");
    assert_string_equal(plan_task_error(run.plan, bad)->message, "no right to west install");
    assert_int_equal(plan_task_error(run.plan, bad)->kind, ERROR_DENIED);
    assert_null(plan_task_error(run.plan, link));
}

/* Who only waits for a task's end does without it; who needs it does not. */
static void others_may_go_on_without_it(void **state)
{
    (void)state;
    int west = plan_add_lane(run.plan, "west"), east = plan_add_lane(run.plan, "east");
    int north = plan_add_lane(run.plan, "north");
    int bad = add(west, "install", refuse, "west install");
    int skipped = add(west, "gateway", work, "west gateway");
    int link = add(east, "link", work, "east link");
    int verify = add(east, "verify", work, "east verify");
    int needs = add(north, "link", work, "north link");
    plan_when_ended(run.plan, link, bad);
    plan_when_ended(run.plan, verify, skipped);
    plan_after(run.plan, needs, skipped);
    run_all(NULL);
    assert_int_equal(plan_task_state(run.plan, link), PLAN_DONE);
    assert_int_equal(plan_task_state(run.plan, verify), PLAN_DONE);
    assert_int_equal(plan_task_state(run.plan, needs), PLAN_SKIPPED);
    assert_true(position(&run.log, "failed west install") <
                position(&run.log, "started east link"));
    assert_true(plan_lane_has_failed(run.plan, west));
    assert_false(plan_lane_has_failed(run.plan, east));
    assert_true(plan_lane_has_failed(run.plan, north));
}

/* What is of all lanes does not end with the one that it runs in, but that one goes no further. */
static void common_task_outlives_its_lane(void **state)
{
    (void)state;
    int west = plan_add_lane(run.plan, "west"), east = plan_add_lane(run.plan, "east");
    int bad = add(west, "check", refuse, "west check");
    int good = add(east, "check", slow_work, "east check");
    int lock = add(west, "lock", work, "west lock");
    int own = add(west, "write", work, "west write");
    int other = add(east, "write", work, "east write");
    int unlock = add(west, "unlock", refuse, "west unlock");
    int last = add(west, "end", work, "west end");
    int other_last = add(east, "end", work, "east end");
    plan_is_common(run.plan, lock);
    plan_is_common(run.plan, unlock);
    plan_is_common(run.plan, last);
    plan_when_ended(run.plan, lock, bad);
    plan_when_ended(run.plan, lock, good);
    plan_after(run.plan, other, lock);
    plan_after(run.plan, unlock, lock);
    plan_after(run.plan, last, unlock);
    plan_after(run.plan, other_last, unlock);
    run_all(NULL);
    assert_int_equal(plan_task_state(run.plan, lock), PLAN_DONE);
    assert_int_equal(plan_task_state(run.plan, own), PLAN_SKIPPED);
    assert_int_equal(plan_task_state(run.plan, other), PLAN_DONE);
    assert_int_equal(plan_task_state(run.plan, unlock), PLAN_FAILED);
    assert_int_equal(plan_task_state(run.plan, last), PLAN_SKIPPED);
    assert_int_equal(plan_task_state(run.plan, other_last), PLAN_SKIPPED);
    position(&run.log, "skipped west write: needs check of west");
    position(&run.log, "skipped east end: needs unlock of west");
}

static void told_error_is_the_tasks(void **state)
{
    (void)state;
    struct error *err = NULL;
    plan_add_lane(run.plan, "west");
    add(0, "ca", refuse, "write");
    must(plan_run_start(run.plan, run.queue, NULL, &err), &err);
    plan_run_join(run.plan);
    event_free(event_queue_next(run.queue, 1000));
    struct event *e = event_queue_next(run.queue, 1000);
    assert_int_equal(e->kind, EVENT_FAILED);
    assert_string_equal(e->error->message, "no right to write");
    assert_ptr_not_equal(e->error, plan_task_error(run.plan, 0)); /* each has its own */
    event_free(e);
    e = event_queue_next(run.queue, 1000);
    assert_int_equal(e->kind, EVENT_ENDED);
    event_free(e);
}

static int until_cancelled(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    cancel_set(&run.cancel);
    note_order(ctx);
    assert_int_equal(clock_sleep(20000, &run.cancel), -1);
    return error_set(err, ERROR_CANCELLED, "interrupted");
}

/* The running task ends by itself; what waits for a task of another lane does not wait on. */
static void cancel_lets_no_other_start(void **state)
{
    (void)state;
    int64_t start = clock_now_ms();
    int west = plan_add_lane(run.plan, "west"), east = plan_add_lane(run.plan, "east");
    int slow = add(west, "install", until_cancelled, "west install");
    add(west, "gateway", work, "west gateway");
    int link = add(east, "link", work, "east link");
    plan_after(run.plan, link, slow);
    run_all(&run.cancel);
    assert_true(clock_now_ms() - start < 10000);
    assert_int_equal(run.order.count, 1);
    assert_int_equal(plan_task_state(run.plan, slow), PLAN_FAILED);
    assert_int_equal(plan_task_state(run.plan, 1), PLAN_SKIPPED);
    assert_int_equal(plan_task_state(run.plan, link), PLAN_SKIPPED);
    position(&run.log, "skipped west gateway: needs install of west");
}

static void cancelled_before_the_start_does_nothing(void **state)
{
    (void)state;
    plan_add_lane(run.plan, "west");
    add(0, "ca", work, "x");
    add(0, "install", work, "x");
    cancel_set(&run.cancel);
    run_all(&run.cancel);
    AUTO_FREE char *log = strlist_join_dup(&run.log, ", ");
    assert_string_equal(log, "skipped west ca: interrupted, skipped west install: interrupted");
    assert_int_equal(run.order.count, 0);
}

static void empty_plan_ends(void **state)
{
    (void)state;
    run_all(NULL);
    assert_int_equal(run.log.count, 0);
}

static void lane_without_tasks_ends(void **state)
{
    (void)state;
    plan_add_lane(run.plan, "idle");
    add(plan_add_lane(run.plan, "west"), "ca", work, "x");
    run_all(NULL);
    assert_int_equal(run.order.count, 1);
}

static int talk(struct plan_task *task, void *ctx, struct error **err)
{
    (void)ctx;
    (void)err;
    plan_note(task, "created %s", "Secret \033[31mx\a");
    plan_warn(task, "bad \233 utf-8 \302\205");
    plan_waiting(task, 1500, 60000, "pod %d of %d", 1, 2);
    plan_result(task, "first");
    plan_result(task, "istiod %s", "1/1\r");
    return 0;
}

/* What a server sent cannot steer the terminal. */
static void texts_are_clean(void **state)
{
    (void)state;
    plan_add_lane(run.plan, "west");
    plan_add_task(run.plan, 0, "talk", talk, NULL);
    run_all(NULL);
    AUTO_FREE char *log = strlist_join_dup(&run.log, "\n");
    assert_string_equal(log, "started west talk\n"
                             "note west talk: created Secret \\u001b[31mx\\u0007\n"
                             "warning west talk: bad \\x9b utf-8 \\u0085\n"
                             "waiting west talk: pod 1 of 2\n"
                             "done west talk: istiod 1/1\\u000d");
    assert_string_equal(plan_task_result(run.plan, 0), "istiod 1/1\\u000d");
}

static void waiting_carries_its_times(void **state)
{
    (void)state;
    struct error *err = NULL;
    bool seen = false, ended = false;
    plan_add_lane(run.plan, "west");
    plan_add_task(run.plan, 0, "talk", talk, NULL);
    must(plan_run_start(run.plan, run.queue, NULL, &err), &err);
    while (!ended) {
        struct event *e = event_queue_next(run.queue, 10000);
        ended = !e || e->kind == EVENT_ENDED;
        if (e && e->kind == EVENT_WAITING) {
            seen = true;
            assert_int_equal(e->waited_ms, 1500);
            assert_int_equal(e->limit_ms, 60000);
        }
        event_free(e);
    }
    plan_run_join(run.plan);
    assert_true(seen);
}

/* A step of several tasks is one row: its mark may only come with the last of them in that lane. */
static void marks_the_last_task_of_a_step(void **state)
{
    (void)state;
    static const char *const steps[][2] = {{"gateway", "west"}, {"verify", "west"},
                                           {"gateway", "west"}, {"gateway", "east"},
                                           {"verify", "west"},  {"verify", "east"}};
    static const bool wanted[] = {false, false, true, true, true, true};
    struct error *err = NULL;
    size_t done = 0;
    bool ended = false;
    plan_add_lane(run.plan, "west");
    plan_add_lane(run.plan, "east");
    for (size_t i = 0; i < MC_ARRAY_LEN(steps); i++)
        add(steps[i][1][0] == 'e', steps[i][0], work, "x");
    must(plan_run_start(run.plan, run.queue, NULL, &err), &err);
    while (!ended) {
        struct event *e = event_queue_next(run.queue, 10000);
        ended = !e || e->kind == EVENT_ENDED;
        if (e && e->kind == EVENT_DONE) {
            done++;
            assert_int_equal(e->last_of_step, wanted[e->task]);
        }
        event_free(e);
    }
    plan_run_join(run.plan);
    assert_int_equal(done, MC_ARRAY_LEN(steps));
}

/* What a task wrote is there for every task after it, without a lock of its own. */
static int shared[2];

static int write_shared(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    (void)err;
    *(int *)ctx = 7;
    return 0;
}

static int read_shared(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    return *(int *)ctx == 7 ? 0 : error_set(err, ERROR_INTERNAL, "not seen");
}

static void what_was_written_is_seen_after(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        plan_add_lane(run.plan, "lane");
        plan_add_task(run.plan, i, "write", write_shared, &shared[i]);
    }
    for (int i = 0; i < 2; i++)
        plan_after(run.plan, plan_add_task(run.plan, i, "read", read_shared, &shared[!i]), !i);
    run_all(NULL);
    for (int i = 0; i < 4; i++)
        assert_int_equal(plan_task_state(run.plan, i), PLAN_DONE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lane_runs_in_order),
        TEST(edges_hold_between_lanes),
        TEST(lanes_run_side_by_side),
        TEST(failure_skips_what_comes_after_it),
        TEST(others_may_go_on_without_it),
        TEST(common_task_outlives_its_lane),
        TEST(told_error_is_the_tasks),
        TEST(cancel_lets_no_other_start),
        TEST(cancelled_before_the_start_does_nothing),
        TEST(empty_plan_ends),
        TEST(lane_without_tasks_ends),
        TEST(texts_are_clean),
        TEST(waiting_carries_its_times),
        TEST(marks_the_last_task_of_a_step),
        TEST(what_was_written_is_seen_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
