/* Progress as lines, for a file or a program that reads it. */
#include "meshctl/base/terminal.h"
#include "meshctl/data/json.h"
#include "progress_support.h"

/* ---- lines ----------------------------------------------------------------------------------- */

static void off_a_terminal_a_line_an_event(void **state)
{
    (void)state;
    struct screen_test t;
    plain_environment();
    open_pipe(&t.stream);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_STARTED, 1, NULL);
    wrote(&t, "2026-08-14T09:02:10Z west install started\n");
    tell(t.progress, EVENT_DONE, 1, "istiod 1/1");
    wrote(&t, "2026-08-14T09:02:10Z west install done in 1.5s: istiod 1/1\n");
    tell(t.progress, EVENT_DONE, 4, NULL);
    wrote(&t, "2026-08-14T09:02:10Z east install done in 1.5s\n");
    tell(t.progress, EVENT_FAILED, 2, NULL);
    wrote(&t, "2026-08-14T09:02:10Z west gateway FAILED MC502 timed out\n");
    tell(t.progress, EVENT_SKIPPED, 5, "needs gateway of west");
    wrote(&t, "2026-08-14T09:02:10Z east gateway skipped: needs gateway of west\n");
    tell(t.progress, EVENT_WARNING, 3, "deprecated API");
    wrote(&t, "2026-08-14T09:02:10Z east check warning: deprecated API\n");
    tell(t.progress, EVENT_ENDED, -1, NULL);
    progress_tick(t.progress);
    progress_end(t.progress);
    wrote(&t, "");
    end(&t);
}

static void notes_only_when_verbose(void **state)
{
    (void)state;
    for (int verbose = 0; verbose < 2; verbose++) {
        struct screen_test t;
        open_pipe(&t.stream);
        begin(&t, 1, two, PROGRESS_AUTO, verbose);
        tell(t.progress, EVENT_NOTE, 1, "created Secret x");
        wrote(&t, verbose ? "2026-08-14T09:02:10Z west install created Secret x\n" : "");
        end(&t);
    }
}

static void step_of_two_tasks_is_skipped_once(void **state)
{
    (void)state;
    struct screen_test t;
    struct event e = {.kind = EVENT_SKIPPED,
                      .time = TIME,
                      .task = 1,
                      .step = "install",
                      .cluster = "west",
                      .text = (char[]){"needs check of west"}};
    open_pipe(&t.stream);
    begin(&t, 1, two, PROGRESS_AUTO, false);
    progress_event(t.progress, &e);
    wrote(&t, "");
    e.last_of_step = true;
    progress_event(t.progress, &e);
    wrote(&t, "2026-08-14T09:02:10Z west install skipped: needs check of west\n");
    end(&t);
}

static void tell_task(struct screen_test *t, enum event_kind kind, char *text, int64_t elapsed_ms,
                      bool is_last)
{
    struct event e = {.kind = kind,
                      .time = TIME,
                      .task = 1,
                      .step = "install",
                      .cluster = "west",
                      .text = text,
                      .elapsed_ms = elapsed_ms,
                      .last_of_step = is_last};
    progress_event(t->progress, &e);
}

static void step_of_several_tasks_starts_and_ends_once(void **state)
{
    (void)state;
    struct screen_test t;
    open_pipe(&t.stream);
    begin(&t, 1, two, PROGRESS_AUTO, false);
    tell_task(&t, EVENT_STARTED, NULL, 0, false);
    wrote(&t, "2026-08-14T09:02:10Z west install started\n");
    tell_task(&t, EVENT_DONE, (char[]){"istiod 1/1"}, 2000, false);
    tell_task(&t, EVENT_STARTED, NULL, 0, false);
    wrote(&t, "");
    tell_task(&t, EVENT_DONE, NULL, 500, true);
    wrote(&t, "2026-08-14T09:02:10Z west install done in 2.5s: istiod 1/1\n");
    end(&t);
}

static void after_a_failure_the_rest_of_the_step_is_not_told(void **state)
{
    (void)state;
    struct screen_test t;
    open_pipe(&t.stream);
    begin(&t, 1, two, PROGRESS_JSONL, false);
    tell(t.progress, EVENT_FAILED, 1, NULL);
    AUTO_FREE char *failure = written_dup(&t.stream);
    assert_non_null(strstr(failure, "MC502"));
    tell_task(&t, EVENT_SKIPPED, (char[]){"needs install of west"}, 0, true);
    wrote(&t, "");
    end(&t);
}

static void one_event_is_one_line(void **state)
{
    (void)state;
    struct screen_test t;
    open_pipe(&t.stream);
    begin(&t, 1, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_WARNING, 1, "two\nlines\tand \033[2J");
    wrote(&t, "2026-08-14T09:02:10Z west install warning: two lines and \\u001b[2J\n");
    end(&t);
}

/* Time passes by setting the last line's back. */
static void waiting_line_at_most_every_10_s(void **state)
{
    (void)state;
    static const char line[] =
        "2026-08-14T09:02:10Z west gateway waiting 12s/10m00s: no address yet\n";
    struct screen_test t;
    open_pipe(&t.stream);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_WAITING, 2, "no address yet");
    wrote(&t, ""); /* short waits say nothing */
    for (int i = 0; i < 3; i++) {
        t.progress->last_line_ms[2] -= 5000;
        tell(t.progress, EVENT_WAITING, 2, "no address yet");
        wrote(&t, "");
        t.progress->last_line_ms[2] -= 5000;
        tell(t.progress, EVENT_WAITING, 2, "no address yet");
        wrote(&t, line);
        tell(t.progress, EVENT_WAITING, 2, "another reason");
        wrote(&t, "");
    }
    /* Each task has its own clock. */
    tell(t.progress, EVENT_WAITING, 5, "no address yet");
    t.progress->last_line_ms[5] -= 10000;
    tell(t.progress, EVENT_WAITING, 5, "no pod");
    wrote(&t, "2026-08-14T09:02:10Z east gateway waiting 12s/10m00s: no pod\n");
    end(&t);
}

static void quiet_only_warns(void **state)
{
    (void)state;
    struct screen_test t;
    open_pipe(&t.stream);
    begin(&t, 1, two, PROGRESS_QUIET, true);
    tell(t.progress, EVENT_STARTED, 0, NULL);
    tell(t.progress, EVENT_WARNING, 0, "x");
    tell(t.progress, EVENT_FAILED, 0, NULL);
    progress_tick(t.progress);
    progress_end(t.progress);
    wrote(&t, "2026-08-14T09:02:10Z west check warning: x\n");
    end(&t);
}

/* A file that the lines go to is nobody's terminal. */
static void lines_in_a_file_do_not_wait(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_ERROR struct error *err = NULL;
    open_pipe(&t.stream);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    assert_int_equal(terminal_take("west: aws asks", 0, NULL, &err), 0);
    tell(t.progress, EVENT_STARTED, 1, NULL);
    wrote(&t, "2026-08-14T09:02:10Z west install started\n");
    terminal_give();
    end(&t);
}

/* ---- JSON lines ------------------------------------------------------------------------------ */

static json_t *json_line(struct screen_test *t)
{
    AUTO_FREE char *text = written_dup(&t->stream);
    struct error *err = NULL;
    json_t *value = NULL;
    const char *newline = strchr(text, '\n');
    assert_non_null(newline);
    assert_int_equal(newline[1], '\0'); /* one object, one line */
    if (json_read(text, strlen(text), "line", &value, &err) < 0)
        fail_msg("%s: %s", err->message, text);
    assert_string_equal(json_dig_str(value, "apiVersion", NULL), "meshctl.io/v1");
    assert_string_equal(json_dig_str(value, "kind", NULL), "Event");
    assert_string_equal(json_dig_str(value, "time", NULL), "2026-08-14T09:02:10Z");
    return value;
}

static void jsonl_is_an_object_a_line(void **state)
{
    (void)state;
    struct screen_test t;
    open_pty(&t.stream, 120, 24); /* a terminal makes no difference */
    begin(&t, 2, two, PROGRESS_JSONL, false);
    tell(t.progress, EVENT_STARTED, 4, NULL);
    json_auto_t *started = json_line(&t);
    assert_string_equal(json_dig_str(started, "event", NULL), "started");
    assert_string_equal(json_dig_str(started, "cluster", NULL), "east");
    assert_string_equal(json_dig_str(started, "step", NULL), "install");
    assert_int_equal(json_object_size(started), 6);

    tell(t.progress, EVENT_WAITING, 4, "pod \"x\"\n<pending>");
    json_auto_t *waiting = json_line(&t);
    assert_string_equal(json_dig_str(waiting, "text", NULL), "pod \"x\"\n<pending>");
    assert_int_equal(json_dig_int(waiting, 0, "waitedMs", NULL), 12000);
    assert_int_equal(json_dig_int(waiting, 0, "limitMs", NULL), 600000);

    tell(t.progress, EVENT_DONE, 4, "istiod 1/1");
    json_auto_t *done = json_line(&t);
    assert_string_equal(json_dig_str(done, "text", NULL), "istiod 1/1");
    assert_int_equal(json_dig_int(done, 0, "elapsedMs", NULL), 1500);

    tell(t.progress, EVENT_FAILED, 5, NULL);
    json_auto_t *failed = json_line(&t);
    assert_string_equal(json_dig_str(failed, "error", "id", NULL), "MC502");
    assert_string_equal(json_dig_str(failed, "error", "kind", NULL), "timed out");
    assert_string_equal(json_dig_str(failed, "error", "message", NULL), "waited too long");
    assert_string_equal(json_dig_str(failed, "error", "fix", NULL), "wait on");

    tell(t.progress, EVENT_ENDED, -1, NULL);
    json_auto_t *ended = json_line(&t);
    assert_string_equal(json_dig_str(ended, "event", NULL), "ended");
    assert_null(json_dig(ended, "step", NULL));
    assert_null(json_dig(ended, "cluster", NULL));
    assert_int_equal(json_dig_int(ended, 0, "elapsedMs", NULL), 1500);

    tell(t.progress, EVENT_NOTE, 0, "not shown");
    progress_tick(t.progress);
    progress_end(t.progress);
    wrote(&t, "");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_a_terminal_a_line_an_event),
        cmocka_unit_test(notes_only_when_verbose),
        cmocka_unit_test(step_of_two_tasks_is_skipped_once),
        cmocka_unit_test(step_of_several_tasks_starts_and_ends_once),
        cmocka_unit_test(after_a_failure_the_rest_of_the_step_is_not_told),
        cmocka_unit_test(one_event_is_one_line),
        cmocka_unit_test(waiting_line_at_most_every_10_s),
        cmocka_unit_test(quiet_only_warns),
        cmocka_unit_test(lines_in_a_file_do_not_wait),
        cmocka_unit_test(jsonl_is_an_object_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
