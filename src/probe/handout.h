/* Whether istiod hands out the root that it signs with. */
#ifndef MESHCTL_PROBE_HANDOUT_H
#define MESHCTL_PROBE_HANDOUT_H

#include "meshctl/probe/probe.h"

/* Finding MC205 of a cluster whose CA could be read, with or without a ready istiod: by facts at first.
 * While an istiod is so young that it may not have come to it, the ConfigMap is read again until the
 * deadline, and what is still wrong then is a warning. */
int handout_check(struct probe *p, bool has_istiod, struct error **err) MC_WARN_UNUSED;

#endif
