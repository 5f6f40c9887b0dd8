/* The monotonic clock, sleeping that can be cancelled, and times and durations as text. */
#include "meshctl/base/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>

#include "meshctl/base/buf.h"

static int64_t read_ms(clockid_t which)
{
    struct timespec ts;
    clock_gettime(which, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_processor_ms(void)
{
    return read_ms(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_left_ms(int64_t deadline_ms)
{
    int64_t left = deadline_ms - clock_now_ms();
    return left > 0 ? left : 0;
}

void clock_wait(pthread_cond_t *changed, pthread_mutex_t *lock, int64_t ms)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(changed, lock, &until);
}

int clock_sleep(int64_t ms, struct cancel *cancel)
{
    int64_t deadline = clock_now_ms() + ms;
    struct pollfd pfd = {.fd = cancel_fd(cancel), .events = POLLIN};
    while (!cancel_is_set(cancel)) {
        int64_t left = clock_left_ms(deadline);
        if (left == 0)
            return 0;
        poll(&pfd, cancel ? 1 : 0, left > 60000 ? 60000 : (int)left);
    }
    return -1;
}

/* The unit's length in nanoseconds, or 0; *ret_len is how many bytes it takes. */
static double unit_ns(const char *text, size_t *ret_len)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {
        {"ns", 1},          {"us", 1e3}, {"\302\265s", 1e3}, /* the micro sign, and below the Greek
                                                                letter: Go takes both */
        {"\316\274s", 1e3}, {"ms", 1e6}, {"s", 1e9},         {"m", 60e9}, {"h", 3600e9},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(units); i++) {
        size_t len = strlen(units[i].name);
        if (strncmp(text, units[i].name, len) == 0) {
            *ret_len = len;
            return units[i].ns;
        }
    }
    return 0;
}

/* Digits with an optional fraction; returns how many bytes it read, 0 when there is no number. */
static size_t read_decimal(const char *text, double *ret_value)
{
    double value = 0, scale = 1;
    size_t i = 0, digits = 0;
    for (; isdigit((unsigned char)text[i]); i++, digits++)
        value = value * 10 + (text[i] - '0');
    if (text[i] == '.') {
        for (i++; isdigit((unsigned char)text[i]); i++, digits++) {
            scale /= 10;
            value += (text[i] - '0') * scale;
        }
    }
    *ret_value = value;
    return digits ? i : 0;
}

int clock_parse_duration(const char *text, int64_t *ret_ms, struct error **err)
{
    static const double max_ns = 1000 * 3600e9;
    const char *p = text;
    double total_ns = 0;
    if (!*p)
        goto bad;
    while (*p) {
        double value;
        size_t n = read_decimal(p, &value), unit_len;
        if (!n)
            goto bad;
        if (p == text && strspn(text, "0123456789") == strlen(text)) {
            total_ns = value * 1e9;
            break;
        }
        double ns = unit_ns(p + n, &unit_len);
        if (ns == 0)
            goto bad;
        total_ns += value * ns;
        p += n + unit_len;
    }
    if (total_ns > max_ns)
        return error_set(err, ERROR_USAGE, "duration \"%s\" is longer than 1000h", text);
    *ret_ms = (int64_t)(total_ns / 1e6);
    return 0;
bad:
    error_set(err, ERROR_USAGE, "\"%s\" is not a duration", text);
    return error_hint(err, "write it like 90s, 5m or 1h30m");
}

char *clock_duration_dup(int64_t ms)
{
    int64_t s = (ms + 500) / 1000;
    if (ms < 9950)
        return mem_printf("%" PRId64 ".%" PRId64 "s", (ms + 50) / 1000, (ms + 50) % 1000 / 100);
    if (s < 60)
        return mem_printf("%" PRId64 "s", s);
    if (s < 3600)
        return mem_printf("%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
    return mem_printf("%" PRId64 "h%02" PRId64 "m", s / 3600, s % 3600 / 60);
}

char *clock_rfc3339_dup(time_t t)
{
    struct tm tm;
    gmtime_r(&t, &tm);
    return mem_printf("%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1,
                      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

bool clock_read_rfc3339(const char *text, time_t *ret_time)
{
    struct tm tm = {0};
    if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm))
        return false;
    /* strptime also takes blanks, fewer digits, days that the month does not have, and any text behind
     * it all: what is not written as it was read is of another form. */
    time_t time = timegm(&tm);
    AUTO_FREE char *again = clock_rfc3339_dup(time);
    if (strcmp(again, text) != 0)
        return false;
    *ret_time = time;
    return true;
}

char *clock_now_rfc3339nano_dup(void)
{
    struct timespec ts;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &ts);
    gmtime_r(&ts.tv_sec, &tm);
    /* Go's RFC3339Nano drops trailing zeros of the fraction; readers take both forms. */
    return mem_printf("%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ", tm.tm_year + 1900, tm.tm_mon + 1,
                      tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ts.tv_nsec);
}
