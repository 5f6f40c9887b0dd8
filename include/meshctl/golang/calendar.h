/* The Gregorian calendar of Go's time package, over all of int64's seconds. */
#ifndef MESHCTL_GOLANG_CALENDAR_H
#define MESHCTL_GOLANG_CALENDAR_H

#include <stdint.h>

#define GOTIME_UNIX INT64_C(62135596800) /* from year 1 to 1970, in seconds */
/* The calendar counts from 1 March of a leap cycle so long ago that all times are behind it. */
#define CALENDAR_FIRST_YEAR INT64_C(292277022400)
#define CALENDAR_MARCH_TO_DECEMBER 306
#define CALENDAR_FIRST_DAYS (CALENDAR_FIRST_YEAR / 400 * 146097 + CALENDAR_MARCH_TO_DECEMBER)
/* From year 1 to that day, in seconds. */
#define CALENDAR_INTERNAL_TO_FIRST (CALENDAR_FIRST_DAYS * 86400)

/* A moment by calendar and clock in its zone. */
struct gocivil {
    int64_t year;
    int month; /* 1 to 12 */
    int day;
    int yday;    /* 1 to 366 */
    int weekday; /* 0 is Sunday */
    int hour;
    int min;
    int sec;
};

static inline int64_t gotime_wrap_add(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x + (uint64_t)y);
}
static inline int64_t gotime_wrap_mul(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x * (uint64_t)y);
}

/* Days since a Wednesday far in the past; for a month of 1 to 12. */
int64_t gotime_days(int64_t year, int month, int64_t day);
/* 0 is Sunday. */
int gotime_weekday(int64_t days);
int gotime_month_days(int month, int64_t year);
/* The date of so many days since the calendar's first; the clock is left alone. */
void gocivil_of_days(uint64_t days, struct gocivil *ret_civil);

#endif
