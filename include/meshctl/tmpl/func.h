/* Function tables, which are handed in, as Go's Funcs. A function is one row: its name, how many
 * arguments, what Go types its parameters have, and the C function. The executor (exec.c) checks
 * and converts arguments by the row before the call, so that Go's own texts for wrong counts and
 * types come out of one place; the function itself then may read args[i] by the kind that its row
 * promises. */
#ifndef MESHCTL_TMPL_FUNC_H
#define MESHCTL_TMPL_FUNC_H

#include "meshctl/base/aside.h"
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

/* Names and what they call. To look at only, by any thread, once it is made. */
#define TFUNCS_SLOTS 1024 /* a power of two, well above the number of functions */
struct tfuncs {
    const struct tfunc *slots[TFUNCS_SLOTS];
};
/* Of tables that each end with a NULL name; where names clash the first table wins. Go's builtins
 * come last, so that sprig's functions replace them (`slice`). */
void tfuncs_init(struct tfuncs *f, const struct tfunc *const *tables, size_t count);
/* NULL when no function has that name. */
const struct tfunc *tfuncs_find(const struct tfuncs *f, const char *name, size_t len);

/* What the set was made with; never NULL. */
const struct tmpl_options *tset_options(const struct tmpl_set *set);
/* What the set's worker does in advance may be more than templates: its owner's jobs, too. */
struct aside *tset_aside(struct tmpl_set *set);

/* Takes a finished buffer as the result: *ret gets its bytes. Refuses one that overflowed. */
int result_buf(struct tcall *call, const struct buf *b, struct tval *ret, struct error **err)
    MC_WARN_UNUSED;
/* Counts a slow function as this many of the executor's steps (100 ns each, or so), so that the
 * limit of an execution's time holds for it too. */
int call_spend(struct tcall *call, uint64_t steps, struct error **err) MC_WARN_UNUSED;

/* Error texts of functions carry no prefix: the executor wraps them as Go does ("error calling
 * NAME: TEXT"). Use ERROR_INPUT. */

/* Runs a named template into `out` (include, with Helm's counter of nested uses), or parses and
 * runs a text (tpl, with Helm's error texts; "<no value>" is removed). Both append: engine.c. */
int texec_include(struct tcall *call, const char *name, size_t len, struct tval data,
                  struct buf *out, struct error **err) MC_WARN_UNUSED;
int texec_tpl(struct tcall *call, const char *text, size_t len, struct tval data, struct buf *out,
              struct error **err) MC_WARN_UNUSED;

#endif
