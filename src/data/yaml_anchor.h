/* Values on their way from YAML events to JSON, and the anchors that name some of them. */
#ifndef MESHCTL_DATA_YAML_ANCHOR_H
#define MESHCTL_DATA_YAML_ANCHOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "meshctl/base/mem.h"

struct yaml_composed {
    json_t *json;  /* owned */
    size_t nodes;  /* keys and values in it, those of expanded aliases included */
    size_t height; /* collections below it; 0 for a scalar */
};

static inline void yaml_composed_release(struct yaml_composed *v)
{
    json_decref(v->json);
}
#define AUTO_COMPOSED MC_CLEANUP(yaml_composed_release) struct yaml_composed

/* Counts a child in. */
void yaml_composed_grow(struct yaml_composed *parent, const struct yaml_composed *child);
/* Copies collections and shares scalars, so that many aliases of a long text stay cheap. */
json_t *yaml_copy(const json_t *value);

struct yaml_anchor {
    struct yaml_composed target;
    size_t use; /* which of the anchors of that name */
    bool open;  /* still being read: an alias now would be a value inside itself */
};

struct yaml_anchors {
    json_t *index; /* name to position in `items` */
    struct yaml_anchor *items;
    size_t count, cap;
    size_t uses;
};

/* NULL when there is none of that name; borrowed until the next change. */
const struct yaml_anchor *yaml_anchor_find(const struct yaml_anchors *a, const char *name);
/* From here on the name means the value that begins now. Returns what to close it with. */
size_t yaml_anchor_open(struct yaml_anchors *a, const char *name);
/* Closes it with the value, of which it keeps a reference; nothing when the name has come to mean
 * another value since, one within this. */
void yaml_anchor_close(struct yaml_anchors *a, const char *name, size_t use,
                       const struct yaml_composed *value);
/* Leaves an empty table. */
void yaml_anchors_release(struct yaml_anchors *a);

#endif
