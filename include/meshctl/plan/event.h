/* What happens while a plan runs, told as events on one queue: lanes write, one reader draws. Texts
 * are clean (safe for a terminal) and hold no secrets. The queue is thread-safe. */
#ifndef MESHCTL_PLAN_EVENT_H
#define MESHCTL_PLAN_EVENT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "meshctl/base/error.h"

enum event_kind {
    EVENT_STARTED, /* a task began */
    EVENT_WAITING, /* it waits; text is the reason, waited/limit are set */
    EVENT_NOTE, /* something worth a line: "created Secret istio-system/cacerts" (shown with -v) */
    EVENT_WARNING, /* shown always */
    EVENT_DONE,    /* text is the measured result: "istiod 1/1" */
    EVENT_FAILED,  /* error is set */
    EVENT_SKIPPED, /* text says which failed task is the cause */
    EVENT_ENDED,   /* the whole plan; always the last event */
};

struct event {
    enum event_kind kind;
    time_t time;         /* wall clock */
    int task;            /* index in the plan; -1 for EVENT_ENDED and mesh-wide warnings */
    const char *step;    /* "install"; borrowed from the plan; NULL with task -1 */
    const char *cluster; /* "west"; borrowed from the plan; NULL with task -1 */
    /* With EVENT_DONE, EVENT_FAILED, EVENT_SKIPPED: no further task of this step follows in this
     * lane. */
    bool last_of_step;
    char *text;          /* or NULL */
    struct error *error; /* EVENT_FAILED */
    int64_t elapsed_ms;  /* of the task (EVENT_DONE, EVENT_FAILED) or of the plan (EVENT_ENDED) */
    int64_t waited_ms;   /* EVENT_WAITING: how long by now, and how long at the most */
    int64_t limit_ms;
};

void event_free(struct event *e);
/* "started", "waiting", ... as in -o jsonl. */
const char *event_kind_name(enum event_kind kind);

struct event_queue;
struct event_queue *event_queue_new(void);
void event_queue_free(struct event_queue *q);
/* Takes over `e`. */
void event_queue_push_take(struct event_queue *q, struct event *e);
/* The next event (yours to event_free), or NULL when `timeout_ms` passed without one. */
struct event *event_queue_next(struct event_queue *q, int64_t timeout_ms);

#endif
