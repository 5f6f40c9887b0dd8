/* A Status object, or what else a server answered, as an error. */
#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

/* A conflict over a whole Deployment can have hundreds of fields; a person needs the first few. */
#define MAX_FIELDS 8
#define MAX_MANAGERS 4
#define MAX_NAME ((size_t)1024) /* bytes of a field's path, or of a manager */

static void append_cut(struct buf *out, const char *text, size_t len, size_t max)
{
    text_append_clean(out, text, len < max ? len : max);
    if (len > max)
        buf_appends(out, "...");
    while (out->len > 0 && strchr(" \t\r\n", out->data[out->len - 1]))
        buf_truncate(out, out->len - 1);
}

/* An error is one line: several of the server's become one. */
static char *one_line_dup(const char *text, size_t len, size_t max)
{
    AUTO_BUF clean = BUF_INIT;
    append_cut(&clean, text, len, max);
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.data[i] == '\n' || clean.data[i] == '\t')
            clean.data[i] = ' ';
    }
    return buf_detach(&clean, NULL);
}

static json_t *status_of(const struct http_response *response)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_t *json = NULL;
    if (response->body.len == 0 || response->body.data[0] != '{' ||
        json_read(response->body.data, response->body.len, "answer", &json, &ignored) < 0)
        return NULL;
    const char *kind = json_dig_str(json, "kind", NULL);
    if (kind && strcmp(kind, "Status") == 0)
        return json;
    json_decref(json);
    return NULL;
}

void kube_status_read(const struct http_response *response, struct kube_status *ret_status)
{
    *ret_status = (struct kube_status){.code = response->status, .json = status_of(response)};
    const json_t *message = json_object_get(ret_status->json, "message");
    AUTO_FREE char *text =
        message ? one_line_dup(json_string_value(message) ? json_string_value(message) : "",
                               json_string_length(message), KUBE_MAX_MESSAGE)
        : ret_status->json
            ? mem_strdup("")
            : one_line_dup(buf_str(&response->body), response->body.len, KUBE_MAX_MESSAGE);
    const char *reason = json_dig_str(ret_status->json, "reason", NULL);
    AUTO_FREE char *word = reason ? one_line_dup(reason, strlen(reason), MAX_NAME) : NULL;
    if (*text && ret_status->json)
        ret_status->message = TAKE(text);
    else if (*text)
        ret_status->message = mem_printf("HTTP %d: %s", response->status, text);
    else if (word && *word)
        ret_status->message = TAKE(word);
    else
        ret_status->message = mem_printf("HTTP %d without an explanation", response->status);
}

void kube_status_release(struct kube_status *s)
{
    free(s->message);
    json_decref(s->json);
    *s = (struct kube_status){0};
}

/* `conflict with "kubectl" using apps/v1 at 2026-...` (apimachinery managedfields conflict.go):
 * what is between the quotes. */
static char *manager_dup(const char *message)
{
    const char *open = message ? strchr(message, '"') : NULL;
    const char *close = open ? strchr(open + 1, '"') : NULL;
    return close ? one_line_dup(open + 1, (size_t)(close - open - 1), MAX_NAME)
                 : mem_strdup("unknown");
}

void kube_status_conflicts(const struct kube_status *status, struct kube_conflicts *out)
{
    size_t i;
    json_t *cause;
    json_array_foreach(json_dig(status->json, "details", "causes", NULL), i, cause) {
        const char *field = json_dig_str(cause, "field", NULL);
        if (!text_equal(json_dig_str(cause, "reason", NULL), "FieldManagerConflict") || !field ||
            out->count == KUBE_MAX_CONFLICTS)
            continue;
        out->items = mem_grow(out->items, &out->cap, out->count + 1, sizeof(*out->items));
        out->items[out->count++] =
            (struct kube_conflict){.manager = manager_dup(json_dig_str(cause, "message", NULL)),
                                   .field = one_line_dup(field, strlen(field), MAX_NAME)};
    }
}

void kube_conflicts_release(struct kube_conflicts *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].manager);
        free(c->items[i].field);
    }
    free(c->items);
    *c = (struct kube_conflicts){0};
}

/* Whether the manager of items[at] was named before. */
static bool is_repeated(const struct kube_conflicts *c, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (strcmp(c->items[i].manager, c->items[at].manager) == 0)
            return true;
    }
    return false;
}

static void append_fields(struct buf *out, const struct kube_conflicts *c, const char *manager)
{
    size_t fields = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (strcmp(c->items[i].manager, manager) != 0 || fields++ >= MAX_FIELDS)
            continue;
        buf_appendf(out, "%s%s", fields > 1 ? ", " : "", c->items[i].field);
    }
    if (fields > MAX_FIELDS)
        buf_appendf(out, " and %zu more fields", fields - MAX_FIELDS);
}

int kube_conflicts_error(const struct kube_conflicts *conflicts, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    size_t managers = 0;
    for (size_t i = 0; i < conflicts->count; i++) {
        const char *manager = conflicts->items[i].manager;
        if (is_repeated(conflicts, i) || managers++ >= MAX_MANAGERS)
            continue;
        buf_appendf(&text, "%s\"%s\" owns ", managers > 1 ? "; " : "", manager);
        append_fields(&text, conflicts, manager);
    }
    error_set(err, ERROR_CONFLICT, "conflict: %s", buf_str(&text));
    error_hint(err, "somebody else set these fields; --force-conflicts takes them over");
    (*err)->http_status = 409;
    return -1;
}

/* A UID or resourceVersion that was sent along is not the object's any more. The words are those of
 * apiserver pkg/registry/rest/delete.go, pkg/storage/interfaces.go and, of an apply,
 * pkg/endpoints/handlers/patch.go. */
static const struct {
    const char *text, *meaning;
} preconditions[] = {
    {"the UID in the precondition", "another object has taken its name meanwhile"},
    {"UID in precondition", "another object has taken its name meanwhile"},
    {"uid mismatch", "it was deleted meanwhile"},
    {"metadata.uid: Invalid value", "another object has taken its name meanwhile"},
    {"the ResourceVersion in the precondition", "it was changed meanwhile"},
    {"ResourceVersion in precondition", "it was changed meanwhile"},
};

static const char *precondition_of(const char *message)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(preconditions); i++) {
        if (strstr(message, preconditions[i].text))
            return preconditions[i].meaning;
    }
    return NULL;
}

static int meanwhile_error(const char *meanwhile, struct error **err)
{
    error_set(err, ERROR_CONFLICT, "%s", meanwhile);
    return error_hint(err, "somebody else works on this cluster too: run the command again, which "
                           "looks at what is there now");
}

static int conflict_error(const struct kube_status *s, struct error **err)
{
    MC_CLEANUP(kube_conflicts_release) struct kube_conflicts conflicts = {0};
    kube_status_conflicts(s, &conflicts);
    if (conflicts.count > 0)
        return kube_conflicts_error(&conflicts, err);
    return error_set(err, ERROR_CONFLICT, "%s", s->message);
}

static bool has_cause(const struct kube_status *s, const char *reason)
{
    size_t i;
    json_t *cause;
    json_array_foreach(json_dig(s->json, "details", "causes", NULL), i, cause) {
        if (text_equal(json_dig_str(cause, "reason", NULL), reason))
            return true;
    }
    return false;
}

static int denied_error(const struct kube_status *s, struct error **err)
{
    if (has_cause(s, "NamespaceTerminating")) {
        error_set(err, ERROR_CONFLICT, "%s", s->message);
        return error_hint(err, "wait until the namespace is gone, then run the command again");
    }
    if (s->code == 401) {
        error_set(err, ERROR_DENIED, "the server does not accept the credentials: %s", s->message);
        return error_hint(err, "log in again, or fetch a new kubeconfig");
    }
    /* The words before name the object again, which the caller has done. */
    const char *user = strstr(s->message, "is forbidden: User \"");
    error_set(err, ERROR_DENIED, "%s", user ? user + strlen("is forbidden: ") : s->message);
    return user ? error_hint(err,
                             "this right is missing: ask the cluster's administrator for it, or "
                             "use a kubeconfig that has it")
                : -1;
}

/* The end of a cause's message: apimachinery pkg/api/validation FieldImmutableErrorMsg, and what
 * kubernetes pkg/apis/rbac/validation says of a binding's roleRef. */
bool kube_status_is_immutable(const struct kube_status *status)
{
    static const char *const endings[] = {"field is immutable", "cannot change roleRef"};
    size_t i;
    json_t *cause;
    json_array_foreach(json_dig(status->json, "details", "causes", NULL), i, cause) {
        const char *message = json_dig_str(cause, "message", NULL);
        for (size_t k = 0; message && k < MC_ARRAY_LEN(endings); k++) {
            if (status->code == 422 && text_has_suffix(message, endings[k]))
                return true;
        }
    }
    return false;
}

int kube_status_error(const struct kube_status *status, long retry_after_ms, struct error **err)
{
    const char *meanwhile =
        status->code == 409 || status->code == 422 ? precondition_of(status->message) : NULL;
    switch (meanwhile ? 0 : status->code) {
    case 0:
        meanwhile_error(meanwhile, err);
        break;
    case 401:
    case 403:
        denied_error(status, err);
        break;
    case 404:
        error_set(err, ERROR_NOT_FOUND, "%s", status->message);
        break;
    case 409:
        conflict_error(status, err);
        break;
    default:
        error_set(err, ERROR_REMOTE, "%s", status->message);
        if (strstr(status->message, "failed calling webhook"))
            error_hint(err, "what serves this webhook must run before: look at its pods, and at "
                            "webhook configurations that something removed has left behind");
    }
    (*err)->http_status = status->code;
    (*err)->retry_after_ms = retry_after_ms;
    return -1;
}
