/* One writer at a time: a Lease (coordination.k8s.io/v1) as a lock, held as client-go's
 * tools/leaderelection holds one.
 *
 * The rule. Clocks of different machines are not compared. Whoever finds a Lease with a holder
 * looks at it again and again: when its record changes, the holder lives, and the lock is busy;
 * when it stays the same for the whole duration that it names, by the clock of the one that looks,
 * the holder is gone and the lock is taken over, by a write bound to the version that was looked
 * at. So a lock left behind costs one duration, and that somebody lives is known after a sixth of
 * it. Of several locks all are looked at before the first is taken, so that what was left behind in
 * each of them runs out side by side. The holder renews in time, and gives up after two thirds of
 * the duration without a renewal that went through, counted from the moment at which the last one
 * was sent, which is before anybody may take over.
 *
 * Renewing is done by a thread of its own with a client of its own (a kube_client belongs to one
 * thread, and the steps of a run may take longer than the lock lasts); the credentials that an exec
 * plug-in gave to the caller's client are handed over, so it is not run a second time. */
#ifndef MESHCTL_KUBE_LEASE_H
#define MESHCTL_KUBE_LEASE_H

#include "meshctl/kube/client.h"

#define KUBE_LEASE_DURATION_MS (30 * 1000)
#define KUBE_LEASE_MAX_MS (5 * 60 * 1000) /* one that lasts longer is not waited for */

struct kube_lease;

/* Who has the lock. Texts come from the cluster and are cleaned; each may be NULL. */
struct kube_lease_holder {
    char *identity; /* "jane@laptop/4711-9f86d081" */
    char *since;    /* RFC 3339, by the holder's clock */
    char *renewed;
    int64_t expires_in_ms; /* unless it is renewed, by our own clock */
};
void kube_lease_holder_release(struct kube_lease_holder *h);

/* A Lease as it was looked at. */
struct kube_lease_sight {
    json_t *lease; /* NULL: there was none */
    int64_t at_ms; /* when the answer was there, by our own clock */
};
void kube_lease_sight_release(struct kube_lease_sight *s);

/* All but `name` may be 0 or NULL; borrowed while acquiring, `on_lost` until the release. */
struct kube_lease_options {
    const char *namespace_; /* NULL: "default" */
    const char *name;
    const char *holder;     /* "user@host"; NULL: who runs this program */
    const json_t *labels;   /* set on the Lease */
    int64_t duration_ms;    /* 0: KUBE_LEASE_DURATION_MS; whole seconds */
    struct cancel *on_lost; /* set when the lock is lost */
    /* What kube_lease_look() saw: as long as nothing has changed since, that time counts. */
    const struct kube_lease_sight *seen;
    /* Told once, when it takes time to see whether the holder lives. */
    void (*on_wait)(void *ctx, const struct kube_lease_holder *holder);
    /* Told at each look from then on, about every second. */
    void (*on_waiting)(void *ctx, int64_t waited_ms, int64_t limit_ms);
    void *ctx;
};

/* Of the options, namespace_ and name count. */
int kube_lease_look(struct kube_client *c, const struct kube_lease_options *options,
                    struct kube_lease_sight *ret_seen, struct error **err) MC_WARN_UNUSED;
/* 0 with *ret_lease: it is ours, and renewed until it is released. 0 without: somebody else has it,
 * who stands in *ret_holder (yours to release). Waits for at most one duration; `c` is used until
 * it returns, its config for as long as the lease is held. */
int kube_lease_acquire(struct kube_client *c, const struct kube_lease_options *options,
                       struct kube_lease **ret_lease, struct kube_lease_holder *ret_holder,
                       struct error **err) MC_WARN_UNUSED;
/* Thread-safe. When true, *ret_why (may be NULL) gets the reason, yours to free. */
bool kube_lease_is_lost(struct kube_lease *l, struct error **ret_why);
/* What stands in the Lease; borrowed. */
const char *kube_lease_identity(const struct kube_lease *l);
/* Ends the renewing and deletes the Lease, if it is still ours; what cannot be deleted expires. To
 * be called before its namespace is deleted, which would be a loss. NULL is fine. */
void kube_lease_release(struct kube_lease *l);

MC_DEFINE_CLEANUP(kube_lease_cleanup, struct kube_lease, kube_lease_release);

#endif
