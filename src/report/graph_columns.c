/* In which column each card of a service graph is, in which order, and how high: what calls stands
 * left of what it calls, in every cluster in the same column. The usual way to draw a layered graph
 * (Sugiyama, Tagawa, Toda 1981): layers by the longest way, an item in each column that an edge
 * passes, orders by the mean of the neighbours' places, and heights that are as near to these as
 * the neighbours above and below allow. */
#include <stdlib.h>
#include <string.h>

#include "graph_place.h"

#define MAX_COLUMN 12 /* longer chains end in one column */
#define MAX_DEPTH 500
#define SWEEPS 4
#define CARD_GAP 16.0
#define PASS_HEIGHT 8.0
#define NONE ((size_t)-1)

/* ---- columns --------------------------------------------------------------------------------- */

/* Cards of one name in all clusters have one column. */
struct group {
    const struct graph_node *like;
    enum { UNSEEN, OPEN, CLOSED } state; /* open: on the way that is being walked */
    bool is_called;                      /* by another group */
    size_t column;                       /* 0: not known yet */
};

struct layers {
    const struct graph *g;
    struct group *groups;
    size_t count;
    size_t *group_of; /* by node */
    bool *is_back;    /* by call: it closes a circle */
};

static size_t group_for(struct layers *l, const struct graph_node *node)
{
    for (size_t i = 0; i < l->count; i++) {
        const struct graph_node *like = l->groups[i].like;
        if (like->kind == node->kind && strcmp(like->name, node->name) == 0 &&
            strcmp(like->namespace_, node->namespace_) == 0)
            return i;
    }
    l->groups[l->count].like = node;
    return l->count++;
}

/* Marks the calls that lead back to where the walk came from. Not deeper than MAX_DEPTH, behind which
 * circles may stay; column_of has an end of its own. */
static void walk(struct layers *l, size_t group, int depth)
{
    l->groups[group].state = OPEN;
    for (size_t i = 0; i < l->g->calls_count && depth < MAX_DEPTH; i++) {
        const struct graph_call *call = &l->g->calls[i];
        size_t to = l->group_of[call->to];
        if (l->group_of[call->from] != group)
            continue;
        if (l->groups[to].state == OPEN)
            l->is_back[i] = true;
        else if (l->groups[to].state == UNSEEN)
            walk(l, to, depth + 1);
    }
    l->groups[group].state = CLOSED;
}

/* What nothing calls comes first: it begins the chains. A gateway's callers are not in the mesh. */
static void find_circles(struct layers *l)
{
    for (size_t i = 0; i < l->g->calls_count; i++) {
        const struct graph_call *call = &l->g->calls[i];
        size_t from = l->group_of[call->from], to = l->group_of[call->to];
        if (from != to && l->groups[from].like->kind != GRAPH_GATEWAY)
            l->groups[to].is_called = true;
    }
    for (int called = 0; called < 2; called++)
        for (size_t i = 0; i < l->count; i++)
            if (l->groups[i].is_called == called && l->groups[i].state == UNSEEN)
                walk(l, i, 0);
}

/* A call through a gateway counts as if it went straight: so a service of another cluster is in the
 * column that it has beside its caller. */
static size_t column_of(struct layers *l, size_t group, int depth)
{
    struct group *own = &l->groups[group];
    size_t column = 1;
    if (own->column || depth == MAX_COLUMN)
        return own->column ? own->column : 1;
    for (size_t i = 0; i < l->g->calls_count; i++) {
        const struct graph_call *call = &l->g->calls[i];
        size_t from = l->group_of[call->from];
        if (l->group_of[call->to] != group || l->is_back[i] || from == group ||
            l->groups[from].like->kind == GRAPH_GATEWAY)
            continue;
        size_t behind = column_of(l, from, depth + 1) + 1;
        column = behind > column ? behind : column;
    }
    own->column = column < MAX_COLUMN ? column : MAX_COLUMN;
    return own->column;
}

static size_t set_columns(const struct graph *g, struct place *p)
{
    struct layers l = {.g = g};
    AUTO_FREE bool *is_called = mem_array(g->nodes_count, sizeof(*is_called));
    AUTO_FREE struct group *groups = mem_array(g->nodes_count, sizeof(*groups));
    AUTO_FREE size_t *group_of = mem_array(g->nodes_count, sizeof(*group_of));
    AUTO_FREE bool *is_back = mem_array(g->calls_count, sizeof(*is_back));
    size_t count = 1;
    l.groups = groups;
    l.group_of = group_of;
    l.is_back = is_back;
    for (size_t i = 0; i < g->nodes_count; i++)
        group_of[i] = group_for(&l, &g->nodes[i]);
    find_circles(&l);
    for (size_t i = 0; i < g->edges_count; i++)
        is_called[g->edges[i].from] = is_called[g->edges[i].to] = true;
    for (size_t i = 0; i < g->nodes_count; i++) {
        struct place_card *card = &p->cards[i];
        bool is_gateway = g->nodes[i].kind == GRAPH_GATEWAY;
        card->is_idle = !is_called[i] && !is_gateway;
        card->column = is_gateway || card->is_idle ? 0 : column_of(&l, group_of[i], 0);
        count = card->column + 1 > count ? card->column + 1 : count;
    }
    return count;
}

bool place_is_forward(const struct graph *g, const struct place *p, size_t edge)
{
    const struct graph_edge *e = &g->edges[edge];
    return !e->is_cross && p->cards[e->to].column > p->cards[e->from].column;
}

/* ---- orders and heights ---------------------------------------------------------------------- */

/* A card, or an edge that passes the column. */
struct item {
    size_t node, edge; /* one of them NONE */
    size_t column;
    double height, y; /* y: of its middle */
};

struct segment {
    size_t from, to;   /* items of neighbouring columns */
    double from_shift; /* of the row that it starts at, from the middle of the card */
};

struct cluster_items {
    struct item *items;
    size_t count, cap;
    struct segment *segments;
    size_t segments_count, segments_cap;
    size_t *order; /* items, column by column, from the top */
    size_t *begin; /* by column: where it begins in `order`; one more at the end */
};

static size_t add_item(struct cluster_items *c, const struct item *item)
{
    c->items = mem_grow(c->items, &c->cap, c->count + 1, sizeof(*c->items));
    c->items[c->count] = *item;
    return c->count++;
}

static void add_segment(struct cluster_items *c, size_t from, size_t to, double shift)
{
    c->segments =
        mem_grow(c->segments, &c->segments_cap, c->segments_count + 1, sizeof(*c->segments));
    c->segments[c->segments_count++] = (struct segment){from, to, shift};
}

static double row_shift(const struct graph *g, const struct place *p, size_t node, size_t row)
{
    return place_row_y(g, p, node, row) - p->cards[node].y - p->cards[node].height / 2;
}

static void add_edge_items(const struct graph *g, const struct place *p, struct cluster_items *c,
                           const size_t *item_of, size_t edge)
{
    const struct graph_edge *e = &g->edges[edge];
    size_t before = item_of[e->from];
    double shift = row_shift(g, p, e->from, e->from_row);
    for (size_t at = p->cards[e->from].column + 1; at < p->cards[e->to].column; at++) {
        size_t pass = add_item(c, &(struct item){NONE, edge, at, PASS_HEIGHT, 0});
        add_segment(c, before, pass, shift);
        before = pass;
        shift = 0;
    }
    add_segment(c, before, item_of[e->to], shift);
}

static void collect(const struct graph *g, const struct place *p, size_t cluster,
                    struct cluster_items *c)
{
    AUTO_FREE size_t *item_of = mem_array(g->nodes_count, sizeof(*item_of));
    for (size_t i = 0; i < g->nodes_count; i++)
        if (g->nodes[i].cluster == cluster && !p->cards[i].is_idle)
            item_of[i] =
                add_item(c, &(struct item){i, NONE, p->cards[i].column, p->cards[i].height, 0});
    for (size_t i = 0; i < g->edges_count; i++)
        if (g->nodes[g->edges[i].from].cluster == cluster && place_is_forward(g, p, i))
            add_edge_items(g, p, c, item_of, i);
}

static void order_by_column(struct cluster_items *c, size_t columns)
{
    size_t n = 0;
    c->order = mem_array(c->count, sizeof(*c->order));
    c->begin = mem_array(columns + 1, sizeof(*c->begin));
    for (size_t column = 0; column < columns; column++) {
        c->begin[column] = n;
        for (size_t i = 0; i < c->count; i++)
            if (c->items[i].column == column)
                c->order[n++] = i;
    }
    c->begin[columns] = n;
}

static double gap_between(const struct item *a, const struct item *b)
{
    return a->node == NONE && b->node == NONE ? PASS_HEIGHT : CARD_GAP;
}

/* The mean of where neighbours are on one side; its own place without any. */
static double wanted(const struct cluster_items *c, size_t item, bool from_left)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < c->segments_count; i++) {
        const struct segment *s = &c->segments[i];
        if ((from_left ? s->to : s->from) != item)
            continue;
        sum += from_left ? c->items[s->from].y + s->from_shift : c->items[s->to].y - s->from_shift;
        n++;
    }
    return n > 0 ? sum / n : c->items[item].y;
}

struct want {
    size_t item;
    double y;
    size_t before; /* keeps the order of equals */
};

static int by_want(const void *a, const void *b)
{
    const struct want *x = a, *y = b;
    if (x->y != y->y)
        return x->y < y->y ? -1 : 1;
    return x->before < y->before ? -1 : x->before > y->before;
}

/* Those that want to be too near to each other stand together, around the mean of what they want:
 * with the least squares of what is missed (the pool of adjacent violators). */
static void settle(struct cluster_items *c, const struct want *wants, size_t count)
{
    struct block {
        double mean;
        size_t size;
    } *blocks = mem_array(count, sizeof(*blocks));
    AUTO_FREE double *offsets = mem_array(count, sizeof(*offsets));
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &c->items[wants[i].item];
        const struct item *above = i ? &c->items[wants[i - 1].item] : NULL;
        if (above)
            offsets[i] =
                offsets[i - 1] + (above->height + item->height) / 2 + gap_between(above, item);
        blocks[used++] = (struct block){wants[i].y - offsets[i], 1};
        while (used > 1 && blocks[used - 1].mean < blocks[used - 2].mean) {
            struct block *a = &blocks[used - 2], *b = &blocks[used - 1];
            a->mean = (a->mean * (double)a->size + b->mean * (double)b->size) /
                      (double)(a->size + b->size);
            a->size += b->size;
            used--;
        }
    }
    for (size_t b = 0, i = 0; b < used; b++)
        for (size_t k = 0; k < blocks[b].size; k++, i++)
            c->items[wants[i].item].y = blocks[b].mean + offsets[i];
    free(blocks);
}

/* `may_swap`: also their order follows what they want. */
static void place_column(struct cluster_items *c, size_t column, bool from_left, bool may_swap)
{
    size_t first = c->begin[column], count = c->begin[column + 1] - first;
    AUTO_FREE struct want *wants = mem_array(count, sizeof(*wants));
    for (size_t i = 0; i < count; i++)
        wants[i] = (struct want){c->order[first + i], wanted(c, c->order[first + i], from_left), i};
    if (may_swap)
        qsort(wants, count, sizeof(*wants), by_want);
    settle(c, wants, count);
    for (size_t i = 0; i < count; i++)
        c->order[first + i] = wants[i].item;
}

static void stack(struct cluster_items *c, size_t columns)
{
    for (size_t column = 0; column < columns; column++) {
        double y = 0;
        for (size_t i = c->begin[column]; i < c->begin[column + 1]; i++) {
            struct item *item = &c->items[c->order[i]];
            item->y = y + item->height / 2;
            y += item->height + CARD_GAP;
        }
    }
}

static double lift(struct cluster_items *c)
{
    double top = 0, bottom = 0;
    for (size_t i = 0; i < c->count; i++) {
        double above = c->items[i].y - c->items[i].height / 2;
        top = i == 0 || above < top ? above : top;
    }
    for (size_t i = 0; i < c->count; i++) {
        c->items[i].y -= top;
        double below = c->items[i].y + c->items[i].height / 2;
        bottom = below > bottom ? below : bottom;
    }
    return bottom;
}

static double arrange(struct cluster_items *c, size_t columns)
{
    stack(c, columns);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        bool may_swap = sweep + 1 < SWEEPS;
        for (size_t i = 1; i < columns; i++)
            place_column(c, i, true, may_swap);
        for (size_t i = columns; i-- > 0;)
            place_column(c, i, false, may_swap);
    }
    return lift(c);
}

static void take(const struct graph *g, struct place *p, const struct cluster_items *c,
                 struct place_columns *columns)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct item *item = &c->items[i];
        if (item->node != NONE) {
            p->cards[item->node].y = item->y - item->height / 2;
            continue;
        }
        const struct graph_edge *e = &g->edges[item->edge];
        double **passes = &columns->passes[item->edge];
        if (!*passes)
            *passes = mem_array(columns->count, sizeof(**passes));
        (*passes)[item->column - p->cards[e->from].column - 1] = item->y;
    }
}

void place_columns_set(const struct graph *g, struct place *p, struct place_columns *ret_columns)
{
    *ret_columns = (struct place_columns){
        .count = set_columns(g, p),
        .passes = mem_array(g->edges_count, sizeof(*ret_columns->passes)),
        .heights = mem_array(g->clusters_count, sizeof(*ret_columns->heights)),
    };
    for (size_t i = 0; i < g->clusters_count; i++) {
        struct cluster_items c = {0};
        collect(g, p, i, &c);
        order_by_column(&c, ret_columns->count);
        ret_columns->heights[i] = arrange(&c, ret_columns->count);
        take(g, p, &c, ret_columns);
        free(c.items);
        free(c.segments);
        free(c.order);
        free(c.begin);
    }
}

void place_columns_release(const struct graph *g, struct place_columns *c)
{
    for (size_t i = 0; i < g->edges_count; i++)
        free(c->passes[i]);
    free(c->passes);
    free(c->heights);
}
