/* What an Envoy counts of each endpoint that it calls: its answer to /clusters?format=json, two of them,
 * and what happened between. Pure. */
#ifndef MESHCTL_PROBE_COUNTERS_H
#define MESHCTL_PROBE_COUNTERS_H

#include "meshctl/data/json.h"

#define COUNTERS_MAX_ROWS 16384 /* of one proxy; what is past it is left out */
/* More than any proxy can have counted: a century of 1300 a second. All rows of all proxies of a mesh can
 * be added up without an overflow. */
#define COUNTERS_MAX_COUNT ((json_int_t)1 << 42)

/* Counters of since the proxy's start. */
struct counts {
    json_int_t requests; /* of TCP: connections that carried something */
    json_int_t errors;   /* answered 5xx, reset, or not answered */
    json_int_t connections, connect_failures;
};

/* One endpoint of one service. */
struct counters_row {
    char *cluster;  /* Envoy's name: "outbound|9080||reviews.bookinfo.svc.cluster.local" */
    char *endpoint; /* "172.30.2.11:15443", "[2001:db8::1]:9080" */
    bool healthy;
    json_int_t active; /* connections open now */
    struct counts counts;
};

struct counters {
    struct counters_row *rows; /* sorted by cluster, then endpoint */
    size_t count, cap;
    bool is_cut;
    int64_t read_at_ms; /* clock_now_ms; the caller's */
};

/* One counter of an endpoint as it stands in the answer ("rq_total"): a string, as protobuf writes 64 bits
 * into JSON, and left out where it is 0. At least 0 and at most COUNTERS_MAX_COUNT, whatever stands there. */
json_int_t counters_stat(const json_t *host, const char *name);
/* Rows of what leaves the proxy for a service of the mesh and has been used; no row of an answer in
 * another shape. */
void counters_read(const json_t *answer, struct counters *ret_counters);
void counters_release(struct counters *c);
#define AUTO_COUNTERS MC_CLEANUP(counters_release) struct counters

/* What was counted between two readings of one proxy; one that has started again in between counts
 * from 0. `before` NULL: everything. */
struct counts counters_between(const struct counters *before, const struct counters_row *now);

/* The parts of "outbound|9080|v1|HOST", and of "outbound_.9080_.v1_.HOST", which a gateway calls where
 * it passes on what it cannot read. Borrowed. False for what is no service's. */
struct counters_name {
    const char *host;
    unsigned port;
    bool is_passed_on;
};
bool counters_parse_name(const char *cluster, struct counters_name *ret_name);
/* "reviews" and "bookinfo" of "reviews.bookinfo.svc.cluster.local"; false for a host that is no Service's.
 * Both yours to free. */
bool counters_split_host(const char *host, char **ret_name, char **ret_namespace);

#endif
