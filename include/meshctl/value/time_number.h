/* Go's time.Duration, time.Month and time.Weekday as template values: objects that are named
 * numbers (tobject_type's `number`), with their methods. */
#ifndef MESHCTL_VALUE_TIME_NUMBER_H
#define MESHCTL_VALUE_TIME_NUMBER_H

#include "meshctl/value/value.h"

extern const struct tobject_type time_duration_type;
extern const struct tobject_type time_month_type;   /* 1 to 12 */
extern const struct tobject_type time_weekday_type; /* 0 to 6, from Sunday */

struct tval time_number_object(struct arena *a, const struct tobject_type *type, int64_t i);

/* Of a type whose one method is String; for time.Location too. */
extern const struct tobject_method time_name_methods[];
int time_name_member(struct arena *a, const struct tobject *self, const char *name,
                     const struct tval *args, size_t argc, struct tval *ret, struct error **err);
/* What the type's `string` writes. */
struct tval time_text(struct arena *a, const struct tobject *self, bool go_syntax);

#endif
