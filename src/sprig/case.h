/* Functions on the case and the words of a string, named in strings.c's table. */
#ifndef MESHCTL_SPRIG_CASE_H
#define MESHCTL_SPRIG_CASE_H

#include "meshctl/tmpl/func.h"

int func_upper(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err);
int func_lower(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err);
int func_title(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
               struct error **err);
int func_untitle(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                 struct error **err);
int func_swapcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                  struct error **err);
int func_camelcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err);
int func_snakecase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err);
int func_kebabcase(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                   struct error **err);

#endif
