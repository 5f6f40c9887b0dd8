/* Arithmetic, rounding, and counting loops. */
#include <math.h>
#include <string.h>

#include "util.h"

/* ---- integers ---- */

/* x op y; false for a division by zero. Go's integers wrap around. */
static bool apply(char op, int64_t *x, int64_t y)
{
    uint64_t u = (uint64_t)*x;
    if ((op == '/' || op == '%') && y == 0)
        return false;
    switch (op) {
    case '+':
        *x = (int64_t)(u + (uint64_t)y);
        break;
    case '-':
        *x = (int64_t)(u - (uint64_t)y);
        break;
    case '*':
        *x = (int64_t)(u * (uint64_t)y);
        break;
    case '/':
        *x = y == -1 ? (int64_t)-u : *x / y;
        break;
    case '%':
        *x = y == -1 ? 0 : *x % y;
        break;
    case '>':
        *x = y > *x ? y : *x;
        break;
    default:
        *x = y < *x ? y : *x;
        break;
    }
    return true;
}

/* From the first argument on; 0 for none. */
static int fold(struct arena *a, const struct tval *args, size_t argc, char op, struct tval *ret,
                struct error **err)
{
    int64_t x = argc > 0 ? cast_int64(a, args[0]) : 0;
    for (size_t i = 1; i < argc; i++)
        if (!apply(op, &x, cast_int64(a, args[i])))
            return error_set(err, ERROR_INPUT, "runtime error: integer divide by zero");
    *ret = tval_int64(x);
    return 0;
}

#define FOLD(name, op)                                                                             \
    static int numbers_##name(struct tcall *call, const struct tval *args, size_t argc,            \
                              struct tval *ret, struct error **err)                                \
    {                                                                                              \
        return fold(call->a, args, argc, op, ret, err);                                            \
    }
FOLD(add, '+')
FOLD(sub, '-')
FOLD(mul, '*')
FOLD(div, '/')
FOLD(mod, '%')
FOLD(max, '>')
FOLD(min, '<')

static int64_t plus_one(int64_t i)
{
    (void)apply('+', &i, 1);
    return i;
}

/* ---- one number ---- */

/* The value's text as octal, with the error dropped; cast reads no number out of range. */
static int64_t from_octal(struct arena *a, struct tval v)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    int64_t i;
    tprint_sprint(&text, a, &v, 1);
    return goint_parse(buf_str(&text), text.len, 8, &i) == GONUM_OK ? i : 0;
}

/* strconv.Atoi with its error dropped: the nearest number when it is out of range. */
static int64_t atoi_of(struct tval_string s)
{
    int64_t i;
    (void)goint_parse(s.data, s.len, 10, &i);
    return i;
}

#define OF_ONE(name, value)                                                                        \
    static int numbers_##name(struct tcall *call, const struct tval *args, size_t argc,            \
                              struct tval *ret, struct error **err)                                \
    {                                                                                              \
        (void)call, (void)argc, (void)err;                                                         \
        *ret = value;                                                                              \
        return 0;                                                                                  \
    }
OF_ONE(add1, tval_int64(plus_one(cast_int64(call->a, args[0]))))
OF_ONE(atoi, tval_int(atoi_of(args[0].s)))
OF_ONE(ceil, tval_float(ceil(cast_float(call->a, args[0]))))
OF_ONE(float64, tval_float(cast_float(call->a, args[0])))
OF_ONE(floor, tval_float(floor(cast_float(call->a, args[0]))))
OF_ONE(int, tval_int(cast_int64(call->a, args[0])))
OF_ONE(int64, tval_int64(cast_int64(call->a, args[0])))
OF_ONE(to_decimal, tval_int64(from_octal(call->a, args[0])))

/* ---- floats ---- */

/* Go's math.Max and, with sign -1, math.Min: the infinity on their side beats NaN, NaN all else,
 * and -0 is below 0. */
static double go_max(double x, double y, double sign)
{
    if (x == sign * INFINITY || y == sign * INFINITY)
        return sign * INFINITY;
    if (isnan(x) || isnan(y))
        return NAN;
    if (x == 0 && y == 0)
        return signbit(x) == (sign > 0) ? y : x;
    return sign * x > sign * y ? x : y;
}

static int extreme(struct tcall *call, const struct tval *args, size_t argc, double sign,
                   struct tval *ret)
{
    double x = cast_float(call->a, args[0]);
    for (size_t i = 1; i < argc; i++)
        x = go_max(x, cast_float(call->a, args[i]), sign);
    *ret = tval_float(x);
    return 0;
}

static int numbers_maxf(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)err;
    return extreme(call, args, argc, 1, ret);
}

static int numbers_minf(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)err;
    return extreme(call, args, argc, -1, ret);
}

/* Go's math.Pow(10, n) by its own steps (math/pow.go), whose last bit is not always that of C. */
static double go_pow10(int64_t n)
{
    double product = 1;
    double factor = 0.625;
    int64_t exponent = 0;
    int64_t factor_exponent = 4;
    for (uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n; left > 0; left >>= 1) {
        if (factor_exponent > 1 << 12) {
            exponent += factor_exponent;
            break;
        }
        if (left & 1) {
            product *= factor;
            exponent += factor_exponent;
        }
        factor *= factor;
        factor_exponent *= 2;
        if (factor < .5) {
            factor *= 2;
            factor_exponent--;
        }
    }
    return n < 0 ? ldexp(1 / product, (int)-exponent) : ldexp(product, (int)exponent);
}

/* sprig numeric.go round: half up by default, towards minus infinity for all below. */
static int numbers_round(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    double round_on = argc > 2 ? args[2].f : 0.5;
    double pow10 = go_pow10(args[1].i);
    double digit = pow10 * cast_float(call->a, args[0]);
    double whole;
    (void)err;
    *ret = tval_float((modf(digit, &whole) >= round_on ? ceil(digit) : floor(digit)) / pow10);
    return 0;
}

/* ---- sequences ---- */

/* sprig numeric.go untilStep: nothing for a step that leads away. */
static int until_step(struct tcall *call, int64_t start, int64_t stop, int64_t step,
                      struct tval *ret, struct error **err)
{
    struct items items = {.a = call->a, .elem = "int"};
    bool down = stop < start;
    for (int64_t i = start; down ? step < 0 && i > stop : step > 0 && i < stop;) {
        if (items.count >= SPRIG_MAX_ITEMS)
            return error_set(err, ERROR_INPUT, "more than %d numbers", SPRIG_MAX_ITEMS);
        items_add(&items, tval_int(i));
        (void)apply('+', &i, step); /* which wraps around, as Go's does */
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
    *ret = tval_cstring(call->a, "");
    if (argc == 0 || argc > 3)
        return 0;
    int64_t start = argc > 1 ? args[0].i : 1;
    int64_t end = args[argc - 1].i;
    int64_t away = end < start ? -1 : 1;
    int64_t step = argc == 3 ? args[1].i : away;
    if (end < start && step > 0)
        return 0;
    (void)apply('+', &end, away);
    return join_numbers(call, start, end, step, ret, err);
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
