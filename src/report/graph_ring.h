/* Where the clusters and their links are on the page: numbers alone. Boxes stand in a ring around the
 * middle (two side by side), far enough from each other that none overlap, and each link is a straight
 * line from border to border beside the one that comes back. Of up to RING_MAX_LABELLED clusters there
 * is room in the middle of the lines for a label of each way. */
#ifndef REPORT_GRAPH_RING_H
#define REPORT_GRAPH_RING_H

#include "graph_place.h"

#define RING_MAX_LABELLED 3
#define RING_LABEL_LINE 15.0 /* a pair's labels are two lines */

struct ring_line {
    struct place_point from, to; /* to: where its head is */
    struct place_point label;    /* the middle of its line of text */
};

struct ring {
    double width, height;
    struct place_box *boxes; /* one a cluster */
    struct ring_line *lines; /* one a link */
};

/* `box_heights`: of each cluster; `label_width`: of the longest label of a link. */
struct ring *ring_new(const struct graph *g, double box_width, const double *box_heights,
                      double label_width);
void ring_free(struct ring *r);

MC_DEFINE_CLEANUP(ring_cleanup, struct ring, ring_free);
#define AUTO_RING MC_CLEANUP(ring_cleanup)

#endif
