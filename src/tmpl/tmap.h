/* What the executor knows of maps beyond tmpl/value.h: keys whose hash is known since the parse. */
#ifndef MESHCTL_TMPL_TMAP_H
#define MESHCTL_TMPL_TMAP_H

#include "meshctl/tmpl/value.h"

uint32_t tmap_hash(const char *key, size_t len);
/* The values in no particular order: begin with *at 0, false after the last one. */
bool tmap_next_value(const struct tmap *m, size_t *at, struct tval *ret_value);
/* As tmap_get, with tmap_hash(key, len) given. */
struct tval *tmap_get_hashed(const struct tmap *m, const char *key, size_t len, uint32_t hash);
/* Go's element type is interface {}: true of the plain map and of named types, not of
 * map[string]string. */
bool tmap_elem_is_interface(const struct tmap *m);
/* The type is Helm's Values. */
bool tmap_has_methods(const struct tmap *m);

#endif
