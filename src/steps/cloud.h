/* Cloud profiles of lanes. */
#ifndef MESHCTL_STEPS_CLOUD_H
#define MESHCTL_STEPS_CLOUD_H

#include "internal.h"

/* The profile that the person names, into lane->cloud; an unknown name is ERROR_USAGE with those that there
 * are. "auto" is left for later. */
int lane_load_cloud(struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* When the cluster is looked at: of "auto" the profile whose `provider` the nodes name; and whether the profile
 * can do what the gateway is to be. */
int lane_settle_cloud(struct lane *lane, struct error **err) MC_WARN_UNUSED;

#endif
