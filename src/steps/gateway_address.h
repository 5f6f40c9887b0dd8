/* Addresses of the east-west gateway that the person gives (meshctl/mesh/gateway.h). */
#ifndef MESHCTL_STEPS_GATEWAY_ADDRESS_H
#define MESHCTL_STEPS_GATEWAY_ADDRESS_H

#include "internal.h"

/* The Services that carry them, without status: that is a change of its own. */
int lane_desire_addresses(struct lane *lane, json_t **ret_objects, struct error **err)
    MC_WARN_UNUSED;
/* Adds what their status lacks, and Services of addresses that are given no more. */
void lane_compare_addresses(struct lane *lane, struct unit *unit);
/* "HOST:PORT, ..." of those given, NULL without any; yours to free. */
char *lane_addresses_dup(const struct lane *lane);

#endif
