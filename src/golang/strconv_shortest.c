/* The fewest digits that read back, found by printing and reading. */
#include "meshctl/golang/strconv_shortest.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"

#define NUMBER_MAX_DIGITS 17

/* value = 0.DIGITS * 10^point, without trailing zeros; zero is one digit "0" and point 1. */
struct decimal {
    char digits[NUMBER_MAX_DIGITS + 1];
    int count;
    int point;
    bool negative;
};

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

/* Writes the positive value with `precision` digits as D.DDDe+XX; true when that reads back. Below
 * a power of two doubles lie closer than above it: there the next decimal upwards may read back
 * where the nearest does not. */
static bool try_precision(double value, int precision, bool narrow, char *text, size_t size)
{
    int exponent;
    snprintf(text, size, "%.*e", precision - 1, value);
    if (reads_back(text, value, narrow))
        return true;
    return frexp(value, &exponent) == 0.5 && bump_last_digit(text) &&
           reads_back(text, value, narrow);
}

/* The shortest form that reads back as the same double, or the same float when `narrow`. A double
 * keeps every decimal of up to 15 digits apart, so for normal ones the 15-digit form less its zeros
 * is the shortest if it reads back at all; subnormals and floats have fewer. */
static void shortest_decimal(double value, bool narrow, struct decimal *d)
{
    char text[NUMBER_TEXT_SIZE];
    memset(d, 0, sizeof(*d));
    d->negative = signbit(value);
    value = fabs(value);
    int precision = !narrow && (value >= DBL_MIN || value == 0) ? DBL_DIG : 1;
    while (!try_precision(value, precision, narrow, text, sizeof(text)) &&
           precision < NUMBER_MAX_DIGITS)
        precision++;
    const char *exponent = strchr(text, 'e');
    for (const char *p = text; p < exponent; p++)
        if (*p != '.')
            d->digits[d->count++] = *p;
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->digits[--d->count] = '\0';
    d->point = (int)strtol(exponent + 1, NULL, 10) + 1;
}

static size_t put_exponent_form(const struct decimal *d, int min_exponent_digits, char *text)
{
    int exponent = d->point - 1;
    return (size_t)snprintf(text, NUMBER_TEXT_SIZE, "%s%c%s%se%c%0*d", d->negative ? "-" : "",
                            d->digits[0], d->count > 1 ? "." : "", d->digits + 1,
                            exponent < 0 ? '-' : '+', min_exponent_digits, abs(exponent));
}

static size_t put_plain_form(const struct decimal *d, char *text)
{
    const char *sign = d->negative ? "-" : "";
    int n;
    if (d->point <= 0)
        n = snprintf(text, NUMBER_TEXT_SIZE, "%s0.%.*s%s", sign, -d->point, "00000000", d->digits);
    else if (d->point >= d->count)
        n = snprintf(text, NUMBER_TEXT_SIZE, "%s%s%.*s", sign, d->digits, d->point - d->count,
                     "000000000000000000000");
    else
        n = snprintf(text, NUMBER_TEXT_SIZE, "%s%.*s.%s", sign, d->point, d->digits,
                     d->digits + d->point);
    return (size_t)n;
}

size_t number_format_json(double value, char text[static NUMBER_TEXT_SIZE])
{
    struct decimal d;
    long long integer;
    /* Of an integer of up to 15 digits these are the shortest form; most numbers are. */
    if (number_is_integer(value, &integer) && fabs(value) < 1e15 && !(value == 0 && signbit(value)))
        return (size_t)snprintf(text, NUMBER_TEXT_SIZE, "%lld", integer);
    shortest_decimal(value, false, &d);
    double size = fabs(value);
    if (size != 0 && (size < 1e-6 || size >= 1e21))
        return put_exponent_form(&d, size < 1 ? 1 : 2, text);
    return put_plain_form(&d, text);
}

/* FormatFloat decides by 6 digits whatever the shortest form has. */
static size_t put_go_g(const struct decimal *d, char *text)
{
    int exponent = d->point - 1;
    if (exponent < -4 || exponent >= 6)
        return put_exponent_form(d, 2, text);
    return put_plain_form(d, text);
}

size_t number_format_go_g(double value, char text[static NUMBER_TEXT_SIZE])
{
    struct decimal d;
    shortest_decimal(value, false, &d);
    return put_go_g(&d, text);
}

size_t number_format_go_g32(float value, char text[static NUMBER_TEXT_SIZE])
{
    struct decimal d;
    shortest_decimal(value, true, &d);
    return put_go_g(&d, text);
}

bool number_is_integer(double value, long long *ret_integer)
{
    /* 2^63 is a double, 2^63 - 1 is none. */
    if (!(value >= -0x1p63 && value < 0x1p63) || value != trunc(value))
        return false;
    *ret_integer = (long long)value;
    return true;
}
