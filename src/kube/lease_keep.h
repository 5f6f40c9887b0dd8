/* A Lease that is held: renewed by a thread of its own until it is released. */
#ifndef KUBE_LEASE_KEEP_H
#define KUBE_LEASE_KEEP_H

#include "meshctl/kube/lease.h"

#define KUBE_LEASE_GIVE_UP_MS 1500

/* What it takes to hold `lease`, which was written with a request sent at `sent_ms`; takes over
 * `identity` and `lease` either way. */
int kube_lease_keep_take(struct kube_client *c, const struct kube_lease_options *options,
                         char *identity, json_t *lease, int64_t sent_ms,
                         struct kube_lease **ret_lease, struct error **err) MC_WARN_UNUSED;
/* A write that the lock was to be had by was sent, and its answer not waited for: gives the Lease back where it
 * was made ours all the same. Takes KUBE_LEASE_GIVE_UP_MS at most, whether `c` is cancelled or not. */
void kube_lease_give_up(const struct kube_client *c, const struct kube_lease_options *options,
                        const char *identity);

#endif
