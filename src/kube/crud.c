/* Single objects: get, create, replace, patch, delete. */
#include "client_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "ref.h"

/* How often a create is sent whose answers are lost. */
#define MAX_CREATES 3

/* The path of the object, or with `collection` of what holds it. A missing kind gives *ret_path
 * NULL unless `required`. */
static int path_of(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   bool collection, bool required, char **ret_path, struct error **err)
{
    const struct kube_kind *kind;
    *ret_path = NULL;
    if (!collection && (!ref->name || !*ref->name)) {
        error_set(err, ERROR_INTERNAL, "an object without name");
        return kube_error_ref(c, verb, ref, err);
    }
    if (kube_kind_find(c, required ? verb : NULL, ref, &kind, err) < 0)
        return -1;
    if (!kind)
        return 0;
    AUTO_BUF path = BUF_INIT;
    const char *namespace_ = ref->namespace_ && *ref->namespace_ ? ref->namespace_ : "default";
    kube_ref_path(&path, kind, namespace_, collection ? NULL : ref->name);
    *ret_path = buf_detach(&path, NULL);
    return 0;
}

static int get(struct kube_client *c, const struct kube_ref *ref, bool optional,
               json_t **ret_object, struct error **err)
{
    AUTO_FREE char *path = NULL;
    *ret_object = NULL;
    if (path_of(c, "get", ref, false, !optional, &path, err) < 0)
        return -1;
    if (!path)
        return 0;
    struct kube_call call = {.verb = "get",
                             .path = path,
                             .ref = ref,
                             .flags = KUBE_CALL_IDEMPOTENT | (optional ? KUBE_CALL_OPTIONAL : 0U)};
    return kube_call_json(c, &call, ret_object, err);
}

int kube_get(struct kube_client *c, const struct kube_ref *ref, json_t **ret_object,
             struct error **err)
{
    return get(c, ref, false, ret_object, err);
}

int kube_get_opt(struct kube_client *c, const struct kube_ref *ref, json_t **ret_object,
                 struct error **err)
{
    return get(c, ref, true, ret_object, err);
}

/* Sends a request with a JSON body and takes the answered object. */
static int send_json(struct kube_client *c, struct kube_call *call, const json_t *value,
                     json_t **ret_object, struct error **err)
{
    AUTO_SECRET_BUF body = BUF_INIT_MAX(KUBE_MAX_OBJECT);
    json_auto_t *answer = NULL;
    json_write(&body, value, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    call->body = buf_str(&body);
    call->body_len = body.len;
    if (kube_call_json(c, call, &answer, err) < 0)
        return -1;
    if (ret_object)
        *ret_object = TAKE(answer);
    return 0;
}

/* Whether the request may have reached the server. */
static bool is_lost(const struct error *e)
{
    return (e->kind == ERROR_UNREACHABLE || e->kind == ERROR_TIMEOUT) && e->http_status == 0;
}

static int create(struct kube_client *c, const struct kube_ref *ref, const json_t *object,
                  const char *accept, json_t **ret_object, struct error **err)
{
    AUTO_FREE char *path = NULL;
    if (path_of(c, "create", ref, true, true, &path, err) < 0)
        return -1;
    AUTO_BUF query = BUF_INIT;
    buf_appends(&query, path);
    kube_query_add(&query, "fieldManager", c->field_manager);
    struct kube_call call = {.verb = "create",
                             .method = "POST",
                             .path = buf_str(&query),
                             .accept = accept,
                             .ref = ref,
                             .flags = KUBE_CALL_WRITES};
    return send_json(c, &call, object, ret_object, err);
}

/* The live value has all that was sent: servers add to objects, but change nothing in them. */
static bool holds(const json_t *live, const json_t *sent)
{
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_object(sent)) {
        json_object_foreach((json_t *)sent, key, value) {
            if (!holds(json_object_get(live, key), value))
                return false;
        }
        return json_is_object(live);
    }
    if (!json_is_array(sent) || json_array_size(live) != json_array_size(sent))
        return json_same(live, sent);
    json_array_foreach(sent, i, value) {
        if (!holds(json_array_get(live, i), value))
            return false;
    }
    return true;
}

/* After a create whose answer was lost: *ret_live is the object if it was done after all. -1 when
 * that cannot be seen. */
static int look_for_created(struct kube_client *c, const struct kube_ref *ref, const json_t *object,
                            json_t **ret_live)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *live = NULL;
    if (!ref->name || kube_get_opt(c, ref, &live, &ignored) < 0)
        return -1;
    if (live && holds(live, object))
        *ret_live = TAKE(live);
    return 0;
}

static int create_surely(struct kube_client *c, const json_t *object, const char *accept,
                         json_t **ret_object, struct error **err)
{
    struct kube_ref ref = kube_ref_of(object);
    json_auto_t *live = NULL;
    bool lost = false;
    for (int tries = 1; !live; tries++) {
        AUTO_ERROR struct error *why = NULL;
        if (create(c, &ref, object, accept, &live, &why) == 0)
            break;
        bool again = is_lost(why) && c->options.retry_for_ms > 0;
        lost = lost || again;
        if (lost && look_for_created(c, &ref, object, &live) < 0)
            again = false;
        if (!live && (!again || tries == MAX_CREATES)) {
            *err = TAKE(why);
            return -1;
        }
    }
    if (ret_object)
        *ret_object = TAKE(live);
    return 0;
}

int kube_create(struct kube_client *c, const json_t *object, json_t **ret_object,
                struct error **err)
{
    return create_surely(c, object, NULL, ret_object, err);
}

static int replace(struct kube_client *c, const json_t *object, const char *accept,
                   json_t **ret_object, struct error **err)
{
    struct kube_ref ref = kube_ref_of(object);
    AUTO_FREE char *path = NULL;
    if (path_of(c, "replace", &ref, false, true, &path, err) < 0)
        return -1;
    AUTO_BUF query = BUF_INIT;
    buf_appends(&query, path);
    kube_query_add(&query, "fieldManager", c->field_manager);
    /* With a resourceVersion the second of two equal requests would be a conflict. */
    bool bound = json_dig(object, "metadata", "resourceVersion", NULL) != NULL;
    struct kube_call call = {.verb = "replace",
                             .method = "PUT",
                             .path = buf_str(&query),
                             .accept = accept,
                             .ref = &ref,
                             .flags = KUBE_CALL_WRITES | (bound ? 0U : KUBE_CALL_IDEMPOTENT)};
    return send_json(c, &call, object, ret_object, err);
}

int kube_replace(struct kube_client *c, const json_t *object, json_t **ret_object,
                 struct error **err)
{
    return replace(c, object, NULL, ret_object, err);
}

int kube_store(struct kube_client *c, const json_t *object, json_t **ret_head, struct error **err)
{
    static const char accept[] = KUBE_ACCEPT_METADATA("PartialObjectMetadata");
    bool bound = json_dig(object, "metadata", "resourceVersion", NULL) != NULL;
    return bound ? replace(c, object, accept, ret_head, err)
                 : create_surely(c, object, accept, ret_head, err);
}

static int patch_part(struct kube_client *c, const struct kube_ref *ref, const char *part,
                      const json_t *patch, json_t **ret_object, struct error **err)
{
    AUTO_FREE char *path = NULL;
    if (path_of(c, "patch", ref, false, true, &path, err) < 0)
        return -1;
    AUTO_BUF query = BUF_INIT;
    buf_appendf(&query, "%s%s", path, part);
    kube_query_add(&query, "fieldManager", c->field_manager);
    bool bound = json_dig(patch, "metadata", "resourceVersion", NULL) != NULL;
    struct kube_call call = {.verb = "patch",
                             .method = "PATCH",
                             .path = buf_str(&query),
                             .content_type = "application/merge-patch+json",
                             .ref = ref,
                             .flags = KUBE_CALL_WRITES | (bound ? 0U : KUBE_CALL_IDEMPOTENT)};
    return send_json(c, &call, patch, ret_object, err);
}

int kube_patch(struct kube_client *c, const struct kube_ref *ref, const json_t *patch,
               json_t **ret_object, struct error **err)
{
    return patch_part(c, ref, "", patch, ret_object, err);
}

int kube_patch_status(struct kube_client *c, const struct kube_ref *ref, const json_t *patch,
                      json_t **ret_object, struct error **err)
{
    return patch_part(c, ref, "/status", patch, ret_object, err);
}

static json_t *delete_body(const struct kube_delete_options *o)
{
    static const char *const propagation[] = {
        [KUBE_BACKGROUND] = "Background",
        [KUBE_FOREGROUND] = "Foreground",
        [KUBE_ORPHAN] = "Orphan",
    };
    json_t *body = json_object();
    json_put(body, json_string("v1"), "apiVersion", NULL);
    json_put(body, json_string("DeleteOptions"), "kind", NULL);
    json_put(body, json_string(propagation[o->propagation]), "propagationPolicy", NULL);
    if (o->uid)
        json_put(body, json_string(o->uid), "preconditions", "uid", NULL);
    if (o->resource_version)
        json_put(body, json_string(o->resource_version), "preconditions", "resourceVersion", NULL);
    if (o->dry_run)
        json_put(body, json_pack("[s]", "All"), "dryRun", NULL);
    return body;
}

int kube_delete(struct kube_client *c, const struct kube_ref *ref,
                const struct kube_delete_options *options, bool *ret_found, struct error **err)
{
    static const struct kube_delete_options none;
    const struct kube_delete_options *o = options ? options : &none;
    AUTO_FREE char *path = NULL;
    json_auto_t *body = delete_body(o);
    json_auto_t *answer = NULL;
    if (ret_found)
        *ret_found = false;
    if (path_of(c, "delete", ref, false, false, &path, err) < 0)
        return -1;
    if (!path)
        return 0;
    /* The first of two equal requests may change the version (an object with finalizers stays,
     * marked as deleted), which the second would take for somebody else's change. */
    struct kube_call call = {.verb = "delete",
                             .method = "DELETE",
                             .path = path,
                             .ref = ref,
                             .flags =
                                 KUBE_CALL_WRITES | KUBE_CALL_OPTIONAL |
                                 (o->resource_version ? KUBE_CALL_BOUND : KUBE_CALL_IDEMPOTENT)};
    if (send_json(c, &call, body, &answer, err) < 0)
        return -1;
    if (ret_found)
        *ret_found = answer != NULL;
    return 0;
}
