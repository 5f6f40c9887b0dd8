/* The names by which a cluster's parts know where they are: one who has another one is lost to the rest. */
#ifndef MESHCTL_PROBE_NAMES_H
#define MESHCTL_PROBE_NAMES_H

#include "meshctl/probe/probe.h"

/* Findings MC301 and MC309 (the label of istiod's namespace), MC310 (trust domains), MC312 (istiod and the
 * proxies that start now) and MC311 (workloads that were started with another network). */
void names_check(struct probe *p);
/* MC311 of gateways; `pods` whole, as gateways_pods gives them. */
void names_check_gateways(struct probe *p, const json_t *pods);

#endif
