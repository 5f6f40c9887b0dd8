/* Whose an object is, as findings name it. */
#ifndef MESHCTL_PROBE_OBJECT_H
#define MESHCTL_PROBE_OBJECT_H

#include "meshctl/base/mem.h"
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

/* "NAME.NAMESPACE": what istiod calls the proxy of a pod. Yours to free. */
static inline char *proxy_of_dup(const json_t *pod)
{
    return mem_printf("%s.%s", name_of(pod), namespace_of(pod));
}

#endif
