/* Before and after a change of Istio's version. */
#ifndef MESHCTL_PROBE_UPGRADE_H
#define MESHCTL_PROBE_UPGRADE_H

#include "meshctl/probe/probe.h"

/* Whether the cluster can go to that version: MC108 (its Kubernetes) and MC806. Out of facts alone. */
void upgrade_check(struct probe *p, const char *to);
/* Pods whose proxy's image is of another version, a row a workload: {cluster, namespace, workload (as kubectl
 * takes it; null where nothing made it), version, pods, restart (null likewise)}; and MC807, which is no
 * error. New reference. */
int upgrade_find_outdated(struct probe *p, const char *version, json_t **ret_rows,
                          struct error **err) MC_WARN_UNUSED;

#endif
