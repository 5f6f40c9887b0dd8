/* Gateways that were there before, installed by somebody else under names of their own. */
#ifndef MESHCTL_STEPS_KEPT_H
#define MESHCTL_STEPS_KEPT_H

#include "internal.h"

/* The Service of somebody else's gateway that does a component's work, so that this run neither installs nor
 * changes one; NULL when there is none, or a release of the component's name is there. Borrowed. */
const json_t *lane_kept_gateway(const struct lane *lane, enum mesh_component c);
/* What Gateways select its pods by: the label `istio` of the gateway that is there, else of the one that this
 * run installs. Borrowed. */
const char *lane_gateway_label(const struct lane *lane, enum mesh_component c);
/* The namespace that the Gateway for other clusters belongs to: its workload's. Borrowed. */
const char *lane_expose_namespace(const struct lane *lane);
/* Another Gateway, of any name and namespace, that lets other clusters through the same pods already: a second
 * one on the same port would be refused by Envoy. NULL without one. Borrowed. */
const json_t *lane_kept_exposure(const struct lane *lane);

#endif
