/* Sets of templates with sprig's functions and no others. */
#ifndef TEST_SPRIG_SUPPORT_H
#define TEST_SPRIG_SUPPORT_H

#include "meshctl/sprig/sprig.h"

static struct tfuncs functions;

static inline struct tmpl_set *open_set(struct arena *a, int helm_major)
{
    size_t count;
    const struct tfunc *const *tables = sprig_tables(&count);
    const struct tmpl_options options = {.functions = &functions};
    (void)helm_major;
    tfuncs_init(&functions, tables, count);
    return tmpl_set_new(a, &options);
}

static inline void close_set(struct tmpl_set *set)
{
    tmpl_set_free(set);
}

#endif
