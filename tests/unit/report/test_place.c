/* Where the parts of a service graph are: nothing overlaps, and no line goes through a card. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "graph_place.h"
#include "graph_ring.h"
#include "meshctl/base/fs.h"
#include "must.h"

#define FOLDER TEST_DATA_DIR "/golden/graph/"
#define LABEL 80.0

static const char *const names[] = {"one",   "two-services", "three",  "eight",
                                    "forty", "quiet",        "hostile"};

static json_t *document(const char *name)
{
    AUTO_FREE char *path = mem_printf(FOLDER "%s.json", name);
    AUTO_BUF text = BUF_INIT;
    struct error *err = NULL;
    json_t *value = NULL;
    must(fs_read(path, (size_t)1 << 20, &text, &err), &err);
    must(json_read(buf_str(&text), text.len, path, &value, &err), &err);
    return value;
}

static bool overlap(const struct place_box *a, const struct place_box *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width && a->y < b->y + b->height &&
           b->y < a->y + a->height;
}

static struct place_box card_box(const struct place *p, size_t node)
{
    const struct place_card *c = &p->cards[node];
    return (struct place_box){c->x, c->y, PLACE_CARD_WIDTH, c->height};
}

static bool is_inside(const struct place_box *in, const struct place_box *box)
{
    return in->x >= box->x && in->y >= box->y && in->x + in->width <= box->x + box->width &&
           in->y + in->height <= box->y + box->height;
}

static void cards_are_apart(const char *name, const struct graph *g, const struct place *p)
{
    for (size_t i = 0; i < g->nodes_count; i++) {
        struct place_box a = card_box(p, i);
        if (!is_inside(&a, &p->boxes[g->nodes[i].cluster]))
            fail_msg("%s: card %zu is not inside of its cluster", name, i);
        for (size_t k = 0; k < i; k++) {
            struct place_box b = card_box(p, k);
            if (overlap(&a, &b))
                fail_msg("%s: cards %zu and %zu overlap", name, i, k);
        }
    }
    for (size_t i = 0; i < g->clusters_count; i++)
        for (size_t k = 0; k < i; k++)
            assert_false(overlap(&p->boxes[i], &p->boxes[k]));
}

/* Each takes 12 above its line. */
static size_t collect_labels(const struct place *p, struct place_box *labels)
{
    size_t n = 0;
    for (size_t i = 0; i < p->edges_count; i++)
        if (p->edges[i].has_label)
            labels[n++] =
                (struct place_box){p->edges[i].label.x, p->edges[i].label.y - 15, LABEL, 15};
    for (size_t i = 0; i < p->bundles_count; i++)
        labels[n++] =
            (struct place_box){p->bundles[i].label.x, p->bundles[i].label.y - 15, LABEL, 15};
    return n;
}

static void labels_are_apart(const char *name, const struct graph *g, const struct place *p)
{
    AUTO_FREE struct place_box *labels =
        mem_array(p->edges_count + p->bundles_count, sizeof(*labels));
    size_t count = collect_labels(p, labels);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++)
            if (overlap(&labels[i], &labels[k]))
                fail_msg("%s: labels %zu and %zu overlap", name, i, k);
        for (size_t k = 0; k < g->nodes_count; k++) {
            struct place_box card = card_box(p, k);
            if (overlap(&labels[i], &card))
                fail_msg("%s: label %zu is over card %zu", name, i, k);
        }
    }
}

static void line_is_beside_cards(const char *name, const struct graph *g, const struct place *p,
                                 const struct place_line *line)
{
    for (size_t i = 1; i < line->count; i++) {
        const struct place_point *a = &line->points[i - 1], *b = &line->points[i];
        /* Curves stay within the box that their ends make, in which no card is. */
        struct place_box hull = {a->x < b->x ? a->x : b->x, a->y < b->y ? a->y : b->y,
                                 a->x < b->x ? b->x - a->x : a->x - b->x,
                                 a->y < b->y ? b->y - a->y : a->y - b->y};
        for (size_t k = 0; k < g->nodes_count; k++) {
            struct place_box card = card_box(p, k);
            struct place_box core = {card.x + 1, card.y + 1, card.width - 2, card.height - 2};
            if (overlap(&hull, &core))
                fail_msg("%s: a line goes over card %zu", name, k);
        }
        assert_true(a->x >= 0 && a->x <= p->width);
    }
}

static void nothing_is_over_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        json_auto_t *doc = document(names[i]);
        AUTO_GRAPH struct graph *g = graph_new(doc);
        AUTO_PLACE struct place *p = place_new(g, LABEL, 400);
        cards_are_apart(names[i], g, p);
        labels_are_apart(names[i], g, p);
        for (size_t k = 0; k < p->edges_count; k++)
            line_is_beside_cards(names[i], g, p, &p->edges[k].line);
        for (size_t k = 0; k < p->bundles_count; k++)
            line_is_beside_cards(names[i], g, p, &p->bundles[k].line);
    }
}

static void callers_stand_left_of_what_they_call(void **state)
{
    (void)state;
    json_auto_t *doc = document("two-services");
    AUTO_GRAPH struct graph *g = graph_new(doc);
    AUTO_PLACE struct place *p = place_new(g, LABEL, 400);
    for (size_t i = 0; i < g->edges_count; i++)
        if (!g->edges[i].is_cross)
            assert_true(p->cards[g->edges[i].from].x < p->cards[g->edges[i].to].x);
    for (size_t i = 0; i < g->calls_count; i++)
        for (size_t k = 0; k < g->nodes_count; k++)
            if (!p->cards[k].is_idle && strcmp(g->nodes[k].name, "reviews") == 0)
                assert_int_equal(p->cards[k].column, 2);
}

/* A calls B calls C calls A: a circle has a beginning all the same. */
static void circles_are_drawn(void **state)
{
    (void)state;
    json_auto_t *doc = json_object();
    json_object_set_new(doc, "clusters", json_pack("[{s:s}]", "name", "w"));
    json_object_set_new(doc, "services", json_array());
    json_t *calls = json_array();
    json_object_set_new(doc, "calls", calls);
    static const char *const ring[] = {"a", "b", "c", "a"};
    for (size_t i = 0; i < 3; i++) {
        json_array_append_new(json_object_get(doc, "services"),
                              json_pack("{s:s, s:s, s:s, s:[{s:s}]}", "cluster", "w", "namespace",
                                        "n", "name", ring[i], "workloads", "name", ring[i]));
        json_array_append_new(calls, json_pack("{s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s}, s:f}",
                                               "from", "cluster", "w", "namespace", "n", "workload",
                                               ring[i], "to", "cluster", "w", "namespace", "n",
                                               "service", ring[i + 1], "requestsPerSecond", 1.0));
    }
    json_array_append_new(calls, json_deep_copy(json_array_get(calls, 0)));
    json_object_set_new(json_object_get(json_array_get(calls, 3), "to"), "service",
                        json_string("a"));
    AUTO_GRAPH struct graph *g = graph_new(doc);
    AUTO_PLACE struct place *p = place_new(g, LABEL, 400);
    assert_int_equal(g->edges_count, 4);
    assert_int_equal(p->cards[0].column, 1);
    assert_int_equal(p->cards[1].column, 2);
    assert_int_equal(p->cards[2].column, 3);
    cards_are_apart("circle", g, p);
    for (size_t k = 0; k < p->edges_count; k++)
        line_is_beside_cards("circle", g, p, &p->edges[k].line);
}

static void clusters_in_a_ring_are_apart(void **state)
{
    (void)state;
    for (size_t count = 1; count <= GRAPH_MAX_CLUSTERS; count++) {
        json_auto_t *doc = json_pack("{s:[], s:[]}", "clusters", "links");
        for (size_t i = 0; i < count; i++) {
            AUTO_FREE char *name = mem_printf("c%zu", i);
            json_array_append_new(json_object_get(doc, "clusters"),
                                  json_pack("{s:s}", "name", name));
            for (size_t k = 0; k < i && i < 8; k++) {
                AUTO_FREE char *other = mem_printf("c%zu", k);
                json_array_append_new(json_object_get(doc, "links"),
                                      json_pack("{s:s, s:s}", "from", name, "to", other));
                json_array_append_new(json_object_get(doc, "links"),
                                      json_pack("{s:s, s:s}", "from", other, "to", name));
            }
        }
        double heights[GRAPH_MAX_CLUSTERS];
        for (size_t i = 0; i < count; i++)
            heights[i] = 60 + (double)(i % 4) * 40;
        AUTO_GRAPH struct graph *g = graph_new(doc);
        AUTO_RING struct ring *r = ring_new(g, 300, heights, 200);
        for (size_t i = 0; i < count; i++) {
            assert_true(r->boxes[i].x >= 0 && r->boxes[i].x + 300 <= r->width);
            assert_true(r->boxes[i].y >= 0 && r->boxes[i].y + heights[i] <= r->height);
            for (size_t k = 0; k < i; k++)
                assert_false(overlap(&r->boxes[i], &r->boxes[k]));
        }
        for (size_t i = 0; i < g->links_count && count <= RING_MAX_LABELLED; i++) {
            struct place_box label = {r->lines[i].label.x - 100, r->lines[i].label.y - 6, 200, 12};
            for (size_t k = 0; k < count; k++)
                assert_false(overlap(&label, &r->boxes[k]));
            for (size_t k = 0; k < i; k++) {
                struct place_box other = {r->lines[k].label.x - 100, r->lines[k].label.y - 6, 200,
                                          12};
                assert_false(overlap(&label, &other));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_over_another),
        cmocka_unit_test(callers_stand_left_of_what_they_call),
        cmocka_unit_test(circles_are_drawn),
        cmocka_unit_test(clusters_in_a_ring_are_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
