/* The set of templates and what its executions share. */
#ifndef MESHCTL_TMPL_ENGINE_H
#define MESHCTL_TMPL_ENGINE_H

#include "meshctl/base/aside.h"
#include "parse.h"
#include "parse_ahead.h"

/* Helm's root template; its name stands in errors about missing templates and tpl texts. */
#define ENGINE_ROOT "gotpl"

/* Where names are looked up: a tpl text's own defines hide the set's while the text runs. */
struct tspace {
    const struct tspace *outer; /* NULL: next comes the set */
    const struct tunit *unit;
};

struct tvar {
    const struct node_name *name;
    struct tval value;
};

struct tmpl_set {
    struct arena *a;
    struct aside aside;
    struct parse_ahead parse_ahead;
    struct tmpl_options options;
    struct tmap *names; /* name -> number of its tree */
    struct ttree **trees;
    size_t trees_count;
    size_t trees_cap;
    /* tpl text -> number of its unit: charts run the same text again and again. */
    struct tmap *texts;
    struct tunit *units;
    size_t units_count;
    size_t units_cap;
    struct tmap *include_depth; /* name -> how many of its includes are running */
    struct tvar *vars;          /* the stack of variables of all running templates */
    size_t vars_count;
    size_t vars_cap;
    uint64_t steps;
    /* Of the error on its way up: */
    bool nested_error;  /* it just came out of an include */
    bool foreign_error; /* it began in a function, not in the executor */
    size_t *levels;     /* its length at each level, innermost first */
    size_t levels_count;
    size_t levels_cap;
};

/* Go Template.Lookup; `space` may be NULL. NULL when there is none. */
const struct ttree *engine_lookup(const struct tmpl_set *set, const struct tspace *space,
                                  const char *name, size_t len);
/* Runs a template in a space, appending to `out`. */
int engine_run(struct tmpl_set *set, const struct tspace *space, const struct ttree *tree,
               struct tval dot, struct buf *out, struct error **err) MC_WARN_UNUSED;
/* Notes that the error has got `len` bytes; `first` forgets all levels before. */
void engine_note_level(struct tmpl_set *set, size_t len, bool first);
/* As Go's ExecuteTemplate. */
int engine_run_named(struct tmpl_set *set, const struct tspace *space, const char *name, size_t len,
                     struct tval dot, struct buf *out, struct error **err) MC_WARN_UNUSED;

#endif
