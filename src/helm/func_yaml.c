/* YAML and JSON in Helm's own forms (pkg/engine/funcs.go). */
#include <string.h>

#include "engine.h"
#include "func_yaml_pretty.h"
#include "meshctl/data/json_scratch.h"
#include "meshctl/data/yaml.h"
#include "meshctl/value/items.h"
#include "meshctl/value/json_decode.h"

/* sigs.k8s.io/yaml Marshal, less its final newline. */
static int to_yaml_text(struct tcall *call, struct tval v, struct buf *out, struct error **err)
{
    json_t *j = NULL;
    AUTO_JSON_SCRATCH(scratch);
    if (tval_to_json(call->a, v, &j, err) < 0)
        return error_wrap(err, "error marshaling into JSON");
    if (yaml_check_write(j, err) < 0)
        return -1;
    yaml_write(out, j);
    if (out->len > 0 && out->data[out->len - 1] == '\n')
        buf_truncate(out, out->len - 1);
    return 0;
}

static int yaml_result(struct tcall *call, struct tval v, const struct buf *out, struct tval *ret,
                       struct error **err)
{
    const struct helm_engine_options *options = &helm_engine_of(call)->options;
    if (result_buf(call, out, ret, err) < 0)
        return -1;
    if (options->on_yaml && out->len > 0)
        options->on_yaml(options->ctx, v, ret->s);
    return 0;
}

static int encoding_to_yaml(struct tcall *call, const struct tval *args, size_t argc,
                            struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    AUTO_ERROR struct error *ignored = NULL;
    (void)argc;
    if (value_check_size(args[0], err) < 0)
        return -1;
    if (to_yaml_text(call, args[0], &out, &ignored) < 0)
        buf_clear(&out);
    return yaml_result(call, args[0], &out, ret, err);
}

static int encoding_must_to_yaml(struct tcall *call, const struct tval *args, size_t argc,
                                 struct tval *ret, struct error **err)
{
    AUTO_BUF out = BUF_INIT_MAX(TMPL_MAX_OUTPUT);
    (void)argc;
    if (value_check_size(args[0], err) < 0 || to_yaml_text(call, args[0], &out, err) < 0)
        return -1;
    return yaml_result(call, args[0], &out, ret, err);
}

/* Go's name of a JSON value in an UnmarshalTypeError. */
static const char *json_kind(struct tval v)
{
    switch (v.kind) {
    case TVAL_STRING:
        return "string";
    case TVAL_BOOL:
        return "bool";
    case TVAL_LIST:
        return "array";
    case TVAL_MAP:
        return "object";
    default:
        return "number";
    }
}

enum target { TARGET_MAP, TARGET_LIST };

/* Helm funcs.go fromYAML, fromJSON ...: the error is put into the value. */
static void set_error(struct tcall *call, enum target target, const char *message, struct tval *ret)
{
    struct tval text = tval_cstring(call->a, message);
    if (target == TARGET_MAP) {
        *ret = tval_map(call->a);
        tmap_set(call->a, ret->map, "Error", 5, text);
    } else {
        *ret = tval_list(call->a, 1);
        ret->list->items[0] = text;
    }
}

/* What Unmarshal makes of a value for a map or list variable. */
static void fit(struct tcall *call, enum target target, struct tval v, const char *prefix,
                struct tval *ret)
{
    if (v.kind == (target == TARGET_MAP ? TVAL_MAP : TVAL_LIST)) {
        *ret = v;
        return;
    }
    set_error(call, target,
              arena_printf(call->a, "%sjson: cannot unmarshal %s into Go value of type %s", prefix,
                           json_kind(v),
                           target == TARGET_MAP ? "map[string]interface {}" : "[]interface {}"),
              ret);
}

static int from_yaml(struct tcall *call, struct tval text, enum target target, struct tval *ret)
{
    AUTO_ERROR struct error *problem = NULL;
    struct tval v;
    if (yaml_ahead_read(&helm_engine_of(call)->yaml_ahead, tset_aside(call->set), text.s, &v,
                        &problem) < 0) {
        set_error(call, target,
                  arena_printf(call->a, "error converting YAML to JSON: %s", problem->message),
                  ret);
        return 0;
    }
    if (value_is_nil(v))
        *ret = target == TARGET_MAP ? tval_map(call->a) : tval_list(call->a, 0);
    else
        fit(call, target, v, "error unmarshaling JSON: while decoding JSON: ", ret);
    return 0;
}

static int encoding_from_yaml(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    return from_yaml(call, args[0], TARGET_MAP, ret);
}

static int encoding_from_yaml_array(struct tcall *call, const struct tval *args, size_t argc,
                                    struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    return from_yaml(call, args[0], TARGET_LIST, ret);
}

static int from_json(struct tcall *call, struct tval text, enum target target, struct tval *ret)
{
    AUTO_ERROR struct error *problem = NULL;
    const char *range;
    struct tval v;
    if (gojson_read(call->a, text.s.data, text.s.len, &v, &range, &problem) < 0)
        set_error(call, target, problem->message, ret);
    else if (value_is_nil(v))
        *ret = target == TARGET_MAP ? tval_nil_map(call->a) : list_nil(call->a, NULL);
    else
        fit(call, target, v, "", ret);
    if (range && v.kind == TVAL_MAP && target == TARGET_MAP)
        /* What was read stays beside the error. */
        tmap_set(call->a, v.map, "Error", 5, tval_cstring(call->a, range));
    else if (range && v.kind == TVAL_LIST && target == TARGET_LIST)
        set_error(call, target, range, ret);
    return 0;
}

static int encoding_from_json(struct tcall *call, const struct tval *args, size_t argc,
                              struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    return from_json(call, args[0], TARGET_MAP, ret);
}

static int encoding_from_json_array(struct tcall *call, const struct tval *args, size_t argc,
                                    struct tval *ret, struct error **err)
{
    (void)argc, (void)err;
    return from_json(call, args[0], TARGET_LIST, ret);
}

const struct tfunc helm_func_yaml[] = {
    {"fromJson", "s", encoding_from_json},
    {"fromJsonArray", "s", encoding_from_json_array},
    {"fromYaml", "s", encoding_from_yaml},
    {"fromYamlArray", "s", encoding_from_yaml_array},
    {"toYaml", "a", encoding_to_yaml},
    {"toYamlPretty", "a", func_to_yaml_pretty},
    {NULL, NULL, NULL},
};

const struct tfunc helm4_func_yaml[] = {
    {"mustToYaml", "a", encoding_must_to_yaml},
    {NULL, NULL, NULL},
};
