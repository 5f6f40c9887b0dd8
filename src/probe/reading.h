/* Whether a peer that istiod has not read yet may still be read. */
#ifndef MESHCTL_PROBE_READING_H
#define MESHCTL_PROBE_READING_H

#include "meshctl/probe/probe.h"

/* What one wait has seen of it; zeroed at first. */
struct reading {
    double first, newest; /* requests of istiod to these peers that failed, ever */
    bool known;           /* both, and the peers answer */
    int64_t asked_ms;
};

/* Whether all that is missing are peers that istiod reads, and reads without a failure since this wait
 * began. So a large cluster is told from one that cannot be reached: istiod gives either `syncing`, and
 * after PILOT_REMOTE_CLUSTER_TIMEOUT `timeout` while it goes on as before (pkg/kube/multicluster/cluster.go:
 * Run); each list or watch that fails is counted (pilot/pkg/util/informermetric), but for a connection that is
 * refused, which client-go tries again without a word: so the peer's server has to answer from here, too,
 * by what the remote secret says. `problems` as sync_judge_peers gives them. False when that cannot be
 * seen. ERROR_CANCELLED. */
int reading_goes_on(struct reading *r, const struct probe *p, const json_t *istiods,
                    const json_t *problems, bool *ret_on, struct error **err) MC_WARN_UNUSED;

/* Of Prometheus' text the sum of that counter's rows with cluster="CLUSTER". Pure. */
double reading_failures(const char *metrics, const char *cluster);

#endif
