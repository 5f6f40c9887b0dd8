/* Which cluster's istiod knows which other one: a reader's token of each as a Secret in the rest. */
#ifndef MESHCTL_STEPS_LINKS_H
#define MESHCTL_STEPS_LINKS_H

#include "unlink.h"

/* A Secret for each other cluster; without its data where the token is still to be made. */
int lane_desire_links(struct lane *lane, json_t **ret_objects, struct error **err) MC_WARN_UNUSED;

#endif
