/* sprig's derivePassword, named in crypto.c's table. */
#ifndef MESHCTL_SPRIG_DERIVE_H
#define MESHCTL_SPRIG_DERIVE_H

#include "meshctl/tmpl/func.h"

int func_derive_password(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err);

#endif
