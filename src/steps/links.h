/* Which cluster's istiod knows which other one: a reader's token of each as a Secret in the rest. */
#ifndef MESHCTL_STEPS_LINKS_H
#define MESHCTL_STEPS_LINKS_H

#include "internal.h"

/* A Secret for each other cluster; without its data where the token is still to be made. */
int lane_desire_links(struct lane *lane, json_t **ret_objects, struct error **err) MC_WARN_UNUSED;
/* Adds what shall go: links of ours that show a member under an id of before. */
void lane_compare_links(struct lane *lane, struct unit *unit);

#endif
