/* typeOf, kindIs and their kin. */
#include <string.h>

#include "util.h"

static bool equals(struct tval_string s, const char *text)
{
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static int types_kind_of(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_cstring(call->a, tval_go_kind(args[0]));
    return 0;
}

static int types_kind_is(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(equals(args[0].s, tval_go_kind(args[1])));
    return 0;
}

static int types_type_of(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)argc, (void)err;
    *ret = tval_cstring(call->a, tval_go_type(args[0]));
    return 0;
}

static int types_type_is(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(equals(args[0].s, tval_go_type(args[1])));
    return 0;
}

static int types_type_is_like(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    const char *type = tval_go_type(args[1]);
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(equals(args[0].s, type) || (type[0] == '*' && equals(args[0].s, type + 1)));
    return 0;
}

static int types_deep_equal(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(tval_deep_equal(args[0], args[1]));
    return 0;
}

static int types_to_string(struct tcall *call, const struct tval *args, size_t argc,
                           struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    *ret = (struct tval){.kind = TVAL_STRING, .s = tprint_strval(call->a, args[0])};
    return 0;
}

const struct tfunc tfunc_types[] = {
    {"deepEqual", "aa", types_deep_equal}, {"kindIs", "sa", types_kind_is},
    {"kindOf", "a", types_kind_of},        {"toString", "a", types_to_string},
    {"typeIs", "sa", types_type_is},       {"typeIsLike", "sa", types_type_is_like},
    {"typeOf", "a", types_type_of},        {NULL, NULL, NULL},
};
