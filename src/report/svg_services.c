/* The part of a picture that shows services, and who calls whom, inside of their clusters. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "svg.h"

#define PAD 10.0
#define LOCK 13.0 /* of a label, its sign, and a blank */

static void append_head(struct buf *out, const struct graph_cluster *cluster)
{
    const json_t *istiod = json_array_get(json_object_get(cluster->json, "istiods"), 0);
    const char *network = graph_text(cluster->json, "network");
    graph_cluster_append(out, cluster);
    if (network[0])
        buf_appendf(out, ", network %s", network);
    if (istiod) {
        buf_appends(out, ", ");
        graph_istiod_append(out, istiod);
    }
}

/* Of the labels of edges alone, not of names: a head that is longer is cut. */
static double label_width(const struct graph *g)
{
    double most = 0;
    for (size_t i = 0; i < g->edges_count; i++) {
        AUTO_BUF label = BUF_INIT;
        graph_load_append(&label, &g->edges[i].load);
        most = fmax(most, svg_text_width(SVG_SMALL, buf_str(&label)));
    }
    /* What a bundle sums up may be a digit longer. */
    return most + LOCK + svg_advance(SVG_SMALL) * 1.5;
}

static const char *classes_of(const struct graph_load *load)
{
    return load->is_bad         ? "edge bad"
           : load->requests > 0 ? load->mtls == GRAPH_MTLS_OFF ? "edge weak" : "edge busy"
                                : "edge still";
}

/* ---- cards ----------------------------------------------------------------------------------- */

static void draw_row(struct buf *out, const struct graph_row *row, double x, double y)
{
    AUTO_BUF state = BUF_INIT;
    bool is_weak = row->is_bare || (row->ready >= 0 && row->ready < row->pods);
    if (row->is_bare)
        buf_appends(&state, "no proxy ");
    if (row->ready >= 0 && row->pods >= 0)
        buf_appendf(&state, "%lld/%lld", (long long)row->ready, (long long)row->pods);
    double right = svg_text_width(SVG_SMALL, buf_str(&state));
    svg_text(out,
             &(struct svg_text){.x = x + PAD + 6,
                                .y = y + 4,
                                .room = PLACE_CARD_WIDTH - 3 * PAD - 6 - right,
                                .size = SVG_SMALL},
             row->name);
    svg_text(out,
             &(struct svg_text){.x = x + PLACE_CARD_WIDTH - PAD,
                                .y = y + 4,
                                .room = right + 1,
                                .size = SVG_SMALL,
                                .anchor = SVG_END,
                                .classes = is_weak ? "warning" : "dim"},
             buf_str(&state));
}

static void draw_note(struct buf *out, double x, double y, const char *text)
{
    svg_text(out,
             &(struct svg_text){.x = x + PAD + 6,
                                .y = y + 4,
                                .room = PLACE_CARD_WIDTH - 2 * PAD - 6,
                                .size = SVG_SMALL,
                                .classes = "dim"},
             text);
}

static void draw_gateway(struct buf *out, const struct graph_node *node,
                         const struct place_card *card)
{
    AUTO_BUF role = BUF_INIT, address = BUF_INIT;
    double y = card->y + PLACE_HEAD + PLACE_LINE / 2;
    if (!node->json) {
        draw_note(out, card->x, y,
                  strcmp(node->name, "direct") == 0 ? "pods, without a gateway"
                                                    : "not known otherwise");
        return;
    }
    graph_gateway_append(&role, node->json);
    graph_address_append(&address, node->json);
    draw_note(out, card->x, y, buf_str(&role));
    draw_note(out, card->x, y + PLACE_LINE, buf_str(&address));
}

static void draw_rows(struct buf *out, const struct graph *g, const struct place *p, size_t index)
{
    const struct graph_node *node = &g->nodes[index];
    const struct place_card *card = &p->cards[index];
    if (g->has_namespaces)
        draw_note(out, card->x, card->y + PLACE_HEAD + PLACE_LINE / 2, node->namespace_);
    for (size_t i = 0; i < node->rows_count; i++)
        draw_row(out, &node->rows[i], card->x, place_row_y(g, p, index, i));
    if (node->rows_more) {
        AUTO_FREE char *more = mem_printf("and %zu more", node->rows_more);
        draw_note(out, card->x, place_row_y(g, p, index, node->rows_count), more);
    }
}

static void draw_card(struct buf *out, const struct graph *g, const struct place *p, size_t index)
{
    static const char *const kinds[] = {
        [GRAPH_GATEWAY] = "gateway",
        [GRAPH_SERVICE] = "service",
        [GRAPH_WORKLOAD] = "workload",
        [GRAPH_OUTSIDE] = "outside",
    };
    const struct graph_node *node = &g->nodes[index];
    const struct place_card *card = &p->cards[index];
    struct place_box box = {card->x, card->y, PLACE_CARD_WIDTH, card->height};
    AUTO_BUF title = BUF_INIT, classes = BUF_INIT;
    graph_node_append(&title, g, node);
    buf_appendf(out, "<g class=\"node\" id=\"node-%zu\"><title>", index);
    svg_escape(out, buf_str(&title));
    buf_appends(out, "</title>\n");
    buf_appendf(&classes, "card %s %s", kinds[node->kind], graph_health_name(node->health));
    svg_box(out, &box, 5, buf_str(&classes));
    svg_health(out, card->x + PAD + 2, card->y + 13, node->health);
    svg_text(out,
             &(struct svg_text){.x = card->x + PAD + 13,
                                .y = card->y + 17,
                                .room = PLACE_CARD_WIDTH - 2 * PAD - 13,
                                .classes = "name"},
             node->name);
    if (node->kind == GRAPH_GATEWAY)
        draw_gateway(out, node, card);
    else
        draw_rows(out, g, p, index);
    svg_end(out);
}

/* ---- edges ----------------------------------------------------------------------------------- */

static void draw_label(struct buf *out, const struct place *p, const struct graph_load *load,
                       struct place_point at)
{
    AUTO_BUF label = BUF_INIT;
    graph_load_append(&label, load);
    svg_lock(out, at.x, at.y - 14, load->mtls);
    svg_text(out,
             &(struct svg_text){.x = at.x + LOCK,
                                .y = at.y - 4,
                                .room = p->label_width - LOCK,
                                .size = SVG_SMALL,
                                .classes = "label"},
             buf_str(&label));
}

static void draw_end(struct buf *out, const struct place_line *line)
{
    if (line->count > 1)
        svg_head(out, line->points[line->count - 2], line->points[line->count - 1]);
}

static void draw_edge(struct buf *out, const struct graph *g, const struct place *p, size_t index)
{
    const struct graph_edge *e = &g->edges[index];
    const struct place_edge *at = &p->edges[index];
    AUTO_BUF title = BUF_INIT;
    graph_edge_append(&title, g, e);
    buf_appendf(out, "<g class=\"%s\" data-from=\"%zu\" data-to=\"%zu\"><title>",
                classes_of(&e->load), e->from, e->to);
    svg_escape(out, buf_str(&title));
    buf_appends(out, "</title>\n");
    svg_line(out, &at->line, "way");
    if (at->has_label) {
        draw_end(out, &at->line);
        draw_label(out, p, &e->load, at->label);
    }
    svg_end(out);
}

static void draw_bundle(struct buf *out, const struct graph *g, const struct place *p,
                        const struct place_bundle *bundle)
{
    AUTO_BUF title = BUF_INIT, load = BUF_INIT;
    graph_load_append(&load, &bundle->load);
    buf_appendf(&title, "all of %s through %s of %s: %s", g->clusters[bundle->from].name,
                g->nodes[bundle->to].name, g->clusters[g->nodes[bundle->to].cluster].name,
                buf_str(&load));
    buf_appendf(out, "<g class=\"%s\" data-to=\"%zu\"><title>", classes_of(&bundle->load),
                bundle->to);
    svg_escape(out, buf_str(&title));
    buf_appends(out, "</title>\n");
    svg_line(out, &bundle->line, "way");
    draw_end(out, &bundle->line);
    draw_label(out, p, &bundle->load, bundle->label);
    svg_end(out);
}

/* ---- the part -------------------------------------------------------------------------------- */

static void draw_box(struct buf *out, const struct graph *g, const struct place *p, size_t cluster)
{
    const struct graph_cluster *c = &g->clusters[cluster];
    const struct place_box *box = &p->boxes[cluster];
    AUTO_BUF head = BUF_INIT, classes = BUF_INIT;
    append_head(&head, c);
    buf_appendf(&classes, "box %s", graph_health_name(c->health));
    svg_box(out, box, 8, buf_str(&classes));
    svg_health(out, box->x + PAD + 5, box->y + 18, c->health);
    svg_text(out,
             &(struct svg_text){.x = box->x + PAD + 18,
                                .y = box->y + 23,
                                .room = box->width - 2 * PAD - 18,
                                .size = SVG_LARGE},
             c->name);
    svg_text(out,
             &(struct svg_text){.x = box->x + PAD,
                                .y = box->y + 38,
                                .room = box->width - 2 * PAD,
                                .size = SVG_SMALL,
                                .classes = "dim"},
             buf_str(&head));
}

struct svg_part svg_services(struct buf *out, const struct graph *g, double top)
{
    AUTO_PLACE struct place *p = place_new(g, label_width(g), 60 * svg_advance(SVG_SMALL));
    buf_appendf(out, "<g transform=\"translate(0 %.1f)\">\n", top);
    for (size_t i = 0; i < g->clusters_count; i++)
        draw_box(out, g, p, i);
    for (size_t i = 0; i < g->edges_count; i++)
        draw_edge(out, g, p, i);
    for (size_t i = 0; i < p->bundles_count; i++)
        draw_bundle(out, g, p, &p->bundles[i]);
    for (size_t i = 0; i < g->nodes_count; i++)
        draw_card(out, g, p, i);
    svg_end(out);
    return (struct svg_part){p->width, p->height};
}
