/* .Chart: Chart.yaml as the struct that templates see. */
#include <string.h>

#include "context.h"
#include "meshctl/chart/metadata.h"

static void set(struct arena *a, struct tval map, const char *key, struct tval value)
{
    tmap_set(a, map.map, key, strlen(key), value);
}

static struct tval text_value(struct arena *a, const json_t *text)
{
    return json_is_string(text) ? tval_string(a, json_string_value(text), json_string_length(text))
                                : tval_cstring(a, "");
}

/* map[string]string; Go's zero value of it is a nil map. */
static struct tval string_map(struct arena *a, const json_t *object)
{
    struct tval map = object ? tval_from_json(a, object) : tval_nil_map(a);
    tmap_set_type(map.map, "map[string]string");
    return map;
}

/* --- Helm 4: pkg/chart/common.go structToMap --- */

static const struct metadata_key *keys_of_items(const char *key)
{
    if (strcmp(key, "maintainers") == 0)
        return metadata_maintainer_keys;
    if (strcmp(key, "dependencies") == 0)
        return metadata_dependency_keys;
    return NULL;
}

static struct tval as_map(struct arena *a, const json_t *object, const struct metadata_key *keys);

static struct tval map_list(struct arena *a, const json_t *list, const char *key)
{
    const struct metadata_key *keys = keys_of_items(key);
    struct tval out = tval_list(a, json_array_size(list));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        out.list->items[i] = keys ? as_map(a, item, keys) : tval_from_json(a, item);
    }
    return out;
}

static struct tval as_map(struct arena *a, const json_t *object, const struct metadata_key *keys)
{
    struct tval map = tval_map(a);
    for (const struct metadata_key *k = keys; k->key; k++) {
        const json_t *value = json_object_get(object, k->key);
        switch (k->shape) {
        case METADATA_TEXT:
            set(a, map, k->go_name, text_value(a, value));
            break;
        case METADATA_FLAG:
            set(a, map, k->go_name, tval_bool(json_is_true(value)));
            break;
        case METADATA_LIST:
            set(a, map, k->go_name, map_list(a, value, k->key));
            break;
        case METADATA_MAP:
            set(a, map, k->go_name, string_map(a, value));
            break;
        }
    }
    return map;
}

/* --- Helm 3: a struct --- */

struct go_struct {
    const json_t *object;
    const struct metadata_key *keys;
    bool has_root, is_root;
};

static const struct tobject_type chart_type, metadata_type, maintainer_type, dependency_type;

static struct tval struct_value(struct arena *a, const struct tobject_type *type,
                                const json_t *object, const struct metadata_key *keys)
{
    struct go_struct *s = arena_alloc(a, sizeof(*s));
    *s = (struct go_struct){.object = object, .keys = keys};
    return tval_object(a, type, s);
}

static struct tval struct_list(struct arena *a, const json_t *list, const char *key)
{
    bool people = strcmp(key, "maintainers") == 0;
    const struct metadata_key *keys = keys_of_items(key);
    struct tval out = tval_list(a, json_array_size(list));
    out.list->elem = people                              ? "*chart.Maintainer"
                     : keys                              ? "*chart.Dependency"
                     : strcmp(key, "import-values") == 0 ? NULL
                                                         : "string";
    if (!list)
        out.list->items = NULL; /* Go's nil slice */
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        out.list->items[i] =
            keys ? struct_value(a, people ? &maintainer_type : &dependency_type, item, keys)
                 : tval_from_json(a, item);
    }
    return out;
}

static struct tval field_value(struct arena *a, const struct metadata_key *k, const json_t *value)
{
    switch (k->shape) {
    case METADATA_TEXT:
        return text_value(a, value);
    case METADATA_FLAG:
        return tval_bool(json_is_true(value));
    case METADATA_LIST:
        return struct_list(a, value, k->key);
    default:
        return string_map(a, value);
    }
}

static int struct_member(struct arena *a, const struct tobject *self, const char *name,
                         const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    const struct go_struct *s = self->data;
    (void)args;
    (void)argc;
    (void)err;
    for (const struct metadata_key *k = s->keys; k->key; k++) {
        if (strcmp(name, k->go_name) != 0)
            continue;
        *ret = field_value(a, k, json_object_get(s->object, k->key));
        return 1;
    }
    if (s->has_root && strcmp(name, "IsRoot") == 0) {
        *ret = tval_bool(s->is_root);
        return 1;
    }
    if (s->has_root && strcmp(name, "Metadata") == 0) {
        *ret = struct_value(a, &metadata_type, s->object, s->keys);
        return 1;
    }
    return 0;
}

/* As encoding/json writes the struct: what is empty was left out when it was read. */
static struct tval struct_as_value(struct arena *a, const struct tobject *self)
{
    const struct go_struct *s = self->data;
    struct tval map = tval_struct(a);
    for (const struct metadata_key *k = s->keys; k->key; k++) {
        const json_t *value = json_object_get(s->object, k->key);
        if (value)
            set(a, map, k->key, field_value(a, k, value));
    }
    if (s->has_root)
        set(a, map, "IsRoot", tval_bool(s->is_root));
    return map;
}

static const struct tobject_method no_methods[] = {{NULL, NULL}};

/* The Go names of metadata.c's tables, once more: `fields` is a list of names. */
static const char *const chart_fields[] = {"Metadata", "IsRoot", NULL};
static const char *const metadata_fields[] = {
    "Name",        "Home",        "Sources",     "Version",      "Description", "Keywords",
    "Maintainers", "Icon",        "APIVersion",  "Condition",    "Tags",        "AppVersion",
    "Deprecated",  "Annotations", "KubeVersion", "Dependencies", "Type",        NULL};
static const char *const maintainer_fields[] = {"Name", "Email", "URL", NULL};
static const char *const dependency_fields[] = {
    "Name", "Version", "Repository", "Condition", "Tags", "Enabled", "ImportValues", "Alias", NULL};

#define STRUCT_TYPE(go, own_fields, embeds)                                                        \
    {                                                                                              \
        .go_type = (go), .methods = no_methods, .fields = (own_fields), .embeds_first = (embeds),  \
        .member = struct_member, .as_value = struct_as_value                                       \
    }
static const struct tobject_type chart_type =
    STRUCT_TYPE("struct { chart.Metadata; IsRoot bool }", chart_fields, true);
static const struct tobject_type metadata_type =
    STRUCT_TYPE("chart.Metadata", metadata_fields, false);
static const struct tobject_type maintainer_type =
    STRUCT_TYPE("*chart.Maintainer", maintainer_fields, false);
static const struct tobject_type dependency_type =
    STRUCT_TYPE("*chart.Dependency", dependency_fields, false);

struct tval chart_object_build(struct arena *a, const json_t *metadata, bool is_root,
                               int helm_major)
{
    if (helm_major >= 4) {
        struct tval map = as_map(a, metadata, metadata_keys);
        set(a, map, "IsRoot", tval_bool(is_root));
        return map;
    }
    struct tval chart = struct_value(a, &chart_type, metadata, metadata_keys);
    struct go_struct *s = chart.object->data;
    s->has_root = true;
    s->is_root = is_root;
    return chart;
}
