/* The fewest digits that read back, found by printing and reading. */
#include "strconv_shortest.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/golang/strconv.h"

static bool reads_back(const char *text, double value, bool narrow)
{
    return narrow ? strtof(text, NULL) == (float)value : strtod(text, NULL) == value;
}

/* One more in the last digit before the exponent; false when that would need another digit. */
static bool bump_last_digit(char *text)
{
    char *p = strchr(text, 'e') - 1;
    for (; p >= text && (*p == '9' || *p == '.'); p--)
        if (*p == '9')
            *p = '0';
    if (p < text)
        return false;
    ++*p;
    return true;
}

/* Writes the value with `precision` digits as D.DDDe+XX; true when that reads back. Below a power
 * of two doubles lie closer than above it: there the next decimal upwards may read back where the
 * nearest does not. */
static bool try_precision(double value, int precision, bool narrow, char *text, size_t size)
{
    int exponent;
    snprintf(text, size, "%.*e", precision - 1, value);
    if (reads_back(text, value, narrow))
        return true;
    return frexp(value, &exponent) == 0.5 && bump_last_digit(text) &&
           reads_back(text, value, narrow);
}

/* A double keeps every decimal of up to 15 digits apart, so for normal ones the 15-digit form less
 * its zeros is the shortest if it reads back at all; subnormals and floats have fewer. */
void shortest_of(double f, bool narrow, struct shortest *ret_s)
{
    char text[SHORTEST_EXPONENT_SIZE + 1];
    int precision = !narrow && (f >= DBL_MIN || f == 0) ? DBL_DIG : 1;
    while (!try_precision(f, precision, narrow, text, sizeof(text)) &&
           precision < SHORTEST_MAX_DIGITS)
        precision++;
    const char *exponent = strchr(text, 'e');
    ret_s->count = 0;
    for (const char *p = text; p < exponent; p++)
        if (*p != '.')
            ret_s->digits[ret_s->count++] = *p;
    while (ret_s->count > 1 && ret_s->digits[ret_s->count - 1] == '0')
        ret_s->count--;
    ret_s->digits[ret_s->count] = '\0';
    ret_s->point = (int)strtol(exponent + 1, NULL, 10) + 1;
}

static size_t put(char *text, size_t at, const char *s, size_t len)
{
    memcpy(text + at, s, len);
    text[at + len] = '\0';
    return at + len;
}

static size_t put_zeros(char *text, size_t at, int count)
{
    memset(text + at, '0', (size_t)count);
    return at + (size_t)count;
}

size_t shortest_exponent_form(const struct shortest *s, char letter, int min_exponent_digits,
                              char *text)
{
    int exponent = s->point - 1;
    return (size_t)snprintf(text, SHORTEST_EXPONENT_SIZE, "%c%s%s%c%c%0*d", s->digits[0],
                            s->count > 1 ? "." : "", s->digits + 1, letter,
                            exponent < 0 ? '-' : '+', min_exponent_digits, abs(exponent));
}

size_t shortest_plain_form(const struct shortest *s, char *text)
{
    size_t count = (size_t)s->count;
    if (s->point <= 0)
        return put(text, put_zeros(text, put(text, 0, "0.", 2), -s->point), s->digits, count);
    if (s->point >= s->count)
        return put(text, put_zeros(text, put(text, 0, s->digits, count), s->point - s->count), "",
                   0);
    size_t whole = (size_t)s->point;
    return put(text, put(text, put(text, 0, s->digits, whole), ".", 1), s->digits + whole,
               count - whole);
}

size_t shortest_general_form(const struct shortest *s, char letter, char *text)
{
    int exponent = s->point - 1;
    if (exponent < -4 || exponent >= 6)
        return shortest_exponent_form(s, letter, 2, text);
    return shortest_plain_form(s, text);
}

/* ---- texts of a known size ---- */

static size_t put_sign(double f, char *text)
{
    if (signbit(f))
        *text = '-';
    return signbit(f) ? 1 : 0;
}

static size_t format_general(double f, bool narrow, char *text)
{
    struct shortest s;
    size_t sign = put_sign(f, text);
    shortest_of(fabs(f), narrow, &s);
    return sign + shortest_general_form(&s, 'e', text + sign);
}

size_t gofloat_format(double f, char text[static GOFLOAT_TEXT_SIZE])
{
    return format_general(f, false, text);
}

size_t gofloat_format32(float f, char text[static GOFLOAT_TEXT_SIZE])
{
    return format_general(f, true, text);
}

size_t gofloat_format_json(double f, char text[static GOFLOAT_TEXT_SIZE])
{
    struct shortest s;
    long long integer;
    double size = fabs(f);
    /* Of an integer of up to 15 digits these are the shortest form; most numbers are. */
    if (gofloat_is_integer(f, &integer) && size < 1e15 && !(f == 0 && signbit(f)))
        return (size_t)snprintf(text, GOFLOAT_TEXT_SIZE, "%lld", integer);
    size_t sign = put_sign(f, text);
    shortest_of(size, false, &s);
    if (size != 0 && (size < 1e-6 || size >= 1e21))
        return sign + shortest_exponent_form(&s, 'e', size < 1 ? 1 : 2, text + sign);
    return sign + shortest_plain_form(&s, text + sign);
}

bool gofloat_is_integer(double f, long long *ret_integer)
{
    /* 2^63 is a double, 2^63 - 1 is none. */
    if (!(f >= -0x1p63 && f < 0x1p63) || f != trunc(f))
        return false;
    *ret_integer = (long long)f;
    return true;
}
