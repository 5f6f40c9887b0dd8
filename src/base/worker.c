/* A thread with a queue of jobs that its owner may take back and do itself. */
#include "meshctl/base/worker.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "meshctl/base/budget.h"

/* Less text than this is read before a thread has started. */
#define THREAD_MIN_BYTES 4096

struct worker {
    pthread_t thread;
    bool has_thread;
    size_t bytes;          /* added so far */
    cpu_set_t processors;  /* that the thread may use */
    struct budget *budget; /* the owner's */
    /* The lock guards all below and the jobs' states. */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct worker_job *first, *last;
    bool is_closed; /* nothing more will be queued */
};

/* ---- the queue, under the lock ---------------------------------------------------------- */

static void enqueue(struct worker *w, struct worker_job *job)
{
    job->state = WORKER_QUEUED;
    job->before = w->last;
    job->behind = NULL;
    *(w->last ? &w->last->behind : &w->first) = job;
    w->last = job;
}

static void unlink_job(struct worker *w, struct worker_job *job)
{
    *(job->before ? &job->before->behind : &w->first) = job->behind;
    *(job->behind ? &job->behind->before : &w->last) = job->before;
}

/* Takes the job out of the queue and runs it, without the lock. */
static void run_queued(struct worker *w, struct worker_job *job, enum worker_side side)
{
    unlink_job(w, job);
    job->state = WORKER_RUNNING;
    pthread_mutex_unlock(&w->lock);
    job->run(job->ctx, side);
    pthread_mutex_lock(&w->lock);
    job->state = WORKER_DONE;
    pthread_cond_broadcast(&w->changed);
}

/* ---- the thread ------------------------------------------------------------------------- */

static void *run_all(void *arg)
{
    struct worker *w = arg;
    /* Where it was begun was of use at the start only. */
    (void)sched_setaffinity(0, sizeof(w->processors), &w->processors);
    budget_join(w->budget);
    pthread_mutex_lock(&w->lock);
    while (w->first || !w->is_closed) {
        if (w->first)
            run_queued(w, w->first, WORKER_ASIDE);
        else
            pthread_cond_wait(&w->changed, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    budget_leave(w->budget);
    return NULL;
}

/* The processors that this process may use, less the one that it runs on: where the kernel is left
 * to choose, a new thread often waits for milliseconds behind the one that made it, on the same. */
static bool other_processors(cpu_set_t *all, cpu_set_t *ret_others)
{
    int own = sched_getcpu();
    if (own < 0 || own >= CPU_SETSIZE || sched_getaffinity(0, sizeof(*all), all) < 0)
        return false;
    *ret_others = *all;
    CPU_CLR(own, ret_others);
    return CPU_COUNT(ret_others) > 0;
}

static void start_thread(struct worker *w)
{
    cpu_set_t others;
    pthread_attr_t attributes;
    if (w->has_thread || w->bytes < THREAD_MIN_BYTES || !other_processors(&w->processors, &others))
        return;
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof(others), &others);
    w->has_thread = pthread_create(&w->thread, &attributes, run_all, w) == 0;
    pthread_attr_destroy(&attributes);
}

/* ---- the owner's side ------------------------------------------------------------------- */

struct worker *worker_new(void)
{
    struct worker *w = mem_zalloc(sizeof(*w));
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    w->budget = budget_current();
    return w;
}

void worker_close(struct worker *w)
{
    pthread_mutex_lock(&w->lock);
    w->is_closed = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

void worker_free(struct worker *w)
{
    if (!w)
        return;
    worker_close(w);
    if (w->has_thread)
        pthread_join(w->thread, NULL);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

void worker_add(struct worker *w, struct worker_job *job, size_t bytes)
{
    pthread_mutex_lock(&w->lock);
    enqueue(w, job);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    w->bytes += bytes;
    start_thread(w);
}

void worker_finish(struct worker *w, struct worker_job *job)
{
    pthread_mutex_lock(&w->lock);
    if (job->state == WORKER_IDLE)
        enqueue(w, job);
    if (job->state == WORKER_QUEUED)
        run_queued(w, job, WORKER_OWNER);
    while (job->state == WORKER_RUNNING) {
        if (w->first)
            run_queued(w, w->first, WORKER_OWNER);
        else
            pthread_cond_wait(&w->changed, &w->lock);
    }
    pthread_mutex_unlock(&w->lock);
}

void worker_drop(struct worker *w, struct worker_job *job)
{
    pthread_mutex_lock(&w->lock);
    if (job->state == WORKER_QUEUED) {
        unlink_job(w, job);
        job->state = WORKER_IDLE;
    }
    while (job->state == WORKER_RUNNING)
        pthread_cond_wait(&w->changed, &w->lock);
    pthread_mutex_unlock(&w->lock);
}
