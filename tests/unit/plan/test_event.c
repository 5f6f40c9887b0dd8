#include "support.h"

#define WRITERS 6
#define EVENTS_EACH 500

static struct event *event_of(int task, const char *text)
{
    struct event *e = mem_zalloc(sizeof(*e));
    e->kind = EVENT_NOTE;
    e->task = task;
    e->text = mem_strdup(text);
    return e;
}

/* The words of -o jsonl, which programs compare with. */
static void kinds_have_names(void **state)
{
    (void)state;
    static const struct {
        enum event_kind kind;
        const char *name;
    } rows[] = {
        {EVENT_STARTED, "started"}, {EVENT_WAITING, "waiting"}, {EVENT_NOTE, "note"},
        {EVENT_WARNING, "warning"}, {EVENT_DONE, "done"},       {EVENT_FAILED, "failed"},
        {EVENT_SKIPPED, "skipped"}, {EVENT_ENDED, "ended"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        assert_string_equal(event_kind_name(rows[i].kind), rows[i].name);
}

static void comes_out_in_order(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 3; i++)
            event_queue_push_take(q, event_of(i, "x"));
        for (int i = 0; i < 3; i++) {
            struct event *e = event_queue_next(q, 1000);
            assert_non_null(e);
            assert_int_equal(e->task, i);
            event_free(e);
        }
        assert_null(event_queue_next(q, 0)); /* the tail is right again after the last one */
    }
    event_queue_free(q);
    event_queue_free(NULL);
    event_free(NULL);
}

static void empty_queue_waits_as_long_as_told(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    int64_t start = clock_now_ms();
    assert_null(event_queue_next(q, 60));
    int64_t took = clock_now_ms() - start;
    assert_true(took >= 55 && took < 5000);
    event_queue_free(q);
}

static void frees_what_nobody_read(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    struct event *failed = event_of(0, "text");
    failed->error = mem_zalloc(sizeof(*failed->error));
    failed->error->message = mem_strdup("why");
    event_queue_push_take(q, failed);
    event_queue_push_take(q, event_of(1, "more"));
    event_queue_free(q); /* the leak checker looks */
}

struct writer {
    pthread_t thread;
    struct event_queue *queue;
    int number;
};

static void *write_events(void *arg)
{
    struct writer *w = arg;
    for (int i = 0; i < EVENTS_EACH; i++)
        event_queue_push_take(w->queue, event_of(w->number * EVENTS_EACH + i, "from a thread"));
    return NULL;
}

/* Nothing is lost, nothing comes twice, and what one thread wrote keeps its order. */
static void takes_events_of_many_threads(void **state)
{
    (void)state;
    struct event_queue *q = event_queue_new();
    struct writer writers[WRITERS];
    int next[WRITERS] = {0};
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.queue = q, .number = i};
        assert_int_equal(pthread_create(&writers[i].thread, NULL, write_events, &writers[i]), 0);
    }
    for (int n = 0; n < WRITERS * EVENTS_EACH; n++) {
        struct event *e = event_queue_next(q, 10000);
        assert_non_null(e);
        assert_int_equal(e->task % EVENTS_EACH, next[e->task / EVENTS_EACH]++);
        assert_string_equal(e->text, "from a thread");
        event_free(e);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(writers[i].thread, NULL);
    assert_null(event_queue_next(q, 0));
    event_queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_have_names),
        cmocka_unit_test(comes_out_in_order),
        cmocka_unit_test(empty_queue_waits_as_long_as_told),
        cmocka_unit_test(frees_what_nobody_read),
        cmocka_unit_test(takes_events_of_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
