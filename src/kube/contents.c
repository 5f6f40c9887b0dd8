/* Objects of all kinds at once: what a namespace holds, what carries a label. */
#include <stdlib.h>
#include <string.h>

#include "client_internal.h"

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

static bool is_listed(const struct kube_kinds *kinds, const struct kube_kind *row,
                      const char *namespace_)
{
    return (row->namespaced || !namespace_) && !is_derived(row) && !strchr(row->resource, '/') &&
           !is_repeated(kinds, row);
}

/* Many kinds cannot be listed (reviews, bindings); an aggregated API whose server is down answers
 * 503, and what it keeps is not for us to find. */
static bool has_no_list(const struct error *e)
{
    return e->http_status == 405 || e->http_status == 404 || e->http_status == 503;
}

static int take_items(struct kube_read *reads, size_t count, json_t *items, struct error **err)
{
    for (size_t i = 0; i < count; i++) {
        if (reads[i].error && !has_no_list(reads[i].error)) {
            *err = TAKE(reads[i].error);
            return -1;
        }
        if (!reads[i].error)
            json_array_extend(items, reads[i].found);
    }
    return 0;
}

int kube_list_contents(struct kube_client *c, const char *namespace_, const char *label_selector,
                       json_t **ret_items, struct error **err)
{
    if (kube_kinds_settle(c, NULL, 0, false, err) < 0)
        return -1;
    struct kube_read *reads = mem_array(c->kinds->count, sizeof(*reads));
    json_auto_t *items = json_array();
    size_t count = 0;
    for (size_t i = 0; i < c->kinds->count; i++) {
        const struct kube_kind *row = &c->kinds->rows[i];
        if (is_listed(c->kinds, row, namespace_))
            reads[count++] =
                (struct kube_read){.ref = {row->api_version, row->kind, namespace_, NULL},
                                   .is_list = true,
                                   .label_selector = label_selector,
                                   .metadata_only = true,
                                   .is_spare = true};
    }
    int rc = kube_read_many(c, reads, count, err);
    if (rc == 0)
        rc = take_items(reads, count, items, err);
    if (rc == 0)
        *ret_items = TAKE(items);
    kube_reads_release(reads, count);
    free(reads);
    return rc;
}
