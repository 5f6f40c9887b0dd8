#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"
#include "regex_syntax.h"
#include "unicode.h"

int syntax_peek(const struct syntax *x, size_t ahead)
{
    return x->at + ahead < x->len ? (unsigned char)x->text[x->at + ahead] : -1;
}

uint32_t syntax_rune(struct syntax *x)
{
    uint32_t rune = 0;
    x->at += text_rune(x->text + x->at, x->len - x->at, &rune);
    return rune;
}

int syntax_error(const struct syntax *x, const char *what, size_t from, size_t to)
{
    return error_set(x->err, ERROR_INPUT, "error parsing regexp: %s: `%.*s`", what,
                     (int)(to - from), x->text + from);
}

void syntax_literal(struct syntax *x, uint32_t rune)
{
    if (rune < 0x80 && trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT))
        buf_appendc(x->out, (char)rune);
    else
        buf_appendf(x->out, "\\x{%x}", (unsigned)rune);
}

/* ---- escapes of one rune ---- */

static int octal_digit(const struct syntax *x)
{
    int c = syntax_peek(x, 0);
    return c >= '0' && c <= '7' ? c - '0' : -1;
}

static int hex_digit(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

/* Behind "\x": two digits, or any number of them in braces. False leaves `at` where Go stopped. */
static bool read_hex(struct syntax *x, uint32_t *ret_rune)
{
    uint32_t value = 0;
    int digits = 0;
    if (syntax_peek(x, 0) != '{') {
        int high = x->at < x->len ? hex_digit((int)syntax_rune(x)) : -2;
        int low = high != -2 && x->at < x->len ? hex_digit((int)syntax_rune(x)) : -1;
        *ret_rune = (uint32_t)(high * 16 + low);
        return high >= 0 && low >= 0;
    }
    for (x->at++; x->at < x->len; digits++) {
        uint32_t rune = syntax_rune(x);
        int digit = rune < 0x80 ? hex_digit((int)rune) : -1;
        if (rune == '}') {
            *ret_rune = value;
            return digits > 0;
        }
        if (digit < 0 || (value = value * 16 + (uint32_t)digit) > 0x10ffff)
            return false;
    }
    return false;
}

static bool read_octal(struct syntax *x, uint32_t first, uint32_t *ret_rune)
{
    *ret_rune = first - '0';
    /* One digit but 0 alone would be a back reference. */
    if (first != '0' && octal_digit(x) < 0)
        return false;
    for (int i = 1; i < 3 && octal_digit(x) >= 0; i++)
        *ret_rune = *ret_rune * 8 + (uint32_t)octal_digit(x), x->at++;
    return true;
}

int syntax_escape(struct syntax *x, uint32_t *ret_rune)
{
    static const char letters[] = "afnrtv";
    static const char values[] = "\a\f\n\r\t\v";
    size_t start = x->at++;
    if (x->at == x->len)
        return syntax_error(x, "trailing backslash at end of expression", x->at, x->at);
    uint32_t rune = syntax_rune(x);
    const char *letter = rune > 0 && rune < 0x80 ? strchr(letters, (int)rune) : NULL;
    if (letter) {
        *ret_rune = (unsigned char)values[letter - letters];
        return 0;
    }
    if (rune < 0x80 && !trune_is(rune, TRUNE_LETTER | TRUNE_DIGIT)) {
        *ret_rune = rune;
        return 0;
    }
    if (rune >= '0' && rune <= '7' && read_octal(x, rune, ret_rune))
        return 0;
    if (rune == 'x' && read_hex(x, ret_rune))
        return 0;
    return syntax_error(x, "invalid escape sequence", start, x->at);
}

/* ---- escapes of many ---- */

/* Go's \s has no vertical tab, unlike PCRE2's; the rest is ASCII in both. */
static const struct {
    char letter;
    const char *inside; /* of brackets */
} perl_classes[] = {
    {'d', "0-9"},
    {'D', "\\x{0}-\\x{2f}\\x{3a}-\\x{10ffff}"},
    {'s', "\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}"},
    {'S', "\\x{0}-\\x{8}\\x{b}\\x{e}-\\x{1f}\\x{21}-\\x{10ffff}"},
    {'w', "0-9A-Za-z_"},
    {'W', "\\x{0}-\\x{2f}\\x{3a}-\\x{40}\\x{5b}-\\x{5e}\\x{60}\\x{7b}-\\x{10ffff}"},
};

static bool compiles(const char *pattern)
{
    int code;
    PCRE2_SIZE where;
    pcre2_code *re =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &code, &where, NULL);
    pcre2_code_free(re);
    return re != NULL;
}

/* A general category or a script. PCRE2 would take a script's name for its extensions. */
static bool property_text(const char *name, size_t len, bool negated, struct buf *out)
{
    char sign = negated ? 'P' : 'p';
    bool plain =
        len > 0 && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") >= len;
    if (!plain)
        return false;
    if (len == 3 && strncmp(name, "Any", 3) == 0)
        buf_appendf(out, "\\%c{Any}", sign);
    else if (len == 2 && strncmp(name, "LC", 2) == 0)
        buf_appendf(out, "\\%c{L&}", sign);
    else if (len <= 2)
        buf_appendf(out, "\\%c{%.*s}", sign, (int)len, name);
    else
        buf_appendf(out, "\\%c{sc:%.*s}", sign, (int)len, name);
    return compiles(buf_str(out));
}

static int write_property(struct syntax *x)
{
    AUTO_BUF text = BUF_INIT_MAX(256);
    size_t start = x->at;
    bool negated = syntax_peek(x, 1) == 'P';
    size_t from = start + 2;
    size_t to;
    x->at = from;
    if (syntax_peek(x, 0) != '{') {
        if (x->at < x->len)
            syntax_rune(x);
        to = x->at;
    } else {
        const char *end = memchr(x->text + from, '}', x->len - from);
        if (!end)
            return syntax_error(x, "invalid character class range", start, x->len);
        from++;
        to = (size_t)(end - x->text);
        x->at = to + 1;
    }
    if (from < to && x->text[from] == '^') {
        negated = !negated;
        from++;
    }
    if (!property_text(x->text + from, to - from, negated, &text) || text.overflow)
        return syntax_error(x, "invalid character class range", start, x->at);
    buf_append(x->out, text.data, text.len);
    return 1;
}

int syntax_class_escape(struct syntax *x, bool in_class)
{
    int letter = syntax_peek(x, 1);
    if (letter == 'p' || letter == 'P')
        return write_property(x);
    for (size_t i = 0; i < MC_ARRAY_LEN(perl_classes); i++) {
        if (letter != perl_classes[i].letter)
            continue;
        buf_appendf(x->out, in_class ? "%s" : "[%s]", perl_classes[i].inside);
        x->at += 2;
        return 1;
    }
    return 0;
}

/* ---- brackets ---- */

static const char *const posix_classes[] = {"alnum", "alpha", "ascii", "blank", "cntrl",
                                            "digit", "graph", "lower", "print", "punct",
                                            "space", "upper", "word",  "xdigit"};

/* At "[:": 1 when it is a named class, 0 when it is not closed and so stands for itself. */
static int write_posix(struct syntax *x)
{
    const char *start = x->text + x->at;
    const char *end = memmem(start + 2, x->len - x->at - 2, ":]", 2);
    if (!end)
        return 0;
    const char *name = start + 2 + (start[2] == '^' ? 1 : 0);
    size_t len = name <= end ? (size_t)(end - name) : 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(posix_classes); i++) {
        if (strlen(posix_classes[i]) != len || memcmp(posix_classes[i], name, len) != 0)
            continue;
        buf_append(x->out, start, (size_t)(end - start) + 2);
        x->at += (size_t)(end - start) + 2;
        return 1;
    }
    return syntax_error(x, "invalid character class range", x->at, (size_t)(end - x->text) + 2);
}

static int class_rune(struct syntax *x, size_t class_start, uint32_t *ret_rune)
{
    if (x->at >= x->len)
        return syntax_error(x, "missing closing ]", class_start, x->len);
    if (syntax_peek(x, 0) == '\\')
        return syntax_escape(x, ret_rune);
    *ret_rune = syntax_rune(x);
    return 0;
}

static int write_range(struct syntax *x, size_t class_start)
{
    size_t start = x->at;
    uint32_t low;
    uint32_t high;
    if (class_rune(x, class_start, &low) < 0)
        return -1;
    high = low;
    if (syntax_peek(x, 0) == '-' && syntax_peek(x, 1) != -1 && syntax_peek(x, 1) != ']') {
        x->at++;
        if (class_rune(x, class_start, &high) < 0)
            return -1;
        if (high < low)
            return syntax_error(x, "invalid character class range", start, x->at);
    }
    syntax_literal(x, low);
    if (high > low) {
        buf_appendc(x->out, '-');
        syntax_literal(x, high);
    }
    return 0;
}

int syntax_class(struct syntax *x)
{
    size_t start = x->at++;
    buf_appendc(x->out, '[');
    if (syntax_peek(x, 0) == '^') {
        buf_appendc(x->out, '^');
        x->at++;
    }
    for (bool first = true; first || syntax_peek(x, 0) != ']'; first = false) {
        int done = 0;
        if (syntax_peek(x, 0) == '[' && syntax_peek(x, 1) == ':' && syntax_peek(x, 2) != -1)
            done = write_posix(x);
        else if (syntax_peek(x, 0) == '\\')
            done = syntax_class_escape(x, true);
        if (done < 0)
            return -1;
        if (done == 0 && write_range(x, start) < 0)
            return -1;
    }
    x->at++;
    buf_appendc(x->out, ']');
    return 0;
}
