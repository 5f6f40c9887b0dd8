/* Asks a server what kinds it has. Aggregated discovery (Kubernetes 1.26 on) is two requests; older
 * servers answer the same two with lists of groups, which are then asked one by one,
 * all at once. */
#include "client_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "retry.h"

#define AGGREGATED(version)                                                                        \
    "application/json;g=apidiscovery.k8s.io;v=" version ";as=APIGroupDiscoveryList"
#define ACCEPT AGGREGATED("v2") "," AGGREGATED("v2beta1") ",application/json"
/* At the most so often is the server asked again. */
#define ASK_EVERY_MS 1000
#define MAX_GROUP_VERSIONS 500 /* asked one by one; more are left out */

static bool is_kind(const json_t *value, const char *kind)
{
    return text_equal(json_dig_str(value, "kind", NULL), kind);
}

static void add_path(struct strlist *paths, const char *prefix, const json_t *name)
{
    const char *text = json_string_value(name);
    if (text && *text && !strpbrk(text, "?#% ") && paths->count < MAX_GROUP_VERSIONS)
        strlist_addf(paths, "%s/%s", prefix, text);
}

/* The paths of the group versions that a server without aggregated discovery names. */
static void add_plain_paths(struct strlist *paths, const json_t *answer)
{
    size_t i, j;
    json_t *group, *version;
    if (is_kind(answer, "APIVersions")) {
        json_array_foreach(json_object_get(answer, "versions"), i, version)
            add_path(paths, "/api", version);
    }
    json_array_foreach(json_object_get(answer, "groups"), i, group) {
        json_array_foreach(json_object_get(group, "versions"), j, version)
            add_path(paths, "/apis", json_object_get(version, "groupVersion"));
    }
}

/* A single group may fail (the server behind an aggregated API is down); as client-go, the others
 * then count. */
static bool is_bearable(const struct error *e)
{
    return e->kind == ERROR_REMOTE || e->kind == ERROR_NOT_FOUND;
}

static int check_group(struct kube_client *c, const struct kube_call *call,
                       struct kube_reply *reply, struct error **err)
{
    json_t *taken;
    if (!reply->error)
        return kube_reply_json(c, call, reply, &taken, err);
    if (is_bearable(reply->error))
        return 0;
    *err = TAKE(reply->error);
    return -1;
}

static void add_group(void *kinds, const json_t *list)
{
    kube_kinds_add_resources(kinds, list);
}

static int fetch_groups(struct kube_client *c, const struct strlist *paths,
                        struct kube_kinds *kinds, struct error **err)
{
    AUTO_FREE struct kube_call *calls = mem_array(paths->count, sizeof(*calls));
    struct kube_reply *replies = mem_array(paths->count, sizeof(*replies));
    for (size_t i = 0; i < paths->count; i++)
        calls[i] = (struct kube_call){.verb = "get",
                                      .path = paths->items[i],
                                      .max = KUBE_MAX_DISCOVERY,
                                      .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_SPARE,
                                      .on_value = add_group,
                                      .ctx = kinds};
    int rc = kube_call_many(c, calls, paths->count, replies, err);
    for (size_t i = 0; rc == 0 && i < paths->count; i++)
        rc = check_group(c, &calls[i], &replies[i], err);
    kube_replies_free(replies, paths->count);
    return rc;
}

static int add_answer(struct kube_client *c, const struct kube_call *call, struct kube_reply *reply,
                      struct kube_kinds *kinds, struct strlist *paths, struct error **err)
{
    json_auto_t *answer = NULL;
    if (reply->error) {
        *err = TAKE(reply->error);
        return -1;
    }
    if (kube_reply_json(c, call, reply, &answer, err) < 0)
        return -1;
    if (is_kind(answer, "APIGroupDiscoveryList"))
        kube_kinds_add_aggregated(kinds, answer);
    else
        add_plain_paths(paths, answer);
    return 0;
}

static int fetch(struct kube_client *c, struct kube_kinds **ret_kinds, struct error **err)
{
    static const struct kube_call calls[] = {
        {.verb = "get",
         .path = "/api",
         .accept = ACCEPT,
         .max = KUBE_MAX_DISCOVERY,
         .flags = KUBE_CALL_IDEMPOTENT},
        {.verb = "get",
         .path = "/apis",
         .accept = ACCEPT,
         .max = KUBE_MAX_DISCOVERY,
         .flags = KUBE_CALL_IDEMPOTENT},
    };
    struct kube_reply replies[MC_ARRAY_LEN(calls)];
    AUTO_STRLIST paths = STRLIST_INIT;
    MC_CLEANUP(kube_kinds_cleanup) struct kube_kinds *kinds = kube_kinds_new();
    AUTO_ERROR struct error *stopped = NULL;
    (void)!kube_call_many(c, calls, MC_ARRAY_LEN(calls), replies, &stopped);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < MC_ARRAY_LEN(calls); i++)
        rc = add_answer(c, &calls[i], &replies[i], kinds, &paths, err);
    for (size_t i = 0; i < MC_ARRAY_LEN(calls); i++)
        kube_reply_release(&replies[i]);
    if (rc < 0 || (paths.count > 0 && fetch_groups(c, &paths, kinds, err) < 0))
        return -1;
    kube_kinds_sort(kinds);
    *ret_kinds = TAKE(kinds);
    return 0;
}

static int refresh(struct kube_client *c, struct error **err)
{
    struct kube_kinds *kinds;
    if (fetch(c, &kinds, err) < 0)
        return -1;
    kube_kinds_free(c->kinds);
    c->kinds = kinds;
    c->kinds_asked_ms = clock_now_ms();
    return 0;
}

/* Makes c->kinds be there. */
static int ensure_kinds(struct kube_client *c, struct error **err)
{
    return c->kinds ? 0 : refresh(c, err);
}

void kube_kinds_forget(struct kube_client *c, bool written)
{
    c->kinds_asked_ms = 0;
    if (written)
        c->kinds_written_ms = clock_now_ms();
}

static bool knows_all(const struct kube_kinds *kinds, const struct kube_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (refs[i].api_version && refs[i].kind &&
            !kube_kinds_find(kinds, refs[i].api_version, refs[i].kind))
            return false;
    }
    return true;
}

int kube_kinds_settle(struct kube_client *c, const struct kube_ref *refs, size_t count, bool wait,
                      struct error **err)
{
    if (ensure_kinds(c, err) < 0)
        return -1;
    bool asked = false;
    while (!knows_all(c->kinds, refs, count)) {
        int64_t now = clock_now_ms();
        int64_t due = c->kinds_asked_ms ? c->kinds_asked_ms + ASK_EVERY_MS : now;
        bool fresh_crd = c->kinds_written_ms && now - c->kinds_written_ms < KUBE_NEW_KIND_MS;
        if (due > now && (!wait || (asked && !fresh_crd)))
            return 0;
        if (due > now && clock_sleep(due - now, c->options.cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "%s: cancelled", c->name);
        if (refresh(c, err) < 0)
            return -1;
        asked = true;
    }
    return 0;
}

static int unknown(const struct kube_ref *ref, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "no matches for kind \"");
    text_append_clean(&text, ref->kind, strlen(ref->kind));
    buf_appends(&text, "\" in version \"");
    text_append_clean(&text, ref->api_version, strlen(ref->api_version));
    buf_appends(&text, "\"");
    error_set(err, ERROR_NOT_FOUND, "%s", buf_str(&text));
    return error_hint(err, "ensure CRDs are installed first");
}

int kube_kind_known(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                    const struct kube_kind **ret_kind, struct error **err)
{
    if (!ref->api_version || !ref->kind) {
        error_set(err, ERROR_INPUT, "it has no apiVersion or no kind");
        return kube_error_ref(c, verb ? verb : "look for", ref, err);
    }
    *ret_kind = kube_kinds_find(c->kinds, ref->api_version, ref->kind);
    if (*ret_kind || !verb)
        return 0;
    unknown(ref, err);
    return kube_error_ref(c, verb, ref, err);
}

int kube_kind_find(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   const struct kube_kind **ret_kind, struct error **err)
{
    if (kube_kinds_settle(c, ref, 1, verb != NULL, err) < 0)
        return -1;
    return kube_kind_known(c, verb, ref, ret_kind, err);
}

int kube_has_api(struct kube_client *c, const char *name, bool *ret_has, struct error **err)
{
    if (ensure_kinds(c, err) < 0)
        return -1;
    *ret_has = kube_kinds_has(c->kinds, name);
    if (*ret_has || (c->kinds_asked_ms && clock_now_ms() - c->kinds_asked_ms < ASK_EVERY_MS))
        return 0;
    if (refresh(c, err) < 0)
        return -1;
    *ret_has = kube_kinds_has(c->kinds, name);
    return 0;
}

int kube_api_versions(struct kube_client *c, struct strlist *out, struct error **err)
{
    if (ensure_kinds(c, err) < 0)
        return -1;
    kube_kinds_names(c->kinds, out);
    return 0;
}

int kube_scope_of(struct kube_client *c, const char *api_version, const char *kind,
                  enum kube_scope *ret_scope, struct error **err)
{
    if (ensure_kinds(c, err) < 0)
        return -1;
    const struct kube_kind *row = kube_kinds_find(c->kinds, api_version, kind);
    *ret_scope = !row              ? KUBE_SCOPE_UNSERVED
                 : row->namespaced ? KUBE_SCOPE_NAMESPACED
                                   : KUBE_SCOPE_CLUSTER;
    return 0;
}

bool kube_right_of(struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   struct kube_right *ret_right)
{
    const struct kube_kind *row =
        c->kinds ? kube_kinds_find(c->kinds, ref->api_version, ref->kind) : NULL;
    if (!row)
        return false;
    *ret_right = (struct kube_right){.verb = verb,
                                     .group = row->group,
                                     .resource = row->resource,
                                     .namespace_ = row->namespaced ? ref->namespace_ : NULL};
    return true;
}
