/* Durations, months and weekdays as objects. */
#include "meshctl/value/time_number.h"

#include <string.h>

#include "meshctl/golang/duration.h"
#include "meshctl/golang/time.h"

struct tval time_text(struct arena *a, const struct tobject *self, bool go_syntax)
{
    AUTO_BUF text = BUF_INIT;
    (void)self->type->string(&text, self, go_syntax);
    return tval_string(a, buf_str(&text), text.len);
}

struct tval time_number_object(struct arena *a, const struct tobject_type *type, int64_t i)
{
    int64_t *own = arena_alloc(a, sizeof(*own));
    *own = i;
    return tval_object(a, type, own);
}

static int64_t number_of(const struct tobject *self)
{
    return *(const int64_t *)self->data;
}

static struct tval as_number(struct arena *a, const struct tobject *self)
{
    (void)a;
    return (struct tval){.kind = self->type->number, .i = number_of(self)};
}

static bool numbers_equal(const struct tobject *x, const struct tobject *y, bool deep)
{
    (void)deep;
    return number_of(x) == number_of(y);
}

/* Each number that a template can come by has a name. */
static bool month_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    if (!go_syntax)
        buf_appends(out, gotime_month_name(number_of(self)));
    return !go_syntax;
}

static bool weekday_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    if (!go_syntax)
        buf_appends(out, gotime_weekday_name(number_of(self)));
    return !go_syntax;
}

static bool duration_string(struct buf *out, const struct tobject *self, bool go_syntax)
{
    if (!go_syntax)
        goduration_string(out, number_of(self));
    return !go_syntax;
}

int time_name_member(struct arena *a, const struct tobject *self, const char *name,
                     const struct tval *args, size_t argc, struct tval *ret, struct error **err)
{
    (void)args, (void)argc, (void)err;
    if (strcmp(name, "String") != 0)
        return 0;
    *ret = time_text(a, self, false);
    return 1;
}

static bool duration_number(int64_t d, const char *name, struct tval *ret)
{
    if (strcmp(name, "Nanoseconds") == 0)
        *ret = tval_int64(d);
    else if (strcmp(name, "Microseconds") == 0)
        *ret = tval_int64(d / GODURATION_MICROSECOND);
    else if (strcmp(name, "Milliseconds") == 0)
        *ret = tval_int64(d / GODURATION_MILLISECOND);
    else if (strcmp(name, "Seconds") == 0)
        *ret = tval_float(goduration_in(d, GODURATION_SECOND));
    else if (strcmp(name, "Minutes") == 0)
        *ret = tval_float(goduration_in(d, GODURATION_MINUTE));
    else if (strcmp(name, "Hours") == 0)
        *ret = tval_float(goduration_in(d, GODURATION_HOUR));
    else
        return false;
    return true;
}

static int duration_member(struct arena *a, const struct tobject *self, const char *name,
                           const struct tval *args, size_t argc, struct tval *ret,
                           struct error **err)
{
    int64_t d = number_of(self);
    if (duration_number(d, name, ret) || time_name_member(a, self, name, args, argc, ret, err))
        return 1;
    if (strcmp(name, "Abs") == 0)
        d = d == INT64_MIN ? INT64_MAX : d < 0 ? -d : d;
    else if (strcmp(name, "Round") == 0)
        d = goduration_round(d, args[0].i);
    else if (strcmp(name, "Truncate") == 0)
        d = goduration_truncate(d, args[0].i);
    else
        return 0;
    *ret = time_number_object(a, &time_duration_type, d);
    return 1;
}

const struct tobject_method time_name_methods[] = {{"String", ""}, {NULL, NULL}};

static const struct tobject_method duration_methods[] = {
    {"Abs", ""},     {"Hours", ""},       {"Microseconds", ""}, {"Milliseconds", ""},
    {"Minutes", ""}, {"Nanoseconds", ""}, {"Round", "d"},       {"Seconds", ""},
    {"String", ""},  {"Truncate", "d"},   {NULL, NULL},
};

const struct tobject_type time_month_type = {
    .go_type = "time.Month",
    .methods = time_name_methods,
    .member = time_name_member,
    .as_value = as_number,
    .number = TVAL_INT,
    .string = month_string,
    .equal = numbers_equal,
};
const struct tobject_type time_weekday_type = {
    .go_type = "time.Weekday",
    .methods = time_name_methods,
    .member = time_name_member,
    .as_value = as_number,
    .number = TVAL_INT,
    .string = weekday_string,
    .equal = numbers_equal,
};
const struct tobject_type time_duration_type = {
    .go_type = "time.Duration",
    .methods = duration_methods,
    .member = duration_member,
    .as_value = as_number,
    .number = TVAL_INT64,
    .string = duration_string,
    .equal = numbers_equal,
};
