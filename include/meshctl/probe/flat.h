/* Whether clusters that are said to share a network can: istiod then sends requests between them to pods'
 * own addresses, which nobody translates. */
#ifndef MESHCTL_PROBE_FLAT_H
#define MESHCTL_PROBE_FLAT_H

#include "meshctl/probe/facts.h"

/* Holds the addresses of that member's pods against those of the members with which it shares its network,
 * as far as both were looked at. One that pods of both have, or ranges that both take them from, is
 * ERROR_CHECK (MC313): either's requests to the other end at home. */
int facts_check_flat(const struct mesh *m, struct facts *const *facts, size_t at,
                     struct error **err) MC_WARN_UNUSED;

#endif
