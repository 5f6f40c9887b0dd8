/* Semantic versions in templates, named in func_flow.c's table. */
#ifndef MESHCTL_TMPL_FUNC_SEMVER_H
#define MESHCTL_TMPL_FUNC_SEMVER_H

#include "func.h"

int func_semver(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                struct error **err);
int func_semver_compare(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err);

#endif
