/* time.Time as an object, method by method. */
#include "meshctl/value/time_object.h"

#include <string.h>

#include "meshctl/value/time_number.h"

static const struct tobject_type time_type;
static const struct tobject_type location_type;

struct tval time_object(struct arena *a, const struct gotime *t)
{
    struct gotime *own = arena_alloc(a, sizeof(*own));
    *own = *t;
    return tval_object(a, &time_type, own);
}

const struct gotime *time_object_get(struct tval v)
{
    return v.kind == TVAL_OBJECT && v.object->type == &time_type ? v.object->data : NULL;
}

static struct tval text_value(struct arena *a, const struct buf *text)
{
    return tval_string(a, buf_str(text), text->len);
}

/* ---- *time.Location ---- */

/* UTC, which has no zone behind it, is Go's one &utcLoc. */
struct location {
    const struct gozone *zone;
};

static const struct gozone *zone_of(struct tval v)
{
    return ((const struct location *)v.object->data)->zone;
}

static struct tval location_object(struct arena *a, const struct gozone *zone)
{
    struct location *own = arena_alloc(a, sizeof(*own));
    own->zone = zone;
    return tval_object(a, &location_type, own);
}

static bool location_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    (void)go_syntax;
    buf_appends(out, gozone_name(((const struct location *)self->data)->zone));
    return true;
}

static bool locations_equal(const struct tobject *x, const struct tobject *y, bool deep)
{
    const struct location *l = x->data;
    const struct location *m = y->data;
    return gozone_equal(l->zone, m->zone, deep);
}

static const struct tobject_type location_type = {
    .go_type = "*time.Location",
    .methods = time_name_methods,
    .member = time_name_member,
    .string = location_string,
    .equal = locations_equal,
};

/* ---- time.Time ---- */

static bool time_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    if (go_syntax)
        gotime_go_string(out, self->data);
    else
        gotime_string(out, self->data);
    return true;
}

static bool times_equal(const struct tobject *x, const struct tobject *y, bool deep)
{
    const struct gotime *t = x->data;
    const struct gotime *u = y->data;
    return t->sec == u->sec && t->nsec == u->nsec && t->has_mono == u->has_mono &&
           (!t->has_mono || t->mono == u->mono) && gozone_equal(t->zone, u->zone, deep);
}

static int time_json(struct arena *a, const struct tobject *self, struct tval *ret,
                     struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    if (gotime_marshal(&text, self->data, err) < 0)
        return error_wrap(err, "json: error calling MarshalJSON for type time.Time: "
                               "Time.MarshalJSON");
    *ret = text_value(a, &text);
    return 0;
}

/* MarshalText, and MarshalJSON with quotes around it: []uint8. */
static int time_marshal(struct arena *a, const struct gotime *t, const char *name, struct tval *ret,
                        struct error **err)
{
    const char *quote = strcmp(name, "MarshalJSON") == 0 ? "\"" : "";
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, quote);
    if (gotime_marshal(&text, t, err) < 0)
        return error_wrap(err, "Time.%s", name);
    buf_appends(&text, quote);
    *ret = tval_list(a, text.len);
    ret->list->elem = "uint8";
    for (size_t i = 0; i < text.len; i++)
        ret->list->items[i] = tval_int((unsigned char)text.data[i]);
    return 1;
}

static bool calendar_member(struct arena *a, const struct gotime *t, const char *name,
                            struct tval *ret)
{
    struct gocivil c;
    gotime_civil(t, &c);
    if (strcmp(name, "Year") == 0)
        *ret = tval_int(c.year);
    else if (strcmp(name, "Month") == 0)
        *ret = time_number_object(a, &time_month_type, c.month);
    else if (strcmp(name, "Day") == 0)
        *ret = tval_int(c.day);
    else if (strcmp(name, "YearDay") == 0)
        *ret = tval_int(c.yday);
    else if (strcmp(name, "Weekday") == 0)
        *ret = time_number_object(a, &time_weekday_type, c.weekday);
    else if (strcmp(name, "Hour") == 0)
        *ret = tval_int(c.hour);
    else if (strcmp(name, "Minute") == 0)
        *ret = tval_int(c.min);
    else if (strcmp(name, "Second") == 0)
        *ret = tval_int(c.sec);
    else
        return false;
    return true;
}

static bool moment_member(const struct gotime *t, const char *name, struct tval *ret)
{
    struct gozone_span span;
    int64_t unix_sec = gotime_unix_sec(t);
    if (strcmp(name, "Unix") == 0) {
        *ret = tval_int64(unix_sec);
    } else if (strcmp(name, "UnixMilli") == 0) {
        *ret = tval_int64(gotime_wrap_add(gotime_wrap_mul(unix_sec, 1000), t->nsec / 1000000));
    } else if (strcmp(name, "UnixMicro") == 0) {
        *ret = tval_int64(gotime_wrap_add(gotime_wrap_mul(unix_sec, 1000000), t->nsec / 1000));
    } else if (strcmp(name, "UnixNano") == 0) {
        *ret = tval_int64(gotime_wrap_add(gotime_wrap_mul(unix_sec, GOTIME_SECOND), t->nsec));
    } else if (strcmp(name, "Nanosecond") == 0) {
        *ret = tval_int(t->nsec);
    } else if (strcmp(name, "IsZero") == 0) {
        *ret = tval_bool(t->sec == 0 && t->nsec == 0 && !t->has_mono);
    } else if (strcmp(name, "IsDST") == 0) {
        gotime_zone(t, &span);
        *ret = tval_bool(span.is_dst);
    } else {
        return false;
    }
    return true;
}

/* What gives another time. */
static bool time_member(const struct gotime *t, const char *name, const struct tval *args,
                        struct gotime *ret)
{
    if (strcmp(name, "Add") == 0)
        *ret = gotime_add(*t, args[0].i);
    else if (strcmp(name, "AddDate") == 0)
        *ret = gotime_add_date(t, args[0].i, args[1].i, args[2].i);
    else if (strcmp(name, "In") == 0)
        *ret = gotime_in(*t, zone_of(args[0]));
    else if (strcmp(name, "Local") == 0)
        *ret = gotime_in(*t, gozone_local());
    else if (strcmp(name, "Round") == 0)
        *ret = gotime_round(*t, args[0].i);
    else if (strcmp(name, "Truncate") == 0)
        *ret = gotime_truncate(*t, args[0].i);
    else if (strcmp(name, "UTC") == 0)
        *ret = gotime_in(*t, NULL);
    else
        return false;
    return true;
}

/* What relates two times. */
static bool relation_member(struct arena *a, const struct gotime *t, const char *name,
                            const struct gotime *u, struct tval *ret)
{
    int order = gotime_compare(t, u);
    if (strcmp(name, "After") == 0)
        *ret = tval_bool(order > 0);
    else if (strcmp(name, "Before") == 0)
        *ret = tval_bool(order < 0);
    else if (strcmp(name, "Compare") == 0)
        *ret = tval_int(order);
    else if (strcmp(name, "Equal") == 0)
        *ret = tval_bool(order == 0);
    else if (strcmp(name, "Sub") == 0)
        *ret = time_number_object(a, &time_duration_type, gotime_sub(t, u));
    else
        return false;
    return true;
}

static int member(struct arena *a, const struct tobject *self, const char *name,
                  const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    const struct gotime *t = self->data;
    struct gotime other;
    if (argc == 1 && time_object_get(args[0]))
        return relation_member(a, t, name, time_object_get(args[0]), ret);
    if (argc == 1 && strcmp(name, "In") == 0 && args[0].kind == TVAL_NIL)
        return error_set(err, ERROR_INPUT, "time: missing Location in call to Time.In");
    if (calendar_member(a, t, name, ret) || moment_member(t, name, ret))
        return 1;
    if (time_member(t, name, args, &other)) {
        *ret = time_object(a, &other);
    } else if (strcmp(name, "Format") == 0) {
        AUTO_BUF text = BUF_INIT_MAX(VALUE_MAX_TEXT);
        gotime_format(&text, t, args[0].s.data, args[0].s.len);
        if (text.overflow)
            return error_set(err, ERROR_INPUT, "the result is longer than %zu bytes",
                             VALUE_MAX_TEXT);
        *ret = text_value(a, &text);
    } else if (strcmp(name, "Location") == 0) {
        *ret = location_object(a, t->zone);
    } else if (strncmp(name, "Marshal", 7) == 0) {
        return time_marshal(a, t, name, ret, err);
    } else if (strcmp(name, "String") == 0 || strcmp(name, "GoString") == 0) {
        *ret = time_text(a, self, name[0] == 'G');
    } else {
        return 0;
    }
    return 1;
}

#define RESULTS(name, n) "!function " name " has " n " return values; should be 1 or 2"
#define SECOND_RESULT(name, type)                                                                  \
    "!invalid function signature for " name ": second return value should be error; is " type

static const struct tobject_method time_methods[] = {
    {"Add", "d"},
    {"AddDate", "iii"},
    {"After", "t"},
    {"Before", "t"},
    {"Clock", RESULTS("Clock", "3")},
    {"Compare", "t"},
    {"Date", RESULTS("Date", "3")},
    {"Day", ""},
    {"Equal", "t"},
    {"Format", "s"},
    {"GoString", ""},
    {"Hour", ""},
    {"ISOWeek", SECOND_RESULT("ISOWeek", "int")},
    {"In", "z"},
    {"IsDST", ""},
    {"IsZero", ""},
    {"Local", ""},
    {"Location", ""},
    {"MarshalJSON", ""},
    {"MarshalText", ""},
    {"Minute", ""},
    {"Month", ""},
    {"Nanosecond", ""},
    {"Round", "d"},
    {"Second", ""},
    {"String", ""},
    {"Sub", "t"},
    {"Truncate", "d"},
    {"UTC", ""},
    {"Unix", ""},
    {"UnixMicro", ""},
    {"UnixMilli", ""},
    {"UnixNano", ""},
    {"Weekday", ""},
    {"Year", ""},
    {"YearDay", ""},
    {"Zone", SECOND_RESULT("Zone", "int")},
    {"ZoneBounds", SECOND_RESULT("ZoneBounds", "time.Time")},
    {NULL, NULL},
};

static const struct tobject_type time_type = {
    .go_type = "time.Time",
    .methods = time_methods,
    .member = member,
    .string = time_string,
    .json = time_json,
    .equal = times_equal,
};
