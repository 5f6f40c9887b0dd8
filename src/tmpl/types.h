/* Go's view of a value's type. The declarations that functions use are in func.h. */
#ifndef MESHCTL_TMPL_TYPES_H
#define MESHCTL_TMPL_TYPES_H

#include "meshctl/tmpl/value.h"

#define TYPES_MAX_DEPTH 1000 /* nesting that is compared or copied */

/* What printing an object and handing it to functions shows: its value form, or an empty map. */
struct tval print_object_value(struct arena *a, const struct tobject *object);
/* The field of a plain struct that stands at `at` in its type's list. */
struct tval object_field(struct arena *a, const struct tobject *object, size_t at);

#endif
