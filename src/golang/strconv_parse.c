/* strconv.ParseInt, ParseUint, ParseFloat and ParseBool. */
#include "meshctl/golang/strconv.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define USUAL_FLOAT 64 /* characters that need no allocation */

bool gonum_underscores_ok(const char *s, size_t len)
{
    char before = '^'; /* '0' a digit, '_' an underscore, '!' anything else, '^' the start */
    size_t at = len > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
    bool hex = false;
    if (len - at >= 2 && s[at] == '0' && strchr("bBoOxX", s[at + 1]) && s[at + 1]) {
        hex = s[at + 1] == 'x' || s[at + 1] == 'X';
        at += 2;
        before = '0';
    }
    for (; at < len; at++) {
        unsigned char c = (unsigned char)s[at];
        if (isdigit(c) || (hex && isxdigit(c))) {
            before = '0';
        } else if (c == '_') {
            if (before != '0')
                return false;
            before = '_';
        } else {
            if (before == '_')
                return false;
            before = '!';
        }
    }
    return before != '_';
}

/* The base that a literal's prefix tells, for base 0. */
static int base_of_prefix(const char *s, size_t len, size_t *ret_skip)
{
    static const struct {
        char letter;
        int base;
    } prefixes[] = {{'b', 2}, {'o', 8}, {'x', 16}};
    *ret_skip = 0;
    if (len == 0 || s[0] != '0')
        return 10;
    for (size_t i = 0; len >= 3 && i < MC_ARRAY_LEN(prefixes); i++) {
        if ((s[1] | 0x20) == prefixes[i].letter) {
            *ret_skip = 2;
            return prefixes[i].base;
        }
    }
    *ret_skip = 1;
    return 8;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z')
        return (c | 0x20) - 'a' + 10;
    return 99;
}

enum gonum gouint_parse(const char *s, size_t len, int base, uint64_t *ret_u)
{
    size_t at = 0;
    uint64_t u = 0;
    bool any_base = base == 0;
    bool underscores = false;
    *ret_u = 0;
    if (len == 0)
        return GONUM_SYNTAX;
    if (any_base)
        base = base_of_prefix(s, len, &at);
    for (; at < len; at++) {
        if (s[at] == '_' && any_base) {
            underscores = true;
            continue;
        }
        int digit = digit_value(s[at]);
        if (digit >= base)
            return GONUM_SYNTAX;
        if (__builtin_mul_overflow(u, (uint64_t)base, &u) ||
            __builtin_add_overflow(u, (uint64_t)digit, &u)) {
            *ret_u = UINT64_MAX;
            return GONUM_RANGE;
        }
    }
    if (underscores && !gonum_underscores_ok(s, len))
        return GONUM_SYNTAX;
    *ret_u = u;
    return GONUM_OK;
}

enum gonum goint_parse(const char *s, size_t len, int base, int64_t *ret_i)
{
    uint64_t u;
    bool negative = len > 0 && s[0] == '-';
    size_t sign = len > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
    *ret_i = 0;
    if (gouint_parse(s + sign, len - sign, base, &u) == GONUM_SYNTAX)
        return GONUM_SYNTAX;
    if (u > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
        *ret_i = negative ? INT64_MIN : INT64_MAX;
        return GONUM_RANGE;
    }
    *ret_i = negative ? (int64_t)-u : (int64_t)u;
    return GONUM_OK;
}

static bool parse_special_float(const char *s, double *ret_f)
{
    const char *name = s + (s[0] == '+' || s[0] == '-' ? 1 : 0);
    if (strcasecmp(name, "inf") == 0 || strcasecmp(name, "infinity") == 0)
        *ret_f = s[0] == '-' ? -INFINITY : INFINITY;
    else if (strcasecmp(s, "nan") == 0)
        *ret_f = NAN;
    else
        return false;
    return true;
}

/* Digits with at most one point and at least one digit; moves *at behind them. */
static bool skip_mantissa(const char **at, bool hex)
{
    bool point = false;
    bool digits = false;
    for (;; (*at)++) {
        unsigned char c = (unsigned char)**at;
        if (c == '.' && !point)
            point = true;
        else if (hex ? isxdigit(c) : isdigit(c))
            digits = true;
        else
            return digits;
    }
}

/* Whether strtod's reading is Go's: it takes more (white space, "0x1" without an exponent). */
static bool is_go_float(const char *s)
{
    if (*s == '+' || *s == '-')
        s++;
    bool hex = s[0] == '0' && (s[1] | 0x20) == 'x';
    if (hex)
        s += 2;
    if (!skip_mantissa(&s, hex))
        return false;
    if ((*s | 0x20) != (hex ? 'p' : 'e'))
        return *s == '\0' && !hex;
    s++;
    if (*s == '+' || *s == '-')
        s++;
    if (!isdigit((unsigned char)*s))
        return false;
    while (isdigit((unsigned char)*s))
        s++;
    return *s == '\0';
}

/* `text` has room for the text, which it becomes without its underscores. */
static enum gonum parse_float_text(const char *s, size_t len, char *text, double *ret_f)
{
    size_t count = 0;
    if (memchr(s, '_', len) && !gonum_underscores_ok(s, len))
        return GONUM_SYNTAX;
    for (size_t i = 0; i < len; i++)
        if (s[i] != '_')
            text[count++] = s[i];
    text[count] = '\0';
    if (parse_special_float(text, ret_f))
        return GONUM_OK;
    if (!is_go_float(text))
        return GONUM_SYNTAX;
    *ret_f = strtod(text, NULL);
    return isinf(*ret_f) ? GONUM_RANGE : GONUM_OK;
}

enum gonum gofloat_parse(const char *s, size_t len, double *ret_f)
{
    char usual[USUAL_FLOAT];
    AUTO_FREE char *longer = len < sizeof(usual) ? NULL : mem_alloc(len + 1);
    *ret_f = 0;
    if (len == 0 || memchr(s, '\0', len))
        return GONUM_SYNTAX;
    return parse_float_text(s, len, longer ? longer : usual, ret_f);
}

bool gobool_parse(const char *s, bool *ret_b)
{
    static const char *const words[2][6] = {{"0", "f", "F", "false", "FALSE", "False"},
                                            {"1", "t", "T", "true", "TRUE", "True"}};
    for (int truth = 0; truth < 2; truth++) {
        for (size_t i = 0; i < MC_ARRAY_LEN(words[0]); i++) {
            if (strcmp(s, words[truth][i]) == 0) {
                *ret_b = truth;
                return true;
            }
        }
    }
    return false;
}

void gonum_append_error(struct buf *out, const char *func, const char *s, size_t len,
                        enum gonum what)
{
    buf_appendf(out, "strconv.%s: parsing ", func);
    goquote_append(out, s, len);
    buf_appends(out, what == GONUM_RANGE ? ": value out of range" : ": invalid syntax");
}
