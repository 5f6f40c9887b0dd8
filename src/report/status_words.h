/* What is said of one part of the mesh, in a cell's words. */
#ifndef MESHCTL_REPORT_STATUS_WORDS_H
#define MESHCTL_REPORT_STATUS_WORDS_H

#include "meshctl/data/json.h"
#include "meshctl/ui/term.h"

enum status_level { STATUS_PLAIN, STATUS_OK, STATUS_WARNING, STATUS_ERROR };
enum status_level status_level_of(const json_t *row, const char *key);
/* The level's symbol, in its colour; nothing for STATUS_PLAIN. */
void status_append_symbol(const struct term *term, enum status_level level, struct buf *out);

/* One thing that is told of a cluster, or of what it sees of a peer. Appends nothing where nothing is known
 * or there is none. */
struct status_row {
    const char *label;
    enum status_level (*words)(const json_t *row, struct buf *out);
};
extern const struct status_row status_cluster_rows[];
extern const size_t status_cluster_rows_count;
extern const struct status_row status_link_rows[];
extern const size_t status_link_rows_count;

/* "3.0/s", "1234/s"; "-" for null. */
void status_append_rate(const json_t *value, struct buf *out);
/* "12d", "5h", "19m", "40s"; "-" for null. */
void status_append_age(const json_t *seconds, struct buf *out);
/* "14 of 14"; "-" where both are null. */
void status_append_seen(const json_t *link, struct buf *out);
/* "2.1 ms, 99% 6.0 ms"; "-" for null. */
void status_append_latency(const json_t *latency, struct buf *out);
/* "1.30.1", of several istiods "1.30.1, 1.31.0 (canary)". */
void status_append_versions(const json_t *cluster, struct buf *out);
/* "2/2", of all istiods together. */
void status_append_ready(const json_t *cluster, struct buf *out);
/* "172.30.1.11", the first of the first gateway of that role; "-" without one. */
void status_append_address(const json_t *cluster, const char *role, struct buf *out);

#endif
