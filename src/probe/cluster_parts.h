/* Parts of the look at a cluster that are of use before there is a mesh as well. */
#ifndef MESHCTL_PROBE_CLUSTER_PARTS_H
#define MESHCTL_PROBE_CLUSTER_PARTS_H

#include "meshctl/probe/probe.h"

/* Whether istiod has a CA that the others can trust (MC204, MC206, MC216), and then how that stands to
 * theirs (MC201, MC205, MC209, MC210). */
int cluster_check_trust(struct probe *p, bool has_istiod, struct error **err) MC_WARN_UNUSED;
/* MC105 for what the facts lack. */
void cluster_tell_lacking(struct probe *p);

#endif
