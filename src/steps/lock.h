/* One writer at a time: a Lease in each cluster that a run changes. */
#ifndef MESHCTL_STEPS_LOCK_H
#define MESHCTL_STEPS_LOCK_H

#include "internal.h"

struct lock;

/* "user@host/..." as it stands in the Leases; borrowed. NULL: this run has none. */
const char *lock_holder(const struct lock *lock);
/* MC104 when a Lease was lost. NULL is fine. */
int lock_check(const struct lock *lock, struct error **err) MC_WARN_UNUSED;
/* Gives one cluster's Lease back; MC104 when it was lost. Nothing when it has none. */
int lock_give_back(struct lock *lock, const struct lane *lane, struct error **err) MC_WARN_UNUSED;
/* Gives the Leases back and ends their renewing. NULL is fine. */
void lock_free(struct lock *lock);

#endif
