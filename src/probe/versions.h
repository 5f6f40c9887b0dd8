/* Which Istio runs where. */
#ifndef MESHCTL_PROBE_VERSIONS_H
#define MESHCTL_PROBE_VERSIONS_H

#include "meshctl/base/semver.h"
#include "meshctl/probe/probe.h"

/* Whether two control planes of these versions may stand beside each other, as Istio supports it: at most one
 * minor version apart. */
bool versions_are_near(const struct semver *a, const struct semver *b);

/* Finding MC802: a warning for each peer whose istiods are all more than one minor version away from all
 * of this cluster's. What has no version of the form MAJOR.MINOR.PATCH is not compared. */
void versions_check(struct probe *p);

#endif
