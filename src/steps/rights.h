/* The rights that a run needs. */
#ifndef MESHCTL_STEPS_RIGHTS_H
#define MESHCTL_STEPS_RIGHTS_H

#include "internal.h"
#include "meshctl/base/strlist.h"

/* ERROR_DENIED (MC103) with all that the list of changes needs and the user may not do. */
int lane_check_rights(struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* These, each as a text. */
int lane_missing_rights(struct lane *lane, struct strlist *missing, struct error **err)
    MC_WARN_UNUSED;
/* Makes them that error. Returns -1. */
int lane_fail_rights(const struct lane *lane, const struct strlist *missing, struct error **err);

#endif
