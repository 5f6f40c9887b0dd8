/* The Services through which the cluster's network is reached. */
#ifndef MESHCTL_PROBE_EASTWEST_H
#define MESHCTL_PROBE_EASTWEST_H

#include "meshctl/probe/probe.h"

/* Findings MC502, MC503 and MC505, or MC303 or MC504 where there is no such Service. istiod sends the
 * other clusters every address of every Service with the network's label, so each has to work. */
int eastwest_check(struct probe *p, struct error **err) MC_WARN_UNUSED;
/* The port that istiod tells the other clusters of such a Service; NULL: the usual one. */
json_int_t eastwest_told_port(const json_t *service);
/* The one that others connect to: the same, or the nodes' that leads to it. */
json_int_t eastwest_reached_port(const json_t *service);
/* Whether istiod takes the nodes' addresses for the Service's. */
bool eastwest_is_at_nodes(const json_t *service);
/* Whether a Service has the port, or none of its own; and the label of that network. */
bool eastwest_has_port(const json_t *service);
bool eastwest_is_of_network(const json_t *service, const char *network);
/* Where that port leads to in the Service's pods; 0 where it is not there, or leads to a port by name. */
json_int_t eastwest_pod_port(const json_t *service);

#endif
