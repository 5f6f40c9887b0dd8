/* Objects of all kinds at once: what a namespace holds, what carries a label. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"
#include "ref.h"

#define FIRST_PAGE "500"

struct contents {
    struct kube_client *c;
    const char *namespace_, *selector;
    struct kube_ref *refs; /* of one kind each */
    struct kube_call *calls;
    char **paths;
    size_t count;
    json_t *items;
};

/* Of one that is served in several versions the first, which is the preferred one. */
static bool is_repeated(const struct kube_kinds *kinds, const struct kube_kind *row)
{
    for (size_t i = 0; i < kinds->count; i++) {
        const struct kube_kind *other = &kinds->rows[i];
        if (other->order < row->order && strcmp(other->group, row->group) == 0 &&
            strcmp(other->resource, row->resource) == 0)
            return true;
    }
    return false;
}

/* What others are shown as, and what only tells what happened. */
static bool is_derived(const struct kube_kind *row)
{
    static const char *const kinds[] = {"ComponentStatus", "Endpoints", "Event", "PodMetrics",
                                        "NodeMetrics"};
    for (size_t i = 0; i < MC_ARRAY_LEN(kinds); i++)
        if (strcmp(row->kind, kinds[i]) == 0)
            return true;
    return false;
}

static void add_kind(struct contents *l, const struct kube_kind *row)
{
    bool wanted = (row->namespaced || !l->namespace_) && !is_derived(row);
    if (!wanted || strchr(row->resource, '/') || is_repeated(l->c->kinds, row))
        return;
    AUTO_BUF path = BUF_INIT;
    kube_ref_path(&path, row, l->namespace_, NULL);
    kube_query_add(&path, "labelSelector", l->selector);
    kube_query_add(&path, "limit", FIRST_PAGE);
    struct kube_ref *ref = &l->refs[l->count];
    *ref = (struct kube_ref){row->api_version, row->kind, l->namespace_, NULL};
    l->paths[l->count] = buf_detach(&path, NULL);
    l->calls[l->count] = (struct kube_call){
        .verb = "list",
        .path = l->paths[l->count],
        .accept = KUBE_ACCEPT_METADATA("PartialObjectMetadataList"),
        .ref = ref,
        .flags = KUBE_CALL_IDEMPOTENT | KUBE_CALL_OPTIONAL | KUBE_CALL_SPARE,
    };
    l->count++;
}

static void take_items(struct contents *l, const struct kube_ref *ref, const json_t *items)
{
    size_t i;
    json_t *item;
    json_array_foreach(items, i, item) {
        if (!json_is_object(item))
            continue;
        json_object_set_new(item, "apiVersion", json_string(ref->api_version));
        json_object_set_new(item, "kind", json_string(ref->kind));
        json_array_append(l->items, item);
    }
}

/* Many kinds cannot be listed (reviews, bindings); an aggregated API whose server is down answers
 * 503, and what it keeps is not for us to find. */
static bool has_no_list(const struct error *e)
{
    return e->http_status == 405 || e->http_status == 404 || e->http_status == 503;
}

static int take_reply(struct contents *l, size_t k, struct kube_reply *reply, struct error **err)
{
    json_auto_t *page = NULL, *all = NULL;
    if (reply->error && has_no_list(reply->error))
        return 0;
    if (reply->error) {
        *err = TAKE(reply->error);
        return -1;
    }
    if (reply->response.status == 404)
        return 0;
    if (kube_reply_json(l->c, &l->calls[k], reply, &page, err) < 0)
        return -1;
    const char *more = json_dig_str(page, "metadata", "continue", NULL);
    if (!more || !*more) {
        take_items(l, &l->refs[k], json_object_get(page, "items"));
        return 0;
    }
    if (kube_list_metadata(l->c, &l->refs[k], l->selector, NULL, &all, err) < 0)
        return -1;
    json_array_extend(l->items, all);
    return 0;
}

static int run(struct contents *l, struct error **err)
{
    struct kube_reply *replies = mem_array(l->count, sizeof(*replies));
    int rc = kube_call_many(l->c, l->calls, l->count, replies, err);
    for (size_t k = 0; k < l->count && rc == 0; k++)
        rc = take_reply(l, k, &replies[k], err);
    kube_replies_free(replies, l->count);
    return rc;
}

int kube_list_contents(struct kube_client *c, const char *namespace_, const char *label_selector,
                       json_t **ret_items, struct error **err)
{
    if (kube_kinds_settle(c, NULL, 0, false, err) < 0)
        return -1;
    size_t kinds = c->kinds->count;
    struct contents l = {.c = c,
                         .namespace_ = namespace_,
                         .selector = label_selector,
                         .refs = mem_array(kinds, sizeof(*l.refs)),
                         .calls = mem_array(kinds, sizeof(*l.calls)),
                         .paths = mem_array(kinds, sizeof(*l.paths)),
                         .items = json_array()};
    for (size_t i = 0; i < kinds; i++)
        add_kind(&l, &c->kinds->rows[i]);
    int rc = run(&l, err);
    if (rc == 0)
        *ret_items = json_incref(l.items);
    json_decref(l.items);
    for (size_t k = 0; k < l.count; k++)
        free(l.paths[k]);
    free(l.paths);
    free(l.calls);
    free(l.refs);
    return rc;
}
