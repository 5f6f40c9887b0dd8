/* The objects of manifests as Helm tells them apart (pkg/kube/resource.go), what of an earlier
 * revision is not wanted any more (pkg/kube/client.go update), and the order of an uninstall
 * (pkg/action/uninstall.go). The same in 3.22 and 4.3 where nothing else is said. Pure. */
#ifndef MESHCTL_HELM_RELEASE_OBJECTS_H
#define MESHCTL_HELM_RELEASE_OBJECTS_H

#include "meshctl/helm/release_history.h"

#define RELEASE_MAX_OBJECTS ((size_t)20000) /* of all live revisions together */
#define RELEASE_MAX_LIST_DEPTH 8            /* lists in lists */

enum release_scope {
    RELEASE_SCOPE_NAMESPACED,
    RELEASE_SCOPE_CLUSTER,
    RELEASE_SCOPE_UNSERVED, /* the server has no such kind: there are no such objects */
};
/* Tells the scope of a kind, from discovery and from CRDs about to be made. One answer a kind and
 * run, else an object would be taken for two. */
struct release_scopes {
    int (*ask)(void *ctx, const char *api_version, const char *kind, enum release_scope *ret_scope,
               struct error **err);
    void *ctx;
};

enum release_policy { /* helm.sh/resource-policy in the manifest */
                      RELEASE_POLICY_NONE,
                      RELEASE_POLICY_KEEP,
                      RELEASE_POLICY_OTHER, /* an uninstall leaves these too, without a word */
};

struct release_object {
    json_t *object; /* of a record's no more than its identity: content may be large */
    const char *api_version, *kind, *name; /* borrowed from the object */
    const char *namespace_;                /* NULL when the kind is cluster-scoped */
    enum release_scope scope;
    enum release_policy policy;
    int version; /* of the revision whose manifest it is from; 0: of none */
    char *key;   /* identity: group, kind, namespace and name, not the version of the API */
};

struct release_objects {
    struct release_object *items;
    size_t count, cap;
    json_t *seen; /* keys */
};
#define RELEASE_OBJECTS_INIT                                                                       \
    {                                                                                              \
        0                                                                                          \
    }

/* Adds the object, a list's items one by one, each of which gets `namespace_` as its
 * metadata.namespace when its kind is namespaced and it names none: this is the one place where
 * that is settled, for what is wanted and for what was. The object itself is changed and its
 * reference counted. Left out: what is there already, and what has no kind or no name (generateName
 * makes another object each time). ERROR_INPUT past the limits; errors of `scopes`. */
int release_objects_add(struct release_objects *l, json_t *object, const char *namespace_,
                        const struct release_scopes *scopes, struct error **err) MC_WARN_UNUSED;
/* Of a chart: the objects of its manifest, as copies that share content with what was rendered and
 * have metadata of their own; hooks and crds/ are not of a release's objects. */
int release_objects_add_rendered(struct release_objects *l, const struct chart_rendered *rendered,
                                 const char *namespace_, const struct release_scopes *scopes,
                                 struct error **err) MC_WARN_UNUSED;
/* Of a record. ERROR_INPUT when its manifest is no YAML, as Helm refuses to go on then. */
int release_objects_add_record(struct release_objects *l, const struct release *record,
                               const struct release_scopes *scopes, struct error **err)
    MC_WARN_UNUSED;
/* Of all live revisions of the history that were read, the newer text where two have the object.
 * `newest` (may be NULL): objects known to be those of the newest one's manifest, which is then not
 * read again. */
int release_objects_add_history(struct release_objects *l, const struct release_history *h,
                                const struct release_objects *newest,
                                const struct release_scopes *scopes, struct error **err)
    MC_WARN_UNUSED;
bool release_objects_has(const struct release_objects *l, const struct release_object *object);
/* Takes out what is in `wanted`; what remains is to be deleted. An object that went over to another
 * API group (Ingress) is another one by identity but the same in the cluster: before a delete,
 * compare the live UID with those of the wanted ones. */
void release_objects_subtract(struct release_objects *l, const struct release_objects *wanted);
/* UninstallOrder. */
void release_objects_sort_uninstall(struct release_objects *l, int helm_major);
void release_objects_release(struct release_objects *l);

enum release_fate {
    RELEASE_FATE_DELETE,  /* with live.metadata.uid as its condition */
    RELEASE_FATE_GONE,    /* nothing is there */
    RELEASE_FATE_KEPT,    /* by its resource policy */
    RELEASE_FATE_FOREIGN, /* another owner has it, or none */
};
/* What becomes of an object that is not wanted any more; `live` NULL when the server has none. An
 * upgrade goes by the live object's annotation, which is "keep" to the letter; an uninstall by the
 * manifest's, trimmed and in any case, and here by the live one too. Helm looks at the owner only
 * in 4's uninstall, where what is foreign stays, with a warning; here always. `ret_why` (or NULL)
 * gets the reason of FOREIGN, yours to free. */
enum release_fate release_fate_of(const struct release_object *object, const json_t *live,
                                  const char *release, const char *namespace_, bool is_uninstall,
                                  struct error **ret_why);

#define AUTO_RELEASE_OBJECTS MC_CLEANUP(release_objects_release) struct release_objects

#endif
