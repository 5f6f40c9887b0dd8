/* JSON values as YAML documents. */
#include "meshctl/data/yaml.h"

#include <stdio.h>

#include "keys.h"
#include "meshctl/golang/strconv.h"
#include "yaml_node.h"
#include "yaml_resolve.h"

static void write_node(struct yaml_emitter *e, const json_t *value, bool in_mapping, size_t depth);

/* sigs.k8s.io/yaml goes by way of JSON text, which go-yaml reads again: 1.0 was written "1" and so
 * becomes an int, and from 2^64 on it stays a float. */
static void write_real(struct yaml_emitter *e, double value)
{
    char text[GOFLOAT_TEXT_SIZE];
    size_t len = gofloat_format_json(value, text);
    struct yaml_scalar scalar = yaml_resolve(text, len);
    if (scalar.kind == YAML_KIND_INT)
        snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, (json_int_t)scalar.integer);
    else if (scalar.kind == YAML_KIND_FLOAT)
        gofloat_format(value, text);
    yaml_node_plain(e, text);
}

static void write_integer(struct yaml_emitter *e, json_int_t value)
{
    char text[GOFLOAT_TEXT_SIZE];
    snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, value);
    yaml_node_plain(e, text);
}

static void write_mapping(struct yaml_emitter *e, const json_t *object, size_t depth)
{
    size_t count = json_object_size(object);
    AUTO_FREE struct data_key *keys = data_keys_new(object, data_key_compare_natural);
    int saved = yaml_node_open_mapping(e);
    for (size_t i = 0; i < count; i++) {
        yaml_node_key(e, keys[i].text, keys[i].len);
        write_node(e, keys[i].value, true, depth + 1);
    }
    yaml_node_close(e, saved);
}

static void write_sequence(struct yaml_emitter *e, const json_t *array, bool in_mapping,
                           size_t depth)
{
    int saved = yaml_node_open_sequence(e, in_mapping);
    for (size_t i = 0; i < json_array_size(array); i++) {
        yaml_node_item(e);
        write_node(e, json_array_get(array, i), false, depth + 1);
    }
    yaml_node_close(e, saved);
}

static void write_node(struct yaml_emitter *e, const json_t *value, bool in_mapping, size_t depth)
{
    if (depth > JSON_MAX_DEPTH) {
        e->out->overflow = true;
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        if (json_object_size(value))
            write_mapping(e, value, depth);
        else
            yaml_node_empty(e, "{}");
        break;
    case JSON_ARRAY:
        if (json_array_size(value))
            write_sequence(e, value, in_mapping, depth);
        else
            yaml_node_empty(e, "[]");
        break;
    case JSON_STRING:
        yaml_node_string(e, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        write_integer(e, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(e, json_real_value(value));
        break;
    default:
        yaml_node_plain(e, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
    }
}

void yaml_write(struct buf *out, const json_t *value)
{
    struct yaml_emitter e = YAML_NODE_START(out, false);
    write_node(&e, value, false, 0);
    yaml_emit_indent(&e);
}
