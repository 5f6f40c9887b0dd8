/* Services on a terminal: each cluster is a box, each line in it a service, and below it whom it
 * calls. */
#include <string.h>

#include "ascii.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"

static void append_rows(struct buf *out, const struct graph_node *node)
{
    for (size_t i = 0; i < node->rows_count; i++) {
        const struct graph_row *row = &node->rows[i];
        buf_appendf(out, "%s%s", i ? ", " : "  ", row->name);
        if (row->ready >= 0 && row->pods >= 0)
            buf_appendf(out, " %lld/%lld", (long long)row->ready, (long long)row->pods);
        if (row->is_bare)
            buf_appends(out, " without a proxy");
    }
    if (node->rows_more)
        buf_appendf(out, " and %zu more", node->rows_more);
}

static void append_name(struct buf *out, const struct graph *g, const struct graph_node *node)
{
    buf_appends(out, node->name);
    if (g->has_namespaces && node->namespace_[0])
        buf_appendf(out, ".%s", node->namespace_);
}

static enum term_style node_style(const struct graph_node *node)
{
    return node->health == GRAPH_UNKNOWN ? TERM_PLAIN : ascii_style(node->health);
}

static void draw_node(const struct ascii *a, const struct graph *g, const struct graph_node *node)
{
    AUTO_BUF line = BUF_INIT;
    buf_appendf(&line, "%s ", ascii_health(a, node->health));
    append_name(&line, g, node);
    if (node->kind == GRAPH_GATEWAY && node->json) {
        buf_appends(&line, "  ");
        graph_gateway_append(&line, node->json);
        buf_appendc(&line, ' ');
        graph_address_append(&line, node->json);
    }
    append_rows(&line, node);
    ascii_row(a, a->out, node_style(node), buf_str(&line), a->width);
    buf_appendc(a->out, '\n');
}

/* Where there are several, the caller's own name tells which of them calls. */
static void append_caller(struct buf *out, const struct graph_node *from, size_t row)
{
    if (from->rows_count > 1 && row != GRAPH_NO_ROW)
        buf_appendf(out, "%s ", from->rows[row].name);
}

static void draw_call(const struct ascii *a, const struct graph *g, const struct graph_call *call)
{
    static const char *const words[] = {
        [GRAPH_MTLS_UNKNOWN] = "", [GRAPH_MTLS_ON] = "  mTLS", [GRAPH_MTLS_OFF] = "  not mTLS"};
    struct graph_load load = graph_load_of(call->json);
    const struct graph_node *to = &g->nodes[call->to];
    AUTO_BUF line = BUF_INIT;
    buf_appends(&line, "  ");
    append_caller(&line, &g->nodes[call->from], call->from_row);
    ascii_signs(a, &line, ASCII_ACROSS, 1);
    buf_appendf(&line, "%s ", ascii_sign(a, ASCII_RIGHT));
    append_name(&line, g, to);
    if (to->cluster != g->nodes[call->from].cluster)
        buf_appendf(&line, " in %s", g->clusters[to->cluster].name);
    buf_appends(&line, to->kind == GRAPH_OUTSIDE ? " outside of the mesh  " : "  ");
    graph_load_append(&line, &load);
    buf_appends(&line, words[load.mtls]);
    if (call->gateway != GRAPH_NO_NODE)
        buf_appendf(&line, "  via %s", g->nodes[call->gateway].name);
    ascii_row(a, a->out,
              load.is_bad            ? TERM_RED
              : !(load.requests > 0) ? TERM_DIM
                                     : TERM_PLAIN,
              buf_str(&line), a->width);
    buf_appendc(a->out, '\n');
}

static bool calls_any(const struct graph *g, size_t node)
{
    for (size_t i = 0; i < g->calls_count; i++)
        if (g->calls[i].from == node || g->calls[i].gateway == node)
            return true;
    return false;
}

static void draw_cluster(const struct ascii *a, const struct graph *g, size_t cluster)
{
    AUTO_BUF name = BUF_INIT;
    buf_appendf(&name, "services in %s", g->clusters[cluster].name);
    ascii_open(a, a->out, buf_str(&name), a->width);
    buf_appendc(a->out, '\n');
    for (size_t i = 0; i < g->nodes_count; i++) {
        const struct graph_node *node = &g->nodes[i];
        bool is_shown = node->kind == GRAPH_GATEWAY ? calls_any(g, i) : node->kind != GRAPH_OUTSIDE;
        if (node->cluster != cluster || !is_shown)
            continue;
        draw_node(a, g, node);
        for (size_t k = 0; k < g->calls_count; k++)
            if (g->calls[k].from == i)
                draw_call(a, g, &g->calls[k]);
    }
    ascii_close(a, a->out, a->width);
    buf_appendc(a->out, '\n');
}

void ascii_services(const struct ascii *a, const struct graph *g)
{
    for (size_t i = 0; i < g->clusters_count; i++)
        draw_cluster(a, g, i);
}
