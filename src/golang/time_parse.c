/* time/format.go parse: Go's order of checks, for the first that fails makes the error's text. */
#include <string.h>

#include "meshctl/golang/time.h"
#include "time_read.h"

struct parser {
    struct gotime_reading r;
    struct gotime_part layout; /* all of it, as is `text`: for errors */
    struct gotime_part text;
    struct error **err;
};

static int fail(struct parser *p, struct gotime_part element, struct gotime_part value)
{
    AUTO_BUF text = BUF_INIT;
    gotime_quote(&text, p->text.at, p->text.len);
    buf_appends(&text, " as ");
    gotime_quote(&text, p->layout.at, p->layout.len);
    buf_appends(&text, ": cannot parse ");
    gotime_quote(&text, value.at, value.len);
    buf_appends(&text, " as ");
    gotime_quote(&text, element.at, element.len);
    return error_set(p->err, ERROR_INPUT, "parsing time %s", buf_str(&text));
}

static int fail_what(struct parser *p, const char *what, const char *more)
{
    AUTO_BUF text = BUF_INIT;
    gotime_quote(&text, p->text.at, p->text.len);
    return error_set(p->err, ERROR_INPUT, "parsing time %s: %s%s", buf_str(&text), what, more);
}

/* Text of the layout; one space stands for any number of them, none at the value's end included. */
static bool skip_text(struct gotime_part *value, struct gotime_part text)
{
    while (text.len > 0) {
        if (text.at[0] == ' ') {
            if (value->len > 0 && value->at[0] != ' ')
                return false;
            while (text.len > 0 && text.at[0] == ' ')
                gotime_advance(&text, 1);
            while (value->len > 0 && value->at[0] == ' ')
                gotime_advance(value, 1);
        } else {
            if (value->len == 0 || value->at[0] != text.at[0])
                return false;
            gotime_advance(&text, 1);
            gotime_advance(value, 1);
        }
    }
    return true;
}

static int read_all(struct parser *p)
{
    struct gotime_reading *r = &p->r;
    for (;;) {
        const struct golayout_chunk c = golayout_next(r->layout.at, r->layout.len);
        const struct gotime_part text = {.at = r->layout.at, .len = c.prefix};
        const struct gotime_part element = {.at = r->layout.at + c.prefix, .len = c.len};
        if (!skip_text(&r->value, text))
            return fail(p, text, r->value);
        if (c.element == LAYOUT_END)
            return 0;
        gotime_advance(&r->layout, c.prefix + c.len);
        const struct gotime_part before = r->value;
        bool ok = gotime_read_element(r, &c);
        if (r->out_of_range)
            return fail_what(p, r->out_of_range, " out of range");
        if (!ok)
            return fail(p, element, before);
    }
}

/* ---- the moment ---- */

/* Month and day by the day of the year, which must agree with those that were given. */
static int use_year_day(struct parser *p)
{
    struct gotime_reading *r = &p->r;
    int64_t left = r->yday;
    int month = 1;
    int64_t last = gotime_month_days(2, r->year) == 29 ? 366 : 365;
    if (r->yday < 1 || r->yday > last)
        return fail_what(p, "day-of-year out of range", "");
    while (left > gotime_month_days(month, r->year))
        left -= gotime_month_days(month++, r->year);
    if (r->month >= 0 && r->month != month)
        return fail_what(p, "day-of-year does not match month", "");
    if (r->day >= 0 && r->day != left)
        return fail_what(p, "day-of-year does not match day", "");
    r->month = month;
    r->day = left;
    return 0;
}

static int check_date(struct parser *p)
{
    struct gotime_reading *r = &p->r;
    if (r->pm && r->hour < 12)
        r->hour += 12;
    else if (r->am && r->hour == 12)
        r->hour = 0;
    if (r->yday >= 0 && use_year_day(p) < 0)
        return -1;
    r->month = r->month < 0 ? 1 : r->month;
    r->day = r->day < 0 ? 1 : r->day;
    if (r->day < 1 || r->day > gotime_month_days((int)r->month, r->year))
        return fail_what(p, "day out of range", "");
    return 0;
}

static struct gotime moment_in(const struct gotime_reading *r, const struct gozone *zone)
{
    const struct godate d = {
        .year = r->year,
        .month = r->month,
        .day = r->day,
        .hour = r->hour,
        .min = r->min,
        .sec = r->sec,
        .nsec = r->nsec,
    };
    return gotime_date(&d, zone);
}

/* An offset that the zone has at that moment is the zone's, any other makes a zone of its own. */
static struct gotime moment_at_offset(struct arena *a, const struct gotime_reading *r,
                                      const struct gozone *zone)
{
    const struct gotime_part *name = &r->zone_name;
    struct gotime t = moment_in(r, NULL);
    struct gozone_span span;
    t.sec -= r->offset;
    gozone_lookup(zone, gotime_unix_sec(&t), &span);
    if (span.offset == r->offset &&
        (name->len == 0 ||
         (strlen(span.name) == name->len && memcmp(span.name, name->at, name->len) == 0)))
        return gotime_in(t, zone);
    return gotime_in(t, gozone_fixed(a, name->at, name->len, r->offset));
}

/* An abbreviation that the zone does not have counts as UTC under that name, but for "GMT+3". */
static struct gotime moment_by_name(struct arena *a, const struct gotime_reading *r,
                                    const struct gozone *zone)
{
    const struct gotime_part *name = &r->zone_name;
    struct gotime t = moment_in(r, NULL);
    int64_t offset = 0;
    if (gozone_lookup_name(zone, name->at, name->len, gotime_unix_sec(&t), &offset)) {
        t.sec -= offset;
        return gotime_in(t, zone);
    }
    if (name->len > 3 && memcmp(name->at, "GMT", 3) == 0 &&
        gotime_whole_number(name->at + 3, name->len - 3, &offset))
        offset *= 3600;
    return gotime_in(t, gozone_fixed(a, name->at, name->len, offset));
}

int gotime_parse(struct arena *a, const char *layout, size_t layout_len, const char *value,
                 size_t len, const struct gozone *zone, struct gotime *ret_time, struct error **err)
{
    struct parser p = {
        .r = {.month = -1, .day = -1, .yday = -1, .offset = -1, .zone_name = {.at = ""}},
        .layout = {.at = layout, .len = layout_len},
        .text = {.at = value, .len = len},
        .err = err,
    };
    struct gotime_reading *r = &p.r;
    r->layout = p.layout;
    r->value = p.text;
    *ret_time = (struct gotime){0};
    if (read_all(&p) < 0)
        return -1;
    if (r->value.len > 0) {
        AUTO_BUF extra = BUF_INIT;
        gotime_quote(&extra, r->value.at, r->value.len);
        return fail_what(&p, "extra text: ", buf_str(&extra));
    }
    if (check_date(&p) < 0)
        return -1;
    if (r->utc)
        *ret_time = moment_in(r, NULL);
    else if (r->offset != -1)
        *ret_time = moment_at_offset(a, r, zone);
    else if (r->zone_name.len > 0)
        *ret_time = moment_by_name(a, r, zone);
    else
        *ret_time = moment_in(r, zone);
    return 0;
}
