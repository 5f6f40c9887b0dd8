/* Decimals as digits with a sign and an exponent of ten. */
#include "meshctl/golang/decimal.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/golang/strconv.h"

void godecimal_release(struct godecimal *d)
{
    buf_release(&d->digits);
}

static int digit(const struct godecimal *d, size_t i)
{
    return i < d->digits.len ? d->digits.data[i] : 0;
}

/* Drops the zeros at the high end; a 0 has no sign. */
static int finish(struct godecimal *d, struct error **err)
{
    size_t len = d->digits.len;
    if (d->digits.overflow)
        return error_set(err, ERROR_INPUT, "a decimal of more than %d digits",
                         GODECIMAL_MAX_DIGITS);
    while (len > 0 && d->digits.data[len - 1] == 0)
        len--;
    buf_truncate(&d->digits, len);
    d->negative = d->negative && len > 0;
    return 0;
}

static void start(struct godecimal *ret, bool negative, int64_t exp)
{
    *ret = (struct godecimal){
        .digits = BUF_INIT_MAX(GODECIMAL_MAX_DIGITS), .negative = negative, .exp = exp};
}

int godecimal_from_float(double f, struct godecimal *ret, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    start(ret, f < 0, 0);
    if (f == 0)
        return 0;
    gofloat_append(&text, f, 'e', -1);
    if (!isfinite(f))
        return error_set(err, ERROR_INPUT, "Cannot create a Decimal from %s", buf_str(&text));
    const char *e = strchr(text.data, 'e');
    const char *point = memchr(text.data, '.', (size_t)(e - text.data));
    for (const char *at = e - 1; at >= text.data && *at != '-'; at--)
        if (*at != '.')
            buf_appendc(&ret->digits, (char)(*at - '0'));
    ret->exp = strtol(e + 1, NULL, 10) - (point ? e - point - 1 : 0);
    return finish(ret, err);
}

/* The same number with zeros at the low end down to `exp`, which is not above its own. */
static void rescale(const struct godecimal *d, int64_t exp, struct godecimal *ret)
{
    start(ret, d->negative, exp);
    if (d->digits.len > 0)
        buf_pad(&ret->digits, 0, (size_t)(d->exp - exp));
    buf_append(&ret->digits, d->digits.data, d->digits.len);
}

static int compare_sizes(const struct godecimal *x, const struct godecimal *y)
{
    if (x->digits.len != y->digits.len)
        return x->digits.len > y->digits.len ? 1 : -1;
    for (size_t i = x->digits.len; i > 0; i--)
        if (digit(x, i - 1) != digit(y, i - 1))
            return digit(x, i - 1) - digit(y, i - 1);
    return 0;
}

/* |x| + sign * |y|, which is not negative. */
static void sum_sizes(const struct godecimal *x, const struct godecimal *y, int sign,
                      struct buf *out)
{
    int carry = 0;
    for (size_t i = 0; i < x->digits.len || i < y->digits.len || carry > 0; i++) {
        int n = digit(x, i) + sign * digit(y, i) + carry;
        carry = n < 0 ? -1 : n / 10;
        buf_appendc(out, (char)(n - 10 * carry));
    }
}

static int sum(const struct godecimal *left, const struct godecimal *right, bool subtract,
               struct godecimal *ret, struct error **err)
{
    AUTO_DECIMAL x = {.exp = 0};
    AUTO_DECIMAL y = {.exp = 0};
    int64_t exp = left->exp < right->exp ? left->exp : right->exp;
    rescale(left, exp, &x);
    rescale(right, exp, &y);
    start(ret, false, exp);
    if (finish(&x, err) < 0 || finish(&y, err) < 0)
        return -1;
    bool right_negative = right->negative != subtract;
    bool swap = compare_sizes(&x, &y) < 0;
    ret->negative = swap ? right_negative : left->negative;
    sum_sizes(swap ? &y : &x, swap ? &x : &y, left->negative == right_negative ? 1 : -1,
              &ret->digits);
    return finish(ret, err);
}

int godecimal_add(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err)
{
    return sum(x, y, false, ret, err);
}

int godecimal_sub(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err)
{
    return sum(x, y, true, ret, err);
}

/* The digits as a number; at most GODECIMAL_FLOAT_DIGITS of them. */
static uint64_t small_number(const struct godecimal *d)
{
    uint64_t n = 0;
    assert(d->digits.len <= GODECIMAL_FLOAT_DIGITS);
    for (size_t i = d->digits.len; i > 0; i--)
        n = n * 10 + (uint64_t)digit(d, i - 1);
    return n;
}

int godecimal_mul(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err)
{
    uint64_t factor = small_number(y);
    uint64_t carry = 0;
    start(ret, x->negative != y->negative, x->exp + y->exp);
    buf_pad(&ret->digits, 0, x->digits.len + GODECIMAL_FLOAT_DIGITS);
    for (size_t i = 0; i < ret->digits.len && !ret->digits.overflow; i++) {
        uint64_t n = (uint64_t)digit(x, i) * factor + carry;
        ret->digits.data[i] = (char)(n % 10);
        carry = n / 10;
    }
    return finish(ret, err);
}

static void reverse(struct buf *b)
{
    for (size_t i = 0; i < b->len / 2; i++) {
        char c = b->data[i];
        b->data[i] = b->data[b->len - 1 - i];
        b->data[b->len - 1 - i] = c;
    }
}

/* By long division; digits below 10^-16 only decide the rounding. */
int godecimal_div(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err)
{
    uint64_t divisor = small_number(y);
    uint64_t rest = 0;
    start(ret, x->negative != y->negative, -GODECIMAL_DIVISION_DIGITS);
    if (divisor == 0)
        return error_set(err, ERROR_INPUT, "decimal division by 0");
    /* x / y * 10^16 is x's digits * 10^shift / divisor. */
    int64_t shift = x->exp - y->exp + GODECIMAL_DIVISION_DIGITS;
    int64_t end = -shift;
    for (int64_t at = (int64_t)x->digits.len - 1; at >= end && !ret->digits.overflow; at--) {
        rest = rest * 10 + (uint64_t)(at < 0 ? 0 : digit(x, (size_t)at));
        buf_appendc(&ret->digits, (char)(rest / divisor));
        rest %= divisor;
    }
    if (ret->digits.overflow)
        return finish(ret, err);
    reverse(&ret->digits);
    /* One more digit of the quotient tells whether the rest is half of a unit or more. */
    int64_t below = end - 1;
    int next = 0;
    if (below <= (int64_t)x->digits.len - 1)
        next = (int)((rest * 10 + (uint64_t)(below < 0 ? 0 : digit(x, (size_t)below))) / divisor);
    bool up = next >= 5;
    for (size_t i = 0; up; i++) {
        if (i == ret->digits.len)
            buf_appendc(&ret->digits, 0);
        up = ret->digits.data[i] == 9;
        ret->digits.data[i] = (char)(up ? 0 : ret->digits.data[i] + 1);
    }
    return finish(ret, err);
}

double godecimal_to_float(const struct godecimal *d)
{
    AUTO_BUF text = BUF_INIT;
    if (d->digits.len == 0)
        return 0;
    buf_appends(&text, d->negative ? "-" : "");
    for (size_t i = d->digits.len; i > 0; i--)
        buf_appendc(&text, (char)('0' + digit(d, i - 1)));
    buf_appendf(&text, "e%" PRId64, d->exp);
    return strtod(buf_str(&text), NULL);
}
