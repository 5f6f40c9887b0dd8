/* Decoding by a table of fields, with Go's errors. */
#include "meshctl/data/typed.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "meshctl/data/gotype.h"

static int wrong_type(const json_t *value, const char *place, const char *want, struct error **err)
{
    return error_set(err, ERROR_INPUT,
                     "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal %s into "
                     "Go %s of type %s",
                     name_json_type(value), place, want);
}

/* New reference, or NULL for what is no scalar. */
static json_t *to_string(const json_t *value)
{
    AUTO_BUF text = BUF_INIT;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return json_incref((json_t *)value);
    case JSON_NULL:
        return json_string("");
    case JSON_OBJECT:
    case JSON_ARRAY:
        return NULL;
    default:
        name_append_go_value(&text, value);
        return json_stringn(buf_str(&text), text.len);
    }
}

static bool is_empty(const json_t *value)
{
    return json_is_false(value) || (json_is_string(value) && !json_string_length(value)) ||
           (json_is_array(value) && !json_array_size(value)) ||
           (json_is_object(value) && !json_object_size(value));
}

static int read_strings(const json_t *value, const char *place, json_t **ret, struct error **err)
{
    if (!json_is_array(value))
        return wrong_type(value, place, "[]string", err);
    json_auto_t *list = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *item = to_string(json_array_get(value, i));
        if (!item)
            return wrong_type(json_array_get(value, i), place, "string", err);
        json_array_append_new(list, item);
    }
    *ret = TAKE(list);
    return 0;
}

static int read_string_map(const json_t *value, const char *place, json_t **ret, struct error **err)
{
    if (!json_is_object(value))
        return wrong_type(value, place, "map[string]string", err);
    json_auto_t *map = json_object();
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)value, key, item) {
        json_t *text = to_string(item);
        if (!text)
            return wrong_type(item, place, "string", err);
        json_object_set_new(map, key, text);
    }
    *ret = TAKE(map);
    return 0;
}

/* Where a value stands, as encoding/json names it: the innermost struct's name and
 * the whole path. */
struct place {
    const char *go_type; /* of the struct: "chart.Metadata", "struct {...}" */
    const char *path;    /* "" at the top */
    const char *owner;   /* name of the struct around it */
};

static int read_object(const struct typed_field *fields, const json_t *value,
                       const struct place *at, json_t *into, struct error **err);

/* Null entries stay null: the chart's validation refuses them. */
static int read_structs(const struct typed_field *field, const json_t *value, const char *place,
                        const char *path, const char *owner, json_t **ret, struct error **err)
{
    const struct place at = {field->go_type + strlen("[]*"), path, owner};
    if (!json_is_array(value))
        return wrong_type(value, place, field->go_type, err);
    json_auto_t *list = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);
        json_t *object = json_is_null(item) ? json_null() : json_object();
        json_array_append_new(list, object);
        if (read_object(field->fields, item, &at, object, err))
            return -1;
    }
    *ret = TAKE(list);
    return 0;
}

/* "Metadata" of "chart.Metadata", "" of an unnamed struct; yours to free. */
static char *struct_name_dup(const char *go_type)
{
    const char *dot = strrchr(go_type, '.');
    return mem_strdup(strncmp(go_type, "struct ", strlen("struct ")) == 0 ? ""
                      : dot                                               ? dot + 1
                                                                          : go_type);
}

static int read_field(const struct typed_field *field, const json_t *value, const struct place *at,
                      json_t **ret, struct error **err)
{
    AUTO_FREE char *path =
        at->path[0] ? mem_printf("%s.%s", at->path, field->name) : mem_strdup(field->name);
    AUTO_FREE char *owner = struct_name_dup(at->go_type);
    AUTO_FREE char *place = mem_printf("struct field %s.%s", owner, path);
    switch (field->kind) {
    case TYPED_STRING:
        *ret = to_string(value);
        return *ret ? 0 : wrong_type(value, place, "string", err);
    case TYPED_BOOL:
        *ret = json_incref((json_t *)value);
        if (json_is_boolean(value))
            return 0;
        json_decref(*ret);
        return wrong_type(value, place, "bool", err);
    case TYPED_STRINGS:
        return read_strings(value, place, ret, err);
    case TYPED_STRING_MAP:
        return read_string_map(value, place, ret, err);
    case TYPED_LIST:
        if (!json_is_array(value))
            return wrong_type(value, place, "[]interface {}", err);
        *ret = json_incref((json_t *)value);
        return 0;
    case TYPED_STRUCTS:
        return read_structs(field, value, place, path, owner, ret, err);
    case TYPED_STRUCT:
        *ret = json_object();
        if (read_object(field->fields, value, &(struct place){field->go_type, path, owner}, *ret,
                        err) == 0)
            return 0;
        json_decref(*ret);
        return -1;
    }
    return 0;
}

static const json_t *find(const json_t *object, const char *name)
{
    const json_t *exact = json_object_get(object, name);
    if (exact)
        return exact;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)object, key, item)
        if (strcasecmp(key, name) == 0)
            return item;
    return NULL;
}

static int read_object(const struct typed_field *fields, const json_t *value,
                       const struct place *at, json_t *into, struct error **err)
{
    if (json_is_null(value))
        return 0;
    if (!json_is_object(value)) {
        AUTO_FREE char *place = at->path[0] ? mem_printf("struct field %s.%s", at->owner, at->path)
                                            : mem_strdup("value");
        return wrong_type(value, place, at->go_type, err);
    }
    for (const struct typed_field *field = fields; field->name; field++) {
        const json_t *item = find(value, field->name);
        json_t *read = NULL;
        if (item && !json_is_null(item)) {
            if (read_field(field, item, at, &read, err))
                return -1;
        } else if (field->always) {
            read = json_string("");
        }
        if (read && is_empty(read) && !field->always && !json_object_get(into, field->name))
            json_decref(read);
        else if (read)
            json_object_set_new(into, field->name, read);
    }
    return 0;
}

int typed_read(const struct typed_field *fields, const json_t *value, const char *go_type,
               json_t *into, struct error **err)
{
    return read_object(fields, value, &(struct place){go_type, "", ""}, into, err);
}
