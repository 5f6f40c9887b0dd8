/* Trust between the clusters of a run. */
#ifndef MESHCTL_STEPS_CA_H
#define MESHCTL_STEPS_CA_H

#include "internal.h"

/* For all clusters at once, before anything is written: what they hold is usable and of one root
 * (MC201, MC204, MC206, and those of ca_found_check). */
int steps_settle_trust(struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* Secret cacerts where the cluster has no CA, without its data. */
int lane_desire_cacerts(struct lane *lane, json_t **ret_objects, struct error **err) MC_WARN_UNUSED;

#endif
