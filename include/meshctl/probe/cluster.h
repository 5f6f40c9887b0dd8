/* What can be said of one cluster's half of the mesh by looking at it. */
#ifndef MESHCTL_PROBE_CLUSTER_H
#define MESHCTL_PROBE_CLUSTER_H

#include "meshctl/probe/probe.h"

/* Adds a finding for each thing looked at: a ready istiod, trust, gateway, what is exposed, links, and
 * by istiod's and the proxies' own words sync, connections and roots. A cause stands before what
 * follows from it. What facts tell is said at once; what settles by itself (a Secret that istiod has
 * not read yet) is waited for while it changes, and not at all where something is wrong already.
 *
 * Needs the rights of ClusterRole `view`; what the user may not do (read Secrets and Istio's kinds,
 * get and create pods/portforward) is left out, with an MC105 of level warning. -1 only when the API server
 * cannot be asked, or when cancelled. */
int probe_cluster(struct probe *p, struct error **err) MC_WARN_UNUSED;

#endif
