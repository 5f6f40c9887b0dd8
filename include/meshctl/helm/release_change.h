/* What a record goes through (pkg/action/{install,upgrade,rollback,uninstall}.go, the same in 3.22
 * and 4.3), and what is refused before the first of it. Pure: the caller writes each record after
 * the change, bound to its resourceVersion.
 *
 *     up    release_new -> release_follow -> [create] -> ... -> release_deployed | release_failed
 *     then  release_superseded of each that release_history_is_superseded
 *     down  release_uninstalling of the newest -> [write] -> ... -> delete every record
 *
 * Helm takes a pending record for a lock and none for a crash: it stays locked until a rollback or
 * an uninstall. Ours carries its holder (release->holder, an annotation that Helm never copies), so
 * a run that holds the cluster's lease knows that the holder is gone: it marks that record failed
 * with release_interrupted and begins another revision. The cut one is not written over: its
 * manifest says what there may be to delete. */
#ifndef MESHCTL_HELM_RELEASE_CHANGE_H
#define MESHCTL_HELM_RELEASE_CHANGE_H

#include "meshctl/helm/release_history.h"

#define RELEASE_MAX_REASON ((size_t)4096) /* bytes of an error in a description */

/* Makes a new record the one that comes after those of `h`, pending-install or pending-upgrade in
 * Helm's words. An upgrade has first_deployed of what it follows and the newest one's labels; an
 * install over what was uninstalled, or never deployed (helm install --replace), only goes on
 * counting. */
void release_follow(struct release *r, const struct release_history *h);
/* "Install complete" or "Upgrade complete"; a rollback's description stays. Drops the holder. */
void release_deployed(struct release *r);
/* Whether a deployed record was rendered as an install: the first one, or one over what had never
 * been deployed or been uninstalled. */
bool release_was_install(const struct release *r);
/* `Release "NAME" failed: WHY`, `Upgrade ...` or `Rollback ...`, by what was pending; `why` is
 * cleaned and cut at RELEASE_MAX_REASON. Drops the holder. */
void release_failed(struct release *r, const char *why);
/* As release_failed with what Helm writes after Ctrl-C: "context canceled". */
void release_interrupted(struct release *r);
void release_superseded(struct release *r);
/* "Deletion in progress (or silently failed)", and when. */
void release_uninstalling(struct release *r, const char *holder);
/* "Uninstallation complete": only where the history is kept; else the records are deleted. */
void release_uninstalled(struct release *r);

enum release_lock {
    RELEASE_LOCK_FREE,
    RELEASE_LOCK_OURS,  /* a run of meshctl; it is gone when its lease is: release_interrupted */
    RELEASE_LOCK_THEIRS /* Helm, or what works like it: not to be touched */
};
/* Of the newest record. `ret_holder`: who, "" when unknown; `ret_since`: RFC 3339, "" when unknown;
 * both borrowed from `h`, either may be NULL. */
enum release_lock release_lock_of(const struct release_history *h, const char **ret_holder,
                                  const char **ret_since);
/* ERROR_CONFLICT for RELEASE_LOCK_THEIRS: what is under way since when, and how it ends. */
int release_check_lock(const struct release_history *h, struct error **err) MC_WARN_UNUSED;

/* ERROR_CONFLICT when the newest record is of another chart: what it made would be deleted. A
 * release that was uninstalled with its history kept is no hindrance. */
int release_check_chart(const struct release_history *h, const char *chart, struct error **err)
    MC_WARN_UNUSED;
/* ERROR_REFUSED when the base is of a later version of the chart. Versions that are not semantic,
 * which Helm makes none of, are not compared. */
int release_check_downgrade(const struct release_history *h, const char *version,
                            struct error **err) MC_WARN_UNUSED;

#endif
