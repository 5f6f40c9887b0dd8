/* mergo's deep merge. */
#include "meshctl/value/merge.h"

#include "meshctl/base/budget.h"
#include "meshctl/value/types.h"

static int merge_at(struct arena *a, struct tmap *into, const struct tmap *from, bool overwrite,
                    int depth, struct error **err);

/* mergo's isEmptyValue on an element; a struct (an object here) is never empty, and neither is what
 * tval_empty calls empty but nil pointers. */
static bool is_unset(const struct tval *v)
{
    return !v || tval_empty(*v);
}

/* One key of the source that is not nil. */
static int merge_key(struct arena *a, struct tmap *into, const struct tmap_item *item,
                     bool overwrite, int depth, struct error **err)
{
    const char *key = item->key.data;
    size_t len = item->key.len;
    const struct tval *old = tmap_get(into, key, len);
    /* A nil map in the destination cannot be filled: it is replaced below. */
    if (old && old->kind == TVAL_MAP && item->value.kind == TVAL_MAP && !tmap_is_nil(old->map)) {
        struct tmap *below = old->map;
        if (merge_at(a, below, item->value.map, overwrite, depth + 1, err) < 0)
            return -1;
        /* Looked up again: with shared maps the merge below may have changed this one. mergo asks
         * for emptiness only now, so that an empty map that was filled stays. */
        if (tmap_count(below) > 0)
            return 0;
    }
    if (overwrite || is_unset(tmap_get(into, key, len)))
        tmap_set(a, into, key, len, item->value);
    return 0;
}

static int merge_at(struct arena *a, struct tmap *into, const struct tmap *from, bool overwrite,
                    int depth, struct error **err)
{
    if (depth > MERGE_MAX_DEPTH)
        return error_set(err, ERROR_INPUT, "the maps to merge are nested deeper than %d levels",
                         MERGE_MAX_DEPTH);
    if (budget_look())
        return budget_fail(err);
    const struct tmap_item *items = tmap_items(a, from);
    for (size_t i = 0, n = tmap_count(from); i < n; i++) {
        bool is_nil = items[i].value.kind == TVAL_NIL || items[i].value.kind == TVAL_NONE;
        if (is_nil && overwrite)
            tmap_set(a, into, items[i].key.data, items[i].key.len, items[i].value);
        if (!is_nil && merge_key(a, into, &items[i], overwrite, depth, err) < 0)
            return -1;
    }
    return 0;
}

int merge_maps(struct arena *a, struct tmap *into, const struct tmap *from, bool overwrite,
               struct error **err)
{
    return merge_at(a, into, from, overwrite, 0, err);
}
