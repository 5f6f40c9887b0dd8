/* What a worker does in advance for one owner, in an arena of its own, which lives as long as the
 * owner's. What fails there is done again by who wants it, so that errors come from one place. */
#ifndef MESHCTL_BASE_ASIDE_H
#define MESHCTL_BASE_ASIDE_H

#include <stdbool.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/worker.h"

struct aside {
    struct worker *worker;              /* NULL: nothing is done in advance */
    struct arena *arenas[WORKER_SIDES]; /* the owner's is borrowed */
    size_t used;                        /* bytes of the worker's that the owner knows of */
};

/* Embedded in what is to be made; it stays where it is until it is finished or dropped. */
struct aside_job {
    struct worker_job job;
    bool (*make)(void *ctx, struct arena *a); /* false when it failed */
    void *ctx;
    struct arena *const *arenas;
    size_t used; /* bytes of the worker's arena */
    bool is_made;
};

void aside_job_init(struct aside_job *job, const struct aside *s,
                    bool (*make)(void *ctx, struct arena *a), void *ctx);
/* Only with a worker. */
void aside_add(const struct aside *s, struct aside_job *job, size_t bytes);
/* Returns when it is done, by whomever, with whether it was made. */
bool aside_finish(struct aside *s, struct aside_job *job);
/* Returns when nothing more will be done about it. */
void aside_drop(const struct aside *s, struct aside_job *job);

#endif
