/* Whether an apply would change nothing, told from the live object alone. Pure. */
#ifndef KUBE_OWNED_H
#define KUBE_OWNED_H

#include <stdbool.h>

#include "meshctl/data/json.h"

/* True when the live object has every value of `desired`, and `manager` has already applied exactly
 * these fields: then the server-side apply of `desired` by `manager` leaves the object as it is.
 * False whenever that cannot be told for sure without the server's schema. */
bool kube_owned_exactly(const json_t *desired, const json_t *live, const char *manager);

/* Which element of a list's fields (`k:{"name":"x"}`, `v:...`) the item is; NULL when none or
 * several. Borrowed. */
const char *kube_owned_element(const json_t *fields, const json_t *item);

#endif
