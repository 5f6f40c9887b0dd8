/* toToml and fromToml. */
#include <string.h>

#include "engine.h"
#include "meshctl/toml/toml.h"
#include "meshctl/value/items.h"

/* Helm funcs.go toTOML: the text of an error is the result. */
static int toml_to_toml(struct tcall *call, const struct tval *args, size_t argc, struct tval *ret,
                        struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_ERROR struct error *problem = NULL;
    (void)argc;
    /* Go asks an untyped nil for its type before anything looks out for errors. */
    if (value_is_nil(args[0]))
        return toml_write(&out, call->a, args[0], err);
    if (toml_write(&out, call->a, args[0], &problem) == 0)
        return result_buf(call, &out, ret, err);
    *ret = tval_cstring(call->a, problem->message);
    return 0;
}

static int toml_must_to_toml(struct tcall *call, const struct tval *args, size_t argc,
                             struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (toml_write(&out, call->a, args[0], err) < 0)
        return -1;
    return result_buf(call, &out, ret, err);
}

static int toml_from_toml(struct tcall *call, const struct tval *args, size_t argc,
                          struct tval *ret, struct error **err)
{
    struct tval problem;
    (void)argc, (void)err;
    if (toml_read(call->a, args[0].s.data, args[0].s.len, ret, &problem) == 0)
        return 0;
    *ret = tval_map(call->a);
    tmap_set(call->a, ret->map, "Error", strlen("Error"), problem);
    return 0;
}

const struct tfunc helm_func_toml[] = {
    {"fromToml", "s", toml_from_toml},
    {"toToml", "a", toml_to_toml},
    {NULL, NULL, NULL},
};

const struct tfunc helm4_func_toml[] = {
    {"mustToToml", "a", toml_must_to_toml},
    {NULL, NULL, NULL},
};
