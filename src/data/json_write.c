/* JSON as Go's encoding/json writes it. */
#include "meshctl/data/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"

struct json_writer {
    struct buf *out;
    unsigned flags;
    const struct json_structs *structs;
};

static void write_value(struct json_writer *w, const json_t *value, size_t depth);

/* How Go encoding/json appendString writes the ASCII byte, or NULL when it stays. */
static const char *escape_of(unsigned char c, unsigned flags, char hex[static 8])
{
    static const char digits[] = "0123456789abcdef";
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '<':
    case '>':
    case '&':
        if (flags & JSON_WRITE_NO_ESCAPE)
            return NULL;
        break;
    default:
        if (c >= 0x20)
            return NULL;
    }
    memcpy(hex, "\\u00", 4);
    hex[4] = digits[c >> 4];
    hex[5] = digits[c & 15];
    hex[6] = '\0';
    return hex;
}

/* The escape of a rune past ASCII, or NULL; `len` 1 marks bytes that are not UTF-8. */
static const char *escape_of_rune(uint32_t rune, size_t len)
{
    if (rune == 0xFFFD && len == 1)
        return "\\ufffd";
    if (rune == 0x2028)
        return "\\u2028";
    return rune == 0x2029 ? "\\u2029" : NULL;
}

static void write_string(struct json_writer *w, const char *s, size_t len)
{
    size_t kept = 0; /* start of the bytes that were looked at but not written yet */
    buf_appendc(w->out, '"');
    for (size_t i = 0; i < len && !w->out->overflow;) {
        char hex[8];
        const char *escape;
        size_t n = 1;
        if ((unsigned char)s[i] < 0x80) {
            escape = escape_of((unsigned char)s[i], w->flags, hex);
        } else {
            uint32_t rune;
            n = text_rune(s + i, len - i, &rune);
            escape = escape_of_rune(rune, n);
        }
        if (escape) {
            buf_append(w->out, s + kept, i - kept);
            buf_appends(w->out, escape);
            kept = i + n;
        }
        i += n;
    }
    buf_append(w->out, s + kept, len - kept);
    buf_appendc(w->out, '"');
}

static void write_break(struct json_writer *w, size_t depth)
{
    if (!(w->flags & JSON_WRITE_PRETTY))
        return;
    buf_appendc(w->out, '\n');
    buf_pad(w->out, ' ', 2 * depth);
}

static bool keeps_order(const struct json_writer *w, const json_t *object)
{
    for (size_t i = 0; i < w->structs->count; i++)
        if (w->structs->items[i] == object)
            return true;
    return w->flags & JSON_WRITE_KEEP_ORDER;
}

static void write_object(struct json_writer *w, const json_t *object, size_t depth)
{
    size_t count = json_object_size(object);
    AUTO_FREE struct data_key *keys =
        data_keys_new(object, keeps_order(w, object) ? NULL : data_key_compare_bytes);
    buf_appendc(w->out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_appendc(w->out, ',');
        write_break(w, depth + 1);
        write_string(w, keys[i].text, keys[i].len);
        buf_appends(w->out, w->flags & JSON_WRITE_PRETTY ? ": " : ":");
        write_value(w, keys[i].value, depth + 1);
    }
    if (count)
        write_break(w, depth);
    buf_appendc(w->out, '}');
}

static void write_array(struct json_writer *w, const json_t *array, size_t depth)
{
    size_t count = json_array_size(array);
    buf_appendc(w->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i)
            buf_appendc(w->out, ',');
        write_break(w, depth + 1);
        write_value(w, json_array_get(array, i), depth + 1);
    }
    if (count)
        write_break(w, depth);
    buf_appendc(w->out, ']');
}

static void write_value(struct json_writer *w, const json_t *value, size_t depth)
{
    char text[GOFLOAT_TEXT_SIZE];
    if (depth > JSON_MAX_DEPTH) {
        w->out->overflow = true;
        return;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        write_object(w, value, depth);
        break;
    case JSON_ARRAY:
        write_array(w, value, depth);
        break;
    case JSON_STRING:
        write_string(w, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        buf_appendf(w->out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        buf_append(w->out, text, gofloat_format_json(json_real_value(value), text));
        break;
    case JSON_TRUE:
        buf_appends(w->out, "true");
        break;
    case JSON_FALSE:
        buf_appends(w->out, "false");
        break;
    case JSON_NULL:
        buf_appends(w->out, "null");
        break;
    }
}

void json_structs_add(struct json_structs *structs, const json_t *object)
{
    structs->items =
        mem_grow(structs->items, &structs->cap, structs->count + 1, sizeof(*structs->items));
    structs->items[structs->count++] = object;
}

void json_structs_release(struct json_structs *structs)
{
    free(structs->items);
    *structs = (struct json_structs){0};
}

void json_write_structs(struct buf *out, const json_t *value, unsigned flags,
                        const struct json_structs *structs)
{
    struct json_writer w = {out, flags, structs};
    write_value(&w, value, 0);
}

void json_write(struct buf *out, const json_t *value, unsigned flags)
{
    static const struct json_structs none;
    json_write_structs(out, value, flags, &none);
}

char *json_write_dup(const json_t *value, unsigned flags)
{
    struct buf out = BUF_INIT;
    json_write(&out, value, flags);
    return buf_detach(&out, NULL);
}
