/* Collections, page by page. */
#include "client_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "ref.h"

#define PAGE "250"
/* A server that goes on giving pages is no longer believed past one of these. */
#define MAX_ITEMS 1000000
#define MAX_PAGES 10000
#define MAX_EMPTY_PAGES 16 /* in a row: servers fill pages as long as there is something */

/* One kube_list. */
struct listing {
    struct kube_client *c;
    const struct kube_ref *ref;
    const char *label_selector;
    const char *field_selector;
    const char *accept; /* NULL: whole objects */
    int64_t deadline_ms;
    char *path;
    bool whole; /* without pages: the server forgot the list while it was being read */
    json_t *items;
    size_t pages;
    size_t empty_pages; /* the last ones */
    char *next;         /* the continue token, or NULL */
    char *version;
};

void kube_items_take(const json_t *page, const struct kube_ref *ref, json_t *items)
{
    /* Shared: what is added to each item no limit has counted. */
    json_auto_t *api_version = json_string(ref->api_version), *kind = json_string(ref->kind);
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), i, item) {
        if (!json_is_object(item))
            continue;
        json_object_set(item, "apiVersion", api_version);
        json_object_set(item, "kind", kind);
        json_array_append(items, item);
    }
}

/* Why the list does not end, or NULL. */
static const char *endless(const struct listing *l, const char *next)
{
    return text_equal(l->next, next)               ? "the same page comes again and again"
           : l->empty_pages > MAX_EMPTY_PAGES      ? "page after page is empty"
           : l->pages > MAX_PAGES                  ? "it has too many pages"
           : json_array_size(l->items) > MAX_ITEMS ? "it has too many objects"
                                                   : NULL;
}

static int take_items(struct listing *l, const json_t *page, struct error **err)
{
    size_t before = json_array_size(l->items);
    kube_items_take(page, l->ref, l->items);
    l->pages++;
    l->empty_pages = json_array_size(l->items) == before ? l->empty_pages + 1 : 0;
    const char *next = json_dig_str(page, "metadata", "continue", NULL);
    if (next && *next && endless(l, next)) {
        error_set(err, ERROR_REMOTE, "the list does not end: %s", endless(l, next));
        return kube_error_ref(l->c, "list", l->ref, err);
    }
    free(l->next);
    l->next = next && *next ? mem_strdup(next) : NULL;
    free(l->version);
    l->version = mem_strdup_opt(json_dig_str(page, "metadata", "resourceVersion", NULL));
    return 0;
}

static int fetch_page(struct listing *l, struct error **err)
{
    AUTO_BUF path = BUF_INIT;
    json_auto_t *page = NULL;
    buf_appends(&path, l->path);
    kube_query_add(&path, "labelSelector", l->label_selector);
    kube_query_add(&path, "fieldSelector", l->field_selector);
    kube_query_add(&path, "limit", l->whole ? NULL : PAGE);
    kube_query_add(&path, "continue", l->next);
    struct kube_call call = {.verb = "list",
                             .path = buf_str(&path),
                             .accept = l->accept,
                             .max = KUBE_MAX_PAGE,
                             .ref = l->ref,
                             .flags = KUBE_CALL_IDEMPOTENT,
                             .deadline_ms = l->deadline_ms};
    if (kube_call_json(l->c, &call, &page, err) < 0)
        return -1;
    return take_items(l, page, err);
}

/* A page token lives some minutes only; client-go's pager then takes the list in one piece too. */
static bool is_expired(const struct listing *l, const struct error *e)
{
    return e->http_status == 410 && !l->whole;
}

/* Each request gets its last try, but not each page of a list. */
static bool is_late(const struct listing *l)
{
    int64_t deadline = kube_call_deadline(l->c, &(struct kube_call){.deadline_ms = l->deadline_ms});
    return deadline && clock_left_ms(deadline) == 0;
}

static int fetch_pages(struct listing *l, struct error **err)
{
    do {
        struct error *why = NULL;
        if (l->next && is_late(l)) {
            error_set(err, ERROR_TIMEOUT, "%zu pages came in time, and there are more", l->pages);
            return kube_error_ref(l->c, "list", l->ref, err);
        }
        if (fetch_page(l, &why) == 0)
            continue;
        if (!is_expired(l, why)) {
            *err = why;
            return -1;
        }
        error_free(why);
        l->whole = true;
        json_array_clear(l->items);
        free(TAKE(l->next));
        return fetch_page(l, err);
    } while (l->next);
    return 0;
}

/* Fills in what is left of `l`: where the collection is, and then its items. */
static int run(struct listing *l, const struct kube_ref *ref, json_t **ret_items,
               char **ret_version, struct error **err)
{
    const struct kube_kind *kind;
    struct kube_ref shown = {ref->api_version, ref->kind, ref->namespace_, NULL};
    if (kube_kind_find(l->c, "list", &shown, &kind, err) < 0)
        return -1;
    AUTO_BUF path = BUF_INIT;
    kube_ref_path(&path, kind, ref->namespace_, NULL);
    l->ref = &shown;
    l->path = buf_detach(&path, NULL);
    l->items = json_array();
    int rc = fetch_pages(l, err);
    if (rc == 0) {
        *ret_items = TAKE(l->items);
        if (ret_version)
            *ret_version = TAKE(l->version);
    }
    json_decref(l->items);
    free(l->next);
    free(l->version);
    free(l->path);
    return rc;
}

int kube_list_versioned(struct kube_client *c, const struct kube_ref *ref,
                        const char *label_selector, const char *field_selector, int64_t deadline_ms,
                        json_t **ret_items, char **ret_version, struct error **err)
{
    struct listing l = {.c = c,
                        .label_selector = label_selector,
                        .field_selector = field_selector,
                        .deadline_ms = deadline_ms};
    return run(&l, ref, ret_items, ret_version, err);
}

int kube_list(struct kube_client *c, const struct kube_ref *ref, const char *label_selector,
              const char *field_selector, json_t **ret_items, struct error **err)
{
    return kube_list_versioned(c, ref, label_selector, field_selector, 0, ret_items, NULL, err);
}

int kube_list_metadata(struct kube_client *c, const struct kube_ref *ref,
                       const char *label_selector, const char *field_selector, json_t **ret_items,
                       struct error **err)
{
    struct listing l = {.c = c,
                        .label_selector = label_selector,
                        .field_selector = field_selector,
                        .accept = KUBE_ACCEPT_METADATA("PartialObjectMetadataList")};
    return run(&l, ref, ret_items, NULL, err);
}
