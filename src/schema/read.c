/* JSON with its numbers as written, as encoding/json reads it. */
#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strings.h"
#include "value.h"

struct reader {
    struct arena *a;
    const char *text;
    size_t len;
    size_t at;
    struct error **err;
};

static int read_value(struct reader *r, int depth, struct schema_value *ret);

static int peek(const struct reader *r)
{
    return r->at < r->len ? (unsigned char)r->text[r->at] : -1;
}

/* encoding/json scanner.go quoteChar: the byte that does not fit, read as a Latin-1 character. */
static int fail(struct reader *r, const char *context)
{
    AUTO_BUF rune = BUF_INIT, quoted = BUF_INIT;
    int c = peek(r);
    if (c < 0)
        return error_set(r->err, ERROR_INPUT, "unexpected EOF");
    text_append_rune(&rune, (uint32_t)c);
    name_append_quoted(&quoted, rune.data, rune.len);
    const char *shown = c == '"' ? "\"" : c == '\'' ? "\\'" : NULL;
    if (shown)
        return error_set(r->err, ERROR_INPUT, "invalid character '%s' %s", shown, context);
    return error_set(r->err, ERROR_INPUT, "invalid character '%.*s' %s", (int)quoted.len - 2,
                     quoted.data + 1, context);
}

static int skip_space(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r')
        r->at++;
    return peek(r);
}

static int read_digits(struct reader *r, const char *context)
{
    if (peek(r) < '0' || peek(r) > '9')
        return fail(r, context);
    while (peek(r) >= '0' && peek(r) <= '9')
        r->at++;
    return 0;
}

static int read_number(struct reader *r, struct schema_value *ret)
{
    size_t start = r->at;
    if (peek(r) == '-')
        r->at++;
    if (peek(r) == '0')
        r->at++;
    else if (read_digits(r, "in numeric literal"))
        return -1;
    if (peek(r) == '.') {
        r->at++;
        if (read_digits(r, "after decimal point in numeric literal"))
            return -1;
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (read_digits(r, "in exponent of numeric literal"))
            return -1;
    }
    *ret = schema_value_string(r->a, r->text + start, r->at - start);
    ret->type = SCHEMA_NUMBER;
    return 0;
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

static int read_hex4(struct reader *r, uint32_t *ret_code)
{
    *ret_code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        int digit = hex_digit(peek(r));
        if (peek(r) < 0 || digit < 0)
            return fail(r, "in \\u hexadecimal character escape");
        *ret_code = *ret_code << 4 | (uint32_t)digit;
    }
    return 0;
}

/* Behind "\u": one rune, or both halves of a pair; a lone half is U+FFFD. */
static int read_unicode(struct reader *r, struct buf *out)
{
    uint32_t code, low;
    if (read_hex4(r, &code))
        return -1;
    if (code >= 0xd800 && code < 0xdc00 && r->len - r->at >= 2 && r->text[r->at] == '\\' &&
        r->text[r->at + 1] == 'u') {
        size_t back = r->at;
        r->at += 2;
        if (read_hex4(r, &low))
            return -1;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            r->at = back;
    }
    text_append_rune(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return 0;
}

static int read_escape(struct reader *r, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *found = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;
    if (c == 'u') {
        r->at++;
        return read_unicode(r, out);
    }
    if (!found)
        return fail(r, "in string escape code");
    buf_appendc(out, values[found - letters]);
    r->at++;
    return 0;
}

static int read_string(struct reader *r, struct schema_text *ret)
{
    AUTO_BUF out = BUF_INIT;
    size_t plain = ++r->at;
    while (plain < r->len && r->text[plain] >= ' ' && r->text[plain] < 0x7f &&
           r->text[plain] != '"' && r->text[plain] != '\\')
        plain++;
    buf_append(&out, r->text + r->at, plain - r->at);
    r->at = plain;
    while (peek(r) != '"') {
        uint32_t rune;
        if (peek(r) < ' ')
            return fail(r, "in string literal");
        if (peek(r) == '\\') {
            r->at++;
            if (read_escape(r, &out))
                return -1;
            continue;
        }
        r->at += text_rune(r->text + r->at, r->len - r->at, &rune);
        text_append_rune(&out, rune);
    }
    r->at++;
    *ret = (struct schema_text){arena_strndup(r->a, buf_str(&out), out.len), out.len};
    return 0;
}

static int read_word(struct reader *r, const char *word, struct schema_value value,
                     struct schema_value *ret)
{
    for (size_t i = 0; word[i]; i++, r->at++) {
        if (peek(r) == word[i])
            continue;
        AUTO_FREE char *context = mem_printf("in literal %s (expecting '%c')", word, word[i]);
        return fail(r, context);
    }
    *ret = value;
    return 0;
}

/* Room for one more; what is outgrown stays in the arena. */
static void make_room(struct reader *r, struct schema_value *v, size_t *cap)
{
    if (v->count < *cap)
        return;
    size_t old = *cap;
    *cap = old ? 2 * old : 4;
    struct schema_value *items = arena_alloc(r->a, *cap * sizeof(*items));
    struct schema_text *keys = arena_alloc(r->a, *cap * sizeof(*keys));
    if (old) {
        memcpy(items, v->items, old * sizeof(*items));
        if (v->keys)
            memcpy(keys, v->keys, old * sizeof(*keys));
    }
    v->items = items;
    v->keys = v->type == SCHEMA_OBJECT ? keys : NULL;
}

static int read_member(struct reader *r, int depth, struct schema_value *object, size_t *cap)
{
    struct schema_text key;
    make_room(r, object, cap);
    if (object->type == SCHEMA_OBJECT) {
        if (skip_space(r) != '"')
            return fail(r, "looking for beginning of object key string");
        if (read_string(r, &key))
            return -1;
        if (skip_space(r) != ':')
            return fail(r, "after object key");
        r->at++;
        object->keys[object->count] = key;
    }
    if (read_value(r, depth + 1, &object->items[object->count]))
        return -1;
    object->count++;
    return 0;
}

static int compare_places(const void *x, const void *y, void *keys)
{
    const struct schema_text *k = keys;
    const struct schema_text *kx = &k[*(const size_t *)x], *ky = &k[*(const size_t *)y];
    size_t shared = kx->len < ky->len ? kx->len : ky->len;
    int order = memcmp(kx->data, ky->data, shared);
    if (order == 0 && kx->len != ky->len)
        return kx->len < ky->len ? -1 : 1;
    return order ? order : *(const size_t *)x < *(const size_t *)y ? -1 : 1;
}

/* The last of equal keys stays. */
static void drop_doubles(struct schema_value *object)
{
    AUTO_FREE size_t *places = mem_array(object->count + 1, sizeof(*places));
    AUTO_FREE bool *dropped = mem_array(object->count + 1, sizeof(*dropped));
    for (size_t i = 0; i < object->count; i++)
        places[i] = i;
    qsort_r(places, object->count, sizeof(*places), compare_places, object->keys);
    for (size_t i = 0; i + 1 < object->count; i++) {
        const struct schema_text *x = &object->keys[places[i]], *y = &object->keys[places[i + 1]];
        dropped[places[i]] = x->len == y->len && memcmp(x->data, y->data, x->len) == 0;
    }
    size_t kept = 0;
    for (size_t i = 0; i < object->count; i++) {
        if (dropped[i])
            continue;
        object->keys[kept] = object->keys[i];
        object->items[kept++] = object->items[i];
    }
    object->count = kept;
}

static int read_compound(struct reader *r, int depth, struct schema_value *ret)
{
    bool object = peek(r) == '{';
    int close = object ? '}' : ']';
    size_t cap = 0;
    if (depth >= SCHEMA_MAX_NESTING)
        return error_set(r->err, ERROR_INPUT, "exceeded max depth");
    *ret = (struct schema_value){.type = object ? SCHEMA_OBJECT : SCHEMA_ARRAY};
    r->at++;
    if (skip_space(r) != close) {
        for (;; r->at++) {
            if (read_member(r, depth, ret, &cap))
                return -1;
            if (skip_space(r) == close)
                break;
            if (peek(r) != ',')
                return fail(r, object ? "after object key:value pair" : "after array element");
        }
    }
    r->at++;
    if (object) {
        drop_doubles(ret);
        schema_value_finish(r->a, ret);
    }
    return 0;
}

static int read_value(struct reader *r, int depth, struct schema_value *ret)
{
    *ret = (struct schema_value){.type = SCHEMA_STRING};
    switch (skip_space(r)) {
    case '{':
    case '[':
        return read_compound(r, depth, ret);
    case '"':
        return read_string(r, &ret->text);
    case 't':
        return read_word(r, "true", (struct schema_value){.type = SCHEMA_BOOLEAN, .boolean = true},
                         ret);
    case 'f':
        return read_word(r, "false", (struct schema_value){.type = SCHEMA_BOOLEAN}, ret);
    case 'n':
        return read_word(r, "null", (struct schema_value){.type = SCHEMA_NULL}, ret);
    default:
        if (peek(r) == '-' || (peek(r) >= '0' && peek(r) <= '9'))
            return read_number(r, ret);
        return fail(r, "looking for beginning of value");
    }
}

int schema_value_read(struct arena *a, const char *text, size_t len, struct schema_value *ret,
                      struct error **err)
{
    struct reader r = {.a = a, .text = text, .len = len, .err = err};
    if (skip_space(&r) < 0)
        return error_set(err, ERROR_INPUT, "EOF");
    if (read_value(&r, 0, ret))
        return -1;
    if (skip_space(&r) >= 0)
        return error_set(err, ERROR_INPUT, "invalid character after top-level value");
    return 0;
}
