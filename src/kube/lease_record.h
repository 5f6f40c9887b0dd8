/* What stands in a Lease. Pure but for the clock. */
#ifndef KUBE_LEASE_RECORD_H
#define KUBE_LEASE_RECORD_H

#include "meshctl/kube/lease.h"

/* "user@host/PID-RANDOM": no two runs are the same. `who` NULL: who runs this program. Yours to
 * free. */
char *kube_lease_identity_dup(const char *who);

/* The holder's identity, or NULL when nobody has it. Borrowed. */
const char *kube_lease_holder_of(const json_t *lease);
/* How long it lasts after a renewal; `fallback` when it does not say. */
int64_t kube_lease_duration_of(const json_t *lease, int64_t fallback);
void kube_lease_holder_read(const json_t *lease, struct kube_lease_holder *ret_holder);

/* A Lease that `identity` takes: `found` (NULL: there is none yet) with another holder; its version
 * is kept, so that the write is bound to it. A new reference. */
json_t *kube_lease_taken(const json_t *found, const struct kube_lease_options *options,
                         const char *identity);
/* The same Lease, renewed now. A new reference. */
json_t *kube_lease_renewed(const json_t *lease);

#endif
