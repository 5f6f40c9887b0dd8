/* Fields that a known runtime owns in the live object, whatever a chart says of them. Pure. */
#ifndef KUBE_RUNTIME_FIELDS_H
#define KUBE_RUNTIME_FIELDS_H

#include "meshctl/kube/apply.h"

/* `desired` without what such a runtime owns in `live`; a new reference, to `desired` itself when
 * there is nothing of that kind. Adds to `left_out` the fields whose value is another one there. */
json_t *kube_without_runtime_fields(json_t *desired, const json_t *live,
                                    struct kube_conflicts *left_out);

#endif
