/* Who of a fleet a run goes on with. One cluster that fails ends the run of two; of more, the others go on
 * without it, and what is between it and them is left for the next run. */
#ifndef MESHCTL_STEPS_FLEET_H
#define MESHCTL_STEPS_FLEET_H

#include "internal.h"

/* Whether the run may leave clusters behind. */
bool steps_is_fleet(const struct steps *s);
/* Whether the run goes on in that cluster: it was looked at, and nothing has failed there. Of a cluster
 * whose tasks this one was put after, what it says stays so. */
bool lane_is_in(const struct lane *lane);
/* Whether this run changes anything there. */
bool lane_changes(const struct lane *lane);
/* Whether this run lets the cluster know that other one. */
bool lane_learns(const struct lane *lane, const struct lane *peer);
/* Too few are left for a mesh: an ERROR_CHECK. Nothing for a run that is no fleet's. */
int steps_check_enough(const struct steps *s, struct error **err) MC_WARN_UNUSED;
/* What is joined, or upgraded, is there, or MC604. */
int steps_check_there(const struct steps *s, struct error **err) MC_WARN_UNUSED;

#endif
