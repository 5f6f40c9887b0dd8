/* Go's own functions (text/template funcs.go builtins), except the comparisons and escapes. */
#include <string.h>

#include "builtin.h"
#include "builtin_compare.h"
#include "builtin_escape.h"
#include "meshctl/value/items.h"

static int builtin_not(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)call;
    (void)argc;
    (void)err;
    *ret = tval_bool(!tval_truth(args[0]));
    return 0;
}

static int builtin_len(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    (void)argc;
    struct tval v = value_plain(call->a, args[0]);
    switch (v.kind) {
    case TVAL_NONE:
        return error_set(err, ERROR_INPUT, "reflect: call of reflect.Value.Type on zero Value");
    case TVAL_NIL:
        return error_set(err, ERROR_INPUT, "len of nil pointer");
    case TVAL_STRING:
        *ret = tval_int((int64_t)v.s.len);
        return 0;
    case TVAL_LIST:
        *ret = tval_int((int64_t)v.list->count);
        return 0;
    case TVAL_MAP:
        *ret = tval_int((int64_t)tmap_count(v.map));
        return 0;
    default:
        return error_set(err, ERROR_INPUT, "len of type %s", tval_go_type(args[0]));
    }
}

/* ---- index and slice ---- */

static int index_arg(struct tval index, size_t cap, size_t *ret_index, struct error **err)
{
    if (index.kind == TVAL_NONE || index.kind == TVAL_NIL)
        return error_set(err, ERROR_INPUT, "cannot index slice/array with nil");
    index = tval_number(index);
    if (index.kind != TVAL_INT && index.kind != TVAL_INT64) {
        return error_set(err, ERROR_INPUT, "cannot index slice/array with type %s",
                         tval_go_type(index));
    }
    if (index.i < 0 || (uint64_t)index.i > cap)
        return error_set(err, ERROR_INPUT, "index out of range: %lld", (long long)index.i);
    *ret_index = (size_t)index.i;
    return 0;
}

static int index_list(const struct tlist *list, struct tval index, struct tval *ret,
                      struct error **err)
{
    size_t i;
    if (index_arg(index, list->count, &i, err) < 0)
        return -1;
    /* Go's bound check lets the length pass and reflect panics. */
    if (i == list->count)
        return error_set(err, ERROR_INPUT, "reflect: slice index out of range");
    *ret = list->items[i];
    return 0;
}

static int index_string(struct tval_string s, struct tval index, struct tval *ret,
                        struct error **err)
{
    size_t i;
    if (index_arg(index, s.len, &i, err) < 0)
        return -1;
    if (i == s.len)
        return error_set(err, ERROR_INPUT, "reflect: string index out of range");
    *ret = tval_int((unsigned char)s.data[i]);
    return 0;
}

static int index_map(const struct tmap *m, struct tval key, struct tval *ret, struct error **err)
{
    if (key.kind == TVAL_NONE || key.kind == TVAL_NIL)
        return error_set(err, ERROR_INPUT, "value is nil; should be of type string");
    if (key.kind != TVAL_STRING)
        return error_set(err, ERROR_INPUT, "value has type %s; should be string",
                         tval_go_type(key));
    const struct tval *found = tmap_get(m, key.s.data, key.s.len);
    *ret = found ? *found : tval_nil();
    return 0;
}

static int index_step(struct arena *a, struct tval item, struct tval index, struct tval *ret,
                      struct error **err)
{
    struct tval v = value_plain(a, item);
    switch (v.kind) {
    case TVAL_NIL:
        return error_set(err, ERROR_INPUT, "index of nil pointer");
    case TVAL_LIST:
        return index_list(v.list, index, ret, err);
    case TVAL_STRING:
        return index_string(v.s, index, ret, err);
    case TVAL_MAP:
        return index_map(v.map, index, ret, err);
    default:
        return error_set(err, ERROR_INPUT, "can't index item of type %s", tval_go_type(item));
    }
}

static int builtin_index(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tval item = args[0];
    if (item.kind == TVAL_NONE || item.kind == TVAL_NIL)
        return error_set(err, ERROR_INPUT, "index of untyped nil");
    for (size_t i = 1; i < argc; i++) {
        if (index_step(call->a, item, args[i], &item, err) < 0)
            return -1;
    }
    *ret = item;
    return 0;
}

/* The bounds of `slice x i j k`; `cap` is how far they may reach. */
static int slice_bounds(const struct tval *args, size_t argc, size_t len, size_t bounds[3],
                        struct error **err)
{
    bounds[0] = 0;
    bounds[1] = bounds[2] = len;
    for (size_t i = 1; i < argc; i++) {
        if (index_arg(args[i], len, &bounds[i - 1], err) < 0)
            return -1;
    }
    for (size_t i = 0; i < (argc == 4 ? 2u : 1u); i++) {
        if (bounds[i] > bounds[i + 1]) {
            return error_set(err, ERROR_INPUT, "invalid slice index: %zu > %zu", bounds[i],
                             bounds[i + 1]);
        }
    }
    return 0;
}

static int builtin_slice(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    struct tval v = value_plain(call->a, args[0]);
    size_t bounds[3];
    if (v.kind == TVAL_NONE || v.kind == TVAL_NIL)
        return error_set(err, ERROR_INPUT, "slice of untyped nil");
    if (argc > 4)
        return error_set(err, ERROR_INPUT, "too many slice indexes: %zu", argc - 1);
    if (v.kind == TVAL_STRING) {
        if (argc == 4)
            return error_set(err, ERROR_INPUT, "cannot 3-index slice a string");
        if (slice_bounds(args, argc, v.s.len, bounds, err) < 0)
            return -1;
        *ret = tval_string(call->a, v.s.data + bounds[0], bounds[1] - bounds[0]);
        return 0;
    }
    if (v.kind != TVAL_LIST)
        return error_set(err, ERROR_INPUT, "can't slice item of type %s", tval_go_type(args[0]));
    if (slice_bounds(args, argc, v.list->count, bounds, err) < 0)
        return -1;
    *ret = tval_list(call->a, 0);
    ret->list->items = v.list->items + bounds[0];
    ret->list->count = bounds[1] - bounds[0];
    ret->list->elem = v.list->elem;
    return 0;
}

/* ---- printing ---- */

static int builtin_print(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    tprint_sprint(&text, call->a, args, argc);
    return result_buf(call, &text, ret, err);
}

static int builtin_printf(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    tprint_sprintf(&text, call->a, args[0].s.data, args[0].s.len, args + 1, argc - 1);
    return result_buf(call, &text, ret, err);
}

static int builtin_println(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    AUTO_BUF text = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    for (size_t i = 0; i < argc; i++) {
        if (i)
            buf_appendc(&text, ' ');
        tprint_sprint(&text, call->a, &args[i], 1);
    }
    buf_appendc(&text, '\n');
    return result_buf(call, &text, ret, err);
}

/* The executor itself does those without a C function: it need not evaluate all of their arguments,
 * or has to name one as it was written (Go exec.go evalCall). */
const struct tfunc tfunc_builtin[] = {
    {"and", "vv*", NULL},
    {"call", "vv*", NULL},
    {"eq", "vv*", tbuiltin_eq},
    {"ge", "vv", tbuiltin_ge},
    {"gt", "vv", tbuiltin_gt},
    {"html", "a*", tbuiltin_html},
    {"index", "vv*", builtin_index},
    {"js", "a*", tbuiltin_js},
    {"le", "vv", tbuiltin_le},
    {"len", "v", builtin_len},
    {"lt", "vv", tbuiltin_lt},
    {"ne", "vv", tbuiltin_ne},
    {"not", "v", builtin_not},
    {"or", "vv*", NULL},
    {"print", "a*", builtin_print},
    {"printf", "sa*", builtin_printf},
    {"println", "a*", builtin_println},
    {"slice", "vv*", builtin_slice},
    {"urlquery", "a*", tbuiltin_urlquery},
    {NULL, NULL, NULL},
};
