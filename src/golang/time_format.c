/* Times as text by a layout (time/format.go). */
#include <inttypes.h>
#include <string.h>

#include "meshctl/golang/time.h"
#include "time_layout.h"

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                            "Thursday", "Friday", "Saturday"};

const char *gotime_month_name(int64_t month)
{
    return month >= 1 && month <= 12 ? month_names[month - 1] : NULL;
}

const char *gotime_weekday_name(int64_t day)
{
    return day >= 0 && day <= 6 ? weekday_names[day] : NULL;
}

void gotime_quote(struct buf *out, const char *s, size_t len)
{
    buf_appendc(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= 0x80 || c < ' ')
            buf_appendf(out, "\\x%02x", c);
        else
            buf_appendf(out, "%s%c", c == '"' || c == '\\' ? "\\" : "", c);
    }
    buf_appendc(out, '"');
}

/* Zeros up to the width, which counts digits only. */
static void append_int(struct buf *out, int64_t i, int width)
{
    buf_appendf(out, "%s%0*" PRIu64, i < 0 ? "-" : "", width, i < 0 ? -(uint64_t)i : (uint64_t)i);
}

/* An offset below a minute is east even if it is west, and its seconds then carry the sign: Go's
 * arithmetic. */
static void append_offset(struct buf *out, int64_t offset, const struct golayout_chunk *c)
{
    if (offset == 0 && c->is_iso) {
        buf_appendc(out, 'Z');
        return;
    }
    bool west = offset / 60 < 0;
    int64_t size = west ? -offset : offset;
    buf_appendc(out, west ? '-' : '+');
    append_int(out, size / 3600, 2);
    if (c->offset_parts > 1) {
        buf_appends(out, c->has_colon ? ":" : "");
        append_int(out, size / 60 % 60, 2);
    }
    if (c->offset_parts > 2) {
        buf_appends(out, c->has_colon ? ":" : "");
        append_int(out, size % 60, 2);
    }
}

static void append_fraction(struct buf *out, int32_t nsec, const struct golayout_chunk *c)
{
    char digits[16];
    AUTO_BUF all = BUF_INIT;
    append_int(&all, nsec, 9);
    memcpy(digits, all.data, 9);
    size_t count = c->digits < 9 ? c->digits : 9;
    if (c->is_trimmed)
        while (count > 0 && digits[count - 1] == '0')
            count--;
    if (count > 0 || !c->is_trimmed)
        buf_appendc(out, c->separator);
    buf_append(out, digits, count);
}

static void append_date_part(struct buf *out, const struct gocivil *c, enum golayout element)
{
    switch (element) {
    case LAYOUT_LONG_MONTH:
        buf_appends(out, month_names[c->month - 1]);
        break;
    case LAYOUT_MONTH:
        buf_append(out, month_names[c->month - 1], 3);
        break;
    case LAYOUT_NUM_MONTH:
    case LAYOUT_ZERO_MONTH:
        append_int(out, c->month, element == LAYOUT_NUM_MONTH ? 1 : 2);
        break;
    case LAYOUT_LONG_WEEKDAY:
        buf_appends(out, weekday_names[c->weekday]);
        break;
    case LAYOUT_WEEKDAY:
        buf_append(out, weekday_names[c->weekday], 3);
        break;
    case LAYOUT_UNDER_DAY:
        buf_appendf(out, "%2d", c->day);
        break;
    case LAYOUT_DAY:
    case LAYOUT_ZERO_DAY:
        append_int(out, c->day, element == LAYOUT_DAY ? 1 : 2);
        break;
    case LAYOUT_UNDER_YEAR_DAY:
        buf_appendf(out, "%3d", c->yday);
        break;
    case LAYOUT_ZERO_YEAR_DAY:
        append_int(out, c->yday, 3);
        break;
    case LAYOUT_YEAR:
        append_int(out, (c->year < 0 ? -c->year : c->year) % 100, 2);
        break;
    default:
        append_int(out, c->year, 4);
        break;
    }
}

static void append_clock_part(struct buf *out, const struct gocivil *c, enum golayout element)
{
    int hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;
    switch (element) {
    case LAYOUT_HOUR:
        append_int(out, c->hour, 2);
        break;
    case LAYOUT_HOUR12:
    case LAYOUT_ZERO_HOUR12:
        append_int(out, hour12, element == LAYOUT_HOUR12 ? 1 : 2);
        break;
    case LAYOUT_MINUTE:
    case LAYOUT_ZERO_MINUTE:
        append_int(out, c->min, element == LAYOUT_MINUTE ? 1 : 2);
        break;
    case LAYOUT_SECOND:
    case LAYOUT_ZERO_SECOND:
        append_int(out, c->sec, element == LAYOUT_SECOND ? 1 : 2);
        break;
    case LAYOUT_UPPER_PM:
        buf_appends(out, c->hour >= 12 ? "PM" : "AM");
        break;
    default:
        buf_appends(out, c->hour >= 12 ? "pm" : "am");
        break;
    }
}

static void append_element(struct buf *out, const struct gotime *t, const struct gocivil *civil,
                           const struct golayout_chunk *c)
{
    static const struct golayout_chunk numeric = {.offset_parts = 2};
    struct gozone_span span;
    gotime_zone(t, &span);
    switch (c->element) {
    case LAYOUT_TZ:
        if (span.name[0] != '\0')
            buf_appends(out, span.name);
        else
            append_offset(out, span.offset, &numeric);
        break;
    case LAYOUT_OFFSET:
        append_offset(out, span.offset, c);
        break;
    case LAYOUT_FRACTION:
        append_fraction(out, t->nsec, c);
        break;
    case LAYOUT_HOUR:
    case LAYOUT_HOUR12:
    case LAYOUT_ZERO_HOUR12:
    case LAYOUT_MINUTE:
    case LAYOUT_ZERO_MINUTE:
    case LAYOUT_SECOND:
    case LAYOUT_ZERO_SECOND:
    case LAYOUT_UPPER_PM:
    case LAYOUT_LOWER_PM:
        append_clock_part(out, civil, c->element);
        break;
    default:
        append_date_part(out, civil, c->element);
        break;
    }
}

void gotime_format(struct buf *out, const struct gotime *t, const char *layout, size_t len)
{
    struct gocivil civil;
    gotime_civil(t, &civil);
    while (len > 0 && !out->overflow) {
        struct golayout_chunk c = golayout_next(layout, len);
        buf_append(out, layout, c.prefix);
        if (c.element != LAYOUT_END)
            append_element(out, t, &civil, &c);
        layout += c.prefix + c.len;
        len -= c.prefix + c.len;
    }
}

static void format_text(struct buf *out, const struct gotime *t, const char *layout)
{
    gotime_format(out, t, layout, strlen(layout));
}

void gotime_string(struct buf *out, const struct gotime *t)
{
    format_text(out, t, "2006-01-02 15:04:05.999999999 -0700 MST");
    if (!t->has_mono)
        return;
    uint64_t size = t->mono < 0 ? -(uint64_t)t->mono : (uint64_t)t->mono;
    buf_appendf(out, " m=%c%" PRIu64 ".%09" PRIu64, t->mono < 0 ? '-' : '+',
                size / (uint64_t)GOTIME_SECOND, size % (uint64_t)GOTIME_SECOND);
}

void gotime_go_string(struct buf *out, const struct gotime *t)
{
    struct gocivil c;
    gotime_civil(t, &c);
    buf_appendf(out, "time.Date(%" PRId64 ", time.%s, %d, %d, %d, %d, %d, ", c.year,
                month_names[c.month - 1], c.day, c.hour, c.min, c.sec, (int)t->nsec);
    if (!t->zone) {
        buf_appends(out, "time.UTC)");
    } else if (t->zone == gozone_local()) {
        buf_appends(out, "time.Local)");
    } else {
        const char *name = gozone_name(t->zone);
        buf_appends(out, "time.Location(");
        gotime_quote(out, name, strlen(name));
        buf_appends(out, "))");
    }
}

int gotime_marshal(struct buf *out, const struct gotime *t, struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    struct gozone_span span;
    gotime_zone(t, &span);
    format_text(&text, t, GOTIME_RFC3339_NANO);
    if (text.data[4] != '-')
        return error_set(err, ERROR_INPUT, "year outside of range [0,9999]");
    if (span.offset / 3600 >= 24 || span.offset / 3600 <= -24)
        return error_set(err, ERROR_INPUT, "timezone hour outside of range [0,23]");
    buf_append(out, text.data, text.len);
    return 0;
}
