/* The part of a picture that shows clusters and how they see each other. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph_ring.h"
#include "meshctl/base/text.h"
#include "meshctl/ui/line.h"
#include "svg.h"

#define BOX_WIDTH 300.0
#define PAD 14.0
#define HEAD 44.0
#define LINE 17.0
#define MAX_LINES 12 /* of a box; more are counted, and stand in its title */
#define MATRIX_NAME 130.0
#define MATRIX_CELL 130.0
#define MATRIX_ROW 40.0
#define MATRIX_GAP 28.0
#define MAX_LABEL 420.0
#define NAME_COLUMNS 14 /* of a cluster's name in the label of a link */

/* ---- what stands in a box -------------------------------------------------------------------- */

struct line {
    struct buf text;
    enum graph_health health;
    bool has_sign, is_dim;
};

struct lines {
    struct line *items;
    size_t count, cap;
};

static struct buf *add_line(struct lines *l, bool has_sign, enum graph_health health, bool is_dim)
{
    l->items = mem_grow(l->items, &l->cap, l->count + 1, sizeof(*l->items));
    struct line *line = &l->items[l->count++];
    *line = (struct line){.has_sign = has_sign, .health = health, .is_dim = is_dim};
    return &line->text;
}

static enum graph_health level_of(const json_t *finding)
{
    const char *level = graph_text(finding, "level");
    return strcmp(level, "error") == 0     ? GRAPH_ERROR
           : strcmp(level, "warning") == 0 ? GRAPH_WARNING
                                           : GRAPH_OK;
}

static enum graph_health istiod_health(const json_t *istiod)
{
    double ready = graph_number(istiod, "ready", -1), wanted = graph_number(istiod, "wanted", -1);
    return ready < 0 ? GRAPH_UNKNOWN : ready >= wanted && ready > 0 ? GRAPH_OK : GRAPH_ERROR;
}

static void fill(struct lines *l, const struct graph_cluster *cluster)
{
    size_t i;
    json_t *row;
    graph_cluster_append(add_line(l, false, GRAPH_UNKNOWN, true), cluster);
    json_array_foreach(json_object_get(cluster->json, "istiods"), i, row)
        graph_istiod_append(add_line(l, true, istiod_health(row), false), row);
    json_array_foreach(json_object_get(cluster->json, "gateways"), i, row) {
        struct buf *line = add_line(l, true, graph_health_of(row), false);
        graph_gateway_append(line, row);
        buf_appends(line, "  ");
        graph_address_append(line, row);
    }
    json_array_foreach(json_object_get(cluster->json, "findings"), i, row) {
        if (level_of(row) == GRAPH_OK)
            continue;
        struct buf *line = add_line(l, true, level_of(row), false);
        buf_appends(line, graph_text(row, "id"));
        buf_appendc(line, ' ');
        buf_appends(line, graph_text(row, "found"));
    }
}

static void lines_release(struct lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        buf_release(&l->items[i].text);
    free(l->items);
}

static size_t shown(const struct lines *l)
{
    return l->count < MAX_LINES ? l->count : MAX_LINES;
}

static double height_of(const struct lines *l)
{
    return HEAD + (double)(shown(l) + (l->count > MAX_LINES)) * LINE + PAD / 2;
}

static void draw_lines(struct buf *out, const struct place_box *box, const struct lines *l)
{
    double y = box->y + HEAD + LINE / 2;
    for (size_t i = 0; i < shown(l); i++, y += LINE) {
        const struct line *line = &l->items[i];
        double x = box->x + PAD + (line->has_sign ? 16 : 0);
        if (line->has_sign)
            svg_health(out, box->x + PAD + 5, y, line->health);
        svg_text(out,
                 &(struct svg_text){.x = x,
                                    .y = y + 4,
                                    .room = box->x + box->width - PAD - x,
                                    .size = SVG_SMALL,
                                    .classes = line->is_dim ? "dim" : NULL},
                 buf_str(&line->text));
    }
    if (l->count <= MAX_LINES)
        return;
    AUTO_FREE char *more = mem_printf("and %zu more", l->count - MAX_LINES);
    svg_text(out,
             &(struct svg_text){.x = box->x + PAD + 16,
                                .y = y + 4,
                                .room = box->width - 2 * PAD,
                                .size = SVG_SMALL,
                                .classes = "dim"},
             more);
}

static void draw_cluster(struct buf *out, const struct graph_cluster *cluster,
                         const struct place_box *box, const struct lines *l)
{
    AUTO_BUF title = BUF_INIT, classes = BUF_INIT, network = BUF_INIT;
    buf_appendf(&title, "cluster %s: %s", cluster->name, graph_health_name(cluster->health));
    for (size_t i = 0; i < l->count; i++)
        buf_appendf(&title, "; %s", buf_str(&l->items[i].text));
    svg_group(out, "cluster", buf_str(&title));
    buf_appendf(&classes, "box %s", graph_health_name(cluster->health));
    svg_box(out, box, 8, buf_str(&classes));
    svg_health(out, box->x + PAD + 5, box->y + 19, cluster->health);
    svg_text(out,
             &(struct svg_text){.x = box->x + PAD + 18,
                                .y = box->y + 24,
                                .room = box->width - 2 * PAD - 18,
                                .size = SVG_LARGE},
             cluster->name);
    buf_appends(&network, "network ");
    buf_appends(&network, graph_text(cluster->json, "network")[0]
                              ? graph_text(cluster->json, "network")
                              : "?");
    svg_text(out,
             &(struct svg_text){.x = box->x + PAD,
                                .y = box->y + 41,
                                .room = box->width - 2 * PAD,
                                .size = SVG_SMALL,
                                .classes = "dim"},
             buf_str(&network));
    draw_lines(out, box, l);
    svg_end(out);
}

/* ---- links ----------------------------------------------------------------------------------- */

static void append_cut(struct buf *out, const char *name)
{
    AUTO_BUF clean = BUF_INIT;
    line_append(&clean, name, strlen(name));
    if (text_width(buf_str(&clean)) <= NAME_COLUMNS) {
        buf_append(out, buf_str(&clean), clean.len);
        return;
    }
    line_append_fitted(out, buf_str(&clean), NAME_COLUMNS - 1, false);
    buf_appends(out, "\u2026");
}

static void append_label(struct buf *out, const struct graph *g, const struct graph_link *link)
{
    append_cut(out, g->clusters[link->from].name);
    buf_appends(out, " \u2192 ");
    append_cut(out, g->clusters[link->to].name);
    buf_appendc(out, ' ');
    graph_link_append(out, link);
}

static void append_title(struct buf *out, const struct graph *g, const struct graph_link *link)
{
    const char *error = graph_text(link->json, "apiError");
    buf_appendf(out, "%s to %s: %s; ", g->clusters[link->from].name, g->clusters[link->to].name,
                graph_health_name(link->health));
    graph_link_append(out, link);
    buf_appendf(out, "; API %s", graph_text(link->json, "api"));
    if (error[0])
        buf_appendf(out, " (%s)", error);
    buf_appendf(out, "; %.0f of %.0f services seen", graph_number(link->json, "servicesSeen", 0),
                graph_number(link->json, "services", 0));
}

static const char *classes_of(const struct graph_link *link)
{
    return link->health == GRAPH_ERROR || link->load.is_bad ? "link bad"
           : link->health == GRAPH_WARNING                  ? "link weak"
           : link->load.requests > 0                        ? "link busy"
                                                            : "link still";
}

static void draw_link(struct buf *out, const struct graph *g, const struct graph_link *link,
                      const struct ring_line *line)
{
    AUTO_BUF title = BUF_INIT;
    struct place_point ends[] = {line->from, line->to};
    append_title(&title, g, link);
    svg_group(out, classes_of(link), buf_str(&title));
    svg_line(out, &(struct place_line){.points = ends, .count = 2}, "way");
    svg_head(out, line->from, line->to);
    svg_end(out);
}

static void draw_label(struct buf *out, const struct graph *g, const struct graph_link *link,
                       const struct ring_line *line, double room)
{
    AUTO_BUF label = BUF_INIT;
    append_label(&label, g, link);
    double width = fmin(svg_text_width(SVG_SMALL, buf_str(&label)), room);
    struct place_box box = {line->label.x - width / 2 - 3, line->label.y - RING_LABEL_LINE / 2,
                            width + 6, RING_LABEL_LINE};
    buf_appendf(out, "<g class=\"%s\">\n", classes_of(link));
    svg_box(out, &box, 0, "paper");
    svg_text(out,
             &(struct svg_text){.x = line->label.x,
                                .y = line->label.y + 4,
                                .room = room + 1,
                                .size = SVG_SMALL,
                                .anchor = SVG_MIDDLE},
             buf_str(&label));
    svg_end(out);
}

static double label_width(const struct graph *g)
{
    double most = 0;
    for (size_t i = 0; i < g->links_count && g->clusters_count <= RING_MAX_LABELLED; i++) {
        AUTO_BUF label = BUF_INIT;
        append_label(&label, g, &g->links[i]);
        most = fmax(most, svg_text_width(SVG_SMALL, buf_str(&label)));
    }
    return fmin(most, MAX_LABEL);
}

/* ---- more clusters than there is room for labels between ------------------------------------- */

static double cell_x(size_t column)
{
    return MATRIX_NAME + (double)column * MATRIX_CELL;
}

static void draw_cell(struct buf *out, const struct graph *g, const struct graph_link *link,
                      double top)
{
    AUTO_BUF load = BUF_INIT, title = BUF_INIT, rest = BUF_INIT;
    const char *sync = graph_text(link->json, "sync");
    double p50 = graph_number(json_object_get(link->json, "latencyMs"), "p50", -1);
    double x = cell_x(link->to), y = top + (double)(link->from + 1) * MATRIX_ROW;
    struct place_box box = {x + 2, y + 2, MATRIX_CELL - 4, MATRIX_ROW - 4};
    graph_load_append(&load, &link->load);
    if (p50 >= 0)
        buf_appendf(&rest, "%.1f ms ", p50 < 99999 ? p50 : 99999);
    buf_appendf(&rest, "sync %s", sync[0] ? sync : "?");
    append_title(&title, g, link);
    svg_group(out, classes_of(link), buf_str(&title));
    svg_box(out, &box, 4,
            link->health == GRAPH_ERROR     ? "card error"
            : link->health == GRAPH_WARNING ? "card warning"
                                            : "card");
    struct svg_text at = {
        .x = box.x + 6, .y = box.y + 15, .room = box.width - 10, .size = SVG_SMALL};
    svg_text(out, &at, buf_str(&load));
    at.y += 14;
    at.classes = "dim";
    svg_text(out, &at, buf_str(&rest));
    svg_end(out);
}

static struct svg_part draw_matrix(struct buf *out, const struct graph *g, double top)
{
    for (size_t i = 0; i < g->clusters_count; i++) {
        svg_text(out,
                 &(struct svg_text){.x = cell_x(i) + 6,
                                    .y = top + MATRIX_ROW - 8,
                                    .room = MATRIX_CELL - 12,
                                    .classes = "name"},
                 g->clusters[i].name);
        svg_text(out,
                 &(struct svg_text){.x = 0,
                                    .y = top + (double)(i + 1) * MATRIX_ROW + MATRIX_ROW / 2 + 4,
                                    .room = MATRIX_NAME - 10,
                                    .classes = "name"},
                 g->clusters[i].name);
    }
    svg_text(out,
             &(struct svg_text){.x = 0,
                                .y = top + MATRIX_ROW - 8,
                                .room = MATRIX_NAME - 10,
                                .size = SVG_SMALL,
                                .classes = "dim"},
             "from \\ to");
    for (size_t i = 0; i < g->links_count; i++)
        draw_cell(out, g, &g->links[i], top);
    return (struct svg_part){cell_x(g->clusters_count),
                             (double)(g->clusters_count + 1) * MATRIX_ROW};
}

/* ---- the part -------------------------------------------------------------------------------- */

static void draw(struct buf *out, const struct graph *g, const struct ring *r,
                 const struct lines *lines, double room, double top)
{
    bool is_many = g->clusters_count > RING_MAX_LABELLED;
    buf_appendf(out, "<g%s transform=\"translate(0 %.1f)\">\n", is_many ? " class=\"many\"" : "",
                top);
    for (size_t i = 0; i < g->links_count; i++)
        draw_link(out, g, &g->links[i], &r->lines[i]);
    for (size_t i = 0; i < g->clusters_count; i++)
        draw_cluster(out, &g->clusters[i], &r->boxes[i], &lines[i]);
    for (size_t i = 0; i < g->links_count && g->clusters_count <= RING_MAX_LABELLED; i++)
        draw_label(out, g, &g->links[i], &r->lines[i], room);
    svg_end(out);
}

struct svg_part svg_clusters(struct buf *out, const struct graph *g, double top)
{
    size_t count = g->clusters_count;
    AUTO_FREE struct lines *lines = mem_array(count, sizeof(*lines));
    AUTO_FREE double *heights = mem_array(count, sizeof(*heights));
    double room = label_width(g);
    for (size_t i = 0; i < count; i++) {
        fill(&lines[i], &g->clusters[i]);
        heights[i] = height_of(&lines[i]);
    }
    AUTO_RING struct ring *r = ring_new(g, BOX_WIDTH, heights, room);
    struct svg_part part = {r->width, r->height};
    draw(out, g, r, lines, room, top);
    for (size_t i = 0; i < count; i++)
        lines_release(&lines[i]);
    if (count > RING_MAX_LABELLED) {
        struct svg_part matrix = draw_matrix(out, g, top + part.height + MATRIX_GAP);
        part.width = fmax(part.width, matrix.width);
        part.height += MATRIX_GAP + matrix.height;
    }
    return part;
}
