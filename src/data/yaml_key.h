/* Keys that are no strings become strings as sigs.k8s.io/yaml
 * convertToJSONableObject makes them. */
#ifndef MESHCTL_DATA_YAML_KEY_H
#define MESHCTL_DATA_YAML_KEY_H

#include "meshctl/golang/strconv.h"
#include "yaml_scalar.h"

struct yaml_key {
    const char *text; /* in `number`, a constant, the event or the JSON value that it was made of */
    size_t len;
    char number[GOFLOAT_TEXT_SIZE];
};

int yaml_key_of_scalar(const struct yaml_source *s, const yaml_event_t *event,
                       struct yaml_key *ret_key, struct error **err) MC_WARN_UNUSED;
/* For a key that is an alias; `event` is the place. */
int yaml_key_of_json(const struct yaml_source *s, const yaml_event_t *event, const json_t *value,
                     struct yaml_key *ret_key, struct error **err) MC_WARN_UNUSED;

#endif
