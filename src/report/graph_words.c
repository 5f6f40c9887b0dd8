/* Numbers and states of a graph in words. */
#include "graph_words.h"

#include <math.h>
#include <string.h>

#include "meshctl/ui/line.h"

#define ROOT_DIGITS 8

static void append(struct buf *out, const char *text)
{
    line_append(out, text, strlen(text));
}

/* What a person compares: two digits are enough, and a number of 300 digits is none. */
static void append_number(struct buf *out, double value)
{
    if (!(value >= 0) || value > 1e15)
        buf_appendc(out, '?');
    else if (value == 0)
        buf_appendc(out, '0');
    else if (value < 0.095)
        buf_appendf(out, "%.2f", value < 0.01 ? 0.01 : value);
    else if (value < 9.95)
        buf_appendf(out, "%.1f", value);
    else if (value < 99999.5)
        buf_appendf(out, "%.0f", value);
    else
        buf_appendf(out, "%.2g", value);
}

static void append_errors(struct buf *out, const struct graph_load *load)
{
    double percent = load->requests > 0 ? 100 * load->errors / load->requests : 100;
    if (!(load->errors > 0))
        return;
    if (percent < 1)
        buf_appends(out, " <1% err");
    else
        buf_appendf(out, " %.0f%% err", percent > 100 ? 100 : floor(percent));
}

void graph_load_append(struct buf *out, const struct graph_load *load)
{
    if (!load->is_known) {
        buf_appendc(out, '?');
        return;
    }
    append_number(out, load->requests);
    buf_appends(out, "/s");
    append_errors(out, load);
}

void graph_link_append(struct buf *out, const struct graph_link *link)
{
    const json_t *latency = json_object_get(link->json, "latencyMs");
    const char *api = graph_text(link->json, "api"), *sync = graph_text(link->json, "sync");
    double p50 = graph_number(latency, "p50", -1);
    graph_load_append(out, &link->load);
    if (p50 >= 0) {
        buf_appendc(out, ' ');
        append_number(out, p50);
        buf_appends(out, " ms");
    }
    buf_appends(out, " sync ");
    append(out, sync[0] ? sync : "?");
    if (strcmp(api, "error") == 0)
        buf_appends(out, " API error");
}

void graph_ratio_append(struct buf *out, const json_t *row, const char *part, const char *whole)
{
    double a = graph_number(row, part, -1), b = graph_number(row, whole, -1);
    if (a < 0 && b < 0)
        return;
    if (a < 0)
        buf_appendc(out, '?');
    else
        buf_appendf(out, "%.0f", a);
    if (b >= 0)
        buf_appendf(out, "/%.0f", b);
}

void graph_istiod_append(struct buf *out, const json_t *istiod)
{
    const char *revision = graph_text(istiod, "revision");
    append(out, "istiod");
    if (revision[0] && strcmp(revision, "default") != 0) {
        buf_appendc(out, ' ');
        append(out, revision);
    }
    if (graph_text(istiod, "version")[0]) {
        buf_appendc(out, ' ');
        append(out, graph_text(istiod, "version"));
    }
    buf_appendc(out, ' ');
    graph_ratio_append(out, istiod, "ready", "wanted");
}

void graph_gateway_append(struct buf *out, const json_t *gateway)
{
    const char *role = graph_text(gateway, "role");
    append(out, role[0] ? role : "gateway");
    buf_appendc(out, ' ');
    graph_ratio_append(out, gateway, "ready", "wanted");
}

void graph_address_append(struct buf *out, const json_t *gateway)
{
    const json_t *list = json_object_get(gateway, "addresses");
    const char *first = json_string_value(json_array_get(list, 0));
    double port = graph_number(gateway, "port", -1);
    append(out, first ? first : "no address");
    if (first && port >= 0)
        buf_appendf(out, ":%.0f", port);
    if (json_array_size(list) > 1)
        buf_appendf(out, " and %zu more", json_array_size(list) - 1);
}

void graph_cluster_append(struct buf *out, const struct graph_cluster *cluster)
{
    const char *version = graph_text(cluster->json, "kubernetes");
    double days = graph_number(cluster->json, "daysLeft", -1);
    if (!cluster->is_reached) {
        buf_appends(out, "no answer");
        return;
    }
    buf_appends(out, "Kubernetes ");
    append(out, version[0] ? version : "?");
    if (days >= 0)
        buf_appendf(out, ", CA %.0f days", days);
}

void graph_title_append(struct buf *out, const struct graph *g)
{
    const char *mesh = graph_text(g->json, "mesh"), *read_at = graph_text(g->json, "readAt");
    const char *root = graph_text(json_object_get(g->json, "root"), "fingerprint");
    append(out, mesh[0] ? mesh : "mesh");
    buf_appends(out, ": ");
    buf_appends(out, graph_health_name(graph_health_of(g->json)));
    if (root[0]) {
        buf_appends(out, ", root ");
        line_append_fitted(out, root, ROOT_DIGITS, false);
    }
    if (read_at[0]) {
        buf_appends(out, ", read at ");
        append(out, read_at);
    }
}

void graph_truncated_append(struct buf *out, const json_t *row)
{
    append(out, graph_text(row, "what"));
    buf_appendf(out, ": %.0f of %.0f", graph_number(row, "shown", 0), graph_number(row, "of", 0));
}

/* ---- in a line ------------------------------------------------------------------------------- */

static void append_name(struct buf *out, const struct graph *g, const struct graph_node *node)
{
    append(out, node->name);
    if (node->namespace_[0]) {
        buf_appendc(out, '.');
        append(out, node->namespace_);
    }
    buf_appends(out, node->kind == GRAPH_OUTSIDE ? " outside of " : " in ");
    append(out, g->clusters[node->cluster].name);
}

static void append_row(struct buf *out, const struct graph_row *row)
{
    buf_appends(out, "; ");
    append(out, row->name);
    if (row->ready >= 0 && row->pods >= 0)
        buf_appendf(out, " %lld of %lld ready", (long long)row->ready, (long long)row->pods);
    if (row->is_bare)
        buf_appends(out, ", without a proxy");
}

void graph_node_append(struct buf *out, const struct graph *g, const struct graph_node *node)
{
    static const char *const kinds[] = {
        [GRAPH_GATEWAY] = "gateway ",
        [GRAPH_SERVICE] = "service ",
        [GRAPH_WORKLOAD] = "workload ",
        [GRAPH_OUTSIDE] = "host ",
    };
    buf_appends(out, kinds[node->kind]);
    append_name(out, g, node);
    buf_appends(out, ": ");
    buf_appends(out, graph_health_name(node->health));
    if (node->kind == GRAPH_GATEWAY && node->json) {
        buf_appends(out, "; ");
        graph_gateway_append(out, node->json);
        buf_appends(out, "; ");
        graph_address_append(out, node->json);
    }
    for (size_t i = 0; i < node->rows_count; i++)
        append_row(out, &node->rows[i]);
    if (node->rows_more)
        buf_appendf(out, "; %zu more", node->rows_more);
}

void graph_edge_append(struct buf *out, const struct graph *g, const struct graph_edge *edge)
{
    static const char *const words[] = {
        [GRAPH_MTLS_UNKNOWN] = "",
        [GRAPH_MTLS_ON] = ", mTLS",
        [GRAPH_MTLS_OFF] = ", not mTLS",
    };
    const struct graph_node *from = &g->nodes[edge->from];
    if (edge->from_row != GRAPH_NO_ROW) {
        append(out, from->rows[edge->from_row].name);
        buf_appends(out, " of ");
    }
    append_name(out, g, from);
    buf_appends(out, " calls ");
    append_name(out, g, &g->nodes[edge->to]);
    buf_appends(out, ": ");
    graph_load_append(out, &edge->load);
    buf_appends(out, words[edge->load.mtls]);
}
