/* Semantic versions in templates, named in flow.c's table. */
#ifndef MESHCTL_SPRIG_SEMVERS_H
#define MESHCTL_SPRIG_SEMVERS_H

#include "meshctl/tmpl/func.h"

int func_semver(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_semver_compare(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err);

#endif
