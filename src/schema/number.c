/* Numbers as written: exact decimals, compared and divided. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/golang/strconv.h"
#include "value.h"

/* --- exact decimals --- */

static void strip_zeros(struct schema_number *n)
{
    while (n->count && n->digits[0] == '0') {
        n->digits++;
        n->count--;
    }
    while (n->count && n->digits[n->count - 1] == '0') {
        n->count--;
        n->exponent++;
    }
    if (!n->count)
        n->negative = false;
}

bool schema_number_parse(struct arena *a, struct schema_text text, struct schema_number *ret)
{
    char *digits = arena_alloc(a, text.len + 1);
    const char *s = text.data;
    long fraction = 0, written = 0;
    bool point = false;
    *ret = (struct schema_number){.digits = digits};
    if (*s == '-' || *s == '+')
        ret->negative = *s++ == '-';
    for (; *s == '.' || (*s >= '0' && *s <= '9'); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        digits[ret->count++] = *s;
        fraction += point;
    }
    if (*s == 'e' || *s == 'E')
        written = strtol(s + 1, NULL, 10); /* saturates */
    bool fits =
        labs(written) <= 2 * SCHEMA_MAX_EXPONENT && labs(written - fraction) <= SCHEMA_MAX_EXPONENT;
    ret->exponent = fits ? written - fraction : 0;
    strip_zeros(ret);
    return fits || !ret->count;
}

static int compare_digits(const struct schema_number *x, const struct schema_number *y)
{
    long high_x = (long)x->count + x->exponent, high_y = (long)y->count + y->exponent;
    if (high_x != high_y)
        return high_x < high_y ? -1 : 1;
    size_t shared = x->count < y->count ? x->count : y->count;
    int order = memcmp(x->digits, y->digits, shared);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return x->count == y->count ? 0 : x->count < y->count ? -1 : 1;
}

int schema_number_compare(const struct schema_number *x, const struct schema_number *y)
{
    int sign_x = !x->count ? 0 : x->negative ? -1 : 1;
    int sign_y = !y->count ? 0 : y->negative ? -1 : 1;
    if (sign_x != sign_y || !sign_x)
        return sign_x - sign_y;
    return sign_x * compare_digits(x, y);
}

bool schema_number_is_integer(const struct schema_number *x)
{
    return !x->count || x->exponent >= 0;
}

/* r = r * 10 + digit, less as many times `of` as go into it. All are `n` + 1 digits, values not
 * characters, the highest first. */
static void push_digit(unsigned char *r, const unsigned char *of, size_t n, unsigned char digit)
{
    memmove(r, r + 1, n);
    r[n] = digit;
    while (!budget_look() && memcmp(r, of, n + 1) >= 0) {
        int borrow = 0;
        for (size_t i = n + 1; i-- > 0;) {
            int left = r[i] - of[i] - borrow;
            borrow = left < 0;
            r[i] = (unsigned char)(left + 10 * borrow);
        }
    }
}

bool schema_number_is_multiple(struct arena *a, const struct schema_number *x,
                               const struct schema_number *of)
{
    long shift = x->exponent - of->exponent;
    if (!x->count)
        return true;
    if (!of->count || shift < 0) /* x has no factor ten to give */
        return false;
    unsigned char *divisor = arena_alloc(a, of->count + 1), *rest = arena_alloc(a, of->count + 1);
    for (size_t i = 0; i < of->count; i++)
        divisor[i + 1] = (unsigned char)(of->digits[i] - '0');
    for (size_t i = 0; i < x->count && !budget_look(); i++)
        push_digit(rest, divisor, of->count, (unsigned char)(x->digits[i] - '0'));
    bool zero = false;
    for (long i = 0; i <= shift && !zero && !budget_look(); i++) {
        zero = true;
        for (size_t k = 0; k <= of->count; k++)
            zero = zero && !rest[k];
        if (!zero && i < shift)
            push_digit(rest, divisor, of->count, 0);
    }
    return zero;
}

/* --- text --- */

static void append_superscript(struct buf *out, const char *digits)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    for (; *digits; digits++)
        if (*digits != '+')
            buf_appends(out, *digits == '-' ? "⁻" : raised[*digits - '0']);
}

/* A comma before every third digit of the whole part. */
static void append_grouped(struct buf *out, const char *s)
{
    size_t whole = strcspn(s, ".");
    for (size_t i = 0; s[i]; i++) {
        if (i && i < whole && (whole - i) % 3 == 0)
            buf_appendc(out, ',');
        buf_appendc(out, s[i]);
    }
}

const char *schema_number_show(struct arena *a, double v)
{
    AUTO_BUF plain = BUF_INIT, out = BUF_INIT;
    if (isinf(v))
        return v < 0 ? "-∞" : "∞";
    gofloat_append(&plain, fabs(v), 'g', -1);
    const char *s = buf_str(&plain), *e = strchr(s, 'e');
    buf_appends(&out, v < 0 ? "-" : "");
    if (e) {
        buf_append(&out, s, (size_t)(e - s));
        buf_appends(&out, "×10");
        append_superscript(&out, e + 1);
    } else {
        append_grouped(&out, s);
    }
    return arena_strndup(a, buf_str(&out), out.len);
}

const char *schema_count_show(struct arena *a, long v)
{
    AUTO_BUF plain = BUF_INIT, out = BUF_INIT;
    buf_appendf(&plain, "%ld", v);
    buf_appends(&out, v < 0 ? "-" : "");
    append_grouped(&out, buf_str(&plain) + (v < 0));
    return arena_strndup(a, buf_str(&out), out.len);
}
