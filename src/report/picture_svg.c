/* The whole picture as one SVG. */
#include <math.h>

#include "meshctl/base/embed.h"
#include "meshctl/report/picture.h"
#include "svg.h"

#define MARGIN 24.0
#define TITLE 44.0
#define PART_GAP 40.0
#define NOTE 17.0
#define MIN_WIDTH 620.0 /* of the line that says what signs mean */

static const char legend[] = "requests a second, as proxies counted them; dashed: none";

static double draw_notes(struct buf *out, const struct graph *g, double y, double room)
{
    size_t i;
    json_t *row;
    struct svg_text at = {.y = y, .room = room, .size = SVG_SMALL, .classes = "dim"};
    svg_text(out, &at, legend);
    at.y += NOTE;
    if (g->has_services) {
        svg_lock(out, 0, at.y - 10, GRAPH_MTLS_ON);
        svg_lock(out, 90, at.y - 10, GRAPH_MTLS_OFF);
        at.x = 14;
        svg_text(out, &at, "mTLS");
        at.x = 104;
        svg_text(out, &at, "not encrypted by the mesh; red: errors, or not healthy");
        at.x = 0;
        at.y += NOTE;
    }
    at.classes = "warning";
    json_array_foreach(json_object_get(g->json, "truncated"), i, row) {
        AUTO_BUF text = BUF_INIT;
        buf_appends(&text, "not all: ");
        graph_truncated_append(&text, row);
        svg_text(out, &at, buf_str(&text));
        at.y += NOTE;
    }
    if (g->left_out) {
        AUTO_FREE char *text = mem_printf("not all: %zu more are not drawn", g->left_out);
        svg_text(out, &at, text);
        at.y += NOTE;
    }
    return at.y - NOTE;
}

static void append_description(struct buf *out, const struct graph *g)
{
    for (size_t i = 0; i < g->clusters_count; i++) {
        const struct graph_cluster *c = &g->clusters[i];
        buf_appendf(out, "%scluster %s: %s", i ? "; " : "", c->name, graph_health_name(c->health));
    }
    for (size_t i = 0; i < g->links_count; i++) {
        const struct graph_link *link = &g->links[i];
        buf_appendf(out, "; %s to %s: ", g->clusters[link->from].name, g->clusters[link->to].name);
        graph_link_append(out, link);
    }
}

static void append_opening(struct buf *out, const struct graph *g, double width, double height,
                           bool is_file)
{
    AUTO_BUF title = BUF_INIT, description = BUF_INIT;
    graph_title_append(&title, g);
    append_description(&description, g);
    buf_appendf(out,
                "<svg%s class=\"mesh\" role=\"img\" aria-labelledby=\"mesh-title mesh-desc\" "
                "width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\">\n",
                is_file ? " xmlns=\"http://www.w3.org/2000/svg\"" : "", width, height, width,
                height);
    buf_appends(out, "<title id=\"mesh-title\">");
    svg_escape(out, buf_str(&title));
    buf_appends(out, "</title>\n<desc id=\"mesh-desc\">");
    svg_escape(out, buf_str(&description));
    buf_appendf(out, "</desc>\n<style>\n%s</style>\n", embed_find("src/report/picture.css").data);
    buf_appendf(out, "<rect class=\"paper\" width=\"%.0f\" height=\"%.0f\"/>\n", width, height);
}

void svg_picture(struct buf *out, const struct graph *g, bool is_file)
{
    AUTO_BUF body = BUF_INIT, title = BUF_INIT;
    double y = is_file ? TITLE : 0;
    struct svg_part part = svg_clusters(&body, g, y);
    double width = fmax(part.width, MIN_WIDTH);
    y += part.height;
    if (g->has_services && g->clusters_count) {
        part = svg_services(&body, g, y + PART_GAP);
        width = fmax(width, part.width);
        y += PART_GAP + part.height;
    }
    y = draw_notes(&body, g, y + 2 * NOTE, width);
    graph_title_append(&title, g);
    append_opening(out, g, ceil(width + 2 * MARGIN), ceil(y + 2 * MARGIN), is_file);
    buf_appendf(out, "<g transform=\"translate(%.0f %.0f)\">\n", MARGIN, MARGIN);
    if (is_file) {
        svg_health(out, 6, 10, graph_health_of(g->json));
        svg_text(out, &(struct svg_text){.x = 20, .y = 15, .room = width - 20, .size = SVG_LARGE},
                 buf_str(&title));
    }
    buf_append(out, buf_str(&body), body.len);
    buf_appends(out, "</g>\n</svg>\n");
}

void report_picture_svg(const json_t *status, struct buf *out)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    svg_picture(out, g, true);
}
