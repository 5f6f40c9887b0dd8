/* managedFields is a list of entries, one for each manager, operation, subresource and apiVersion;
 * an entry's fieldsV1 is a tree in which "." or nothing below an element says that the element
 * itself is owned (structured-merge-diff fieldpath/serialize.go). */
#include "adopt.h"

#include <string.h>

#include "meshctl/base/text.h"

#define UPDATE "Update"
#define APPLY "Apply"

static bool is_entry(const json_t *entry, const char *manager, const char *operation)
{
    const char *subresource = json_dig_str(entry, "subresource", NULL);
    return text_equal(json_dig_str(entry, "manager", NULL), manager) &&
           text_equal(json_dig_str(entry, "operation", NULL), operation) &&
           !(subresource && *subresource);
}

/* The first such entry (of that apiVersion unless NULL), or NULL. */
static json_t *entry_of(const json_t *entries, const char *manager, const char *operation,
                        const char *api_version)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        if (is_entry(entry, manager, operation) &&
            (!api_version || text_equal(json_dig_str(entry, "apiVersion", NULL), api_version)))
            return entry;
    }
    return NULL;
}

static bool is_leaf(const json_t *fields)
{
    return json_object_size(fields) == (json_object_get(fields, ".") ? 1 : 0);
}

static bool is_itself(const json_t *fields)
{
    return is_leaf(fields) || json_object_get(fields, ".");
}

static void unite(json_t *into, const json_t *from)
{
    const char *element;
    json_t *below;
    json_object_foreach((json_t *)from, element, below) {
        json_t *own = json_object_get(into, element);
        if (!own) {
            json_object_set_new(into, element, json_deep_copy(below));
            continue;
        }
        bool itself = is_itself(own) || is_itself(below);
        unite(own, below);
        if (itself && !is_leaf(own))
            json_object_set_new(own, ".", json_object());
    }
}

/* Entries are looked at in the server's order, which has the newest of a kind first. */
static json_t *target_of(json_t *entries, const char *manager)
{
    json_t *target = entry_of(entries, manager, APPLY, NULL);
    if (target)
        return target;
    target = entry_of(entries, manager, UPDATE, NULL);
    json_object_set_new(target, "operation", json_string(APPLY));
    return target;
}

static void drop_updates(json_t *entries, const char *manager)
{
    for (size_t i = json_array_size(entries); i-- > 0;) {
        if (is_entry(json_array_get(entries, i), manager, UPDATE))
            json_array_remove(entries, i);
    }
}

json_t *kube_adopted_fields(const json_t *live, const char *manager)
{
    const json_t *now = json_dig(live, "metadata", "managedFields", NULL);
    if (!entry_of(now, manager, UPDATE, NULL))
        return NULL;
    json_t *entries = json_deep_copy(now);
    json_t *target = target_of(entries, manager);
    /* Paths of another version of the API cannot be mixed in: such entries are dropped. */
    const json_t *update =
        entry_of(entries, manager, UPDATE, json_dig_str(target, "apiVersion", NULL));
    if (!json_is_object(json_object_get(target, "fieldsV1")))
        json_object_set_new(target, "fieldsV1", json_object());
    unite(json_object_get(target, "fieldsV1"), json_object_get(update, "fieldsV1"));
    drop_updates(entries, manager);
    return entries;
}

char *kube_adopt_patch_dup(const json_t *live, const char *manager, size_t *ret_len)
{
    const char *version = json_dig_str(live, "metadata", "resourceVersion", NULL);
    json_t *entries = version ? kube_adopted_fields(live, manager) : NULL;
    if (!entries)
        return NULL;
    /* "replace" of the version and not "test": so a newer object is a conflict (409) and not an
     * invalid request. */
    json_auto_t *patch = json_pack("[{s:s,s:s,s:o},{s:s,s:s,s:s}]", "op", "replace", "path",
                                   "/metadata/managedFields", "value", entries, "op", "replace",
                                   "path", "/metadata/resourceVersion", "value", version);
    AUTO_BUF out = BUF_INIT;
    json_write(&out, patch, JSON_WRITE_NO_ESCAPE | JSON_WRITE_KEEP_ORDER);
    return buf_detach(&out, ret_len);
}
