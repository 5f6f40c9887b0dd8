/* Go's time.Time, Month and Weekday: a moment with nanoseconds in a zone, over all of int64's
 * seconds. Arithmetic wraps around where Go's does. */
#ifndef MESHCTL_GOLANG_TIME_H
#define MESHCTL_GOLANG_TIME_H

#include "meshctl/base/buf.h"
#include "meshctl/golang/calendar.h"
#include "meshctl/golang/zone.h"

#define GOTIME_SECOND INT64_C(1000000000)
/* Layouts. */
#define GOTIME_RFC3339 "2006-01-02T15:04:05Z07:00"
#define GOTIME_RFC3339_NANO "2006-01-02T15:04:05.999999999Z07:00"
#define GOTIME_DATE_ONLY "2006-01-02"

struct gotime {
    int64_t sec;  /* since 0001-01-01T00:00:00Z */
    int32_t nsec; /* 0 to 999999999 */
    bool has_mono;
    int64_t mono; /* the monotonic clock, in nanoseconds: of `now` and what Add makes of it */
    const struct gozone *zone;
};

/* What Date takes: any number, normalised as Go does (13 is January of the next year). */
struct godate {
    int64_t year;
    int64_t month;
    int64_t day;
    int64_t hour;
    int64_t min;
    int64_t sec;
    int64_t nsec;
};

struct gotime gotime_now(void); /* local, with the monotonic clock */
struct gotime gotime_unix(int64_t sec, const struct gozone *zone);
int64_t gotime_unix_sec(const struct gotime *t);
struct gotime gotime_date(const struct godate *d, const struct gozone *zone);
/* The same moment in another zone, without the monotonic clock. */
struct gotime gotime_in(struct gotime t, const struct gozone *zone);

void gotime_civil(const struct gotime *t, struct gocivil *ret_civil);
void gotime_zone(const struct gotime *t, struct gozone_span *ret_span);
void gotime_iso_week(const struct gotime *t, int64_t *ret_year, int *ret_week);

/* Durations are nanoseconds. */
struct gotime gotime_add(struct gotime t, int64_t d);
struct gotime gotime_add_date(const struct gotime *t, int64_t years, int64_t months, int64_t days);
int64_t gotime_sub(const struct gotime *t, const struct gotime *u); /* the nearest int64 */
int64_t gotime_since(const struct gotime *t);
struct gotime gotime_truncate(struct gotime t, int64_t d);
struct gotime gotime_round(struct gotime t, int64_t d);
int gotime_compare(const struct gotime *t, const struct gotime *u);

/* time/format.go. */
void gotime_format(struct buf *out, const struct gotime *t, const char *layout, size_t len);
void gotime_string(struct buf *out, const struct gotime *t);
void gotime_go_string(struct buf *out, const struct gotime *t);
/* RFC 3339 with nanoseconds as Marshal writes it: a year of four digits, an offset below a day. The
 * error has Go's words. */
int gotime_marshal(struct buf *out, const struct gotime *t, struct error **err) MC_WARN_UNUSED;
const char *gotime_month_name(int64_t month); /* NULL outside 1 to 12 */
const char *gotime_weekday_name(int64_t day); /* NULL outside 0 to 6 */
/* time/format.go quote: bytes that are not printing ASCII as \x. */
void gotime_quote(struct buf *out, const char *s, size_t len);
/* time.ParseInLocation; a zone that the value brings along is made in `a`. Errors are Go's. */
int gotime_parse(struct arena *a, const char *layout, size_t layout_len, const char *value,
                 size_t len, const struct gozone *zone, struct gotime *ret_time, struct error **err)
    MC_WARN_UNUSED;

#endif
