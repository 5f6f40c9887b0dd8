/* The page of a service graph: columns side by side, clusters one below another, lines between. */
#include "graph_place.h"

#include <stdlib.h>
#include <string.h>

#define CURVE_WIDTH 56.0
#define TRACK 8.0       /* between lines side by side */
#define TRACKS_PAD 10.0 /* before the first and behind the last of them */
#define PORT 17.0       /* between lines that end at one card: room for a label */
#define CARD_BOTTOM 8.0
#define BOX_GAP 28.0
#define IDLE_GAP 14.0
#define IDLE_COLUMN_GAP 20.0
#define LEAD 12.0 /* of a line between a label and the card: its head */

/* What is being placed. */
struct placing {
    const struct graph *g;
    struct place *p;
    struct place_columns columns;
    double label_width;
    size_t *arrivals; /* by node: lines that end there */
    size_t *arrived;  /* by node: of those that have their place */
    size_t *tracks;   /* by cluster and gap: lines that go down in it, so far */
    size_t *below;    /* by cluster: lines that go below its cards, so far */
    double *column_x; /* by column */
    double *gap_x;    /* by gap: where its tracks begin; the gap before column 0 has none */
    double *bottoms;  /* by cluster: where the lines below its cards begin, from the box's top */
    double idle_x;
    size_t idle_columns;
};

static size_t *tracks_of(const struct placing *w, size_t cluster, size_t gap)
{
    return &w->tracks[cluster * (w->columns.count + 1) + gap];
}

static bool is_under(const struct placing *w, size_t edge)
{
    return !w->g->edges[edge].is_cross && !place_is_forward(w->g, w->p, edge);
}

double place_row_y(const struct graph *g, const struct place *p, size_t node, size_t row)
{
    double line = g->has_namespaces && g->nodes[node].kind != GRAPH_GATEWAY ? PLACE_LINE : 0;
    double y = p->cards[node].y;
    return row == GRAPH_NO_ROW ? y + PLACE_HEAD / 2
                               : y + PLACE_HEAD + line + ((double)row + 0.5) * PLACE_LINE;
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static struct place_bundle *bundle_of(const struct placing *w, size_t cluster, size_t node)
{
    for (size_t i = 0; i < w->p->bundles_count; i++)
        if (w->p->bundles[i].from == cluster && w->p->bundles[i].to == node)
            return &w->p->bundles[i];
    return NULL;
}

static void make_bundles(struct placing *w)
{
    w->p->bundles = mem_array(w->g->edges_count, sizeof(*w->p->bundles));
    for (size_t i = 0; i < w->g->edges_count; i++) {
        const struct graph_edge *e = &w->g->edges[i];
        size_t from = w->g->nodes[e->from].cluster;
        if (!e->is_cross)
            continue;
        struct place_bundle *bundle = bundle_of(w, from, e->to);
        if (!bundle) {
            bundle = &w->p->bundles[w->p->bundles_count++];
            *bundle = (struct place_bundle){.from = from, .to = e->to};
            w->arrivals[e->to]++;
        }
        graph_load_add(&bundle->load, &e->load);
    }
}

static size_t lines_of(const struct graph *g, const struct graph_node *node)
{
    size_t lines = node->rows_count + (node->rows_more > 0);
    if (node->kind == GRAPH_GATEWAY)
        lines = node->json ? 2 : 1;
    else
        lines += g->has_namespaces;
    return lines;
}

static void set_heights(struct placing *w)
{
    for (size_t i = 0; i < w->g->nodes_count; i++) {
        double text = PLACE_HEAD + (double)lines_of(w->g, &w->g->nodes[i]) * PLACE_LINE;
        double ports = (double)w->arrivals[i] * PORT;
        w->p->cards[i].height = CARD_BOTTOM + (text > ports ? text : ports);
    }
}

/* Tracks are counted first, for room, and given out again when lines are drawn. */
static void count_tracks(struct placing *w)
{
    for (size_t i = 0; i < w->g->edges_count; i++) {
        const struct graph_edge *e = &w->g->edges[i];
        size_t cluster = w->g->nodes[e->from].cluster;
        if (place_is_forward(w->g, w->p, i))
            continue;
        (*tracks_of(w, cluster, w->p->cards[e->from].column + 1))++;
        if (is_under(w, i)) {
            (*tracks_of(w, cluster, w->p->cards[e->to].column))++;
            w->below[cluster]++;
        }
    }
}

static double room_for(size_t tracks)
{
    return tracks ? (double)(tracks - 1) * TRACK + 2 * TRACKS_PAD : 0;
}

static void set_columns_x(struct placing *w)
{
    double x = PLACE_PAD;
    bool has_bundles = w->p->bundles_count > 0;
    for (size_t gap = 0; gap <= w->columns.count; gap++) {
        size_t most = 0;
        for (size_t c = 0; c < w->g->clusters_count; c++)
            if (*tracks_of(w, c, gap) > most)
                most = *tracks_of(w, c, gap);
        w->gap_x[gap] = x + TRACKS_PAD;
        x += room_for(most);
        if (gap == w->columns.count)
            break;
        if (gap > 0)
            x += CURVE_WIDTH + w->label_width;
        else if (has_bundles || most)
            x += w->label_width;
        w->column_x[gap] = x;
        x += PLACE_CARD_WIDTH;
    }
    w->idle_x = x + IDLE_COLUMN_GAP;
}

/* ---- cards ----------------------------------------------------------------------------------- */

static size_t idle_in(const struct placing *w, size_t cluster)
{
    size_t n = 0;
    for (size_t i = 0; i < w->g->nodes_count; i++)
        n += w->g->nodes[i].cluster == cluster && w->p->cards[i].is_idle;
    return n;
}

/* About as wide as they are high, for the cluster that has most of them. */
static size_t idle_columns_for(size_t most)
{
    size_t columns = 0;
    while (columns * columns * 3 < most)
        columns++;
    return columns;
}

static double place_idle(struct placing *w, size_t cluster)
{
    size_t count = idle_in(w, cluster), seen = 0;
    size_t rows = w->idle_columns ? (count + w->idle_columns - 1) / w->idle_columns : 0;
    double y = 0, bottom = 0;
    for (size_t i = 0; i < w->g->nodes_count; i++) {
        struct place_card *card = &w->p->cards[i];
        if (w->g->nodes[i].cluster != cluster || !card->is_idle)
            continue;
        if (seen % rows == 0)
            y = 0;
        card->x = w->idle_x + (double)(seen / rows) * (PLACE_CARD_WIDTH + IDLE_COLUMN_GAP);
        card->y = y;
        y += card->height + IDLE_GAP;
        bottom = y > bottom ? y : bottom;
        seen++;
    }
    return bottom > 0 ? bottom - IDLE_GAP : 0;
}

static size_t bundles_from(const struct placing *w, size_t cluster)
{
    size_t n = 0;
    for (size_t i = 0; i < w->p->bundles_count; i++)
        n += w->p->bundles[i].from == cluster;
    return n;
}

static void place_boxes(struct placing *w, double head_width)
{
    struct place *p = w->p;
    double left = room_for(p->bundles_count), y = 0, width = w->idle_x - IDLE_COLUMN_GAP;
    if (w->idle_columns)
        width = w->idle_x + (double)w->idle_columns * (PLACE_CARD_WIDTH + IDLE_COLUMN_GAP) -
                IDLE_COLUMN_GAP;
    width += PLACE_PAD;
    width = width > head_width + 2 * PLACE_PAD ? width : head_width + 2 * PLACE_PAD;
    for (size_t c = 0; c < w->g->clusters_count; c++) {
        double idle = place_idle(w, c), height = w->columns.heights[c];
        height = PLACE_BOX_HEAD + (idle > height ? idle : height) + PLACE_PAD;
        w->bottoms[c] = height;
        height += room_for(w->below[c]);
        p->boxes[c] = (struct place_box){left, y, width, height};
        y += height + BOX_GAP + room_for(bundles_from(w, c));
    }
    p->width = left + width;
    p->height = y > 0 ? y - BOX_GAP : 0;
}

static void place_cards(struct placing *w)
{
    for (size_t i = 0; i < w->g->nodes_count; i++) {
        struct place_card *card = &w->p->cards[i];
        const struct place_box *box = &w->p->boxes[w->g->nodes[i].cluster];
        card->x = box->x + (card->is_idle ? card->x : w->column_x[card->column]);
        card->y += box->y + PLACE_BOX_HEAD;
    }
}

/* ---- lines ----------------------------------------------------------------------------------- */

static void add_point(struct place_line *line, double x, double y)
{
    line->points = mem_realloc(line->points, (line->count + 1) * sizeof(*line->points));
    line->points[line->count++] = (struct place_point){x, y};
}

/* Where the next line ends at the card. */
static double next_port(struct placing *w, size_t node)
{
    const struct place_card *card = &w->p->cards[node];
    double first = card->y + card->height / 2 - ((double)w->arrivals[node] - 1) * PORT / 2;
    return first + (double)w->arrived[node]++ * PORT;
}

static struct place_point label_at(const struct placing *w, size_t node, double y)
{
    return (struct place_point){w->p->cards[node].x - w->label_width, y};
}

static double track_x(struct placing *w, size_t cluster, size_t gap)
{
    return w->p->boxes[cluster].x + w->gap_x[gap] + (double)(*tracks_of(w, cluster, gap))++ * TRACK;
}

static double leave(struct placing *w, size_t edge, struct place_line *line)
{
    const struct graph_edge *e = &w->g->edges[edge];
    double y = place_row_y(w->g, w->p, e->from, e->from_row);
    add_point(line, w->p->cards[e->from].x + PLACE_CARD_WIDTH, y);
    return y;
}

static void draw_forward(struct placing *w, size_t edge)
{
    const struct graph_edge *e = &w->g->edges[edge];
    const struct place_card *from = &w->p->cards[e->from], *to = &w->p->cards[e->to];
    struct place_edge *out = &w->p->edges[edge];
    double left = w->p->boxes[w->g->nodes[e->from].cluster].x;
    double y = leave(w, edge, &out->line), end = next_port(w, e->to);
    for (size_t column = from->column + 1; column <= to->column; column++) {
        bool is_last = column == to->column;
        double next = left + w->column_x[column] - w->label_width;
        add_point(&out->line, next - CURVE_WIDTH, y);
        y = is_last ? end
                    : w->p->boxes[w->g->nodes[e->from].cluster].y + PLACE_BOX_HEAD +
                          w->columns.passes[edge][column - from->column - 1];
        add_point(&out->line, next, y);
    }
    add_point(&out->line, to->x, end);
    out->line.is_curved = true;
    out->has_label = true;
    out->label = label_at(w, e->to, end);
}

static void draw_under(struct placing *w, size_t edge)
{
    const struct graph_edge *e = &w->g->edges[edge];
    struct place_edge *out = &w->p->edges[edge];
    size_t cluster = w->g->nodes[e->from].cluster;
    const struct place_box *box = &w->p->boxes[cluster];
    double y = leave(w, edge, &out->line), end = next_port(w, e->to);
    double down = track_x(w, cluster, w->p->cards[e->from].column + 1);
    double up = track_x(w, cluster, w->p->cards[e->to].column);
    double low = box->y + w->bottoms[cluster] + (double)w->below[cluster]++ * TRACK;
    add_point(&out->line, down, y);
    add_point(&out->line, down, low);
    add_point(&out->line, up, low);
    add_point(&out->line, up, end);
    add_point(&out->line, w->p->cards[e->to].x, end);
    out->has_label = true;
    out->label = label_at(w, e->to, end);
}

/* Below the box the bundle's own line takes it on. */
static void draw_cross(struct placing *w, size_t edge, const struct place_bundle *bundle,
                       double low)
{
    const struct graph_edge *e = &w->g->edges[edge];
    struct place_line *line = &w->p->edges[edge].line;
    double y = leave(w, edge, line);
    double down = track_x(w, bundle->from, w->p->cards[e->from].column + 1);
    add_point(line, down, y);
    add_point(line, down, low);
    add_point(line, down - TRACK, low);
}

static void draw_bundle(struct placing *w, size_t index, size_t row)
{
    struct place_bundle *bundle = &w->p->bundles[index];
    const struct place_box *box = &w->p->boxes[bundle->from];
    double low = box->y + box->height + TRACKS_PAD + (double)row * TRACK, begin = 0;
    double x = TRACKS_PAD + (double)index * TRACK, end = next_port(w, bundle->to);
    for (size_t i = 0; i < w->g->edges_count; i++) {
        const struct graph_edge *e = &w->g->edges[i];
        if (!e->is_cross || e->to != bundle->to || w->g->nodes[e->from].cluster != bundle->from)
            continue;
        draw_cross(w, i, bundle, low);
        const struct place_line *line = &w->p->edges[i].line;
        double joins = line->points[line->count - 1].x;
        begin = joins > begin ? joins : begin;
    }
    add_point(&bundle->line, begin, low);
    add_point(&bundle->line, x, low);
    add_point(&bundle->line, x, end);
    add_point(&bundle->line, w->p->cards[bundle->to].x, end);
    bundle->label = label_at(w, bundle->to, end);
}

/* Those that come from further up end further up. */
struct arrival {
    size_t edge;
    double y;
};

static int by_height(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    if (x->y != y->y)
        return x->y < y->y ? -1 : 1;
    return x->edge < y->edge ? -1 : x->edge > y->edge;
}

/* Where it is just before its last column. */
static double arrives_from(const struct placing *w, size_t edge)
{
    const struct graph_edge *e = &w->g->edges[edge];
    size_t first = w->p->cards[e->from].column, last = w->p->cards[e->to].column;
    if (is_under(w, edge))
        return w->p->height; /* from below */
    if (last - first > 1)
        return w->p->boxes[w->g->nodes[e->from].cluster].y + PLACE_BOX_HEAD +
               w->columns.passes[edge][last - first - 2];
    return place_row_y(w->g, w->p, e->from, e->from_row);
}

static void draw(struct placing *w)
{
    struct place *p = w->p;
    AUTO_FREE struct arrival *arrivals = mem_array(w->g->edges_count, sizeof(*arrivals));
    size_t count = 0;
    for (size_t i = 0; i < w->g->edges_count; i++)
        if (!w->g->edges[i].is_cross)
            arrivals[count++] = (struct arrival){i, arrives_from(w, i)};
    qsort(arrivals, count, sizeof(*arrivals), by_height);
    for (size_t i = 0; i < p->bundles_count; i++) {
        size_t row = 0;
        for (size_t k = 0; k < i; k++)
            row += p->bundles[k].from == p->bundles[i].from;
        draw_bundle(w, i, row);
    }
    for (size_t i = 0; i < count; i++)
        (is_under(w, arrivals[i].edge) ? draw_under : draw_forward)(w, arrivals[i].edge);
}

struct place *place_new(const struct graph *g, double label_width, double head_width)
{
    struct place *p = mem_zalloc(sizeof(*p));
    struct placing w = {.g = g, .p = p, .label_width = label_width + LEAD};
    size_t most = 0;
    p->label_width = label_width;
    p->boxes = mem_array(g->clusters_count, sizeof(*p->boxes));
    p->cards = mem_array(g->nodes_count, sizeof(*p->cards));
    p->edges = mem_array(g->edges_count, sizeof(*p->edges));
    p->edges_count = g->edges_count;
    w.arrivals = mem_array(g->nodes_count, sizeof(*w.arrivals));
    w.arrived = mem_array(g->nodes_count, sizeof(*w.arrived));
    w.below = mem_array(g->clusters_count, sizeof(*w.below));
    w.bottoms = mem_array(g->clusters_count, sizeof(*w.bottoms));
    make_bundles(&w);
    for (size_t i = 0; i < g->edges_count; i++)
        w.arrivals[g->edges[i].to] += !g->edges[i].is_cross;
    set_heights(&w);
    place_columns_set(g, p, &w.columns);
    w.tracks = mem_array(g->clusters_count * (w.columns.count + 1), sizeof(*w.tracks));
    w.column_x = mem_array(w.columns.count, sizeof(*w.column_x));
    w.gap_x = mem_array(w.columns.count + 1, sizeof(*w.gap_x));
    count_tracks(&w);
    set_columns_x(&w);
    for (size_t c = 0; c < g->clusters_count; c++)
        most = idle_in(&w, c) > most ? idle_in(&w, c) : most;
    w.idle_columns = idle_columns_for(most);
    place_boxes(&w, head_width);
    place_cards(&w);
    memset(w.tracks, 0, g->clusters_count * (w.columns.count + 1) * sizeof(*w.tracks));
    memset(w.below, 0, g->clusters_count * sizeof(*w.below));
    draw(&w);
    place_columns_release(g, &w.columns);
    free(w.arrivals);
    free(w.arrived);
    free(w.tracks);
    free(w.below);
    free(w.bottoms);
    free(w.column_x);
    free(w.gap_x);
    return p;
}

void place_free(struct place *p)
{
    if (!p)
        return;
    for (size_t i = 0; i < p->bundles_count; i++)
        free(p->bundles[i].line.points);
    for (size_t i = 0; i < p->edges_count; i++)
        free(p->edges[i].line.points);
    free(p->bundles);
    free(p->boxes);
    free(p->cards);
    free(p->edges);
    free(p);
}
