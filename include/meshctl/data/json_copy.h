/* Deep copies of values that somebody else made large. */
#ifndef MESHCTL_DATA_JSON_COPY_H
#define MESHCTL_DATA_JSON_COPY_H

#include <jansson.h>

/* As json_deep_copy, in insertion order; when the thread's budget is over, a part of it. Yours to
 * free. */
json_t *json_copy_dup(const json_t *value);

#endif
