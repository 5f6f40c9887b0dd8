/* What the templates of each chart see at the top. */
#include "context.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"

const char *context_values_type(int helm_major)
{
    return helm_major >= 4 ? "common.Values" : "chartutil.Values";
}

static void set(struct arena *a, struct tval map, const char *key, struct tval value)
{
    tmap_set(a, map.map, key, strlen(key), value);
}

static struct tval release_value(struct context *c)
{
    const struct chart_render_options *o = c->options;
    struct tval map = tval_map(c->a);
    set(c->a, map, "Name", tval_cstring(c->a, o->release ? o->release : ""));
    set(c->a, map, "Namespace", tval_cstring(c->a, o->namespace_ ? o->namespace_ : ""));
    set(c->a, map, "IsUpgrade", tval_bool(o->is_upgrade));
    set(c->a, map, "IsInstall", tval_bool(!o->is_upgrade));
    set(c->a, map, "Revision", tval_int(o->revision > 0 ? o->revision : 1));
    set(c->a, map, "Service", tval_cstring(c->a, "Helm"));
    return map;
}

/* The parent's values of that name, shared and seen as Helm's Values type, or an empty map. */
static struct tval child_values(struct context *c, const struct chart_node *node,
                                struct tval parent)
{
    struct tval *values = tmap_get(parent.map, "Values", strlen("Values"));
    struct tval *own = values && values->kind == TVAL_MAP
                           ? tmap_get(values->map, node->name, strlen(node->name))
                           : NULL;
    const char *type = context_values_type(c->helm_major);
    return tmap_view(c->a, own && own->kind == TVAL_MAP ? own->map : tval_map(c->a).map, type);
}

static void add_templates(struct context *c, const struct chart_node *node, struct tval dot)
{
    const struct chart *chart = node->chart;
    const char *base_path = arena_printf(c->a, "%s/templates", node->path);
    bool library = node_is_library(node);
    for (size_t i = 0; i < chart->templates_count; i++) {
        const struct chart_file *file = &chart->templates[i];
        if (library && fs_basename(file->name)[0] != '_')
            continue;
        c->templates = mem_grow(c->templates, &c->cap, c->count + 1, sizeof(*c->templates));
        c->templates[c->count++] = (struct context_template){
            .file = file,
            .name = arena_printf(c->a, "%s/%s", node->path, file->name),
            .base_path = base_path,
            .dot = dot,
        };
    }
}

static struct tval add_chart(struct context *c, const struct chart_node *node, struct tval values)
{
    struct tval dot = tval_map(c->a), subcharts = tval_map(c->a);
    tmap_set_type(dot.map, context_values_type(c->helm_major));
    set(c->a, dot, "Chart", chart_object_build(c->a, node->metadata, !node->parent, c->helm_major));
    set(c->a, dot, "Files", files_build(c->a, node->chart->files, node->chart->files_count));
    set(c->a, dot, "Release", c->release);
    set(c->a, dot, "Capabilities", c->capabilities);
    set(c->a, dot, "Values", values);
    set(c->a, dot, "Subcharts", subcharts);
    for (size_t i = 0; i < node->count; i++) {
        const struct chart_node *child = node->children[i];
        set(c->a, subcharts, child->name, add_chart(c, child, child_values(c, child, dot)));
    }
    add_templates(c, node, dot);
    return dot;
}

int context_build(struct context *c, const struct chart_node *root, const json_t *values,
                  struct error **err)
{
    c->release = release_value(c);
    if (capabilities_build(c->a, c->options, c->helm_major, &c->capabilities, err))
        return -1;
    struct tval root_values = tval_from_json(c->a, values);
    tmap_set_type(root_values.map, context_values_type(c->helm_major));
    add_chart(c, root, root_values);
    return 0;
}

void context_release(struct context *c)
{
    free(c->templates);
    c->templates = NULL;
}
