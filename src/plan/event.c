/* Events, and the queue between lanes and the one who draws. */
#include "meshctl/plan/event.h"

#include <pthread.h>
#include <stdlib.h>

#include "meshctl/base/mem.h"

struct node {
    struct event *event;
    struct node *next;
};

struct event_queue {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct node *head;
    struct node **tail;
};

void event_free(struct event *e)
{
    if (!e)
        return;
    free(e->text);
    error_free(e->error);
    free(e);
}

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[] = {
        [EVENT_STARTED] = "started", [EVENT_WAITING] = "waiting", [EVENT_NOTE] = "note",
        [EVENT_WARNING] = "warning", [EVENT_DONE] = "done",       [EVENT_FAILED] = "failed",
        [EVENT_SKIPPED] = "skipped", [EVENT_ENDED] = "ended",
    };
    return names[kind];
}

struct event_queue *event_queue_new(void)
{
    struct event_queue *q = mem_zalloc(sizeof(*q));
    pthread_condattr_t attr;
    pthread_mutex_init(&q->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->filled, &attr);
    pthread_condattr_destroy(&attr);
    q->tail = &q->head;
    return q;
}

void event_queue_free(struct event_queue *q)
{
    if (!q)
        return;
    for (struct node *n = q->head, *next; n; n = next) {
        next = n->next;
        event_free(n->event);
        free(n);
    }
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

void event_queue_push_take(struct event_queue *q, struct event *e)
{
    struct node *n = mem_zalloc(sizeof(*n));
    n->event = e;
    pthread_mutex_lock(&q->lock);
    *q->tail = n;
    q->tail = &n->next;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

struct event *event_queue_next(struct event_queue *q, int64_t timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&q->lock);
    int rc = 0;
    while (!q->head && rc == 0)
        rc = pthread_cond_timedwait(&q->filled, &q->lock, &until);
    struct node *n = q->head;
    if (n) {
        q->head = n->next;
        if (!q->head)
            q->tail = &q->head;
    }
    pthread_mutex_unlock(&q->lock);
    if (!n)
        return NULL;
    struct event *e = n->event;
    free(n);
    return e;
}
