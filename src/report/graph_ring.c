/* Clusters in a ring, and the lines between. */
#include "graph_ring.h"

#include <math.h>
#include <stdlib.h>

#define BOX_GAP 36.0
#define BESIDE 5.0 /* of a line from the middle between two boxes */
#define GROWTH 1.08
#define MAX_STEPS 100  /* each is 8 % more: 2000 times in all, for 64 boxes far more than enough */
#define LABEL_GAP 24.0 /* between a label and the box beside it */

static bool too_near(const struct place_box *a, const struct place_box *b)
{
    return a->x < b->x + b->width + BOX_GAP && b->x < a->x + a->width + BOX_GAP &&
           a->y < b->y + b->height + BOX_GAP && b->y < a->y + a->height + BOX_GAP;
}

static bool any_too_near(const struct place_box *boxes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            if (too_near(&boxes[i], &boxes[k]))
                return true;
    return false;
}

/* Three: one above, two below it. More: the first at the left above, then with the clock. */
static double angle_of(size_t i, size_t count)
{
    double turn = 2 * M_PI * (double)i / (double)count;
    return count == 3 ? turn - M_PI / 2 : turn - M_PI / 2 - M_PI / (double)count;
}

static void spread(struct ring *r, size_t count, double x, double y)
{
    for (size_t i = 0; i < count; i++) {
        struct place_box *box = &r->boxes[i];
        double angle = angle_of(i, count);
        box->x = x * cos(angle) - box->width / 2;
        box->y = y * sin(angle) - box->height / 2;
    }
}

static void place_many(struct ring *r, size_t count, double box_width, double label_width)
{
    double x = box_width / 2, y = 80;
    if (count <= RING_MAX_LABELLED) {
        /* The labels of the two slanting pairs are side by side at half the height, those of the
         * level one between its boxes. */
        x = (box_width + label_width + 2 * LABEL_GAP) / sqrt(3);
        x = x > label_width + LABEL_GAP ? x : label_width + LABEL_GAP;
        y = r->boxes[0].height * 0.75 + 4 * RING_LABEL_LINE;
        for (size_t i = 1; i < count; i++)
            if (r->boxes[i].height * 0.75 + 4 * RING_LABEL_LINE > y)
                y = r->boxes[i].height * 0.75 + 4 * RING_LABEL_LINE;
    }
    spread(r, count, x, y);
    for (int i = 0; i < MAX_STEPS && any_too_near(r->boxes, count); i++) {
        x *= GROWTH;
        y *= GROWTH;
        spread(r, count, x, y);
    }
}

static void move_to_corner(struct ring *r, size_t count)
{
    double left = 0, top = 0;
    for (size_t i = 0; i < count; i++) {
        left = i == 0 || r->boxes[i].x < left ? r->boxes[i].x : left;
        top = i == 0 || r->boxes[i].y < top ? r->boxes[i].y : top;
    }
    for (size_t i = 0; i < count; i++) {
        struct place_box *box = &r->boxes[i];
        box->x -= left;
        box->y -= top;
        r->width = fmax(r->width, box->x + box->width);
        r->height = fmax(r->height, box->y + box->height);
    }
}

/* Where a line from `at` inside of the box, in this direction, crosses its border. */
static struct place_point border(const struct place_box *box, struct place_point at, double dx,
                                 double dy)
{
    double t = INFINITY;
    if (dx != 0)
        t = fmin(t, ((dx > 0 ? box->x + box->width : box->x) - at.x) / dx);
    if (dy != 0)
        t = fmin(t, ((dy > 0 ? box->y + box->height : box->y) - at.y) / dy);
    return isfinite(t) && t > 0 ? (struct place_point){at.x + t * dx, at.y + t * dy} : at;
}

static struct place_point middle(const struct place_box *box)
{
    return (struct place_point){box->x + box->width / 2, box->y + box->height / 2};
}

/* Two boxes side by side may differ in height: a level line between them is easier to follow. */
static double level_of(const struct place_box *a, const struct place_box *b)
{
    return (fmax(a->y, b->y) + fmin(a->y + a->height, b->y + b->height)) / 2;
}

static void draw_line(struct ring *r, const struct graph_link *link, bool is_level,
                      struct ring_line *out)
{
    const struct place_box *a = &r->boxes[link->from], *b = &r->boxes[link->to];
    struct place_point from = middle(a), to = middle(b);
    if (is_level)
        from.y = to.y = level_of(a, b);
    double dx = to.x - from.x, dy = to.y - from.y, length = hypot(dx, dy);
    if (length <= 0)
        return;
    struct place_point begin = border(a, from, dx, dy), end = border(b, to, -dx, -dy);
    double aside_x = dy / length * BESIDE, aside_y = -dx / length * BESIDE;
    from.x += aside_x;
    from.y += aside_y;
    to.x += aside_x;
    to.y += aside_y;
    out->from = border(a, from, dx, dy);
    out->to = border(b, to, -dx, -dy);
    /* The middle of the pair, and of its two lines of text the upper one for the link that goes right. */
    double up = dx > 0 || (dx == 0 && dy > 0) ? -1 : 1, half = is_level ? 1.3 : 0.5;
    out->label = (struct place_point){(begin.x + end.x) / 2,
                                      (begin.y + end.y) / 2 + up * half * RING_LABEL_LINE};
}

struct ring *ring_new(const struct graph *g, double box_width, const double *box_heights,
                      double label_width)
{
    struct ring *r = mem_zalloc(sizeof(*r));
    size_t count = g->clusters_count;
    r->boxes = mem_array(count, sizeof(*r->boxes));
    r->lines = mem_array(g->links_count, sizeof(*r->lines));
    for (size_t i = 0; i < count; i++)
        r->boxes[i] = (struct place_box){0, 0, box_width, box_heights[i]};
    if (count == 2)
        r->boxes[1].x = box_width + label_width + 2 * LABEL_GAP;
    else if (count > 2)
        place_many(r, count, box_width, label_width);
    move_to_corner(r, count);
    for (size_t i = 0; i < g->links_count; i++) {
        const struct graph_link *link = &g->links[i];
        bool is_level = count == 2 || (count == 3 && link->from > 0 && link->to > 0);
        draw_line(r, link, is_level, &r->lines[i]);
    }
    return r;
}

void ring_free(struct ring *r)
{
    if (!r)
        return;
    free(r->boxes);
    free(r->lines);
    free(r);
}
