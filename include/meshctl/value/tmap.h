/* What the executor knows of maps beyond value/value.h: keys whose hash is known since the parse,
 * and copies that cost nothing until somebody looks into them. */
#ifndef MESHCTL_VALUE_TMAP_H
#define MESHCTL_VALUE_TMAP_H

#include "meshctl/value/value.h"

uint32_t tmap_hash(const char *key, size_t len);
/* A value of its own, in `a`, of what is never changed itself: a map is copied, level by level,
 * when its values are asked for. */
struct tval tval_copy(struct arena *a, struct tval v);
/* The values in no particular order, to look at only: begin with *at 0, false behind the last. */
bool tmap_next_value(const struct tmap *m, size_t *at, struct tval *ret_value);
/* As tmap_get, with tmap_hash(key, len) given. */
struct tval *tmap_get_hashed(const struct tmap *m, const char *key, size_t len, uint32_t hash);
/* As tmap_items, to look at only, in memory that is the caller's to free. */
struct tmap_item *tmap_items_dup(const struct tmap *m);
/* Room for `count` entries in a new map, without a growth in between. */
void tmap_reserve(struct arena *a, struct tmap *m, size_t count);
/* An entry more where there is room. The key is not in the map; it is not copied. */
void tmap_add(struct tmap *m, const char *key, size_t len, uint32_t hash, struct tval v);
/* tval_struct made it. */
bool tmap_is_struct(const struct tmap *m);
/* Go's element type is interface {}: true of the plain map and of named types, not of
 * map[string]string. */
bool tmap_elem_is_interface(const struct tmap *m);
/* The type is Helm's Values. */
bool tmap_has_methods(const struct tmap *m);

#endif
