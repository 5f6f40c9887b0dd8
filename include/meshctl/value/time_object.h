/* Go's time.Time as a template value, with its methods. */
#ifndef MESHCTL_VALUE_TIME_OBJECT_H
#define MESHCTL_VALUE_TIME_OBJECT_H

#include "meshctl/golang/time.h"
#include "meshctl/value/value.h"

struct tval time_object(struct arena *a, const struct gotime *t);
/* NULL when the value is no time.Time; else borrowed. */
const struct gotime *time_object_get(struct tval v);

#endif
