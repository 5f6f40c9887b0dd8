/* Where the parts of a service graph are on the page: numbers alone, nothing is drawn here. Each
 * cluster is a box, one below another, with the same columns: gateways at the left, and each service
 * to the right of those that call it. No two of the boxes, cards and labels overlap, and no line goes
 * through a card: what passes a column has a place in it, and what goes back or into another cluster
 * runs below, in a track of its own. */
#ifndef REPORT_GRAPH_PLACE_H
#define REPORT_GRAPH_PLACE_H

#include "graph.h"

#define PLACE_CARD_WIDTH 216.0
#define PLACE_HEAD 24.0     /* of a card: its name */
#define PLACE_LINE 16.0     /* of a card: each line below it */
#define PLACE_BOX_HEAD 54.0 /* of a cluster: its name, and what it is */
#define PLACE_PAD 16.0

struct place_point {
    double x, y;
};

struct place_line {
    struct place_point *points;
    size_t count;
    /* From each odd point to the next a curve; else straight, with round corners. */
    bool is_curved;
};

struct place_card {
    size_t column;
    bool is_idle; /* nothing goes to or from it: it stands at the right */
    double x, y, height;
};

struct place_edge {
    struct place_line line;
    bool
        has_label; /* ends at a card: its label stands left of that, from x to x + width, above y */
    struct place_point label;
};

/* All that goes from one cluster to one gateway of another: the edges join it below their box. */
struct place_bundle {
    size_t from, to; /* cluster; node */
    struct graph_load load;
    struct place_line line;
    struct place_point label;
};

struct place_box {
    double x, y, width, height;
};

struct place {
    double width, height;
    struct place_box *boxes;  /* one a cluster */
    struct place_card *cards; /* one a node */
    struct place_edge *edges; /* one an edge */
    size_t edges_count;
    struct place_bundle *bundles;
    size_t bundles_count;
    double label_width; /* room for a label */
};

/* `label_width`: of the longest label; `head_width`: of what stands above a cluster's cards. */
struct place *place_new(const struct graph *g, double label_width, double head_width);
void place_free(struct place *p);
/* The middle of a row, or of the card's head for GRAPH_NO_ROW. */
double place_row_y(const struct graph *g, const struct place *p, size_t node, size_t row);

/* graph_columns.c: the columns, and where each card is in its own; `heights` of all nodes are set in
 * p->cards. Gives for each edge the place in each column that it passes: passes[edge][column - that of
 * its caller - 1]; 0 bytes are had for edges that pass none. */
struct place_columns {
    size_t count;
    double **passes; /* per edge, NULL or one y a column */
    double *heights; /* per cluster, of its cards without those that are idle */
};
void place_columns_set(const struct graph *g, struct place *p, struct place_columns *ret_columns);
void place_columns_release(const struct graph *g, struct place_columns *c);
/* Whether the edge goes to a column on the right, in its own cluster. */
bool place_is_forward(const struct graph *g, const struct place *p, size_t edge);

MC_DEFINE_CLEANUP(place_cleanup, struct place, place_free);
#define AUTO_PLACE MC_CLEANUP(place_cleanup)

#endif
