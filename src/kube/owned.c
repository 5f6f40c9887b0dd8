/* managedFields (meta/v1 FieldsV1, structured-merge-diff fieldpath/serialize-pe.go) names fields by
 * path elements: "f:NAME" a field, "k:{...}" the item of a list by its keys, "v:VALUE" the item of
 * a set, "i:N" by index, "." the thing itself. An element without others below is owned
 * as a whole. */
#include "owned.h"

#include <string.h>

#include "meshctl/base/text.h"

/* Matching is quadratic; no manifest comes near. */
#define MAX_LIST 500

/* The fields that the server takes out of what managers own (apimachinery
 * managedfields/internal/stripmeta.go), as far as an applied object has them. */
static bool is_stripped_root(const char *key, const json_t *value)
{
    (void)value;
    return strcmp(key, "apiVersion") == 0 || strcmp(key, "kind") == 0 ||
           strcmp(key, "metadata") == 0; /* looked at apart */
}

static bool is_stripped_metadata(const char *key, const json_t *value)
{
    return strcmp(key, "name") == 0 || strcmp(key, "namespace") == 0 ||
           (strcmp(key, "creationTimestamp") == 0 && json_is_null(value));
}

/* What the manager has applied; an empty object when nothing, NULL when that cannot be told.
 * Borrowed from `live` or `none`. */
static const json_t *entry_of(const json_t *live, const char *manager, const char *api_version,
                              const json_t *none)
{
    const json_t *found = none;
    size_t i;
    json_t *entry;
    json_array_foreach(json_dig(live, "metadata", "managedFields", NULL), i, entry) {
        const char *subresource = json_dig_str(entry, "subresource", NULL);
        if (!text_equal(json_dig_str(entry, "manager", NULL), manager) ||
            !text_equal(json_dig_str(entry, "operation", NULL), "Apply") ||
            (subresource && *subresource))
            continue;
        if (found != none || !text_equal(json_dig_str(entry, "apiVersion", NULL), api_version) ||
            !text_equal(json_dig_str(entry, "fieldsType", NULL), "FieldsV1"))
            return NULL;
        found = json_object_get(entry, "fieldsV1");
    }
    return found;
}

static bool is_leaf(const json_t *fields)
{
    size_t size = json_object_size(fields);
    return size == 0 || (size == 1 && json_object_get(fields, "."));
}

static bool value_owned(const json_t *desired, const json_t *fields, const json_t *live);

static const json_t *field_of(const json_t *fields, const char *key)
{
    AUTO_BUF element = BUF_INIT;
    buf_appendf(&element, "f:%s", key);
    return json_object_get(fields, buf_str(&element));
}

/* Every owned field is still wanted: the server would remove what is not. */
static bool all_wanted(const json_t *desired, const json_t *fields)
{
    const char *element;
    json_t *below;
    json_object_foreach((json_t *)fields, element, below) {
        if (strcmp(element, ".") == 0)
            continue;
        if (strncmp(element, "f:", 2) != 0 || !json_object_get(desired, element + 2))
            return false;
    }
    return true;
}

/* Servers leave out empty values when they write an object; that it is still ours shows that nobody
 * has removed another value (which would have ended the ownership). */
static bool is_empty(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return json_object_size(value) == 0;
    case JSON_ARRAY:
        return json_array_size(value) == 0;
    case JSON_STRING:
        return json_string_length(value) == 0;
    case JSON_INTEGER:
    case JSON_REAL:
        return json_number_value(value) == 0;
    default:
        return json_is_false(value);
    }
}

static bool map_owned(const json_t *desired, const json_t *fields, const json_t *live,
                      bool (*skip)(const char *key, const json_t *value))
{
    const char *key;
    json_t *value;
    if (!json_is_object(live) || !all_wanted(desired, fields))
        return false;
    json_object_foreach((json_t *)desired, key, value) {
        if (skip && skip(key, value))
            continue;
        const json_t *below = field_of(fields, key);
        const json_t *now = json_object_get(live, key);
        if (!below || !(now ? value_owned(value, below, now) : is_empty(value) && is_leaf(below)))
            return false;
    }
    return true;
}

/* The keys of an item, where it has them. One that it has not is a default of the schema; that it
 * was left out when the item was applied too shows in the fields owned below the item. */
static bool keys_fit(const json_t *keys, const json_t *item, bool all)
{
    const char *key;
    json_t *value;
    bool any = false;
    json_object_foreach((json_t *)keys, key, value) {
        const json_t *own = json_object_get(item, key);
        if (own ? !json_same(own, value) : all)
            return false;
        any = any || own;
    }
    return any;
}

static bool element_fits(const char *element, const json_t *item)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *key = NULL;
    if (json_read(element + 2, strlen(element + 2), "managedFields", &key, &ignored) < 0)
        return false;
    return element[0] == 'k' ? json_is_object(item) && keys_fit(key, item, false)
                             : json_same(key, item);
}

const char *kube_owned_element(const json_t *fields, const json_t *item)
{
    const char *found = NULL, *element;
    json_t *below;
    json_object_foreach((json_t *)fields, element, below) {
        if (strcmp(element, ".") == 0)
            continue;
        if ((strncmp(element, "k:", 2) != 0 && strncmp(element, "v:", 2) != 0))
            return NULL;
        if (!element_fits(element, item))
            continue;
        if (found)
            return NULL;
        found = element;
    }
    return found;
}

/* The live item at or behind `from` that the element names; its index, or the list's length. */
static size_t live_index(const json_t *live, size_t from, const char *element)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *key = NULL;
    size_t count = json_array_size(live);
    if (json_read(element + 2, strlen(element + 2), "managedFields", &key, &ignored) < 0)
        return count;
    for (size_t i = from; i < count; i++) {
        const json_t *item = json_array_get(live, i);
        if (element[0] == 'k' ? keys_fit(key, item, true) : json_same(key, item))
            return i;
    }
    return count;
}

/* Items must stand in the same order in the live list: an apply would sort them. */
static bool list_owned(const json_t *desired, const json_t *fields, const json_t *live)
{
    size_t owned = json_object_size(fields) - (json_object_get(fields, ".") ? 1 : 0);
    size_t next = 0, i;
    json_t *item;
    if (!json_is_array(live) || owned != json_array_size(desired) || owned > MAX_LIST)
        return false;
    json_array_foreach(desired, i, item) {
        const char *element = kube_owned_element(fields, item);
        size_t at = element ? live_index(live, next, element) : json_array_size(live);
        if (at == json_array_size(live))
            return false;
        next = at + 1;
        if (element[0] == 'k' &&
            !value_owned(item, json_object_get(fields, element), json_array_get(live, at)))
            return false;
    }
    return true;
}

static bool value_owned(const json_t *desired, const json_t *fields, const json_t *live)
{
    if (json_is_null(desired))
        return false;
    if (is_leaf(fields))
        return json_same(desired, live);
    if (json_is_object(desired))
        return map_owned(desired, fields, live, NULL);
    return json_is_array(desired) && list_owned(desired, fields, live);
}

static bool metadata_owned(const json_t *desired, const json_t *fields, const json_t *live)
{
    json_auto_t *none = json_object();
    const json_t *below = json_object_get(fields, "f:metadata");
    return json_is_object(desired) &&
           map_owned(desired, below ? below : none, live, is_stripped_metadata);
}

bool kube_owned_exactly(const json_t *desired, const json_t *live, const char *manager)
{
    const char *api_version = json_dig_str(desired, "apiVersion", NULL);
    json_auto_t *none = json_object();
    const json_t *fields = entry_of(live, manager, api_version, none);
    if (!fields || json_dig(live, "metadata", "deletionTimestamp", NULL))
        return false;
    return metadata_owned(json_object_get(desired, "metadata"), fields,
                          json_object_get(live, "metadata")) &&
           map_owned(desired, fields, live, is_stripped_root);
}
