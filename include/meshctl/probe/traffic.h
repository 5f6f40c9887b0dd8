/* Requests through a gateway, counted by who answered. */
#ifndef MESHCTL_PROBE_TRAFFIC_H
#define MESHCTL_PROBE_TRAFFIC_H

#include "meshctl/base/cancel.h"
#include "meshctl/data/json.h"

/* Different answers; two a cluster and the failures are expected. */
#define TRAFFIC_MAX_ANSWERS 130

struct traffic_row {
    char *version; /* "reviews-v2"; for a failure what was found instead */
    char *cluster; /* the id of the answering pod's, or "" */
    char *color;   /* of the stars, "" without stars */
    unsigned count;
};

struct traffic {
    struct traffic_row *rows;
    size_t count, cap;
    unsigned requests, failed;
    unsigned no_stars; /* answered, but the answer's own call to ratings found no way */
};
void traffic_release(struct traffic *t);
#define AUTO_TRAFFIC MC_CLEANUP(traffic_release) struct traffic

/* Sends `count` requests for reviews to an ingress ("HOST[:PORT]", as in a URL), a few at a time, and counts
 * the answers into `t`. A failed request is counted, not an error; only being cancelled is.
 * An answer tells its cluster where the pod was given CLUSTER_NAME, which Istio's own manifests do not
 * do ("null", then); but it always tells the pod, and `pods` has the cluster ids by pods' names.
 * `pods` and `cancel` may be NULL. */
int traffic_send(const char *ingress, unsigned count, const json_t *pods, struct cancel *cancel,
                 struct traffic *t, struct error **err) MC_WARN_UNUSED;
/* GET /productpage: 0 when it answers 200 with reviews on it. */
int traffic_page(const char *ingress, struct cancel *cancel, struct error **err) MC_WARN_UNUSED;
/* How many answers came from that cluster id. */
unsigned traffic_from(const struct traffic *t, const char *cluster);
/* "reviews-v2 west-cluster 21, reviews-v3 east-cluster 19"; yours to free. */
char *traffic_text_dup(const struct traffic *t);
/* The same in a table's cell: "reviews-v2 21, reviews-v3 19"; yours to free. */
char *traffic_short_dup(const struct traffic *t);
json_t *traffic_json(const struct traffic *t);

#endif
