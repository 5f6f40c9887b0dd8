/* The picture as a page, with what it shows as tables below it. */
#include <string.h>

#include "html.h"
#include "meshctl/report/picture.h"

static enum graph_health level_of(const json_t *row)
{
    const char *level = graph_text(row, "level");
    return strcmp(level, "error") == 0     ? GRAPH_ERROR
           : strcmp(level, "warning") == 0 ? GRAPH_WARNING
                                           : GRAPH_OK;
}

static void append_list(struct buf *out, const json_t *rows,
                        void (*append)(struct buf *, const json_t *))
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        buf_appends(out, i ? ", " : "");
        append(out, row);
    }
}

static void append_gateway(struct buf *out, const json_t *row)
{
    graph_gateway_append(out, row);
    buf_appendc(out, ' ');
    graph_address_append(out, row);
}

static void add_clusters(struct buf *out, const struct graph *g)
{
    static const char *const columns[] = {"",        "cluster", "network",  "API server",
                                          "version", "istiod",  "gateways", NULL};
    html_table(out, "Clusters", columns);
    for (size_t i = 0; i < g->clusters_count; i++) {
        const struct graph_cluster *c = &g->clusters[i];
        AUTO_BUF version = BUF_INIT, istiods = BUF_INIT, gateways = BUF_INIT;
        graph_cluster_append(&version, c);
        append_list(&istiods, json_object_get(c->json, "istiods"), graph_istiod_append);
        append_list(&gateways, json_object_get(c->json, "gateways"), append_gateway);
        html_row(out, c->health,
                 (const char *const[]){c->name, graph_text(c->json, "network"),
                                       graph_text(c->json, "server"), buf_str(&version),
                                       buf_str(&istiods), buf_str(&gateways), NULL});
    }
    html_table_end(out);
}

static void add_findings(struct buf *out, const struct graph *g)
{
    static const char *const columns[] = {"", "id", "cluster", "found", NULL};
    bool any = false;
    for (size_t i = 0; i < g->clusters_count; i++) {
        size_t k;
        json_t *row;
        json_array_foreach(json_object_get(g->clusters[i].json, "findings"), k, row) {
            if (level_of(row) == GRAPH_OK)
                continue;
            if (!any)
                html_table(out, "Findings", columns);
            any = true;
            html_row(out, level_of(row),
                     (const char *const[]){graph_text(row, "id"), g->clusters[i].name,
                                           graph_text(row, "found"), NULL});
        }
    }
    if (any)
        html_table_end(out);
}

static void add_links(struct buf *out, const struct graph *g)
{
    static const char *const columns[] = {"",    "from",          "to", "requests",
                                          "API", "services seen", NULL};
    if (!g->links_count)
        return;
    html_table(out, "Links", columns);
    for (size_t i = 0; i < g->links_count; i++) {
        const struct graph_link *link = &g->links[i];
        AUTO_BUF text = BUF_INIT, seen = BUF_INIT;
        graph_link_append(&text, link);
        graph_ratio_append(&seen, link->json, "servicesSeen", "services");
        html_row(out, link->health,
                 (const char *const[]){g->clusters[link->from].name, g->clusters[link->to].name,
                                       buf_str(&text), graph_text(link->json, "api"),
                                       buf_str(&seen), NULL});
    }
    html_table_end(out);
}

static void append_end(struct buf *out, const struct graph *g, const struct graph_node *node)
{
    buf_appends(out, node->name);
    if (node->namespace_[0])
        buf_appendf(out, ".%s", node->namespace_);
    buf_appendf(out, node->kind == GRAPH_OUTSIDE ? " (outside of %s)" : " in %s",
                g->clusters[node->cluster].name);
}

static void add_calls(struct buf *out, const struct graph *g)
{
    static const char *const columns[] = {"", "from", "to", "requests", "mTLS", "through", NULL};
    static const char *const words[] = {
        [GRAPH_MTLS_UNKNOWN] = "?", [GRAPH_MTLS_ON] = "yes", [GRAPH_MTLS_OFF] = "no"};
    if (!g->calls_count)
        return;
    html_table(out, "Calls", columns);
    for (size_t i = 0; i < g->calls_count; i++) {
        const struct graph_call *call = &g->calls[i];
        struct graph_load load = graph_load_of(call->json);
        AUTO_BUF from = BUF_INIT, to = BUF_INIT, text = BUF_INIT;
        if (call->from_row != GRAPH_NO_ROW)
            buf_appendf(&from, "%s of ", g->nodes[call->from].rows[call->from_row].name);
        append_end(&from, g, &g->nodes[call->from]);
        append_end(&to, g, &g->nodes[call->to]);
        graph_load_append(&text, &load);
        html_row(out,
                 load.is_bad                   ? GRAPH_ERROR
                 : load.mtls == GRAPH_MTLS_OFF ? GRAPH_WARNING
                                               : GRAPH_OK,
                 (const char *const[]){buf_str(&from), buf_str(&to), buf_str(&text),
                                       words[load.mtls], graph_text(call->json, "via"), NULL});
    }
    html_table_end(out);
}

void html_picture(struct buf *out, const json_t *status)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    buf_appends(out,
                "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"picture\">\n");
    svg_picture(out, g, false);
    buf_appends(out, "</div>\n");
    add_findings(out, g);
    add_clusters(out, g);
    add_links(out, g);
    add_calls(out, g);
}

void report_picture_html(const json_t *status, int refresh_ms, struct buf *out)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    AUTO_BUF title = BUF_INIT;
    graph_title_append(&title, g);
    html_begin(out, buf_str(&title), refresh_ms);
    html_picture(out, status);
    html_end(out);
}
