/* Shortening and wrapping of text as Masterminds/goutils does it, named in
 * strings.c's table. */
#ifndef MESHCTL_SPRIG_WRAP_H
#define MESHCTL_SPRIG_WRAP_H

#include "meshctl/tmpl/func.h"

int func_abbrev(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_abbrevboth(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err);
int func_wrap(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
              struct error **err);
int func_wrap_with(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err);

#endif
