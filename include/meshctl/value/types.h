/* Go's view of a value's type, and equality. */
#ifndef MESHCTL_VALUE_TYPES_H
#define MESHCTL_VALUE_TYPES_H

#include "meshctl/value/value.h"

#define TYPES_MAX_DEPTH 1000 /* nesting that is compared or copied */

/* Go's type text: "float64", "map[string]interface {}", "<nil>" ... and kind
 * text ("map", "slice"). */
const char *tval_go_type(struct tval v);
const char *tval_go_kind(struct tval v);
/* Whether two objects are equal: tobject_type's `equal`. */
bool tobject_equal(const struct tobject *x, const struct tobject *y, bool deep);
/* reflect.DeepEqual. */
bool tval_deep_equal(struct tval x, struct tval y);
/* sprig's empty: nil, 0, "", false, no elements. */
bool tval_empty(struct tval v);
/* What printing an object and handing it to functions shows: its value form, or an empty map. */
struct tval print_object_value(struct arena *a, const struct tobject *object);
/* The field of a plain struct that stands at `at` in its type's list. */
struct tval object_field(struct arena *a, const struct tobject *object, size_t at);

#endif
