/* The values of a chart and its subcharts against their schemas. */
#include "values_schema.h"

#include "meshctl/base/budget.h"
#include "meshctl/data/gotype.h"
#include "meshctl/helm/values.h"
#include "meshctl/schema/schema.h"

static void check_tree(const struct chart_node *node, const json_t *values,
                       struct strlist *warnings, struct buf *out)
{
    AUTO_BUF text = BUF_INIT;
    if (node->chart->schema_file.name &&
        schema_check_text(node->chart->schema_file.data, node->chart->schema_file.len, values,
                          warnings, &text))
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

int values_check_tree(const struct chart_node *root, const json_t *values, struct strlist *warnings,
                      struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    check_tree(root, values, warnings, &out);
    if (budget_check(err) < 0)
        return error_wrap(err, "checking the values of chart %s against its values.schema.json",
                          root->chart->name);
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
    return node_new(chart, 3, &root, err) ? -1 : values_check_tree(root, values, NULL, err);
}
