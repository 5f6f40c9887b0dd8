/* The engine: a set of templates with the functions of one major of Helm. */
#include "engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/sprig/sprig.h"

#define MAX_TABLES 32

static struct tfuncs functions_3, functions_4;
static pthread_once_t once_3 = PTHREAD_ONCE_INIT, once_4 = PTHREAD_ONCE_INIT;

/* Helm's own come before sprig's, which they replace where names clash. */
static void init_functions(struct tfuncs *f, const struct tfunc *const *more, size_t more_count)
{
    static const struct tfunc *const own[] = {helm_func_helm, helm_func_yaml, helm_func_toml};
    const struct tfunc *tables[MAX_TABLES];
    size_t sprig_count, count = 0;
    const struct tfunc *const *sprig = sprig_tables(&sprig_count);
    for (size_t i = 0; i < MC_ARRAY_LEN(own); i++)
        tables[count++] = own[i];
    for (size_t i = 0; i < more_count; i++)
        tables[count++] = more[i];
    for (size_t i = 0; i < sprig_count && count < MAX_TABLES; i++)
        tables[count++] = sprig[i];
    tfuncs_init(f, tables, count);
}

static void init_3(void)
{
    init_functions(&functions_3, NULL, 0);
}

static void init_4(void)
{
    static const struct tfunc *const more[] = {helm4_func_yaml, helm4_func_toml};
    init_functions(&functions_4, more, MC_ARRAY_LEN(more));
}

const struct tfuncs *helm_functions(int helm_major)
{
    if (helm_major < 4) {
        pthread_once(&once_3, init_3);
        return &functions_3;
    }
    pthread_once(&once_4, init_4);
    return &functions_4;
}

/* A range whose body reads its elements reads the next ones, too. */
static void on_ranged(void *ctx, struct tmpl_set *set, const struct tlist *list, size_t at)
{
    struct helm_engine *e = ctx;
    yaml_ahead_ranged(&e->yaml_ahead, tset_aside(set), list, at);
}

struct helm_engine *helm_engine_new(struct arena *a, const struct helm_engine_options *options)
{
    struct helm_engine *e = mem_zalloc(sizeof(*e));
    e->options = options ? *options : (struct helm_engine_options){.helm_major = 3};
    const struct tmpl_options set = {
        .functions = helm_functions(e->options.helm_major),
        .map_methods = &helm_values_methods,
        .on_ranged = on_ranged,
        .ctx = e,
        .worker = e->options.worker,
        .max_steps = e->options.max_steps,
        .max_output = e->options.max_output,
    };
    e->set = tmpl_set_new(a, &set);
    return e;
}

void helm_engine_free(struct helm_engine *e)
{
    if (!e)
        return;
    yaml_ahead_release(&e->yaml_ahead, tset_aside(e->set));
    tmpl_set_free(e->set);
    free(e);
}

struct tmpl_set *helm_engine_set(const struct helm_engine *e)
{
    return e->set;
}
