/* JSON, and the table of what codec.c does. */
#include <string.h>

#include "codec.h"
#include "meshctl/data/json_scratch.h"
#include "meshctl/value/json_decode.h"
#include "util.h"

/* json.Marshal of v; false for what JSON cannot hold. */
static bool to_json_text(struct tcall *call, struct tval v, unsigned flags, struct buf *out,
                         struct error **err)
{
    MC_CLEANUP(json_structs_release) struct json_structs structs = {0};
    json_t *j = NULL;
    AUTO_JSON_SCRATCH(scratch);
    if (tval_to_json_structs(call->a, v, &structs, &j, err) < 0)
        return false;
    json_write_structs(out, j, flags, &structs);
    return true;
}

/* The forms that swallow an error give "". */
static int quiet_json(struct tcall *call, struct tval v, unsigned flags, struct tval *ret,
                      struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_ERROR struct error *ignored = NULL;
    if (value_check_size(v, err) < 0)
        return -1;
    if (!to_json_text(call, v, flags, &out, &ignored))
        buf_clear(&out);
    return result_buf(call, &out, ret, err);
}

static int strict_json(struct tcall *call, struct tval v, unsigned flags, struct tval *ret,
                       struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    if (value_check_size(v, err) < 0 || !to_json_text(call, v, flags, &out, err))
        return -1;
    return result_buf(call, &out, ret, err);
}

static int encoding_to_json(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    (void)argc;
    return quiet_json(call, args[0], 0, ret, err);
}

static int encoding_to_pretty_json(struct tcall *call, const struct tval *args, size_t argc,
                                   struct tval *ret, struct error **err)
{
    (void)argc;
    return quiet_json(call, args[0], JSON_WRITE_PRETTY, ret, err);
}

static int encoding_to_raw_json(struct tcall *call, const struct tval *args, size_t argc,
                                struct tval *ret, struct error **err)
{
    (void)argc;
    return strict_json(call, args[0], JSON_WRITE_NO_ESCAPE, ret, err);
}

static int encoding_must_to_json(struct tcall *call, const struct tval *args, size_t argc,
                                 struct tval *ret, struct error **err)
{
    (void)argc;
    return strict_json(call, args[0], 0, ret, err);
}

static int encoding_must_to_pretty_json(struct tcall *call, const struct tval *args, size_t argc,
                                        struct tval *ret, struct error **err)
{
    (void)argc;
    return strict_json(call, args[0], JSON_WRITE_PRETTY, ret, err);
}

static int encoding_must_from_json(struct tcall *call, const struct tval *args, size_t argc,
                                   struct tval *ret, struct error **err)
{
    const char *range;
    (void)argc;
    if (gojson_read(call->a, args[0].s.data, args[0].s.len, ret, &range, err) < 0)
        return -1;
    return range ? error_set(err, ERROR_INPUT, "%s", range) : 0;
}

const struct tfunc tfunc_encoding[] = {
    {"adler32sum", "s", func_adler32},
    {"b32dec", "s", func_b32dec},
    {"b32enc", "s", func_b32enc},
    {"b64dec", "s", func_b64dec},
    {"b64enc", "s", func_b64enc},
    {"mustFromJson", "s", encoding_must_from_json},
    {"mustToJson", "a", encoding_must_to_json},
    {"mustToPrettyJson", "a", encoding_must_to_pretty_json},
    {"mustToRawJson", "a", encoding_to_raw_json},
    {"sha1sum", "s", func_sha1},
    {"sha256sum", "s", func_sha256},
    {"sha512sum", "s", func_sha512},
    {"toJson", "a", encoding_to_json},
    {"toPrettyJson", "a", encoding_to_pretty_json},
    {"toRawJson", "a", encoding_to_raw_json},
    {NULL, NULL, NULL},
};
