/* A Kubernetes API client over one kept-alive set of connections. One thread at a time per client;
 * several clients for the same cluster are fine.
 *
 * Objects are json_t of the API's own shape. Server answers become errors: Status 401/403
 * ERROR_DENIED, 404 ERROR_NOT_FOUND, 409 ERROR_CONFLICT, others ERROR_REMOTE, no connection
 * ERROR_UNREACHABLE; message "CLUSTER: VERB KIND NS/NAME: reason", where "CLUSTER/KIND/NS/NAME",
 * http_status set. Texts from servers are cleaned of control characters.
 *
 * Retried here, with the client's retry deadline (src/kube/retry.c holds the table): 429 and 503
 * with Retry-After (any verb); a lost or refused connection, 502, 503, 504 and etcd leader changes
 * (reads, apply, delete: all idempotent; a server that never answered yet for 5 s only); 500
 * "failed calling webhook" (a webhook's pod that is not ready yet; all writes); an apply of a kind
 * whose path is not served yet (10 s). A TLS failure that has a hint stays as it is and is not
 * retried. A create whose answer was lost is looked for before it is tried again.
 *
 * Bodies that held a Secret are wiped when they are released. What is parsed out of them is not
 * (jansson cannot wipe its strings), nor what libcurl and a growing buffer copied on the way. */
#ifndef MESHCTL_KUBE_CLIENT_H
#define MESHCTL_KUBE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/cancel.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/kubeconfig.h"
#include "meshctl/net/http.h"

struct kube_client;

/* Bytes of one object, sent or answered: etcd takes 1.5 MiB. */
#define KUBE_MAX_OBJECT ((size_t)16 * 1024 * 1024)
/* Bytes of one page of a collection. */
#define KUBE_MAX_PAGE JSON_MAX_TEXT
#define KUBE_PARALLEL_DEFAULT 16 /* requests under way at once in kube_apply_many */

struct kube_client_options {
    const char *name;           /* the mesh's name of the cluster, first word of every error */
    struct cancel *cancel;      /* borrowed; may be NULL */
    int64_t request_timeout_ms; /* 0: 60 s */
    int64_t deadline_ms;        /* no request or retry lasts past it, but each gets 1 s; 0: none */
    int64_t retry_for_ms;       /* how long transient failures are retried; 0: 60 s; -1: never */
    const char *field_manager;  /* default manager of applies; NULL: "meshctl" */
    size_t parallel;            /* 0: KUBE_PARALLEL_DEFAULT */
    bool no_input;              /* nobody may be asked, even where there is a terminal */
    /* Told of each Warning header once per text, that the server's certificate is not checked, and of what an exec plug-in that does not have the
     * terminal says on its standard error; may be NULL. */
    void (*on_warning)(void *ctx, const char *cluster, const char *text);
    /* Told when a request is tried again and why ("failed calling webhook ..."); may be NULL. */
    void (*on_retry)(void *ctx, const char *cluster, const char *reason);
    void *ctx;
};

/* `config` is borrowed for the client's life. Connects lazily. */
int kube_client_new(const struct kube_config *config, const struct kube_client_options *options,
                    struct kube_client **ret_client, struct error **err) MC_WARN_UNUSED;
void kube_client_free(struct kube_client *c);
/* The deadline from now on; 0: none. */
void kube_client_set_deadline(struct kube_client *c, int64_t deadline_ms);
const char *kube_client_name(const struct kube_client *c);
const struct kube_config *kube_client_config(const struct kube_client *c);
/* How many requests it has sent, bytes of bodies received; for reports and benches. */
uint64_t kube_client_requests(const struct kube_client *c);
uint64_t kube_client_received(const struct kube_client *c);

/* What the server is: GET /version. gitVersion untouched ("v1.29.3-gke.100"). */
struct kube_version {
    char *git_version;
    char *major;
    char *minor;
    bool has_clock;  /* it said what time it is */
    int64_t ahead_s; /* how far its clock is ahead of ours, to about a second */
};
int kube_server_version(struct kube_client *c, struct kube_version *ret_version, struct error **err)
    MC_WARN_UNUSED;
void kube_version_release(struct kube_version *v);

/* Names one object or one collection. namespace_ NULL or "" for cluster-scoped kinds (or all
 * namespaces when listing); `name` NULL when listing. Strings are borrowed. */
struct kube_ref {
    const char *api_version; /* "v1", "apps/v1" */
    const char *kind;        /* "Deployment" */
    const char *namespace_;
    const char *name;
};
/* The reference of an object in hand; borrowed from it. */
struct kube_ref kube_ref_of(const json_t *object);
/* "Deployment istio-system/istiod", "Namespace bookinfo"; yours to free. */
char *kube_ref_text_dup(const struct kube_ref *ref);

/* The kind's resource path comes from discovery (aggregated where the server has it, group by group
 * where not), asked once and again when a kind is unknown (CRDs just installed). An unknown kind is
 * ERROR_NOT_FOUND with helm's wording ("no matches for kind ..."). */
int kube_get(struct kube_client *c, const struct kube_ref *ref, json_t **ret_object,
             struct error **err) MC_WARN_UNUSED;
/* Like kube_get, but a missing object (or kind) is 0 with *ret_object NULL. */
int kube_get_opt(struct kube_client *c, const struct kube_ref *ref, json_t **ret_object,
                 struct error **err) MC_WARN_UNUSED;
/* Follows `continue`; the array of items, each with apiVersion and kind filled in. Selectors may be
 * NULL. */
int kube_list(struct kube_client *c, const struct kube_ref *ref, const char *label_selector,
              const char *field_selector, json_t **ret_items, struct error **err) MC_WARN_UNUSED;
/* Like kube_list, but of each item only apiVersion, kind and metadata: nobody's Secrets are
 * downloaded to see whose they are. */
int kube_list_metadata(struct kube_client *c, const struct kube_ref *ref,
                       const char *label_selector, const char *field_selector, json_t **ret_items,
                       struct error **err) MC_WARN_UNUSED;

/* The metadata of all objects of all kinds that can be listed: in a namespace, or (NULL) in the whole
 * cluster, cluster-scoped ones too; `label_selector` may be NULL. Left out are events and kinds that
 * only show others (Endpoints, ComponentStatus, metrics). Some 60 to 90 requests at once. What the user
 * may not list is ERROR_DENIED. */
int kube_list_contents(struct kube_client *c, const char *namespace_, const char *label_selector,
                       json_t **ret_items, struct error **err) MC_WARN_UNUSED;

/* One of many reads: of an object, or of a collection. Strings are borrowed while it is read. */
struct kube_read {
    struct kube_ref ref;
    bool is_list;               /* then of `ref` no name counts */
    const char *label_selector; /* of a collection; NULL: all of it */
    const char *field_selector; /* likewise */
    bool metadata_only;         /* as kube_list_metadata */
    bool is_spare;              /* one of many: that its server is down is an answer */
    /* What became of it: the object, or NULL when it or its kind does not exist; of a collection the
     * array of its items, as kube_list. Or an error. */
    json_t *found;
    struct error *error;
};
/* Reads all of them at once over the client's connections. Returns -1 only when nothing could be
 * asked (credentials, discovery) or it was cancelled; what went wrong with single ones stands with
 * them. */
int kube_read_many(struct kube_client *c, struct kube_read *reads, size_t count, struct error **err)
    MC_WARN_UNUSED;
void kube_reads_release(struct kube_read *reads, size_t count);

int kube_create(struct kube_client *c, const json_t *object, json_t **ret_object,
                struct error **err) MC_WARN_UNUSED;
/* PUT: replaces the whole object; without metadata.resourceVersion unconditionally. */
int kube_replace(struct kube_client *c, const json_t *object, json_t **ret_object,
                 struct error **err) MC_WARN_UNUSED;
/* Replaces an object that carries a resourceVersion, creates another one. For what is large: the answer
 * holds its metadata, and no more where the server knows that form. */
int kube_store(struct kube_client *c, const json_t *object, json_t **ret_head, struct error **err)
    MC_WARN_UNUSED;
/* Merge patch (RFC 7386). */
int kube_patch(struct kube_client *c, const struct kube_ref *ref, const json_t *patch,
               json_t **ret_object, struct error **err) MC_WARN_UNUSED;
/* The same of its subresource status. */
int kube_patch_status(struct kube_client *c, const struct kube_ref *ref, const json_t *patch,
                      json_t **ret_object, struct error **err) MC_WARN_UNUSED;
/* What becomes of the objects that have the deleted one as owner. */
enum kube_propagation {
    KUBE_BACKGROUND, /* deleted afterwards */
    KUBE_FOREGROUND, /* deleted before it */
    KUBE_ORPHAN,     /* they stay */
};
/* Strings are borrowed; all may be 0 or NULL. What was looked at before is named by its UID (and,
 * where its content matters, the resourceVersion): only that very object is deleted. */
struct kube_delete_options {
    const char *uid;
    const char *resource_version;
    enum kube_propagation propagation;
    bool dry_run; /* dryRun=All: nothing is deleted, rights and preconditions are looked at */
};
/* A missing object (or kind) is not an error; *ret_found (may be NULL) says whether there was one.
 * It is false as well when the answer to a first try was lost and the second found nothing. Another
 * object under the name than the options say is ERROR_CONFLICT. */
int kube_delete(struct kube_client *c, const struct kube_ref *ref,
                const struct kube_delete_options *options, bool *ret_found, struct error **err)
    MC_WARN_UNUSED;
/* Whether the server has a kind: "group/version" or "group/version/Kind"
 * as Helm's APIVersions.Has. */
int kube_has_api(struct kube_client *c, const char *name, bool *ret_has, struct error **err)
    MC_WARN_UNUSED;
/* Every "group/version" and "group/version/Kind" served,
 * sorted: Helm's .Capabilities.APIVersions. */
int kube_api_versions(struct kube_client *c, struct strlist *out, struct error **err)
    MC_WARN_UNUSED;

/* Where objects of a kind live, by discovery (asked once; again when a CRD was written). */
enum kube_scope {
    KUBE_SCOPE_UNSERVED, /* the server has no such kind */
    KUBE_SCOPE_NAMESPACED,
    KUBE_SCOPE_CLUSTER,
};
int kube_scope_of(struct kube_client *c, const char *api_version, const char *kind,
                  enum kube_scope *ret_scope, struct error **err) MC_WARN_UNUSED;

/* One thing that somebody may or may not do. Strings are borrowed; NULL is "". */
struct kube_right {
    const char *verb;        /* "create" */
    const char *group;       /* "apps" */
    const char *resource;    /* "deployments" */
    const char *subresource; /* "portforward" */
    const char *namespace_;  /* NULL: in all of them, or cluster-scoped */
    const char *name;        /* NULL: whatever its name */
};
/* The right to do `verb` to an object of that kind in that namespace (NULL: where it is). False when
 * the server has no such kind. Strings are borrowed from `ref` and from the client until its next
 * discovery. */
bool kube_right_of(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   struct kube_right *ret_right);
/* Asks for all of them at once (SelfSubjectAccessReview), or with one request where everything is
 * allowed. ret_allowed[i] belongs to rights[i]. A review that fails is an error: what cannot be
 * asked is not known to be missing. */
int kube_can_many(struct kube_client *c, const struct kube_right *rights, size_t count,
                  bool *ret_allowed, struct error **err) MC_WARN_UNUSED;
/* The same, for those who only need the texts of what is missing: added to `missing`. */
int kube_missing_rights(struct kube_client *c, const struct kube_right *rights, size_t count,
                        struct strlist *missing, struct error **err) MC_WARN_UNUSED;
/* "create deployments.apps in istio-system", "create pods/portforward in x"; yours to free. */
char *kube_right_text_dup(const struct kube_right *right);

MC_DEFINE_CLEANUP(kube_client_cleanup, struct kube_client, kube_client_free);

#endif
