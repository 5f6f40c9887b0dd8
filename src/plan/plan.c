/* A plan being laid out, and read after its run. */
#include "meshctl/plan/plan.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "plan_internal.h"

struct plan *plan_new(void)
{
    struct plan *p = mem_zalloc(sizeof(*p));
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    return p;
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->tasks_count; i++) {
        struct plan_task *t = p->tasks[i];
        free(t->step);
        free(t->after);
        free(t->result);
        error_free(t->error);
        free(t);
    }
    for (size_t i = 0; i < p->lanes_count; i++)
        free(p->lanes[i].name);
    free(p->tasks);
    free(p->lanes);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

int plan_add_lane(struct plan *p, const char *name)
{
    assert(p->lanes_count < PLAN_MAX_LANES);
    p->lanes = mem_grow(p->lanes, &p->lanes_cap, p->lanes_count + 1, sizeof(*p->lanes));
    int index = (int)p->lanes_count++;
    p->lanes[index] = (struct plan_lane){.name = mem_strdup(name), .plan = p, .index = index};
    return index;
}

int plan_add_task(struct plan *p, int lane, const char *step, plan_fn fn, void *ctx)
{
    assert(p->tasks_count < PLAN_MAX_TASKS && lane >= 0 && (size_t)lane < p->lanes_count);
    p->tasks = mem_grow(p->tasks, &p->tasks_cap, p->tasks_count + 1, sizeof(*p->tasks));
    struct plan_task *t = mem_zalloc(sizeof(*t));
    t->plan = p;
    t->index = (int)p->tasks_count;
    t->lane = lane;
    t->step = mem_strdup(step);
    t->fn = fn;
    t->ctx = ctx;
    p->tasks[p->tasks_count++] = t;
    return t->index;
}

static void add_edge(struct plan *p, int task, struct plan_edge edge)
{
    struct plan_task *t = p->tasks[task];
    assert(edge.task >= 0 && (size_t)edge.task < p->tasks_count);
    t->after = mem_grow(t->after, &t->after_cap, t->after_count + 1, sizeof(*t->after));
    t->after[t->after_count++] = edge;
}

void plan_after(struct plan *p, int task, int earlier)
{
    add_edge(p, task, (struct plan_edge){.task = earlier, .needs = true});
}

void plan_when_ended(struct plan *p, int task, int earlier)
{
    add_edge(p, task, (struct plan_edge){.task = earlier});
}

void plan_is_common(struct plan *p, int task)
{
    p->tasks[task]->is_common = true;
}

int plan_lanes(const struct plan *p)
{
    return (int)p->lanes_count;
}

const char *plan_lane_name(const struct plan *p, int lane)
{
    return p->lanes[lane].name;
}

int plan_tasks(const struct plan *p)
{
    return (int)p->tasks_count;
}

const char *plan_task_step(const struct plan *p, int task)
{
    return p->tasks[task]->step;
}

int plan_task_lane(const struct plan *p, int task)
{
    return p->tasks[task]->lane;
}

enum plan_state plan_task_state(const struct plan *p, int task)
{
    return p->tasks[task]->state;
}

const struct error *plan_task_error(const struct plan *p, int task)
{
    return p->tasks[task]->error;
}

const char *plan_task_result(const struct plan *p, int task)
{
    return p->tasks[task]->result;
}

bool plan_ended_well(const struct plan *p)
{
    for (size_t i = 0; i < p->tasks_count; i++)
        if (p->tasks[i]->state != PLAN_DONE)
            return false;
    return true;
}

int64_t plan_task_elapsed_ms(const struct plan *p, int task)
{
    return p->tasks[task]->elapsed_ms;
}

/* Whether all that the task waits for may have ended; the predecessor in the lane counts as an edge. */
static bool may_run(const struct plan_task *t, int previous, const bool *ended)
{
    if (previous >= 0 && !ended[previous])
        return false;
    for (size_t i = 0; i < t->after_count; i++)
        if (!ended[t->after[i].task])
            return false;
    return true;
}

/* Ends one task after another as a run would; plans are mostly laid out in that order. */
int plan_check(const struct plan *p, struct error **err)
{
    AUTO_FREE bool *ended = mem_zalloc(p->tasks_count);
    AUTO_FREE int *previous = mem_array(p->tasks_count, sizeof(*previous));
    int last[PLAN_MAX_LANES];
    size_t left = p->tasks_count, stuck = 0;
    memset(last, 0xff, sizeof(last));
    for (size_t i = 0; i < p->tasks_count; i++) {
        previous[i] = last[p->tasks[i]->lane];
        last[p->tasks[i]->lane] = (int)i;
    }
    for (bool moves = true; left && moves;) {
        moves = false;
        for (size_t i = 0; i < p->tasks_count; i++) {
            if (ended[i])
                continue;
            ended[i] = may_run(p->tasks[i], previous[i], ended);
            left -= ended[i];
            moves = moves || ended[i];
            stuck = ended[i] ? stuck : i;
        }
    }
    if (!left)
        return 0;
    return error_set(err, ERROR_INTERNAL, "the plan waits for itself at step %s of %s",
                     p->tasks[stuck]->step, p->lanes[p->tasks[stuck]->lane].name);
}
