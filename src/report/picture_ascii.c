/* The picture on a terminal: clusters side by side as far as there is room, and their links: between
 * two of them as arrows, of more as a line each. */
#include <stdlib.h>
#include <string.h>

#include "ascii.h"
#include "meshctl/base/text.h"
#include "meshctl/report/picture.h"
#include "meshctl/ui/line.h"

#define MIN_WIDTH 60
#define MAX_WIDTH 160 /* wider, a line is hard to follow */
#define MIN_BOX 26
#define MAX_BOX 48
#define MAX_ROWS 12 /* of a box; more are counted */

struct row {
    struct buf text;
    enum term_style style;
};

struct rows {
    struct row items[MAX_ROWS + 1];
    size_t count, more;
};

static void add(struct rows *rows, enum term_style style, struct buf *text)
{
    if (rows->count == MAX_ROWS)
        rows->more++;
    else
        rows->items[rows->count++] = (struct row){*text, style};
    if (rows->more)
        buf_release(text);
    *text = (struct buf)BUF_INIT;
}

static void add_signed(const struct ascii *a, struct rows *rows, enum graph_health health,
                       struct buf *text)
{
    AUTO_BUF whole = BUF_INIT;
    buf_appendf(&whole, "%s %s", ascii_health(a, health), buf_str(text));
    buf_clear(text);
    add(rows, ascii_style(health), &whole);
}

static enum graph_health level_of(const json_t *finding)
{
    return strcmp(graph_text(finding, "level"), "error") == 0 ? GRAPH_ERROR : GRAPH_WARNING;
}

/* `more` behind `text` where both have room, else below it. */
static void add_both(const struct ascii *a, struct rows *rows, enum graph_health health,
                     struct buf *text, struct buf *more, size_t room)
{
    bool is_one = text_width(buf_str(text)) + text_width(buf_str(more)) + 3 <= room;
    if (is_one)
        buf_appendf(text, " %s", buf_str(more));
    add_signed(a, rows, health, text);
    if (!is_one) {
        AUTO_BUF below = BUF_INIT;
        buf_appendf(&below, "  %s", buf_str(more));
        add(rows, ascii_style(health), &below);
    }
    buf_clear(more);
}

static void fill(const struct ascii *a, struct rows *rows, const struct graph_cluster *cluster,
                 size_t room)
{
    AUTO_BUF text = BUF_INIT, more = BUF_INIT;
    size_t i;
    json_t *row;
    const char *network = graph_text(cluster->json, "network");
    buf_appendf(&text, "network %s", network[0] ? network : "?");
    add(rows, TERM_DIM, &text);
    graph_cluster_append(&text, cluster);
    add(rows, cluster->is_reached ? TERM_DIM : TERM_RED, &text);
    json_array_foreach(json_object_get(cluster->json, "istiods"), i, row) {
        graph_istiod_append(&text, row);
        add(rows, TERM_PLAIN, &text);
    }
    json_array_foreach(json_object_get(cluster->json, "gateways"), i, row) {
        graph_gateway_append(&text, row);
        graph_address_append(&more, row);
        add_both(a, rows, graph_health_of(row), &text, &more, room);
    }
    json_array_foreach(json_object_get(cluster->json, "findings"), i, row) {
        if (strcmp(graph_text(row, "level"), "ok") == 0)
            continue;
        buf_appendf(&text, "%s %s", graph_text(row, "id"), graph_text(row, "found"));
        add_signed(a, rows, level_of(row), &text);
    }
    if (rows->more) {
        buf_appendf(&more, "and %zu more", rows->more);
        rows->items[rows->count++] = (struct row){more, TERM_DIM};
        more = (struct buf)BUF_INIT;
    }
}

static void rows_release(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++)
        buf_release(&rows->items[i].text);
}

static void append_name(const struct ascii *a, struct buf *out, const struct graph_cluster *cluster)
{
    buf_appendf(out, "%s %s", ascii_health(a, cluster->health), cluster->name);
}

/* ---- links ----------------------------------------------------------------------------------- */

static const struct graph_link *find_link(const struct graph *g, size_t from, size_t to)
{
    for (size_t i = 0; i < g->links_count; i++)
        if (g->links[i].from == from && g->links[i].to == to)
            return &g->links[i];
    return NULL;
}

static enum term_style link_style(const struct graph_link *link)
{
    return link->load.is_bad ? TERM_RED : ascii_style(link->health);
}

/* One of four lines between two boxes. */
static void append_between(const struct ascii *a, const struct graph *g, size_t line, size_t width)
{
    bool is_back = line >= 2, is_arrow = line == 1 || line == 2;
    const struct graph_link *link = find_link(g, is_back, !is_back);
    AUTO_BUF text = BUF_INIT, padded = BUF_INIT;
    if (link && line < 4 && is_arrow) {
        if (is_back)
            buf_appends(&text, ascii_sign(a, ASCII_LEFT));
        ascii_signs(a, &text, ASCII_ACROSS, width - 3);
        if (!is_back)
            buf_appends(&text, ascii_sign(a, ASCII_RIGHT));
    } else if (link && line < 4) {
        graph_link_append(&text, link);
    }
    size_t used = text_width(buf_str(&text)), room = width - 2;
    buf_pad(&padded, ' ', used < room ? 1 + (room - used) / 2 : 1);
    ascii_fit(a, &padded, buf_str(&text), room, false);
    used = text_width(buf_str(&padded));
    buf_pad(&padded, ' ', used < width ? width - used : 0);
    term_append(a->term, a->out, link ? link_style(link) : TERM_PLAIN, buf_str(&padded));
}

static void append_links(const struct ascii *a, const struct graph *g)
{
    AUTO_BUF arrow = BUF_INIT;
    size_t names = 0;
    buf_appendf(&arrow, " %s%s ", ascii_sign(a, ASCII_ACROSS), ascii_sign(a, ASCII_RIGHT));
    for (size_t i = 0; i < g->clusters_count; i++) {
        size_t width = text_width(g->clusters[i].name);
        names = width > names ? width : names;
    }
    names = names > a->width / 4 ? a->width / 4 : names;
    for (size_t i = 0; i < g->links_count; i++) {
        const struct graph_link *link = &g->links[i];
        AUTO_BUF line = BUF_INIT, fitted = BUF_INIT;
        buf_appendf(&line, "%s ", ascii_health(a, link->health));
        ascii_fit(a, &line, g->clusters[link->from].name, names, true);
        buf_appends(&line, buf_str(&arrow));
        ascii_fit(a, &line, g->clusters[link->to].name, names, true);
        buf_appends(&line, "  ");
        graph_link_append(&line, link);
        ascii_fit(a, &fitted, buf_str(&line), a->width, false);
        term_append(a->term, a->out, link_style(link), buf_str(&fitted));
        buf_appendc(a->out, '\n');
    }
}

/* ---- boxes ----------------------------------------------------------------------------------- */

/* How clusters stand beside each other. */
struct grid {
    size_t columns, box, between; /* a gap, in which the links of two stand */
    bool has_arrows;
};

static size_t needed_between(const struct graph *g)
{
    size_t most = 0;
    for (size_t i = 0; i < g->links_count; i++) {
        AUTO_BUF text = BUF_INIT;
        graph_link_append(&text, &g->links[i]);
        most = text_width(buf_str(&text)) > most ? text_width(buf_str(&text)) : most;
    }
    return most + 4;
}

static struct grid grid_of(const struct ascii *a, const struct graph *g)
{
    struct grid grid = {.columns = 1, .between = 2};
    size_t between = needed_between(g);
    if (g->clusters_count == 2 && g->links_count && a->width >= 2 * MIN_BOX + between) {
        grid = (struct grid){2, (a->width - between) / 2, between, true};
    } else {
        while (grid.columns < g->clusters_count &&
               (grid.columns + 1) * (MIN_BOX + 2) <= a->width + 2)
            grid.columns++;
        grid.box = (a->width + 2) / grid.columns - 2;
    }
    grid.box = grid.box > MAX_BOX ? MAX_BOX : grid.box;
    return grid;
}

static void append_gap(const struct ascii *a, const struct graph *g, const struct grid *grid,
                       size_t line, bool is_last)
{
    if (is_last)
        buf_appendc(a->out, '\n');
    else if (grid->has_arrows && line >= 1)
        append_between(a, g, line - 1, grid->between);
    else
        buf_pad(a->out, ' ', grid->between);
}

static void append_boxes(const struct ascii *a, const struct graph *g, const struct grid *grid,
                         size_t first, size_t count)
{
    AUTO_FREE struct rows *rows = mem_array(count, sizeof(*rows));
    /* Beside two boxes there are four lines of links, however little stands in the boxes. */
    size_t most = grid->has_arrows ? 4 : 0;
    for (size_t i = 0; i < count; i++) {
        fill(a, &rows[i], &g->clusters[first + i], grid->box - 4);
        most = rows[i].count > most ? rows[i].count : most;
    }
    for (size_t line = 0; line < most + 2; line++) {
        for (size_t i = 0; i < count; i++) {
            const struct row *row = line >= 1 && line <= rows[i].count
                                        ? &rows[i].items[line - 1]
                                        : &(struct row){BUF_INIT, TERM_PLAIN};
            AUTO_BUF name = BUF_INIT;
            append_name(a, &name, &g->clusters[first + i]);
            if (line == 0)
                ascii_open(a, a->out, buf_str(&name), grid->box);
            else if (line == most + 1)
                ascii_close(a, a->out, grid->box);
            else
                ascii_row(a, a->out, row->style, buf_str(&row->text), grid->box);
            append_gap(a, g, grid, line == most + 1 ? 0 : line, i + 1 == count);
        }
    }
    for (size_t i = 0; i < count; i++)
        rows_release(&rows[i]);
}

static void append_notes(const struct ascii *a, const struct graph *g)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(g->json, "truncated"), i, row) {
        buf_appends(a->out, "not all: ");
        graph_truncated_append(a->out, row);
        buf_appendc(a->out, '\n');
    }
    if (g->left_out)
        buf_appendf(a->out, "not all: %zu more are not drawn\n", g->left_out);
}

void report_picture_ascii(const struct term *term, int width, const json_t *status, struct buf *out)
{
    AUTO_GRAPH struct graph *g = graph_new(status);
    AUTO_BUF title = BUF_INIT, fitted = BUF_INIT;
    struct ascii a = {term, out,
                      (size_t)(width < MIN_WIDTH   ? MIN_WIDTH
                               : width > MAX_WIDTH ? MAX_WIDTH
                                                   : width)};
    struct grid grid = grid_of(&a, g);
    graph_title_append(&title, g);
    ascii_fit(&a, &fitted, buf_str(&title), a.width, false);
    term_append(term, out, TERM_BOLD, buf_str(&fitted));
    buf_appendc(out, '\n');
    for (size_t i = 0; i < g->clusters_count; i += grid.columns)
        append_boxes(&a, g, &grid, i,
                     g->clusters_count - i < grid.columns ? g->clusters_count - i : grid.columns);
    if (!grid.has_arrows)
        append_links(&a, g);
    if (g->has_services)
        ascii_services(&a, g);
    append_notes(&a, g);
}
