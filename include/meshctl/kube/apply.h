/* Server-side apply (PATCH application/apply-patch+yaml, sent as JSON). */
#ifndef MESHCTL_KUBE_APPLY_H
#define MESHCTL_KUBE_APPLY_H

#include "meshctl/kube/client.h"

enum kube_applied {
    KUBE_UNCHANGED, /* resourceVersion is what it was */
    KUBE_CREATED,
    KUBE_CHANGED,
};

struct kube_apply_options {
    const char *field_manager; /* NULL: the client's */
    bool force;                /* take fields over from other managers */
    bool dry_run;              /* dryRun=All: nothing is written */
    bool always; /* send the apply even when the live object shows that it is in vain */
    /* What field_manager owns by Update (client-side writes, as Helm 3's; no subresource) is taken
     * over into what it owns by Apply first, with one more request for each object that has such
     * fields: otherwise fields that the object no longer has would stay, and others be in conflict
     * with the manager's own name. As Helm 4 and kubectl do (client-go util/csaupgrade). Counts as
     * a change. A dry run forces such objects and shows only what is set, not what goes. */
    bool adopt_updates;
    const char *default_namespace; /* for namespaced objects that name none; NULL: "default" */
};

/* The live object is read first: an apply that would change nothing (every value there, the same
 * manager owns exactly these fields) is not sent, which makes a second run cheap. The objects must
 * not depend on each other: a kind's CRD has to be established, a namespace to exist before.
 *
 * `ret_live` (may be NULL) gets the object as the server has it now. A conflict names the managers
 * and fields. */
int kube_apply(struct kube_client *c, const json_t *object,
               const struct kube_apply_options *options, enum kube_applied *ret_applied,
               json_t **ret_live, struct error **err) MC_WARN_UNUSED;

/* Applies independent objects many at once over the client's connections. One result an object. The
 * first error in order is returned too (and -1), after all have been tried. */
struct kube_apply_result {
    enum kube_applied applied;
    json_t *live;        /* or NULL on error */
    struct error *error; /* or NULL */
};
int kube_apply_many(struct kube_client *c, json_t *const *objects, size_t count,
                    const struct kube_apply_options *options, struct kube_apply_result *results,
                    struct error **err) MC_WARN_UNUSED;
void kube_apply_results_release(struct kube_apply_result *results, size_t count);

#endif
