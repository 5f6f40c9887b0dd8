/* A second thread that does in advance what its owner will want: jobs in the order in which they
 * were added, each done once, by whoever comes first. An owner that wants a job which was not begun
 * yet does it himself, and helps with others while the one he wants is under way. One owner, one
 * thread at a time; nothing here can fail: without a thread all is done by the owner. The thread works
 * under the budget that the owner's thread has when the worker is made. */
#ifndef MESHCTL_BASE_WORKER_H
#define MESHCTL_BASE_WORKER_H

#include <stddef.h>

#include "meshctl/base/mem.h"

struct worker;

/* Who runs a job: each side has its own memory to build results in. */
enum worker_side { WORKER_OWNER, WORKER_ASIDE, WORKER_SIDES };

enum worker_state { WORKER_IDLE, WORKER_QUEUED, WORKER_RUNNING, WORKER_DONE };

/* Embedded in what it works on. Zeroed but for `run` and `ctx`; it must stay where it is until it
 * is finished or dropped. */
struct worker_job {
    void (*run)(void *ctx, enum worker_side side);
    void *ctx;
    /* The worker's own. */
    enum worker_state state;
    struct worker_job *before, *behind;
};

struct worker *worker_new(void) __attribute__((returns_nonnull));
/* Every job must be finished or dropped before. */
void worker_free(struct worker *w);
/* Queues a job of about `bytes` of text to read; the thread is begun when what was added is worth
 * it. */
void worker_add(struct worker *w, struct worker_job *job, size_t bytes);
/* Returns when the job is done. One that was never added, or was dropped, is run here. */
void worker_finish(struct worker *w, struct worker_job *job);
/* Nothing will be added any more: the thread ends by itself when the queue is empty. */
void worker_close(struct worker *w);
/* Returns when the job will not be run any more, or is done. */
void worker_drop(struct worker *w, struct worker_job *job);

MC_DEFINE_CLEANUP(worker_cleanup, struct worker, worker_free);

#endif
