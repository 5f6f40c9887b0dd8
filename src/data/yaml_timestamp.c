/* Go's time.Parse for the layouts of go-yaml v2 resolve.go allowedTimestampFormats:
 *   2006-1-2T15:4:5.999999999Z07:00, the same with t, "2006-1-2 15:4:5.999999999", 2006-1-2
 * Each function takes its part off the front of *text. */
#include "yaml_resolve.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_char(const char **text, char c)
{
    if (**text != c)
        return false;
    ++*text;
    return true;
}

/* One or two digits, as time.getnum. */
static bool take_number(const char **text, int *ret_value)
{
    const char *p = *text;
    if (!is_digit(p[0]))
        return false;
    *ret_value = p[0] - '0';
    if (is_digit(p[1]))
        *ret_value = *ret_value * 10 + (p[1] - '0');
    *text += is_digit(p[1]) ? 2 : 1;
    return true;
}

static bool take_number_to(const char **text, int most)
{
    int value;
    return take_number(text, &value) && value <= most;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(const char **text)
{
    const char *p = *text;
    for (int i = 0; i < 4; i++)
        if (!is_digit(p[i]))
            return false;
    int year = (p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
    int month, day;
    *text += 4;
    return take_char(text, '-') && take_number(text, &month) && month >= 1 && month <= 12 &&
           take_char(text, '-') && take_number(text, &day) && day >= 1 &&
           day <= days_of_month(year, month);
}

static bool take_time(const char **text)
{
    if (!take_number_to(text, 23) || !take_char(text, ':') || !take_number_to(text, 59) ||
        !take_char(text, ':') || !take_number_to(text, 59))
        return false;
    /* time.Parse takes a comma before the fraction as well. */
    if (((*text)[0] == '.' || (*text)[0] == ',') && is_digit((*text)[1]))
        for (++*text; is_digit(**text);)
            ++*text;
    return true;
}

static bool take_zone(const char **text)
{
    const char *p = *text;
    if (take_char(text, 'Z'))
        return true;
    if ((p[0] != '+' && p[0] != '-') || !is_digit(p[1]) || !is_digit(p[2]) || p[3] != ':' ||
        !is_digit(p[4]) || !is_digit(p[5]))
        return false;
    *text += 6;
    return (p[1] - '0') * 10 + (p[2] - '0') <= 24 && (p[4] - '0') * 10 + (p[5] - '0') <= 60;
}

bool yaml_is_timestamp(const char *text, size_t len)
{
    const char *end = text + len;
    if (strlen(text) != len || !take_date(&text))
        return false;
    if (text == end)
        return true;
    if (take_char(&text, 'T') || take_char(&text, 't'))
        return take_time(&text) && take_zone(&text) && text == end;
    if (*text != ' ')
        return false;
    text += strspn(text, " ");
    return take_time(&text) && text == end;
}
