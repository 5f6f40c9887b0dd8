/* Literals as values. */
#include "literal.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define INVALID_SYNTAX "invalid syntax"

/* ---- quotes ---- */

struct reader {
    const char *at;
    const char *end;
};

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return 99;
}

/* `count` digits of the base. */
static bool read_digits(struct reader *in, int count, int base, uint32_t *ret_value)
{
    uint32_t value = 0;
    for (int i = 0; i < count; i++) {
        int digit = in->at < in->end ? digit_value(*in->at) : 99;
        if (digit >= base)
            return false;
        value = value * (uint32_t)base + (uint32_t)digit;
        in->at++;
    }
    *ret_value = value;
    return true;
}

static bool rune_is_valid(uint32_t r)
{
    return r <= 0x10ffff && (r < 0xd800 || r > 0xdfff);
}

/* Behind the backslash. `ret_rune` tells a character from a byte ("\u00e9" from "\xe9"). */
static bool read_escape(struct reader *in, char quote, uint32_t *ret_value, bool *ret_rune)
{
    static const char names[] = "abfnrtv\\";
    static const char values[] = "\a\b\f\n\r\t\v\\";
    if (in->at == in->end)
        return false;
    char c = *in->at++;
    const char *name = c ? strchr(names, c) : NULL;
    if (name) {
        *ret_value = (unsigned char)values[name - names];
        return true;
    }
    switch (c) {
    case 'x':
        return read_digits(in, 2, 16, ret_value);
    case 'u':
    case 'U':
        *ret_rune = true;
        return read_digits(in, c == 'u' ? 4 : 8, 16, ret_value) && rune_is_valid(*ret_value);
    case '\'':
    case '"':
        *ret_value = (unsigned char)c;
        return c == quote;
    default:
        in->at--;
        return read_digits(in, 3, 8, ret_value) && *ret_value <= 0xff;
    }
}

/* strconv.UnquoteChar. */
static bool read_char(struct reader *in, char quote, uint32_t *ret_value, bool *ret_rune)
{
    *ret_rune = false;
    if (in->at == in->end || *in->at == quote)
        return false;
    if (*in->at == '\\') {
        in->at++;
        return read_escape(in, quote, ret_value, ret_rune);
    }
    *ret_rune = (unsigned char)*in->at >= 0x80;
    in->at += text_rune(in->at, (size_t)(in->end - in->at), ret_value);
    return true;
}

static struct tval_string raw_value(struct arena *a, const struct token *t)
{
    char *value = arena_strndup(a, t->text + 1, t->len - 2);
    size_t len = 0;
    for (size_t i = 0; i < t->len - 2; i++) {
        if (t->text[i + 1] != '\r')
            value[len++] = t->text[i + 1];
    }
    value[len] = '\0';
    return (struct tval_string){.data = value, .len = len};
}

const char *literal_unquote(struct arena *a, const struct token *t, struct tval_string *ret_value)
{
    if (t->type == TOKEN_RAW_STRING) {
        *ret_value = raw_value(a, t);
        return NULL;
    }
    struct reader in = {.at = t->text + 1, .end = t->text + t->len - 1};
    if (!memchr(in.at, '\\', t->len - 2) && text_is_utf8(in.at, t->len - 2)) {
        *ret_value =
            (struct tval_string){.data = arena_strndup(a, in.at, t->len - 2), .len = t->len - 2};
        return NULL;
    }
    AUTO_BUF value = BUF_INIT;
    while (in.at < in.end) {
        uint32_t c;
        bool is_rune;
        if (!read_char(&in, '"', &c, &is_rune))
            return INVALID_SYNTAX;
        if (is_rune)
            text_append_rune(&value, c);
        else
            buf_appendc(&value, (char)c);
    }
    *ret_value = (struct tval_string){.data = arena_strndup(a, buf_str(&value), value.len),
                                      .len = value.len};
    return NULL;
}

static const char *char_constant(struct arena *a, const struct token *t, struct node_number *n)
{
    struct reader in = {.at = t->text + 1, .end = t->text + t->len};
    uint32_t c;
    bool is_rune;
    if (!read_char(&in, '\'', &c, &is_rune))
        return INVALID_SYNTAX;
    if (in.end - in.at != 1) {
        return arena_printf(a, "malformed character constant: %s",
                            arena_strndup(a, t->text, t->len));
    }
    n->is_int = n->is_uint = n->is_float = true;
    n->i = c;
    n->f = c;
    return NULL;
}

/* ---- numbers ---- */

/* strconv's underscoreOK: an underscore stands between digits, or between a base prefix and a
 * digit. */
static bool underscores_ok(const char *s)
{
    bool after_digit = false;
    bool after_underscore = false;
    bool hex = false;
    if (*s == '+' || *s == '-')
        s++;
    if (s[0] == '0' && s[1] && strchr("bBoOxX", s[1])) {
        hex = s[1] == 'x' || s[1] == 'X';
        after_digit = true;
        s += 2;
    }
    for (; *s; s++) {
        bool digit = digit_value(*s) < (hex ? 16 : 10);
        if (*s == '_' ? !after_digit : after_underscore && !digit)
            return false;
        after_underscore = *s == '_';
        after_digit = digit;
    }
    return !after_underscore;
}

static void drop_underscores(char *s)
{
    char *to = s;
    for (; *s; s++) {
        if (*s != '_')
            *to++ = *s;
    }
    *to = '\0';
}

/* An unsigned integer with its base prefix, and no underscores. */
static bool parse_unsigned(const char *s, uint64_t *ret_value)
{
    unsigned base = 10;
    if (s[0] == '0' && s[1]) {
        const char *prefix = strchr("bBoOxX", s[1]);
        base = 8;
        if (prefix && s[2])
            base = prefix[0] == 'b' || prefix[0] == 'B' ? 2
                   : *prefix == 'x' || *prefix == 'X'   ? 16
                                                        : 8;
        s += prefix && s[2] ? 2 : 1;
    }
    if (!*s)
        return false;
    uint64_t value = 0;
    for (; *s; s++) {
        int digit = digit_value(*s);
        if ((unsigned)digit >= base)
            return false;
        if (__builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value))
            return false;
    }
    *ret_value = value;
    return true;
}

/* strconv.ParseFloat takes fewer spellings than strtod: no spaces, names, or hexadecimal without
 * its exponent. The lexer's number scan leaves only these to be refused. */
static bool float_syntax_ok(const char *s)
{
    if (*s == '+' || *s == '-')
        s++;
    bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && s[2];
    if (hex)
        s += 2;
    size_t digits = 0;
    size_t dots = 0;
    for (; *s == '.' || digit_value(*s) < (hex ? 16 : 10); s++)
        *(*s == '.' ? &dots : &digits) += 1;
    if (!digits || dots > 1)
        return false;
    if (!*s)
        return !hex;
    if ((*s | 0x20) != (hex ? 'p' : 'e'))
        return false;
    s++;
    if (*s == '+' || *s == '-')
        s++;
    return *s && strspn(s, "0123456789") == strlen(s);
}

static bool parse_float(const char *s, double *ret_value)
{
    if (!float_syntax_ok(s))
        return false;
    locale_t c = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    char *end;
    double value = strtod_l(s, &end, c);
    freelocale(c);
    *ret_value = value;
    return !*end && isfinite(value);
}

/* Whether Go's float64(int64(f)) == f. */
static bool float_is_int(double f)
{
    return f >= -9223372036854775808.0 && f < 9223372036854775808.0 && trunc(f) == f;
}

static bool float_is_uint(double f)
{
    return f >= 0 && f < 18446744073709551616.0 && trunc(f) == f;
}

static void number_from_float(struct node_number *n, double f)
{
    n->is_float = true;
    n->f = f;
    n->is_int = float_is_int(f);
    if (n->is_int)
        n->i = (int64_t)f;
    n->is_uint = float_is_uint(f);
}

/* "2i", "1+2i". The imaginary part is only checked for being zero: a complex value
 * cannot be held. */
static bool complex_number(char *s, struct node_number *n)
{
    size_t len = strlen(s);
    s[len - 1] = '\0';
    size_t split = len - 1;
    while (split > 1 && !((s[split] == '+' || s[split] == '-') && !strchr("eEpP", s[split - 1])))
        split--;
    double real = 0;
    double imaginary;
    if (split <= 1) {
        if (!parse_float(s, &imaginary))
            return false;
    } else {
        if (!parse_float(s + split, &imaginary))
            return false;
        s[split] = '\0';
        if (!parse_float(s, &real))
            return false;
    }
    n->is_complex = true;
    if (imaginary == 0)
        number_from_float(n, real);
    return true;
}

static const char *plain_number(struct arena *a, const char *text, const char *digits,
                                struct node_number *n)
{
    bool negative = *digits == '-';
    uint64_t magnitude;
    if (parse_unsigned(digits + (negative || *digits == '+'), &magnitude)) {
        bool sign = negative || *digits == '+';
        n->is_int = magnitude <= (uint64_t)INT64_MAX + (negative ? 1 : 0);
        n->is_uint = !sign || magnitude == 0;
        n->i = (int64_t)(negative ? -magnitude : magnitude);
        n->f = n->is_int ? (double)n->i : (double)magnitude;
        n->is_float = n->is_int || n->is_uint;
    }
    double f;
    if (!n->is_float && parse_float(digits, &f)) {
        if (!strpbrk(text, ".eEpP")) {
            AUTO_BUF message = BUF_INIT;
            buf_appends(&message, "integer overflow: ");
            tprint_quote(&message, text, strlen(text));
            return arena_strndup(a, buf_str(&message), message.len);
        }
        number_from_float(n, f);
    }
    return NULL;
}

const char *literal_number(struct arena *a, const struct token *t, struct node_number *ret_number)
{
    struct node_number *n = ret_number;
    *n = (struct node_number){.text = {.data = arena_strndup(a, t->text, t->len), .len = t->len}};
    if (t->type == TOKEN_CHAR_CONSTANT)
        return char_constant(a, t, n);
    AUTO_FREE char *digits = mem_strndup(t->text, t->len);
    const char *error = NULL;
    bool ok = underscores_ok(digits);
    drop_underscores(digits);
    if (ok && (t->type == TOKEN_COMPLEX || digits[strlen(digits) - 1] == 'i'))
        ok = complex_number(digits, n);
    else if (ok)
        error = plain_number(a, n->text.data, digits, n);
    if (error)
        return error;
    if (n->is_int || n->is_uint || n->is_float || n->is_complex)
        return NULL;
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, "illegal number syntax: ");
    tprint_quote(&message, t->text, t->len);
    return arena_strndup(a, buf_str(&message), message.len);
}
