/* Helm's functions on templates themselves: fail, required, include, tpl, lookup. */
#include "engine.h"
#include "meshctl/value/items.h"

/* Helm engine.go warnWrap: what stands between the marks is all that the person gets to read. */
static int fail_with(struct tval message, struct error **err)
{
    return error_set(err, ERROR_INPUT, HELM_FAIL_START "%.*s" HELM_FAIL_END, (int)message.s.len,
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
    const struct helm_engine_options *options = &helm_engine_of(call)->options;
    (void)argc;
    if (!options->lookup) {
        *ret = tval_map(call->a);
        return 0;
    }
    return options->lookup(options->ctx, call->a, args[0].s.data, args[1].s.data, args[2].s.data,
                           args[3].s.data, ret, err);
}

const struct tfunc helm_func_helm[] = {
    {"fail", "s", flow_fail},        {"include", "sa", flow_include},
    {"lookup", "ssss", flow_lookup}, {"required", "sa", flow_required},
    {"tpl", "sa", flow_tpl},         {NULL, NULL, NULL},
};
