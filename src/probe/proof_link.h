/* Where a path breaks: DNS, service, endpoints, gateway, TCP, TLS, identity, policy, in this order. */
#ifndef MESHCTL_PROBE_PROOF_LINK_H
#define MESHCTL_PROBE_PROOF_LINK_H

#include "meshctl/probe/proof.h"

/* The first broken link of a path that failed, from the cluster that is looked at to member `to`: the id of the
 * check whose fix mends it, MC732 where it cannot be told. *ret_link: that link in words, or NULL; yours to
 * free. Pure. */
const char *proof_broken_link(const struct probe *p, struct proof *const *proofs, size_t to,
                              char **ret_link);
/* What is wrong with the endpoints that the caller's sidecar has for another member's echo, or NULL. Yours to
 * free. */
char *proof_endpoints_problem_dup(const struct probe *p, const json_t *hosts, size_t to);

#endif
