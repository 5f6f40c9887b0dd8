#include <math.h>
#include <string.h>

#include "func_util.h"

/* Go's integers wrap around. */
static int64_t wrap_add(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x + (uint64_t)y);
}

static int64_t wrap_sub(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x - (uint64_t)y);
}

static int64_t wrap_mul(int64_t x, int64_t y)
{
    return (int64_t)((uint64_t)x * (uint64_t)y);
}

static int numbers_add(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t sum = 0;
    (void)err;
    for (size_t i = 0; i < argc; i++)
        sum = wrap_add(sum, cast_int64(call->a, args[i]));
    *ret = tval_int64(sum);
    return 0;
}

static int numbers_add1(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_int64(wrap_add(cast_int64(call->a, args[0]), 1));
    return 0;
}

static int numbers_sub(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_int64(wrap_sub(cast_int64(call->a, args[0]), cast_int64(call->a, args[1])));
    return 0;
}

static int numbers_mul(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t product = cast_int64(call->a, args[0]);
    (void)err;
    for (size_t i = 1; i < argc; i++)
        product = wrap_mul(product, cast_int64(call->a, args[i]));
    *ret = tval_int64(product);
    return 0;
}

static int numbers_div(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t x = cast_int64(call->a, args[0]);
    int64_t y = cast_int64(call->a, args[1]);
    (void)argc;
    if (y == 0)
        return error_set(err, ERROR_INPUT, "runtime error: integer divide by zero");
    *ret = tval_int64(y == -1 ? wrap_sub(0, x) : x / y);
    return 0;
}

static int numbers_mod(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t x = cast_int64(call->a, args[0]);
    int64_t y = cast_int64(call->a, args[1]);
    (void)argc;
    if (y == 0)
        return error_set(err, ERROR_INPUT, "runtime error: integer divide by zero");
    *ret = tval_int64(y == -1 ? 0 : x % y);
    return 0;
}

static int numbers_max(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t most = cast_int64(call->a, args[0]);
    (void)err;
    for (size_t i = 1; i < argc; i++) {
        int64_t n = cast_int64(call->a, args[i]);
        most = n > most ? n : most;
    }
    *ret = tval_int64(most);
    return 0;
}

static int numbers_min(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t least = cast_int64(call->a, args[0]);
    (void)err;
    for (size_t i = 1; i < argc; i++) {
        int64_t n = cast_int64(call->a, args[i]);
        least = n < least ? n : least;
    }
    *ret = tval_int64(least);
    return 0;
}

/* Go's math.Max and Min: NaN wins, unlike C's fmax. */
static int numbers_maxf(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    double most = cast_float(call->a, args[0]);
    (void)err;
    for (size_t i = 1; i < argc; i++) {
        double f = cast_float(call->a, args[i]);
        most = isnan(most) || isnan(f) ? NAN : fmax(most, f);
    }
    *ret = tval_float(most);
    return 0;
}

static int numbers_minf(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    double least = cast_float(call->a, args[0]);
    (void)err;
    for (size_t i = 1; i < argc; i++) {
        double f = cast_float(call->a, args[i]);
        least = isnan(least) || isnan(f) ? NAN : fmin(least, f);
    }
    *ret = tval_float(least);
    return 0;
}

static int numbers_ceil(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_float(ceil(cast_float(call->a, args[0])));
    return 0;
}

static int numbers_floor(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_float(floor(cast_float(call->a, args[0])));
    return 0;
}

/* sprig numeric.go round: half up by default, towards minus infinity for all below. */
static int numbers_round(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    double round_on = argc > 2 ? args[2].f : 0.5;
    double pow10 = pow(10, (double)args[1].i);
    double digit = pow10 * cast_float(call->a, args[0]);
    double whole;
    (void)err;
    *ret = tval_float((modf(digit, &whole) >= round_on ? ceil(digit) : floor(digit)) / pow10);
    return 0;
}

static int numbers_int(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_int(cast_int64(call->a, args[0]));
    return 0;
}

static int numbers_int64(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_int64(cast_int64(call->a, args[0]));
    return 0;
}

static int numbers_float64(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_float(cast_float(call->a, args[0]));
    return 0;
}

/* What strconv.ParseInt gives beside its error: the nearest int64 for digits that are too many,
 * even when something else follows them; 0 for no number. */
static int64_t nearest_int(struct tval_string s)
{
    bool negative = s.len > 0 && s.data[0] == '-';
    uint64_t u = 0;
    size_t at = negative || (s.len > 0 && s.data[0] == '+') ? 1 : 0;
    for (size_t i = at; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return 0;
        if (__builtin_mul_overflow(u, 10, &u) ||
            __builtin_add_overflow(u, (uint64_t)(s.data[i] - '0'), &u))
            break;
    }
    return at == s.len ? 0 : negative ? INT64_MIN : INT64_MAX;
}

/* strconv.Atoi with its error dropped. */
static int numbers_atoi(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    int64_t i = 0;
    (void)call, (void)argc, (void)err;
    if (!parse_go_int(args[0].s.data, args[0].s.len, 10, &i))
        i = nearest_int(args[0].s);
    *ret = tval_int(i);
    return 0;
}

/* The value's text read as octal. */
static int numbers_to_decimal(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    int64_t i = 0;
    (void)argc, (void)err;
    tprint_sprint(&text, call->a, args, 1);
    if (!parse_go_int(buf_str(&text), text.len, 8, &i))
        i = 0;
    *ret = tval_int64(i);
    return 0;
}

/* sprig numeric.go untilStep: nothing for a step that leads away. */
static int until_step(struct tcall *call, int64_t start, int64_t stop, int64_t step,
                      struct tval *ret, struct error **err)
{
    struct items items = {.a = call->a, .elem = "int"};
    bool down = stop < start;
    for (int64_t i = start; down ? step < 0 && i > stop : step > 0 && i < stop;) {
        if (items.count >= FUNC_MAX_ITEMS)
            return error_set(err, ERROR_INPUT, "more than %d numbers", FUNC_MAX_ITEMS);
        items_add(&items, tval_int(i));
        if (__builtin_add_overflow(i, step, &i))
            break;
    }
    *ret = items_list(&items);
    return 0;
}

static int numbers_until(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc;
    return until_step(call, 0, args[0].i, args[0].i < 0 ? -1 : 1, ret, err);
}

static int numbers_until_step(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc;
    return until_step(call, args[0].i, args[1].i, args[2].i, ret, err);
}

/* The numbers as seq(1) would print them, on one line. */
static int join_numbers(struct tcall *call, int64_t start, int64_t stop, int64_t step,
                        struct tval *ret, struct error **err)
{
    struct tval numbers;
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    if (until_step(call, start, stop, step, &numbers, err) < 0)
        return -1;
    for (size_t i = 0; i < numbers.list->count; i++)
        buf_appendf(&out, "%s%lld", i > 0 ? " " : "", (long long)numbers.list->items[i].i);
    return result_buf(call, &out, ret, err);
}

static int numbers_seq(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    int64_t start = argc > 1 ? args[0].i : 1;
    int64_t end = argc > 0 ? args[argc == 3 ? 2 : argc - 1].i : 0;
    int64_t away = end < start ? -1 : 1;
    *ret = tval_cstring(call->a, "");
    if (argc == 0 || argc > 3)
        return 0;
    if (argc == 3) {
        if (end < start && args[1].i > 0)
            return 0;
        return join_numbers(call, start, wrap_add(end, away), args[1].i, ret, err);
    }
    return join_numbers(call, start, wrap_add(end, away), away, ret, err);
}

const struct tfunc tfunc_numbers[] = {
    {"add", "a*", numbers_add},
    {"add1", "a", numbers_add1},
    {"atoi", "s", numbers_atoi},
    {"biggest", "aa*", numbers_max},
    {"ceil", "a", numbers_ceil},
    {"div", "aa", numbers_div},
    {"float64", "a", numbers_float64},
    {"floor", "a", numbers_floor},
    {"int", "a", numbers_int},
    {"int64", "a", numbers_int64},
    {"max", "aa*", numbers_max},
    {"maxf", "aa*", numbers_maxf},
    {"min", "aa*", numbers_min},
    {"minf", "aa*", numbers_minf},
    {"mod", "aa", numbers_mod},
    {"mul", "aa*", numbers_mul},
    {"round", "aif*", numbers_round},
    {"seq", "i*", numbers_seq},
    {"sub", "aa", numbers_sub},
    {"toDecimal", "a", numbers_to_decimal},
    {"until", "i", numbers_until},
    {"untilStep", "iii", numbers_until_step},
    {NULL, NULL, NULL},
};
