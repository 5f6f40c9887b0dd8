/* Go's text/template. What functions there are besides the language's own is handed in. Output and
 * error texts are those of Go 1.26.
 *
 * A set is parsed once and executed many times. Values of one set live in one arena
 * (value/value.h); maps are shared by reference between templates, as charts rely on. One thread at
 * a time, and a worker where one is given. How much memory and time it may take is for the thread's
 * budget to say (base/budget.h): past it an execution ends with the budget's error. */
#ifndef MESHCTL_TMPL_TMPL_H
#define MESHCTL_TMPL_TMPL_H

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/worker.h"
#include "meshctl/value/value.h"

struct tmpl_set;
struct tfuncs;

#define TMPL_MAX_TEXT ((size_t)16 * 1024 * 1024) /* bytes of one template */
#define TMPL_MAX_OUTPUT VALUE_MAX_TEXT           /* bytes of one execution */
#define TMPL_MAX_DEPTH 10000                     /* parentheses; Go 1.26 parse.go */
#define TMPL_MAX_INCLUDE 1000                    /* nested includes of one name; Helm engine.go */
#define TMPL_MAX_CALLS 100000 /* nested {{template}}; Go exec.go; or what the C stack holds */
#define TMPL_MAX_STEPS ((uint64_t)300 * 1000 * 1000) /* of one execution: nodes walked */

/* The methods of maps with a named type (tmap_has_methods). */
struct tmap_methods {
    const struct tobject_method *methods; /* ended by a NULL name */
    int (*call)(struct arena *a, const struct tmap *m, const char *method, const struct tval *args,
                struct tval *ret, struct error **err);
};

/* All borrowed for the set's life. */
struct tmpl_options {
    const struct tfuncs *functions;         /* tmpl/func.h; NULL: Go's builtins alone */
    const struct tmap_methods *map_methods; /* NULL: none */
    /* Told when a range has done with its element number `at`. NULL: not told. */
    void (*on_ranged)(void *ctx, struct tmpl_set *set, const struct tlist *list, size_t at);
    void *ctx; /* for that, and for functions, by tset_options */
    /* Parses in advance. NULL: nothing is done in advance. */
    struct worker *worker;
    uint64_t max_steps; /* 0: TMPL_MAX_STEPS */
    size_t max_output;  /* 0: TMPL_MAX_OUTPUT */
};

struct tmpl_set *tmpl_set_new(struct arena *a, const struct tmpl_options *options);
void tmpl_set_free(struct tmpl_set *set);
/* Begins to parse what tmpl_add may be given. Name and text must outlive the set. */
void tmpl_parse_ahead(struct tmpl_set *set, const char *name, const char *text, size_t len);
/* Parses a template under its name; `define`s in it join the set (a later one of the same name
 * wins, but an empty body never replaces a full one). The text must outlive the set. Errors are
 * Go's: "template: NAME:LINE: MSG". */
int tmpl_add(struct tmpl_set *set, const char *name, const char *text, size_t len,
             struct error **err) MC_WARN_UNUSED;
/* Executes the named template with `dot`, appends to `out`. Errors are Go's: "template:
 * NAME:LINE:COL: executing ... at <...>: MSG", where = NAME:LINE:COL of the outermost. `out` then
 * holds a part. */
int tmpl_execute(struct tmpl_set *set, const char *name, struct tval dot, struct buf *out,
                 struct error **err) MC_WARN_UNUSED;
/* Removes every "<no value>" behind `from`, as Helm does with what a file rendered to. */
void tmpl_drop_no_value(struct buf *out, size_t from);
/* Where the error of the last tmpl_execute came along: how long its message was at each level,
 * innermost first, and whether it began in a function. Borrowed until the next execution. */
struct tmpl_trace {
    const size_t *levels;
    size_t count;
    bool is_foreign;
};
struct tmpl_trace tmpl_trace(const struct tmpl_set *set);

MC_DEFINE_CLEANUP(tmpl_set_cleanup, struct tmpl_set, tmpl_set_free);

#endif
