/* The Gregorian calendar without end: days to dates and back (Go time/time.go). */
#include "meshctl/golang/calendar.h"

#include <stdbool.h>

static bool is_leap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int gotime_month_days(int month, int64_t year)
{
    if (month == 2)
        return is_leap(year) ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/* Years begin in March, so that a leap day is a year's last. */
int64_t gotime_days(int64_t year, int month, int64_t day)
{
    bool early = month < 3;
    uint64_t y = (uint64_t)year - (early ? 1 : 0) + (uint64_t)CALENDAR_FIRST_YEAR;
    uint64_t of_centuries = 146097 * (y / 100) / 4;
    int64_t of_years = (int64_t)(y % 100 * 1461 / 4);
    int64_t of_months = (153 * (month + (early ? 9 : -3)) + 2) / 5;
    return (int64_t)(of_centuries + (uint64_t)(of_years + of_months) + (uint64_t)day - 1);
}

int gotime_weekday(int64_t days)
{
    return (int)(((uint64_t)days + 3) % 7);
}

void gocivil_of_days(uint64_t days, struct gocivil *ret_civil)
{
    uint64_t cycle = days / 146097;
    int day = (int)(days % 146097);
    int year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    int month = (5 * day + 2) / 153;
    bool next = month >= 10;
    ret_civil->year = (int64_t)(cycle * 400 - (uint64_t)CALENDAR_FIRST_YEAR) + year + next;
    ret_civil->month = month + (next ? -9 : 3);
    ret_civil->day = day - (153 * month + 2) / 5 + 1;
    ret_civil->yday =
        day + 1 + (next ? -CALENDAR_MARCH_TO_DECEMBER : 59 + is_leap(ret_civil->year));
    ret_civil->weekday = gotime_weekday((int64_t)days);
}
