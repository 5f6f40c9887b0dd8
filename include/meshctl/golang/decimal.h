/* Exact decimal numbers: what sprig's addf, subf, mulf and divf need of shopspring/decimal. */
#ifndef MESHCTL_GOLANG_DECIMAL_H
#define MESHCTL_GOLANG_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

#define GODECIMAL_MAX_DIGITS 50000   /* of a number on the way */
#define GODECIMAL_FLOAT_DIGITS 17    /* that the shortest text of a float64 has at most */
#define GODECIMAL_DIVISION_DIGITS 16 /* behind the point: decimal.DivisionPrecision */

/* digits * 10^exp, or its negative. */
struct godecimal {
    struct buf digits; /* bytes 0 to 9, the lowest first, no zeros at the high end; 0 has none */
    bool negative;
    int64_t exp;
};

/* Each takes an empty *ret, whose digits are yours to release. y of a product and of a quotient is
 * one that came from a float64. Errors: NewFromFloat's of NaN and infinities, a division by 0, and
 * a number of more than GODECIMAL_MAX_DIGITS digits. */
int godecimal_from_float(double f, struct godecimal *ret, struct error **err) MC_WARN_UNUSED;
int godecimal_add(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err) MC_WARN_UNUSED;
int godecimal_sub(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err) MC_WARN_UNUSED;
int godecimal_mul(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err) MC_WARN_UNUSED;
/* Halves away from zero. */
int godecimal_div(const struct godecimal *x, const struct godecimal *y, struct godecimal *ret,
                  struct error **err) MC_WARN_UNUSED;
/* The nearest float64, an infinity past the largest. */
double godecimal_to_float(const struct godecimal *d);

void godecimal_release(struct godecimal *d);
#define AUTO_DECIMAL MC_CLEANUP(godecimal_release) struct godecimal

#endif
