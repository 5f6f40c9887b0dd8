/* The tasks of a run. */
#ifndef MESHCTL_STEPS_LAYOUT_H
#define MESHCTL_STEPS_LAYOUT_H

#include "internal.h"

/* Adds a lane a cluster, and the tasks that the options ask for. */
void steps_lay_out(struct steps *s);

#endif
