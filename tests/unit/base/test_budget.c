/* One budget for all that a thread and its helpers do. */
#include "support.h"

#include <pthread.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/budget.h"
#include "meshctl/base/buf.h"

#define MIB ((size_t)1024 * 1024)

static const struct budget_limits small = {.max_memory = 64 * MIB};

static void without_one_nothing_ends(void **state)
{
    (void)state;
    assert_false(budget_look());
    assert_true(budget_admits(SIZE_MAX / 2));
    assert_null(budget_current());
}

static void arenas_are_counted(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &small);
    AUTO_ARENA *a = arena_new();
    size_t used = 0;
    for (; used < 256 * MIB && !budget_is_over(); used += MIB)
        memset(arena_alloc_raw(a, MIB), 1, MIB);
    assert_in_range(used, 8 * MIB, 64 * MIB);
    assert_int_equal(budget_check(&err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_string_equal(err->message, "this takes more than the limit of 64Mi of memory");
    assert_non_null(strstr(err->hint, "--max-memory"));
}

/* What grows by doubling is refused before it is there. */
static void a_buffer_overflows(void **state)
{
    (void)state;
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &small);
    AUTO_BUF b = BUF_INIT;
    for (size_t i = 0; i < 1024 && !b.overflow; i++)
        buf_pad(&b, 'x', MIB);
    assert_true(b.overflow);
    assert_true(b.len < 64 * MIB);
    assert_true(budget_is_over());
    /* The words of an error still fit. */
    AUTO_BUF words = BUF_INIT;
    buf_pad(&words, 'x', 1000);
    assert_false(words.overflow);
}

static void what_was_freed_does_not_count(void **state)
{
    (void)state;
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &small);
    for (int i = 0; i < 50; i++) {
        AUTO_ARENA *a = arena_new();
        for (int k = 0; k < 100; k++)
            memset(arena_alloc_raw(a, 64 * 1024), 1, 64 * 1024);
    }
    assert_false(budget_is_over());
}

static void time_is_counted(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    const struct budget_limits limits = {.max_cpu_ms = 2000};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    atomic_fetch_add(&budget.cpu_us, 1999000);
    while (!budget_look())
        continue;
    assert_int_equal(budget_check(&err), -1);
    assert_string_equal(err->message, "this takes more than the limit of 2.0s of processor time");
    assert_non_null(strstr(err->hint, "--max-time"));
}

static void a_second_one_within_has_no_effect(void **state)
{
    (void)state;
    const struct budget_limits limits = {.max_memory = 1};
    struct budget outer, inner;
    budget_begin(&outer, NULL);
    budget_begin(&inner, &limits);
    assert_ptr_equal(budget_current(), &outer);
    assert_true(budget_admits(MIB));
    budget_end(&inner);
    assert_ptr_equal(budget_current(), &outer);
    budget_end(&outer);
    assert_null(budget_current());
}

static void *work_with(void *arg)
{
    struct budget *budget = arg;
    budget_join(budget);
    while (!budget_look())
        continue;
    budget_leave(budget);
    return NULL;
}

static void who_joins_is_ended_too(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    const struct budget_limits limits = {.cancel = &cancel};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, work_with, budget_current()), 0);
    cancel_set(&cancel);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(budget_is_over());
    assert_int_equal(budget_check(&err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    cancel_release(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_one_nothing_ends),
        cmocka_unit_test(arenas_are_counted),
        cmocka_unit_test(a_buffer_overflows),
        cmocka_unit_test(what_was_freed_does_not_count),
        cmocka_unit_test(time_is_counted),
        cmocka_unit_test(a_second_one_within_has_no_effect),
        cmocka_unit_test(who_joins_is_ended_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
