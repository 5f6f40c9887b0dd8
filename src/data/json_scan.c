/* encoding/json's scanner and unquote. */
#include "meshctl/data/json_scan.h"

#include <string.h>

#include "meshctl/data/json.h"
#include "meshctl/golang/strconv.h"

static int peek(const struct json_scan *s)
{
    return s->at < s->len ? (unsigned char)s->text[s->at] : -1;
}

static int skip_space(struct json_scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
        s->at++;
    return peek(s);
}

/* scanner.go quoteChar: the byte that does not fit, read as a Latin-1 character. */
static int refuse(unsigned char c, const char *context, struct error **err)
{
    AUTO_BUF rune = BUF_INIT, quoted = BUF_INIT;
    text_append_rune(&rune, c);
    goquote_append_as(&quoted, rune.data, rune.len, '\'', false);
    return error_set(err, ERROR_INPUT, "invalid character %s %s", buf_str(&quoted), context);
}

/* stream.go readValue: the end of a text of nothing but white space is no error by itself. */
static int fail_at_end(const struct json_scan *s, struct error **err)
{
    struct json_scan whole = {.text = s->text, .len = s->len};
    if (!s->is_stream)
        return error_set(err, ERROR_INPUT, "unexpected end of JSON input");
    return error_set(err, ERROR_INPUT, "%s", skip_space(&whole) < 0 ? "EOF" : "unexpected EOF");
}

/* Between tokens and in a string, where the text may go on after white space. */
static int fail(const struct json_scan *s, const char *context, struct error **err)
{
    int c = peek(s);
    return c < 0 ? fail_at_end(s, err) : refuse((unsigned char)c, context, err);
}

/* In a word, a number or an escape: scanner.go eof takes the end of the text as a space. */
static int fail_inside(const struct json_scan *s, const char *context, struct error **err)
{
    int c = peek(s);
    if (c < 0 && s->is_stream)
        return fail_at_end(s, err);
    return refuse(c < 0 ? ' ' : (unsigned char)c, context, err);
}

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static int read_digits(struct json_scan *s, const char *context, struct error **err)
{
    if (!is_digit(peek(s)))
        return fail_inside(s, context, err);
    while (is_digit(peek(s)))
        s->at++;
    return 0;
}

static int read_number(struct json_scan *s, struct text_span *ret, struct error **err)
{
    size_t start = s->at;
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0')
        s->at++;
    else if (read_digits(s, "in numeric literal", err) < 0)
        return -1;
    if (peek(s) == '.') {
        s->at++;
        if (read_digits(s, "after decimal point in numeric literal", err) < 0)
            return -1;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        if (read_digits(s, "in exponent of numeric literal", err) < 0)
            return -1;
    }
    *ret = (struct text_span){s->text + start, s->at - start};
    return 0;
}

static int read_hex4(struct json_scan *s, uint32_t *ret_code, struct error **err)
{
    *ret_code = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int digit = text_hex_digit(peek(s));
        if (digit < 0)
            return fail_inside(s, "in \\u hexadecimal character escape", err);
        *ret_code = *ret_code << 4 | (uint32_t)digit;
    }
    return 0;
}

/* Behind "\u": one rune, or both halves of a pair; a lone half is U+FFFD. */
static int read_unicode_escape(struct json_scan *s, struct buf *out, struct error **err)
{
    uint32_t code, low;
    if (read_hex4(s, &code, err) < 0)
        return -1;
    if (code >= 0xd800 && code < 0xdc00 && s->len - s->at >= 2 && s->text[s->at] == '\\' &&
        s->text[s->at + 1] == 'u') {
        size_t back = s->at;
        s->at += 2;
        if (read_hex4(s, &low, err) < 0)
            return -1;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            s->at = back;
    }
    text_append_rune(out, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return 0;
}

static int read_escape(struct json_scan *s, struct buf *out, struct error **err)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int c = peek(s);
    const char *found = c > 0 && c < 0x80 ? strchr(letters, c) : NULL;
    if (c == 'u') {
        s->at++;
        return read_unicode_escape(s, out, err);
    }
    if (!found)
        return fail_inside(s, "in string escape code", err);
    buf_appendc(out, values[found - letters]);
    s->at++;
    return 0;
}

/* What stands for itself: printable ASCII without quote and backslash. */
static size_t plain_end(const struct json_scan *s)
{
    size_t end = s->at;
    while (end < s->len && s->text[end] >= ' ' && s->text[end] < 0x7f && s->text[end] != '"' &&
           s->text[end] != '\\')
        end++;
    return end;
}

/* The rest of a string that is more than plain. */
static int read_decoded(struct json_scan *s, struct buf *out, struct error **err)
{
    while (peek(s) != '"') {
        uint32_t rune;
        if (peek(s) < ' ')
            return fail(s, "in string literal", err);
        if (peek(s) == '\\') {
            s->at++;
            if (read_escape(s, out, err) < 0)
                return -1;
            continue;
        }
        s->at += text_rune(s->text + s->at, s->len - s->at, &rune);
        text_append_rune(out, rune);
    }
    return 0;
}

static int read_string(struct json_scan *s, struct text_span *ret, struct error **err)
{
    const char *start = s->text + ++s->at;
    size_t len = plain_end(s) - s->at;
    s->at += len;
    if (peek(s) == '"') {
        *ret = (struct text_span){start, len};
    } else {
        AUTO_BUF out = BUF_INIT;
        buf_append(&out, start, len);
        if (read_decoded(s, &out, err) < 0)
            return -1;
        *ret = (struct text_span){arena_strndup(s->a, buf_str(&out), out.len), out.len};
    }
    s->at++;
    return 0;
}

static int read_word(struct json_scan *s, const char *word, struct error **err)
{
    for (size_t i = 0; word[i]; i++, s->at++) {
        if (peek(s) == word[i])
            continue;
        AUTO_FREE char *context = mem_printf("in literal %s (expecting '%c')", word, word[i]);
        return fail_inside(s, context, err);
    }
    return 0;
}

static int open_compound(struct json_scan *s, struct error **err)
{
    if (s->depth == JSON_MAX_DEPTH)
        return fail(s, "exceeded max depth", err);
    s->depth++;
    s->at++;
    return 0;
}

int json_scan_value(struct json_scan *s, enum json_kind *ret_kind, struct text_span *ret_text,
                    struct error **err)
{
    int c = skip_space(s);
    *ret_text = (struct text_span){"", 0};
    switch (c) {
    case '{':
        *ret_kind = JSON_KIND_OBJECT;
        return open_compound(s, err);
    case '[':
        *ret_kind = JSON_KIND_ARRAY;
        return open_compound(s, err);
    case '"':
        *ret_kind = JSON_KIND_STRING;
        return read_string(s, ret_text, err);
    case 't':
        *ret_kind = JSON_KIND_TRUE;
        return read_word(s, "true", err);
    case 'f':
        *ret_kind = JSON_KIND_FALSE;
        return read_word(s, "false", err);
    case 'n':
        *ret_kind = JSON_KIND_NULL;
        return read_word(s, "null", err);
    default:
        if (c != '-' && !is_digit(c))
            return fail(s, "looking for beginning of value", err);
        *ret_kind = JSON_KIND_NUMBER;
        return read_number(s, ret_text, err);
    }
}

static int read_key(struct json_scan *s, struct text_span *ret_key, struct error **err)
{
    if (skip_space(s) != '"')
        return fail(s, "looking for beginning of object key string", err);
    if (read_string(s, ret_key, err) < 0)
        return -1;
    if (skip_space(s) != ':')
        return fail(s, "after object key", err);
    s->at++;
    return 0;
}

int json_scan_next(struct json_scan *s, enum json_kind kind, size_t count, bool *ret_more,
                   struct text_span *ret_key, struct error **err)
{
    bool object = kind == JSON_KIND_OBJECT;
    int c = skip_space(s);
    *ret_more = c != (object ? '}' : ']');
    if (!*ret_more) {
        s->depth--;
        s->at++;
        return 0;
    }
    if (count > 0) {
        if (c != ',')
            return fail(s, object ? "after object key:value pair" : "after array element", err);
        s->at++;
    }
    return object ? read_key(s, ret_key, err) : 0;
}

bool json_scan_is_done(struct json_scan *s)
{
    return skip_space(s) < 0;
}

int json_scan_finish(struct json_scan *s, struct error **err)
{
    return json_scan_is_done(s) ? 0 : fail(s, "after top-level value", err);
}
