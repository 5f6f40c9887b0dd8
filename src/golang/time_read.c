/* One element of a layout read off a value. */
#include "time_read.h"

#include <string.h>

#include "meshctl/golang/time.h"

static bool digit_at(const struct gotime_part *p, size_t at)
{
    return at < p->len && p->at[at] >= '0' && p->at[at] <= '9';
}

/* ---- numbers and names; each answers false when the value has none ---- */

/* One or two digits; exactly two when `fixed`. */
static bool read_two(struct gotime_part *value, bool fixed, int64_t *ret_number)
{
    *ret_number = 0;
    if (!digit_at(value, 0) || (fixed && !digit_at(value, 1)))
        return false;
    size_t len = digit_at(value, 1) ? 2 : 1;
    for (size_t i = 0; i < len; i++)
        *ret_number = *ret_number * 10 + (value->at[i] - '0');
    gotime_advance(value, len);
    return true;
}

/* Up to three digits; exactly three when `fixed`. */
static bool read_three(struct gotime_part *value, bool fixed, int64_t *ret_number)
{
    size_t len = 0;
    *ret_number = 0;
    for (; len < 3 && digit_at(value, len); len++)
        *ret_number = *ret_number * 10 + (value->at[len] - '0');
    if (len == 0 || (fixed && len != 3))
        return false;
    gotime_advance(value, len);
    return true;
}

bool gotime_whole_number(const char *s, size_t len, int64_t *ret_number)
{
    bool negative = len > 0 && s[0] == '-';
    int64_t n = 0;
    for (size_t i = negative || (len > 0 && s[0] == '+') ? 1 : 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        n = n * 10 + (s[i] - '0');
    }
    *ret_number = negative ? -n : n;
    return true;
}

static bool same_letter(char x, char y)
{
    return x == y || ((x | 0x20) == (y | 0x20) && (x | 0x20) >= 'a' && (x | 0x20) <= 'z');
}

/* The name that the value begins with, in any case: its first `short_len` letters, or
 * with 0 all. */
static bool read_name(struct gotime_part *value, const char *(*name_of)(int64_t), int64_t first,
                      size_t short_len, int64_t *ret_index)
{
    for (int64_t i = first; name_of(i); i++) {
        const char *name = name_of(i);
        size_t len = short_len ? short_len : strlen(name);
        size_t same = 0;
        while (same < len && same < value->len && same_letter(value->at[same], name[same]))
            same++;
        if (same < len)
            continue;
        *ret_index = i;
        gotime_advance(value, len);
        return true;
    }
    return false;
}

/* A separator and digits, `len` bytes; those behind the ninth digit do not count. */
static bool read_fraction(struct gotime_reading *r, size_t len)
{
    const char *s = r->value.at;
    size_t used = len > 10 ? 10 : len;
    if ((s[0] != '.' && s[0] != ',') || !gotime_whole_number(s + 1, used - 1, &r->nsec))
        return false;
    if (r->nsec < 0)
        r->out_of_range = "fractional second";
    for (size_t i = used; i < 10; i++)
        r->nsec *= 10;
    gotime_advance(&r->value, len);
    return true;
}

static bool at_fraction(const struct gotime_part *value)
{
    return value->len >= 2 && (value->at[0] == '.' || value->at[0] == ',') && digit_at(value, 1);
}

/* The separator with all digits behind it. */
static bool read_all_fraction(struct gotime_reading *r)
{
    size_t len = 1;
    while (digit_at(&r->value, len))
        len++;
    return read_fraction(r, len);
}

/* ---- elements ---- */

static bool read_year(struct gotime_reading *r, bool is_long)
{
    size_t len = is_long ? 4 : 2;
    if (r->value.len < len || (is_long && !digit_at(&r->value, 0)))
        return false;
    if (!gotime_whole_number(r->value.at, len, &r->year))
        return false;
    gotime_advance(&r->value, len);
    if (!is_long)
        r->year += r->year >= 69 ? 1900 : 2000;
    return true;
}

static void check_range(struct gotime_reading *r, int64_t n, int64_t least, int64_t most,
                        const char *what)
{
    if (n < least || n > most)
        r->out_of_range = what;
}

static bool read_second(struct gotime_reading *r, bool fixed)
{
    if (!read_two(&r->value, fixed, &r->sec))
        return false;
    check_range(r, r->sec, 0, 59, "second");
    if (r->out_of_range || !at_fraction(&r->value))
        return true;
    /* A fraction is read where the layout has none. */
    if (golayout_next(r->layout.at, r->layout.len).element == LAYOUT_FRACTION)
        return true;
    return read_all_fraction(r);
}

static bool read_half(struct gotime_reading *r, const char *am, const char *pm)
{
    if (r->value.len < 2)
        return false;
    if (memcmp(r->value.at, pm, 2) == 0)
        r->pm = true;
    else if (memcmp(r->value.at, am, 2) == 0)
        r->am = true;
    else
        return false;
    gotime_advance(&r->value, 2);
    return true;
}

static bool read_offset(struct gotime_reading *r, const struct golayout_chunk *c)
{
    static const char *const ranges[] = {"time zone offset hour", "time zone offset minute",
                                         "time zone offset second"};
    static const int64_t most[] = {24, 60, 60};
    int64_t parts[3] = {0};
    size_t step = c->has_colon ? 3 : 2;
    size_t len = (size_t)c->offset_parts * step + (c->has_colon ? 0 : 1);
    const struct gotime_part value = r->value;
    if (c->is_iso && value.len > 0 && value.at[0] == 'Z') {
        r->utc = true;
        gotime_advance(&r->value, 1);
        return true;
    }
    if (value.len < len)
        return false;
    for (size_t at = 3; c->has_colon && at < len; at += 3)
        if (value.at[at] != ':')
            return false;
    bool ok = true;
    for (size_t i = 0; ok && i < (size_t)c->offset_parts; i++) {
        struct gotime_part digits = {.at = value.at + 1 + i * step, .len = 2};
        ok = read_two(&digits, true, &parts[i]);
    }
    for (size_t i = 0; i < 3; i++)
        check_range(r, parts[i], 0, most[i], ranges[i]);
    r->offset = (parts[0] * 60 + parts[1]) * 60 + parts[2];
    if (value.at[0] == '-')
        r->offset = -r->offset;
    gotime_advance(&r->value, len);
    return ok && (value.at[0] == '-' || value.at[0] == '+');
}

/* The length of "+3" or "-03", 0 when it is none or more than 23. */
static size_t signed_offset(const char *s, size_t len)
{
    int64_t n = 0;
    size_t at = 1;
    if (len == 0 || (s[0] != '+' && s[0] != '-'))
        return 0;
    for (; at < len && s[at] >= '0' && s[at] <= '9'; at++)
        n = n > 23 ? n : n * 10 + (s[at] - '0');
    return at == 1 || n > 23 ? 0 : at;
}

/* How long the abbreviation is that the value begins with: three letters, four or five that end in
 * T, or one of the exceptions; 0 for none. */
static size_t zone_name_len(const struct gotime_part *value)
{
    const char *s = value->at;
    size_t upper = 0;
    if (value->len < 3)
        return 0;
    if (value->len >= 4 && (memcmp(s, "ChST", 4) == 0 || memcmp(s, "MeST", 4) == 0))
        return 4;
    if (memcmp(s, "GMT", 3) == 0)
        return 3 + signed_offset(s + 3, value->len - 3);
    if (s[0] == '+' || s[0] == '-')
        return signed_offset(s, value->len);
    while (upper < 6 && upper < value->len && s[upper] >= 'A' && s[upper] <= 'Z')
        upper++;
    if (upper == 3 || (upper == 5 && s[4] == 'T') ||
        (upper == 4 && (s[3] == 'T' || memcmp(s, "WITA", 4) == 0)))
        return upper;
    return 0;
}

static bool read_zone_name(struct gotime_reading *r)
{
    if (r->value.len >= 3 && memcmp(r->value.at, "UTC", 3) == 0) {
        r->utc = true;
        gotime_advance(&r->value, 3);
        return true;
    }
    size_t len = zone_name_len(&r->value);
    r->zone_name = (struct gotime_part){.at = r->value.at, .len = len};
    gotime_advance(&r->value, len);
    return len > 0;
}

static void skip_space(struct gotime_part *value)
{
    if (value->len > 0 && value->at[0] == ' ')
        gotime_advance(value, 1);
}

static bool read_date_part(struct gotime_reading *r, enum golayout element)
{
    int64_t weekday;
    switch (element) {
    case LAYOUT_LONG_YEAR:
    case LAYOUT_YEAR:
        return read_year(r, element == LAYOUT_LONG_YEAR);
    case LAYOUT_MONTH:
    case LAYOUT_LONG_MONTH:
        return read_name(&r->value, gotime_month_name, 1, element == LAYOUT_MONTH ? 3 : 0,
                         &r->month);
    case LAYOUT_NUM_MONTH:
    case LAYOUT_ZERO_MONTH:
        if (!read_two(&r->value, element == LAYOUT_ZERO_MONTH, &r->month))
            return false;
        check_range(r, r->month, 1, 12, "month");
        return true;
    case LAYOUT_WEEKDAY:
    case LAYOUT_LONG_WEEKDAY:
        return read_name(&r->value, gotime_weekday_name, 0, element == LAYOUT_WEEKDAY ? 3 : 0,
                         &weekday);
    case LAYOUT_UNDER_YEAR_DAY:
        skip_space(&r->value);
        skip_space(&r->value);
        return read_three(&r->value, false, &r->yday);
    case LAYOUT_ZERO_YEAR_DAY:
        return read_three(&r->value, true, &r->yday);
    default:
        if (element == LAYOUT_UNDER_DAY)
            skip_space(&r->value);
        return read_two(&r->value, element == LAYOUT_ZERO_DAY, &r->day);
    }
}

static bool read_clock_part(struct gotime_reading *r, enum golayout element)
{
    bool ok;
    switch (element) {
    case LAYOUT_HOUR:
        ok = read_two(&r->value, false, &r->hour);
        check_range(r, r->hour, 0, 23, "hour");
        return ok;
    case LAYOUT_HOUR12:
    case LAYOUT_ZERO_HOUR12:
        ok = read_two(&r->value, element == LAYOUT_ZERO_HOUR12, &r->hour);
        check_range(r, r->hour, 0, 12, "hour");
        return ok;
    case LAYOUT_MINUTE:
    case LAYOUT_ZERO_MINUTE:
        ok = read_two(&r->value, element == LAYOUT_ZERO_MINUTE, &r->min);
        check_range(r, r->min, 0, 59, "minute");
        return ok;
    case LAYOUT_UPPER_PM:
        return read_half(r, "AM", "PM");
    case LAYOUT_LOWER_PM:
        return read_half(r, "am", "pm");
    default:
        return read_second(r, element == LAYOUT_ZERO_SECOND);
    }
}

bool gotime_read_element(struct gotime_reading *r, const struct golayout_chunk *c)
{
    switch (c->element) {
    case LAYOUT_OFFSET:
        return read_offset(r, c);
    case LAYOUT_TZ:
        return read_zone_name(r);
    case LAYOUT_FRACTION:
        if (c->is_trimmed)
            return !at_fraction(&r->value) || read_all_fraction(r);
        return r->value.len > c->digits && read_fraction(r, c->digits + 1);
    case LAYOUT_HOUR:
    case LAYOUT_HOUR12:
    case LAYOUT_ZERO_HOUR12:
    case LAYOUT_MINUTE:
    case LAYOUT_ZERO_MINUTE:
    case LAYOUT_SECOND:
    case LAYOUT_ZERO_SECOND:
    case LAYOUT_UPPER_PM:
    case LAYOUT_LOWER_PM:
        return read_clock_part(r, c->element);
    default:
        return read_date_part(r, c->element);
    }
}
