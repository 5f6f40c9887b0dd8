/* What is read off the answers to a steady load. */
#include "meshctl/probe/load.h"

#include "scratch.h"

/* A request every 10 ms from 1000 on, each answered 5 ms later; west is 0, east 1. */
struct samples {
    struct load_sample rows[256];
    size_t count;
};

static void add(struct samples *s, size_t count, int answer)
{
    for (size_t i = 0; i < count; i++) {
        int64_t begun = 1000 + 10 * (int64_t)s->count;
        s->rows[s->count++] = (struct load_sample){begun, begun + 5, answer};
    }
}

/* 20 by west, 3 lost, 10 by east, 2 never sent on, 5 by west again. */
static struct samples away_and_back(void)
{
    struct samples s = {0};
    add(&s, 20, 0);
    add(&s, 3, LOAD_FAILED);
    add(&s, 10, 1);
    add(&s, 2, LOAD_UNASKED);
    add(&s, 5, 0);
    return s;
}

static void counts_are_of_what_was_begun_then(void **state)
{
    (void)state;
    struct samples s = away_and_back();
    struct load_counts c = load_count(s.rows, s.count, 0, 0, INT64_MAX);
    assert_int_equal(c.all, 40);
    assert_int_equal(c.own, 25);
    assert_int_equal(c.others, 10);
    assert_int_equal(c.failed, 3);
    assert_int_equal(c.unasked, 2);
    c = load_count(s.rows, s.count, 0, 1200, 1300);
    assert_int_equal(c.all, 10);
    assert_int_equal(c.failed, 3);
    assert_int_equal(c.others, 7);
    c = load_count(s.rows, s.count, 1, 1200, 1300);
    assert_int_equal(c.own, 7);
    assert_int_equal(c.others, 0);
}

static void what_is_answered_later_is_not_of_that_time(void **state)
{
    (void)state;
    struct samples s = away_and_back();
    s.rows[19].ended_ms = 1300; /* it was late, and met what came after */
    s.rows[19].answer = LOAD_FAILED;
    struct load_counts c = load_count_within(s.rows, s.count, 0, 1000, 1200);
    assert_int_equal(c.all, 19);
    assert_int_equal(c.own, 19);
    assert_int_equal(c.failed, 0);
}

static void the_first_answer_of_others_and_of_its_own(void **state)
{
    (void)state;
    struct samples s = away_and_back();
    assert_int_equal(load_first(s.rows, s.count, 0, true, 1195), 1235);
    assert_int_equal(load_first(s.rows, s.count, 0, false, 1195), 1355);
    assert_int_equal(load_first(s.rows, s.count, 0, true, 1330), -1);
    /* The first that came, not the first that was sent. */
    s.rows[23].ended_ms = 1400;
    assert_int_equal(load_first(s.rows, s.count, 0, true, 1195), 1245);
}

static void settled_is_a_window_without_anything_else(void **state)
{
    (void)state;
    struct samples s = {0};
    assert_false(load_is_settled(s.rows, s.count, 0, false, 5000, 100));
    add(&s, 20, 0); /* the last one ended at 1195 */
    assert_true(load_is_settled(s.rows, s.count, 0, false, 1200, 100));
    assert_false(load_is_settled(s.rows, s.count, 0, true, 1200, 100));
    /* Answers that stopped coming settle nothing. */
    assert_false(load_is_settled(s.rows, s.count, 0, false, 1400, 100));
    add(&s, 3, LOAD_FAILED);
    add(&s, 5, 1); /* 1275 */
    assert_false(load_is_settled(s.rows, s.count, 0, true, 1280, 100));
    assert_true(load_is_settled(s.rows, s.count, 0, true, 1280, 45));
    add(&s, 1, LOAD_UNASKED);
    assert_true(load_is_settled(s.rows, s.count, 0, true, 1285, 45));
    add(&s, 1, 0);
    assert_false(load_is_settled(s.rows, s.count, 0, true, 1300, 45));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_of_what_was_begun_then),
        cmocka_unit_test(what_is_answered_later_is_not_of_that_time),
        cmocka_unit_test(the_first_answer_of_others_and_of_its_own),
        cmocka_unit_test(settled_is_a_window_without_anything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
