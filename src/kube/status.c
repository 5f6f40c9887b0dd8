/* A Status object, or what else a server answered, as an error. */
#include "status.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

/* A conflict over a whole Deployment can have hundreds of fields; a person needs the first few. */
#define MAX_FIELDS 8
#define MAX_MANAGERS 4

static void append_cut(struct buf *out, const char *text, size_t len)
{
    text_append_clean(out, text, len < KUBE_MAX_MESSAGE ? len : KUBE_MAX_MESSAGE);
    if (len > KUBE_MAX_MESSAGE)
        buf_appends(out, "...");
    while (out->len > 0 && strchr(" \t\r\n", out->data[out->len - 1]))
        buf_truncate(out, out->len - 1);
}

/* An error is one line: several of the server's become one. */
static char *one_line_dup(const char *text, size_t len)
{
    AUTO_BUF clean = BUF_INIT;
    append_cut(&clean, text, len);
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
                               json_string_length(message))
        : ret_status->json ? mem_strdup("")
                           : one_line_dup(buf_str(&response->body), response->body.len);
    const char *reason = json_dig_str(ret_status->json, "reason", NULL);
    if (*text && ret_status->json)
        ret_status->message = TAKE(text);
    else if (*text)
        ret_status->message = mem_printf("HTTP %d: %s", response->status, text);
    else if (reason)
        ret_status->message = one_line_dup(reason, strlen(reason));
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
    if (!close)
        return mem_strdup("unknown");
    AUTO_BUF out = BUF_INIT;
    text_append_clean(&out, open + 1, (size_t)(close - open - 1));
    return buf_detach(&out, NULL);
}

static size_t owner_of(char **managers, size_t *count, char *manager)
{
    for (size_t i = 0; i < *count; i++) {
        if (strcmp(managers[i], manager) == 0) {
            free(manager);
            return i;
        }
    }
    if (*count == MAX_MANAGERS) {
        free(manager);
        return MAX_MANAGERS;
    }
    managers[*count] = manager;
    return (*count)++;
}

static void add_field(struct strlist *fields, size_t *more, const char *field)
{
    if (fields->count == MAX_FIELDS) {
        (*more)++;
        return;
    }
    AUTO_BUF clean = BUF_INIT;
    text_append_clean(&clean, field, strlen(field));
    strlist_add(fields, buf_str(&clean));
}

/* Gathers the FieldManagerConflict causes; an empty text when there are none. */
static void append_conflicts(struct buf *out, const json_t *causes)
{
    char *managers[MAX_MANAGERS];
    struct strlist fields[MAX_MANAGERS] = {{0}};
    size_t more[MAX_MANAGERS] = {0};
    size_t count = 0, i;
    json_t *cause;
    json_array_foreach(causes, i, cause) {
        const char *reason = json_dig_str(cause, "reason", NULL);
        const char *field = json_dig_str(cause, "field", NULL);
        if (!reason || strcmp(reason, "FieldManagerConflict") != 0 || !field)
            continue;
        size_t at = owner_of(managers, &count, manager_dup(json_dig_str(cause, "message", NULL)));
        if (at < MAX_MANAGERS)
            add_field(&fields[at], &more[at], field);
    }
    for (i = 0; i < count; i++) {
        AUTO_FREE char *list = strlist_join_dup(&fields[i], ", ");
        buf_appendf(out, "%s\"%s\" owns %s", i > 0 ? "; " : "", managers[i], list);
        if (more[i] > 0)
            buf_appendf(out, " and %zu more fields", more[i]);
        free(managers[i]);
        strlist_release(&fields[i]);
    }
}

static int conflict_error(const struct kube_status *s, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    append_conflicts(&text, json_dig(s->json, "details", "causes", NULL));
    if (text.len == 0)
        return error_set(err, ERROR_CONFLICT, "%s", s->message);
    error_set(err, ERROR_CONFLICT, "conflict: %s", buf_str(&text));
    return error_hint(err, "somebody else set these fields; --force-conflicts takes them over");
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

int kube_status_error(const struct kube_status *status, long retry_after_ms, struct error **err)
{
    switch (status->code) {
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
