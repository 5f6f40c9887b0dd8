/* The function tables. A function is one row: its name, how many arguments, what Go types its
 * parameters have, and the C function. The executor (exec.c) checks and converts arguments by the
 * row before the call, so that Go's own texts for wrong counts and types come out of one place; the
 * function itself then may read args[i] by the kind that its row promises. */
#ifndef MESHCTL_TMPL_FUNC_H
#define MESHCTL_TMPL_FUNC_H

#include "meshctl/base/buf.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/tmpl/tmpl.h"
#include "meshctl/value/fmt.h"
#include "meshctl/value/types.h"

struct tmpl_set;

/* What a function may need of the execution around it. */
struct tcall {
    struct arena *a;
    struct tmpl_set *set;
    void *exec; /* the running execution (exec.c); for include, tpl and call */
};

typedef int (*tfunc_fn)(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err);

/* Parameter types, one letter each:
 *   a  interface {}            any kind, TVAL_NIL and TVAL_NONE included (as Go: none becomes nil)
 *   s  string                  i  int (literal converts; float64 and int64 values do not)
 *   b  bool                    m  map[string]interface {} (named map types pass; none becomes an
 *   l  []interface {}             empty nil map (tmap_is_nil), TVAL_NIL is a type error)
 *   f  float64                 u  uint32 (literals only; arrives as TVAL_INT)
 *   c  sprig.certificate
 *   v  reflect.Value           any kind, but the three nils stay apart (Go's builtins)
 *   t  time.Time               z  *time.Location (nil arrives as TVAL_NIL)
 *   d  time.Duration (a literal or a Duration; arrives as TVAL_INT64)
 * A final '*' repeats the letter before it, zero or more times: "s*", "sa*". */
struct tfunc {
    const char *name;
    const char *params;
    tfunc_fn fn; /* NULL for what the executor does itself: the builtins and, or, call */
};

/* One table a topic, ended by a NULL name; func.c lists them all. */
extern const struct tfunc
    tfunc_builtin[]; /* func_builtin.c: and or not len index slice call print ... */
extern const struct tfunc tfunc_strings[];
extern const struct tfunc tfunc_lists[];
extern const struct tfunc tfunc_dicts[];
extern const struct tfunc tfunc_numbers[];
extern const struct tfunc tfunc_decimals[]; /* addf, divf ...: arithmetic without rounding */
extern const struct tfunc tfunc_dates[];
extern const struct tfunc tfunc_types[];
extern const struct tfunc tfunc_encoding[]; /* base64, JSON, YAML, digests */
extern const struct tfunc tfunc_crypto[];   /* passwords, keys, certificates */
extern const struct tfunc tfunc_random[];
extern const struct tfunc tfunc_toml[];
extern const struct tfunc tfunc_regex[];
extern const struct tfunc tfunc_paths[]; /* base, dir, ext ...; urlParse, urlJoin */
extern const struct tfunc tfunc_flow[];  /* default, required, fail, include, tpl, lookup, semver */

/* What the set was made with; never NULL. */
const struct tmpl_options *tset_options(const struct tmpl_set *set);

/* NULL when no function has that name. */
const struct tfunc *tfunc_find(const char *name, size_t len);
/* Helm 3 does not have it. */
bool tfunc_is_helm4(const struct tfunc *f);

/* Error texts of functions carry no prefix: the executor wraps them as Go does ("error calling
 * NAME: TEXT"). Use ERROR_INPUT. */

/* Runs a named template into `out` (include, with Helm's counter of nested uses), or parses and
 * runs a text (tpl, with Helm's error texts; "<no value>" is removed). Both append: engine.c. */
int texec_include(struct tcall *call, const char *name, size_t len, struct tval data,
                  struct buf *out, struct error **err) MC_WARN_UNUSED;
int texec_tpl(struct tcall *call, const char *text, size_t len, struct tval data, struct buf *out,
              struct error **err) MC_WARN_UNUSED;

#endif
