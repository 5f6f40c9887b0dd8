/* Rows of what a probe found, good and bad ones, in the order of looking: a cause stands before what
 * follows from it. */
#ifndef MESHCTL_PROBE_FINDING_H
#define MESHCTL_PROBE_FINDING_H

#include "meshctl/probe/probe.h"

/* A check that passed; `what` is the measured value. */
void finding_ok(struct probe *p, const char *id, const char *what, ...) MC_PRINTF(3, 4);
/* A check that failed: `found` against `wanted`. Level, effect and fix are the table's. */
void finding_bad(struct probe *p, const char *id, const char *wanted, const char *found, ...)
    MC_PRINTF(4, 5);
/* The same as a warning, where nothing is cut by what is an error elsewhere. */
void finding_warn(struct probe *p, const char *id, const char *wanted, const char *found, ...)
    MC_PRINTF(4, 5);
/* An error as a failed check: its own id, or `id` where it has none; its hint is the fix. */
void finding_error(struct probe *p, const char *id, const char *wanted, const struct error *why);
/* A fix for the newest row that names what is meant, instead of the table's. */
void finding_fix(struct probe *p, const char *fix, ...) MC_PRINTF(2, 3);
/* The member that the newest row is about, beside the one that was looked at. */
void finding_peer(struct probe *p, const char *peer);
/* MC105: `rights` are missing, and with them all checks that have one of `needs` (enum check_needs). */
void finding_lacking(struct probe *p, unsigned needs, const char *rights);
size_t finding_count_bad(const struct probe *p);
size_t finding_count(const struct probe *p);
/* 0 when no row from `first` on is bad; else an ERROR_CHECK with a line for each bad one and the
 * first one's id and fix. */
int finding_conclude(const struct probe *p, size_t first, struct error **err) MC_WARN_UNUSED;

#endif
