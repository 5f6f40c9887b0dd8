/* Which values are secrets, told by where they stand, what they are called and what they look like.
 * Pure. */
#ifndef KUBE_MASK_H
#define KUBE_MASK_H

#include <stdbool.h>

#include "meshctl/data/json.h"

/* Whether all below the member `key` of `parent` is secret, whatever it looks like. `root`: parent
 * is the object itself, whose kind says more. */
bool kube_mask_member(const json_t *parent, const char *key, bool root);

/* Whether a text is, or holds, what looks like a key, a token or a password. */
bool kube_mask_text(const char *text);

/* A copy with KUBE_MASK for each secret; `all`: for everything. Sets *ret_masked (left alone
 * otherwise) when there was one. NULL stays NULL. */
json_t *kube_mask_new(const json_t *value, bool all, bool root, bool *ret_masked);

#endif
