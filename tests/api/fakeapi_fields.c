/* Server-side apply with its memory: which manager applied which fields, as managedFields holds it
 * (structured-merge-diff's fieldsV1, but every list is one field). What a manager does not apply any
 * more goes, unless another one has it too; what another one has may only be set by force. */
#include "fakeapi_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

/* What says which object it is, or is the server's own, belongs to nobody. */
static bool is_owned(int depth, const char *parent, const char *key)
{
    static const char *const of_object[] = {"apiVersion", "kind", "status"};
    static const char *const of_metadata[] = {"name",
                                              "namespace",
                                              "uid",
                                              "generation",
                                              "managedFields",
                                              "resourceVersion",
                                              "creationTimestamp"};
    for (size_t i = 0; depth == 0 && i < MC_ARRAY_LEN(of_object); i++)
        if (strcmp(of_object[i], key) == 0)
            return false;
    for (size_t i = 0; depth == 1 && i < MC_ARRAY_LEN(of_metadata); i++)
        if (strcmp(parent, "metadata") == 0 && strcmp(of_metadata[i], key) == 0)
            return false;
    return true;
}

static bool is_leaf(const json_t *fields)
{
    return json_object_size(fields) == 0;
}

/* {"f:spec":{"f:replicas":{}}} of an object or a part of one. */
static json_t *fields_of(const json_t *value, int depth, const char *parent)
{
    json_t *fields = json_object();
    const char *key;
    json_t *child;
    json_object_foreach((json_t *)value, key, child) {
        AUTO_FREE char *name = mem_printf("f:%s", key);
        if (!is_owned(depth, parent, key))
            continue;
        json_t *below = json_is_object(child) ? fields_of(child, depth + 1, key) : json_object();
        if (depth == 0 && strcmp(key, "metadata") == 0 && is_leaf(below))
            json_decref(below);
        else
            json_object_set_new(fields, name, below);
    }
    return fields;
}

static json_t *entry_of(const json_t *object, const char *manager)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_dig(object, "metadata", "managedFields", NULL), i, entry)
        if (text_equal(json_dig_str(entry, "manager", NULL), manager) &&
            text_equal(json_dig_str(entry, "operation", NULL), "Apply"))
            return entry;
    return NULL;
}

/* Whether somebody but `manager` has the field at the path. */
static const char *other_owner(const json_t *object, const char *manager,
                               const struct strlist *path)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_dig(object, "metadata", "managedFields", NULL), i, entry) {
        const char *other = json_dig_str(entry, "manager", NULL);
        const json_t *at = json_object_get(entry, "fieldsV1");
        if (text_equal(other, manager))
            continue;
        for (size_t k = 0; at && k < path->count; k++) {
            AUTO_FREE char *name = mem_printf("f:%s", path->items[k]);
            at = json_object_get(at, name);
        }
        if (at)
            return other;
    }
    return NULL;
}

static json_t *at_path(const json_t *object, const struct strlist *path, size_t count)
{
    const json_t *at = object;
    for (size_t k = 0; at && k < count; k++)
        at = json_object_get(at, path->items[k]);
    return (json_t *)at;
}

struct walk {
    json_t *object;      /* what is there, with its managers */
    const json_t *patch; /* what is applied */
    const char *manager;
    struct strlist path;
    json_t *causes; /* of a Status: conflicts */
};

static void pop(struct strlist *path)
{
    free(path->items[--path->count]);
}

/* Takes out what the manager had and does not apply any more. */
static void drop(struct walk *w, const json_t *had, const json_t *has)
{
    const char *name;
    json_t *below;
    json_object_foreach((json_t *)had, name, below) {
        const json_t *now = json_object_get(has, name);
        strlist_add(&w->path, name + 2);
        if (now && !is_leaf(below) && !is_leaf(now))
            drop(w, below, now);
        else if (!now && !is_leaf(below))
            drop(w, below, NULL);
        if (!now && !other_owner(w->object, w->manager, &w->path)) {
            json_t *value = at_path(w->object, &w->path, w->path.count);
            if (is_leaf(below) || json_object_size(value) == 0)
                json_object_del(at_path(w->object, &w->path, w->path.count - 1), name + 2);
        }
        pop(&w->path);
    }
}

static void add_cause(struct walk *w, const char *owner)
{
    AUTO_BUF field = BUF_INIT;
    AUTO_FREE char *message = mem_printf("conflict with \"%s\"", owner);
    for (size_t k = 0; k < w->path.count; k++)
        buf_appendf(&field, ".%s", w->path.items[k]);
    json_array_append_new(w->causes, json_pack("{s:s,s:s,s:s}", "reason", "FieldManagerConflict",
                                               "message", message, "field", buf_str(&field)));
}

/* Fields that somebody else set to something else. */
static void find_conflicts(struct walk *w, const json_t *fields)
{
    const char *name;
    json_t *below;
    json_object_foreach((json_t *)fields, name, below) {
        strlist_add(&w->path, name + 2);
        const char *owner = other_owner(w->object, w->manager, &w->path);
        if (!is_leaf(below))
            find_conflicts(w, below);
        else if (owner && !json_equal(at_path(w->object, &w->path, w->path.count),
                                      at_path(w->patch, &w->path, w->path.count)))
            add_cause(w, owner);
        pop(&w->path);
    }
}

/* By force the other managers lose what is set to something else. */
static void take_over(json_t *fields, const json_t *won, const json_t *before, const json_t *patch)
{
    const char *name;
    json_t *below;
    json_object_foreach((json_t *)won, name, below) {
        json_t *mine = json_object_get(fields, name);
        const json_t *old = json_object_get(before, name + 2);
        const json_t *new = json_object_get(patch, name + 2);
        if (mine && !is_leaf(below))
            take_over(mine, below, old, new);
        else if (mine && !json_equal(old, new))
            json_object_del(fields, name);
    }
}

/* A manager that has nothing any more is not named. */
static void drop_entry(json_t *object, const json_t *entry)
{
    json_t *entries = json_dig(object, "metadata", "managedFields", NULL);
    for (size_t i = json_array_size(entries); i-- > 0;)
        if (json_array_get(entries, i) == entry)
            json_array_remove(entries, i);
    if (json_array_size(entries) == 0)
        json_object_del(json_object_get(object, "metadata"), "managedFields");
}

static void set_entry(json_t *object, const char *manager, json_t *fields)
{
    json_t *entry = entry_of(object, manager);
    json_t *entries = json_dig(object, "metadata", "managedFields", NULL);
    if (is_leaf(fields)) {
        drop_entry(object, entry);
        return;
    }
    if (entry) {
        json_object_set(entry, "fieldsV1", fields);
        return;
    }
    if (!entries) {
        json_put(object, json_array(), "metadata", "managedFields", NULL);
        entries = json_dig(object, "metadata", "managedFields", NULL);
    }
    json_array_append_new(entries,
                          json_pack("{s:s,s:s,s:s,s:s,s:O}", "manager", manager, "operation",
                                    "Apply", "apiVersion", json_dig_str(object, "apiVersion", NULL),
                                    "fieldsType", "FieldsV1", "fieldsV1", fields));
}

json_t *fakeapi_apply(const json_t *before, const json_t *patch, const char *manager, bool force,
                      json_t **ret_causes)
{
    json_auto_t *fields = fields_of(patch, 0, "");
    struct walk w = {.object = before ? json_deep_copy(before) : json_object(),
                     .patch = patch,
                     .manager = manager,
                     .causes = json_array()};
    const json_t *had = json_object_get(entry_of(w.object, manager), "fieldsV1");
    size_t i;
    json_t *entry;
    if (!force)
        find_conflicts(&w, fields);
    if (json_array_size(w.causes)) {
        *ret_causes = w.causes;
        json_decref(w.object);
        strlist_release(&w.path);
        return NULL;
    }
    json_decref(w.causes);
    if (had)
        drop(&w, had, fields);
    strlist_release(&w.path);
    json_array_foreach(json_dig(w.object, "metadata", "managedFields", NULL), i, entry)
        if (!text_equal(json_dig_str(entry, "manager", NULL), manager))
            take_over(json_object_get(entry, "fieldsV1"), fields, w.object, patch);
    fakeapi_merge(w.object, patch);
    set_entry(w.object, manager, fields);
    return w.object;
}
