/* What verify found: rows of lane->checks, good and bad ones, in the order of looking. */
#ifndef MESHCTL_STEPS_FINDING_H
#define MESHCTL_STEPS_FINDING_H

#include "internal.h"

/* A check that passed; `what` is the measured value. */
void finding_ok(struct lane *lane, const char *id, const char *what, ...) MC_PRINTF(3, 4);
/* A check that failed: `found` against `wanted`. */
void finding_bad(struct lane *lane, const char *id, const char *wanted, const char *found, ...)
    MC_PRINTF(4, 5);
size_t finding_count_bad(const struct lane *lane);
size_t finding_count(const struct lane *lane);
/* 0 when all rows from `first` on are good; else an ERROR_CHECK with a line for each bad one and
 * the first one's id and fix. */
int finding_conclude(const struct lane *lane, size_t first, struct error **err) MC_WARN_UNUSED;

#endif
