/* Whether the east-west gateway is told to pass the mesh's connections on. */
#ifndef MESHCTL_PROBE_EXPOSURE_H
#define MESHCTL_PROBE_EXPOSURE_H

#include "meshctl/probe/probe.h"

/* Finding MC501, MC506 or MC507: one Gateway that is for the gateway's pods, with mode AUTO_PASSTHROUGH on
 * the port that istiod tells the others, and with hosts that cover what clusters share, is enough. Of
 * several that do not do, the nearest is told. Nothing where Gateways may not be listed. */
void exposure_check(struct probe *p);
/* Whether a Gateway's server passes a host on. The namespace before one of its hosts limits who may bind to
 * it, not what passes (istio pilot/pkg/model/gateway.go, GetSNIHostsForServer; it is all that
 * builtAutoPassthroughFilterChains of pilot/pkg/networking/core asks). */
bool exposure_covers(const json_t *server, const char *host);

#endif
