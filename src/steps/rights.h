/* The rights that a run needs. */
#ifndef MESHCTL_STEPS_RIGHTS_H
#define MESHCTL_STEPS_RIGHTS_H

#include "internal.h"

/* ERROR_DENIED (MC103) with all that the list of changes needs and the user may not do. */
int lane_check_rights(struct lane *lane, struct error **err) MC_WARN_UNUSED;

#endif
