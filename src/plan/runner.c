/* Runs a plan: one thread a lane, tasks as their edges allow. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "plan_internal.h"

#define LOOK_EVERY_MS 100 /* for a cancel */

static struct event *event_of_task(const struct plan_task *t, enum event_kind kind)
{
    struct event *e = mem_zalloc(sizeof(*e));
    e->kind = kind;
    e->time = time(NULL);
    e->task = t->index;
    e->step = t->step;
    e->cluster = t->plan->lanes[t->lane].name;
    return e;
}

MC_PRINTF(1, 0) static char *clean_vprintf(const char *fmt, va_list ap)
{
    AUTO_FREE char *raw = mem_vprintf(fmt, ap);
    struct buf out = BUF_INIT;
    text_append_clean(&out, raw, strlen(raw));
    return buf_detach(&out, NULL);
}

MC_PRINTF(3, 0)
static void push_text(struct plan_task *t, enum event_kind kind, const char *fmt, va_list ap)
{
    struct event *e = event_of_task(t, kind);
    e->text = clean_vprintf(fmt, ap);
    event_queue_push_take(t->plan->queue, e);
}

void plan_note(struct plan_task *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    push_text(t, EVENT_NOTE, fmt, ap);
    va_end(ap);
}

void plan_warn(struct plan_task *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    push_text(t, EVENT_WARNING, fmt, ap);
    va_end(ap);
}

void plan_waiting(struct plan_task *t, int64_t waited_ms, int64_t limit_ms, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct event *e = event_of_task(t, EVENT_WAITING);
    e->text = clean_vprintf(fmt, ap);
    e->waited_ms = waited_ms;
    e->limit_ms = limit_ms;
    event_queue_push_take(t->plan->queue, e);
    va_end(ap);
}

void plan_result(struct plan_task *t, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = clean_vprintf(fmt, ap);
    va_end(ap);
    free(t->result);
    t->result = text;
}

static bool is_last_of_step(const struct plan_task *t)
{
    const struct plan *p = t->plan;
    for (size_t i = (size_t)t->index + 1; i < p->tasks_count; i++)
        if (p->tasks[i]->lane == t->lane && strcmp(p->tasks[i]->step, t->step) == 0)
            return false;
    return true;
}

static bool ended_badly(const struct plan_task *t)
{
    return t->state == PLAN_FAILED || t->state == PLAN_SKIPPED;
}

/* The first task that makes `t` pointless, or NULL. Called with the lock held. */
static const struct plan_task *blocker_of(const struct plan_task *t)
{
    const struct plan *p = t->plan;
    if (!t->is_common && p->lanes[t->lane].failed)
        return p->lanes[t->lane].failed;
    for (size_t i = 0; i < t->after_count; i++) {
        const struct plan_task *earlier = p->tasks[t->after[i].task];
        if (t->after[i].needs && ended_badly(earlier))
            return earlier;
    }
    return NULL;
}

static bool is_ready(const struct plan_task *t)
{
    for (size_t i = 0; i < t->after_count; i++) {
        const struct plan_task *earlier = t->plan->tasks[t->after[i].task];
        if (earlier->state != PLAN_DONE && (t->after[i].needs || !ended_badly(earlier)))
            return false;
    }
    return true;
}

static void set_state(struct plan_task *t, enum plan_state state)
{
    struct plan_lane *lane = &t->plan->lanes[t->lane];
    t->state = state;
    if (ended_badly(t) && !lane->failed)
        lane->failed = t;
    pthread_cond_broadcast(&t->plan->changed);
}

bool plan_lane_has_failed(struct plan *p, int lane)
{
    pthread_mutex_lock(&p->lock);
    bool failed = p->lanes[lane].failed != NULL;
    pthread_mutex_unlock(&p->lock);
    return failed;
}

static void skip(struct plan_task *t, const struct plan_task *because)
{
    struct event *e = event_of_task(t, EVENT_SKIPPED);
    /* The cause is what helps, not the last link of the chain. */
    if (because && because->state == PLAN_SKIPPED)
        because = because->because;
    t->because = because;
    e->last_of_step = is_last_of_step(t);
    if (because)
        e->text = mem_printf("needs %s of %s", because->step, t->plan->lanes[because->lane].name);
    else
        e->text = mem_strdup("interrupted");
    event_queue_push_take(t->plan->queue, e);
    set_state(t, PLAN_SKIPPED);
}

/* Runs one task to its end, without the lock; its outcome is stored with the lock. */
static void run_task(struct plan_task *t)
{
    struct plan *p = t->plan;
    struct error *err = NULL;
    event_queue_push_take(p->queue, event_of_task(t, EVENT_STARTED));
    int64_t start = clock_now_ms();
    int rc = t->fn(t, t->ctx, &err);
    int64_t elapsed = clock_now_ms() - start;
    assert((rc == 0) == (err == NULL));

    struct event *e = event_of_task(t, rc == 0 ? EVENT_DONE : EVENT_FAILED);
    e->elapsed_ms = elapsed;
    e->text = mem_strdup_opt(t->result);
    e->error = error_dup(err);
    e->last_of_step = is_last_of_step(t);

    pthread_mutex_lock(&p->lock);
    t->elapsed_ms = elapsed;
    t->error = err;
    /* The event goes first, so that nobody reads of a task that depends on this one before it. */
    event_queue_push_take(p->queue, e);
    set_state(t, rc == 0 ? PLAN_DONE : PLAN_FAILED);
    pthread_mutex_unlock(&p->lock);
}

static bool is_stopped(const struct plan *p)
{
    return p->aborted || cancel_is_set(p->cancel);
}

/* Waits until the task may start; false when it was skipped instead. */
static bool admit(struct plan_task *t)
{
    struct plan *p = t->plan;
    pthread_mutex_lock(&p->lock);
    const struct plan_task *blocker = blocker_of(t);
    while (!blocker && !is_ready(t) && !is_stopped(p)) {
        clock_wait(&p->changed, &p->lock, LOOK_EVERY_MS);
        blocker = blocker_of(t);
    }
    bool go = !blocker && !is_stopped(p);
    if (go)
        set_state(t, PLAN_RUNNING);
    else
        skip(t, blocker);
    pthread_mutex_unlock(&p->lock);
    return go;
}

static void push_ended(struct plan *p)
{
    struct event *e = mem_zalloc(sizeof(*e));
    e->kind = EVENT_ENDED;
    e->time = time(NULL);
    e->task = -1;
    e->elapsed_ms = clock_now_ms() - p->started_ms;
    event_queue_push_take(p->queue, e);
}

static void end_lane(struct plan *p)
{
    pthread_mutex_lock(&p->lock);
    bool last = --p->lanes_running == 0;
    pthread_mutex_unlock(&p->lock);
    if (last)
        push_ended(p);
}

static void *run_lane(void *arg)
{
    struct plan_lane *lane = arg;
    struct plan *p = lane->plan;
    for (size_t i = 0; i < p->tasks_count; i++) {
        struct plan_task *t = p->tasks[i];
        if (t->lane == lane->index && admit(t))
            run_task(t);
    }
    end_lane(p);
    return NULL;
}

int plan_run_start(struct plan *p, struct event_queue *q, struct cancel *cancel, struct error **err)
{
    p->queue = q;
    p->cancel = cancel;
    p->lanes_running = p->lanes_count;
    p->started_ms = clock_now_ms();
    for (size_t i = 0; i < p->lanes_count; i++) {
        int rc = pthread_create(&p->lanes[i].thread, NULL, run_lane, &p->lanes[i]);
        if (rc == 0)
            continue;
        /* Lanes that did start must not wait for ever for those that did not. */
        pthread_mutex_lock(&p->lock);
        p->aborted = true;
        pthread_mutex_unlock(&p->lock);
        for (size_t j = 0; j < i; j++)
            pthread_join(p->lanes[j].thread, NULL);
        return error_errno(err, ERROR_INTERNAL, rc, "start a thread for %s", p->lanes[i].name);
    }
    if (p->lanes_count == 0)
        push_ended(p);
    return 0;
}

void plan_run_join(struct plan *p)
{
    for (size_t i = 0; i < p->lanes_count; i++)
        pthread_join(p->lanes[i].thread, NULL);
}
