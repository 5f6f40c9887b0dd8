/* strconv.AppendFloat. */
#include "meshctl/golang/strconv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DIGITS 17 /* always enough to read a double back */

/* 0.D1D2D3... times ten to the power of `point`; no zeros at either end, none at all for zero. */
struct digits {
    char text[MAX_DIGITS + 1];
    int count;
    int point;
};

/* Reads "d.ddde[+-]xx". */
static void digits_parse(struct digits *ret_d, const char *text)
{
    const char *e = strchr(text, 'e');
    ret_d->count = 0;
    for (const char *at = text; at < e; at++)
        if (*at != '.')
            ret_d->text[ret_d->count++] = *at;
    while (ret_d->count > 0 && ret_d->text[ret_d->count - 1] == '0')
        ret_d->count--;
    ret_d->text[ret_d->count] = '\0';
    ret_d->point = ret_d->count > 0 ? (int)strtol(e + 1, NULL, 10) + 1 : 0;
}

/* Adds one to the last digit of "d.ddde[+-]xx"; false when that would carry past the first. */
static bool bump_last_digit(char *text)
{
    for (char *at = strchr(text, 'e') - 1; at >= text; at--) {
        if (*at == '.')
            continue;
        if (*at != '9') {
            (*at)++;
            return true;
        }
        *at = '0';
    }
    return false;
}

/* The fewest digits that read back as f (f >= 0 and finite). The nearest decimal of a length is the
 * only candidate except at a power of two, where the gap above is wider than the gap below: there
 * the next one up may read back when the nearest does not. */
static void shortest(struct digits *ret_d, double f)
{
    char text[40];
    for (int count = 1; count <= MAX_DIGITS; count++) {
        (void)snprintf(text, sizeof(text), "%.*e", count - 1, f);
        if (strtod(text, NULL) == f)
            break;
        if (bump_last_digit(text) && strtod(text, NULL) == f)
            break;
    }
    digits_parse(ret_d, text);
}

static void append_exponent_form(struct buf *out, const struct digits *d, char letter)
{
    int exponent = d->count > 0 ? d->point - 1 : 0;
    buf_appendc(out, d->count > 0 ? d->text[0] : '0');
    if (d->count > 1)
        buf_appendf(out, ".%s", d->text + 1);
    buf_appendf(out, "%c%c%02d", letter, exponent < 0 ? '-' : '+', abs(exponent));
}

static void append_plain_form(struct buf *out, const struct digits *d)
{
    if (d->point <= 0) {
        buf_appendc(out, '0');
        if (d->count > 0) {
            buf_appendc(out, '.');
            buf_pad(out, '0', (size_t)-d->point);
        }
        buf_append(out, d->text, (size_t)d->count);
    } else if (d->point >= d->count) {
        buf_append(out, d->text, (size_t)d->count);
        buf_pad(out, '0', (size_t)(d->point - d->count));
    } else {
        buf_appendf(out, "%.*s.%s", d->point, d->text, d->text + d->point);
    }
}

/* strconv ftoa.go formatDigits in shortest mode: %g takes the exponent form below 1e-4 and from 1e6
 * on, however many digits there are. */
static void append_shortest(struct buf *out, double f, char format)
{
    struct digits d;
    shortest(&d, f);
    switch (format) {
    case 'e':
    case 'E':
        append_exponent_form(out, &d, format);
        break;
    case 'g':
    case 'G':
        if (d.point - 1 < -4 || d.point - 1 >= 6)
            append_exponent_form(out, &d, format == 'g' ? 'e' : 'E');
        else
            append_plain_form(out, &d);
        break;
    default:
        append_plain_form(out, &d);
        break;
    }
}

/* strconv ftoa.go fmtX: the leading digit is 1 even for subnormal numbers, the exponent has two
 * digits. */
static void append_hex(struct buf *out, double f, char format, int prec)
{
    int exponent = 0;
    char text[64];
    double mantissa = f == 0 ? 0 : 2 * frexp(f, &exponent);
    exponent = f == 0 ? 0 : exponent - 1;
    if (prec < 0)
        (void)snprintf(text, sizeof(text), "%a", mantissa);
    else
        (void)snprintf(text, sizeof(text), "%.*a", prec > 13 ? 13 : prec, mantissa);
    char *p = strchr(text, 'p');
    *p = '\0';
    if (strncmp(text, "0x2", 3) == 0) { /* rounded up to the next power of two */
        text[2] = '1';
        exponent++;
    }
    for (char *at = text; format == 'X' && *at; at++)
        if (*at >= 'a' && *at <= 'x')
            *at = (char)(*at - 'a' + 'A');
    buf_appends(out, text);
    buf_pad(out, '0', prec > 13 ? (size_t)(prec - 13) : 0);
    buf_appendf(out, "%c%c%02d", format == 'X' ? 'P' : 'p', exponent < 0 ? '-' : '+',
                abs(exponent));
}

/* strconv ftoa.go fmtB: mantissa as an integer, binary exponent. */
static void append_binary(struct buf *out, double f)
{
    int exponent;
    double mantissa = frexp(f, &exponent);
    int shift = exponent < -1021 ? 53 - (-1021 - exponent) : 53;
    buf_appendf(out, "%.0fp%+d", f == 0 ? 0 : ldexp(mantissa, shift),
                f == 0 ? -1074 : exponent - shift);
}

/* With a precision, C's conversions are Go's: both round correctly and write at least two digits of
 * exponent. */
static void append_precise(struct buf *out, double f, char format, int prec)
{
    switch (format) {
    case 'e':
        buf_appendf(out, "%.*e", prec, f);
        break;
    case 'E':
        buf_appendf(out, "%.*E", prec, f);
        break;
    case 'g':
        buf_appendf(out, "%.*g", prec, f);
        break;
    case 'G':
        buf_appendf(out, "%.*G", prec, f);
        break;
    default:
        buf_appendf(out, "%.*f", prec, f);
        break;
    }
}

void print_float_text(struct buf *out, double f, char format, int prec)
{
    if (isnan(f)) {
        buf_appends(out, "NaN");
        return;
    }
    if (isinf(f)) {
        buf_appends(out, f < 0 ? "-Inf" : "+Inf");
        return;
    }
    if (signbit(f))
        buf_appendc(out, '-');
    f = fabs(f);
    if (format == 'b')
        append_binary(out, f);
    else if (format == 'x' || format == 'X')
        append_hex(out, f, format, prec);
    else if (prec < 0)
        append_shortest(out, f, format);
    else
        append_precise(out, f, format, prec);
}

void tprint_float(struct buf *out, double f)
{
    print_float_text(out, f, 'g', -1);
}
