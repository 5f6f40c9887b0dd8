/* Moments: made, shifted, compared, rounded (time/time.go). */
#include "meshctl/golang/time.h"

#include <pthread.h>
#include <time.h>

#define DAY 86400
/* The years in which a time can carry the monotonic clock: 1885 and 2^33 seconds on. */
#define MONO_FROM ((INT64_C(1884) * 365 + 1884 / 4 - 1884 / 100 + 1884 / 400) * DAY)
#define MONO_SECONDS (INT64_C(1) << 33)

/* ---- the calendar ---- */

/* Seconds since the calendar's first day, by the clock of the time's zone. */
static uint64_t local_seconds(const struct gotime *t)
{
    struct gozone_span span;
    gotime_zone(t, &span);
    return (uint64_t)t->sec + (uint64_t)span.offset + (uint64_t)CALENDAR_INTERNAL_TO_FIRST;
}

void gotime_civil(const struct gotime *t, struct gocivil *ret_civil)
{
    uint64_t seconds = local_seconds(t);
    int clock = (int)(seconds % DAY);
    gocivil_of_days(seconds / DAY, ret_civil);
    ret_civil->hour = clock / 3600;
    ret_civil->min = clock / 60 % 60;
    ret_civil->sec = clock % 60;
}

/* The week belongs to the year of its Thursday. */
void gotime_iso_week(const struct gotime *t, int64_t *ret_year, int *ret_week)
{
    struct gocivil c;
    uint64_t days = local_seconds(t) / DAY;
    int since_monday = gotime_weekday((int64_t)days - 1);
    gocivil_of_days(days + 3 - (uint64_t)since_monday, &c);
    *ret_year = c.year;
    *ret_week = (c.yday - 1) / 7 + 1;
}

/* Brings *low into 0 to base - 1 and carries into *high. */
static void carry(int64_t *high, int64_t *low, int64_t base)
{
    int64_t n = *low < 0 ? -(-(*low + 1) / base + 1) : *low / base;
    *high = gotime_wrap_add(*high, n);
    *low = gotime_wrap_add(*low, gotime_wrap_mul(-n, base));
}

struct gotime gotime_date(const struct godate *d, const struct gozone *zone)
{
    struct godate n = *d;
    struct gozone_span span;
    n.month = gotime_wrap_add(n.month, -1);
    carry(&n.year, &n.month, 12);
    carry(&n.sec, &n.nsec, GOTIME_SECOND);
    carry(&n.min, &n.sec, 60);
    carry(&n.hour, &n.min, 60);
    carry(&n.day, &n.hour, 24);
    int64_t days = gotime_days(n.year, (int)n.month + 1, n.day);
    int64_t sec = gotime_wrap_add(gotime_wrap_mul(days, DAY), n.hour * 3600 + n.min * 60 + n.sec);
    struct gotime t =
        gotime_unix(gotime_wrap_add(sec, -CALENDAR_INTERNAL_TO_FIRST - GOTIME_UNIX), zone);
    int64_t clock = gotime_unix_sec(&t);
    gozone_lookup(zone, clock, &span);
    if (span.offset != 0) {
        /* The offset of the clock time read as UTC may be another than that of the moment. */
        int64_t utc = gotime_wrap_add(clock, -span.offset);
        if (utc < span.start || utc >= span.end)
            gozone_lookup(zone, utc, &span);
        t.sec = gotime_wrap_add(t.sec, -span.offset);
    }
    t.nsec = (int32_t)n.nsec;
    return t;
}

/* ---- moments ---- */

static int64_t clock_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * GOTIME_SECOND + now.tv_nsec;
}

static int64_t first_ns;
static pthread_once_t first_once = PTHREAD_ONCE_INIT;

static void first_init(void)
{
    first_ns = clock_ns() - 1;
}

static int64_t monotonic(void)
{
    pthread_once(&first_once, first_init);
    return clock_ns() - first_ns;
}

static bool may_have_mono(int64_t sec)
{
    return sec >= MONO_FROM && sec < MONO_FROM + MONO_SECONDS;
}

struct gotime gotime_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct gotime t = gotime_unix(now.tv_sec, gozone_local());
    t.nsec = (int32_t)now.tv_nsec;
    t.has_mono = may_have_mono(t.sec);
    t.mono = monotonic();
    return t;
}

struct gotime gotime_unix(int64_t sec, const struct gozone *zone)
{
    return (struct gotime){.sec = gotime_wrap_add(sec, GOTIME_UNIX), .zone = zone};
}

int64_t gotime_unix_sec(const struct gotime *t)
{
    return gotime_wrap_add(t->sec, -GOTIME_UNIX);
}

struct gotime gotime_in(struct gotime t, const struct gozone *zone)
{
    t.has_mono = false;
    t.zone = zone;
    return t;
}

void gotime_zone(const struct gotime *t, struct gozone_span *ret_span)
{
    gozone_lookup(t->zone, gotime_unix_sec(t), ret_span);
}

/* ---- arithmetic ---- */

/* Without the monotonic clock seconds stop at int64's ends. */
static int64_t add_seconds(int64_t sec, int64_t d)
{
    int64_t sum;
    if (__builtin_add_overflow(sec, d, &sum))
        return d > 0 ? INT64_MAX : -INT64_MAX;
    return sum;
}

struct gotime gotime_add(struct gotime t, int64_t d)
{
    int64_t sec = d / GOTIME_SECOND;
    t.nsec += (int32_t)(d % GOTIME_SECOND);
    if (t.nsec >= GOTIME_SECOND) {
        sec++;
        t.nsec -= (int32_t)GOTIME_SECOND;
    } else if (t.nsec < 0) {
        sec--;
        t.nsec += (int32_t)GOTIME_SECOND;
    }
    t.sec = add_seconds(t.sec, sec);
    t.has_mono = t.has_mono && may_have_mono(t.sec) && !__builtin_add_overflow(t.mono, d, &t.mono);
    return t;
}

struct gotime gotime_add_date(const struct gotime *t, int64_t years, int64_t months, int64_t days)
{
    struct gocivil c;
    gotime_civil(t, &c);
    const struct godate d = {
        .year = gotime_wrap_add(c.year, years),
        .month = gotime_wrap_add(c.month, months),
        .day = gotime_wrap_add(c.day, days),
        .hour = c.hour,
        .min = c.min,
        .sec = c.sec,
        .nsec = t->nsec,
    };
    return gotime_date(&d, t->zone);
}

int gotime_compare(const struct gotime *t, const struct gotime *u)
{
    if (t->has_mono && u->has_mono)
        return (t->mono > u->mono) - (t->mono < u->mono);
    if (t->sec != u->sec)
        return t->sec > u->sec ? 1 : -1;
    return (t->nsec > u->nsec) - (t->nsec < u->nsec);
}

int64_t gotime_sub(const struct gotime *t, const struct gotime *u)
{
    int64_t d;
    if (t->has_mono && u->has_mono) {
        if (!__builtin_sub_overflow(t->mono, u->mono, &d))
            return d;
        return t->mono > u->mono ? INT64_MAX : INT64_MIN;
    }
    d = gotime_wrap_mul(gotime_wrap_add(t->sec, (int64_t) - (uint64_t)u->sec), GOTIME_SECOND);
    d = gotime_wrap_add(d, t->nsec - u->nsec);
    const struct gotime back = gotime_add(*u, d);
    if (back.sec == t->sec && back.nsec == t->nsec)
        return d;
    return gotime_compare(t, u) < 0 ? INT64_MIN : INT64_MAX;
}

int64_t gotime_since(const struct gotime *t)
{
    const struct gotime now = gotime_now();
    return gotime_sub(&now, t);
}

/* x * 2^32 % m for x < m < 2^63. */
static uint64_t shifted_modulo(uint64_t x, uint64_t m)
{
    for (int i = 0; i < 32; i++) {
        x *= 2;
        x -= x >= m ? m : 0;
    }
    return x;
}

/* What the time is past the last multiple of d (> 0) since year 1; seconds * 10^9 need not fit. */
static int64_t past_multiple(const struct gotime *t, int64_t d)
{
    bool negative = t->sec < 0;
    uint64_t sec = negative ? -(uint64_t)t->sec : (uint64_t)t->sec;
    uint32_t nsec = (uint32_t)t->nsec;
    if (negative && nsec > 0) {
        nsec = (uint32_t)GOTIME_SECOND - nsec;
        sec--;
    }
    uint64_t m = (uint64_t)d;
    uint64_t high = (sec >> 32) * (uint64_t)GOTIME_SECOND;
    uint64_t low = (sec & UINT32_MAX) * (uint64_t)GOTIME_SECOND + nsec;
    uint64_t r = (shifted_modulo(high % m, m) + low % m) % m;
    return negative && r != 0 ? d - (int64_t)r : (int64_t)r;
}

struct gotime gotime_truncate(struct gotime t, int64_t d)
{
    t.has_mono = false;
    return d <= 0 ? t : gotime_add(t, -past_multiple(&t, d));
}

struct gotime gotime_round(struct gotime t, int64_t d)
{
    t.has_mono = false;
    if (d <= 0)
        return t;
    int64_t r = past_multiple(&t, d);
    return gotime_add(t, (uint64_t)r * 2 < (uint64_t)d ? -r : d - r);
}
