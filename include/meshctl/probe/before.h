/* What can be said of one cluster before a mesh is made in it. */
#ifndef MESHCTL_PROBE_BEFORE_H
#define MESHCTL_PROBE_BEFORE_H

#include "meshctl/probe/probe.h"

/* Adds a finding for each thing looked at: clock and version of its API server, the CA that is there
 * already, what is around the mesh. What the user may not read is left out, with an MC105 of level
 * warning. -1 only when the API server cannot be asked, or when cancelled. */
int probe_before(struct probe *p, struct error **err) MC_WARN_UNUSED;

#endif
