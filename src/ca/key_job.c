/* One thread that makes one key. */
#include "key_job.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "meshctl/base/clock.h"
#include "meshctl/ca/authority.h"

#define LOOK_EVERY_MS 100 /* for an interrupt */

struct key_job {
    struct cancel *cancel;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what is below */
    pthread_cond_t changed;
    bool is_done;
    struct pki_key *key;
    struct error *error;
};

static void *make_key(void *arg)
{
    struct key_job *job = arg;
    struct pki_key *key = NULL;
    struct error *error = NULL;
    int rc = authority_key_new(job->cancel, &key, &error);
    pthread_mutex_lock(&job->lock);
    job->key = rc < 0 ? NULL : key;
    job->error = error;
    job->is_done = true;
    pthread_cond_broadcast(&job->changed);
    pthread_mutex_unlock(&job->lock);
    return NULL;
}

static struct key_job *job_new(struct cancel *cancel)
{
    struct key_job *job = mem_zalloc(sizeof(*job));
    job->cancel = cancel;
    pthread_mutex_init(&job->lock, NULL);
    pthread_cond_init(&job->changed, NULL);
    return job;
}

static void job_release(struct key_job *job)
{
    pki_key_free(job->key);
    error_free(job->error);
    pthread_cond_destroy(&job->changed);
    pthread_mutex_destroy(&job->lock);
    free(job);
}

int key_job_start(struct cancel *cancel, struct key_job **ret_job, struct error **err)
{
    struct key_job *job = job_new(cancel);
    int rc = pthread_create(&job->thread, NULL, make_key, job);
    if (rc != 0) {
        job_release(job);
        return error_errno(err, ERROR_INTERNAL, rc, "start a thread");
    }
    *ret_job = job;
    return 0;
}

/* With the lock. */
static int wait_until_done(struct key_job *job, struct cancel *interrupted, struct error **err)
{
    while (!job->is_done) {
        if (cancel_is_set(interrupted))
            return error_set(err, ERROR_CANCELLED, "interrupted while a key was being made");
        clock_wait(&job->changed, &job->lock, LOOK_EVERY_MS);
    }
    if (!job->error)
        return 0;
    *err = error_dup(job->error);
    return -1;
}

int key_job_wait(struct key_job *job, struct cancel *interrupted, struct pki_key **ret_key,
                 struct error **err)
{
    pthread_mutex_lock(&job->lock);
    int rc = wait_until_done(job, interrupted, err);
    if (rc == 0)
        *ret_key = TAKE(job->key);
    pthread_mutex_unlock(&job->lock);
    return rc;
}

void key_job_free(struct key_job *job)
{
    if (!job)
        return;
    pthread_join(job->thread, NULL);
    job_release(job);
}
