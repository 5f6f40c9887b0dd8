/* A value as Go's %#v, for errors that quote one. */
#include "yaml_gosyntax.h"

#include "keys.h"
#include "meshctl/golang/strconv.h"

static void write_number(struct buf *out, const json_t *value)
{
    char text[GOFLOAT_TEXT_SIZE];
    json_int_t integer = json_integer_value(value);
    if (json_is_integer(value) || gofloat_is_integer(json_real_value(value), &integer)) {
        buf_appendf(out, "%" JSON_INTEGER_FORMAT, integer);
        return;
    }
    gofloat_format(json_real_value(value), text);
    buf_appends(out, text);
}

/* The depth is the reader's: at most YAML_MAX_DEPTH. */
static void write_value(struct buf *out, const json_t *value, bool is_top);

static void write_list(struct buf *out, const json_t *array)
{
    buf_appends(out, "[]interface {}{");
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (i)
            buf_appends(out, ", ");
        write_value(out, json_array_get(array, i), false);
    }
    buf_appendc(out, '}');
}

static void write_map(struct buf *out, const json_t *object)
{
    AUTO_FREE struct data_key *keys = data_keys_new(object, data_key_compare_bytes);
    buf_appends(out, "map[interface {}]interface {}{");
    for (size_t i = 0; i < json_object_size(object); i++) {
        if (i)
            buf_appends(out, ", ");
        goquote_append(out, keys[i].text, keys[i].len);
        buf_appendc(out, ':');
        write_value(out, keys[i].value, false);
    }
    buf_appendc(out, '}');
}

static void write_value(struct buf *out, const json_t *value, bool is_top)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_map(out, value);
        break;
    case JSON_ARRAY:
        write_list(out, value);
        break;
    case JSON_STRING:
        goquote_append(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        write_number(out, value);
        break;
    case JSON_NULL:
        buf_appends(out, is_top ? "<nil>" : "interface {}(nil)");
        break;
    default:
        buf_appends(out, json_is_true(value) ? "true" : "false");
    }
}

void yaml_go_syntax(struct buf *out, const json_t *value)
{
    write_value(out, value, true);
}
