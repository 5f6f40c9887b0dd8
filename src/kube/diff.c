/* Where two states of an object differ. */
#include "meshctl/kube/diff.h"

#include <stdlib.h>
#include <string.h>

#include "mask.h"
#include "meshctl/base/text.h"

#define MAX_KEYS 2
/* Matching is quadratic; longer lists are compared by index. */
#define MAX_LIST 500

/* By what items of lists are known, in the order in which it is tried. */
static const char *const list_keys[][MAX_KEYS] = {
    {"name"},
    {"mountPath"},
    {"devicePath"},
    {"containerPort"},
    {"containerPort", "protocol"},
    {"port"},
    {"port", "protocol"},
    {"key"},
    {"ip"},
    {"type"},
    {"topologyKey"},
    {"uid"},
};

static const char *const server_metadata[] = {
    "managedFields",     "resourceVersion",   "uid",      "generation",
    "creationTimestamp", "deletionTimestamp", "selfLink", "deletionGracePeriodSeconds",
};

struct walk {
    struct kube_changes *out;
    struct buf path;
    size_t depth;
};

void kube_changes_release(struct kube_changes *c)
{
    for (size_t i = 0; i < c->count; i++) {
        free(c->items[i].path);
        json_decref(c->items[i].before);
        json_decref(c->items[i].after);
    }
    free(c->items);
    *c = (struct kube_changes){0};
}

static void add(struct walk *w, const json_t *before, const json_t *after, bool secret, bool root)
{
    struct kube_changes *out = w->out;
    if (out->count == KUBE_DIFF_MAX_CHANGES) {
        out->more++;
        return;
    }
    struct kube_field_change change = {.path = mem_strdup(buf_str(&w->path))};
    change.before = kube_mask_new(before, secret, root, &change.masked);
    change.after = kube_mask_new(after, secret, root, &change.masked);
    out->items = mem_grow(out->items, &out->cap, out->count + 1, sizeof(*out->items));
    out->items[out->count++] = change;
}

static void compare(struct walk *w, const json_t *before, const json_t *after, bool secret,
                    bool root);

/* ---- objects ---- */

static void push_member(struct walk *w, const char *key)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    bool bare = *key && strspn(key, plain) == strlen(key);
    if (!bare)
        buf_appends(&w->path, "[\"");
    else if (w->path.len > 0)
        buf_appendc(&w->path, '.');
    text_append_clean(&w->path, key, strlen(key));
    if (!bare)
        buf_appends(&w->path, "\"]");
}

static void compare_members(struct walk *w, const json_t *before, const json_t *after, bool secret,
                            bool root)
{
    const char *key;
    json_t *value;
    size_t len = w->path.len;
    json_object_foreach((json_t *)before, key, value) {
        push_member(w, key);
        bool hidden =
            secret || kube_mask_member(before, key, root) || kube_mask_member(after, key, root);
        compare(w, value, json_object_get(after, key), hidden, false);
        buf_truncate(&w->path, len);
    }
    json_object_foreach((json_t *)after, key, value) {
        if (json_object_get(before, key))
            continue;
        push_member(w, key);
        compare(w, NULL, value, secret || kube_mask_member(after, key, root), false);
        buf_truncate(&w->path, len);
    }
}

/* ---- lists ---- */

static bool same_item(const json_t *a, const json_t *b, const char *const *keys)
{
    for (size_t k = 0; k < MAX_KEYS && keys[k]; k++) {
        const json_t *x = json_object_get(a, keys[k]);
        if (!x || !json_same(x, json_object_get(b, keys[k])))
            return false;
    }
    return true;
}

/* The item of the list that has the same key; *ret_index may be NULL. */
static const json_t *find_item(const json_t *list, const json_t *item, const char *const *keys,
                               size_t *ret_index)
{
    size_t i;
    json_t *other;
    json_array_foreach(list, i, other) {
        if (!same_item(item, other, keys))
            continue;
        if (ret_index)
            *ret_index = i;
        return other;
    }
    return NULL;
}

/* Every item has the keys, and no two the same. */
static bool keys_serve(const json_t *list, const char *const *keys)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        for (size_t k = 0; k < MAX_KEYS && keys[k]; k++) {
            const json_t *value = json_object_get(item, keys[k]);
            if (!json_is_string(value) && !json_is_integer(value))
                return false;
        }
        size_t first;
        if (!find_item(list, item, keys, &first) || first != i)
            return false;
    }
    return true;
}

static const char *const *keys_of(const json_t *before, const json_t *after)
{
    if (json_array_size(before) > MAX_LIST || json_array_size(after) > MAX_LIST)
        return NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(list_keys); i++) {
        if (keys_serve(before, list_keys[i]) && keys_serve(after, list_keys[i]))
            return list_keys[i];
    }
    return NULL;
}

static void append_keys(struct buf *out, const json_t *item, const char *const *keys)
{
    for (size_t k = 0; k < MAX_KEYS && keys[k]; k++) {
        const json_t *value = json_object_get(item, keys[k]);
        buf_appendf(out, "%s%s=", k > 0 ? "," : "", keys[k]);
        if (json_is_string(value))
            text_append_clean(out, json_string_value(value), json_string_length(value));
        else
            buf_appendf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
}

static void compare_item(struct walk *w, const json_t *before, const json_t *after,
                         const char *const *keys, bool secret)
{
    size_t len = w->path.len;
    buf_appendc(&w->path, '[');
    append_keys(&w->path, before ? before : after, keys);
    buf_appendc(&w->path, ']');
    compare(w, before, after, secret, false);
    buf_truncate(&w->path, len);
}

/* The keys of the items that are in both lists, in the order of `list`. */
static json_t *order_new(const json_t *list, const json_t *other, const char *const *keys)
{
    json_t *out = json_array();
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        AUTO_BUF text = BUF_INIT;
        if (!find_item(other, item, keys, NULL))
            continue;
        append_keys(&text, item, keys);
        json_array_append_new(out, json_string(buf_str(&text)));
    }
    return out;
}

static void compare_by_key(struct walk *w, const json_t *before, const json_t *after,
                           const char *const *keys, bool secret)
{
    size_t i;
    json_t *item;
    json_array_foreach(before, i, item)
        compare_item(w, item, find_item(after, item, keys, NULL), keys, secret);
    json_array_foreach(after, i, item) {
        if (!find_item(before, item, keys, NULL))
            compare_item(w, NULL, item, keys, secret);
    }
    json_auto_t *old_order = order_new(before, after, keys);
    json_auto_t *new_order = order_new(after, before, keys);
    if (!json_same(old_order, new_order))
        add(w, old_order, new_order, secret, false);
}

static void compare_by_index(struct walk *w, const json_t *before, const json_t *after, bool secret)
{
    size_t count = json_array_size(before), len = w->path.len;
    if (json_array_size(after) > count)
        count = json_array_size(after);
    for (size_t i = 0; i < count; i++) {
        buf_appendf(&w->path, "[%zu]", i);
        compare(w, json_array_get(before, i), json_array_get(after, i), secret, false);
        buf_truncate(&w->path, len);
    }
}

static bool is_plain(const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        if (json_is_object(item) || json_is_array(item))
            return false;
    }
    return true;
}

static void compare_lists(struct walk *w, const json_t *before, const json_t *after, bool secret)
{
    const char *const *keys = keys_of(before, after);
    if (is_plain(before) && is_plain(after))
        add(w, before, after, secret, false);
    else if (keys)
        compare_by_key(w, before, after, keys, secret);
    else
        compare_by_index(w, before, after, secret);
}

/* ---- all ---- */

static void compare(struct walk *w, const json_t *before, const json_t *after, bool secret,
                    bool root)
{
    if (before && after && json_same(before, after))
        return;
    bool deep = w->depth == KUBE_DIFF_MAX_DEPTH;
    w->depth++;
    if (!deep && json_is_object(before) && json_is_object(after))
        compare_members(w, before, after, secret, root);
    else if (!deep && json_is_array(before) && json_is_array(after))
        compare_lists(w, before, after, secret);
    else if (before || after)
        add(w, before, after, secret, root);
    w->depth--;
}

/* Without what the server alone writes. */
static json_t *essence_new(const json_t *object)
{
    if (!json_is_object(object))
        return json_incref((json_t *)object);
    json_t *out = json_copy((json_t *)object);
    json_t *metadata = json_copy(json_object_get(object, "metadata"));
    json_object_del(out, "status");
    for (size_t i = 0; i < MC_ARRAY_LEN(server_metadata); i++)
        json_object_del(metadata, server_metadata[i]);
    if (metadata)
        json_object_set_new(out, "metadata", metadata);
    return out;
}

void kube_diff(const json_t *before, const json_t *after, struct kube_changes *out)
{
    struct walk w = {.out = out};
    json_auto_t *old = essence_new(before);
    json_auto_t *new = essence_new(after);
    compare(&w, old, new, false, true);
    buf_release(&w.path);
}
