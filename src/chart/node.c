#include "node.h"

#include <stdlib.h>
#include <strings.h>

struct chart_node *node_new(const struct chart *chart)
{
    struct chart_node *node = mem_zalloc(sizeof(*node));
    node->chart = chart;
    node->name = mem_strdup(chart->name);
    /* Copies: one chart is rendered by several threads at once, and a reference count is a write.
     */
    node->metadata = json_deep_copy(chart->metadata);
    node->values = json_deep_copy(chart->values);
    for (size_t i = 0; i < chart->subcharts_count; i++)
        node_add_take(node, node_new(chart->subcharts[i]));
    return node;
}

struct chart_node *node_copy(const struct chart_node *from, const char *name)
{
    struct chart_node *node = mem_zalloc(sizeof(*node));
    node->chart = from->chart;
    node->name = mem_strdup(name);
    node->metadata = json_deep_copy(from->metadata);
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
