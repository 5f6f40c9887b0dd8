/* Whose an object is, as findings name it. */
#ifndef MESHCTL_PROBE_OBJECT_H
#define MESHCTL_PROBE_OBJECT_H

#include "meshctl/data/json.h"

/* Both borrowed; NULL when it has none. */
static inline const char *name_of(const json_t *object)
{
    return json_dig_str(object, "metadata", "name", NULL);
}
static inline const char *namespace_of(const json_t *object)
{
    return json_dig_str(object, "metadata", "namespace", NULL);
}

#endif
