/* Lists that grow, and the forms in which values go into lists and maps. */
#include "meshctl/value/items.h"
#include "meshctl/base/budget.h"

#include <ctype.h>
#include <string.h>

#include "meshctl/value/tmap.h"
#include "meshctl/value/types.h"

bool value_is_nil(struct tval v)
{
    return v.kind == TVAL_NIL || v.kind == TVAL_NONE;
}

struct tval value_stored(struct tval v)
{
    return v.kind == TVAL_NONE ? tval_nil() : v;
}

struct tval value_plain(struct arena *a, struct tval v)
{
    if (v.kind == TVAL_OBJECT && v.object->type->as_value && !v.object->type->fields)
        return v.object->type->as_value(a, v.object);
    return v;
}

static void add_fields(struct arena *a, const struct tobject *object, bool flat, struct tmap *map)
{
    for (size_t i = 0; object->type->fields[i]; i++) {
        const char *name = object->type->fields[i];
        if (islower((unsigned char)name[0]))
            continue; /* not exported */
        struct tval field = object_field(a, object, i);
        if (!i && flat && object->type->embeds_first)
            add_fields(a, field.object, flat, map);
        else
            tmap_set(a, map, name, strlen(name), field);
    }
}

struct tval value_fields(struct arena *a, struct tval v, bool flat)
{
    if (v.kind != TVAL_OBJECT || !v.object->type->fields)
        return v;
    struct tval map = tval_struct(a);
    add_fields(a, v.object, flat, map.map);
    return map;
}

/* False when they are more than *left. */
static bool count_parts(struct tval v, int depth, size_t *left)
{
    size_t count = v.kind == TVAL_MAP ? tmap_count(v.map) : v.kind == TVAL_LIST ? v.list->count : 0;
    size_t at = 0;
    struct tval value;
    if (count > *left)
        return false;
    *left -= count;
    if (depth > ITEMS_MAX_DEPTH)
        return true;
    if (v.kind == TVAL_MAP) {
        while (tmap_next_value(v.map, &at, &value))
            if (!count_parts(value, depth + 1, left))
                return false;
    } else {
        for (; at < count; at++)
            if (!count_parts(v.list->items[at], depth + 1, left))
                return false;
    }
    return true;
}

int value_check_size(struct tval v, struct error **err)
{
    size_t left = ITEMS_MAX_PARTS;
    if (count_parts(v, 0, &left))
        return 0;
    return error_set(err, ERROR_INPUT, "the value has more than %d parts", ITEMS_MAX_PARTS);
}

/* Less is let be, as everything small is. */
#define LARGE 10000

bool list_is_admitted(size_t count)
{
    return count < LARGE || budget_admits(count * sizeof(struct tval));
}

void items_add(struct items *l, struct tval v)
{
    if (l->count == l->cap) {
        size_t cap = l->cap ? l->cap * 2 : 8;
        struct tval *data = arena_alloc(l->a, cap * sizeof(*data));
        if (l->count > 0)
            memcpy(data, l->data, l->count * sizeof(*data));
        l->data = data;
        l->cap = cap;
    }
    l->data[l->count++] = value_stored(v);
}

void items_add_string(struct items *l, const char *s, size_t len)
{
    items_add(l, tval_string(l->a, s, len));
}

struct tval items_list(const struct items *l)
{
    struct tval v = tval_list(l->a, 0);
    v.list->items = l->data ? l->data : arena_alloc(l->a, sizeof(struct tval));
    v.list->count = l->count;
    v.list->elem = l->elem;
    return v;
}

struct tval list_nil(struct arena *a, const char *elem)
{
    struct tval v = tval_list(a, 0);
    v.list->items = NULL;
    v.list->elem = elem;
    return v;
}
