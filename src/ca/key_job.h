/* A key made in the background: seconds of computing that need not hold up a lane. */
#ifndef CA_KEY_JOB_H
#define CA_KEY_JOB_H

#include "meshctl/pki/cert.h"

struct key_job;

/* Starts a thread that makes a key as the intermediates' profile (and the root's: they ask for the
 * same) wants it, until `cancel` is set. */
int key_job_start(struct cancel *cancel, struct key_job **ret_job, struct error **err)
    MC_WARN_UNUSED;
/* Waits for it, or until `interrupted` (or NULL) is set: ERROR_CANCELLED, and the key goes on being
 * made. The key is the caller's. By one thread at a time, and not again once it gave the key. */
int key_job_wait(struct key_job *job, struct cancel *interrupted, struct pki_key **ret_key,
                 struct error **err) MC_WARN_UNUSED;
/* Waits for the thread (milliseconds, once its `cancel` is set), and drops what nobody took. NULL is
 * fine. */
void key_job_free(struct key_job *job);

#endif
