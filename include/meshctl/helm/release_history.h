/* The revisions of one release, told apart as Helm does (pkg/storage/storage.go, pkg/action/
 * upgrade.go, the same in 3.22 and 4.3). Pure: listing and reading the Secrets is the caller's.
 *
 * A listing may be metadata alone (PartialObjectMetadataList): labels and names say which revisions
 * there are and in which state; the few bodies that matter are then asked for by name:
 *
 *     release_history_new(listed, name, &h, err);
 *     while (release_history_missing(h, &names), names.count)
 *         GET each -> release_history_add(h, secret), 404 -> release_history_forget(h, name)
 *
 * That ends: each Secret is asked for once. More than one round comes about only where a record
 * turns out to be damaged, so that an older one counts instead. */
#ifndef MESHCTL_HELM_RELEASE_HISTORY_H
#define MESHCTL_HELM_RELEASE_HISTORY_H

#include "meshctl/helm/release.h"

#define RELEASE_MAX_REVISIONS 4096     /* Secrets of one release that are looked at */
#define RELEASE_MAX_VERSION 1000000000 /* number of a revision */
#define RELEASE_MAX_UNFINISHED 64      /* bodies that are read of revisions that may have objects */
#define RELEASE_HISTORY_LIMIT 10       /* helm's --history-max */

struct release_revision {
    char *secret;                 /* name of the Secret */
    char *uid, *resource_version; /* what a delete of it is bound to; NULL when not listed */
    int version;
    enum release_status status; /* by its label until the body is read, then the body's */
    struct release *record;     /* NULL: not read */
    struct error *damage;       /* why the body cannot be read, or NULL */
};

struct release_history {
    char *name;
    struct release_revision *items; /* newest first */
    size_t count;
    struct strlist odd; /* Secrets with the release's labels whose name or version is no record's */
};

/* The release NAME's Secrets out of `secrets` (an array, any order, whole or metadata alone); none
 * is an empty history. ERROR_INPUT: more than RELEASE_MAX_REVISIONS. */
int release_history_new(const json_t *secrets, const char *name,
                        struct release_history **ret_history, struct error **err) MC_WARN_UNUSED;
void release_history_free(struct release_history *h);

/* Names of the Secrets whose bodies are still wanted: of the newest, the deployed ones and those
 * that may have objects in the cluster. */
void release_history_missing(const struct release_history *h, struct strlist *ret_secrets);
/* The body of one. What cannot be read is put down as its damage; Secrets of others are left
 * alone. Borrows. */
void release_history_add(struct release_history *h, const json_t *secret);
/* The Secret is not there any more. */
void release_history_forget(struct release_history *h, const char *secret);

/* Borrowed from `h`, NULL when there is none. */
const struct release_revision *release_history_newest(const struct release_history *h);
/* The last one whose status is deployed (storage.Deployed); damaged ones do not count. */
const struct release_revision *release_history_deployed(const struct release_history *h);
/* What the next revision follows: the deployed one. When there is none, because a run was cut after
 * it had been superseded or a rollback failed, the last superseded one since an uninstall. */
const struct release_revision *release_history_base(const struct release_history *h);
/* Whether objects of that revision may be in the cluster: the base, and what was begun after it and
 * not uninstalled. */
bool release_history_is_live(const struct release_history *h, const struct release_revision *r);
/* Whether a next revision is an upgrade to templates and hooks (.Release.IsUpgrade): there is one to
 * follow, and the newest is not uninstalled with its history kept. Where all that was begun came to
 * no end, the next is an install over it, as helm install --replace does (availableName in
 * pkg/action/install.go): a chart's install may be what the objects of a half one need. */
bool release_history_is_upgrade(const struct release_history *h);
/* The number of the next revision, from 1. */
int release_history_next(const struct release_history *h);
/* Whether that revision becomes superseded once the next one is deployed: all that are deployed (a
 * cut run may have left two), and as Helm does the newest when it is uninstalled, or failed while
 * none is deployed and there is one to follow. */
bool release_history_is_superseded(const struct release_history *h,
                                   const struct release_revision *r);

/* Where Helm cannot go on either, an error: the newest record is damaged, so its number is taken
 * and what it holds unknown. Damaged older ones, which Helm passes over without a word, are named
 * in `ret_warnings`, as are odd ones and those left unread past RELEASE_MAX_UNFINISHED. */
int release_history_check(const struct release_history *h, struct strlist *ret_warnings,
                          struct error **err) MC_WARN_UNUSED;

/* The revisions to delete before one more is written, oldest first, so that `limit` remain
 * (storage.removeLeastRecent); never the deployed one. limit < 1: none. `out` has room for
 * h->count; returns how many. Helm does not count what it cannot read; here only damage that was
 * seen is not counted. Take it after the objects of live revisions were looked at: their manifests
 * go too. */
size_t release_history_excess(const struct release_history *h, int limit,
                              const struct release_revision **out);

MC_DEFINE_CLEANUP(release_history_cleanup, struct release_history, release_history_free);

#endif
