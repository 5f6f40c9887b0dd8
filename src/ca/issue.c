/* The choreography of new certificates: folder and clusters are weighed, keys are made side by side,
 * then signed for one after the other. */
#include "meshctl/ca/issue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "key_job.h"
#include "lock.h"

struct member {
    char *cluster;
    struct authority_files *files; /* what the folder holds for it, or NULL */
    struct pki_key *key;           /* waits in the folder for its certificate, or NULL */
    struct key_job *job;           /* a new one being made, or NULL */
    bool is_taken;                 /* the files are the caller's */
};

struct ca_issue {
    struct authority *authority;
    struct ca_lock *lock; /* while something is to be made */
    struct member *members;
    size_t members_count;
    struct cancel *interrupted; /* of those who wait, or NULL */
    struct cancel cancel;       /* the keys' */
    bool has_cancel;

    pthread_mutex_t mutex; /* guards what is below, and the authority */
    struct key_job *root_job;
    struct strlist warnings;
    struct error *root_error; /* why there is no root: told to everybody */
    size_t left;              /* members whose files are not made yet */
};

static void release_members(struct ca_issue *issue)
{
    for (size_t i = 0; i < issue->members_count; i++) {
        struct member *m = &issue->members[i];
        free(m->cluster);
        authority_files_free(m->files);
        pki_key_free(m->key);
        key_job_free(m->job);
    }
    free(issue->members);
    issue->members = NULL;
    issue->members_count = 0;
}

void ca_issue_free(struct ca_issue *issue)
{
    if (!issue)
        return;
    if (issue->has_cancel)
        cancel_set(&issue->cancel);
    release_members(issue);
    key_job_free(issue->root_job);
    if (issue->has_cancel)
        cancel_release(&issue->cancel);
    error_free(issue->root_error);
    authority_free(issue->authority);
    ca_lock_release(issue->lock);
    strlist_release(&issue->warnings);
    pthread_mutex_destroy(&issue->mutex);
    free(issue);
}

const struct authority *ca_issue_authority(const struct ca_issue *issue)
{
    return issue->authority;
}

void ca_issue_take_warnings(struct ca_issue *issue, struct strlist *out)
{
    pthread_mutex_lock(&issue->mutex);
    for (size_t i = 0; i < issue->warnings.count; i++)
        strlist_add(out, issue->warnings.items[i]);
    strlist_release(&issue->warnings);
    pthread_mutex_unlock(&issue->mutex);
}

/* ---- deciding -------------------------------------------------------------------------------- */

static const struct member *first_without_files(const struct ca_issue *issue)
{
    for (size_t i = 0; i < issue->members_count; i++)
        if (!issue->members[i].files)
            return &issue->members[i];
    return NULL;
}

/* Nobody to sign for needs no key, nor does a folder that is made anew. */
static int check_can_sign(const struct ca_issue *issue, struct error **err)
{
    const struct authority *a = issue->authority;
    const struct member *first = first_without_files(issue);
    bool is_empty = !authority_has_root(a) && authority_intermediates(a)->count == 0;
    if (!first || is_empty)
        return 0;
    if (!authority_can_sign(a))
        return authority_refuse_signing(a, first->cluster, err);
    return authority_try(a, err);
}

static int refuse_other_root(const struct ca_issue *issue, const struct ca_issue_options *options,
                             struct error **err)
{
    AUTO_FREE char *found = ca_roots_text_dup(options->in_use);
    AUTO_FREE char *own = ca_roots_text_dup(authority_roots(issue->authority));
    error_set(err, ERROR_CHECK, "%s has root %s, but %s holds another one: %s", options->in_use_by,
              found, options->dir, own);
    error_id(err, "MC202");
    return error_hint(err, "give the folder of the root that is in use: --ca-dir DIR");
}

static int refuse_new_root(const struct ca_issue_options *options, struct error **err)
{
    AUTO_FREE char *found = ca_roots_text_dup(options->in_use);
    error_set(err, ERROR_CHECK, "%s already has root %s, whose key is not in %s",
              options->in_use_by, found, options->dir);
    error_id(err, "MC203");
    return error_hint(err, "put that root's root-cert.pem and root-key.pem into the folder "
                           "(--ca-dir), or Secret cacerts signed by it into the other clusters");
}

/* What is signed has to be trusted where the mesh already lives. */
static int check_in_use(const struct ca_issue *issue, const struct ca_issue_options *options,
                        struct error **err)
{
    const struct authority *a = issue->authority;
    if (!options->in_use || options->in_use->count == 0)
        return 0;
    if (!authority_has_root(a))
        return refuse_new_root(options, err);
    bool is_known =
        first_without_files(issue)
            ? ca_roots_has(options->in_use, authority_fingerprint(a))
            : ca_roots_compare(options->in_use, authority_roots(a)) != CA_ROOTS_DISJOINT;
    return is_known ? 0 : refuse_other_root(issue, options, err);
}

static int look_at_member(struct ca_issue *issue, struct member *m, struct error **err)
{
    struct authority *a = issue->authority;
    if (authority_has_intermediate(a, m->cluster))
        return authority_intermediate(a, m->cluster, NULL, &issue->warnings, &m->files, err);
    return authority_waiting_key(a, m->cluster, &m->key, err);
}

/* All that the folder says, held against what is asked of it. */
static int look(struct ca_issue *issue, const struct ca_issue_options *options, struct error **err)
{
    authority_free(issue->authority);
    issue->authority = NULL;
    release_members(issue);
    strlist_release(&issue->warnings);
    if (authority_open(options->dir, options->istio_namespace, options->trust_domain,
                       &issue->authority, err) < 0)
        return -1;
    issue->members = mem_array(options->clusters_count, sizeof(*issue->members));
    issue->left = 0;
    for (size_t i = 0; i < options->clusters_count; i++) {
        struct member *m = &issue->members[issue->members_count++];
        m->cluster = mem_strdup(options->clusters[i]);
        if (look_at_member(issue, m, err) < 0)
            return -1;
        issue->left += !m->files;
    }
    if (check_in_use(issue, options, err) < 0)
        return -1;
    return check_can_sign(issue, err);
}

static bool is_needed(const struct ca_issue *issue)
{
    return issue->left > 0 || !authority_has_root(issue->authority);
}

/* Looked at once more under the lock: whoever had it may have made what was missing. */
static int look_locked(struct ca_issue *issue, const struct ca_issue_options *options,
                       struct error **err)
{
    if (look(issue, options, err) < 0)
        return -1;
    if (!is_needed(issue))
        return 0;
    if (ca_lock_take(options->dir, &issue->lock, err) < 0 || look(issue, options, err) < 0)
        return -1;
    if (!is_needed(issue)) {
        ca_lock_release(issue->lock);
        issue->lock = NULL;
    }
    return 0;
}

static int start_keys(struct ca_issue *issue, struct error **err)
{
    if (!is_needed(issue))
        return 0;
    if (cancel_init(&issue->cancel) < 0)
        return error_set(err, ERROR_INTERNAL, "make a pipe");
    issue->has_cancel = true;
    if (!authority_has_root(issue->authority) &&
        key_job_start(&issue->cancel, &issue->root_job, err) < 0)
        return -1;
    for (size_t i = 0; i < issue->members_count; i++) {
        struct member *m = &issue->members[i];
        if (!m->files && !m->key && key_job_start(&issue->cancel, &m->job, err) < 0)
            return -1;
    }
    return 0;
}

int ca_issue_begin(const struct ca_issue_options *options, struct ca_issue **ret_issue,
                   struct error **err)
{
    MC_CLEANUP(ca_issue_cleanup) struct ca_issue *issue = mem_zalloc(sizeof(*issue));
    pthread_mutex_init(&issue->mutex, NULL);
    issue->interrupted = options->cancel;
    if (look_locked(issue, options, err) < 0 || start_keys(issue, err) < 0)
        return -1;
    *ret_issue = TAKE(issue);
    return 0;
}

/* ---- making ---------------------------------------------------------------------------------- */

static int make_root(struct ca_issue *issue, struct error **err)
{
    struct pki_key *key = NULL;
    if (!authority_has_root(issue->authority) &&
        (key_job_wait(issue->root_job, issue->interrupted, &key, err) < 0 ||
         authority_make_root_take(issue->authority, key, err) < 0))
        return -1;
    return issue->lock ? authority_save_root(issue->authority, err) : 0;
}

/* With the mutex. The first one makes it; a failure is everybody's. */
static int need_root(struct ca_issue *issue, struct error **err)
{
    if (issue->root_error) {
        *err = error_dup(issue->root_error);
        return -1;
    }
    if (make_root(issue, err) == 0)
        return 0;
    issue->root_error = error_dup(*err);
    return -1;
}

int ca_issue_root(struct ca_issue *issue, struct error **err)
{
    pthread_mutex_lock(&issue->mutex);
    int rc = need_root(issue, err);
    pthread_mutex_unlock(&issue->mutex);
    return rc;
}

static int make_files(struct ca_issue *issue, struct member *m, struct error **err)
{
    struct authority_files *files = NULL;
    if (need_root(issue, err) < 0 || authority_intermediate(issue->authority, m->cluster, m->key,
                                                            &issue->warnings, &files, err) < 0)
        return -1;
    if (authority_save_intermediate(issue->authority, m->cluster, files, err) < 0) {
        authority_files_free(files);
        return -1;
    }
    m->files = files;
    if (--issue->left == 0) {
        ca_lock_release(issue->lock);
        issue->lock = NULL;
    }
    return 0;
}

int ca_issue_finish(struct ca_issue *issue, const char *cluster, struct authority_files **ret_files,
                    struct error **err)
{
    struct member *m = issue->members;
    while (m < issue->members + issue->members_count && strcmp(m->cluster, cluster) != 0)
        m++;
    if (m == issue->members + issue->members_count || m->is_taken)
        return error_set(err, ERROR_INTERNAL, "no certificate was begun for %s", cluster);
    if (m->job && !m->key && key_job_wait(m->job, issue->interrupted, &m->key, err) < 0)
        return error_wrap(err, "certificate of %s", cluster);
    pthread_mutex_lock(&issue->mutex);
    int rc = m->files ? 0 : make_files(issue, m, err);
    pthread_mutex_unlock(&issue->mutex);
    if (rc < 0)
        return -1;
    m->is_taken = true;
    *ret_files = TAKE(m->files);
    return 0;
}
