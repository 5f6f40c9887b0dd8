/* What several function tables share: casts, lists, and the texts that Go's runtime gives when a
 * function panics. */
#ifndef MESHCTL_SPRIG_UTIL_H
#define MESHCTL_SPRIG_UTIL_H

#include "meshctl/golang/strconv.h"
#include "meshctl/sprig/sprig.h"
#include "meshctl/value/items.h"

#define SPRIG_MAX_ITEMS 1000000                        /* elements that one function may make */
#define SPRIG_MAX_COMPARED ((size_t)500 * 1000 * 1000) /* pairs that one function compares */

/* spf13/cast 1.7: ToInt64, ToFloat64. What does not convert is 0. */
int64_t cast_int64(struct arena *a, struct tval v);
double cast_float(struct arena *a, struct tval v);

/* A parameter that must be a slice; `what` begins Go's message: "Cannot find first
 * on type string". */
int list_argument(struct arena *a, struct tval v, const char *what, struct tlist **ret_list,
                  struct error **err) MC_WARN_UNUSED;
/* sprig's strslice: the strings of a list (nil left out), or of one value. */
struct tval string_list(struct arena *a, struct tval v);

/* reflect.TypeOf(nil).Kind(). */
int error_nil_dereference(struct error **err);
/* x.(T) on the wrong type. */
int error_assertion(struct tval v, const char *want, struct error **err);

#endif
