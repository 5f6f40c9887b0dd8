/* Policies that keep requests from crossing between clusters. What keeps somebody out on purpose is none of
 * them: a finding is bad only where it hits Services that several clusters share. */
#ifndef MESHCTL_PROBE_POLICY_H
#define MESHCTL_PROBE_POLICY_H

#include "meshctl/probe/probe.h"

/* Findings MC711 (DestinationRules whose TLS is not the mesh's) and MC713 (PeerAuthentications that turn
 * it off): across networks, mutual TLS is the only way. */
void policy_check_tls(struct probe *p);
/* MC712: AuthorizationPolicies that let nobody in. */
void policy_check_access(struct probe *p);
/* MC714 (Sidecars) and MC715 (exportTo): Services that proxies do not see. */
void policy_check_scope(struct probe *p);
/* MC716 (namespaces), MC717 (pods) and MC718, MC719 (Services): what is in the mesh in one cluster only. */
void policy_check_parity(struct probe *p);

#endif
