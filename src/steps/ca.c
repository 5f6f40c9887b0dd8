/* Step ca: each cluster's Secret cacerts. */
#include "internal.h"

#include <stdlib.h>

#include "meshctl/mesh/objects.h"

/* The cluster's files: signed now, or those that the folder holds. Called with the lock. */
static int sign(struct lane *lane, const struct pki_key *key, struct authority_files **ret_files,
                struct error **err)
{
    struct steps *s = lane->steps;
    struct pki_key *root_key = NULL;
    if (!authority_has_root(s->authority)) {
        if (key_job_wait(s->root_job, &root_key, err) < 0 ||
            authority_make_root_take(s->authority, root_key, err) < 0)
            return -1;
    }
    return authority_intermediate(s->authority, lane->member->cluster, key, ret_files, err);
}

/* Signs, and writes to the folder: keys are on disk before any cluster depends on them, so that a
 * run that is cut here can be repeated. */
static int sign_and_save(struct lane *lane, struct authority_files **ret_files, struct error **err)
{
    struct steps *s = lane->steps;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    if (lane->key_job && key_job_wait(lane->key_job, &key, err) < 0)
        return -1;
    pthread_mutex_lock(&s->lock);
    int rc = sign(lane, key, &files, err);
    if (rc == 0)
        rc = authority_save_root(s->authority, err);
    if (rc == 0)
        rc = authority_save_intermediate(s->authority, lane->member->cluster, files, err);
    if (rc == 0)
        lane->found_root = mem_strdup(authority_fingerprint(s->authority));
    pthread_mutex_unlock(&s->lock);
    if (rc == 0)
        *ret_files = TAKE(files);
    return rc;
}

int step_ca(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    MC_CLEANUP(authority_files_cleanup) struct authority_files *files = NULL;
    if (lane_apply_istio_namespace(lane, err) < 0)
        return -1;
    if (!lane->needs_cacerts) {
        plan_result(task, "root %.8s, kept", lane->found_root);
        return 0;
    }
    if (sign_and_save(lane, &files, err) < 0)
        return -1;
    json_t *secret = mesh_cacerts(lane->steps->mesh, files->ca_cert, files->ca_key,
                                  files->root_cert, files->cert_chain);
    if (lane_apply_one_new(lane, secret, err) < 0)
        return -1;
    plan_result(task, "root %.8s", lane->found_root);
    return 0;
}
