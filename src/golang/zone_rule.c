/* TZ strings: parsed, and asked about a moment behind the last transition. */
#include "zone_rule.h"

#include <string.h>

#include "meshctl/golang/calendar.h"

#define DAY 86400
#define HOUR 3600

struct text {
    const char *at;
    const char *end;
};

static int peek(const struct text *t)
{
    return t->at < t->end ? (unsigned char)*t->at : -1;
}

static bool skip(struct text *t, char c)
{
    if (peek(t) != c)
        return false;
    t->at++;
    return true;
}

static bool keep_name(struct text *name, char *ret_name)
{
    size_t len = (size_t)(name->end - name->at);
    if (len > GOZONE_MAX_NAME)
        return false;
    memcpy(ret_name, name->at, len);
    ret_name[len] = '\0';
    return true;
}

/* At least three characters, or anything between < and >. */
static bool read_name(struct text *t, char *ret_name)
{
    bool quoted = skip(t, '<');
    struct text name = {.at = t->at, .end = t->at};
    while (name.end < t->end && (quoted ? *name.end != '>' : !strchr("0123456789,-+", *name.end)))
        name.end++;
    if (quoted ? name.end == t->end : name.end - name.at < 3)
        return false;
    t->at = name.end + (quoted ? 1 : 0);
    return keep_name(&name, ret_name);
}

static bool read_number(struct text *t, int64_t least, int64_t most, int64_t *ret_number)
{
    int64_t n = 0;
    const char *start = t->at;
    for (; peek(t) >= '0' && peek(t) <= '9'; t->at++) {
        n = n * 10 + (*t->at - '0');
        if (n > most)
            return false;
    }
    *ret_number = n;
    return t->at > start && n >= least;
}

/* [+-]h[:m[:s]]; hours up to a week, as RFC 8536 allows. */
static bool read_offset(struct text *t, int64_t *ret_seconds)
{
    int64_t n;
    bool negative = peek(t) == '-';
    if (!skip(t, '-'))
        skip(t, '+');
    if (!read_number(t, 0, 24 * 7, &n))
        return false;
    int64_t seconds = n * HOUR;
    for (int64_t unit = 60; unit > 0 && skip(t, ':'); unit /= 60) {
        if (!read_number(t, 0, 59, &n))
            return false;
        seconds += n * unit;
    }
    *ret_seconds = negative ? -seconds : seconds;
    return true;
}

static bool read_day(struct text *t, struct gozone_change *c)
{
    if (skip(t, 'J')) {
        c->kind = GOZONE_JULIAN;
        return read_number(t, 1, 365, &c->day);
    }
    if (skip(t, 'M')) {
        c->kind = GOZONE_MONTH_WEEK;
        return read_number(t, 1, 12, &c->month) && skip(t, '.') && read_number(t, 1, 5, &c->week) &&
               skip(t, '.') && read_number(t, 0, 6, &c->day);
    }
    c->kind = GOZONE_YEAR_DAY;
    return read_number(t, 0, 365, &c->day);
}

static bool read_change(struct text *t, struct gozone_change *c)
{
    c->time = 2 * HOUR;
    return read_day(t, c) && (!skip(t, '/') || read_offset(t, &c->time));
}

static bool ends_name(const struct text *t)
{
    return t->at == t->end || *t->at == ',';
}

bool gozone_rule_parse(struct gozone_rule *ret_rule, const char *text, size_t len)
{
    /* Without a rule of its own, a zone with summer time has that of the United States. */
    static const char usual[] = ",M3.2.0,M11.1.0";
    struct text t = {.at = text, .end = text + len};
    struct gozone_rule *r = ret_rule;
    memset(r, 0, sizeof(*r));
    if (!read_name(&t, r->std_name) || !read_offset(&t, &r->std_offset))
        return false;
    r->std_offset = -r->std_offset;
    if (ends_name(&t))
        return true;
    r->has_dst = true;
    if (!read_name(&t, r->dst_name))
        return false;
    r->dst_offset = -r->std_offset - HOUR;
    if (!ends_name(&t) && !read_offset(&t, &r->dst_offset))
        return false;
    r->dst_offset = -r->dst_offset;
    if (t.at == t.end)
        t = (struct text){.at = usual, .end = usual + strlen(usual)};
    if (!skip(&t, ',') && !skip(&t, ';'))
        return false;
    return read_change(&t, &r->to_dst) && skip(&t, ',') && read_change(&t, &r->to_std) &&
           t.at == t.end;
}

/* The day of the year, from 0, of the week's day in the month. */
static int64_t month_week_day(int64_t year, const struct gozone_change *c)
{
    int64_t first = gotime_days(year, (int)c->month, 1);
    int64_t day = (c->day - gotime_weekday(first) + 7) % 7;
    for (int64_t week = 1; week < c->week; week++)
        if (day + 7 < gotime_month_days((int)c->month, year))
            day += 7;
    return first - gotime_days(year, 1, 1) + day;
}

/* Seconds from the start of the year, counted at `offset`, to the change. */
static int64_t change_time(int64_t year, const struct gozone_change *c, int64_t offset)
{
    int64_t day = c->day;
    if (c->kind == GOZONE_MONTH_WEEK)
        day = month_week_day(year, c);
    else if (c->kind == GOZONE_JULIAN)
        day += gotime_month_days(2, year) == 29 && day >= 60 ? 0 : -1;
    return day * DAY + c->time - offset;
}

void gozone_rule_lookup(const struct gozone_rule *r, int64_t last, int64_t unix_sec,
                        struct gozone_span *ret_span)
{
    const struct gozone_span std = {
        .name = r->std_name, .offset = r->std_offset, .start = last, .end = INT64_MAX};
    const struct gozone_span dst = {
        .name = r->dst_name, .offset = r->dst_offset, .is_dst = true, .start = last};
    *ret_span = std;
    if (!r->has_dst)
        return;
    const int64_t sec = gotime_wrap_add(unix_sec, GOTIME_UNIX);
    struct gocivil c;
    gocivil_of_days(((uint64_t)sec + (uint64_t)CALENDAR_INTERNAL_TO_FIRST) / DAY, &c);
    /* Not the C way but Go's: before 1970 the remainder is negative, which only times that the
     * file's transitions cover would see. */
    int64_t in_year = (int64_t)(c.yday - 1) * DAY + unix_sec % DAY;
    int64_t year_start = gotime_wrap_add(unix_sec, -in_year);
    int64_t dst_from = change_time(c.year, &r->to_dst, r->std_offset);
    int64_t std_from = change_time(c.year, &r->to_std, r->dst_offset);
    bool south = std_from < dst_from;
    int64_t first = south ? std_from : dst_from;
    int64_t second = south ? dst_from : std_from;
    bool inside = in_year >= first && in_year < second;
    *ret_span = inside != south ? dst : std;
    ret_span->start = gotime_wrap_add(year_start, in_year < first ? 0 : inside ? first : second);
    ret_span->end = gotime_wrap_add(year_start, in_year < first ? first
                                                : inside        ? second
                                                                : (int64_t)365 * DAY);
}
