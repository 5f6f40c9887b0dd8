/* The tree of charts that one render works on. */
#include "chart_node.h"

#include <stdlib.h>
#include <strings.h>

#include "meshctl/base/budget.h"
#include "meshctl/base/fs.h"
#include "meshctl/data/json_copy.h"
#include "values_text.h"

static int read_values(const struct chart *chart, const char *place, int helm_major,
                       json_t **ret_values, struct error **err)
{
    const struct chart_file *f = &chart->values_file;
    if (!f->name) {
        *ret_values = json_object();
        return 0;
    }
    AUTO_FREE char *name = mem_printf("%s/%s", place, f->name);
    if (values_text_read(f->data, f->len, name, helm_major, ret_values, err))
        return error_wrap(err, "cannot load values.yaml");
    return 0;
}

static int add_nodes(const struct chart *chart, const char *place, int helm_major,
                     struct chart_node **ret_node, struct error **err)
{
    if (budget_check(err) < 0)
        return -1;
    MC_CLEANUP(node_cleanup) struct chart_node *node = mem_zalloc(sizeof(*node));
    node->chart = chart;
    node->name = mem_strdup(chart->name);
    /* A copy: one chart is rendered by several threads at once, and a reference count
     * is a write. */
    node->metadata = json_copy_dup(chart->metadata);
    if (read_values(chart, place, helm_major, &node->values, err))
        return -1;
    for (size_t i = 0; i < chart->subcharts_count; i++) {
        const struct chart *inner = chart->subcharts[i];
        struct chart_node *child = NULL;
        AUTO_FREE char *inner_place = mem_printf("%s/%s", place, inner->source);
        if (add_nodes(inner, inner_place, helm_major, &child, err))
            return error_wrap(err, "error unpacking subchart %s in %s", fs_basename(inner->source),
                              chart->name);
        node_add_take(node, child);
    }
    *ret_node = TAKE(node);
    return 0;
}

int node_new(const struct chart *chart, int helm_major, struct chart_node **ret_node,
             struct error **err)
{
    return add_nodes(chart, chart->source, helm_major, ret_node, err);
}

struct chart_node *node_copy(const struct chart_node *from, const char *name)
{
    struct chart_node *node = mem_zalloc(sizeof(*node));
    node->chart = from->chart;
    node->name = mem_strdup(name);
    node->metadata = json_copy_dup(from->metadata);
    json_object_set_new(node->metadata, "name", json_string(name));
    node->values = json_incref(from->values);
    for (size_t i = 0; i < from->count; i++)
        node_add_take(node, node_copy(from->children[i], from->children[i]->name));
    return node;
}

void node_add_take(struct chart_node *parent, struct chart_node *child)
{
    parent->children =
        mem_realloc(parent->children, (parent->count + 1) * sizeof(*parent->children));
    parent->children[parent->count++] = child;
    child->parent = parent;
}

void node_free(struct chart_node *node)
{
    if (!node)
        return;
    for (size_t i = 0; i < node->count; i++)
        node_free(node->children[i]);
    free(node->children);
    free(node->name);
    free(node->path);
    json_decref(node->metadata);
    json_decref(node->values);
    free(node);
}

void node_set_paths(struct chart_node *node)
{
    free(node->path);
    node->path = node->parent ? mem_printf("%s/charts/%s", node->parent->path, node->name)
                              : mem_strdup(node->name);
    for (size_t i = 0; i < node->count; i++)
        node_set_paths(node->children[i]);
}

bool node_is_library(const struct chart_node *node)
{
    const char *type = json_dig_str(node->metadata, "type", NULL);
    return type && strcasecmp(type, "library") == 0;
}
