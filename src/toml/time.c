/* TOML's times, from and to text. */
#include "meshctl/toml/time.h"

#include <string.h>

#include "meshctl/value/time_object.h"

/* parse.go dtTypes with the zone for what names none; NULL is the local one. */
static const struct {
    const char *layout;
    const char *zone;
} layouts[] = {
    {"2006-01-02T15:04:05.999999999Z07:00", NULL},
    {"2006-01-02T15:04:05.999999999", "datetime-local"},
    {"2006-01-02", "date-local"},
    {"15:04:05.999999999", "time-local"},
    {"2006-01-02T15:04Z07:00", NULL},
    {"2006-01-02T15:04", "datetime-local"},
    {"15:04", "time-local"},
};

/* The layouts in which the writer puts times of these zones. */
static const struct {
    const char *zone;
    const char *layout;
} locals[] = {
    {"datetime-local", "2006-01-02T15:04:05.999999999"},
    {"date-local", "2006-01-02"},
    {"time-local", "15:04:05.999999999"},
};

/* internal/tz.go: the offset that holds now. */
static const struct gozone *zone_of(struct arena *a, const char *name)
{
    struct gozone_span span;
    struct gotime now = gotime_now();
    if (!name)
        return gozone_local();
    gozone_lookup(gozone_local(), gotime_unix_sec(&now), &span);
    return gozone_fixed(a, name, strlen(name), span.offset);
}

/* parse.go missingLeadingZero: Go takes an hour of one digit, TOML does not. Separators show it, as
 * they stand at the same places in text and layout. */
static bool misses_zero(const char *text, size_t len, const char *layout)
{
    for (size_t i = 0; layout[i] && layout[i] != '.' && layout[i] != 'Z'; i++) {
        bool digit = layout[i] >= '0' && layout[i] <= '9';
        if (!digit && (i >= len || text[i] != layout[i]))
            return true;
    }
    return false;
}

bool toml_time_parse(struct arena *a, const char *text, size_t len, struct tval *ret)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(layouts); i++) {
        AUTO_ERROR struct error *ignored = NULL;
        struct gotime t;
        if (gotime_parse(a, layouts[i].layout, strlen(layouts[i].layout), text, len,
                         zone_of(a, layouts[i].zone), &t, &ignored) < 0)
            continue;
        if (misses_zero(text, len, layouts[i].layout))
            return false;
        *ret = time_object(a, &t);
        return true;
    }
    return false;
}

bool toml_time_rfc3339(struct buf *out, struct tval v)
{
    const struct gotime *t = time_object_get(v);
    if (t)
        gotime_format(out, t, GOTIME_RFC3339_NANO, strlen(GOTIME_RFC3339_NANO));
    return t != NULL;
}

bool toml_write_time(struct buf *out, struct tval v)
{
    const struct gotime *t = time_object_get(v);
    if (!t)
        return false;
    for (size_t i = 0; t->zone && i < MC_ARRAY_LEN(locals); i++) {
        if (strcmp(gozone_name(t->zone), locals[i].zone) != 0)
            continue;
        struct gotime utc = gotime_in(*t, NULL);
        gotime_format(out, &utc, locals[i].layout, strlen(locals[i].layout));
        return true;
    }
    return toml_time_rfc3339(out, v);
}
