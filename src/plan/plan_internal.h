/* The plan's own structures; plan.c builds and reads, runner.c runs. */
#ifndef MESHCTL_PLAN_PLAN_INTERNAL_H
#define MESHCTL_PLAN_PLAN_INTERNAL_H

#include <pthread.h>

#include "meshctl/plan/plan.h"

struct plan_edge {
    int task;   /* that ends first */
    bool needs; /* it has to be done */
};

struct plan_task {
    struct plan *plan;
    int index;
    int lane;
    char *step;
    plan_fn fn;
    void *ctx;
    bool is_common; /* its lane's earlier tasks only go before it */
    struct plan_edge *after;
    size_t after_count;
    size_t after_cap;
    /* Written under the plan's lock. */
    enum plan_state state;
    const struct plan_task *because; /* PLAN_SKIPPED: the task that failed, NULL when interrupted */
    struct error *error;
    char *result;
    int64_t elapsed_ms;
};

struct plan_lane {
    char *name;
    pthread_t thread;
    struct plan *plan;
    int index;
    const struct plan_task
        *failed; /* the first that failed or was skipped; under the plan's lock */
};

struct plan {
    struct plan_lane *lanes;
    size_t lanes_count, lanes_cap;
    struct plan_task **tasks; /* pointers: tasks stay where they are while more are added */
    size_t tasks_count, tasks_cap;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct event_queue *queue;
    struct cancel *cancel;
    size_t lanes_running;
    bool aborted; /* not all lanes could start: no task starts any more */
    int64_t started_ms;
};

#endif
