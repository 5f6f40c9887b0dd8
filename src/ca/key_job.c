/* One thread that makes one key. */
#include "key_job.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "meshctl/ca/authority.h"

struct key_job {
    struct cancel *cancel;
    pthread_t thread;
    bool is_joined;
    struct pki_key *key;
    struct error *error;
};

static void *make_key(void *arg)
{
    struct key_job *job = arg;
    if (authority_key_new(job->cancel, &job->key, &job->error) < 0)
        job->key = NULL;
    return NULL;
}

int key_job_start(struct cancel *cancel, struct key_job **ret_job, struct error **err)
{
    struct key_job *job = mem_zalloc(sizeof(*job));
    job->cancel = cancel;
    int rc = pthread_create(&job->thread, NULL, make_key, job);
    if (rc != 0) {
        free(job);
        return error_errno(err, ERROR_INTERNAL, rc, "start a thread");
    }
    *ret_job = job;
    return 0;
}

static void join(struct key_job *job)
{
    if (!job->is_joined)
        pthread_join(job->thread, NULL);
    job->is_joined = true;
}

int key_job_wait(struct key_job *job, struct pki_key **ret_key, struct error **err)
{
    join(job);
    if (job->error) {
        *err = TAKE(job->error);
        return -1;
    }
    *ret_key = TAKE(job->key);
    return 0;
}

void key_job_free(struct key_job *job)
{
    if (!job)
        return;
    join(job);
    pki_key_free(job->key);
    error_free(job->error);
    free(job);
}
