/* What several of sprig's tables share. */
#include "util.h"

#include <string.h>

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
