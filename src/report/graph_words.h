/* What the picture says of a graph in a few words: the same in all its forms. Everything appended is
 * one line, cleaned, and not yet escaped for SVG or DOT. */
#ifndef REPORT_GRAPH_WORDS_H
#define REPORT_GRAPH_WORDS_H

#include "graph.h"
#include "meshctl/base/buf.h"

/* "3.0/s", "12/s 4% err", "?" when nobody counted. */
void graph_load_append(struct buf *out, const struct graph_load *load);
/* "3.0/s 2.1 ms sync 2/2": what a link is like; with `is_long` also what its API says when that is not
 * well. */
void graph_link_append(struct buf *out, const struct graph_link *link);
/* "istiod 1.30.1 1/1", of a revision with its name. */
void graph_istiod_append(struct buf *out, const json_t *istiod);
/* "eastwest istio-eastwest 1/1", and apart from it "172.30.1.11:15443". */
void graph_gateway_append(struct buf *out, const json_t *gateway);
void graph_address_append(struct buf *out, const json_t *gateway);
/* "1/1", "?/1"; nothing when neither is known. */
void graph_ratio_append(struct buf *out, const json_t *row, const char *part, const char *whole);
/* "Kubernetes v1.34.4, 3649 days left". */
void graph_cluster_append(struct buf *out, const struct graph_cluster *cluster);
/* "mesh, ok, root 1234abcd, read at 2026-11-29T02:00:00Z". */
void graph_title_append(struct buf *out, const struct graph *g);
/* "pods asked in namespace bookinfo: 64 of 200". */
void graph_truncated_append(struct buf *out, const json_t *row);
/* What one stands for in a line of text, without a newline: for a pointer that rests on it, for
 * readers of screens. */
void graph_node_append(struct buf *out, const struct graph *g, const struct graph_node *node);
void graph_edge_append(struct buf *out, const struct graph *g, const struct graph_edge *edge);

#endif
