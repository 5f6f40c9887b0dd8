/* What an apply would do, told without writing: the live object is looked at, and where that does
 * not show it, the server is asked by a dry run. */
#include <stdlib.h>
#include <string.h>

#include "apply_item.h"
#include "compare.h"
#include "status.h"

void kube_comparisons_release(struct kube_comparison *comparisons, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_decref(comparisons[i].live);
        json_decref(comparisons[i].after);
        kube_conflicts_release(&comparisons[i].conflicts);
        kube_conflicts_release(&comparisons[i].left_out);
        error_free(comparisons[i].error);
        comparisons[i] = (struct kube_comparison){0};
    }
}

/* Nothing of a trial passes into the cluster, so a webhook that cannot be reached is told at once
 * rather than waited for. */
static struct kube_call try_call(const struct kube_applying *a, struct kube_item *i)
{
    return kube_item_send(a, i, a->options->force || i->forced, true, NULL);
}

/* A trial cannot build on an adoption that was not done: what the manager owns by Update is in
 * conflict with its own name then. */
static void drop_own(const struct kube_applying *a, const struct kube_item *i,
                     struct kube_conflicts *conflicts)
{
    size_t kept = 0;
    for (size_t k = 0; i->adopted && k < conflicts->count; k++) {
        struct kube_conflict *conflict = &conflicts->items[k];
        if (strcmp(conflict->manager, a->manager) != 0) {
            conflicts->items[kept++] = *conflict;
            continue;
        }
        free(conflict->manager);
        free(conflict->field);
    }
    if (i->adopted)
        conflicts->count = kept;
}

static int take_conflict(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                         struct kube_reply *reply, struct error **err)
{
    struct kube_comparison *out = &((struct kube_comparison *)a->ctx)[i - a->items];
    AUTO_KUBE_STATUS status = {0};
    kube_status_read(&reply->response, &status);
    kube_status_conflicts(&status, &out->conflicts);
    bool about_fields = out->conflicts.count > 0;
    drop_own(a, i, &out->conflicts);
    if (about_fields && out->conflicts.count == 0 && !i->forced) {
        i->forced = true;
        i->stage = KUBE_STAGE_SEND;
        return 0;
    }
    if (!about_fields) {
        *err = TAKE(reply->error);
        return -1;
    }
    out->would = KUBE_WOULD_CONFLICT;
    kube_conflicts_error(&out->conflicts, err);
    return kube_error_place(a->c, call, err);
}

static bool is_immutable(const struct kube_reply *reply)
{
    AUTO_KUBE_STATUS status = {0};
    kube_status_read(&reply->response, &status);
    return kube_status_is_immutable(&status);
}

static int take_tried(struct kube_applying *a, struct kube_item *i, const struct kube_call *call,
                      struct kube_reply *reply, struct error **err)
{
    struct kube_comparison *out = &((struct kube_comparison *)a->ctx)[i - a->items];
    i->stage = KUBE_STAGE_DONE;
    out->would = KUBE_WOULD_CREATE;
    if (reply->error && reply->error->kind == ERROR_CONFLICT)
        return take_conflict(a, i, call, reply, err);
    /* Of an object that may not be read, this is how a missing namespace shows. */
    if (reply->error && i->unread && reply->error->kind == ERROR_NOT_FOUND)
        return 0;
    if (reply->error) {
        if (is_immutable(reply))
            out->would = KUBE_WOULD_RECREATE;
        *err = TAKE(reply->error);
        return -1;
    }
    if (i->unread && reply->response.status == 201)
        return 0;
    if (kube_reply_json(a->c, call, reply, &out->after, err) < 0)
        return -1;
    bool same = i->before && !i->adopted && kube_same_but_time(i->before, out->after);
    out->would = same ? KUBE_WOULD_NOTHING : KUBE_WOULD_CHANGE;
    if (same)
        json_decref(TAKE(out->after));
    return 0;
}

/* What an item that was read needs: nothing, if all is known. */
static void look(struct kube_item *i, bool untried, struct kube_comparison *out)
{
    if (i->error)
        return;
    bool missing = i->unserved || (!i->before && !i->unread);
    if (missing || i->in_vain) {
        out->would = missing ? KUBE_WOULD_CREATE : KUBE_WOULD_NOTHING;
        i->stage = KUBE_STAGE_DONE;
        return;
    }
    out->would = KUBE_WOULD_CHANGE;
    i->stage = untried ? KUBE_STAGE_DONE : KUBE_STAGE_SEND;
}

static void compare(struct kube_applying *a, struct kube_comparison *comparisons)
{
    static const struct kube_pass trial = {KUBE_STAGE_SEND, try_call, take_tried};
    a->ctx = comparisons;
    a->heads_only = true;
    kube_applying_read(a);
    for (size_t k = 0; k < a->count; k++)
        look(&a->items[k], a->options->untried, &comparisons[k]);
    kube_applying_pass(a, &trial);
    /* Once more by force what only its own manager was in the way of. */
    kube_applying_pass(a, &trial);
    for (size_t k = 0; k < a->count; k++) {
        comparisons[k].live = json_incref(a->items[k].before);
        comparisons[k].error = TAKE(a->items[k].error);
        comparisons[k].left_out = a->items[k].left_out;
        a->items[k].left_out = (struct kube_conflicts){0};
    }
}

int kube_compare_many(struct kube_client *c, json_t *const *objects, size_t count,
                      const struct kube_apply_options *options, struct kube_comparison *comparisons,
                      struct error **err)
{
    struct kube_applying a;
    memset(comparisons, 0, count * sizeof(*comparisons));
    if (count == 0)
        return 0;
    int rc = kube_applying_begin(&a, c, objects, count, options, false, err);
    for (size_t k = 0; rc < 0 && k < count; k++)
        comparisons[k].error = error_dup(*err);
    if (rc == 0)
        compare(&a, comparisons);
    if (a.stopped) {
        *err = TAKE(a.stopped);
        rc = -1;
    }
    kube_applying_release(&a);
    return rc;
}
