/* The verbs on objects, as kube-apiserver answers them (apiserver pkg/endpoints/handlers). */
#include "fakeapi_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

struct request {
    struct fakeapi_store *store;
    const struct test_request *http;
    const struct fakeapi_place *place;
    const char *query;
    struct fakeapi_kind kind;
    char *path; /* of the object, or of the collection */
    bool dry_run;
    struct fakeapi_answer *answer;
};

void fakeapi_answer_status(struct fakeapi_answer *a, int code, const char *reason, const char *fmt,
                           ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *message = mem_vprintf(fmt, ap);
    va_end(ap);
    a->status = code;
    a->json = json_pack("{s:s,s:s,s:{},s:s,s:s,s:s,s:i}", "kind", "Status", "apiVersion", "v1",
                        "metadata", "status", code < 300 ? "Success" : "Failure", "message",
                        message, "reason", reason, "code", code);
}

/* The form of apiserver pkg/endpoints/handlers/response.go: who asks for it gets metadata alone. */
static bool wants_metadata(const struct request *q, const char *form)
{
    AUTO_FREE char *as = mem_printf("as=%s;v=v1;g=meta.k8s.io", form);
    const char *accept = test_request_header(q->http, "Accept");
    return accept && strstr(accept, as) != NULL;
}

static json_t *partial_new(const json_t *object)
{
    return json_pack("{s:s,s:s,s:O}", "kind", "PartialObjectMetadata", "apiVersion",
                     "meta.k8s.io/v1", "metadata", json_object_get(object, "metadata"));
}

static void answer_object(struct request *q, int status, json_t *object)
{
    q->answer->status = status;
    q->answer->json =
        wants_metadata(q, "PartialObjectMetadata") ? partial_new(object) : json_deep_copy(object);
}

static void answer_missing(struct request *q)
{
    fakeapi_answer_status(q->answer, 404, "NotFound", "%s%s%s \"%s\" not found", q->place->plural,
                          *q->place->group ? "." : "", q->place->group, q->place->name);
}

static json_t *read_body(struct request *q)
{
    json_error_t e;
    json_t *body = json_loadb(buf_str(&q->http->body), q->http->body.len, 0, &e);
    if (json_is_object(body))
        return body;
    json_decref(body);
    fakeapi_answer_status(q->answer, 400, "BadRequest", "the body is no JSON object: %s", e.text);
    return NULL;
}

/* Writes, or shows what would be written. Takes over `object`. */
static void write_object(struct request *q, int status, json_t *object)
{
    if (q->dry_run) {
        struct fakeapi_store trial = {.objects = json_copy(q->store->objects),
                                      .version = q->store->version,
                                      .lifeless = true};
        json_t *version = json_incref(json_dig(json_object_get(q->store->objects, q->path),
                                               "metadata", "resourceVersion", NULL));
        answer_object(q, status, fakeapi_store_set(&trial, q->path, object));
        fakeapi_store_release(&trial);
        /* A dry run gives out no version. */
        json_object_del(json_object_get(q->answer->json, "metadata"), "resourceVersion");
        if (version)
            json_put(q->answer->json, version, "metadata", "resourceVersion", NULL);
        return;
    }
    answer_object(q, status, fakeapi_store_set(q->store, q->path, object));
}

/* Fills in what the path says; false (with an answer) when the namespace is not there. */
static bool place_object(struct request *q, json_t *object)
{
    if (!q->place->ns)
        return true;
    AUTO_FREE char *path = mem_printf("/api/v1/namespaces/%s", q->place->ns);
    json_put(object, json_string(q->place->ns), "metadata", "namespace", NULL);
    if (json_object_get(q->store->objects, path))
        return true;
    fakeapi_answer_status(q->answer, 404, "NotFound", "namespaces \"%s\" not found", q->place->ns);
    return false;
}

/* ---- reading ---- */

static json_t *item_new(const json_t *object, bool partial)
{
    if (partial)
        return partial_new(object);
    /* Items of a list carry no kind of their own. */
    json_t *copy = json_deep_copy(object);
    json_object_del(copy, "kind");
    json_object_del(copy, "apiVersion");
    return copy;
}

static void answer_list(struct request *q)
{
    AUTO_FREE char *version = mem_printf("%ld", q->store->version);
    AUTO_FREE char *limit_text = fakeapi_query_dup(q->query, "limit");
    AUTO_FREE char *start_text = fakeapi_query_dup(q->query, "continue");
    size_t limit = limit_text ? strtoul(limit_text, NULL, 10) : 0;
    size_t start = start_text ? strtoul(start_text, NULL, 10) : 0, seen = 0;
    bool partial = wants_metadata(q, "PartialObjectMetadataList");
    json_t *items = json_array();
    const char *path;
    json_t *object;
    json_object_foreach(q->store->objects, path, object) {
        if (!fakeapi_store_selects(path, object, q->place, q->query) || seen++ < start)
            continue;
        if (limit && json_array_size(items) == limit)
            break;
        json_array_append_new(items, item_new(object, partial));
    }
    AUTO_FREE char *kind = mem_printf("%sList", partial ? "PartialObjectMetadata" : q->kind.kind);
    AUTO_FREE char *api =
        partial ? mem_strdup("meta.k8s.io/v1")
                : mem_printf("%s%s%s", q->kind.group, *q->kind.group ? "/" : "", q->kind.version);
    json_t *metadata = json_pack("{s:s}", "resourceVersion", version);
    if (limit && seen > start + limit) {
        AUTO_FREE char *next = mem_printf("%zu", start + limit);
        json_object_set_new(metadata, "continue", json_string(next));
    }
    q->answer->status = 200;
    q->answer->json = json_pack("{s:s,s:s,s:o,s:o}", "kind", kind, "apiVersion", api, "metadata",
                                metadata, "items", items);
}

static void do_get(struct request *q)
{
    if (!q->place->name) {
        answer_list(q);
        return;
    }
    json_t *object = json_object_get(q->store->objects, q->path);
    if (!object) {
        answer_missing(q);
    } else {
        answer_object(q, 200, object);
    }
}

/* ---- writing ---- */

static void do_post(struct request *q)
{
    json_t *object = read_body(q);
    if (!object)
        return;
    const char *name = json_dig_str(object, "metadata", "name", NULL);
    if (strcmp(q->kind.kind, "SelfSubjectAccessReview") == 0) {
        fakeapi_alive(object);
        q->answer->status = 201;
        q->answer->json = object;
        return;
    }
    if (!name || !place_object(q, object)) {
        if (!q->answer->json)
            fakeapi_answer_status(q->answer, 422, "Invalid", "metadata.name: Required value");
        json_decref(object);
        return;
    }
    AUTO_FREE char *path = mem_printf("%s/%s", q->path, name);
    if (json_object_get(q->store->objects, path)) {
        fakeapi_answer_status(q->answer, 409, "AlreadyExists", "%s \"%s\" already exists",
                              q->place->plural, name);
        json_decref(object);
        return;
    }
    free(q->path);
    q->path = TAKE(path);
    write_object(q, 201, object);
}

static void do_put(struct request *q)
{
    json_t *before = json_object_get(q->store->objects, q->path);
    if (!before) {
        answer_missing(q);
        return;
    }
    json_t *object = read_body(q);
    if (!object)
        return;
    const char *sent = json_dig_str(object, "metadata", "resourceVersion", NULL);
    if (sent && !text_equal(sent, json_dig_str(before, "metadata", "resourceVersion", NULL))) {
        fakeapi_answer_status(
            q->answer, 409, "Conflict",
            "Operation cannot be fulfilled on %s \"%s\": the object has been "
            "modified; please apply your changes to the latest version and try again",
            q->place->plural, q->place->name);
        json_decref(object);
        return;
    }
    if (place_object(q, object))
        write_object(q, 200, object);
    else
        json_decref(object);
}

/* As apiserver pkg/endpoints/handlers/patch.go has it, with structured-merge-diff's words. */
static json_t *apply(struct request *q, const json_t *before, const json_t *patch,
                     const char *manager)
{
    AUTO_FREE char *force = fakeapi_query_dup(q->query, "force");
    json_t *causes = NULL;
    json_t *object = fakeapi_apply(before, patch, manager, text_equal(force, "true"), &causes);
    if (object)
        return object;
    fakeapi_answer_status(q->answer, 409, "Conflict", "Apply failed with %zu conflict%s",
                          json_array_size(causes), json_array_size(causes) == 1 ? "" : "s");
    json_put(q->answer->json, causes, "details", "causes", NULL);
    return NULL;
}

/* A patch that names a UID or a resourceVersion is one of that object. */
static bool keeps_identity(struct request *q, const json_t *patch, const json_t *before)
{
    static const char *const keys[] = {"uid", "resourceVersion"};
    for (size_t i = 0; i < MC_ARRAY_LEN(keys); i++) {
        const char *sent = json_dig_str(patch, "metadata", keys[i], NULL);
        if (!sent || text_equal(sent, json_dig_str(before, "metadata", keys[i], NULL)))
            continue;
        fakeapi_answer_status(q->answer, 409, "Conflict",
                              "Operation cannot be fulfilled on %s \"%s\": the %s is another one",
                              q->place->plural, q->place->name, keys[i]);
        return false;
    }
    return true;
}

static void do_patch(struct request *q)
{
    const char *type = test_request_header(q->http, "Content-Type");
    bool applies = type && text_has_prefix(type, "application/apply-patch+yaml");
    AUTO_FREE char *manager = fakeapi_query_dup(q->query, "fieldManager");
    json_t *before = json_object_get(q->store->objects, q->path);
    if (!applies && (!type || !text_has_prefix(type, "application/merge-patch+json"))) {
        fakeapi_answer_status(q->answer, 415, "UnsupportedMediaType",
                              "the body of the request was in "
                              "an unknown format");
        return;
    }
    if (applies && !manager) {
        fakeapi_answer_status(q->answer, 422, "Invalid", "fieldManager: Required value");
        return;
    }
    if (!applies && !before) {
        answer_missing(q);
        return;
    }
    json_auto_t *patch = read_body(q);
    if (!patch)
        return;
    json_t *object = applies ? apply(q, before, patch, manager) : json_deep_copy(before);
    if (!object)
        return;
    if (!applies)
        fakeapi_merge(object, patch);
    if (!keeps_identity(q, patch, before) || !place_object(q, object)) {
        json_decref(object);
        return;
    }
    write_object(q, before ? 200 : 201, object);
}

/* As apiserver pkg/registry/rest/delete.go words it. */
static bool keeps_precondition(struct request *q, const json_t *options, const json_t *object,
                               const char *key, const char *name)
{
    const char *wanted = json_dig_str(options, "preconditions", key, NULL);
    const char *found = json_dig_str(object, "metadata", key, NULL);
    if (!wanted || text_equal(wanted, found))
        return true;
    fakeapi_answer_status(
        q->answer, 409, "Conflict",
        "Operation cannot be fulfilled on %s \"%s\": the %s in the precondition "
        "(%s) does not match the %s in record (%s). The object might have been %s",
        q->kind.kind, q->place->name, name, wanted, name, found,
        strcmp(key, "uid") == 0 ? "deleted and then recreated" : "modified");
    return false;
}

static void do_delete(struct request *q)
{
    const json_t *object = json_object_get(q->store->objects, q->path);
    json_auto_t *options = q->http->body.len ? read_body(q) : json_object();
    if (!options)
        return;
    if (!object) {
        answer_missing(q);
        return;
    }
    if (!keeps_precondition(q, options, object, "uid", "UID") ||
        !keeps_precondition(q, options, object, "resourceVersion", "ResourceVersion"))
        return;
    /* With a body, the query does not count. */
    if (json_array_size(json_object_get(options, "dryRun")) == 0)
        fakeapi_store_delete(q->store, q->path);
    fakeapi_answer_status(q->answer, 200, "", "deleted");
}

static const struct {
    const char *method;
    bool on_collection;
    void (*run)(struct request *q);
} verbs[] = {
    {"GET", false, do_get}, {"GET", true, do_get},      {"POST", true, do_post},
    {"PUT", false, do_put}, {"PATCH", false, do_patch}, {"DELETE", false, do_delete},
};

/* Of the subresource status only patches are served, which say nothing else. */
static bool is_status(const struct test_request *r, const struct fakeapi_place *place)
{
    return text_equal(place->sub, "status") && strcmp(r->method, "PATCH") == 0;
}

void fakeapi_answer_objects(struct fakeapi_store *s, const struct test_request *r,
                            const struct fakeapi_place *place, const char *query,
                            struct fakeapi_answer *a)
{
    AUTO_FREE char *dry = fakeapi_query_dup(query, "dryRun");
    struct request q = {
        .store = s,
        .http = r,
        .place = place,
        .query = query,
        .path = mem_strndup(r->target, strcspn(r->target, "?") -
                                           (is_status(r, place) ? strlen("/status") : 0)),
        .dry_run = dry != NULL,
        .answer = a};
    if (!fakeapi_store_kind(s, place->group, place->version, place->plural, NULL, &q.kind) ||
        (place->sub && !is_status(r, place))) {
        a->status = 404;
        a->text = mem_strdup("404 page not found\n");
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(verbs) && a->status == 0; i++)
        if (strcmp(r->method, verbs[i].method) == 0 && verbs[i].on_collection == !place->name)
            verbs[i].run(&q);
    if (a->status == 0)
        fakeapi_answer_status(a, 405, "MethodNotAllowed",
                              "the server does not allow this method on "
                              "the requested resource");
    free(q.path);
}
