/* One writer at a time: a Lease in each cluster that a run changes, taken in the order of the
 * clusters' UIDs, which is the same for every run whatever its flags say: of two runs one gets all. */
#include "lock.h"

#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/lease.h"
#include "meshctl/mesh/objects.h"

#define FALLBACK_NAMESPACE "default" /* while istiod's takes nothing: not there, or going */

struct lock {
    struct kube_lease *leases[PLAN_MAX_LANES];
    const char *names[PLAN_MAX_LANES]; /* of the clusters */
    size_t count;
    char *holder;
};

/* ---- all clusters at once -------------------------------------------------------------------- */

/* A lane's part in what is done to all: with many clusters far away, one after another takes its time. */
struct part {
    struct lane *lane;
    struct kube_lease_sight seen;
    struct kube_lease *lease;
    int (*work)(struct part *part, struct error **err);
    int rc;
    struct error *error;
    pthread_t thread;
    bool has_thread;
};

static void *run_part(void *arg)
{
    struct part *part = arg;
    part->rc = part->work(part, &part->error);
    return NULL;
}

/* Each in a thread of its own, or here where there is none; the first one's error is told. */
static int do_all(struct part *parts, size_t count, int (*work)(struct part *, struct error **),
                  struct error **err)
{
    int rc = 0;
    for (size_t i = 0; i < count; i++) {
        parts[i].work = work;
        parts[i].has_thread = pthread_create(&parts[i].thread, NULL, run_part, &parts[i]) == 0;
        if (!parts[i].has_thread)
            run_part(&parts[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (parts[i].has_thread)
            pthread_join(parts[i].thread, NULL);
        if (parts[i].rc < 0 && rc == 0) {
            rc = -1;
            *err = TAKE(parts[i].error);
        }
        error_clear(&parts[i].error);
    }
    return rc;
}

/* ---- having it ------------------------------------------------------------------------------- */

static int check_lease(struct kube_lease *lease, const char *cluster, struct error **err)
{
    AUTO_ERROR struct error *why = NULL;
    if (!lease || !kube_lease_is_lost(lease, &why))
        return 0;
    error_set(err, ERROR_CONFLICT, "%s: another run has taken the lock over: %s", cluster,
              why ? why->message : "it was not renewed in time");
    error_id(err, "MC104");
    return error_hint(err, "see that only one run at a time changes the mesh, then run this again");
}

const char *lock_holder(const struct lock *lock)
{
    return lock ? lock->holder : NULL;
}

static int release(struct part *part, struct error **err)
{
    (void)err;
    kube_lease_release(part->lease);
    return 0;
}

/* The first one last: who has that one next finds the others free. */
void lock_free(struct lock *lock)
{
    struct part parts[PLAN_MAX_LANES] = {0};
    AUTO_ERROR struct error *none = NULL;
    if (!lock)
        return;
    for (size_t i = 1; i < lock->count; i++)
        parts[i - 1].lease = lock->leases[i];
    if (lock->count) {
        (void)!do_all(parts, lock->count - 1, release, &none);
        kube_lease_release(lock->leases[0]);
    }
    free(lock->holder);
    free(lock);
}

int lock_give_back(struct lock *lock, const struct lane *lane, struct error **err)
{
    struct kube_lease *lease = NULL;
    pthread_mutex_lock(&lane->steps->lock);
    for (size_t i = 0; lock && i < lock->count; i++)
        if (lock->names[i] == lane_name(lane))
            lease = TAKE(lock->leases[i]);
    pthread_mutex_unlock(&lane->steps->lock);
    int rc = check_lease(lease, lane_name(lane), err);
    kube_lease_release(lease);
    return rc;
}

int lock_check(const struct lock *lock, struct error **err)
{
    for (size_t i = 0; lock && i < lock->count; i++)
        if (check_lease(lock->leases[i], lock->names[i], err) < 0)
            return -1;
    return 0;
}

/* ---- taking it ------------------------------------------------------------------------------- */

static void tell_wait(void *ctx, const struct kube_lease_holder *holder)
{
    const struct lane *lane = ctx;
    plan_warn(lane->task, "%s has the lock since %s: looking whether that run is alive",
              holder->identity ? holder->identity : "somebody",
              holder->since ? holder->since : "an unknown time");
}

static void tell_waiting(void *ctx, int64_t waited_ms, int64_t limit_ms)
{
    const struct lane *lane = ctx;
    plan_waiting(lane->task, waited_ms, limit_ms, "the lock of a run that may be gone to run out");
}

static int fail_busy(const struct lane *lane, const struct kube_lease_holder *holder,
                     struct error **err)
{
    error_set(err, ERROR_CHECK, "%s: %s is at work there since %s", lane_name(lane),
              holder->identity ? holder->identity : "another run",
              holder->since ? holder->since : "an unknown time");
    error_id(err, "MC104");
    error_where(err, "%s/Lease/" FACTS_LEASE, lane_name(lane));
    return error_hint(err, "wait for that run to end, then run the same command again");
}

static const char *lock_namespace(const struct lane *lane)
{
    const char *name = lane->steps->mesh->istio_namespace;
    const json_t *live = facts_namespace(lane->facts, name);
    bool is_going = json_dig(live, "metadata", "deletionTimestamp", NULL) != NULL;
    return (live && !is_going) || lane->units[UNIT_ISTIO_NAMESPACE].done ? name
                                                                         : FALLBACK_NAMESPACE;
}

/* What was decided by must still be so: another run may have come and gone since. */
static int check_fresh(struct part *part, struct error **err)
{
    struct lane *lane = part->lane;
    bool stale;
    struct facts_options options = {.mesh = lane->steps->mesh};
    if (facts_are_stale(lane->client, &options, lane->facts, &stale, err) < 0)
        return -1;
    if (!stale)
        return 0;
    error_set(err, ERROR_CHECK, "%s: another run has changed the mesh while this one looked at it",
              lane_name(lane));
    error_id(err, "MC104");
    return error_hint(err, "run the same command again");
}

static int look(struct part *part, struct error **err)
{
    const struct lane *lane = part->lane;
    struct kube_lease_options options = {.namespace_ = lock_namespace(lane), .name = FACTS_LEASE};
    return kube_lease_look(lane->client, &options, &part->seen, err);
}

static int take(struct part *part, struct plan_task *task, struct lock *lock, struct error **err)
{
    struct lane *lane = part->lane;
    json_auto_t *marks =
        json_pack("{s:s, s:s}", MESH_MARK, lane->steps->mesh->id, MESH_MARK_UNIT, "lock");
    struct lane told = {.task = task};
    struct kube_lease_options options = {
        .namespace_ = lock_namespace(lane),
        .name = FACTS_LEASE,
        .labels = marks,
        .on_lost = lane->steps->options.cancel,
        .seen = &part->seen,
        .on_wait = tell_wait,
        .on_waiting = tell_waiting,
        .ctx = &told,
    };
    struct kube_lease_holder holder = {0};
    struct kube_lease *lease = NULL;
    if (kube_lease_acquire(lane->client, &options, &lease, &holder, err) < 0)
        return -1;
    if (!lease) {
        (void)!fail_busy(lane, &holder, err);
        kube_lease_holder_release(&holder);
        return -1;
    }
    lock->names[lock->count] = lane_name(lane);
    lock->leases[lock->count++] = lease;
    if (!lock->holder)
        lock->holder = mem_strdup(kube_lease_identity(lease));
    return 0;
}

/* A peer of a cluster that is taken off loses its link. */
static bool lane_writes(const struct lane *lane)
{
    return lane_is_in(lane) && (lane->mode == LANE_WRITE || lane->units[UNIT_LINKS].count > 0);
}

static int by_uid(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return strcmp(x->lane->facts->uid, y->lane->facts->uid);
}

/* All are looked at before the first is taken: what a run that was killed left behind in several
 * clusters is waited for once. */
static int take_all(struct part *parts, size_t count, struct plan_task *task, struct lock *lock,
                    struct error **err)
{
    int rc = do_all(parts, count, look, err);
    for (size_t i = 0; i < count && rc == 0; i++)
        rc = take(&parts[i], task, lock, err);
    if (rc == 0)
        rc = do_all(parts, count, check_fresh, err);
    for (size_t i = 0; i < count; i++)
        kube_lease_sight_release(&parts[i].seen);
    return rc;
}

/* The other lanes wait for this task, so their clients are free. */
int task_lock(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct steps *s = lane->steps;
    struct part parts[PLAN_MAX_LANES] = {0};
    size_t count = 0;
    if (steps_check_enough(s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (lane_writes(&s->lanes[i]))
            parts[count++].lane = &s->lanes[i];
    qsort(parts, count, sizeof(parts[0]), by_uid);
    s->write_lock = mem_zalloc(sizeof(*s->write_lock));
    return take_all(parts, count, task, s->write_lock, err);
}

/* The namespace that the lock is in has to be there before it. */
int task_place(struct plan_task *task, void *ctx, struct error **err)
{
    static const enum unit_id units[] = {UNIT_ISTIO_NAMESPACE};
    struct lane *lane = lane_begin(task, ctx);
    return lane->units[UNIT_ISTIO_NAMESPACE].wanted ? lane_apply_units(lane, units, 1, err) : 0;
}
