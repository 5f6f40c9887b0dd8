#include "names.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/strlist.h"
#include "meshctl/base/text.h"

char *name_clean_dup(const char *path)
{
    bool absolute = path[0] == '/';
    AUTO_STRLIST parts = STRLIST_INIT, kept = STRLIST_INIT;
    strlist_split(&parts, path, '/');
    for (size_t i = 0; i < parts.count; i++) {
        const char *part = parts.items[i];
        if (!part[0] || strcmp(part, ".") == 0)
            continue;
        bool up = strcmp(part, "..") == 0;
        if (up && kept.count && strcmp(kept.items[kept.count - 1], "..") != 0)
            free(kept.items[--kept.count]);
        else if (!up || !absolute)
            strlist_add(&kept, part);
    }
    AUTO_FREE char *joined = strlist_join_dup(&kept, "/");
    if (!absolute && !joined[0])
        return mem_strdup(".");
    return mem_printf("%s%s", absolute ? "/" : "", joined);
}

const char *name_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *name_ext(const char *path)
{
    const char *base = name_base(path);
    const char *dot = strrchr(base, '.');
    return dot ? dot : base + strlen(base);
}

static void append_quoted_rune(struct buf *out, uint32_t rune, const char *s, size_t n)
{
    static const char letters[] = "abtnvfr";
    if (rune == '"' || rune == '\\')
        buf_appendf(out, "\\%c", (int)rune);
    else if (rune >= 7 && rune <= 13)
        buf_appendf(out, "\\%c", letters[rune - 7]);
    else if (rune < 0x20 || rune == 0x7f)
        buf_appendf(out, "\\x%02x", (unsigned)rune);
    else if (rune == 0xfffd && n == 1)
        buf_appendf(out, "\\x%02x", (unsigned char)s[0]);
    else if (rune >= 0x80 && rune <= 0xa0)
        buf_appendf(out, "\\u%04x", (unsigned)rune);
    else
        buf_append(out, s, n);
}

void name_append_quoted(struct buf *out, const char *s, size_t len)
{
    buf_appendc(out, '"');
    while (len) {
        uint32_t rune;
        size_t n = text_rune(s, len, &rune);
        append_quoted_rune(out, rune, s, n);
        s += n;
        len -= n;
    }
    buf_appendc(out, '"');
}

char *name_quoted_dup(const char *s)
{
    AUTO_BUF out = BUF_INIT;
    name_append_quoted(&out, s, strlen(s));
    return buf_detach(&out, NULL);
}

void name_append_float(struct buf *out, double v)
{
    if (isnan(v) || isinf(v)) {
        buf_appends(out, isnan(v) ? "NaN" : v > 0 ? "+Inf" : "-Inf");
        return;
    }
    char text[40];
    int digits = 0;
    do
        snprintf(text, sizeof(text), "%.*e", digits, v);
    while (++digits <= 17 && strtod(text, NULL) != v);
    const char *e = strchr(text, 'e');
    long exponent = e ? strtol(e + 1, NULL, 10) : 0;
    if (exponent < -4 || exponent >= 6) {
        buf_appends(out, text);
        return;
    }
    int places = digits - 1 - (int)exponent;
    buf_appendf(out, "%.*f", places > 0 ? places : 0, v);
}

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
        name_append_float(out, json_real_value(v));
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

bool name_is_space(uint32_t rune)
{
    return (rune >= '\t' && rune <= '\r') || rune == ' ' || rune == 0x85 || rune == 0xa0 ||
           rune == 0x1680 || (rune >= 0x2000 && rune <= 0x200a) || rune == 0x2028 ||
           rune == 0x2029 || rune == 0x202f || rune == 0x205f || rune == 0x3000;
}

void name_trim_left(const char **s, size_t *len)
{
    uint32_t rune;
    size_t n;
    while ((n = text_rune(*s, *len, &rune)) && name_is_space(rune)) {
        *s += n;
        *len -= n;
    }
}

/* Length of the last rune: back over at most three continuation bytes. */
static size_t last_rune(const char *s, size_t len, uint32_t *ret_rune)
{
    size_t start = len - 1;
    while (start > 0 && len - start < 4 && ((unsigned char)s[start] & 0xc0) == 0x80)
        start--;
    if (text_rune(s + start, len - start, ret_rune) == len - start)
        return len - start;
    *ret_rune = 0xfffd;
    return 1;
}

void name_trim(const char **s, size_t *len)
{
    name_trim_left(s, len);
    while (*len) {
        uint32_t rune;
        size_t n = last_rune(*s, *len, &rune);
        if (!name_is_space(rune))
            return;
        *len -= n;
    }
}
