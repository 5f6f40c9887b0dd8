/* Choosing between values, and versions. */
#include <string.h>

#include "semvers.h"
#include "util.h"

static int flow_default(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)call, (void)err;
    *ret = value_stored(argc < 2 || tval_empty(args[1]) ? args[0] : args[1]);
    return 0;
}

static int flow_coalesce(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)call, (void)err;
    *ret = tval_nil();
    for (size_t i = 0; i < argc; i++) {
        if (tval_empty(args[i]))
            continue;
        *ret = args[i];
        break;
    }
    return 0;
}

static int flow_empty(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = tval_bool(tval_empty(args[0]));
    return 0;
}

static int flow_all(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    bool all = true;
    (void)call, (void)err;
    for (size_t i = 0; i < argc; i++)
        all = all && !tval_empty(args[i]);
    *ret = tval_bool(all);
    return 0;
}

static int flow_any(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    bool any = false;
    (void)call, (void)err;
    for (size_t i = 0; i < argc; i++)
        any = any || !tval_empty(args[i]);
    *ret = tval_bool(any);
    return 0;
}

static int flow_ternary(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    (void)call, (void)argc, (void)err;
    *ret = value_stored(args[2].b ? args[0] : args[1]);
    return 0;
}

/* sprig network.go as Helm has it without --enable-dns. */
static int flow_host_by_name(struct tcall *call, const struct tval *args, size_t argc,
                             struct tval *ret, struct error **err)
{
    (void)args, (void)argc, (void)err;
    *ret = tval_cstring(call->a, "");
    return 0;
}

static int flow_hello(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                      struct error **err)
{
    (void)args, (void)argc, (void)err;
    *ret = tval_cstring(call->a, "Hello!");
    return 0;
}

const struct tfunc tfunc_flow[] = {
    {"all", "a*", flow_all},
    {"any", "a*", flow_any},
    {"coalesce", "a*", flow_coalesce},
    {"default", "aa*", flow_default},
    {"empty", "a", flow_empty},
    {"getHostByName", "s", flow_host_by_name},
    {"hello", "", flow_hello},
    {"semver", "s", func_semver},
    {"semverCompare", "ss", func_semver_compare},
    {"ternary", "aab", flow_ternary},
    {NULL, NULL, NULL},
};
