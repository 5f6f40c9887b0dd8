/* The picture for Graphviz. */
#include <string.h>

#include "graph_words.h"
#include "meshctl/report/picture.h"
#include "meshctl/ui/line.h"

/* Quoted, and without the escapes that a label has (\N, \l). */
static void append_quoted(struct buf *out, const char *text)
{
    AUTO_BUF clean = BUF_INIT;
    line_append(&clean, text, strlen(text));
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.data[i] == '"' || clean.data[i] == '\\')
            buf_appendc(out, '\\');
        buf_appendc(out, clean.data[i]);
    }
}

static const char *color_of(enum graph_health health)
{
    static const char *const colors[] = {
        [GRAPH_UNKNOWN] = "gray50",
        [GRAPH_OK] = "darkgreen",
        [GRAPH_WARNING] = "darkorange3",
        [GRAPH_ERROR] = "red3",
    };
    return colors[health];
}

static const char *edge_color(const struct graph_load *load)
{
    return load->is_bad ? "red3" : load->requests > 0 ? "gray20" : "gray60";
}

static void append_lines(struct buf *out, const struct graph_cluster *cluster)
{
    AUTO_BUF line = BUF_INIT;
    size_t i;
    json_t *row;
    append_quoted(out, cluster->name);
    graph_cluster_append(&line, cluster);
    buf_appends(out, "\\n");
    append_quoted(out, buf_str(&line));
    json_array_foreach(json_object_get(cluster->json, "istiods"), i, row) {
        buf_clear(&line);
        graph_istiod_append(&line, row);
        buf_appends(out, "\\n");
        append_quoted(out, buf_str(&line));
    }
    json_array_foreach(json_object_get(cluster->json, "gateways"), i, row) {
        buf_clear(&line);
        graph_gateway_append(&line, row);
        buf_appendc(&line, ' ');
        graph_address_append(&line, row);
        buf_appends(out, "\\n");
        append_quoted(out, buf_str(&line));
    }
}

static void draw_clusters(struct buf *out, const struct graph *g)
{
    for (size_t i = 0; i < g->clusters_count; i++) {
        buf_appendf(out, "  c%zu [label=\"", i);
        append_lines(out, &g->clusters[i]);
        buf_appendf(out, "\", color=%s];\n", color_of(g->clusters[i].health));
    }
    for (size_t i = 0; i < g->links_count; i++) {
        const struct graph_link *link = &g->links[i];
        AUTO_BUF label = BUF_INIT;
        graph_link_append(&label, link);
        buf_appendf(out, "  c%zu -> c%zu [label=\"", link->from, link->to);
        append_quoted(out, buf_str(&label));
        buf_appendf(out, "\", color=%s, fontcolor=%s];\n",
                    link->health == GRAPH_OK ? edge_color(&link->load) : color_of(link->health),
                    link->load.is_bad ? "red3" : "black");
    }
}

static void draw_node(struct buf *out, const struct graph *g, size_t index)
{
    static const char *const shapes[] = {
        [GRAPH_GATEWAY] = "hexagon",
        [GRAPH_SERVICE] = "box",
        [GRAPH_WORKLOAD] = "ellipse",
        [GRAPH_OUTSIDE] = "note",
    };
    const struct graph_node *node = &g->nodes[index];
    buf_appendf(out, "    n%zu [shape=%s, color=%s, label=\"", index, shapes[node->kind],
                color_of(node->health));
    append_quoted(out, node->name);
    if (g->has_namespaces && node->namespace_[0]) {
        buf_appendc(out, '.');
        append_quoted(out, node->namespace_);
    }
    for (size_t i = 0; i < node->rows_count; i++) {
        buf_appends(out, "\\n");
        append_quoted(out, node->rows[i].name);
        if (node->rows[i].ready >= 0 && node->rows[i].pods >= 0)
            buf_appendf(out, " %lld/%lld", (long long)node->rows[i].ready,
                        (long long)node->rows[i].pods);
    }
    buf_appends(out, "\"];\n");
}

static void draw_services(struct buf *out, const struct graph *g)
{
    static const char *const words[] = {
        [GRAPH_MTLS_UNKNOWN] = "", [GRAPH_MTLS_ON] = " mTLS", [GRAPH_MTLS_OFF] = " not mTLS"};
    for (size_t i = 0; i < g->clusters_count; i++) {
        buf_appendf(out, "  subgraph cluster_%zu {\n    label=\"", i);
        append_quoted(out, g->clusters[i].name);
        buf_appendf(out, "\";\n    color=%s;\n", color_of(g->clusters[i].health));
        for (size_t k = 0; k < g->nodes_count; k++)
            if (g->nodes[k].cluster == i)
                draw_node(out, g, k);
        buf_appends(out, "  }\n");
    }
    for (size_t i = 0; i < g->edges_count; i++) {
        const struct graph_edge *e = &g->edges[i];
        AUTO_BUF label = BUF_INIT;
        graph_load_append(&label, &e->load);
        buf_appends(&label, words[e->load.mtls]);
        buf_appendf(out, "  n%zu -> n%zu [label=\"", e->from, e->to);
        append_quoted(out, buf_str(&label));
        buf_appendf(out, "\", color=%s, fontcolor=%s%s];\n", edge_color(&e->load),
                    e->load.is_bad ? "red3" : "black", e->is_cross ? ", penwidth=2" : "");
    }
}

void report_picture_dot(const json_t *status, struct buf *out)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    AUTO_BUF title = BUF_INIT;
    graph_title_append(&title, g);
    buf_appends(out, "digraph mesh {\n  label=\"");
    append_quoted(out, buf_str(&title));
    buf_appends(out, "\";\n  labelloc=t;\n  rankdir=LR;\n  node [shape=box, "
                     "fontname=\"monospace\"];\n  edge [fontname=\"monospace\"];\n");
    (g->has_services ? draw_services : draw_clusters)(out, g);
    buf_appends(out, "}\n");
}
