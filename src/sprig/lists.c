/* Functions on lists. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/budget.h"
#include "util.h"

static int lists_list(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct items items = {.a = call->a};
    (void)err;
    for (size_t i = 0; i < argc; i++)
        items_add(&items, args[i]);
    *ret = items_list(&items);
    return 0;
}

static int lists_first(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find first on type", &list, err) < 0)
        return -1;
    *ret = list->count > 0 ? list->items[0] : tval_nil();
    return 0;
}

static int lists_last(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find last on type", &list, err) < 0)
        return -1;
    *ret = list->count > 0 ? list->items[list->count - 1] : tval_nil();
    return 0;
}

/* A copy of count elements as a []interface {}. */
static struct tval copy_range(struct arena *a, const struct tlist *list, size_t from, size_t count)
{
    if (!list_is_admitted(count))
        return list_nil(a, NULL);
    struct tval v = tval_list(a, count);
    if (count > 0)
        memcpy(v.list->items, list->items + from, count * sizeof(*list->items));
    return v;
}

static int lists_rest(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find rest on type", &list, err) < 0)
        return -1;
    *ret =
        list->count > 0 ? copy_range(call->a, list, 1, list->count - 1) : list_nil(call->a, NULL);
    return 0;
}

static int lists_initial(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find initial on type", &list, err) < 0)
        return -1;
    *ret =
        list->count > 0 ? copy_range(call->a, list, 0, list->count - 1) : list_nil(call->a, NULL);
    return 0;
}

static int lists_append(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot push on type", &list, err) < 0)
        return -1;
    if (!list_is_admitted(list->count + 1))
        return budget_fail(err);
    *ret = tval_list(call->a, list->count + 1);
    if (list->count > 0)
        memcpy(ret->list->items, list->items, list->count * sizeof(*list->items));
    ret->list->items[list->count] = value_stored(args[1]);
    return 0;
}

static int lists_prepend(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot prepend on type", &list, err) < 0)
        return -1;
    if (!list_is_admitted(list->count + 1))
        return budget_fail(err);
    *ret = tval_list(call->a, list->count + 1);
    ret->list->items[0] = value_stored(args[1]);
    if (list->count > 0)
        memcpy(ret->list->items + 1, list->items, list->count * sizeof(*list->items));
    return 0;
}

static int lists_concat(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    struct items items = {.a = call->a};
    for (size_t i = 0; i < argc; i++) {
        struct tval v = value_plain(call->a, args[i]);
        if (value_is_nil(v))
            return error_nil_dereference(err);
        if (v.kind != TVAL_LIST)
            return error_set(err, ERROR_INPUT, "Cannot concat type %s as list",
                             tval_go_kind(args[i]));
        if (items.count + v.list->count > SPRIG_MAX_ITEMS)
            return error_set(err, ERROR_INPUT, "more than %d elements", SPRIG_MAX_ITEMS);
        for (size_t k = 0; k < v.list->count; k++)
            items_add(&items, v.list->items[k]);
    }
    *ret = items.count > 0 ? items_list(&items) : list_nil(call->a, NULL);
    return 0;
}

static int lists_reverse(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find reverse on type", &list, err) < 0)
        return -1;
    if (!list_is_admitted(list->count))
        return budget_fail(err);
    *ret = tval_list(call->a, list->count);
    for (size_t i = 0; i < list->count; i++)
        ret->list->items[list->count - 1 - i] = list->items[i];
    return 0;
}

static int lists_compact(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct items items = {.a = call->a};
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot compact on type", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list->count; i++)
        if (!tval_empty(list->items[i]))
            items_add(&items, list->items[i]);
    *ret = items_list(&items);
    return 0;
}

static bool is_among(const struct tval *items, size_t count, struct tval v)
{
    for (size_t i = 0; i < count && !budget_look(); i++)
        if (tval_deep_equal(v, items[i]))
            return true;
    return false;
}

static int lists_uniq(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct items items = {.a = call->a};
    struct tlist *list;
    size_t compared = 0;
    (void)argc;
    if (list_argument(call->a, args[0], "Cannot find uniq on type", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list->count && compared <= SPRIG_MAX_COMPARED;
         i++, compared += items.count)
        if (!is_among(items.data, items.count, list->items[i]))
            items_add(&items, list->items[i]);
    if (compared > SPRIG_MAX_COMPARED)
        return error_set(err, ERROR_INPUT, "more than %zu pairs to compare", SPRIG_MAX_COMPARED);
    *ret = items_list(&items);
    return 0;
}

static int lists_without(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct items items = {.a = call->a};
    struct tlist *list;
    if (list_argument(call->a, args[0], "Cannot find without on type", &list, err) < 0)
        return -1;
    for (size_t i = 0; i < list->count && !budget_is_over(); i++)
        if (!is_among(args + 1, argc - 1, list->items[i]))
            items_add(&items, list->items[i]);
    *ret = items_list(&items);
    return 0;
}

static int lists_has(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    struct tlist *list;
    (void)argc;
    if (value_is_nil(args[1])) {
        *ret = tval_bool(false);
        return 0;
    }
    if (list_argument(call->a, args[1], "Cannot find has on type", &list, err) < 0)
        return -1;
    *ret = tval_bool(is_among(list->items, list->count, args[0]));
    return 0;
}

/* sprig's slice, which hides Go's builtin: a part of a list, sharing its elements. */
static int lists_slice(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    struct tlist *list;
    if (list_argument(call->a, args[0], "list should be type of slice or array but", &list, err) <
        0)
        return -1;
    if (list->count == 0) {
        *ret = tval_nil();
        return 0;
    }
    int64_t start = argc > 1 ? cast_int64(call->a, args[1]) : 0;
    int64_t end = argc > 2 ? cast_int64(call->a, args[2]) : (int64_t)list->count;
    if (start < 0 || start > end || end > (int64_t)list->count)
        return error_set(err, ERROR_INPUT, "reflect.Value.Slice: slice index out of bounds");
    *ret = tval_list(call->a, 0);
    ret->list->items = list->items + start;
    ret->list->count = (size_t)(end - start);
    ret->list->elem = list->elem;
    return 0;
}

static int lists_chunk(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    struct items chunks = {.a = call->a, .elem = "[]interface {}"};
    struct tlist *list;
    (void)argc;
    if (list_argument(call->a, args[1], "Cannot chunk type", &list, err) < 0)
        return -1;
    /* sprig counts the chunks in floating point; what a size below 1 gives follows from that. */
    double chunk_count = floor(((double)list->count - 1) / (double)args[0].i) + 1;
    if (args[0].i < 0 && chunk_count == 1) {
        size_t size = list->count % -(uint64_t)args[0].i;
        if (size == 0)
            return error_set(err, ERROR_INPUT, "runtime error: makeslice: len out of range");
        items_add(&chunks, copy_range(call->a, list, 0, size));
    } else if (args[0].i <= 0 && chunk_count != 0) {
        return error_set(err, ERROR_INPUT, "runtime error: makeslice: len out of range");
    }
    for (size_t at = 0; args[0].i > 0 && at < list->count;) {
        size_t left = list->count - at;
        size_t size = left < (uint64_t)args[0].i ? left : (size_t)args[0].i;
        items_add(&chunks, copy_range(call->a, list, at, size));
        at += size;
    }
    *ret = items_list(&chunks);
    return 0;
}

static int compare_strings(const void *x, const void *y)
{
    const struct tval *a = x;
    const struct tval *b = y;
    if (budget_look())
        return 0; /* texts may be long, and many the same */
    size_t len = a->s.len < b->s.len ? a->s.len : b->s.len;
    int order = memcmp(a->s.data, b->s.data, len);
    if (order != 0)
        return order;
    return (a->s.len > b->s.len) - (a->s.len < b->s.len);
}

/* A []string is sorted in place, as Go's does: its other holders see it sorted too. */
static int lists_sort_alpha(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    if (value_is_nil(args[0])) {
        struct items one = {.a = call->a, .elem = "string"};
        items_add_string(&one, "<nil>", 5);
        *ret = items_list(&one);
        return 0;
    }
    *ret = string_list(call->a, args[0]);
    if (ret->list->count > 1)
        qsort(ret->list->items, ret->list->count, sizeof(*ret->list->items), compare_strings);
    return 0;
}

static int lists_join(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    struct tval strings = string_list(call->a, args[1]);
    (void)argc;
    for (size_t i = 0; i < strings.list->count; i++) {
        if (i > 0)
            buf_append(&out, args[0].s.data, args[0].s.len);
        buf_append(&out, strings.list->items[i].s.data, strings.list->items[i].s.len);
    }
    return result_buf(call, &out, ret, err);
}

static int lists_to_strings(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    *ret = string_list(call->a, args[0]);
    return 0;
}

const struct tfunc tfunc_lists[] = {
    {"append", "aa", lists_append},
    {"chunk", "ia", lists_chunk},
    {"compact", "a", lists_compact},
    {"concat", "a*", lists_concat},
    {"first", "a", lists_first},
    {"has", "aa", lists_has},
    {"initial", "a", lists_initial},
    {"join", "sa", lists_join},
    {"last", "a", lists_last},
    {"list", "a*", lists_list},
    {"mustAppend", "aa", lists_append},
    {"mustChunk", "ia", lists_chunk},
    {"mustCompact", "a", lists_compact},
    {"mustFirst", "a", lists_first},
    {"mustHas", "aa", lists_has},
    {"mustInitial", "a", lists_initial},
    {"mustLast", "a", lists_last},
    {"mustPrepend", "aa", lists_prepend},
    {"mustPush", "aa", lists_append},
    {"mustRest", "a", lists_rest},
    {"mustReverse", "a", lists_reverse},
    {"mustSlice", "aa*", lists_slice},
    {"mustUniq", "a", lists_uniq},
    {"mustWithout", "aa*", lists_without},
    {"prepend", "aa", lists_prepend},
    {"push", "aa", lists_append},
    {"rest", "a", lists_rest},
    {"reverse", "a", lists_reverse},
    {"slice", "aa*", lists_slice},
    {"sortAlpha", "a", lists_sort_alpha},
    {"toStrings", "a", lists_to_strings},
    {"tuple", "a*", lists_list},
    {"uniq", "a", lists_uniq},
    {"without", "aa*", lists_without},
    {NULL, NULL, NULL},
};
