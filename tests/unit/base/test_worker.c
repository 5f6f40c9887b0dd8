/* Jobs done in advance: each once, whoever wants it, drops it or leaves. */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "meshctl/base/worker.h"

#define MUCH ((size_t)1 << 20) /* bytes that are worth a thread */

struct piece {
    struct worker_job job;
    atomic_int *order; /* how many have begun */
    int place, runs, sides[WORKER_SIDES];
    pthread_mutex_t *gate;  /* held until it may end; NULL: ends at once */
    pthread_mutex_t *opens; /* a gate that the owner closed; NULL: none */
};

static void run_piece(void *ctx, enum worker_side side)
{
    struct piece *p = ctx;
    p->place = atomic_fetch_add(p->order, 1);
    p->runs++;
    p->sides[side]++;
    if (p->opens)
        pthread_mutex_unlock(p->opens);
    if (p->gate) {
        pthread_mutex_lock(p->gate);
        pthread_mutex_unlock(p->gate);
    }
}

static void set_up(struct piece *pieces, size_t count, atomic_int *order)
{
    atomic_store(order, 0);
    for (size_t i = 0; i < count; i++)
        pieces[i] = (struct piece){.job = {.run = run_piece, .ctx = &pieces[i]}, .order = order};
}

static void wait_until_begun(const atomic_int *order, int count)
{
    for (int i = 0; i < 10000 && atomic_load(order) < count; i++)
        usleep(1000);
    assert_true(atomic_load(order) >= count);
}

/* Too little for a thread: each is run when it is wanted. */
static void little_is_done_by_the_owner(void **state)
{
    (void)state;
    MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
    struct piece pieces[3];
    atomic_int order;
    set_up(pieces, 3, &order);
    for (size_t i = 0; i < 2; i++)
        worker_add(w, &pieces[i].job, 10);
    for (size_t i = 3; i-- > 0;)
        worker_finish(w, &pieces[i].job);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(pieces[i].sides[WORKER_OWNER], 1);
        assert_int_equal(pieces[i].runs, 1);
        assert_int_equal(pieces[i].place, 2 - i);
        worker_finish(w, &pieces[i].job);
        assert_int_equal(pieces[i].runs, 1);
    }
}

static void each_is_done_once(void **state)
{
    (void)state;
    enum { COUNT = 500 };
    static struct piece pieces[COUNT];
    for (int round = 0; round < 20; round++) {
        MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
        atomic_int order;
        set_up(pieces, COUNT, &order);
        for (size_t i = 0; i < COUNT; i++)
            worker_add(w, &pieces[i].job, MUCH);
        for (size_t i = 0; i < COUNT; i++)
            worker_finish(w, &pieces[(i * 7 + (size_t)round) % COUNT].job);
        for (size_t i = 0; i < COUNT; i++)
            assert_int_equal(pieces[i].runs, 1);
        assert_int_equal(atomic_load(&order), COUNT);
    }
}

/* The thread is kept busy with the first one: the owner does the third for which he asks and, while
 * he wants the first, the second. */
static void owner_steals_and_helps(void **state)
{
    (void)state;
    cpu_set_t processors;
    if (sched_getaffinity(0, sizeof(processors), &processors) < 0 || CPU_COUNT(&processors) < 2)
        skip(); /* there is no thread then */
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    MC_CLEANUP(worker_cleanup) struct worker *w = worker_new();
    struct piece pieces[3];
    atomic_int order;
    set_up(pieces, 3, &order);
    pieces[0].gate = &gate;
    pthread_mutex_lock(&gate);
    worker_add(w, &pieces[0].job, MUCH);
    wait_until_begun(&order, 1);
    for (size_t i = 1; i < 3; i++)
        worker_add(w, &pieces[i].job, MUCH);
    worker_finish(w, &pieces[2].job);
    assert_int_equal(pieces[2].sides[WORKER_OWNER], 1);
    assert_int_equal(pieces[1].runs, 0);
    pieces[1].opens = &gate;
    worker_finish(w, &pieces[0].job);
    assert_int_equal(pieces[0].sides[WORKER_ASIDE], 1);
    assert_int_equal(pieces[1].sides[WORKER_OWNER], 1);
}

static void dropped_ones_are_left_alone(void **state)
{
    (void)state;
    enum { COUNT = 64 };
    for (int round = 0; round < 50; round++) {
        struct piece pieces[COUNT];
        atomic_int order;
        struct worker *w = worker_new();
        set_up(pieces, COUNT, &order);
        for (size_t i = 0; i < COUNT; i++)
            worker_add(w, &pieces[i].job, MUCH);
        for (size_t i = 0; i < COUNT; i++)
            worker_drop(w, &pieces[i].job);
        int begun = atomic_load(&order);
        worker_free(w);
        assert_int_equal(atomic_load(&order), begun);
        /* It may be wanted after all, by another. */
        MC_CLEANUP(worker_cleanup) struct worker *later = worker_new();
        worker_finish(later, &pieces[COUNT - 1].job);
        assert_int_equal(pieces[COUNT - 1].runs, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(little_is_done_by_the_owner),
        cmocka_unit_test(each_is_done_once),
        cmocka_unit_test(owner_steals_and_helps),
        cmocka_unit_test(dropped_ones_are_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
