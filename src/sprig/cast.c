/* spf13/cast: numbers out of values of any kind. */
#include <math.h>
#include <string.h>

#include "util.h"

/* spf13/cast trimZeroDecimal: "80.00" is "80". */
static size_t without_zero_fraction(const char *s, size_t len)
{
    bool zero = false;
    for (size_t at = len; at > 0; at--) {
        if (s[at - 1] == '.' && zero)
            return at - 1;
        if (s[at - 1] == '0')
            zero = true;
        else if (s[at - 1] != '.')
            return len;
    }
    return len;
}

/* Go's conversion on amd64: what does not fit becomes the smallest int64. */
static int64_t float_to_int64(double f)
{
    if (isnan(f) || f >= 0x1p63 || f < -0x1p63)
        return INT64_MIN;
    return (int64_t)f;
}

/* Of named types, cast knows time.Month and time.Weekday only: an int64 such as time.Duration is
 * none of its numbers. */
static struct tval castable(struct arena *a, struct tval v)
{
    bool unknown = v.kind == TVAL_OBJECT && v.object->type->number == TVAL_INT64;
    return unknown ? tval_nil() : value_plain(a, v);
}

int64_t cast_int64(struct arena *a, struct tval v)
{
    int64_t i = 0;
    v = castable(a, v);
    switch (v.kind) {
    case TVAL_INT:
    case TVAL_INT64:
        return v.i;
    case TVAL_FLOAT:
        return float_to_int64(v.f);
    case TVAL_BOOL:
        return v.b ? 1 : 0;
    case TVAL_STRING:
        if (goint_parse(v.s.data, without_zero_fraction(v.s.data, v.s.len), 0, &i) != GONUM_OK)
            return 0;
        return i;
    default:
        return 0;
    }
}

double cast_float(struct arena *a, struct tval v)
{
    double f = 0;
    v = castable(a, v);
    switch (v.kind) {
    case TVAL_INT:
    case TVAL_INT64:
        return (double)v.i;
    case TVAL_FLOAT:
        return v.f;
    case TVAL_BOOL:
        return v.b ? 1 : 0;
    case TVAL_STRING:
        return gofloat_parse(v.s.data, v.s.len, &f) == GONUM_OK ? f : 0;
    default:
        return 0;
    }
}
