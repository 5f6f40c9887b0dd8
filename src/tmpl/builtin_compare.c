/* eq, lt and their kin, with Go's rules for kinds. */
#include "builtin_compare.h"

#include <string.h>

/* Go's basicKind: what can be compared by value. */
enum basic_kind { BASIC_NONE, BASIC_BOOL, BASIC_INT, BASIC_FLOAT, BASIC_STRING };

static enum basic_kind basic_kind(struct tval v)
{
    switch (tval_number(v).kind) {
    case TVAL_BOOL:
        return BASIC_BOOL;
    case TVAL_INT:
    case TVAL_INT64:
        return BASIC_INT;
    case TVAL_FLOAT:
        return BASIC_FLOAT;
    case TVAL_STRING:
        return BASIC_STRING;
    default:
        return BASIC_NONE;
    }
}

static bool is_nothing(struct tval v)
{
    return v.kind == TVAL_NONE || v.kind == TVAL_NIL;
}

/* Go's isNil on what is not a basic kind. */
static bool is_nil(struct tval v)
{
    return is_nothing(v) || (v.kind == TVAL_MAP && tmap_is_nil(v.map)) ||
           (v.kind == TVAL_LIST && !v.list->items);
}

static int string_order(struct tval_string x, struct tval_string y)
{
    size_t len = x.len < y.len ? x.len : y.len;
    int order = len ? memcmp(x.data, y.data, len) : 0;
    return order ? order : (x.len > y.len) - (x.len < y.len);
}

static int fail_incompatible(struct tval x, struct tval y, struct error **err)
{
    return error_set(err, ERROR_INPUT, "incompatible types for comparison: %s and %s",
                     tval_go_type(x), tval_go_type(y));
}

/* Values stand under %s in these texts, as in Go, so that a number in a list reads "%!s(int=1)". */
static int fail_format(struct arena *a, const char *format, const struct tval *args, size_t argc,
                       struct error **err)
{
    AUTO_BUF text = BUF_INIT;
    tprint_sprintf(&text, a, format, strlen(format), args, argc);
    return error_set(err, ERROR_INPUT, "%s", buf_str(&text));
}

static int equal_basic(enum basic_kind kind, struct tval x, struct tval y)
{
    switch (kind) {
    case BASIC_BOOL:
        return x.b == y.b;
    case BASIC_INT:
        return x.i == y.i;
    case BASIC_FLOAT:
        return x.f == y.f;
    default:
        return string_order(x.s, y.s) == 0;
    }
}

static int equal_other(struct arena *a, struct tval x, struct tval y, struct error **err)
{
    if (x.kind != y.kind && !is_nothing(x) && !is_nothing(y)) {
        const struct tval args[] = {x, tval_cstring(a, tval_go_type(x)),
                                    tval_cstring(a, tval_go_type(y)), y};
        return fail_format(a, "non-comparable types %s: %v, %s: %v", args, 4, err);
    }
    if (is_nil(x) || is_nil(y))
        return is_nil(x) == is_nil(y);
    if (y.kind == TVAL_OBJECT)
        return tobject_equal(x.object, y.object, false);
    const struct tval args[] = {y, tval_cstring(a, tval_go_type(y))};
    return fail_format(a, "non-comparable type %s: %v", args, 2, err);
}

/* 1 or 0, -1 with the error set. */
static int equal(struct arena *a, struct tval x, struct tval y, struct error **err)
{
    enum basic_kind kind = basic_kind(x);
    if (kind != basic_kind(y))
        return is_nothing(x) || is_nothing(y) ? 0 : fail_incompatible(x, y, err);
    if (kind == BASIC_NONE)
        return equal_other(a, x, y, err);
    return equal_basic(kind, tval_number(x), tval_number(y));
}

static int less(struct tval x, struct tval y, struct error **err)
{
    enum basic_kind kind = basic_kind(x);
    if (kind == BASIC_NONE || basic_kind(y) == BASIC_NONE)
        return error_set(err, ERROR_INPUT, "invalid type for comparison");
    if (kind != basic_kind(y))
        return fail_incompatible(x, y, err);
    switch (kind) {
    case BASIC_INT:
        return tval_number(x).i < tval_number(y).i;
    case BASIC_FLOAT:
        return x.f < y.f;
    case BASIC_STRING:
        return string_order(x.s, y.s) < 0;
    default:
        return error_set(err, ERROR_INPUT, "invalid type for comparison");
    }
}

static int less_or_equal(struct arena *a, struct tval x, struct tval y, struct error **err)
{
    int order = less(x, y, err);
    return order ? order : equal(a, x, y, err);
}

static int answer(int truth, bool negate, struct tval *ret)
{
    if (truth < 0)
        return -1;
    *ret = tval_bool((truth != 0) != negate);
    return 0;
}

int tbuiltin_eq(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    if (argc < 2)
        return error_set(err, ERROR_INPUT, "missing argument for comparison");
    int truth = 0;
    for (size_t i = 1; i < argc && truth == 0; i++)
        truth = equal(call->a, args[0], args[i], err);
    return answer(truth, false, ret);
}

int tbuiltin_ne(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc;
    return answer(equal(call->a, args[0], args[1], err), true, ret);
}

int tbuiltin_lt(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)call;
    (void)argc;
    return answer(less(args[0], args[1], err), false, ret);
}

int tbuiltin_le(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc;
    return answer(less_or_equal(call->a, args[0], args[1], err), false, ret);
}

/* As in Go, > is "not <=" and >= is "not <": a NaN answers accordingly. */
int tbuiltin_gt(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)argc;
    return answer(less_or_equal(call->a, args[0], args[1], err), true, ret);
}

int tbuiltin_ge(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err)
{
    (void)call;
    (void)argc;
    return answer(less(args[0], args[1], err), true, ret);
}
