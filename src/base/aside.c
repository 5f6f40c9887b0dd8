/* One way to have something made in advance, by whichever thread comes first. */
#include "meshctl/base/aside.h"

static void run(void *ctx, enum worker_side side)
{
    struct aside_job *job = ctx;
    struct arena *a = job->arenas[side];
    size_t before = arena_used(a);
    job->is_made = job->make(job->ctx, a);
    if (side == WORKER_ASIDE)
        job->used = arena_used(a) - before;
}

void aside_job_init(struct aside_job *job, const struct aside *s,
                    bool (*make)(void *ctx, struct arena *a), void *ctx)
{
    *job = (struct aside_job){
        .job = {.run = run, .ctx = job}, .make = make, .ctx = ctx, .arenas = s->arenas};
}

void aside_add(const struct aside *s, struct aside_job *job, size_t bytes)
{
    worker_add(s->worker, &job->job, bytes);
}

bool aside_finish(struct aside *s, struct aside_job *job)
{
    if (s->worker)
        worker_finish(s->worker, &job->job);
    else if (!job->is_made)
        run(job, WORKER_OWNER);
    s->used += job->used;
    job->used = 0;
    return job->is_made;
}

void aside_drop(const struct aside *s, struct aside_job *job)
{
    if (s->worker)
        worker_drop(s->worker, &job->job);
}
