/* What can be said of a cluster's API server itself, beside that it answers. */
#ifndef MESHCTL_PROBE_ACCESS_H
#define MESHCTL_PROBE_ACCESS_H

#include "meshctl/probe/probe.h"

/* Certificates that istiod signs begin two minutes before it does (istio security/pkg/pki/util/
 * generate_cert.go, ClockSkewGracePeriod); past that nobody takes them. */
#define ACCESS_CLOCK_BAD_S 120
#define ACCESS_CLOCK_WARN_S 10

/* Findings MC107 (its clock against ours and the peers'), MC108 (its version against what the Istio
 * that runs there, or would be installed, was made for) and MC109 (its version against the peers'). */
void access_check(struct probe *p);
/* MC108 alone, for an Istio of that version. */
void access_judge_version(struct probe *p, const char *istio);
/* Whether its clock is so far from ours that what it says of certificates' times means nothing here. */
bool access_clock_is_off(const struct facts *f);

#endif
