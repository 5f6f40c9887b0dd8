/* One scalar event to its value: tags, quotes, resolution (go-yaml v2 decode.go scalar). */
#ifndef MESHCTL_DATA_YAML_SCALAR_H
#define MESHCTL_DATA_YAML_SCALAR_H

#include "meshctl/data/yaml.h"
#include "yaml_resolve.h"
#include "yaml_source.h"

#define YAML_TAG_PREFIX "tag:yaml.org,2002:"

/* What it is; for kind YAML_KIND_STRING the text is the event's own, or for !!binary what
 * `ret_bytes` then holds. */
int yaml_scalar_of_event(const struct yaml_source *s, const yaml_event_t *event,
                         struct yaml_scalar *ret_scalar, struct buf *ret_bytes, struct error **err)
    MC_WARN_UNUSED;
/* As JSON; infinities and NaN are refused as Go's encoding/json does. */
int yaml_scalar_json(const struct yaml_source *s, const yaml_event_t *event, unsigned flags,
                     json_t **ret_value, struct error **err) MC_WARN_UNUSED;

#endif
