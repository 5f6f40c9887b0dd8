/* Who the clusters are, held against whom the person named. */
#ifndef MESHCTL_PROBE_IDENTITY_H
#define MESHCTL_PROBE_IDENTITY_H

#include "meshctl/probe/facts.h"

/* `facts` has one entry a member, NULL for one that was not reached; checks member `at`.
 * MC101: it is the same cluster as an earlier member. MC102: it has the names of another member
 * (swapped kubeconfigs). MC304, MC301, MC305: its istiod runs under another cluster id, network or
 * mesh id; the hint keeps the names that are there. */
int facts_check_identity(const struct mesh *m, struct facts *const *facts, size_t at,
                         struct error **err) MC_WARN_UNUSED;

#endif
