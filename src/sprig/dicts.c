/* Functions on maps. */
#include <string.h>

#include "meshctl/value/merge.h"
#include "meshctl/value/types.h"
#include "util.h"

static int refuse_nil_map(struct tval v, struct error **err)
{
    if (tmap_is_nil(v.map))
        return error_set(err, ERROR_INPUT, "assignment to entry in nil map");
    return 0;
}

static int dicts_dict(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)err;
    *ret = tval_map(call->a);
    for (size_t i = 0; i < argc; i += 2) {
        struct tval_string key = tprint_strval(call->a, args[i]);
        struct tval value = i + 1 < argc ? value_stored(args[i + 1]) : tval_cstring(call->a, "");
        tmap_set(call->a, ret->map, key.data, key.len, value);
    }
    return 0;
}

static int dicts_get(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    const struct tval *value = tmap_get(args[0].map, args[1].s.data, args[1].s.len);
    (void)argc, (void)err;
    *ret = value ? *value : tval_cstring(call->a, "");
    return 0;
}

static int dicts_set(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    (void)argc;
    if (refuse_nil_map(args[0], err) < 0)
        return -1;
    tmap_set(call->a, args[0].map, args[1].s.data, args[1].s.len, value_stored(args[2]));
    *ret = args[0];
    return 0;
}

static int dicts_unset(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)call, (void)argc, (void)err;
    tmap_delete(args[0].map, args[1].s.data, args[1].s.len);
    *ret = args[0];
    return 0;
}

static int dicts_has_key(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(tmap_get(args[0].map, args[1].s.data, args[1].s.len) != NULL);
    return 0;
}

static int dicts_pluck(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    struct items items = {.a = call->a};
    (void)err;
    for (size_t i = 1; i < argc; i++) {
        const struct tval *value = tmap_get(args[i].map, args[0].s.data, args[0].s.len);
        if (value)
            items_add(&items, *value);
    }
    *ret = items_list(&items);
    return 0;
}

/* Go gives the keys in random order; sorted is one of those orders, and the same every time. */
static int dicts_keys(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    struct items items = {.a = call->a, .elem = "string"};
    (void)err;
    for (size_t i = 0; i < argc; i++) {
        const struct tmap_item *entries = tmap_items(call->a, args[i].map);
        for (size_t k = 0, n = tmap_count(args[i].map); k < n; k++)
            items_add(&items, (struct tval){.kind = TVAL_STRING, .s = entries[k].key});
    }
    *ret = items_list(&items);
    return 0;
}

static int dicts_values(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    struct items items = {.a = call->a};
    const struct tmap_item *entries = tmap_items(call->a, args[0].map);
    (void)argc, (void)err;
    for (size_t k = 0, n = tmap_count(args[0].map); k < n; k++)
        items_add(&items, entries[k].value);
    *ret = items_list(&items);
    return 0;
}

static int dicts_pick(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)err;
    *ret = tval_map(call->a);
    for (size_t i = 1; i < argc; i++) {
        const struct tval *value = tmap_get(args[0].map, args[i].s.data, args[i].s.len);
        if (value)
            tmap_set(call->a, ret->map, args[i].s.data, args[i].s.len, *value);
    }
    return 0;
}

static bool is_named(const struct tval *names, size_t count, struct tval_string key)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].s.len == key.len && memcmp(names[i].s.data, key.data, key.len) == 0)
            return true;
    return false;
}

static int dicts_omit(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    const struct tmap_item *entries = tmap_items(call->a, args[0].map);
    (void)err;
    *ret = tval_map(call->a);
    for (size_t k = 0, n = tmap_count(args[0].map); k < n; k++)
        if (!is_named(args + 1, argc - 1, entries[k].key))
            tmap_set(call->a, ret->map, entries[k].key.data, entries[k].key.len, entries[k].value);
    return 0;
}

/* A type assertion to map[string]interface {}: named map types do not pass. */
static int assert_map(struct tval v, struct error **err)
{
    static const char plain[] = "map[string]interface {}";
    if (v.kind != TVAL_MAP || strcmp(tmap_type(v.map), plain) != 0)
        return error_assertion(v, plain, err);
    return 0;
}

/* dig KEY... DEFAULT DICT: the default only when a key is missing. */
static int dicts_dig(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    (void)call;
    if (argc < 3)
        return error_set(err, ERROR_INPUT, "dig needs at least three arguments");
    struct tval at = args[argc - 1];
    if (assert_map(at, err) < 0)
        return -1;
    for (size_t i = 0; i < argc - 2; i++)
        if (args[i].kind != TVAL_STRING)
            return error_assertion(args[i], "string", err);
    for (size_t i = 0; i < argc - 2; i++) {
        if (i > 0 && assert_map(at, err) < 0)
            return -1;
        const struct tval *step = tmap_get(at.map, args[i].s.data, args[i].s.len);
        if (!step) {
            *ret = value_stored(args[argc - 2]);
            return 0;
        }
        at = *step;
    }
    *ret = at;
    return 0;
}

static int deep_copy(struct arena *a, struct tval v, int depth, struct tval *ret,
                     struct error **err);

static int copy_map(struct arena *a, struct tval v, int depth, struct tval *ret, struct error **err)
{
    const struct tmap_item *entries = tmap_items(a, v.map);
    *ret = tval_map(a);
    tmap_set_type(ret->map, tmap_type(v.map));
    for (size_t k = 0, n = tmap_count(v.map); k < n; k++) {
        struct tval copy;
        if (deep_copy(a, entries[k].value, depth + 1, &copy, err) < 0)
            return -1;
        tmap_set(a, ret->map, entries[k].key.data, entries[k].key.len, copy);
    }
    return 0;
}

static int copy_list(struct arena *a, struct tval v, int depth, struct tval *ret,
                     struct error **err)
{
    *ret = tval_list(a, v.list->count);
    ret->list->elem = v.list->elem;
    for (size_t i = 0; i < v.list->count; i++)
        if (deep_copy(a, v.list->items[i], depth + 1, &ret->list->items[i], err) < 0)
            return -1;
    return 0;
}

static int deep_copy(struct arena *a, struct tval v, int depth, struct tval *ret,
                     struct error **err)
{
    if (depth > TYPES_MAX_DEPTH)
        return error_set(err, ERROR_INPUT, "the value is nested deeper than %d levels",
                         TYPES_MAX_DEPTH);
    if (v.kind == TVAL_MAP && !tmap_is_nil(v.map))
        return copy_map(a, v, depth, ret, err);
    if (v.kind == TVAL_LIST && v.list->items)
        return copy_list(a, v, depth, ret, err);
    *ret = v;
    return 0;
}

static int dicts_deep_copy(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc;
    if (value_is_nil(args[0]))
        return error_set(err, ERROR_INPUT, "reflect: call of reflect.Value.Type on zero Value");
    if (value_check_size(args[0], err) < 0)
        return -1;
    return deep_copy(call->a, args[0], 0, ret, err);
}

static int merge_all(struct tcall *call, const struct tval *args, size_t argc, bool overwrite,
                     struct tval *ret, struct error **err)
{
    struct tval into = args[0];
    for (size_t i = 1; i < argc; i++) {
        /* mergo makes a map of a nil destination, unless the source is nil as well. */
        if (tmap_is_nil(into.map) && !tmap_is_nil(args[i].map))
            into = tval_map(call->a);
        if (value_check_size(args[i], err) < 0 ||
            merge_maps(call->a, into.map, args[i].map, overwrite, err) < 0)
            return -1;
    }
    *ret = into;
    return 0;
}

/* sprig swallows the error of merge and mergeOverwrite and gives "". */
static int merge_quietly(struct tcall *call, const struct tval *args, size_t argc, bool overwrite,
                         struct tval *ret, struct error **err)
{
    AUTO_ERROR struct error *ignored = NULL;
    for (size_t i = 1; i < argc; i++)
        if (value_check_size(args[i], err) < 0)
            return -1;
    if (merge_all(call, args, argc, overwrite, ret, &ignored) < 0)
        *ret = tval_cstring(call->a, "");
    return 0;
}

static int dicts_merge(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    return merge_quietly(call, args, argc, false, ret, err);
}

static int dicts_merge_overwrite(struct tcall *call, const struct tval *args, size_t argc,
                                 struct tval *ret, struct error **err)
{
    return merge_quietly(call, args, argc, true, ret, err);
}

static int dicts_must_merge(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    return merge_all(call, args, argc, false, ret, err);
}

static int dicts_must_merge_overwrite(struct tcall *call, const struct tval *args, size_t argc,
                                      struct tval *ret, struct error **err)
{
    return merge_all(call, args, argc, true, ret, err);
}

const struct tfunc tfunc_dicts[] = {
    {"deepCopy", "a", dicts_deep_copy},
    {"dict", "a*", dicts_dict},
    {"dig", "a*", dicts_dig},
    {"get", "ms", dicts_get},
    {"hasKey", "ms", dicts_has_key},
    {"keys", "m*", dicts_keys},
    {"merge", "mm*", dicts_merge},
    {"mergeOverwrite", "mm*", dicts_merge_overwrite},
    {"mustDeepCopy", "a", dicts_deep_copy},
    {"mustMerge", "mm*", dicts_must_merge},
    {"mustMergeOverwrite", "mm*", dicts_must_merge_overwrite},
    {"omit", "ms*", dicts_omit},
    {"pick", "ms*", dicts_pick},
    {"pluck", "sm*", dicts_pluck},
    {"set", "msa", dicts_set},
    {"unset", "ms", dicts_unset},
    {"values", "m", dicts_values},
    {NULL, NULL, NULL},
};
