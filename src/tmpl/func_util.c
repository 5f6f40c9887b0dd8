#include "func_util.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "engine.h"
#include "tmap.h"
#include "types.h"

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
    if (depth > FUNC_MAX_DEPTH)
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
    size_t left = FUNC_MAX_PARTS;
    if (count_parts(v, 0, &left))
        return 0;
    return error_set(err, ERROR_INPUT, "the value has more than %d parts", FUNC_MAX_PARTS);
}

int result_buf(struct tcall *call, const struct buf *b, struct tval *ret, struct error **err)
{
    if (b->overflow)
        return error_set(err, ERROR_INPUT, "the result is longer than %zu bytes", TMPL_MAX_OUTPUT);
    *ret = tval_string(call->a, buf_str(b), b->len);
    return 0;
}

int call_spend(struct tcall *call, uint64_t steps, struct error **err)
{
    uint64_t max = call->set->options.max_steps ? call->set->options.max_steps : TMPL_MAX_STEPS;
    call->set->steps += steps;
    if (call->set->steps > max)
        return error_set(err, ERROR_INPUT, "the template runs too long");
    return 0;
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

int error_nil_dereference(struct error **err)
{
    return error_set(err, ERROR_INPUT,
                     "runtime error: invalid memory address or nil pointer dereference");
}

int error_assertion(struct tval v, const char *want, struct error **err)
{
    return error_set(err, ERROR_INPUT, "interface conversion: interface {} is %s, not %s",
                     value_is_nil(v) ? "nil" : tval_go_type(v), want);
}

int list_argument(struct arena *a, struct tval v, const char *what, struct tlist **ret_list,
                  struct error **err)
{
    struct tval plain = value_plain(a, v);
    if (value_is_nil(v))
        return error_nil_dereference(err);
    if (plain.kind != TVAL_LIST)
        return error_set(err, ERROR_INPUT, "%s %s", what, tval_go_kind(v));
    *ret_list = plain.list;
    return 0;
}

struct tval string_list(struct arena *a, struct tval v)
{
    struct items strings = {.a = a, .elem = "string"};
    struct tval plain = value_plain(a, v);
    if (plain.kind == TVAL_LIST && plain.list->elem && strcmp(plain.list->elem, "string") == 0)
        return plain;
    if (plain.kind != TVAL_LIST) {
        if (!value_is_nil(v))
            items_add(&strings, (struct tval){.kind = TVAL_STRING, .s = tprint_strval(a, v)});
        return items_list(&strings);
    }
    for (size_t i = 0; i < plain.list->count; i++) {
        struct tval item = plain.list->items[i];
        if (!value_is_nil(item))
            items_add(&strings, (struct tval){.kind = TVAL_STRING, .s = tprint_strval(a, item)});
    }
    return items_list(&strings);
}
