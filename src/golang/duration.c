/* Durations from and to "1h2m3.5s". */
#include "meshctl/golang/duration.h"

#include <inttypes.h>
#include <string.h>

#include "meshctl/golang/time.h"

#define MOST (UINT64_C(1) << 63) /* the size of the smallest duration */

static const struct {
    const char *name;
    uint64_t size;
} units[] = {
    {"ns", 1},
    {"us", GODURATION_MICROSECOND},
    {"\xc2\xb5s", GODURATION_MICROSECOND}, /* U+00B5, the micro sign */
    {"\xce\xbcs", GODURATION_MICROSECOND}, /* U+03BC, the Greek letter */
    {"ms", GODURATION_MILLISECOND},
    {"s", GODURATION_SECOND},
    {"m", GODURATION_MINUTE},
    {"h", GODURATION_HOUR},
};

struct reader {
    const char *at;
    const char *end;
    const char *text; /* the whole of it, for errors */
    struct error **err;
};

/* Go: "time: WHAT "TEXT"", where WHAT may quote a unit. */
static int fail(const struct reader *r, const char *what, const char *unit, size_t unit_len)
{
    AUTO_BUF message = BUF_INIT;
    buf_appends(&message, what);
    if (unit) {
        gotime_quote(&message, unit, unit_len);
        buf_appends(&message, " in duration");
    }
    buf_appendc(&message, ' ');
    gotime_quote(&message, r->text, (size_t)(r->end - r->text));
    return error_set(r->err, ERROR_INPUT, "time: %s", buf_str(&message));
}

static bool at_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool read_whole(struct reader *r, uint64_t *ret_number)
{
    uint64_t n = 0;
    for (; at_digit(r); r->at++) {
        if (n > MOST / 10)
            return false;
        n = n * 10 + (uint64_t)(*r->at - '0');
        if (n > MOST)
            return false;
    }
    *ret_number = n;
    return true;
}

/* Digits behind the point; those that do not fit have no weight. */
static uint64_t read_fraction(struct reader *r, double *ret_scale)
{
    uint64_t n = 0;
    bool full = false;
    *ret_scale = 1;
    for (; at_digit(r); r->at++) {
        full = full || n > (MOST - 1) / 10;
        uint64_t next = full ? 0 : n * 10 + (uint64_t)(*r->at - '0');
        full = full || next > MOST;
        if (!full) {
            n = next;
            *ret_scale *= 10;
        }
    }
    return n;
}

/* 0 when there is no such unit. */
static uint64_t unit_size(const char *name, size_t len)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(units); i++)
        if (strlen(units[i].name) == len && memcmp(units[i].name, name, len) == 0)
            return units[i].size;
    return 0;
}

static int read_unit(struct reader *r, uint64_t *ret_size)
{
    const char *name = r->at;
    while (r->at < r->end && *r->at != '.' && !at_digit(r))
        r->at++;
    size_t len = (size_t)(r->at - name);
    if (len == 0)
        return fail(r, "missing unit in duration", NULL, 0);
    *ret_size = unit_size(name, len);
    return *ret_size ? 0 : fail(r, "unknown unit ", name, len);
}

/* One number with its unit, "1.5h". */
static int read_part(struct reader *r, uint64_t *ret_size)
{
    uint64_t whole;
    uint64_t fraction = 0;
    uint64_t unit;
    double scale = 1;
    const char *start = r->at;
    bool ok = read_whole(r, &whole);
    bool digits = r->at > start;
    if (ok && r->at < r->end && *r->at == '.') {
        start = ++r->at;
        fraction = read_fraction(r, &scale);
        digits = digits || r->at > start;
    }
    if (!ok || !digits)
        return fail(r, "invalid duration", NULL, 0);
    if (read_unit(r, &unit) < 0)
        return -1;
    if (whole > MOST / unit)
        return fail(r, "invalid duration", NULL, 0);
    whole *= unit;
    if (fraction > 0)
        whole += (uint64_t)((double)fraction * ((double)unit / scale));
    *ret_size = whole;
    return whole > MOST ? fail(r, "invalid duration", NULL, 0) : 0;
}

int goduration_parse(const char *s, size_t len, int64_t *ret_d, struct error **err)
{
    struct reader r = {.at = s, .end = s + len, .text = s, .err = err};
    uint64_t sum = 0;
    bool negative = len > 0 && *s == '-';
    if (negative || (len > 0 && *s == '+'))
        r.at++;
    *ret_d = 0;
    if (r.end - r.at == 1 && *r.at == '0')
        return 0;
    if (r.at == r.end)
        return fail(&r, "invalid duration", NULL, 0);
    while (r.at < r.end) {
        uint64_t part = 0;
        if (read_part(&r, &part) < 0)
            return -1;
        sum += part;
        if (sum > MOST)
            return fail(&r, "invalid duration", NULL, 0);
    }
    if (!negative && sum == MOST)
        return fail(&r, "invalid duration", NULL, 0);
    *ret_d = (int64_t)(negative ? -sum : sum);
    return 0;
}

/* size / unit with the fraction that it has. */
static void append_scaled(struct buf *out, uint64_t size, uint64_t unit)
{
    buf_appendf(out, "%" PRIu64, size / unit);
    if (size % unit == 0)
        return;
    buf_appendc(out, '.');
    for (uint64_t rest = size % unit; rest > 0; rest = rest * 10 % unit)
        buf_appendc(out, (char)('0' + rest * 10 / unit));
}

void goduration_string(struct buf *out, int64_t d)
{
    uint64_t size = d < 0 ? -(uint64_t)d : (uint64_t)d;
    if (d < 0)
        buf_appendc(out, '-');
    if (size == 0 || size >= GODURATION_SECOND) {
        if (size >= GODURATION_HOUR)
            buf_appendf(out, "%" PRIu64 "h", size / GODURATION_HOUR);
        if (size >= GODURATION_MINUTE)
            buf_appendf(out, "%" PRIu64 "m", size / GODURATION_MINUTE % 60);
        append_scaled(out, size % GODURATION_MINUTE, GODURATION_SECOND);
        buf_appendc(out, 's');
    } else if (size < GODURATION_MICROSECOND) {
        buf_appendf(out, "%" PRIu64 "ns", size);
    } else {
        bool micro = size < GODURATION_MILLISECOND;
        append_scaled(out, size, micro ? GODURATION_MICROSECOND : GODURATION_MILLISECOND);
        buf_appends(out, micro ? "\xc2\xb5s" : "ms");
    }
}

int64_t goduration_truncate(int64_t d, int64_t unit)
{
    return unit <= 0 ? d : d - d % unit;
}

int64_t goduration_round(int64_t d, int64_t unit)
{
    int64_t rounded;
    if (unit <= 0)
        return d;
    int64_t r = d % unit;
    uint64_t size = r < 0 ? -(uint64_t)r : (uint64_t)r;
    if (size * 2 < (uint64_t)unit)
        return d - r;
    if (__builtin_add_overflow(d - r, d < 0 ? -unit : unit, &rounded))
        return d < 0 ? INT64_MIN : INT64_MAX;
    return rounded;
}

double goduration_in(int64_t d, int64_t unit)
{
    return (double)(d / unit) + (double)(d % unit) / (double)unit;
}
