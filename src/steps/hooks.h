/* Hooks of releases. */
#ifndef MESHCTL_STEPS_HOOKS_H
#define MESHCTL_STEPS_HOOKS_H

#include "internal.h"

/* Runs the record's hooks of one event ("pre-install"); the record is written as they go on. */
int lane_run_hooks(struct lane *lane, const struct lane_release *r, struct release *record,
                   const char *event, struct error **err) MC_WARN_UNUSED;

#endif
