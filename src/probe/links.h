/* What facts tell of remote secrets. */
#ifndef MESHCTL_PROBE_LINKS_H
#define MESHCTL_PROBE_LINKS_H

#include "meshctl/probe/probe.h"

/* Findings MC402, MC406 and MC407 of each peer, MC411 to MC413 of what is wrong with its Secret, and MC408 of
 * clusters that are no members, by facts alone. Nothing where Secrets may not be
 * listed. */
void links_check(struct probe *p);

#endif
