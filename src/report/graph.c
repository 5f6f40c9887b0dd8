/* The document of a mesh as nodes and edges. */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/text.h"

#define NOWHERE GRAPH_NO_NODE

const char *graph_text(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

double graph_number(const json_t *row, const char *key, double fallback)
{
    const json_t *value = json_object_get(row, key);
    return json_is_number(value) ? json_number_value(value) : fallback;
}

static const char *const health_names[] = {
    [GRAPH_UNKNOWN] = "unknown",
    [GRAPH_OK] = "ok",
    [GRAPH_WARNING] = "warning",
    [GRAPH_ERROR] = "error",
};

enum graph_health graph_health_of(const json_t *row)
{
    for (int h = GRAPH_OK; h <= GRAPH_ERROR; h++)
        if (strcmp(graph_text(row, "health"), health_names[h]) == 0)
            return (enum graph_health)h;
    return GRAPH_UNKNOWN;
}

const char *graph_health_name(enum graph_health health)
{
    return health_names[health];
}

struct graph_load graph_load_of(const json_t *row)
{
    struct graph_load load = {
        .is_known = json_is_number(json_object_get(row, "requestsPerSecond")),
        .requests = graph_number(row, "requestsPerSecond", 0),
        .errors = graph_number(row, "errorsPerSecond", 0),
    };
    const json_t *mtls = json_object_get(row, "mtls");
    if (json_is_boolean(mtls))
        load.mtls = json_is_true(mtls) ? GRAPH_MTLS_ON : GRAPH_MTLS_OFF;
    load.is_bad = load.errors > 0 || json_is_false(json_object_get(row, "healthy"));
    return load;
}

void graph_load_add(struct graph_load *sum, const struct graph_load *more)
{
    sum->is_known |= more->is_known;
    sum->requests += more->requests;
    sum->errors += more->errors;
    sum->is_bad |= more->is_bad;
    if (more->mtls > sum->mtls)
        sum->mtls = more->mtls;
}

static const json_t *list_of(const json_t *row, const char *key)
{
    const json_t *list = json_object_get(row, key);
    return json_is_array(list) ? list : NULL;
}

/* How many of a list are taken; the others are counted. */
static size_t taken(struct graph *g, const json_t *list, size_t max)
{
    size_t count = json_array_size(list);
    if (count > max)
        g->left_out += count - max;
    return count > max ? max : count;
}

/* ---- clusters and links ---------------------------------------------------------------------- */

static size_t find_cluster(const struct graph *g, const char *name)
{
    for (size_t i = 0; i < g->clusters_count; i++)
        if (strcmp(g->clusters[i].name, name) == 0)
            return i;
    return NOWHERE;
}

static void add_clusters(struct graph *g)
{
    const json_t *list = list_of(g->json, "clusters");
    size_t count = taken(g, list, GRAPH_MAX_CLUSTERS);
    g->clusters = mem_array(count, sizeof(*g->clusters));
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(list, i);
        g->clusters[g->clusters_count++] = (struct graph_cluster){
            .json = row,
            .name = graph_text(row, "name"),
            .is_reached = !json_is_false(json_object_get(row, "reached")),
            .health = graph_health_of(row),
        };
    }
}

static void add_links(struct graph *g)
{
    const json_t *list = list_of(g->json, "links");
    size_t count = taken(g, list, GRAPH_MAX_LINKS);
    g->links = mem_array(count, sizeof(*g->links));
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(list, i);
        struct graph_link link = {
            .json = row,
            .from = find_cluster(g, graph_text(row, "from")),
            .to = find_cluster(g, graph_text(row, "to")),
            .health = graph_health_of(row),
            .load = graph_load_of(row),
        };
        if (link.from != NOWHERE && link.to != NOWHERE && link.from != link.to)
            g->links[g->links_count++] = link;
    }
}

/* ---- nodes ----------------------------------------------------------------------------------- */

static size_t find_node(const struct graph *g, enum graph_node_kind kind, size_t cluster,
                        const char *namespace_, const char *name)
{
    for (size_t i = 0; i < g->nodes_count; i++) {
        const struct graph_node *n = &g->nodes[i];
        if (n->kind == kind && n->cluster == cluster && strcmp(n->name, name) == 0 &&
            strcmp(n->namespace_, namespace_) == 0)
            return i;
    }
    return NOWHERE;
}

/* NOWHERE when there are too many. */
static size_t add_node(struct graph *g, const struct graph_node *node)
{
    if (g->nodes_count == GRAPH_MAX_NODES) {
        g->left_out++;
        return NOWHERE;
    }
    g->nodes[g->nodes_count] = *node;
    return g->nodes_count++;
}

static size_t node_of(struct graph *g, enum graph_node_kind kind, size_t cluster,
                      const char *namespace_, const char *name)
{
    size_t found = find_node(g, kind, cluster, namespace_, name);
    return found != NOWHERE ? found
                            : add_node(g, &(struct graph_node){.kind = kind,
                                                               .cluster = cluster,
                                                               .namespace_ = namespace_,
                                                               .name = name});
}

static void add_gateways(struct graph *g, size_t cluster)
{
    size_t i;
    json_t *row;
    json_array_foreach(list_of(g->clusters[cluster].json, "gateways"), i, row) {
        size_t at = node_of(g, GRAPH_GATEWAY, cluster, graph_text(row, "namespace"),
                            graph_text(row, "name"));
        if (at == NOWHERE)
            return;
        g->nodes[at].json = row;
        g->nodes[at].health = graph_health_of(row);
    }
}

static void add_rows(struct graph_node *node)
{
    size_t i;
    json_t *row;
    json_array_foreach(list_of(node->json, "workloads"), i, row) {
        if (node->rows_count == GRAPH_MAX_ROWS) {
            node->rows_more++;
            continue;
        }
        node->rows[node->rows_count++] = (struct graph_row){
            .name = graph_text(row, "name"),
            .pods = (json_int_t)graph_number(row, "pods", -1),
            .ready = (json_int_t)graph_number(row, "ready", -1),
            .is_bare = json_is_false(json_object_get(row, "injected")),
        };
    }
}

static void add_services(struct graph *g)
{
    size_t i;
    json_t *row;
    json_array_foreach(list_of(g->json, "services"), i, row) {
        size_t cluster = find_cluster(g, graph_text(row, "cluster"));
        if (cluster == NOWHERE)
            continue;
        size_t at = node_of(g, GRAPH_SERVICE, cluster, graph_text(row, "namespace"),
                            graph_text(row, "name"));
        if (at == NOWHERE || g->nodes[at].json)
            continue;
        g->nodes[at].json = row;
        g->nodes[at].health = graph_health_of(row);
        add_rows(&g->nodes[at]);
    }
}

/* ---- edges ----------------------------------------------------------------------------------- */

/* The workload's row in a service that has it; else the gateway of that name, else a node of its own. */
static size_t caller_of(struct graph *g, size_t cluster, const char *namespace_, const char *name,
                        size_t *ret_row)
{
    *ret_row = GRAPH_NO_ROW;
    for (size_t i = 0; i < g->nodes_count; i++) {
        const struct graph_node *n = &g->nodes[i];
        if (n->kind != GRAPH_SERVICE || n->cluster != cluster ||
            strcmp(n->namespace_, namespace_) != 0)
            continue;
        for (size_t r = 0; r < n->rows_count; r++) {
            if (strcmp(n->rows[r].name, name) != 0)
                continue;
            *ret_row = r;
            return i;
        }
    }
    size_t gateway = find_node(g, GRAPH_GATEWAY, cluster, namespace_, name);
    return gateway != NOWHERE ? gateway : node_of(g, GRAPH_WORKLOAD, cluster, namespace_, name);
}

static bool has_address(const json_t *gateway, const char *address, size_t len)
{
    size_t i;
    json_t *row;
    json_array_foreach(list_of(gateway, "addresses"), i, row) {
        const char *text = json_string_value(row);
        if (text && strlen(text) == len && strncmp(text, address, len) == 0)
            return true;
    }
    return false;
}

/* Where calls to `via` ("172.30.2.11:15443"; "" for pods' own addresses) come into the cluster. */
static size_t entry_of(struct graph *g, size_t cluster, const char *via)
{
    const char *colon = strrchr(via, ':');
    size_t len = colon ? (size_t)(colon - via) : strlen(via);
    for (size_t i = 0; i < g->nodes_count && len; i++) {
        const struct graph_node *n = &g->nodes[i];
        if (n->kind == GRAPH_GATEWAY && n->cluster == cluster &&
            (has_address(n->json, via, len) || strcmp(n->name, via) == 0))
            return i;
    }
    return node_of(g, GRAPH_GATEWAY, cluster, "", via[0] ? via : "direct");
}

static void add_edge(struct graph *g, const struct graph_edge *edge)
{
    for (size_t i = 0; i < g->edges_count; i++) {
        struct graph_edge *e = &g->edges[i];
        if (e->from == edge->from && e->from_row == edge->from_row && e->to == edge->to) {
            graph_load_add(&e->load, &edge->load);
            return;
        }
    }
    if (g->edges_count == GRAPH_MAX_EDGES)
        g->left_out++;
    else
        g->edges[g->edges_count++] = *edge;
}

static void add_call(struct graph *g, const json_t *call)
{
    const json_t *from = json_object_get(call, "from"), *to = json_object_get(call, "to");
    struct graph_edge edge = {.load = graph_load_of(call)};
    size_t home = find_cluster(g, graph_text(from, "cluster"));
    bool is_outside = !json_is_string(json_object_get(to, "cluster"));
    size_t away = is_outside ? home : find_cluster(g, graph_text(to, "cluster"));
    if (home == NOWHERE || away == NOWHERE)
        return;
    edge.from = caller_of(g, home, graph_text(from, "namespace"), graph_text(from, "workload"),
                          &edge.from_row);
    size_t service = node_of(g, is_outside ? GRAPH_OUTSIDE : GRAPH_SERVICE, away,
                             graph_text(to, "namespace"), graph_text(to, "service"));
    edge.to = home == away ? service : entry_of(g, away, graph_text(call, "via"));
    edge.is_cross = home != away;
    if (edge.from == NOWHERE || service == NOWHERE || edge.to == NOWHERE)
        return;
    g->calls[g->calls_count++] =
        (struct graph_call){.json = call,
                            .from = edge.from,
                            .from_row = edge.from_row,
                            .to = service,
                            .gateway = edge.is_cross ? edge.to : GRAPH_NO_NODE};
    add_edge(g, &edge);
    if (!edge.is_cross)
        return;
    edge.from = edge.to;
    edge.from_row = GRAPH_NO_ROW;
    edge.to = service;
    edge.is_cross = false;
    add_edge(g, &edge);
}

static void add_calls(struct graph *g)
{
    const json_t *list = list_of(g->json, "calls");
    size_t count = taken(g, list, GRAPH_MAX_CALLS);
    g->calls = mem_array(count, sizeof(*g->calls));
    for (size_t i = 0; i < count; i++)
        add_call(g, json_array_get(list, i));
}

static bool has_namespaces(const struct graph *g)
{
    const char *first = NULL;
    for (size_t i = 0; i < g->nodes_count; i++) {
        const struct graph_node *n = &g->nodes[i];
        if (n->kind == GRAPH_GATEWAY || n->kind == GRAPH_OUTSIDE)
            continue;
        if (first && strcmp(first, n->namespace_) != 0)
            return true;
        first = n->namespace_;
    }
    return false;
}

struct graph *graph_new(const json_t *doc)
{
    struct graph *g = mem_zalloc(sizeof(*g));
    g->json = doc;
    add_clusters(g);
    add_links(g);
    g->has_services =
        json_array_size(list_of(doc, "services")) || json_array_size(list_of(doc, "calls"));
    if (!g->has_services)
        return g;
    g->nodes = mem_array(GRAPH_MAX_NODES, sizeof(*g->nodes));
    g->edges = mem_array(GRAPH_MAX_EDGES, sizeof(*g->edges));
    for (size_t i = 0; i < g->clusters_count; i++)
        add_gateways(g, i);
    add_services(g);
    add_calls(g);
    g->has_namespaces = has_namespaces(g);
    return g;
}

void graph_free(struct graph *g)
{
    if (!g)
        return;
    free(g->clusters);
    free(g->links);
    free(g->nodes);
    free(g->edges);
    free(g->calls);
    free(g);
}
