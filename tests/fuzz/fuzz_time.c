/* Times: the input is a layout of Go and, behind a NUL, a time. What is read is the same moment when
 * it is written and read again; and the strict reader of time stamps takes exactly what Go's takes of
 * the one form that it knows. */
#include "input.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/golang/time.h"

static int read_as(struct arena *a, const char *layout, struct part value, struct gotime *ret_time)
{
    AUTO_ERROR struct error *err = NULL;
    int rc = gotime_parse(a, layout, strlen(layout), value.data, value.len, NULL, ret_time, &err);
    check_outcome(rc, err);
    return rc;
}

/* An offset of seconds is cut off where it is written. */
static void check_again(struct arena *a, const struct gotime *t)
{
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    struct gozone_span span;
    struct gotime again;
    int rc = gotime_marshal(&out, t, &err);
    check_outcome(rc, err);
    gotime_zone(t, &span);
    if (rc < 0 || span.offset % 60)
        return;
    if (read_as(a, GOTIME_RFC3339_NANO, (struct part){out.data, out.len}, &again) < 0 ||
        gotime_compare(t, &again) != 0)
        abort();
}

/* YYYY-MM-DDTHH:MM:SSZ */
static void check_stamp(struct arena *a, struct part value)
{
    AUTO_FREE char *text = part_dup(value);
    struct gotime t;
    time_t stamp;
    bool is_whole = value.len == strlen("2006-01-02T15:04:05Z") && text_has_suffix(text, "Z");
    bool is_time = is_whole && read_as(a, GOTIME_RFC3339, value, &t) == 0;
    if (clock_read_rfc3339(text, &stamp) != is_time)
        abort();
    if (!is_time)
        return;
    AUTO_FREE char *again = clock_rfc3339_dup(stamp);
    if (stamp != gotime_unix_sec(&t) || strcmp(again, text) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    AUTO_FREE char *layout = part_dup(part_take(&rest));
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT;
    struct gotime t;
    if (!memchr(rest.data, 0, rest.len))
        check_stamp(a, rest);
    if (read_as(a, layout, rest, &t) < 0)
        return 0;
    check_again(a, &t);
    gotime_format(&out, &t, layout, strlen(layout));
    return 0;
}
