/* Helm's toYamlPretty: Go values as go-yaml v3 writes them, without the way through JSON that
 * toYaml takes, so that 1e6 is 1e+06, and nil maps and lists are {} and []. */
#ifndef MESHCTL_HELM_FUNC_YAML_PRETTY_H
#define MESHCTL_HELM_FUNC_YAML_PRETTY_H

#include "meshctl/tmpl/func.h"

int func_to_yaml_pretty(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err) MC_WARN_UNUSED;

#endif
