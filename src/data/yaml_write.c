#include "meshctl/data/yaml.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "meshctl/base/text.h"
#include "number.h"
#include "yaml_resolve.h"
#include "yaml_text.h"

/* Longer keys get the "? key" form (emitterc.go yaml_emitter_check_simple_key); bytes. */
#define YAML_MAX_SIMPLE_KEY 128

static void write_node(struct yaml_emitter *e, const json_t *value, bool in_mapping, size_t depth);

static void write_words(struct yaml_emitter *e, const char *text)
{
    yaml_text_write(e, text, strlen(text), YAML_STYLE_PLAIN, false);
}

/* JSON text passes for UTF-8: encoding/json has replaced what is none. Borrowed or in `spare`. */
static const char *valid_text(const char *text, size_t *len, struct buf *spare)
{
    if (text_is_utf8(text, *len))
        return text;
    for (size_t i = 0; i < *len;) {
        uint32_t rune;
        i += text_rune(text + i, *len - i, &rune);
        text_append_rune(spare, rune);
    }
    *len = spare->len;
    return spare->data;
}

/* Scalars stand one level deeper than what they belong to, which shows in their further lines. */
static void write_text(struct yaml_emitter *e, const char *text, size_t len, enum yaml_style style,
                       bool is_key)
{
    int saved = yaml_emit_indent_in(e, true, false);
    yaml_text_write(e, text, len, style, !is_key);
    e->indent = saved;
}

static void write_string(struct yaml_emitter *e, const char *text, size_t len)
{
    AUTO_BUF spare = BUF_INIT;
    text = valid_text(text, &len, &spare);
    struct yaml_analysis a = yaml_analyze(text, len);
    write_text(e, text, len, yaml_style_of_string(text, len, &a, false), false);
}

/* sigs.k8s.io/yaml goes by way of JSON text, which go-yaml reads again: 1.0 was written "1" and so
 * becomes an int, and from 2^64 on it stays a float. */
static void write_real(struct yaml_emitter *e, double value)
{
    char text[NUMBER_TEXT_SIZE];
    size_t len = number_format_json(value, text);
    struct yaml_scalar scalar = yaml_resolve(text, len);
    if (scalar.kind == YAML_KIND_INT)
        snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, (json_int_t)scalar.integer);
    else if (scalar.kind == YAML_KIND_FLOAT)
        number_format_go_g(value, text);
    write_words(e, text);
}

static void write_integer(struct yaml_emitter *e, json_int_t value)
{
    char text[NUMBER_TEXT_SIZE];
    snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, value);
    write_words(e, text);
}

static void write_item(struct yaml_emitter *e, const struct data_key *key, size_t depth)
{
    AUTO_BUF spare = BUF_INIT;
    size_t len = key->len;
    const char *text = valid_text(key->text, &len, &spare);
    struct yaml_analysis a = yaml_analyze(text, len);
    yaml_emit_indent(e);
    if (!a.multiline && len <= YAML_MAX_SIMPLE_KEY) {
        write_text(e, text, len, yaml_style_of_string(text, len, &a, true), true);
        yaml_emit_indicator(e, ':', 0);
    } else {
        yaml_emit_indicator(e, '?', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
        write_text(e, text, len, yaml_style_of_string(text, len, &a, false), false);
        yaml_emit_indent(e);
        yaml_emit_indicator(e, ':', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
    }
    write_node(e, key->value, true, depth + 1);
}

static void write_empty(struct yaml_emitter *e, const char brackets[static 2])
{
    yaml_emit_indicator(e, brackets[0], YAML_INDICATOR_SPACED | YAML_INDICATOR_WHITESPACE);
    yaml_emit_indicator(e, brackets[1], 0);
}

static void write_mapping(struct yaml_emitter *e, const json_t *object, size_t depth)
{
    size_t count = json_object_size(object);
    AUTO_FREE struct data_key *keys = data_keys_new(object, data_key_compare_natural);
    int saved = yaml_emit_indent_in(e, false, false);
    for (size_t i = 0; i < count; i++)
        write_item(e, &keys[i], depth);
    e->indent = saved;
}

static void write_sequence(struct yaml_emitter *e, const json_t *array, bool in_mapping,
                           size_t depth)
{
    int saved = yaml_emit_indent_in(e, false, in_mapping && !e->indention);
    for (size_t i = 0; i < json_array_size(array); i++) {
        yaml_emit_indent(e);
        yaml_emit_indicator(e, '-', YAML_INDICATOR_SPACED | YAML_INDICATOR_INDENTION);
        write_node(e, json_array_get(array, i), false, depth + 1);
    }
    e->indent = saved;
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
            write_empty(e, "{}");
        break;
    case JSON_ARRAY:
        if (json_array_size(value))
            write_sequence(e, value, in_mapping, depth);
        else
            write_empty(e, "[]");
        break;
    case JSON_STRING:
        write_string(e, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        write_integer(e, json_integer_value(value));
        break;
    case JSON_REAL:
        write_real(e, json_real_value(value));
        break;
    default:
        write_words(e, json_is_null(value) ? "null" : json_is_true(value) ? "true" : "false");
    }
}

void yaml_write(struct buf *out, const json_t *value)
{
    struct yaml_emitter e = {.out = out, .indent = -1, .whitespace = true, .indention = true};
    write_node(&e, value, false, 0);
    yaml_emit_indent(&e);
}
