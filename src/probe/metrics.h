/* What Istio's own proxy measures besides: its answer to /stats/prometheus, whose forms are those of
 * Prometheus's text format 0.0.4. Envoy without Istio's filters has none of it, and Istio leaves out
 * most of Envoy's own. Pure. */
#ifndef MESHCTL_PROBE_METRICS_H
#define MESHCTL_PROBE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#define METRICS_MAX_PEERS 128  /* clusters that one proxy calls */
#define METRICS_MAX_BUCKETS 64 /* Istio has 20 */
/* More than anything that is counted; sums of it stay numbers. A line with more, or with none, is passed
 * over. */
#define METRICS_MAX_VALUE 1e18

/* The query that answers with what is read here and nothing else. istio_build is there even where
 * nothing has been called yet. */
#define METRICS_PATH                                                                               \
    "/stats/prometheus?usedonly&filter=istio_build%7Cistio_request_duration_milliseconds%7C"       \
    "istio_tcp_(sent%7Creceived)_bytes_total%7Cdownstream_cx_((rx%7Ctx)_bytes_total%7Cactive)"

struct metrics_bucket {
    double limit; /* milliseconds, and less; the last one's is infinite */
    double count; /* of this one and all before it */
};

/* How long requests to workloads of one cluster took, as their callers measured. */
struct metrics_times {
    char *cluster; /* its id */
    struct metrics_bucket buckets[METRICS_MAX_BUCKETS];
    size_t count;
};

struct metrics {
    struct metrics_times *times;
    size_t times_count, times_cap;
    bool is_istios; /* Istio's own proxy */
    bool has_bytes, has_active;
    double bytes;  /* in both directions */
    double active; /* connections of clients */
};

/* Lines in another form are passed over. */
void metrics_read(const char *text, size_t len, struct metrics *ret_metrics);
void metrics_release(struct metrics *m);
#define AUTO_METRICS MC_CLEANUP(metrics_release) struct metrics
/* Adds the counts of what was measured between two readings of one proxy; `before` NULL: of all. */
void metrics_add_between(struct metrics *sum, const struct metrics *before,
                         const struct metrics *now);
/* The time within which that share (0 to 1) of the requests to the cluster was answered, as Prometheus's
 * histogram_quantile has it; negative where none was. */
double metrics_quantile(const struct metrics *m, const char *cluster, double share);

#endif
