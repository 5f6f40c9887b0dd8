/* The table of kinds, filled from discovery and searched. */
#include "kinds.h"

#include <stdlib.h>
#include <string.h>

struct kube_kinds *kube_kinds_new(void)
{
    return mem_zalloc(sizeof(struct kube_kinds));
}

void kube_kinds_free(struct kube_kinds *k)
{
    if (!k)
        return;
    for (size_t i = 0; i < k->count; i++) {
        free(k->rows[i].api_version);
        free(k->rows[i].group);
        free(k->rows[i].kind);
        free(k->rows[i].resource);
    }
    free(k->rows);
    strlist_release(&k->versions);
    free(k);
}

/* A resource's name becomes part of a request's path, and a kind's of "group/version/Kind": what is no
 * plain name is left out. */
static bool is_plain(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/") ==
                     strlen(s);
}

static void add_row_take(struct kube_kinds *k, const char *api_version, const char *kind,
                         char *resource, bool namespaced)
{
    if (k->count >= KUBE_MAX_KINDS || !is_plain(resource) || !is_plain(kind) || strchr(kind, '/')) {
        free(resource);
        return;
    }
    k->rows = mem_grow(k->rows, &k->cap, k->count + 1, sizeof(*k->rows));
    const char *slash = strchr(api_version, '/');
    k->rows[k->count] = (struct kube_kind){
        .api_version = mem_strdup(api_version),
        .group = mem_strndup(api_version, slash ? (size_t)(slash - api_version) : 0),
        .kind = mem_strdup(kind),
        .resource = resource,
        .namespaced = namespaced,
        .order = k->count};
    k->count++;
}

static void add_version(struct kube_kinds *k, const char *api_version)
{
    if (k->versions.count < KUBE_MAX_KINDS)
        strlist_add(&k->versions, api_version);
}

static void add_aggregated_resource(struct kube_kinds *k, const char *api_version,
                                    const json_t *resource)
{
    const char *name = json_dig_str(resource, "resource", NULL);
    const char *kind = json_dig_str(resource, "responseKind", "kind", NULL);
    const char *scope = json_dig_str(resource, "scope", NULL);
    if (!name)
        return;
    bool namespaced = scope && strcmp(scope, "Namespaced") == 0;
    if (kind && *kind)
        add_row_take(k, api_version, kind, mem_strdup(name), namespaced);
    size_t i;
    json_t *sub;
    json_array_foreach(json_object_get(resource, "subresources"), i, sub) {
        const char *sub_name = json_dig_str(sub, "subresource", NULL);
        const char *sub_kind = json_dig_str(sub, "responseKind", "kind", NULL);
        if (sub_name && sub_kind && *sub_kind)
            add_row_take(k, api_version, sub_kind, mem_printf("%s/%s", name, sub_name), namespaced);
    }
}

static void add_aggregated_version(struct kube_kinds *k, const char *group, const json_t *version)
{
    const char *name = json_dig_str(version, "version", NULL);
    const char *freshness = json_dig_str(version, "freshness", NULL);
    if (!name || !is_plain(name) || (freshness && strcmp(freshness, "Stale") == 0))
        return;
    AUTO_FREE char *api_version = *group ? mem_printf("%s/%s", group, name) : mem_strdup(name);
    add_version(k, api_version);
    size_t i;
    json_t *resource;
    json_array_foreach(json_object_get(version, "resources"), i, resource)
        add_aggregated_resource(k, api_version, resource);
}

void kube_kinds_add_aggregated(struct kube_kinds *k, const json_t *list)
{
    size_t i, j;
    json_t *group, *version;
    json_array_foreach(json_object_get(list, "items"), i, group) {
        /* The core group has no name, and then no metadata.name. */
        const char *name = json_dig_str(group, "metadata", "name", NULL);
        if (name && *name && !is_plain(name))
            continue;
        json_array_foreach(json_object_get(group, "versions"), j, version)
            add_aggregated_version(k, name ? name : "", version);
    }
}

void kube_kinds_add_resources(struct kube_kinds *k, const json_t *list)
{
    const char *api_version = json_dig_str(list, "groupVersion", NULL);
    if (!api_version || !is_plain(api_version))
        return;
    add_version(k, api_version);
    size_t i;
    json_t *resource;
    json_array_foreach(json_object_get(list, "resources"), i, resource) {
        const char *name = json_dig_str(resource, "name", NULL);
        const char *kind = json_dig_str(resource, "kind", NULL);
        if (name && kind && *kind)
            add_row_take(k, api_version, kind, mem_strdup(name),
                         json_is_true(json_object_get(resource, "namespaced")));
    }
}

static int compare_names(const char *version_a, const char *kind_a, const char *version_b,
                         const char *kind_b)
{
    int by_version = strcmp(version_a, version_b);
    return by_version != 0 ? by_version : strcmp(kind_a, kind_b);
}

static int compare_rows(const void *a, const void *b)
{
    const struct kube_kind *x = a, *y = b;
    int by_name = compare_names(x->api_version, x->kind, y->api_version, y->kind);
    return by_name != 0 ? by_name : (x->order > y->order) - (x->order < y->order);
}

void kube_kinds_sort(struct kube_kinds *k)
{
    if (k->count > 0)
        qsort(k->rows, k->count, sizeof(*k->rows), compare_rows);
    strlist_sort(&k->versions);
}

/* The first row that is not before the name. */
static size_t lower_bound(const struct kube_kinds *k, const char *api_version, const char *kind)
{
    size_t low = 0, high = k->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct kube_kind *row = &k->rows[middle];
        if (compare_names(row->api_version, row->kind, api_version, kind) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool row_is(const struct kube_kinds *k, size_t i, const char *api_version, const char *kind)
{
    return i < k->count && strcmp(k->rows[i].api_version, api_version) == 0 &&
           strcmp(k->rows[i].kind, kind) == 0;
}

const struct kube_kind *kube_kinds_find(const struct kube_kinds *k, const char *api_version,
                                        const char *kind)
{
    for (size_t i = lower_bound(k, api_version, kind); row_is(k, i, api_version, kind); i++) {
        if (!strchr(k->rows[i].resource, '/'))
            return &k->rows[i];
    }
    return NULL;
}

bool kube_kinds_has(const struct kube_kinds *k, const char *name)
{
    if (strlist_has(&k->versions, name))
        return true;
    const char *slash = strrchr(name, '/');
    if (!slash)
        return false;
    AUTO_FREE char *api_version = mem_strndup(name, (size_t)(slash - name));
    return row_is(k, lower_bound(k, api_version, slash + 1), api_version, slash + 1);
}

void kube_kinds_names(const struct kube_kinds *k, struct strlist *out)
{
    AUTO_STRLIST all = STRLIST_INIT;
    for (size_t i = 0; i < k->versions.count; i++)
        strlist_add(&all, k->versions.items[i]);
    for (size_t i = 0; i < k->count; i++)
        strlist_addf(&all, "%s/%s", k->rows[i].api_version, k->rows[i].kind);
    strlist_sort(&all);
    for (size_t i = 0; i < all.count; i++) {
        if (i == 0 || strcmp(all.items[i], all.items[i - 1]) != 0)
            strlist_add(out, all.items[i]);
    }
}
