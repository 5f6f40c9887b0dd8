/* Literals as values. */
#include "literal.h"

#include <math.h>
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

static bool float_is_uint(double f)
{
    return f >= 0 && f < 18446744073709551616.0 && trunc(f) == f;
}

static void number_from_float(struct node_number *n, double f)
{
    long long integer;
    n->is_float = true;
    n->f = f;
    n->is_int = gofloat_is_integer(f, &integer);
    if (n->is_int)
        n->i = integer;
    n->is_uint = float_is_uint(f);
}

/* "2i", "1+2i". The imaginary part is only checked for being zero: a complex value
 * cannot be held. */
static bool complex_number(const char *s, size_t len, struct node_number *n)
{
    len--;
    size_t split = len;
    while (split > 0 && !((s[split] == '+' || s[split] == '-') && !strchr("eEpP", s[split - 1])))
        split--;
    double real = 0;
    double imaginary;
    if (gofloat_parse(s + split, len - split, &imaginary) != GONUM_OK ||
        (split > 0 && gofloat_parse(s, split, &real) != GONUM_OK))
        return false;
    n->is_complex = true;
    if (imaginary == 0)
        number_from_float(n, real);
    return true;
}

static const char *plain_number(struct arena *a, const char *s, size_t len, struct node_number *n)
{
    uint64_t u;
    double f;
    n->is_uint = gouint_parse(s, len, 0, &u) == GONUM_OK;
    n->is_int = goint_parse(s, len, 0, &n->i) == GONUM_OK;
    if (n->is_int) {
        n->is_uint = n->is_uint || n->i == 0; /* -0 */
        n->is_float = true;
        n->f = (double)n->i;
    } else if (n->is_uint) {
        n->i = (int64_t)u;
        n->is_float = true;
        n->f = (double)u;
    } else if (gofloat_parse(s, len, &f) == GONUM_OK) {
        if (!strpbrk(s, ".eEpP")) {
            AUTO_BUF message = BUF_INIT;
            buf_appends(&message, "integer overflow: ");
            goquote_append(&message, s, len);
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
    const char *error = NULL;
    if (t->type == TOKEN_COMPLEX || t->text[t->len - 1] == 'i')
        (void)complex_number(n->text.data, t->len, n);
    else
        error = plain_number(a, n->text.data, t->len, n);
    if (error)
        return error;
    if (n->is_int || n->is_uint || n->is_float || n->is_complex)
        return NULL;
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, "illegal number syntax: ");
    goquote_append(&message, t->text, t->len);
    return arena_strndup(a, buf_str(&message), message.len);
}
