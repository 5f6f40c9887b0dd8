/* Go's text/template with the function library that Helm charts expect: sprig 3.3 and Helm's own
 * (toYaml, fromYaml, include, tpl, required, fail, lookup ...). Output and error texts are those of
 * Go 1.26 and Helm 3.22 (and of Helm 4.3 where `compat` says so).
 *
 * A set is parsed once and executed many times. Values of one set live in one arena (tmpl/value.h);
 * maps are shared by reference between templates, as charts rely on. One thread at a time, and a
 * worker where one is given. */
#ifndef MESHCTL_TMPL_TMPL_H
#define MESHCTL_TMPL_TMPL_H

#include "meshctl/base/arena.h"
#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"
#include "meshctl/base/worker.h"
#include "meshctl/value/value.h"

struct tmpl_set;

#define TMPL_MAX_TEXT ((size_t)16 * 1024 * 1024) /* bytes of one template */
#define TMPL_MAX_OUTPUT VALUE_MAX_TEXT           /* bytes of one execution */
#define TMPL_MAX_DEPTH 10000                     /* parentheses; Go 1.26 parse.go */
#define TMPL_MAX_INCLUDE 1000                    /* nested includes of one name; Helm engine.go */
#define TMPL_MAX_CALLS 100000 /* nested {{template}}; Go exec.go; or what the C stack holds */
#define TMPL_MAX_STEPS ((uint64_t)300 * 1000 * 1000) /* of one execution: nodes walked */
#define TMPL_MAX_CPU_MS                                                                            \
    60000 /* of all executions of a set: one step may copy a million elements                      \
           */
#define TMPL_MAX_MEMORY ((size_t)2 * 1024 * 1024 * 1024) /* bytes of the arena */

/* The message of `fail` and `required` stands between these in the error, wherever in the chain it
 * was raised, as in Helm engine.go warnWrap: Helm shows that part alone, behind the outermost
 * position. */
#define TMPL_FAIL_START "HELM_ERR_START"
#define TMPL_FAIL_END "HELM_ERR_END"

struct tmpl_options {
    int helm_major; /* 3 or 4: differences in error layout */
    /* Helm's lookup; NULL: always an empty map, as `helm template`. Returns a value in `a`. */
    int (*lookup)(void *ctx, struct arena *a, const char *api_version, const char *kind,
                  const char *namespace_, const char *name, struct tval *ret_value,
                  struct error **err);
    /* Called with what toYaml made of a value; `text` is in the arena. NULL: not told. */
    void (*on_yaml)(void *ctx, struct tval value, struct tval_string text);
    void *ctx; /* of both */
    /* Parses in advance; outlives the set. NULL: nothing is done in advance. */
    struct worker *worker;
    uint64_t max_steps; /* 0: TMPL_MAX_STEPS */
    size_t max_output;  /* 0: TMPL_MAX_OUTPUT */
    size_t max_memory;  /* 0: TMPL_MAX_MEMORY */
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
/* Rewrites an error of tmpl_add ("parse error at (FILE:LINE): MSG") or of the set's last
 * tmpl_execute
 * (`required` and `fail`: "execution error at (FILE:LINE:COL): MSG"; Helm 4: one line a level) as
 * Helm's engine of the set's version reports it for the file `name`. Each returns -1. */
int tmpl_helm_parse_error(const char *name, struct error **err);
int tmpl_helm_exec_error(const struct tmpl_set *set, const char *name, struct error **err);

MC_DEFINE_CLEANUP(tmpl_set_cleanup, struct tmpl_set, tmpl_set_free);

#endif
