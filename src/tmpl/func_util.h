/* What several function tables share: Go's numeric casts, lists, strings and the texts that Go's
 * runtime gives when a function panics. */
#ifndef MESHCTL_TMPL_FUNC_UTIL_H
#define MESHCTL_TMPL_FUNC_UTIL_H

#include "func.h"
#include "meshctl/golang/strconv.h"

#define FUNC_MAX_ITEMS 1000000 /* elements that one function may make */
#define FUNC_MAX_DEPTH 1000    /* nesting that a function walks */
#define FUNC_MAX_PARTS 2000000 /* values in a value that a function writes or copies */
#define FUNC_MAX_COMPARED ((size_t)500 * 1000 * 1000) /* pairs that one function compares */

/* spf13/cast 1.7: ToInt64, ToFloat64. What does not convert is 0. */
int64_t cast_int64(struct arena *a, struct tval v);
double cast_float(struct arena *a, struct tval v);

/* nil in all its forms. */
bool value_is_nil(struct tval v);
/* As it goes into a list or map: "no value" becomes nil; an object with a value form stays itself.
 */
struct tval value_stored(struct tval v);
/* Objects as their value form, all else as it is. */
struct tval value_plain(struct arena *a, struct tval v);
/* An object with fields as a map of their Go names (tval_struct), with `flat` those of an
 * embedded struct among them; all else as it is. */
struct tval value_fields(struct arena *a, struct tval v, bool flat);

/* Refuses a value of more than FUNC_MAX_PARTS: shared parts count each time, and they may double
 * with every level. */
int value_check_size(struct tval v, struct error **err) MC_WARN_UNUSED;
/* Takes a finished buffer as the result: *ret gets its bytes. Refuses one that overflowed. */
int result_buf(struct tcall *call, const struct buf *b, struct tval *ret, struct error **err)
    MC_WARN_UNUSED;

/* Counts a slow function as this many of the executor's steps (100 ns each, or so), so that the
 * limit of an execution's time holds for it too. */
int call_spend(struct tcall *call, uint64_t steps, struct error **err) MC_WARN_UNUSED;

/* A growing list; finish it with items_list. */
struct items {
    struct arena *a;
    struct tval *data;
    size_t count;
    size_t cap;
    const char *elem;
};
void items_add(struct items *l, struct tval v);
void items_add_string(struct items *l, const char *s, size_t len);
/* An empty list is empty, not nil. */
struct tval items_list(const struct items *l);
/* Go's nil slice: no items array. It prints as [] but is null in JSON and YAML. */
struct tval list_nil(struct arena *a, const char *elem);

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
