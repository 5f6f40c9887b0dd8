/* strconv.AppendFloat. */
#include "meshctl/golang/strconv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "strconv_shortest.h"

static void append_shortest(struct buf *out, double f, char format)
{
    char text[SHORTEST_PLAIN_SIZE];
    struct shortest s;
    size_t len;
    shortest_of(f, false, &s);
    if (format == 'e' || format == 'E')
        len = shortest_exponent_form(&s, format, 2, text);
    else if (format == 'g' || format == 'G')
        len = shortest_general_form(&s, format == 'g' ? 'e' : 'E', text);
    else
        len = shortest_plain_form(&s, text);
    buf_append(out, text, len);
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

void gofloat_append(struct buf *out, double f, char format, int prec)
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
