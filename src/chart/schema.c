#include "schema.h"

#include <math.h>
#include <string.h>

#include "meshctl/base/arena.h"
#include "meshctl/base/text.h"
#include "meshctl/chart/values.h"
#include "names.h"

/* --- types and fixed values --- */

static const char *type_of(const json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    default:
        return "null";
    }
}

static bool is_integer(const json_t *v)
{
    return json_is_integer(v) ||
           (json_is_real(v) && floor(json_real_value(v)) == json_real_value(v));
}

static bool wants_type(const json_t *types, const char *name)
{
    if (json_is_string(types))
        return strcmp(json_string_value(types), name) == 0;
    for (size_t i = 0; i < json_array_size(types); i++)
        if (text_equal(json_string_value(json_array_get(types, i)), name))
            return true;
    return false;
}

static struct schema_error *check_type(struct schema_check *c, const json_t *schema,
                                       const json_t *value, const char *path)
{
    static const char *const order[] = {"null",   "boolean", "number", "integer",
                                        "string", "array",   "object"};
    const json_t *types = json_object_get(schema, "type");
    const char *got = type_of(value);
    if (!types || wants_type(types, got) || (wants_type(types, "integer") && is_integer(value)))
        return NULL;
    AUTO_BUF want = BUF_INIT;
    for (size_t i = 0; i < MC_ARRAY_LEN(order); i++)
        if (wants_type(types, order[i]))
            buf_appendf(&want, "%s%s", want.len ? " or " : "", order[i]);
    if (!want.len)
        return NULL;
    return schema_error_new(c, path, "got %s, want %s", got, buf_str(&want));
}

static bool is_compound(const json_t *v)
{
    return json_is_object(v) || json_is_array(v);
}

static struct schema_error *check_enum(struct schema_check *c, const json_t *schema,
                                       const json_t *value, const char *path)
{
    const json_t *list = json_object_get(schema, "enum");
    AUTO_BUF names = BUF_INIT;
    bool plain = true;
    if (!json_is_array(list))
        return NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        if (json_same(item, value))
            return NULL;
        plain = plain && !is_compound(item);
        buf_appendf(&names, "%s%s", i ? ", " : "", schema_display(c, item));
    }
    if (!plain)
        return schema_error_new(c, path, "'enum' failed");
    return schema_error_new(c, path, "value must be %s%s",
                            json_array_size(list) == 1 ? "" : "one of ", buf_str(&names));
}

static struct schema_error *check_const(struct schema_check *c, const json_t *schema,
                                        const json_t *value, const char *path)
{
    const json_t *want = json_object_get(schema, "const");
    if (!want || c->draft < 6 || json_same(want, value))
        return NULL;
    if (is_compound(want))
        return schema_error_new(c, path, "'const' failed");
    return schema_error_new(c, path, "value must be %s", schema_display(c, want));
}

/* --- references and combinations --- */

static struct schema_error *check_ref(struct schema_check *c, const char *ref, const json_t *value,
                                      const char *path)
{
    const json_t *target = schema_resolve(c, ref);
    struct schema_error *cause = target ? schema_apply(c, target, value, path) : NULL;
    if (!cause)
        return NULL;
    struct schema_error *e = schema_error_new(c, path, "validation failed");
    e->is_reference = true;
    if (cause->is_group) {
        e->causes = cause->causes;
        e->count = e->cap = cause->count;
    } else {
        schema_error_add(c, e, cause);
    }
    return e;
}

static struct schema_error *apply_quietly(struct schema_check *c, const json_t *schema,
                                          const json_t *value)
{
    bool was = c->quiet;
    c->quiet = true;
    struct schema_error *e = schema_apply(c, schema, value, "");
    c->quiet = was;
    return e;
}

static struct schema_error *check_all_of(struct schema_check *c, const json_t *list,
                                         const json_t *value, const char *path)
{
    struct schema_error *e = schema_error_new(c, path, "'allOf' failed");
    for (size_t i = 0; i < json_array_size(list); i++)
        schema_error_add(c, e, schema_apply(c, json_array_get(list, i), value, path));
    return e->count ? e : NULL;
}

static struct schema_error *check_any_of(struct schema_check *c, const json_t *list,
                                         const json_t *value, const char *path)
{
    struct schema_error *e = schema_error_new(c, path, "'anyOf' failed");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct schema_error *cause = schema_apply(c, json_array_get(list, i), value, path);
        if (!cause)
            return NULL;
        schema_error_add(c, e, cause);
    }
    return json_array_size(list) ? e : NULL;
}

static struct schema_error *check_one_of(struct schema_check *c, const json_t *list,
                                         const json_t *value, const char *path)
{
    struct schema_error *none = schema_error_new(c, path, "'oneOf' failed, none matched");
    size_t count = json_array_size(list), matched = count;
    for (size_t i = 0; i < count; i++) {
        struct schema_error *cause = matched == count
                                         ? schema_apply(c, json_array_get(list, i), value, path)
                                         : apply_quietly(c, json_array_get(list, i), value);
        if (cause)
            schema_error_add(c, none, cause);
        else if (matched == count)
            matched = i;
        else
            return schema_error_new(c, path, "'oneOf' failed, subschemas %zu, %zu matched", matched,
                                    i);
    }
    return count && matched == count ? none : NULL;
}

static void check_combined(struct schema_check *c, const json_t *schema, const json_t *value,
                           const char *path, struct schema_error *errors)
{
    const json_t *not = json_object_get(schema, "not");
    if (not &&!apply_quietly(c, not, value))
        schema_error_add(c, errors, schema_error_new(c, path, "'not' failed"));
    schema_error_add(c, errors, check_all_of(c, json_object_get(schema, "allOf"), value, path));
    schema_error_add(c, errors, check_any_of(c, json_object_get(schema, "anyOf"), value, path));
    schema_error_add(c, errors, check_one_of(c, json_object_get(schema, "oneOf"), value, path));
    const json_t *condition = c->draft >= 7 ? json_object_get(schema, "if") : NULL;
    if (!condition)
        return;
    const json_t *then =
        json_object_get(schema, apply_quietly(c, condition, value) ? "else" : "then");
    if (then)
        schema_error_add(c, errors, schema_apply(c, then, value, path));
}

static struct schema_error *check_keywords(struct schema_check *c, const json_t *schema,
                                           const json_t *value, const char *path)
{
    struct schema_error *e = check_type(c, schema, value, path);
    if (!e)
        e = check_const(c, schema, value, path);
    if (!e)
        e = check_enum(c, schema, value, path);
    if (e)
        return e;
    struct schema_error *errors = schema_error_new(c, path, "validation failed");
    errors->is_group = true;
    const char *ref = json_dig_str(schema, "$ref", NULL);
    if (ref) {
        e = check_ref(c, ref, value, path);
        if (c->draft < 2019)
            return e;
        schema_error_add(c, errors, e);
    }
    if (json_is_object(value))
        schema_check_object(c, schema, value, path, errors);
    else if (json_is_array(value))
        schema_check_array(c, schema, value, path, errors);
    else if (json_is_string(value))
        schema_check_string(c, schema, value, path, errors);
    else if (json_is_number(value))
        schema_check_number(c, schema, value, path, errors);
    const char *dynamic = json_dig_str(schema, "$dynamicRef", NULL);
    if (dynamic && c->draft >= 2020)
        schema_error_add(c, errors, check_ref(c, dynamic, value, path));
    check_combined(c, schema, value, path, errors);
    return errors->count == 0 ? NULL : errors->count == 1 ? errors->causes[0] : errors;
}

struct schema_error *schema_apply(struct schema_check *c, const json_t *schema, const json_t *value,
                                  const char *path)
{
    if (json_is_false(schema))
        return schema_error_new(c, path, "false schema");
    if (!json_is_object(schema) || c->broken)
        return NULL;
    if (++c->steps > SCHEMA_MAX_STEPS || c->depth >= SCHEMA_MAX_DEPTH) {
        error_set(&c->broken, ERROR_INPUT,
                  "the schema refers to itself without end, or is too large to be checked");
        return NULL;
    }
    c->depth++;
    struct schema_error *e = check_keywords(c, schema, value, path);
    c->depth--;
    return e;
}

/* --- documents --- */

/* draft.go: $schema decides, the newest is the default. */
static int draft_of(const json_t *schema)
{
    static const struct {
        const char *part;
        int draft;
    } drafts[] = {{"draft-04", 4}, {"draft-06", 6}, {"draft-07", 7}, {"2019-09", 2019}};
    const char *url = json_dig_str(schema, "$schema", NULL);
    for (size_t i = 0; url && i < MC_ARRAY_LEN(drafts); i++)
        if (strstr(url, drafts[i].part))
            return drafts[i].draft;
    return 2020;
}

/* Appends the errors of one schema, "" when the values fit. */
static int check_one(const struct chart *chart, const json_t *values, struct buf *out,
                     struct error **err)
{
    if (!chart->schema_file.name)
        return 0;
    if (!chart->schema)
        return error_set(err, ERROR_INPUT, "%s: values.schema.json is no JSON", chart->name);
    AUTO_ARENA *arena = arena_new();
    struct schema_check c = {.a = arena, .root = chart->schema, .draft = draft_of(chart->schema)};
    struct schema_error *e = schema_apply(&c, chart->schema, values, "");
    if (c.broken) {
        *err = c.broken;
        return error_wrap(err, "%s: values.schema.json", chart->name);
    }
    if (!e)
        return 0;
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; e->is_group && i < e->count; i++)
        schema_error_print(&text, e->causes[i], 0);
    if (!e->is_group)
        schema_error_print(&text, e, 0);
    buf_appendf(out, "%s:\n", chart->name);
    buf_appends(out, buf_str(&text) + (text.len > 0));
    buf_appendc(out, '\n');
    return 0;
}

static int check_tree(const struct chart_node *node, const json_t *values, struct buf *out,
                      struct error **err)
{
    if (check_one(node->chart, values, out, err))
        return -1;
    for (size_t i = 0; i < node->count; i++) {
        const struct chart_node *child = node->children[i];
        const json_t *own = json_object_get(values, child->name);
        if (!own || json_is_null(own))
            continue;
        if (!json_is_object(own))
            buf_appendf(out, "%s:\ninvalid type for values: expected object (map), got %s\n",
                        child->name, name_go_type(own));
        else if (check_tree(child, own, out, err))
            return -1;
    }
    return 0;
}

int schema_check_tree(const struct chart_node *root, const json_t *values, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (check_tree(root, values, &out, err))
        return -1;
    if (!out.len)
        return 0;
    buf_truncate(&out, out.len - 1);
    return error_set(err, ERROR_INPUT,
                     "values don't meet the specifications of the schema(s) in the following "
                     "chart(s):\n%s",
                     buf_str(&out));
}

int values_check_schema(const struct chart *chart, const json_t *values, struct error **err)
{
    MC_CLEANUP(node_cleanup) struct chart_node *root = node_new(chart);
    return schema_check_tree(root, values, err);
}
