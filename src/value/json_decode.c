/* A JSON decoder with Go's rules and errors. */
#include "meshctl/value/json_decode.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/value/items.h"

struct reader {
    struct arena *a;
    const char *text;
    size_t len;
    size_t at;
    const char *range;
    struct error **err;
};

static int read_value(struct reader *r, int depth, struct tval *ret);

/* encoding/json scanner.go quoteChar: the byte that does not fit, read as a Latin-1 character. */
static int refuse(struct reader *r, unsigned char c, const char *context)
{
    AUTO_BUF rune = BUF_INIT;
    AUTO_BUF quoted = BUF_INIT;
    text_append_rune(&rune, c);
    if (c == '"')
        buf_appends(&quoted, "'\"'");
    else
        print_quoted(&quoted, rune.data, rune.len, '\'', false);
    return error_set(r->err, ERROR_INPUT, "invalid character %s %s", buf_str(&quoted), context);
}

/* Between tokens and in a string, where the text may go on after white space. */
static int fail(struct reader *r, const char *context)
{
    if (r->at >= r->len)
        return error_set(r->err, ERROR_INPUT, "unexpected end of JSON input");
    return refuse(r, (unsigned char)r->text[r->at], context);
}

/* In a word, a number or an escape: Go's scanner sees the end of the text as a space. */
static int fail_inside(struct reader *r, const char *context)
{
    return refuse(r, r->at < r->len ? (unsigned char)r->text[r->at] : ' ', context);
}

static int peek(const struct reader *r)
{
    return r->at < r->len ? (unsigned char)r->text[r->at] : -1;
}

static int skip_space(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n' || peek(r) == '\r')
        r->at++;
    return peek(r);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static void skip_digits(struct reader *r)
{
    while (is_digit(peek(r)))
        r->at++;
}

static int read_number(struct reader *r, int depth, struct tval *ret)
{
    size_t start = r->at;
    double f;
    if (peek(r) == '-')
        r->at++;
    if (!is_digit(peek(r)))
        return fail_inside(r, "in numeric literal");
    if (peek(r) == '0')
        r->at++;
    else
        skip_digits(r);
    if (peek(r) == '.') {
        r->at++;
        if (!is_digit(peek(r)))
            return fail_inside(r, "after decimal point in numeric literal");
        skip_digits(r);
    }
    if (peek(r) == 'e' || peek(r) == 'E') {
        r->at++;
        if (peek(r) == '+' || peek(r) == '-')
            r->at++;
        if (!is_digit(peek(r)))
            return fail_inside(r, "in exponent of numeric literal");
        skip_digits(r);
    }
    if (parse_go_float(r->text + start, r->at - start, &f)) {
        *ret = tval_float(f);
        return 0;
    }
    *ret = depth > 0 ? tval_nil() : tval_float(0);
    if (!r->range)
        r->range =
            arena_printf(r->a, "json: cannot unmarshal number %.*s into Go value of type float64",
                         (int)(r->at - start), r->text + start);
    return 0;
}

static int read_hex4(struct reader *r, uint32_t *ret_code)
{
    *ret_code = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        int c = peek(r);
        const char *digits = "0123456789abcdef";
        const char *found =
            c > 0 && c < 0x80 ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;
        if (!found)
            return fail_inside(r, "in \\u hexadecimal character escape");
        *ret_code = *ret_code << 4 | (uint32_t)(found - digits);
    }
    return 0;
}

/* Behind "\u": one rune, or both halves of a pair; a lone half is U+FFFD. */
static int read_unicode_escape(struct reader *r, struct buf *out)
{
    uint32_t code;
    uint32_t low;
    if (read_hex4(r, &code) < 0)
        return -1;
    if (code >= 0xd800 && code < 0xdc00 && r->len - r->at >= 6 && r->text[r->at] == '\\' &&
        r->text[r->at + 1] == 'u') {
        size_t back = r->at;
        r->at += 2;
        if (read_hex4(r, &low) < 0)
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
    static const char letters[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    int c = peek(r);
    const char *found = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;
    if (c == 'u') {
        r->at++;
        return read_unicode_escape(r, out);
    }
    if (!found)
        return fail_inside(r, "in string escape code");
    buf_appendc(out, values[found - letters]);
    r->at++;
    return 0;
}

static int read_string(struct reader *r, struct buf *out)
{
    r->at++;
    for (;;) {
        int c = peek(r);
        uint32_t rune;
        if (c < ' ')
            return fail(r, "in string literal");
        if (c == '"')
            break;
        if (c == '\\') {
            r->at++;
            if (read_escape(r, out) < 0)
                return -1;
            continue;
        }
        r->at += text_rune(r->text + r->at, r->len - r->at, &rune);
        text_append_rune(out, rune);
    }
    r->at++;
    return 0;
}

static int read_literal(struct reader *r, const char *word, struct tval value, struct tval *ret)
{
    for (size_t i = 0; word[i]; i++, r->at++) {
        AUTO_BUF context = BUF_INIT;
        if (peek(r) == word[i])
            continue;
        buf_appendf(&context, "in literal %s (expecting '%c')", word, word[i]);
        return fail_inside(r, buf_str(&context));
    }
    *ret = value;
    return 0;
}

static int read_array(struct reader *r, int depth, struct tval *ret)
{
    struct items items = {.a = r->a};
    r->at++;
    if (skip_space(r) == ']') {
        r->at++;
        *ret = items_list(&items);
        return 0;
    }
    for (;;) {
        struct tval item;
        if (read_value(r, depth + 1, &item) < 0)
            return -1;
        items_add(&items, item);
        if (skip_space(r) == ']')
            break;
        if (peek(r) != ',')
            return fail(r, "after array element");
        r->at++;
    }
    r->at++;
    *ret = items_list(&items);
    return 0;
}

static int read_member(struct reader *r, int depth, struct tmap *m)
{
    AUTO_BUF key = BUF_INIT;
    struct tval value;
    if (skip_space(r) != '"')
        return fail(r, "looking for beginning of object key string");
    if (read_string(r, &key) < 0)
        return -1;
    if (skip_space(r) != ':')
        return fail(r, "after object key");
    r->at++;
    if (read_value(r, depth + 1, &value) < 0)
        return -1;
    tmap_set(r->a, m, buf_str(&key), key.len, value);
    return 0;
}

static int read_object(struct reader *r, int depth, struct tval *ret)
{
    *ret = tval_map(r->a);
    r->at++;
    if (skip_space(r) == '}') {
        r->at++;
        return 0;
    }
    for (;;) {
        if (read_member(r, depth, ret->map) < 0)
            return -1;
        if (skip_space(r) == '}')
            break;
        if (peek(r) != ',')
            return fail(r, "after object key:value pair");
        r->at++;
    }
    r->at++;
    return 0;
}

static int read_text(struct reader *r, struct tval *ret)
{
    AUTO_BUF text = BUF_INIT;
    if (read_string(r, &text) < 0)
        return -1;
    *ret = tval_string(r->a, buf_str(&text), text.len);
    return 0;
}

static int read_value(struct reader *r, int depth, struct tval *ret)
{
    int c = skip_space(r);
    if (depth > JSON_MAX_DEPTH && (c == '{' || c == '['))
        return fail(r, "exceeded max depth");
    switch (c) {
    case '{':
        return read_object(r, depth, ret);
    case '[':
        return read_array(r, depth, ret);
    case '"':
        return read_text(r, ret);
    case 't':
        return read_literal(r, "true", tval_bool(true), ret);
    case 'f':
        return read_literal(r, "false", tval_bool(false), ret);
    case 'n':
        return read_literal(r, "null", tval_nil(), ret);
    default:
        if (c == '-' || is_digit(c))
            return read_number(r, depth, ret);
        return fail(r, "looking for beginning of value");
    }
}

int gojson_read(struct arena *a, const char *text, size_t len, struct tval *ret,
                const char **ret_range, struct error **err)
{
    struct reader r = {.a = a, .text = text, .len = len, .err = err};
    *ret_range = NULL;
    if (read_value(&r, 0, ret) < 0)
        return -1;
    skip_space(&r);
    if (r.at < r.len)
        return fail(&r, "after top-level value");
    *ret_range = r.range;
    return 0;
}

int gojson_decode(struct arena *a, const char *text, size_t len, struct tval *ret, size_t *ret_used,
                  struct error **err)
{
    struct reader r = {.a = a, .text = text, .len = len, .err = err};
    if (read_value(&r, 0, ret) < 0) {
        if (r.at < r.len)
            return -1;
        error_clear(err);
        return error_set(err, ERROR_INPUT, "unexpected EOF");
    }
    *ret_used = r.at;
    return r.range ? error_set(err, ERROR_INPUT, "%s", r.range) : 0;
}
