/* What Helm's functions share. */
#ifndef MESHCTL_HELM_ENGINE_PRIVATE_H
#define MESHCTL_HELM_ENGINE_PRIVATE_H

#include "func_yaml_ahead.h"
#include "meshctl/helm/engine.h"
#include "meshctl/tmpl/func.h"

struct helm_engine {
    struct helm_engine_options options;
    struct tmpl_set *set;
    struct yaml_ahead yaml_ahead;
};

/* The engine whose template calls. */
static inline struct helm_engine *helm_engine_of(const struct tcall *call)
{
    return tset_options(call->set)->ctx;
}

extern const struct tfunc helm_func_helm[];
extern const struct tfunc helm_func_yaml[];
extern const struct tfunc helm_func_toml[];
extern const struct tfunc helm4_func_yaml[]; /* what Helm 3 does not have */
extern const struct tfunc helm4_func_toml[];
/* The methods of Helm's Values type (pkg/chartutil/values.go, in Helm 4 pkg/chart/common). */
extern const struct tmap_methods helm_values_methods;

/* All functions of that major; made once. */
const struct tfuncs *helm_functions(int helm_major);

#endif
