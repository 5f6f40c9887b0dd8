/* Server-side apply of objects, many at once. */
#include "meshctl/kube/apply.h"

#include <stdlib.h>
#include <string.h>

#include "apply_item.h"
#include "meshctl/base/text.h"

/* What the last pass of an apply knows beside its items. */
struct applying {
    struct kube_apply_result *results;
    bool bound; /* to the object that was looked at, which may be a while ago */
};

static struct kube_call apply_call(const struct kube_applying *a, struct kube_item *i)
{
    const struct applying *own = a->ctx;
    const char *uid = own->bound ? json_dig_str(i->before, "metadata", "uid", NULL) : NULL;
    struct kube_call call = kube_item_send(a, i, a->options->force, false, uid);
    call.flags |= KUBE_CALL_WRITES | KUBE_CALL_KIND_PATH;
    /* What was sent is known, and may be large. */
    call.accept = KUBE_ACCEPT_METADATA("PartialObjectMetadata");
    return call;
}

static bool is_same(const json_t *before, const json_t *after)
{
    return text_equal(json_dig_str(before, "metadata", "resourceVersion", NULL),
                      json_dig_str(after, "metadata", "resourceVersion", NULL)) &&
           text_equal(json_dig_str(before, "metadata", "uid", NULL),
                      json_dig_str(after, "metadata", "uid", NULL));
}

static enum kube_applied what_was_done(const struct kube_item *i, int status, const json_t *live)
{
    if (i->unread)
        return status == 201 ? KUBE_CREATED : KUBE_CHANGED;
    if (!i->before)
        return KUBE_CREATED;
    return !i->adopted && is_same(i->before, live) ? KUBE_UNCHANGED : KUBE_CHANGED;
}

static int take_applied(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                        struct kube_reply *reply, struct error **err)
{
    struct applying *own = a->ctx;
    struct kube_apply_result *result = &own->results[i - a->items];
    if (reply->error) {
        /* The kind has perhaps moved or gone; whoever asks next looks afresh. */
        if (reply->error->kind == ERROR_NOT_FOUND)
            kube_kinds_forget(a->c, false);
        *err = TAKE(reply->error);
        return -1;
    }
    i->stage = KUBE_STAGE_DONE;
    json_auto_t *live = NULL;
    if (kube_reply_json(a->c, call, reply, &live, err) < 0)
        return -1;
    result->applied = what_was_done(i, reply->response.status, live);
    if (result->applied != KUBE_UNCHANGED && strcmp(i->ref.kind, "CustomResourceDefinition") == 0)
        kube_kinds_forget(a->c, true);
    return 0;
}

/* Moves to the results what the passes left with the items; -1 with the first error. */
static int take_ends(struct kube_applying *a, struct kube_apply_result *results, struct error **err)
{
    const struct error *first = NULL;
    for (size_t k = 0; k < a->count; k++) {
        struct kube_item *i = &a->items[k];
        if (i->error) {
            results[k].error = TAKE(i->error);
            first = first ? first : results[k].error;
        } else if (i->in_vain) {
            results[k].applied = i->adopted ? KUBE_CHANGED : KUBE_UNCHANGED;
        }
    }
    if (!first)
        return 0;
    *err = error_dup(first);
    return -1;
}

/* What was looked at already needs no reading. */
static void take_comparison(struct kube_applying *a, struct kube_item *i,
                            const struct kube_comparison *seen)
{
    if (i->error)
        return;
    if (seen->error) {
        i->error = error_dup(seen->error);
        i->stage = KUBE_STAGE_DONE;
        return;
    }
    i->before = json_incref(seen->live);
    i->unread = !seen->live && seen->would != KUBE_WOULD_CREATE;
    i->stage = KUBE_STAGE_SEND;
    if (seen->would == KUBE_WOULD_NOTHING) {
        i->in_vain = true;
        i->stage = KUBE_STAGE_DONE;
    } else if (seen->live) {
        kube_item_look(a, i);
    }
}

static int run(struct kube_client *c, json_t *const *objects, size_t count,
               const struct kube_apply_options *options, const struct kube_comparison *comparisons,
               struct kube_apply_result *results, struct error **err)
{
    static const struct kube_pass apply = {KUBE_STAGE_SEND, apply_call, take_applied};
    struct applying own = {.results = results, .bound = comparisons != NULL};
    struct kube_applying a;
    memset(results, 0, count * sizeof(*results));
    if (count == 0)
        return 0;
    int rc = kube_applying_begin(&a, c, objects, count, options, true, err);
    a.ctx = &own;
    for (size_t k = 0; rc < 0 && k < count; k++)
        results[k].error = error_dup(*err);
    if (rc == 0) {
        for (size_t k = 0; comparisons && k < count; k++)
            take_comparison(&a, &a.items[k], &comparisons[k]);
        kube_applying_read(&a);
        kube_applying_adopt(&a);
        kube_applying_pass(&a, &apply);
        rc = take_ends(&a, results, err);
    }
    kube_applying_release(&a);
    return rc;
}

int kube_apply_many(struct kube_client *c, json_t *const *objects, size_t count,
                    const struct kube_apply_options *options, struct kube_apply_result *results,
                    struct error **err)
{
    return run(c, objects, count, options, NULL, results, err);
}

int kube_apply_compared(struct kube_client *c, json_t *const *objects, size_t count,
                        const struct kube_apply_options *options,
                        const struct kube_comparison *comparisons,
                        struct kube_apply_result *results, struct error **err)
{
    return run(c, objects, count, options, comparisons, results, err);
}

int kube_apply(struct kube_client *c, const json_t *object,
               const struct kube_apply_options *options, enum kube_applied *ret_applied,
               struct error **err)
{
    struct kube_apply_result result;
    json_t *one = (json_t *)object;
    int rc = kube_apply_many(c, &one, 1, options, &result, err);
    if (rc == 0 && ret_applied)
        *ret_applied = result.applied;
    kube_apply_results_release(&result, 1);
    return rc;
}

void kube_apply_results_release(struct kube_apply_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        error_free(results[i].error);
        results[i] = (struct kube_apply_result){0};
    }
}
