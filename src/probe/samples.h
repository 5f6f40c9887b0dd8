/* Roots whose keys everybody has. */
#ifndef MESHCTL_PROBE_SAMPLES_H
#define MESHCTL_PROBE_SAMPLES_H

#include "meshctl/probe/probe.h"

/* Finding MC209 where the cluster trusts a root of Istio's own samples. */
void samples_check(struct probe *p);

#endif
