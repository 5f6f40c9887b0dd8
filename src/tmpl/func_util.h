/* What several function tables share: Go's numeric casts, lists, strings and the texts that Go's
 * runtime gives when a function panics. */
#ifndef MESHCTL_TMPL_FUNC_UTIL_H
#define MESHCTL_TMPL_FUNC_UTIL_H

#include "func.h"
#include "meshctl/golang/strconv.h"
#include "meshctl/value/items.h"

#define FUNC_MAX_ITEMS 1000000                        /* elements that one function may make */
#define FUNC_MAX_COMPARED ((size_t)500 * 1000 * 1000) /* pairs that one function compares */

/* spf13/cast 1.7: ToInt64, ToFloat64. What does not convert is 0. */
int64_t cast_int64(struct arena *a, struct tval v);
double cast_float(struct arena *a, struct tval v);

/* Takes a finished buffer as the result: *ret gets its bytes. Refuses one that overflowed. */
int result_buf(struct tcall *call, const struct buf *b, struct tval *ret, struct error **err)
    MC_WARN_UNUSED;

/* Counts a slow function as this many of the executor's steps (100 ns each, or so), so that the
 * limit of an execution's time holds for it too. */
int call_spend(struct tcall *call, uint64_t steps, struct error **err) MC_WARN_UNUSED;

/* A parameter that must be a slice; `what` begins Go's message: "Cannot find first on type string".
 */
int list_argument(struct arena *a, struct tval v, const char *what, struct tlist **ret_list,
                  struct error **err) MC_WARN_UNUSED;
/* sprig's strslice: the strings of a list (nil left out), or of one value. */
struct tval string_list(struct arena *a, struct tval v);

/* reflect.TypeOf(nil).Kind(). */
int error_nil_dereference(struct error **err);
/* x.(T) on the wrong type. */
int error_assertion(struct tval v, const char *want, struct error **err);

#endif
