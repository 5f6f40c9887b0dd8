/* Go's comparison functions (text/template funcs.go). */
#ifndef MESHCTL_TMPL_BUILTIN_COMPARE_H
#define MESHCTL_TMPL_BUILTIN_COMPARE_H

#include "meshctl/tmpl/func.h"

int tbuiltin_eq(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_ne(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_lt(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_le(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_gt(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int tbuiltin_ge(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);

#endif
