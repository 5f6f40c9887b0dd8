/* The set of templates: made, filled, executed. */
#include "meshctl/tmpl/tmpl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "meshctl/base/budget.h"
#include "meshctl/tmpl/func.h"

static struct tfuncs builtins;
static pthread_once_t builtins_once = PTHREAD_ONCE_INIT;

static void builtins_init(void)
{
    tfuncs_init(&builtins, NULL, 0);
}

static const struct tfuncs *builtins_alone(void)
{
    pthread_once(&builtins_once, builtins_init);
    return &builtins;
}

struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_options *options)
{
    struct tmpl_set *set = mem_zalloc(sizeof(*set));
    set->a = a;
    if (options)
        set->options = *options;
    if (!set->options.functions)
        set->options.functions = builtins_alone();
    set->aside = (struct aside){.worker = set->options.worker, .arenas = {a, arena_new()}};
    set->names = tval_map(a).map;
    set->texts = tval_map(a).map;
    set->include_depth = tval_map(a).map;
    return set;
}

void tmpl_set_free(struct tmpl_set *set)
{
    if (!set)
        return;
    parse_ahead_release(&set->parse_ahead, &set->aside);
    arena_free(set->aside.arenas[WORKER_ASIDE]);
    free(set->trees);
    free(set->units);
    free(set->vars);
    free(set->levels);
    free(set);
}

/* Go template.go associate: the newer one wins unless it is empty. */
static void set_tree(struct tmpl_set *set, struct ttree *tree)
{
    const struct tval *number = tmap_get(set->names, tree->name.data, tree->name.len);
    if (number) {
        if (!tree->empty)
            set->trees[number->i] = tree;
        return;
    }
    set->trees =
        mem_grow(set->trees, &set->trees_cap, set->trees_count + 1, sizeof(struct ttree *));
    tmap_set(set->a, set->names, tree->name.data, tree->name.len,
             tval_int((int64_t)set->trees_count));
    set->trees[set->trees_count++] = tree;
}

void tmpl_parse_ahead(struct tmpl_set *set, const char *name, const char *text, size_t len)
{
    if (len <= TMPL_MAX_TEXT)
        parse_ahead_add(&set->parse_ahead, &set->aside, set->options.functions, name, text, len);
}

int tmpl_add(struct tmpl_set *set, const char *name, const char *text, size_t len,
             struct error **err)
{
    if (len > TMPL_MAX_TEXT) {
        error_set(err, ERROR_INPUT, "template: %s: larger than %zu bytes", name, TMPL_MAX_TEXT);
        return error_where(err, "%s", name);
    }
    struct tunit unit;
    if (!parse_ahead_take(&set->parse_ahead, &set->aside, name, text, &unit) &&
        tunit_parse(set->a, set->options.functions, name, strlen(name), text, len, &unit, err) < 0)
        return -1;
    for (size_t i = 0; i < unit.count; i++)
        set_tree(set, unit.trees[i]);
    return 0;
}

int tmpl_execute(struct tmpl_set *set, const char *name, struct tval dot, struct buf *out,
                 struct error **err)
{
    size_t max = set->options.max_output ? set->options.max_output : TMPL_MAX_OUTPUT;
    size_t own_max = out->max;
    if (!own_max || own_max > out->len + max)
        out->max = out->len + max;
    set->steps = 0;
    set->vars_count = 0;
    set->nested_error = set->foreign_error = false;
    int failed = engine_run_named(set, NULL, name, strlen(name), dot, out, err);
    out->max = own_max;
    if (!failed && budget_check(err) < 0)
        return -1;
    if (!failed && out->overflow) {
        return error_set(err, ERROR_INPUT, "template: %s: the output is larger than %zu bytes",
                         name, max);
    }
    return failed;
}

struct tmpl_trace tmpl_trace(const struct tmpl_set *set)
{
    return (struct tmpl_trace){
        .levels = set->levels, .count = set->levels_count, .is_foreign = set->foreign_error};
}
