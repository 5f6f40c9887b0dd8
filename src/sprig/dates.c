/* sprig's date.go. */
#include <inttypes.h>

#include "meshctl/golang/duration.h"
#include "meshctl/value/time_object.h"
#include "util.h"

/* A time.Time, or an integer that counts seconds since 1970; else, a float among it, now. */
static struct gotime time_or_now(struct tval v)
{
    const struct gotime *t = time_object_get(v);
    if (t)
        return *t;
    if (v.kind == TVAL_INT || v.kind == TVAL_INT64)
        return gotime_unix(v.i, gozone_local());
    return gotime_now();
}

/* A zone that does not load is UTC. */
static struct gotime in_zone(struct gotime t, struct tval_string name)
{
    AUTO_ERROR struct error *ignored = NULL;
    const struct gozone *zone = NULL;
    if (gozone_load(name.data, name.len, &zone, &ignored) < 0)
        zone = NULL;
    return gotime_in(t, zone);
}

static int format(struct tcall *call, struct tval_string layout, struct tval date,
                  struct tval_string zone, struct tval *ret, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    const struct gotime t = in_zone(time_or_now(date), zone);
    gotime_format(&text, &t, layout.data, layout.len);
    return result_buf(call, &text, ret, err);
}

static const struct tval_string local = {.data = "Local", .len = 5};
static const struct tval_string html = {.data = "2006-01-02", .len = 10};

static int dates_date(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)argc;
    return format(call, args[0].s, args[1], local, ret, err);
}

static int dates_date_in_zone(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc;
    return format(call, args[0].s, args[1], args[2].s, ret, err);
}

static int dates_html_date(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc;
    return format(call, html, args[0], local, ret, err);
}

static int dates_html_date_in_zone(struct tcall *call, const struct tval *args, size_t argc,
                                   struct tval *ret, struct error **err)
{
    (void)argc;
    return format(call, html, args[0], args[1].s, ret, err);
}

static int dates_now(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    const struct gotime t = gotime_now();
    (void)args, (void)argc, (void)err;
    *ret = time_object(call->a, &t);
    return 0;
}

static int dates_unix_epoch(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    AUTO_FREE char *text = mem_printf("%" PRId64, gotime_unix_sec(time_object_get(args[0])));
    (void)argc, (void)err;
    *ret = tval_cstring(call->a, text);
    return 0;
}

/* ---- reading ---- */

static int dates_must_to_date(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    struct gotime t;
    (void)argc;
    if (gotime_parse(call->a, args[0].s.data, args[0].s.len, args[1].s.data, args[1].s.len,
                     gozone_local(), &t, err) < 0)
        return -1;
    *ret = time_object(call->a, &t);
    return 0;
}

/* What cannot be read is the zero time. */
static int dates_to_date(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    const struct gotime zero = {0};
    AUTO_ERROR struct error *ignored = NULL;
    (void)err;
    if (dates_must_to_date(call, args, argc, ret, &ignored) < 0)
        *ret = time_object(call->a, &zero);
    return 0;
}

static int dates_must_modify(struct tcall *call, const struct tval *args, size_t argc,
                             struct tval *ret, struct error **err)
{
    int64_t d;
    (void)argc;
    if (goduration_parse(args[0].s.data, args[0].s.len, &d, err) < 0)
        return -1;
    const struct gotime t = gotime_add(*time_object_get(args[1]), d);
    *ret = time_object(call->a, &t);
    return 0;
}

/* What is no duration changes nothing. */
static int dates_modify(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_ERROR struct error *ignored = NULL;
    (void)err;
    if (dates_must_modify(call, args, argc, ret, &ignored) < 0)
        *ret = args[1];
    return 0;
}

/* ---- durations ---- */

static int result_duration(struct tcall *call, int64_t d, struct tval *ret)
{
    AUTO_BUF text = BUF_INIT;
    goduration_string(&text, d);
    *ret = tval_string(call->a, buf_str(&text), text.len);
    return 0;
}

static int dates_ago(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    const struct gotime t = time_or_now(args[0]);
    (void)argc, (void)err;
    return result_duration(call, goduration_round(gotime_since(&t), GODURATION_SECOND), ret);
}

/* Seconds: a string or an int64, else (an int among it) 0. */
static int dates_duration(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    int64_t seconds = 0;
    (void)argc, (void)err;
    if (args[0].kind == TVAL_STRING)
        (void)goint_parse(args[0].s.data, args[0].s.len, 10, &seconds);
    else if (args[0].kind == TVAL_INT64)
        seconds = args[0].i;
    return result_duration(call, gotime_wrap_mul(seconds, GODURATION_SECOND), ret);
}

/* Nanoseconds, a duration's text, or the time since then; else 0. */
static int64_t rounded_argument(struct tval v)
{
    AUTO_ERROR struct error *ignored = NULL;
    int64_t d = 0;
    if (time_object_get(v))
        return gotime_since(time_object_get(v));
    if (v.kind == TVAL_INT64)
        return v.i;
    if (v.kind == TVAL_STRING && goduration_parse(v.s.data, v.s.len, &d, &ignored) < 0)
        return 0;
    return d;
}

/* Cut to its largest unit; exactly one of a unit still counts in the next smaller. */
static int dates_duration_round(struct tcall *call, const struct tval *args, size_t argc,
                                struct tval *ret, struct error **err)
{
    static const struct {
        const char *name;
        int64_t size;
    } units[] = {
        {"y", 365 * 24 * GODURATION_HOUR}, {"mo", 30 * 24 * GODURATION_HOUR},
        {"d", 24 * GODURATION_HOUR},       {"h", GODURATION_HOUR},
        {"m", GODURATION_MINUTE},          {"s", GODURATION_SECOND},
    };
    int64_t d = rounded_argument(args[0]);
    uint64_t size = d < 0 ? -(uint64_t)d : (uint64_t)d;
    (void)argc, (void)err;
    *ret = tval_cstring(call->a, "0s");
    for (size_t i = 0; i < MC_ARRAY_LEN(units); i++) {
        if (size <= (uint64_t)units[i].size)
            continue;
        AUTO_FREE char *text =
            mem_printf("%" PRIu64 "%s", size / (uint64_t)units[i].size, units[i].name);
        *ret = tval_cstring(call->a, text);
        break;
    }
    return 0;
}

const struct tfunc tfunc_dates[] = {
    {"ago", "a", dates_ago},
    {"date", "sa", dates_date},
    {"dateInZone", "sas", dates_date_in_zone},
    {"dateModify", "st", dates_modify},
    {"date_in_zone", "sas", dates_date_in_zone},
    {"date_modify", "st", dates_modify},
    {"duration", "a", dates_duration},
    {"durationRound", "a", dates_duration_round},
    {"htmlDate", "a", dates_html_date},
    {"htmlDateInZone", "as", dates_html_date_in_zone},
    {"mustDateModify", "st", dates_must_modify},
    {"mustToDate", "ss", dates_must_to_date},
    {"must_date_modify", "st", dates_must_modify},
    {"now", "", dates_now},
    {"toDate", "ss", dates_to_date},
    {"unixEpoch", "t", dates_unix_epoch},
    {NULL, NULL, NULL},
};
