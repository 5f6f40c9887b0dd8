/* Values one by one. */
#include <string.h>

#include "meshctl/base/budget.h"
#include "meshctl/value/value.h"

#define LARGE ((size_t)1024 * 1024)

struct tval tval_none(void)
{
    return (struct tval){.kind = TVAL_NONE};
}

struct tval tval_nil(void)
{
    return (struct tval){.kind = TVAL_NIL};
}

struct tval tval_bool(bool b)
{
    return (struct tval){.kind = TVAL_BOOL, .b = b};
}

struct tval tval_int(int64_t i)
{
    return (struct tval){.kind = TVAL_INT, .i = i};
}

struct tval tval_int64(int64_t i)
{
    return (struct tval){.kind = TVAL_INT64, .i = i};
}

struct tval tval_float(double f)
{
    return (struct tval){.kind = TVAL_FLOAT, .f = f};
}

struct tval tval_string(struct arena *a, const char *s, size_t len)
{
    if (len >= LARGE && !budget_admits(len))
        len = 0; /* the budget is over: no value counts any more */
    return (struct tval){.kind = TVAL_STRING, .s = {.data = arena_strndup(a, s, len), .len = len}};
}

struct tval tval_cstring(struct arena *a, const char *s)
{
    return tval_string(a, s, strlen(s));
}

struct tval tval_list(struct arena *a, size_t count)
{
    struct tlist *list = arena_alloc(a, sizeof(*list));
    list->items = arena_alloc(a, count * sizeof(*list->items));
    list->count = count;
    for (size_t i = 0; i < count; i++)
        list->items[i] = tval_nil();
    return (struct tval){.kind = TVAL_LIST, .list = list};
}

struct tval tval_object(struct arena *a, const struct tobject_type *type, void *data)
{
    struct tobject *object = arena_alloc(a, sizeof(*object));
    object->type = type;
    object->data = data;
    return (struct tval){.kind = TVAL_OBJECT, .object = object};
}

struct tval tval_number(struct tval v)
{
    if (v.kind != TVAL_OBJECT || v.object->type->number == TVAL_NONE)
        return v;
    return (struct tval){.kind = v.object->type->number, .i = *(const int64_t *)v.object->data};
}
