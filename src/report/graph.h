/* The mesh as a graph, out of the document that `status -o json` prints (kind MeshStatus): what the
 * picture's forms have in common. Strings are borrowed from the document and are others' text, which
 * whoever draws cleans and escapes. Immutable once read; knows nothing of places on a page. */
#ifndef REPORT_GRAPH_H
#define REPORT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>

#include "meshctl/data/json.h"

/* Of each, what is more is left out, and `left_out` counts it. */
#define GRAPH_MAX_CLUSTERS 64
#define GRAPH_MAX_LINKS 4032
#define GRAPH_MAX_NODES 2000
#define GRAPH_MAX_ROWS 8
#define GRAPH_MAX_EDGES 4000
#define GRAPH_MAX_CALLS 20000

enum graph_health { GRAPH_UNKNOWN, GRAPH_OK, GRAPH_WARNING, GRAPH_ERROR };
enum graph_mtls { GRAPH_MTLS_UNKNOWN, GRAPH_MTLS_ON, GRAPH_MTLS_OFF };

/* What flows one way. */
struct graph_load {
    bool is_known;           /* someone counted */
    double requests, errors; /* a second */
    bool is_bad;             /* errors, or what it goes to is not healthy */
    enum graph_mtls mtls;    /* of several, off when one of them is */
};

struct graph_cluster {
    const json_t *json;
    const char *name;
    bool is_reached;
    enum graph_health health;
};

struct graph_link {
    const json_t *json;
    size_t from, to; /* clusters */
    enum graph_health health;
    struct graph_load load;
};

enum graph_node_kind {
    GRAPH_GATEWAY,  /* where calls come into the cluster */
    GRAPH_SERVICE,  /* with its workloads as rows */
    GRAPH_WORKLOAD, /* that is behind no service: it only calls */
    GRAPH_OUTSIDE,  /* what is called outside of the mesh */
};

/* A workload of a service, of which calls come. */
struct graph_row {
    const char *name;
    json_int_t pods, ready; /* -1: not known */
    bool is_bare;           /* its pods have no proxy */
};

struct graph_node {
    enum graph_node_kind kind;
    const json_t *json; /* the gateway or service; NULL when only calls tell of it */
    size_t cluster;
    const char *namespace_, *name;
    enum graph_health health;
    struct graph_row rows[GRAPH_MAX_ROWS];
    size_t rows_count, rows_more;
};

#define GRAPH_NO_ROW ((size_t)-1)
#define GRAPH_NO_NODE ((size_t)-1)

/* Calls of one workload to one service; those into another cluster are two edges: to the gateway
 * there, and from it, together with all others', to the service. */
struct graph_edge {
    size_t from, from_row; /* node, and its row or GRAPH_NO_ROW */
    size_t to;
    bool is_cross; /* into another cluster */
    struct graph_load load;
};

/* A workload and the service that it calls, whatever is between them. */
struct graph_call {
    const json_t *json;
    size_t from, from_row, to;
    size_t gateway; /* GRAPH_NO_NODE: none is passed */
};

struct graph {
    const json_t *json;
    struct graph_cluster *clusters;
    size_t clusters_count;
    struct graph_link *links;
    size_t links_count;
    bool has_services; /* namespaces were asked for: nodes and edges mean something */
    struct graph_node *nodes;
    size_t nodes_count;
    struct graph_edge *edges;
    size_t edges_count;
    struct graph_call *calls;
    size_t calls_count;
    bool has_namespaces; /* more than one: names alone do not tell */
    size_t left_out;     /* what was over a limit */
};

/* Never fails: what is missing or of another type is not known. `doc` is borrowed for its life. */
struct graph *graph_new(const json_t *doc);
void graph_free(struct graph *g);

/* Of a row of links or calls. */
struct graph_load graph_load_of(const json_t *row);
/* What flows along both. */
void graph_load_add(struct graph_load *sum, const struct graph_load *more);

/* The text at a key, "" when there is none; borrowed. */
const char *graph_text(const json_t *row, const char *key);
/* The number at a key, or `fallback`. */
double graph_number(const json_t *row, const char *key, double fallback);
enum graph_health graph_health_of(const json_t *row);
/* "ok", "warning", "error", "unknown". */
const char *graph_health_name(enum graph_health health);

MC_DEFINE_CLEANUP(graph_cleanup, struct graph, graph_free);
#define AUTO_GRAPH MC_CLEANUP(graph_cleanup)

#endif
