/* Conditions of an object's status. Pure. */
#ifndef KUBE_CONDITION_H
#define KUBE_CONDITION_H

#include <stdbool.h>

#include "meshctl/data/json.h"

/* Borrowed; NULL when there is none of the type. */
const json_t *kube_condition(const json_t *object, const char *type);
/* Whether its status is "True", "False" or "Unknown"; NULL has none. */
bool kube_condition_is(const json_t *condition, const char *status);
/* "REASON: MESSAGE", cleaned and cut; yours to free. */
char *kube_condition_text_dup(const json_t *condition);

#endif
