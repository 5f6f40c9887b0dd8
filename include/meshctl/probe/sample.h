/* Bookinfo as proof, whoever deployed it: who answers, and over which endpoints. Envoy's retries hide
 * a dead remote cluster behind answers of the local one, so an answer from every cluster is
 * demanded, and stars from those whose call to ratings must come back through the first cluster's
 * gateway. The sample is found by what is in its namespace: its Gateway, and the labels that Istio's
 * own manifests give its pods. */
#ifndef MESHCTL_PROBE_SAMPLE_H
#define MESHCTL_PROBE_SAMPLE_H

#include "meshctl/probe/probe.h"
#include "meshctl/probe/traffic.h"

/* MC703: the endpoints of reviews in productpage's proxy are this cluster's pods and, unless `alone`,
 * any address of each other cluster's gateway, or of one on its network pods. */
int probe_sample_page(struct probe *p, bool alone, struct error **err) MC_WARN_UNUSED;
/* MC703: those in the east-west gateway, which passes on to pods of its own network only. Both add the
 * pods that they find to the probe's. */
int probe_sample_gateway(struct probe *p, struct error **err) MC_WARN_UNUSED;

/* Where the sample's Gateway is reached from outside. */
struct sample_ways {
    struct strlist addresses; /* "HOST[:PORT]" of a URL */
    bool is_fresh;            /* a load balancer so young that DNS may not know its name yet */
};
void sample_ways_release(struct sample_ways *ways);
/* All addresses of the Services that lead to the pods of its Gateway; at least one, else ERROR_CHECK
 * (MC502, MC702). */
int probe_sample_ways(struct probe *p, struct sample_ways *ret_ways, struct error **err)
    MC_WARN_UNUSED;
/* MC701, MC702, MC704: at least `requests` through the first address that answers, which is *ret_used
 * (borrowed from `ways`). Counts go to `t`. The probe's pods are those of all clusters that may answer. */
int probe_sample_answers(struct probe *p, const struct sample_ways *ways, unsigned requests,
                         bool alone, struct traffic *t, const char **ret_used, struct error **err)
    MC_WARN_UNUSED;

/* Another cluster's pods beside the ones that are known. */
void probe_sample_add_pods(json_t *pods, json_t *others);

#endif
