/* Trust as it is on the wire: what istiod and the gateways themselves show. */
#ifndef MESHCTL_PROBE_WIRE_H
#define MESHCTL_PROBE_WIRE_H

#include "meshctl/probe/probe.h"

/* Ready pods; all borrowed. */
struct wire_pods {
    const json_t *istiods;   /* array, of any namespace */
    const json_t *gateways;  /* array */
    const json_t *connected; /* object: "POD.NAMESPACE" of a proxy to the namespace of its istiod */
    const json_t *syncz;     /* array: what the mesh's istiods say of their proxies */
};

/* The namespace of the istiod that a pod's proxy is connected to, of such an object; NULL: to none.
 * Borrowed. */
const char *wire_istiod_of(const json_t *connected, const json_t *pod);

#define WIRE_MAX_PODS 64 /* of each sort that are asked */

/* All in one go through port-forwarding: the certificates that each istiod of the mesh shows on 15012,
 * those that each gateway's proxy holds, the roots it trusts, and the root that each namespace was
 * handed. Findings MC208 and MC211 to MC215. Nothing of that where no root of the mesh is known, or the
 * cluster's clock is off (access.h). Beside it what passage.h and, where facts tell of traffic, proxies.h
 * ask. */
int wire_check(struct probe *p, const struct wire_pods *pods, struct error **err) MC_WARN_UNUSED;

#endif
