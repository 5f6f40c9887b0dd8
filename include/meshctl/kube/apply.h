/* Server-side apply (PATCH application/apply-patch+yaml, sent as JSON): what it would do, and doing
 * it. */
#ifndef MESHCTL_KUBE_APPLY_H
#define MESHCTL_KUBE_APPLY_H

#include "meshctl/kube/client.h"

/* Strings are borrowed. */
struct kube_apply_options {
    const char *field_manager; /* NULL: the client's */
    bool force;                /* take fields over from other managers */
    bool always; /* send the apply even when the live object shows that it is in vain */
    /* What field_manager owns by Update (client-side writes, as Helm 3's; no subresource) is taken
     * over into what it owns by Apply first, with one more request for each object that has such
     * fields: otherwise fields that the object no longer has would stay, and others be in conflict
     * with the manager's own name. As Helm 4 and kubectl do (client-go util/csaupgrade). Counts as
     * a change. */
    bool adopt_updates;
    bool untried; /* kube_compare_many: no dry run is asked for, so a change has no `after` */
    const char *default_namespace; /* for namespaced objects that name none; NULL: "default" */
};

/* ---- what it would do ---- */

enum kube_would {
    KUBE_WOULD_NOTHING,
    KUBE_WOULD_CREATE,
    KUBE_WOULD_CHANGE,
    KUBE_WOULD_CONFLICT, /* another manager owns what it would set */
    KUBE_WOULD_RECREATE, /* it would change what only another object in its place can have */
};

#define KUBE_MAX_CONFLICTS 1000 /* fields told of one object; more are left out */

struct kube_conflicts {
    struct kube_conflict {
        char *manager; /* "kubectl" */
        char *field;   /* `.webhooks[name="x"].failurePolicy` */
    } * items;
    size_t count;
    size_t cap;
};
void kube_conflicts_release(struct kube_conflicts *c);

/* All but `would` may be NULL; yours to release. */
struct kube_comparison {
    enum kube_would would;
    /* The object as it is; NULL when there is none, or it may not be read. Of one that shows by
     * itself that it would stay as it is: apiVersion, kind, metadata and status alone. */
    json_t *live;
    json_t *after; /* of a change: as the server would make it */
    struct kube_conflicts conflicts;
    /* Fields that keep another value than the object's, because a known runtime owns them (its
     * manager stands there); they are no part of the change. */
    struct kube_conflicts left_out;
    /* In words what an apply would be refused for, a conflict and what is immutable, too; of any
     * other `would` means nothing. */
    struct error *error;
};
/* Says for each object what kube_apply_many would do, without writing: the live object is read, and
 * where that does not show it, the server is asked by a dry run of the very same apply. An object
 * whose kind is not served yet, or whose namespace does not exist yet, would be created; what is to
 * be created is not tried. Where fields have to be adopted, `after` shows what would be set and not
 * which of the adopted fields would go.
 *
 * Returns -1 only when nothing could be asked (credentials, discovery) or it was cancelled; what
 * went wrong with single objects stands with them. A webhook that cannot be reached is an error at
 * once here. */
int kube_compare_many(struct kube_client *c, json_t *const *objects, size_t count,
                      const struct kube_apply_options *options, struct kube_comparison *comparisons,
                      struct error **err) MC_WARN_UNUSED;
void kube_comparisons_release(struct kube_comparison *comparisons, size_t count);

/* ---- doing it ---- */

enum kube_applied {
    KUBE_UNCHANGED, /* resourceVersion is what it was */
    KUBE_CREATED,
    KUBE_CHANGED,
};

/* The live object is read first: an apply that would change nothing (every value there, the same
 * manager owns exactly these fields) is not sent, which makes a second run cheap. Fields that a
 * known runtime owns in the live object (src/kube/runtime_fields.c has the table) are left out. The
 * objects must not depend on each other: a kind's CRD has to be established, a namespace to exist
 * before. `ret_applied` may be NULL. A conflict names the managers and fields. */
int kube_apply(struct kube_client *c, const json_t *object,
               const struct kube_apply_options *options, enum kube_applied *ret_applied,
               struct error **err) MC_WARN_UNUSED;

/* Applies independent objects many at once over the client's connections. One result an object. The
 * first error in order is returned too (and -1), after all have been tried. */
struct kube_apply_result {
    enum kube_applied applied;
    struct error *error; /* or NULL */
};
int kube_apply_many(struct kube_client *c, json_t *const *objects, size_t count,
                    const struct kube_apply_options *options, struct kube_apply_result *results,
                    struct error **err) MC_WARN_UNUSED;
/* The same after kube_compare_many of these objects with these options: only what would be created
 * or changed is sent, nothing is read again, and each apply is bound to the object that was looked
 * at (its UID: one that was deleted or replaced meanwhile is ERROR_CONFLICT). What the comparison
 * had as error is the result's. */
int kube_apply_compared(struct kube_client *c, json_t *const *objects, size_t count,
                        const struct kube_apply_options *options,
                        const struct kube_comparison *comparisons,
                        struct kube_apply_result *results, struct error **err) MC_WARN_UNUSED;
void kube_apply_results_release(struct kube_apply_result *results, size_t count);

#endif
