/* The gateways' addresses, tried from where we are. */
#ifndef MESHCTL_PROBE_OUTSIDE_H
#define MESHCTL_PROBE_OUTSIDE_H

#include "meshctl/probe/probe.h"

/* Finding MC523: the port for health of an address of the network's gateway takes connections from here, and
 * the one for the peers does not: something between lets only one through. Where neither does nothing is
 * said: the peers may reach what we do not. Takes a second at the most. */
int outside_check(struct probe *p, struct error **err) MC_WARN_UNUSED;

#endif
