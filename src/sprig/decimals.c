/* addf, subf, mulf, divf and their kin. */
#include "meshctl/base/budget.h"
#include "meshctl/golang/decimal.h"
#include "util.h"

/* sprig numeric.go execDecimalOp: the arguments as decimals, from left to right, and the result as
 * a float64. */
typedef int (*decimal_op)(const struct godecimal *x, const struct godecimal *y,
                          struct godecimal *ret, struct error **err);

static int apply(struct godecimal *total, double f, decimal_op op, struct error **err)
{
    AUTO_DECIMAL before = *total;
    AUTO_DECIMAL d = {.exp = 0};
    *total = (struct godecimal){.exp = 0};
    if (godecimal_from_float(f, &d, err) < 0)
        return -1;
    return op(&before, &d, total, err);
}

static int chain(struct tcall *call, double first, const struct tval *args, size_t argc,
                 decimal_op op, struct tval *ret, struct error **err)
{
    AUTO_DECIMAL total = {.exp = 0};
    if (godecimal_from_float(first, &total, err) < 0)
        return -1;
    for (size_t i = 0; i < argc; i++)
        if (budget_check(err) < 0 || apply(&total, cast_float(call->a, args[i]), op, err) < 0)
            return -1;
    *ret = tval_float(godecimal_to_float(&total));
    return 0;
}

static int decimals_add(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    return chain(call, 0, args, argc, godecimal_add, ret, err);
}

static int decimals_add1(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    const struct tval one = tval_int(1);
    (void)argc;
    return chain(call, cast_float(call->a, args[0]), &one, 1, godecimal_add, ret, err);
}

static int decimals_sub(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    return chain(call, cast_float(call->a, args[0]), args + 1, argc - 1, godecimal_sub, ret, err);
}

static int decimals_mul(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    return chain(call, cast_float(call->a, args[0]), args + 1, argc - 1, godecimal_mul, ret, err);
}

static int decimals_div(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    return chain(call, cast_float(call->a, args[0]), args + 1, argc - 1, godecimal_div, ret, err);
}

const struct tfunc tfunc_decimals[] = {
    {"add1f", "a", decimals_add1}, {"addf", "a*", decimals_add},  {"divf", "aa*", decimals_div},
    {"mulf", "aa*", decimals_mul}, {"subf", "aa*", decimals_sub}, {NULL, NULL, NULL},
};
