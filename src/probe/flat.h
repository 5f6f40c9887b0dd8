/* Pods' own addresses, where clusters share a network: the part that is room probe's own. */
#ifndef MESHCTL_PROBE_FLAT_OWN_H
#define MESHCTL_PROBE_FLAT_OWN_H

#include "meshctl/probe/flat.h"
#include "meshctl/probe/probe.h"

/* Addresses: address to {pod "NAMESPACE/NAME", port} of every pod behind a Service, as istiod takes them from
 * EndpointSlices; NULL where they may not be listed. Ranges: array of the nodes' podCIDRs that one of these is
 * in (a network plug-in with ranges of its own leaves the nodes' unused); empty where nodes may not be
 * listed. New references. */
int flat_read(struct kube_client *c, json_t **ret_addresses, json_t **ret_ranges,
              struct error **err) MC_WARN_UNUSED;
/* Whether an address, or all of a range, is in a range ("10.244.0.0/24", "fd00::/64"). False for what is of
 * another family, or of no such form. */
bool flat_is_in(const char *range, const char *address);
/* The address's pod, NULL where the cluster has none of that address or was not asked. Borrowed. */
const char *flat_pod_at(const struct facts *f, const char *address);
/* Whether requests to member `to` go to its pods' own addresses. */
bool flat_goes_direct(const struct probe *p, size_t to);
/* MC313, as a finding. */
void flat_check(struct probe *p);

#endif
