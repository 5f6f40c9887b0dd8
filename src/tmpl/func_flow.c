#include <string.h>

#include "func_semver.h"
#include "func_util.h"

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

/* Helm engine.go warnWrap: what stands between the marks is all that the person gets to read. */
static int fail_with(struct tval message, struct error **err)
{
    return error_set(err, ERROR_INPUT, TMPL_FAIL_START "%.*s" TMPL_FAIL_END, (int)message.s.len,
                     message.s.data);
}

static int flow_fail(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                     struct error **err)
{
    (void)call, (void)argc, (void)ret;
    return fail_with(args[0], err);
}

static int flow_required(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                         struct error **err)
{
    (void)call, (void)argc;
    if (value_is_nil(args[1]) || (args[1].kind == TVAL_STRING && args[1].s.len == 0))
        return fail_with(args[0], err);
    *ret = args[1];
    return 0;
}

static int flow_include(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (texec_include(call, args[0].s.data, args[0].s.len, args[1], &out, err) < 0)
        return -1;
    return result_buf(call, &out, ret, err);
}

static int flow_tpl(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                    struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (texec_tpl(call, args[0].s.data, args[0].s.len, args[1], &out, err) < 0)
        return -1;
    return result_buf(call, &out, ret, err);
}

static int flow_lookup(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                       struct error **err)
{
    const struct tmpl_options *options = tset_options(call->set);
    (void)argc;
    if (!options->lookup) {
        *ret = tval_map(call->a);
        return 0;
    }
    return options->lookup(options->ctx, call->a, args[0].s.data, args[1].s.data, args[2].s.data,
                           args[3].s.data, ret, err);
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
    {"fail", "s", flow_fail},
    {"getHostByName", "s", flow_host_by_name},
    {"hello", "", flow_hello},
    {"include", "sa", flow_include},
    {"lookup", "ssss", flow_lookup},
    {"required", "sa", flow_required},
    {"semver", "s", func_semver},
    {"semverCompare", "ss", func_semver_compare},
    {"ternary", "aab", flow_ternary},
    {"tpl", "sa", flow_tpl},
    {NULL, NULL, NULL},
};
