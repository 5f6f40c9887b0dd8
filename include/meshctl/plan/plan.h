/* A plan: tasks in lanes, with edges between lanes, and the runner that gives each lane a thread.
 * It knows nothing of what a task does.
 *
 * Tasks of one lane run one after another in the order in which they were added; a task starts when
 * all that it was put after are done. When a task fails, is skipped or is cancelled, everything
 * that comes after it (in its lane, or by an edge) is skipped, but for what only waits for its end;
 * other lanes go on. What a task wrote before it ended is visible to every task that runs after it
 * (the runner's lock orders them). */
#ifndef MESHCTL_PLAN_PLAN_H
#define MESHCTL_PLAN_PLAN_H

#include "meshctl/base/cancel.h"
#include "meshctl/plan/event.h"

#define PLAN_MAX_LANES 64
#define PLAN_MAX_TASKS 32768

struct plan;
struct plan_task;

/* Does the work, in the lane's thread. */
typedef int (*plan_fn)(struct plan_task *task, void *ctx, struct error **err);

enum plan_state {
    PLAN_PENDING,
    PLAN_RUNNING,
    PLAN_DONE,
    PLAN_FAILED,
    PLAN_SKIPPED,
};

struct plan *plan_new(void);
void plan_free(struct plan *p);

/* Lanes are numbered from 0 in the order of adding; `name` is the cluster. Returns its number. */
int plan_add_lane(struct plan *p, const char *name);
/* Returns the task's number. `step` groups tasks of one lane under one row of output. */
int plan_add_task(struct plan *p, int lane, const char *step, plan_fn fn, void *ctx);
/* `task` starts only after `earlier` is done. */
void plan_after(struct plan *p, int task, int earlier);
/* `task` waits for the end of `earlier`, whatever it is, and does without it where need be. */
void plan_when_ended(struct plan *p, int task, int earlier);
/* `task` is of all lanes: it does not depend on what its own did before, only on its edges. */
void plan_is_common(struct plan *p, int task);

int plan_lanes(const struct plan *p);
const char *plan_lane_name(const struct plan *p, int lane);
int plan_tasks(const struct plan *p);
const char *plan_task_step(const struct plan *p, int task);
int plan_task_lane(const struct plan *p, int task);
/* Meaningful after plan_run_join. The error is borrowed. */
enum plan_state plan_task_state(const struct plan *p, int task);
const struct error *plan_task_error(const struct plan *p, int task);
const char *plan_task_result(const struct plan *p, int task);
/* After plan_run_join: whether every task was done. */
bool plan_ended_well(const struct plan *p);
int64_t plan_task_elapsed_ms(const struct plan *p, int task);

/* Refuses edges that would wait for ever (a cycle). */
int plan_check(const struct plan *p, struct error **err) MC_WARN_UNUSED;
/* Starts one thread a lane; events go to `q`, the last is EVENT_ENDED. When `cancel` is set,
 * running tasks end by themselves (they were given the same token) and no other starts. */
int plan_run_start(struct plan *p, struct event_queue *q, struct cancel *cancel, struct error **err)
    MC_WARN_UNUSED;
/* Waits for the threads; call after EVENT_ENDED was seen. */
void plan_run_join(struct plan *p);

/* For the task's own function: */
/* Whether one of that lane's tasks has failed or was skipped. */
bool plan_lane_has_failed(struct plan *p, int lane);
void plan_note(struct plan_task *t, const char *fmt, ...) MC_PRINTF(2, 3);
void plan_warn(struct plan_task *t, const char *fmt, ...) MC_PRINTF(2, 3);
/* `limit_ms` is the whole time that the wait may take. */
void plan_waiting(struct plan_task *t, int64_t waited_ms, int64_t limit_ms, const char *fmt, ...)
    MC_PRINTF(4, 5);
/* The measured result that stands behind the check mark. */
void plan_result(struct plan_task *t, const char *fmt, ...) MC_PRINTF(2, 3);

#endif
