/* Applies objects in waves: the field manager's takeover, the skip where nothing would change, the
 * request. */
#include "meshctl/kube/apply.h"

#include <stdlib.h>
#include <string.h>

#include "adopt.h"
#include "client_internal.h"
#include "compare.h"
#include "meshctl/base/text.h"
#include "owned.h"
#include "ref.h"

/* How often an object that others keep changing is read again before its fields are adopted. */
#define MAX_ADOPTIONS 5

/* What an item needs next. */
enum stage {
    STAGE_DONE, /* the result says how it ended */
    STAGE_READ,
    STAGE_ADOPT,
    STAGE_APPLY,
};

/* One object on its way. */
struct item {
    struct kube_ref
        ref; /* borrowed from the object, but for the namespace of one that names none */
    const json_t *object;
    char *get_path;
    char *apply_path;
    char *adopt_path;
    char *body;
    size_t body_len;
    char *adopt_body;
    size_t adopt_body_len;
    unsigned adoptions;
    json_t *before; /* live object before the apply; NULL when there was none */
    bool unread;    /* no right to read it: `before` says nothing */
    bool adopted;   /* fields had to be taken over, which is a change */
    enum stage stage;
};

struct applying {
    struct kube_client *c;
    const struct kube_apply_options *options;
    const char *manager;
    struct item *items;
    struct kube_apply_result *results;
    size_t count;
};

static void item_release(struct item *i)
{
    free(i->get_path);
    free(i->apply_path);
    free(i->adopt_path);
    /* It may be a Secret. */
    if (i->body)
        mem_wipe(i->body, i->body_len);
    free(i->body);
    free(i->adopt_body);
    json_decref(i->before);
}

/* What is sent: the object without what a server refuses in an apply. */
static void write_body(struct item *i)
{
    AUTO_BUF body = BUF_INIT_MAX(KUBE_MAX_RESPONSE);
    json_auto_t *sent = json_copy((json_t *)i->object);
    json_t *metadata = json_copy(json_object_get(i->object, "metadata"));
    json_object_del(metadata, "managedFields");
    json_object_set_new(sent, "metadata", metadata);
    json_write(&body, sent, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    i->body = buf_detach(&body, &i->body_len);
}

static char *patch_path_dup(const struct applying *a, const char *path, const char *force)
{
    AUTO_BUF out = BUF_INIT;
    buf_appends(&out, path);
    kube_query_add(&out, "fieldManager", a->manager);
    kube_query_add(&out, "force", force);
    kube_query_add(&out, "dryRun", a->options->dry_run ? "All" : NULL);
    return buf_detach(&out, NULL);
}

static char *apply_path_dup(const struct applying *a, const char *path, bool force)
{
    return patch_path_dup(a, path, force ? "true" : "false");
}

static int prepare(struct applying *a, struct item *i, struct error **err)
{
    const struct kube_kind *kind;
    if (!i->ref.name || !*i->ref.name) {
        error_set(err, ERROR_INPUT, "it has no metadata.name");
        return kube_error_ref(a->c, "apply", &i->ref, err);
    }
    if (kube_kind_known(a->c, "apply", &i->ref, &kind, err) < 0)
        return -1;
    if (!kind->namespaced)
        i->ref.namespace_ = NULL;
    else if (!i->ref.namespace_ || !*i->ref.namespace_)
        i->ref.namespace_ =
            a->options->default_namespace ? a->options->default_namespace : "default";
    AUTO_BUF path = BUF_INIT;
    kube_ref_path(&path, kind, i->ref.namespace_, i->ref.name);
    i->get_path = buf_detach(&path, NULL);
    i->apply_path = apply_path_dup(a, i->get_path, a->options->force);
    i->adopt_path = patch_path_dup(a, i->get_path, NULL);
    write_body(i);
    i->stage = STAGE_READ;
    return 0;
}

static int prepare_all(struct applying *a, json_t *const *objects, struct error **err)
{
    AUTO_FREE struct kube_ref *refs = mem_array(a->count, sizeof(*refs));
    for (size_t i = 0; i < a->count; i++) {
        refs[i] = kube_ref_of(objects[i]);
        a->items[i] = (struct item){.ref = refs[i], .object = objects[i]};
    }
    if (kube_kinds_settle(a->c, refs, a->count, true, err) < 0)
        return -1;
    for (size_t i = 0; i < a->count; i++) {
        /* What cannot be sent has its error, and stays done. */
        (void)!prepare(a, &a->items[i], &a->results[i].error);
    }
    return 0;
}

/* What the items of one stage are asked or told, and what is made of the reply. */
struct pass {
    enum stage stage;
    struct kube_call (*call)(const struct item *i);
    /* Says in item->stage what comes next; an item with an error is done. */
    int (*take)(struct applying *a, size_t i, const struct kube_call *call,
                struct kube_reply *reply, struct error **err);
};

/* Sends one request for every item of the stage; the replies go to the items. */
static void run_pass(struct applying *a, const struct pass *pass)
{
    AUTO_FREE struct kube_call *calls = mem_array(a->count, sizeof(*calls));
    AUTO_FREE size_t *indices = mem_array(a->count, sizeof(*indices));
    struct kube_reply *replies = mem_array(a->count, sizeof(*replies));
    AUTO_ERROR struct error *stopped = NULL;
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].stage != pass->stage)
            continue;
        calls[n] = pass->call(&a->items[i]);
        indices[n++] = i;
    }
    /* Whatever ends the batch also stands in every reply. */
    (void)!kube_call_many(a->c, calls, n, replies, &stopped);
    for (size_t k = 0; k < n; k++) {
        size_t i = indices[k];
        if (pass->take(a, i, &calls[k], &replies[k], &a->results[i].error) < 0)
            a->items[i].stage = STAGE_DONE;
    }
    kube_replies_free(replies, a->count);
}

static struct kube_call read_call(const struct item *i)
{
    return (struct kube_call){.verb = "read before apply",
                              .path = i->get_path,
                              .ref = &i->ref,
                              .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_OPTIONAL};
}

/* The object as it stands is all that an apply would make of it. */
static bool is_in_vain(const struct applying *a, const struct item *i, const json_t *live)
{
    return !a->options->always && kube_owned_exactly(i->object, live, a->manager);
}

static void finish(struct applying *a, size_t i, enum kube_applied applied, json_t *live)
{
    a->items[i].stage = STAGE_DONE;
    a->results[i].applied = applied;
    a->results[i].live = json_incref(live);
}

/* A dry run cannot build on an adoption that was not done. It is forced instead: else what the
 * manager owns by Update would be in conflict with itself. */
static void begin_adoption(const struct applying *a, struct item *i)
{
    i->adopted = true;
    if (!a->options->dry_run) {
        i->stage = STAGE_ADOPT;
        return;
    }
    free(i->apply_path);
    i->apply_path = apply_path_dup(a, i->get_path, true);
}

static void look_at_live(struct applying *a, size_t i)
{
    struct item *item = &a->items[i];
    free(item->adopt_body);
    item->adopt_body = a->options->adopt_updates
                           ? kube_adopt_patch_dup(item->before, a->manager, &item->adopt_body_len)
                           : NULL;
    if (item->adopt_body)
        begin_adoption(a, item);
    else if (is_in_vain(a, item, item->before))
        finish(a, i, item->adopted ? KUBE_CHANGED : KUBE_UNCHANGED, item->before);
}

static int take_read(struct applying *a, size_t i, const struct kube_call *call,
                     struct kube_reply *reply, struct error **err)
{
    struct item *item = &a->items[i];
    json_decref(TAKE(item->before));
    item->stage = STAGE_APPLY;
    if (reply->error) {
        /* Who may write but not read can apply all the same. */
        item->unread = reply->error->http_status == 403;
        if (item->unread)
            return 0;
        *err = TAKE(reply->error);
        return -1;
    }
    if (reply->response.status == 404)
        return 0;
    if (kube_reply_json(a->c, call, reply, &item->before, err) < 0)
        return -1;
    look_at_live(a, i);
    return 0;
}

static struct kube_call adopt_call(const struct item *i)
{
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

static int take_adopted(struct applying *a, size_t i, const struct kube_call *call,
                        struct kube_reply *reply, struct error **err)
{
    struct item *item = &a->items[i];
    json_auto_t *live = NULL;
    if (reply->error) {
        bool moved = reply->error->kind == ERROR_CONFLICT || reply->error->kind == ERROR_NOT_FOUND;
        if (moved && ++item->adoptions < MAX_ADOPTIONS) {
            item->stage = STAGE_READ;
            return 0;
        }
        *err = TAKE(reply->error);
        return -1;
    }
    if (kube_reply_json(a->c, call, reply, &live, err) < 0)
        return -1;
    item->stage = STAGE_APPLY;
    if (is_in_vain(a, item, live))
        finish(a, i, KUBE_CHANGED, live);
    return 0;
}

static struct kube_call apply_call(const struct item *i)
{
    return (struct kube_call){
        .verb = "apply",
        .method = "PATCH",
        .path = i->apply_path,
        .content_type = "application/apply-patch+yaml",
        .body = i->body,
        .body_len = i->body_len,
        .ref = &i->ref,
        .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_WRITES | KUBE_CALL_KIND_PATH,
    };
}

static bool is_same(const struct applying *a, const json_t *before, const json_t *after)
{
    if (!a->options->dry_run)
        return text_equal(json_dig_str(before, "metadata", "resourceVersion", NULL),
                          json_dig_str(after, "metadata", "resourceVersion", NULL)) &&
               text_equal(json_dig_str(before, "metadata", "uid", NULL),
                          json_dig_str(after, "metadata", "uid", NULL));
    return kube_same_but_time(before, after);
}

static int take_applied(struct applying *a, size_t i, const struct kube_call *call,
                        struct kube_reply *reply, struct error **err)
{
    struct item *item = &a->items[i];
    struct kube_apply_result *result = &a->results[i];
    if (reply->error) {
        /* The kind has perhaps moved or gone; whoever asks next looks afresh. */
        if (reply->error->kind == ERROR_NOT_FOUND)
            kube_kinds_forget(a->c, false);
        *err = TAKE(reply->error);
        return -1;
    }
    item->stage = STAGE_DONE;
    if (kube_reply_json(a->c, call, reply, &result->live, err) < 0)
        return -1;
    if (item->unread)
        result->applied = reply->response.status == 201 ? KUBE_CREATED : KUBE_CHANGED;
    else if (!item->before)
        result->applied = KUBE_CREATED;
    else
        result->applied = !item->adopted && is_same(a, item->before, result->live) ? KUBE_UNCHANGED
                                                                                   : KUBE_CHANGED;
    if (result->applied != KUBE_UNCHANGED && !a->options->dry_run &&
        strcmp(item->ref.kind, "CustomResourceDefinition") == 0)
        kube_kinds_forget(a->c, true);
    return 0;
}

static int first_error(const struct applying *a, struct error **err)
{
    for (size_t i = 0; i < a->count; i++) {
        if (!a->results[i].error)
            continue;
        *err = error_dup(a->results[i].error);
        return -1;
    }
    return 0;
}

static void fail_all(struct applying *a, const struct error *why)
{
    for (size_t i = 0; i < a->count; i++)
        a->results[i].error = error_dup(why);
}

static bool any_at(const struct applying *a, enum stage stage)
{
    for (size_t i = 0; i < a->count; i++) {
        if (a->items[i].stage == stage)
            return true;
    }
    return false;
}

/* An adoption that came too late sends its item back to be read. */
static void run_passes(struct applying *a)
{
    static const struct pass read = {STAGE_READ, read_call, take_read};
    static const struct pass adopt = {STAGE_ADOPT, adopt_call, take_adopted};
    static const struct pass apply = {STAGE_APPLY, apply_call, take_applied};
    while (any_at(a, STAGE_READ)) {
        run_pass(a, &read);
        run_pass(a, &adopt);
    }
    run_pass(a, &apply);
}

int kube_apply_many(struct kube_client *c, json_t *const *objects, size_t count,
                    const struct kube_apply_options *options, struct kube_apply_result *results,
                    struct error **err)
{
    static const struct kube_apply_options defaults;
    memset(results, 0, count * sizeof(*results));
    if (count == 0)
        return 0;
    struct applying a = {.c = c,
                         .options = options ? options : &defaults,
                         .manager = options && options->field_manager ? options->field_manager
                                                                      : c->field_manager,
                         .items = mem_array(count, sizeof(*a.items)),
                         .results = results,
                         .count = count};
    int rc = prepare_all(&a, objects, err);
    if (rc < 0) {
        fail_all(&a, *err);
    } else {
        run_passes(&a);
        rc = first_error(&a, err);
    }
    for (size_t i = 0; i < count; i++)
        item_release(&a.items[i]);
    free(a.items);
    return rc;
}

int kube_apply(struct kube_client *c, const json_t *object,
               const struct kube_apply_options *options, enum kube_applied *ret_applied,
               json_t **ret_live, struct error **err)
{
    struct kube_apply_result result;
    json_t *one = (json_t *)object;
    int rc = kube_apply_many(c, &one, 1, options, &result, err);
    if (rc == 0) {
        if (ret_applied)
            *ret_applied = result.applied;
        if (ret_live)
            *ret_live = TAKE(result.live);
    }
    kube_apply_results_release(&result, 1);
    return rc;
}

void kube_apply_results_release(struct kube_apply_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(results[i].live);
        error_free(results[i].error);
        results[i] = (struct kube_apply_result){0};
    }
}
