/* The names of Go's types and kinds, and reflect.DeepEqual. */
#include "meshctl/value/types.h"

#include <stdlib.h>
#include <string.h>

struct tval print_object_value(struct arena *a, const struct tobject *object)
{
    if (object->type->as_value)
        return object->type->as_value(a, object);
    return tval_map(a);
}

struct tval object_field(struct arena *a, const struct tobject *object, size_t at)
{
    AUTO_ERROR struct error *ignored = NULL;
    struct tval v = tval_nil();
    (void)object->type->member(a, object, object->type->fields[at], NULL, 0, &v, &ignored);
    return v;
}

/* Go's slice types by their element type. */
static const struct {
    const char *elem;
    const char *type;
} slice_types[] = {
    {"string", "[]string"},
    {"int", "[]int"},
    {"uint8", "[]uint8"},
    {"*chart.Maintainer", "[]*chart.Maintainer"},
    {"*chart.Dependency", "[]*chart.Dependency"},
    {"[]interface {}", "[][]interface {}"},
    {"map[string]interface {}", "[]map[string]interface {}"},
};

static const char *list_type(const struct tlist *list)
{
    for (size_t i = 0; list->elem && i < MC_ARRAY_LEN(slice_types); i++)
        if (strcmp(list->elem, slice_types[i].elem) == 0)
            return slice_types[i].type;
    return "[]interface {}";
}

const char *tval_go_type(struct tval v)
{
    switch (v.kind) {
    case TVAL_BOOL:
        return "bool";
    case TVAL_INT:
        return "int";
    case TVAL_INT64:
        return "int64";
    case TVAL_FLOAT:
        return "float64";
    case TVAL_STRING:
        return "string";
    case TVAL_LIST:
        return list_type(v.list);
    case TVAL_MAP:
        return tmap_type(v.map);
    case TVAL_OBJECT:
        return v.object->type->go_type;
    default:
        return "<nil>";
    }
}

/* Helm's named types that are neither structs nor pointers. */
static const struct {
    const char *type;
    const char *kind;
} named_kinds[] = {
    {"engine.files", "map"},
    {"chartutil.VersionSet", "slice"},
    {"common.VersionSet", "slice"},
};

static const char *object_kind(const struct tobject *object)
{
    const char *type = object->type->go_type;
    if (object->type->number != TVAL_NONE)
        return object->type->number == TVAL_INT ? "int" : "int64";
    for (size_t i = 0; i < MC_ARRAY_LEN(named_kinds); i++)
        if (strcmp(type, named_kinds[i].type) == 0)
            return named_kinds[i].kind;
    return type[0] == '*' ? "ptr" : "struct";
}

const char *tval_go_kind(struct tval v)
{
    switch (v.kind) {
    case TVAL_LIST:
        return "slice";
    case TVAL_MAP:
        return "map";
    case TVAL_OBJECT:
        return object_kind(v.object);
    case TVAL_NONE:
    case TVAL_NIL:
        return "invalid";
    default:
        return tval_go_type(v);
    }
}

bool tobject_equal(const struct tobject *x, const struct tobject *y, bool deep)
{
    if (x->type != y->type || x->data == y->data)
        return x->type == y->type;
    return x->type->equal && x->type->equal(x, y, deep);
}

/* Pairs of maps and lists that are being compared or were, as Go's DeepEqual keeps them: shared
 * parts are looked at once, though their number may double with every level, and circles end. */
struct pair {
    const void *x, *y;
};

struct equal {
    struct pair *seen;
    size_t size, count;
};

#define SEEN_FROM_DEPTH 8 /* above, looking twice costs less than remembering */

static struct pair *seen_slot(struct pair *seen, size_t size, const void *x, const void *y)
{
    size_t at = ((uintptr_t)x >> 4) * 31 + ((uintptr_t)y >> 4);
    while (seen[at & (size - 1)].x &&
           (seen[at & (size - 1)].x != x || seen[at & (size - 1)].y != y))
        at++;
    return &seen[at & (size - 1)];
}

static bool was_seen(struct equal *e, const void *x, const void *y, int depth)
{
    if (depth < SEEN_FROM_DEPTH)
        return false;
    if (2 * e->count >= e->size) {
        struct equal grown = {.size = e->size ? 2 * e->size : 256};
        grown.seen = mem_array(grown.size, sizeof(*grown.seen));
        for (size_t i = 0; i < e->size; i++)
            if (e->seen[i].x)
                *seen_slot(grown.seen, grown.size, e->seen[i].x, e->seen[i].y) = e->seen[i];
        grown.count = e->count;
        free(e->seen);
        *e = grown;
    }
    struct pair *slot = seen_slot(e->seen, e->size, x, y);
    if (slot->x)
        return true;
    *slot = (struct pair){x, y};
    e->count++;
    return false;
}

static bool equal_at(struct equal *e, struct tval x, struct tval y, int depth);

static bool lists_equal(struct equal *e, const struct tlist *x, const struct tlist *y, int depth)
{
    if (x == y)
        return true;
    if (x->count != y->count || strcmp(list_type(x), list_type(y)) != 0)
        return false;
    /* A nil slice is not DeepEqual to an empty one. */
    if (!x->items != !y->items)
        return false;
    for (size_t i = 0; i < x->count; i++)
        if (!equal_at(e, x->items[i], y->items[i], depth + 1))
            return false;
    return true;
}

static bool maps_equal(struct equal *e, struct tval x, struct tval y, int depth)
{
    if (x.map == y.map)
        return true;
    if (strcmp(tmap_type(x.map), tmap_type(y.map)) != 0 || tmap_is_nil(x.map) != tmap_is_nil(y.map))
        return false;
    if (tmap_count(x.map) != tmap_count(y.map))
        return false;
    AUTO_ARENA *scratch = arena_new();
    const struct tmap_item *items = tmap_items(scratch, x.map);
    for (size_t i = 0, count = tmap_count(x.map); i < count; i++) {
        const struct tval *other = tmap_get(y.map, items[i].key.data, items[i].key.len);
        if (!other || !equal_at(e, items[i].value, *other, depth + 1))
            return false;
    }
    return true;
}

static bool is_nil(struct tval v)
{
    return v.kind == TVAL_NIL || v.kind == TVAL_NONE;
}

static bool equal_at(struct equal *e, struct tval x, struct tval y, int depth)
{
    if (depth > TYPES_MAX_DEPTH)
        return false;
    if (is_nil(x) || is_nil(y))
        return is_nil(x) && is_nil(y);
    if (x.kind != y.kind)
        return false;
    switch (x.kind) {
    case TVAL_BOOL:
        return x.b == y.b;
    case TVAL_INT:
    case TVAL_INT64:
        return x.i == y.i;
    case TVAL_FLOAT:
        return x.f == y.f;
    case TVAL_STRING:
        return x.s.len == y.s.len && memcmp(x.s.data, y.s.data, x.s.len) == 0;
    case TVAL_LIST:
        return was_seen(e, x.list, y.list, depth) || lists_equal(e, x.list, y.list, depth);
    case TVAL_MAP:
        return was_seen(e, x.map, y.map, depth) || maps_equal(e, x, y, depth);
    case TVAL_OBJECT:
        return tobject_equal(x.object, y.object, true);
    default:
        return false;
    }
}

bool tval_deep_equal(struct tval x, struct tval y)
{
    struct equal e = {.size = 0};
    bool equal = equal_at(&e, x, y, 0);
    free(e.seen);
    return equal;
}

bool tval_empty(struct tval v)
{
    v = tval_number(v);
    switch (v.kind) {
    case TVAL_NONE:
    case TVAL_NIL:
        return true;
    case TVAL_BOOL:
        return !v.b;
    case TVAL_INT:
    case TVAL_INT64:
        return v.i == 0;
    case TVAL_FLOAT:
        return v.f == 0;
    case TVAL_STRING:
        return v.s.len == 0;
    case TVAL_LIST:
        return v.list->count == 0;
    case TVAL_MAP:
        return tmap_count(v.map) == 0;
    case TVAL_OBJECT:
        return false;
    }
    return true;
}
