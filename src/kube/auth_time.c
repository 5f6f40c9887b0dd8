/* RFC 3339 times of credentials. */
#include "auth_time.h"

#include <stddef.h>
#include <string.h>

/* `width` digits, no more and no fewer; -1 when there are not. */
static int digits(const char **p, int width)
{
    int value = 0;
    for (int i = 0; i < width; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return -1;
        value = value * 10 + (**p - '0');
    }
    return value;
}

static bool skip(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

/* "Z" or "+09:00": seconds east of Greenwich. */
static bool zone(const char **p, long *ret_offset)
{
    *ret_offset = 0;
    if (skip(p, 'Z'))
        return true;
    long sign = **p == '-' ? -1 : 1;
    if (!skip(p, '+') && !skip(p, '-'))
        return false;
    int hours = digits(p, 2);
    if (hours < 0 || hours > 23 || !skip(p, ':'))
        return false;
    int minutes = digits(p, 2);
    if (minutes < 0 || minutes > 59)
        return false;
    *ret_offset = sign * (hours * 3600L + minutes * 60L);
    return true;
}

static bool fraction(const char **p)
{
    if (!skip(p, '.'))
        return true;
    size_t count = strspn(*p, "0123456789");
    *p += count;
    return count > 0;
}

bool auth_time_parse(const char *text, time_t *ret_time)
{
    const char *p = text;
    struct tm tm = {0};
    static const struct {
        size_t field;
        int width, min, max;
        char after;
    } parts[] = {
        {offsetof(struct tm, tm_year), 4, 0, 9999, '-'},
        {offsetof(struct tm, tm_mon), 2, 1, 12, '-'},
        {offsetof(struct tm, tm_mday), 2, 1, 31, 'T'},
        {offsetof(struct tm, tm_hour), 2, 0, 23, ':'},
        {offsetof(struct tm, tm_min), 2, 0, 59, ':'},
        {offsetof(struct tm, tm_sec), 2, 0, 59, 0},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int value = digits(&p, parts[i].width);
        if (value < parts[i].min || value > parts[i].max ||
            (parts[i].after && !skip(&p, parts[i].after)))
            return false;
        *(int *)((char *)&tm + parts[i].field) = value;
    }
    long offset = 0;
    if (!fraction(&p) || !zone(&p, &offset) || *p)
        return false;
    int day = tm.tm_mday;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    time_t local = timegm(&tm);
    if (tm.tm_mday != day) /* 30 February was carried over */
        return false;
    *ret_time = local - offset;
    return true;
}
