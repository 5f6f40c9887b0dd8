#include "schema.h"

#include <string.h>

#include "meshctl/base/text.h"
#include "meshctl/chart/values.h"
#include "meshctl/data/gotype.h"

/* jsonschema.go ValidateAgainstSingleSchema. 1 with the errors in `out` when the values do not fit
 * or the schema is none. */
static int check_values(const struct chart_file *file, const json_t *values,
                        struct strlist *warnings, struct buf *out)
{
    AUTO_ARENA *arena = arena_new();
    AUTO_ERROR struct error *wrong = NULL;
    MC_CLEANUP(schema_set_release)
    struct schema_set meta = {.a = arena, .is_meta = true, .meta = &meta};
    MC_CLEANUP(schema_set_release)
    struct schema_set set = {.a = arena, .meta = &meta, .warnings = warnings};
    struct schema_value document, value = schema_value_from_json(arena, values);
    struct schema_doc *doc;
    struct schema *schema;
    struct schema_error *e = NULL;
    if (schema_value_read(arena, file->data, file->len, &document, &wrong) ||
        schema_doc_add(&set, SCHEMA_ROOT_URL, &document, &doc, &wrong) ||
        schema_compile(&set, SCHEMA_ROOT_URL, &schema, &wrong) ||
        schema_check(&set, schema, &value, NULL, &e, &wrong)) {
        buf_appends(out, wrong->message);
        return 1;
    }
    if (!e)
        return 0;
    AUTO_BUF text = BUF_INIT_MAX(SCHEMA_MAX_TEXT);
    schema_error_print_all(&text, e);
    buf_appends(out, buf_str(&text) + (text.len > 0));
    buf_appends(out, text.overflow ? "...\n" : "\n");
    return 1;
}

static void check_tree(const struct chart_node *node, const json_t *values,
                       struct strlist *warnings, struct buf *out)
{
    AUTO_BUF text = BUF_INIT;
    if (node->chart->schema_file.name &&
        check_values(&node->chart->schema_file, values, warnings, &text))
        buf_appendf(out, "%s:\n%s", node->chart->name, buf_str(&text));
    for (size_t i = 0; i < node->count; i++) {
        const struct chart_node *child = node->children[i];
        const json_t *own = json_object_get(values, child->name);
        if (!own || json_is_null(own))
            continue;
        if (!json_is_object(own))
            buf_appendf(out, "%s:\ninvalid type for values: expected object (map), got %s\n",
                        child->name, name_go_type(own));
        else
            check_tree(child, own, warnings, out);
    }
}

int schema_check_tree(const struct chart_node *root, const json_t *values, struct strlist *warnings,
                      struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    check_tree(root, values, warnings, &out);
    if (!out.len)
        return 0;
    if (out.data[out.len - 1] == '\n')
        buf_truncate(&out, out.len - 1);
    return error_set(err, ERROR_INPUT,
                     "values don't meet the specifications of the schema(s) in the following "
                     "chart(s):\n%s",
                     buf_str(&out));
}

int values_check_schema(const struct chart *chart, const json_t *values, struct error **err)
{
    MC_CLEANUP(node_cleanup) struct chart_node *root = NULL;
    return node_new(chart, 3, &root, err) ? -1 : schema_check_tree(root, values, NULL, err);
}
