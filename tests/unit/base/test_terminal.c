#include "support.h"

#include <pthread.h>
#include <stdatomic.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/terminal.h"

#define PROGRAMS 4
#define ROUNDS 50

static atomic_int inside; /* programs and drawings at work */
static int told;          /* guarded by the terminal itself */

static void count_take(void *ctx, const char *what)
{
    assert_string_equal(what, "asks");
    ++*(int *)ctx;
}

static void *ask(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_ERR *err = NULL;
        if (terminal_take("asks", clock_now_ms() + 60000, NULL, &err) < 0)
            return arg;
        int seen = atomic_fetch_add(&inside, 1);
        clock_sleep(i % 2, NULL);
        atomic_fetch_sub(&inside, 1);
        terminal_give();
        if (seen != 0)
            return arg;
    }
    return NULL;
}

static void one_at_a_time(void **state)
{
    (void)state;
    pthread_t threads[PROGRAMS];
    terminal_on_take(count_take, &told);
    for (int i = 0; i < PROGRAMS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, &inside), 0);
    for (int i = 0; i < ROUNDS; i++) {
        terminal_draw_begin();
        assert_int_equal(atomic_fetch_add(&inside, 1), 0);
        clock_sleep(i % 2, NULL);
        atomic_fetch_sub(&inside, 1);
        terminal_draw_end();
    }
    for (int i = 0; i < PROGRAMS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    terminal_on_take(NULL, NULL);
    assert_int_equal(told, PROGRAMS * ROUNDS);
}

static void waiting_has_an_end(void **state)
{
    (void)state;
    AUTO_ERR *none = NULL;
    AUTO_ERR *late = NULL;
    AUTO_ERR *interrupted = NULL;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    assert_int_equal(terminal_take("asks", 0, NULL, &none), 0);
    assert_int_equal(terminal_take("asks", clock_now_ms() + 50, &cancel, &late), -1);
    assert_int_equal(late->kind, ERROR_TIMEOUT);
    cancel_set(&cancel);
    assert_int_equal(terminal_take("asks", clock_now_ms() + 60000, &cancel, &interrupted), -1);
    assert_int_equal(interrupted->kind, ERROR_CANCELLED);
    terminal_give();
    cancel_release(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time),
        cmocka_unit_test(waiting_has_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
