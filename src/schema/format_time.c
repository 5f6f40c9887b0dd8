/* RFC 3339 dates, times and durations as format.go and Go's time.Parse read them. */
#include <string.h>

#include "format.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/golang/time.h"

const char *schema_format_date(struct arena *a, struct schema_text s)
{
    AUTO_ERROR struct error *err = NULL;
    struct gotime t;
    if (gotime_parse(a, GOTIME_DATE_ONLY, strlen(GOTIME_DATE_ONLY), s.data, s.len, NULL, &t, &err) <
        0)
        return arena_strdup(a, err->message);
    return NULL;
}

/* Two characters: -1 when they are no number, -2 for less than zero. */
static int read_two(const char *s)
{
    int64_t n;
    if (goint_parse(s, 2, 10, &n) != GONUM_OK)
        return -1;
    return n < 0 ? -2 : (int)n;
}

/* "+hh:mm" from the minutes of the day. */
static const char *check_offset(const char *s, size_t len, int *minutes)
{
    if (len != 6)
        return "offset must be 6 characters long";
    if (s[0] != '+' && s[0] != '-')
        return "offset must begin with plus/minus";
    if (s[3] != ':')
        return "missing colon in offset in correct place";
    int hour = s[1] == ':' || s[2] == ':' ? -1 : read_two(s + 1), minute = read_two(s + 4);
    if (hour == -1 || (hour >= 0 && minute == -1))
        return "invalid hour/min in offset";
    if (hour < 0 || minute < 0)
        return "non-positive hour/min in offset";
    if (hour > 23 || minute > 59)
        return "hour/min in offset out of range";
    *minutes += (s[0] == '+' ? -1 : 1) * (60 * hour + minute);
    if (*minutes < 0)
        *minutes += 24 * 60;
    return NULL;
}

const char *schema_format_time(struct arena *a, struct schema_text text)
{
    (void)a;
    const char *s = text.data, *end = s + text.len;
    int parts[3];
    if (text.len < 9)
        return "less than 9 characters long";
    if (s[2] != ':' || s[5] != ':')
        return "missing colon in correct place";
    for (int i = 0; i < 3; i++) {
        parts[i] = read_two(s + 3L * i);
        if (parts[i] < 0)
            return parts[i] == -1 ? "invalid hour/min/sec" : "non-positive hour/min/sec";
    }
    if (parts[0] > 23 || parts[1] > 59 || parts[2] > 60)
        return "hour/min/sec out of range";
    s += 8;
    if (*s == '.') {
        size_t digits = strspn(++s, "0123456789");
        if (!digits)
            return "no digits in second fraction";
        s += digits;
    }
    int minutes = 60 * parts[0] + parts[1];
    bool utc = end - s == 1 && (*s == 'z' || *s == 'Z');
    const char *wrong = utc ? NULL : check_offset(s, (size_t)(end - s), &minutes);
    if (wrong)
        return wrong;
    return parts[2] >= 60 && minutes != 23 * 60 + 59 ? "invalid leap second" : NULL;
}

const char *schema_format_date_time(struct arena *a, struct schema_text s)
{
    if (s.len < 20)
        return "less than 20 characters long";
    if (s.data[10] != 't' && s.data[10] != 'T')
        return "11th character must be t or T";
    const char *wrong = schema_format_date(a, (struct schema_text){s.data, 10});
    if (wrong)
        return arena_printf(a, "invalid date element: %s", wrong);
    wrong = schema_format_time(a, (struct schema_text){s.data + 11, s.len - 11});
    return wrong ? arena_printf(a, "invalid time element: %s", wrong) : NULL;
}

/* Numbers with the units of `all`, each at most once and in that order, in [s, end). */
static const char *check_units(struct arena *a, const char *s, const char *end, const char *all)
{
    for (const char *units = all; s < end;) {
        size_t digits = strspn(s, "0123456789");
        if (!digits)
            return "missing number";
        s += digits;
        if (s >= end)
            return "missing unit";
        const char *unit = *s ? strchr(units, *s) : NULL;
        /* Go takes the byte for a rune. */
        char latin[] = {(char)(0xc0 | (unsigned char)*s >> 6), (char)(0x80 | (*s & 0x3f)), '\0'};
        const char *shown =
            (unsigned char)*s < 0x80 ? schema_quote_rune(a, s, 1) : schema_quote_rune(a, latin, 2);
        if (!unit)
            return arena_printf(
                a, *s && strchr(all, *s) ? "unit %s out of order" : "invalid unit %s", shown);
        units = unit + 1;
        s++;
    }
    return NULL;
}

const char *schema_format_duration(struct arena *a, struct schema_text text)
{
    static const char *const units[] = {"YMD", "HMS"};
    const char *s = text.data, *end = s + text.len, *wrong = NULL;
    if (*s++ != 'P')
        return "must start with P";
    if (s == end)
        return "nothing after P";
    if (end[-1] == 'W') {
        if (end - s == 1)
            return "no number in week";
        return strspn(s, "0123456789") == (size_t)(end - s) - 1 ? NULL : "invalid week";
    }
    for (size_t i = 0; !wrong; i++) {
        const char *t = memchr(s, 'T', (size_t)(end - s)), *stop = t ? t : end;
        if (i && s == stop)
            return "no time elements";
        if (i >= MC_ARRAY_LEN(units))
            return "more than one T";
        wrong = check_units(a, s, stop, units[i]);
        if (!t)
            break;
        s = t + 1;
    }
    return wrong;
}

const char *schema_format_period(struct arena *a, struct schema_text text)
{
    const char *slash = memchr(text.data, '/', text.len);
    if (!slash)
        return "missing slash";
    const struct schema_text start = {arena_strndup(a, text.data, (size_t)(slash - text.data)),
                                      (size_t)(slash - text.data)};
    const struct schema_text end = {slash + 1, text.len - start.len - 1};
    bool from = start.data[0] == 'P', to = !from && end.data[0] == 'P';
    const char *wrong = from ? schema_format_duration(a, start) : schema_format_date_time(a, start);
    if (wrong)
        return arena_printf(a, "invalid start %s: %s", from ? "duration" : "date-time", wrong);
    wrong = to ? schema_format_duration(a, end) : schema_format_date_time(a, end);
    return wrong ? arena_printf(a, "invalid end %s: %s", to ? "duration" : "date-time", wrong)
                 : NULL;
}
