/* Hooks as Helm runs them (pkg/action/hooks.go, the same in 3.22 and 4.3), and crds/ as Helm
 * installs them (pkg/action/install.go installCRDs). Pure: making, waiting and deleting are the
 * caller's:
 *
 *     for each of release_hooks(record, event):
 *         delete_before: delete it and wait until it is gone, when release_hook_is_ours
 *         release_hook_started, write the record
 *         create its objects (a create: one that is there is an error), is_job: wait for its end
 *         release_hook_ended; when it failed: delete_failed of it, delete_succeeded of those before
 *         it, and the step fails
 *     then, backwards: delete_succeeded
 */
#ifndef MESHCTL_HELM_RELEASE_HOOKS_H
#define MESHCTL_HELM_RELEASE_HOOKS_H

#include "meshctl/helm/release.h"

struct release_hook {
    size_t index;                   /* in the record's hooks */
    const char *name, *kind, *path; /* borrowed from the record */
    int64_t weight;
    json_t *objects; /* of its manifest */
    bool is_job;     /* Job or Pod: runs to its end; all else is done once it is made */
    bool delete_before, delete_succeeded, delete_failed; /* never a CustomResourceDefinition */
};

struct release_hooks {
    struct release_hook *items;
    size_t count;
};

/* Those of one event ("pre-install", ...) in the order in which they run: by weight, then by name,
 * then as the record has them, which is the install order of their kinds. A hook without a delete
 * policy has before-hook-creation. ERROR_INPUT: a manifest that is no YAML, or an object without
 * apiVersion, kind or name. */
int release_hooks_of(const struct release *r, const char *event, struct release_hooks *ret_hooks,
                     struct error **err) MC_WARN_UNUSED;
void release_hooks_release(struct release_hooks *hooks);

/* Before anything is written: whether all hooks that up and down run (install, upgrade, delete) can
 * be run, else ERROR_INPUT as above, with which. `ret_warnings` gets what is passed over: logs that
 * a hook wants shown, which Helm does for Jobs and Pods. Tests and rollbacks are not run. */
int release_hooks_check(const struct release *r, struct strlist *ret_warnings, struct error **err)
    MC_WARN_UNUSED;

/* last_run in the record, as `helm status` shows it: begun now, phase Running; ended now. */
void release_hook_started(struct release *r, size_t index);
void release_hook_ended(struct release *r, size_t index, bool succeeded);

/* Whether a live object with a hook's name may be deleted before the hook is made anew. Helm asks
 * nobody and marks no owner on hooks. Here it has to be a hook itself, and not another release's.
 * */
bool release_hook_is_ours(const json_t *live, const char *release, const char *namespace_);

/* The objects of crds/, in order, to be made one by one before anything is asked about the server's
 * APIs, and waited for until Established. Only for a first install; what exists is left as it is,
 * and nothing of it is ever changed or deleted. ERROR_INPUT: "failed to install CRD FILE: ...". */
int release_crds(const struct chart_rendered *rendered, json_t **ret_objects, struct error **err)
    MC_WARN_UNUSED;

#define AUTO_RELEASE_HOOKS MC_CLEANUP(release_hooks_release) struct release_hooks

#endif
