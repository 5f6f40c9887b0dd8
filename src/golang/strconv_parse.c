/* strconv.ParseInt and ParseFloat. */
#include "meshctl/golang/strconv.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_NUMBER_TEXT 4096 /* digits of a number that is worth reading */

/* strconv atoi.go underscoreOK: an underscore stands between digits, or between a base prefix and a
 * digit. */
static bool underscores_ok(const char *s, size_t len)
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

static bool parse_digits(const char *s, size_t len, int base, bool underscores, uint64_t *ret_u)
{
    uint64_t u = 0;
    for (size_t i = 0; i < len; i++) {
        int digit = digit_value(s[i]);
        if (s[i] == '_' && underscores)
            continue;
        if (digit >= base || __builtin_mul_overflow(u, (uint64_t)base, &u) ||
            __builtin_add_overflow(u, (uint64_t)digit, &u))
            return false;
    }
    *ret_u = u;
    return true;
}

bool parse_go_int(const char *s, size_t len, int base, int64_t *ret_i)
{
    size_t skip = 0;
    uint64_t u;
    bool any_base = base == 0;
    bool negative = len > 0 && s[0] == '-';
    size_t sign = len > 0 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
    const char *digits = s + sign;
    size_t left = len - sign;
    if (any_base)
        base = base_of_prefix(digits, left, &skip);
    if (left == 0 || (any_base && !underscores_ok(s, len)))
        return false;
    if (!parse_digits(digits + skip, left - skip, base, any_base, &u))
        return false;
    if (u > (uint64_t)INT64_MAX + (negative ? 1 : 0))
        return false;
    *ret_i = negative ? (int64_t)-u : (int64_t)u;
    return true;
}

int64_t nearest_go_int(const char *s, size_t len)
{
    int64_t i;
    bool negative = len > 0 && s[0] == '-';
    size_t sign = negative || (len > 0 && s[0] == '+') ? 1 : 0;
    uint64_t u = 0;
    if (parse_go_int(s, len, 10, &i))
        return i;
    for (size_t at = sign; at < len; at++) {
        if (s[at] < '0' || s[at] > '9')
            return 0;
        if (__builtin_mul_overflow(u, 10, &u) ||
            __builtin_add_overflow(u, (uint64_t)(s[at] - '0'), &u))
            break;
    }
    return sign == len ? 0 : negative ? INT64_MIN : INT64_MAX;
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

bool parse_go_float(const char *s, size_t len, double *ret_f)
{
    char text[MAX_NUMBER_TEXT];
    size_t count = 0;
    if (len == 0 || len >= sizeof(text) || memchr(s, '\0', len))
        return false;
    if (memchr(s, '_', len) && !underscores_ok(s, len))
        return false;
    for (size_t i = 0; i < len; i++)
        if (s[i] != '_')
            text[count++] = s[i];
    text[count] = '\0';
    if (parse_special_float(text, ret_f))
        return true;
    if (!is_go_float(text))
        return false;
    *ret_f = strtod(text, NULL);
    return isfinite(*ret_f);
}
