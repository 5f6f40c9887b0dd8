/* What Go's reflect and fmt say of a JSON value. */
#include "meshctl/data/gotype.h"

#include "meshctl/base/strlist.h"
#include "meshctl/golang/strconv.h"

static void append_go_map(struct buf *out, const json_t *v)
{
    AUTO_STRLIST keys = STRLIST_INIT;
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)v, key, item)
        strlist_add(&keys, key);
    strlist_sort(&keys);
    buf_appends(out, "map[");
    for (size_t i = 0; i < keys.count; i++) {
        buf_appendf(out, "%s%s:", i ? " " : "", keys.items[i]);
        name_append_go_value(out, json_object_get(v, keys.items[i]));
    }
    buf_appendc(out, ']');
}

void name_append_go_value(struct buf *out, const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        append_go_map(out, v);
        break;
    case JSON_ARRAY:
        buf_appendc(out, '[');
        for (size_t i = 0; i < json_array_size(v); i++) {
            buf_appends(out, i ? " " : "");
            name_append_go_value(out, json_array_get(v, i));
        }
        buf_appendc(out, ']');
        break;
    case JSON_STRING:
        buf_append(out, json_string_value(v), json_string_length(v));
        break;
    case JSON_INTEGER:
        buf_appendf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
        break;
    case JSON_REAL:
        gofloat_append(out, json_real_value(v), 'g', -1);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        buf_appends(out, json_is_true(v) ? "true" : "false");
        break;
    default:
        buf_appends(out, "<nil>");
    }
}

const char *name_go_type(const json_t *v)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_OBJECT:
        return "map[string]interface {}";
    case JSON_ARRAY:
        return "[]interface {}";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "int64";
    case JSON_REAL:
        return "float64";
    case JSON_TRUE:
    case JSON_FALSE:
        return "bool";
    default:
        return "nil";
    }
}

const char *name_json_type(const json_t *v)
{
    return json_is_object(v)    ? "object"
           : json_is_array(v)   ? "array"
           : json_is_string(v)  ? "string"
           : json_is_boolean(v) ? "bool"
           : json_is_number(v)  ? "number"
                                : "null";
}
