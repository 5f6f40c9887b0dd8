/* The stages that an apply and its trial share: how an object is read, adopted and written down. */
#include "apply_item.h"

#include <stdlib.h>
#include <string.h>

#include "adopt.h"
#include "owned.h"
#include "ref.h"
#include "runtime_fields.h"

/* How often an object that others keep changing is read again before its fields are adopted. */
#define MAX_ADOPTIONS 5

static void wipe_body(struct kube_item *i)
{
    /* It may be a Secret. */
    if (i->body)
        mem_wipe(i->body, i->body_len);
    free(TAKE(i->body));
}

void kube_applying_release(struct kube_applying *a)
{
    for (size_t k = 0; k < a->count; k++) {
        struct kube_item *i = &a->items[k];
        wipe_body(i);
        free(i->path);
        free(i->send_path);
        free(i->adopt_path);
        free(i->adopt_body);
        json_decref(i->object);
        json_decref(i->before);
        kube_conflicts_release(&i->left_out);
        error_free(i->error);
    }
    free(a->items);
    error_free(a->stopped);
}

static int prepare(const struct kube_applying *a, struct kube_item *i, bool must_be_served,
                   struct error **err)
{
    const struct kube_kind *kind;
    const char *fallback = a->options->default_namespace;
    if (!i->ref.name || !*i->ref.name) {
        error_set(err, ERROR_INPUT, "it has no metadata.name");
        return kube_error_ref(a->c, "apply", &i->ref, err);
    }
    if (kube_kind_known(a->c, must_be_served ? "apply" : NULL, &i->ref, &kind, err) < 0)
        return -1;
    i->unserved = !kind;
    if (i->unserved)
        return 0;
    if (!kind->namespaced)
        i->ref.namespace_ = NULL;
    else if (!i->ref.namespace_ || !*i->ref.namespace_)
        i->ref.namespace_ = fallback ? fallback : "default";
    AUTO_BUF path = BUF_INIT;
    kube_ref_path(&path, kind, i->ref.namespace_, i->ref.name);
    i->path = buf_detach(&path, NULL);
    i->stage = KUBE_STAGE_READ;
    return 0;
}

int kube_applying_begin(struct kube_applying *a, struct kube_client *c, json_t *const *objects,
                        size_t count, const struct kube_apply_options *options, bool must_be_served,
                        struct error **err)
{
    static const struct kube_apply_options defaults;
    AUTO_FREE struct kube_ref *refs = mem_array(count, sizeof(*refs));
    const struct kube_apply_options *o = options ? options : &defaults;
    *a = (struct kube_applying){.c = c,
                                .options = o,
                                .manager = o->field_manager ? o->field_manager : c->field_manager,
                                .items = mem_array(count, sizeof(*a->items)),
                                .count = count};
    for (size_t i = 0; i < count; i++) {
        refs[i] = kube_ref_of(objects[i]);
        a->items[i] = (struct kube_item){.ref = refs[i], .object = json_incref(objects[i])};
    }
    if (kube_kinds_settle(c, refs, count, must_be_served, err) < 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        /* What cannot be sent has its error, and stays done. */
        (void)!prepare(a, &a->items[i], must_be_served, &a->items[i].error);
    }
    return 0;
}

bool kube_applying_has(const struct kube_applying *a, enum kube_stage stage)
{
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].stage == stage)
            return true;
    }
    return false;
}

/* As many as are under way at once, so that no more answers are held than can be. */
static int send_some(struct kube_applying *a, const struct kube_pass *pass,
                     struct kube_item **items, size_t count, struct error **err)
{
    AUTO_FREE struct kube_call *calls = mem_array(count, sizeof(*calls));
    struct kube_reply *replies = mem_array(count, sizeof(*replies));
    for (size_t k = 0; k < count; k++)
        calls[k] = pass->call(a, items[k]);
    int rc = kube_call_many(a->c, calls, count, replies, err);
    for (size_t k = 0; k < count; k++) {
        if (pass->take(a, items[k], &calls[k], &replies[k], &items[k]->error) < 0)
            items[k]->stage = KUBE_STAGE_DONE;
        kube_reply_release(&replies[k]);
    }
    free(replies);
    return rc;
}

void kube_applying_pass(struct kube_applying *a, const struct kube_pass *pass)
{
    AUTO_FREE struct kube_item **items = mem_array(a->count, sizeof(*items));
    size_t count = 0, parallel = a->c->options.parallel;
    for (size_t i = 0; i < a->count; i++)
        if (a->items[i].stage == pass->stage)
            items[count++] = &a->items[i];
    for (size_t i = 0; i < count; i += parallel) {
        struct error *stopped = NULL;
        size_t some = count - i < parallel ? count - i : parallel;
        if (send_some(a, pass, items + i, some, &stopped) < 0) {
            error_free(a->stopped);
            a->stopped = stopped;
        }
    }
}

/* ---- reading ---- */

static struct kube_call read_call(const struct kube_applying *a, struct kube_item *i)
{
    (void)a;
    return (struct kube_call){.verb = "read before apply",
                              .path = i->path,
                              .ref = &i->ref,
                              .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_OPTIONAL};
}

/* The object as it stands is all that an apply would make of it. */
static bool is_in_vain(const struct kube_applying *a, const struct kube_item *i, const json_t *live)
{
    return !a->options->always && kube_owned_exactly(i->object, live, a->manager);
}

void kube_item_look(const struct kube_applying *a, struct kube_item *i)
{
    json_t *object = kube_without_runtime_fields(i->object, i->before, &i->left_out);
    json_decref(i->object);
    i->object = object;
    free(i->adopt_body);
    i->adopt_body = a->options->adopt_updates
                        ? kube_adopt_patch_dup(i->before, a->manager, &i->adopt_body_len)
                        : NULL;
    if (i->adopt_body) {
        i->adopted = true;
        i->stage = KUBE_STAGE_ADOPT;
    } else if (is_in_vain(a, i, i->before)) {
        i->in_vain = true;
        i->stage = KUBE_STAGE_DONE;
    } else {
        i->stage = KUBE_STAGE_SEND;
    }
}

/* Kinds of custom objects are large, and many are read at once. */
static void keep_head(struct kube_item *i)
{
    static const char *const heads[] = {"apiVersion", "kind", "metadata", "status"};
    json_t *head = json_object();
    for (size_t k = 0; k < MC_ARRAY_LEN(heads); k++)
        json_object_set(head, heads[k], json_object_get(i->before, heads[k]));
    json_decref(i->before);
    i->before = head;
}

static int take_read(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                     struct kube_reply *reply, struct error **err)
{
    json_decref(TAKE(i->before));
    i->stage = KUBE_STAGE_SEND;
    if (reply->error) {
        /* Who may write but not read can apply all the same. */
        i->unread = reply->error->http_status == 403;
        if (i->unread)
            return 0;
        *err = TAKE(reply->error);
        return -1;
    }
    if (reply->response.status == 404)
        return 0;
    if (kube_reply_json(a->c, call, reply, &i->before, err) < 0)
        return -1;
    kube_item_look(a, i);
    if (i->in_vain && a->heads_only)
        keep_head(i);
    return 0;
}

void kube_applying_read(struct kube_applying *a)
{
    static const struct kube_pass read = {KUBE_STAGE_READ, read_call, take_read};
    kube_applying_pass(a, &read);
}

/* ---- adopting ---- */

static char *patch_path_dup(const struct kube_applying *a, const struct kube_item *i,
                            const char *force, bool dry_run)
{
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, i->path);
    kube_query_add(&out, "fieldManager", a->manager);
    kube_query_add(&out, "force", force);
    kube_query_add(&out, "dryRun", dry_run ? "All" : NULL);
    return buf_detach(&out, NULL);
}

static struct kube_call adopt_call(const struct kube_applying *a, struct kube_item *i)
{
    free(i->adopt_path);
    i->adopt_path = patch_path_dup(a, i, NULL, false);
    return (struct kube_call){
        .verb = "take over fields of",
        .method = "PATCH",
        .path = i->adopt_path,
        .content_type = "application/json-patch+json",
        .body = i->adopt_body,
        .body_len = i->adopt_body_len,
        .ref = &i->ref,
        .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_WRITES | KUBE_CALL_BOUND,
    };
}

static int take_adopted(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                        struct kube_reply *reply, struct error **err)
{
    json_auto_t *live = NULL;
    if (reply->error) {
        bool moved = reply->error->kind == ERROR_CONFLICT || reply->error->kind == ERROR_NOT_FOUND;
        if (moved && ++i->adoptions < MAX_ADOPTIONS) {
            i->stage = KUBE_STAGE_READ;
            return 0;
        }
        *err = TAKE(reply->error);
        return -1;
    }
    if (kube_reply_json(a->c, call, reply, &live, err) < 0)
        return -1;
    i->stage = KUBE_STAGE_SEND;
    if (!is_in_vain(a, i, live))
        return 0;
    i->in_vain = true;
    i->stage = KUBE_STAGE_DONE;
    json_decref(i->before);
    i->before = TAKE(live);
    return 0;
}

/* An adoption that came too late sends its item back to be read. */
void kube_applying_adopt(struct kube_applying *a)
{
    static const struct kube_pass adopt = {KUBE_STAGE_ADOPT, adopt_call, take_adopted};
    while (kube_applying_has(a, KUBE_STAGE_ADOPT)) {
        kube_applying_pass(a, &adopt);
        kube_applying_read(a);
    }
}

/* ---- sending ---- */

/* What is sent: the object without what a server refuses in an apply. */
static void write_body(struct kube_item *i, const char *uid)
{
    AUTO_BUF body = BUF_INIT_MAX(KUBE_MAX_OBJECT);
    json_auto_t *sent = json_copy(i->object);
    json_t *metadata = json_copy(json_object_get(i->object, "metadata"));
    json_object_del(metadata, "managedFields");
    if (uid)
        json_object_set_new(metadata, "uid", json_string(uid));
    json_object_set_new(sent, "metadata", metadata);
    json_write(&body, sent, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    wipe_body(i);
    i->body = buf_detach(&body, &i->body_len);
}

struct kube_call kube_item_send(const struct kube_applying *a, struct kube_item *i, bool force,
                                bool dry_run, const char *uid)
{
    free(i->send_path);
    i->send_path = patch_path_dup(a, i, force ? "true" : "false", dry_run);
    write_body(i, uid);
    return (struct kube_call){
        .verb = "apply",
        .method = "PATCH",
        .path = i->send_path,
        .content_type = "application/apply-patch+yaml",
        .body = i->body,
        .body_len = i->body_len,
        .ref = &i->ref,
        .flags = KUBE_CALL_IDEMPOTENT,
    };
}
