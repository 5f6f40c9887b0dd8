/* Which Istio runs where. */
#ifndef MESHCTL_PROBE_VERSIONS_H
#define MESHCTL_PROBE_VERSIONS_H

#include "meshctl/probe/probe.h"

/* Finding MC802: a warning for each peer whose istiods are all more than one minor version away from all
 * of this cluster's. What has no version of the form MAJOR.MINOR.PATCH is not compared. */
void versions_check(struct probe *p);

#endif
