/* What the tests of progress share: a plan of that many lanes, events of it, and what they wrote. */
#ifndef PROGRESS_SUPPORT_H
#define PROGRESS_SUPPORT_H

#include "progress_internal.h"
#include "support.h"

#define TIME 1786698130 /* 2026-08-14T09:02:10Z */

static const char *const steps[] = {"check", "ca", "install", "gateway", NULL};

static inline int nothing(struct plan_task *task, void *ctx, struct error **err)
{
    (void)task;
    (void)ctx;
    (void)err;
    return 0;
}

/* Tasks of lane L: check is 3L, install 3L+1, gateway 3L+2. No lane has a ca. */
static inline struct plan *plan_of(size_t lanes, const char *const *names)
{
    struct plan *p = plan_new();
    for (size_t i = 0; i < lanes; i++) {
        AUTO_FREE char *name = mem_printf("c%zu", i);
        int lane = plan_add_lane(p, names ? names[i] : name);
        plan_add_task(p, lane, "check", nothing, NULL);
        plan_add_task(p, lane, "install", nothing, NULL);
        plan_add_task(p, lane, "gateway", nothing, NULL);
    }
    return p;
}

static const char *const two[] = {"west", "east"};

static inline void tell(struct progress *p, enum event_kind kind, int task, const char *text)
{
    AUTO_FREE char *copy = mem_strdup_opt(text);
    struct error error = {.kind = ERROR_TIMEOUT,
                          .message = (char[]){"waited too long"},
                          .id = (char[]){"MC502"},
                          .hint = (char[]){"wait on"}};
    struct event e = {.kind = kind,
                      .time = TIME,
                      .task = task,
                      .text = copy,
                      .last_of_step = true,
                      .elapsed_ms = 1500,
                      .waited_ms = 12000,
                      .limit_ms = 600000};
    if (task >= 0) {
        e.step = plan_task_step(p->plan, task);
        e.cluster = plan_lane_name(p->plan, plan_task_lane(p->plan, task));
    }
    if (kind == EVENT_FAILED)
        e.error = &error;
    progress_event(p, &e);
}

struct screen_test {
    struct stream stream;
    struct plan *plan;
    struct progress *progress;
};

static inline void begin(struct screen_test *t, size_t lanes, const char *const *names,
                         enum progress_mode mode, bool verbose)
{
    t->plan = plan_of(lanes, names);
    t->progress = progress_new(&t->stream.term, t->plan, steps, mode, verbose);
}

static inline void end(struct screen_test *t)
{
    progress_free(t->progress);
    plan_free(t->plan);
    close_stream(&t->stream);
}

static inline void wrote(struct screen_test *t, const char *wanted)
{
    AUTO_FREE char *text = written_dup(&t->stream);
    assert_string_equal(text, wanted);
}

#endif
