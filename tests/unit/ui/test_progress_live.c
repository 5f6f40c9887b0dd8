/* Progress as rows that are redrawn in place, on a screen of our own. */
#include <pthread.h>

#include "meshctl/base/terminal.h"
#include "progress_support.h"

#define OK "\342\234\223"
#define FAIL "\342\234\227"
#define BUSY "\342\200\246"
#define SKIP "\342\210\222"
#define MAX_ROWS 100
#define MAX_COLUMNS 200

/* As much of a terminal as the drawing uses: it moves up, clears, wraps and scrolls. A cell is a
 * rune. */
struct screen {
    int rows, columns, row, column;
    char cells[MAX_ROWS][MAX_COLUMNS][5];
    size_t scrolled;
};

static void screen_clear_from(struct screen *s, int row, int column, bool below)
{
    for (int c = column; c < s->columns; c++)
        memcpy(s->cells[row][c], " ", 2);
    for (int r = row + 1; below && r < s->rows; r++)
        for (int c = 0; c < s->columns; c++)
            memcpy(s->cells[r][c], " ", 2);
}

static void screen_line_feed(struct screen *s)
{
    if (++s->row < s->rows)
        return;
    memmove(s->cells[0], s->cells[1], sizeof(s->cells[0]) * (size_t)(s->rows - 1));
    s->row = s->rows - 1;
    screen_clear_from(s, s->row, 0, false);
    s->scrolled++;
}

static const char *screen_escape(struct screen *s, const char *p)
{
    char *end;
    assert_int_equal(p[1], '[');
    long n = strtol(p + 2, &end, 10);
    switch (*end) {
    case 'A':
        s->row = s->row > n ? s->row - (int)n : 0;
        break;
    case 'K':
        screen_clear_from(s, s->row, s->column, false);
        break;
    case 'J':
        screen_clear_from(s, s->row, s->column, true);
        break;
    case 'm':
        break;
    default:
        fail_msg("an escape that the test does not know: %c", *end);
    }
    return end + 1;
}

static void screen_feed(struct screen *s, const char *text)
{
    for (const char *p = text; *p;) {
        if (*p == '\033') {
            p = screen_escape(s, p);
        } else if (*p == '\n' || *p == '\r') { /* the terminal driver adds \r to \n */
            s->column = 0;
            if (*p++ == '\n')
                screen_line_feed(s);
        } else {
            size_t n = 1;
            while (((unsigned char)p[n] & 0xC0) == 0x80)
                n++;
            if (s->column == s->columns) {
                s->column = 0;
                screen_line_feed(s);
            }
            memcpy(s->cells[s->row][s->column], p, n);
            s->cells[s->row][s->column++][n] = '\0';
            p += n;
        }
    }
}

static struct screen *screen_new(int columns, int rows)
{
    struct screen *s = mem_zalloc(sizeof(*s));
    s->rows = rows;
    s->columns = columns;
    screen_clear_from(s, 0, 0, true);
    return s;
}

/* One row without the blanks at its end. */
static char *row_dup(const struct screen *s, int row)
{
    struct buf out = BUF_INIT;
    for (int c = 0; c < s->columns; c++)
        buf_appends(&out, s->cells[row][c]);
    while (out.len && out.data[out.len - 1] == ' ')
        buf_truncate(&out, out.len - 1);
    return buf_detach(&out, NULL);
}

/* On a busy machine less than a second may be more than nothing. */
static void forget_tenths(char *text, const char *wanted)
{
    static const char none[] = "0.0s";
    size_t len = strlen(text);
    for (const char *at = wanted; (at = strstr(at, none)); at++) {
        size_t i = (size_t)(at - wanted);
        if (i + strlen(none) <= len && text[i] == '0' && text[i + 1] == '.')
            text[i + 2] = '0';
    }
}

static void row_is(const struct screen *s, int row, const char *wanted)
{
    AUTO_FREE char *text = row_dup(s, row);
    forget_tenths(text, wanted);
    assert_string_equal(text, wanted);
}

static void update(struct screen_test *t, struct screen *s)
{
    AUTO_FREE char *text = written_dup(&t->stream);
    screen_feed(s, text);
}

/* A row of the grid on 100 columns: mark, text (33 columns), time, a blank; 41 together. */
static void cells_are(const struct screen *s, int row, const char *step, const char *mark_a,
                      const char *text_a, const char *time_a, const char *mark_b,
                      const char *text_b, const char *time_b)
{
    AUTO_FREE char *wanted = mem_printf("%-16s%s %-33s %s %s %-33s %s", step, mark_a, text_a,
                                        time_a, mark_b, text_b, time_b);
    row_is(s, row, wanted);
}

/* A row of the list on 80 columns: step, cluster (16 each), mark, text (39 columns), time. */
static void list_row_is(const struct screen *s, int row, const char *step, const char *cluster,
                        const char *mark, const char *text, const char *time)
{
    AUTO_FREE char *wanted = mem_printf("%-16s%-16s%s %-39s %s", step, cluster, mark, text, time);
    row_is(s, row, wanted);
}

static void grid_is_redrawn_in_place(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(100, 20);
    plain_environment();
    open_pty(&t.stream, 100, 20);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_STARTED, 0, NULL);
    tell(t.progress, EVENT_DONE, 0, "Kubernetes v1.31.0");
    tell(t.progress, EVENT_FAILED, 3, NULL);
    tell(t.progress, EVENT_SKIPPED, 4, "needs check of east");
    tell(t.progress, EVENT_STARTED, 1, NULL);
    tell(t.progress, EVENT_WAITING, 1, "ContainerCreating");
    for (int i = 0; i < 30; i++) {
        progress_tick(t.progress);
        update(&t, s);
    }
    /* 100 columns, one left free: 16 for the step, 41 for each cluster; ca is not in the plan. */
    row_is(s, 0, "STEP            west                                     east");
    cells_are(s, 1, "check", OK, "Kubernetes v1.31.0", "1.5s", FAIL, "MC502", "1.5s");
    cells_are(s, 2, "install", BUSY, "ContainerCreating", "0.0s", SKIP, "needs check of east",
              "0.0s");
    row_is(s, 3, "gateway");
    row_is(s, 4, "");
    assert_int_equal(s->row, 4);
    assert_int_equal(s->scrolled, 0);
    end(&t);
}

/* A row is narrower than the terminal, so that it never wraps, whatever the texts are. */
static void long_texts_are_cut(void **state)
{
    (void)state;
    char text[400];
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(100, 20);
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    plain_environment();
    open_pty(&t.stream, 100, 20);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    for (int task = 0; task < 6; task++)
        tell(t.progress, EVENT_DONE, task, text);
    progress_tick(t.progress);
    update(&t, s);
    for (int row = 1; row <= 3; row++) {
        assert_string_equal(s->cells[row][99], " ");
        assert_string_equal(s->cells[row][16], OK);
        assert_string_equal(s->cells[row][57], OK);
        assert_string_equal(s->cells[row][50], "x");
        assert_string_equal(s->cells[row][56], " ");
    }
    assert_int_equal(s->row, 4);
    end(&t);
}

static void narrow_terminal_gets_a_list(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(80, 20);
    plain_environment();
    open_pty(&t.stream, 80, 20);
    begin(&t, 2, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_DONE, 0, "Kubernetes v1.31.0");
    tell(t.progress, EVENT_STARTED, 3, NULL);
    tell(t.progress, EVENT_STARTED, 1, NULL);
    progress_tick(t.progress);
    update(&t, s);
    list_row_is(s, 0, "check", "west", OK, "Kubernetes v1.31.0", "1.5s");
    list_row_is(s, 1, "check", "east", BUSY, "", "0.0s");
    list_row_is(s, 2, "install", "west", BUSY, "", "0.0s");
    row_is(s, 3, "");
    end(&t);
}

/* The names take no more than they need there. */
static void half_a_terminal_gets_a_list(void **state)
{
    (void)state;
    static const char *const names[] = {"west", "production-frankfurt-1"};
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(40, 20);
    plain_environment();
    open_pty(&t.stream, 40, 20);
    begin(&t, 2, names, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_DONE, 0, "Kubernetes v1.31.0");
    tell(t.progress, EVENT_STARTED, 3, NULL);
    tell(t.progress, EVENT_STARTED, 1, NULL);
    progress_tick(t.progress);
    update(&t, s);
    row_is(s, 0, "check   west     " OK " Kubernetes v1. 1.5s");
    row_is(s, 1, "check   producti " BUSY "                0.0s");
    row_is(s, 2, "install west     " BUSY "                0.0s");
    row_is(s, 3, "");
    end(&t);
}

static void long_cluster_names_do_not_touch(void **state)
{
    (void)state;
    static const char *const names[] = {"production-frankfurt-1", "b"};
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(80, 20);
    plain_environment();
    open_pty(&t.stream, 80, 20);
    begin(&t, 2, names, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_DONE, 0, "x");
    update(&t, s);
    AUTO_FREE char *row = row_dup(s, 0);
    assert_non_null(strstr(row, "check           production-fran " OK " x"));
    end(&t);
}

/* More rows than the screen: still in place, nothing scrolls away again and again. */
static void many_lanes_stay_on_the_screen(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(120, 12);
    AUTO_FREE struct screen *all = screen_new(120, 100);
    plain_environment();
    open_pty(&t.stream, 120, 12);
    begin(&t, 20, NULL, PROGRESS_AUTO, false);
    for (int lane = 0; lane < 20; lane++) {
        tell(t.progress, EVENT_DONE, 3 * lane, "checked");
        update(&t, s);
    }
    tell(t.progress, EVENT_STARTED, 3 * 19 + 1, NULL);
    for (int i = 0; i < 10; i++) {
        progress_tick(t.progress);
        update(&t, s);
    }
    assert_int_equal(s->scrolled, 0);
    row_is(s, 10, "and 11 more"); /* 21 rows have begun, 10 are shown */
    row_is(s, 11, "");
    AUTO_FREE char *last = row_dup(s, 9);
    assert_non_null(strstr(last, "install         c19             " BUSY)); /* what runs is shown */
    /* The last drawing has all of them. */
    progress_end(t.progress);
    update(&t, all);
    for (int row = 0; row < 20; row++) {
        AUTO_FREE char *wanted = mem_printf("check           c%-15d" OK " checked", row);
        AUTO_FREE char *text = row_dup(all, row);
        assert_non_null(strstr(text, wanted));
    }
    row_is(all, 21, "");
    end(&t);
}

static void warnings_stay_above_the_rows(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(120, 20);
    plain_environment();
    open_pty(&t.stream, 120, 20);
    begin(&t, 1, two, PROGRESS_AUTO, false);
    tell(t.progress, EVENT_STARTED, 0, NULL);
    tell(t.progress, EVENT_WARNING, 0, "old API\nin use");
    tell(t.progress, EVENT_NOTE, 0, "not shown");
    tell(t.progress, EVENT_WARNING, -1, "for all");
    update(&t, s);
    row_is(s, 0, "\342\200\274 west: old API in use");
    row_is(s, 1, "\342\200\274 for all");
    row_is(s, 2, "STEP            west");
    AUTO_FREE char *row = row_dup(s, 3);
    assert_non_null(strstr(row, "check           " BUSY));
    row_is(s, 6, "");
    assert_int_equal(s->row, 6);
    end(&t);
}

static void tiny_terminal_is_left_alone(void **state)
{
    (void)state;
    static const unsigned short sizes[][2] = {{1, 24}, {20, 24}, {28, 24}, {120, 1}, {120, 2}};
    plain_environment();
    for (size_t i = 0; i < MC_ARRAY_LEN(sizes); i++) {
        struct screen_test t;
        AUTO_FREE struct screen *s = screen_new(sizes[i][0], sizes[i][1]);
        open_pty(&t.stream, sizes[i][0], sizes[i][1]);
        begin(&t, 2, two, PROGRESS_AUTO, false);
        for (int task = 0; task < 6; task++)
            tell(t.progress, EVENT_STARTED, task, NULL);
        update(&t, s);
        assert_int_equal(s->scrolled, 0);
        row_is(s, 0, "");
        end(&t);
    }
}

/* A step of several tasks: its mark comes with the last, its time is the sum. */
static void step_of_two_tasks_is_one_cell(void **state)
{
    (void)state;
    struct screen_test t;
    AUTO_FREE struct screen *s = screen_new(120, 20);
    plain_environment();
    open_pty(&t.stream, 120, 20);
    t.plan = plan_new();
    plan_add_lane(t.plan, "west");
    plan_add_task(t.plan, 0, "gateway", nothing, NULL);
    plan_add_task(t.plan, 0, "gateway", nothing, NULL);
    t.progress = progress_new(&t.stream.term, t.plan, steps, PROGRESS_AUTO, false);
    struct event e = {
        .kind = EVENT_DONE, .task = 0, .step = "gateway", .cluster = "west", .elapsed_ms = 1500};
    progress_event(t.progress, &e);
    update(&t, s);
    assert_string_equal(s->cells[1][16], BUSY);
    e.task = 1;
    e.last_of_step = true;
    progress_event(t.progress, &e);
    update(&t, s);
    assert_string_equal(s->cells[1][16], OK);
    row_is(s, 2, "");
    AUTO_FREE char *row = row_dup(s, 1);
    assert_non_null(strstr(row, " 3.0s"));
    end(&t);
}

static void *tell_of_east(void *arg)
{
    tell(arg, EVENT_DONE, 3, "Kubernetes v1.31.0");
    return NULL;
}

/* While a program asks, what stands there is its own; a prompt stays above the rows, whether its
 * line was ended or not. */
static void rows_make_room_for_a_program(void **state)
{
    (void)state;
    static const char *const prompts[] = {"x", "Password: ", "Password: \n"};
    for (size_t i = 0; i < MC_ARRAY_LEN(prompts); i++) {
        struct screen_test t;
        AUTO_ERROR struct error *err = NULL;
        AUTO_FREE struct screen *s = screen_new(100, 20);
        pthread_t other;
        plain_environment();
        open_pty(&t.stream, 100, 20);
        begin(&t, 2, two, PROGRESS_AUTO, false);
        tell(t.progress, EVENT_DONE, 0, "Kubernetes v1.31.0");
        update(&t, s);
        assert_int_equal(terminal_take("west: aws\tasks\033[2J", 0, NULL, &err), 0);
        update(&t, s);
        row_is(s, 0, "west: aws asks\\u001b[2J");
        row_is(s, 1, "");
        assert_int_equal(s->row, 1);
        screen_feed(s, prompts[i]);
        assert_int_equal(pthread_create(&other, NULL, tell_of_east, t.progress), 0);
        usleep(100 * 1000);
        wrote(&t, "");
        terminal_give();
        pthread_join(other, NULL);
        progress_tick(t.progress);
        update(&t, s);
        row_is(s, 0, "west: aws asks\\u001b[2J");
        AUTO_FREE char *row = row_dup(s, 1);
        assert_memory_equal(row, prompts[i], strlen(row));
        row_is(s, 2, "STEP            west                                     east");
        cells_are(s, 3, "check", OK, "Kubernetes v1.31.0", "1.5s", OK, "Kubernetes v1.31.0",
                  "1.5s");
        row_is(s, 6, "");
        assert_int_equal(s->row, 6);
        end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grid_is_redrawn_in_place),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(narrow_terminal_gets_a_list),
        cmocka_unit_test(half_a_terminal_gets_a_list),
        cmocka_unit_test(long_cluster_names_do_not_touch),
        cmocka_unit_test(many_lanes_stay_on_the_screen),
        cmocka_unit_test(warnings_stay_above_the_rows),
        cmocka_unit_test(tiny_terminal_is_left_alone),
        cmocka_unit_test(step_of_two_tasks_is_one_cell),
        cmocka_unit_test(rows_make_room_for_a_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
