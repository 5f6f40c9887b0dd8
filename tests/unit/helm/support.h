/* Sets of templates with all that Helm hands in. */
#ifndef TEST_HELM_SUPPORT_H
#define TEST_HELM_SUPPORT_H

#include "meshctl/helm/engine.h"
#include "meshctl/tmpl/func.h"

static inline struct tmpl_set *open_set(struct arena *a, int helm_major)
{
    const struct helm_engine_options options = {.helm_major = helm_major};
    return helm_engine_set(helm_engine_new(a, &options));
}

static inline void close_set(struct tmpl_set *set)
{
    helm_engine_free(tset_options(set)->ctx);
}

#endif
