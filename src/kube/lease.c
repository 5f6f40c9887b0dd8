/* Getting a lock: the rule at the head of kube/lease.h. */
#include "meshctl/kube/lease.h"

#include <stdlib.h>

#include "client_internal.h"
#include "lease_keep.h"
#include "lease_record.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

#define LOOK_EVERY_MS 1000
/* Writes that somebody else was faster with, or whose answer was lost. */
#define MAX_WRITES 5

struct taking {
    struct kube_client *c;
    struct kube_lease_options options;
    char *identity;
    struct kube_lease_sight held; /* when it was first seen with a holder */
    int64_t sent_ms;              /* when the write that made it ours was sent */
    int writes;
    bool told; /* that it takes time */
};

void kube_lease_sight_release(struct kube_lease_sight *s)
{
    json_decref(s->lease);
    *s = (struct kube_lease_sight){0};
}

int kube_lease_look(struct kube_client *c, const struct kube_lease_options *options,
                    struct kube_lease_sight *ret_seen, struct error **err)
{
    struct kube_ref ref = {"coordination.k8s.io/v1", "Lease", options->namespace_, options->name};
    *ret_seen = (struct kube_lease_sight){0};
    if (kube_get_opt(c, &ref, &ret_seen->lease, err) < 0)
        return -1;
    ret_seen->at_ms = clock_now_ms();
    return 0;
}

/* Whether another try may find what the write did, who was faster, or that a Lease that was there is
 * gone. */
static bool may_look_again(const struct taking *t, const json_t *found, const struct error *e)
{
    bool lost = e->kind == ERROR_UNREACHABLE || e->kind == ERROR_TIMEOUT;
    bool gone = found && e->kind == ERROR_NOT_FOUND;
    return t->writes < MAX_WRITES &&
           (lost || gone || (e->kind == ERROR_CONFLICT && e->http_status == 409));
}

/* *ret_lease is the Lease as written, or NULL: look again. */
static int write_ours(struct taking *t, const json_t *found, json_t **ret_lease, struct error **err)
{
    json_auto_t *wanted = kube_lease_taken(found, &t->options, t->identity);
    struct error *why = NULL;
    t->writes++;
    t->sent_ms = clock_now_ms();
    int rc = found ? kube_replace(t->c, wanted, ret_lease, &why)
                   : kube_create(t->c, wanted, ret_lease, &why);
    if (rc == 0)
        return 0;
    if (!may_look_again(t, found, why)) {
        *err = why;
        return -1;
    }
    error_free(why);
    return 0;
}

/* Somebody lives: what stood there a while ago is another record by now. */
static bool has_changed(const struct taking *t, const json_t *found)
{
    return t->held.lease &&
           !json_same(json_object_get(t->held.lease, "spec"), json_object_get(found, "spec"));
}

static bool is_expired(const struct taking *t)
{
    int64_t duration = kube_lease_duration_of(t->held.lease, t->options.duration_ms);
    return clock_now_ms() - t->held.at_ms >= duration;
}

static void read_holder(const struct taking *t, const json_t *found,
                        struct kube_lease_holder *ret_holder)
{
    kube_lease_holder_read(found, ret_holder);
    ret_holder->expires_in_ms = kube_lease_duration_of(found, t->options.duration_ms);
}

static void tell_wait(struct taking *t)
{
    struct kube_lease_holder holder;
    if (t->options.on_waiting)
        t->options.on_waiting(t->options.ctx, clock_now_ms() - t->held.at_ms,
                              kube_lease_duration_of(t->held.lease, t->options.duration_ms));
    if (t->told || !t->options.on_wait)
        return;
    t->told = true;
    read_holder(t, t->held.lease, &holder);
    t->options.on_wait(t->options.ctx, &holder);
    kube_lease_holder_release(&holder);
}

/* What follows from one look: *ret_lease when it is ours, *ret_busy when it is not going to be;
 * neither: look again after a while. A write is bound to the version that was looked at, however
 * long ago. */
static int step(struct taking *t, const struct kube_lease_sight *seen, json_t **ret_lease,
                bool *ret_busy, struct kube_lease_holder *ret_holder, struct error **err)
{
    json_t *found = seen->lease;
    const char *holder = kube_lease_holder_of(found);
    /* A write of ours whose answer was lost. */
    if (text_equal(holder, t->identity)) {
        *ret_lease = json_incref(found);
        return 0;
    }
    if (!holder)
        return write_ours(t, found, ret_lease, err);
    if (has_changed(t, found) ||
        kube_lease_duration_of(found, t->options.duration_ms) > KUBE_LEASE_MAX_MS) {
        read_holder(t, found, ret_holder);
        *ret_busy = true;
        return 0;
    }
    if (!t->held.lease)
        t->held = (struct kube_lease_sight){json_incref(found), seen->at_ms};
    if (is_expired(t))
        return write_ours(t, found, ret_lease, err);
    tell_wait(t);
    return 0;
}

static int look(const struct taking *t, struct kube_lease_sight *ret_seen, struct error **err)
{
    return kube_lease_look(t->c, &t->options, ret_seen, err);
}

static int take(struct taking *t, json_t **ret_lease, struct kube_lease_holder *ret_holder,
                struct error **err)
{
    const struct kube_lease_sight *before = t->options.seen;
    MC_CLEANUP(kube_lease_sight_release) struct kube_lease_sight seen = {0};
    if (before)
        seen = (struct kube_lease_sight){json_incref(before->lease), before->at_ms};
    else if (look(t, &seen, err) < 0)
        return -1;
    for (bool busy = false;;) {
        int writes = t->writes;
        if (step(t, &seen, ret_lease, &busy, ret_holder, err) < 0)
            return -1;
        if (*ret_lease || busy)
            return 0;
        /* Whoever was faster is seen at once. */
        if (t->writes == writes && clock_sleep(LOOK_EVERY_MS, t->c->options.cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "%s: cancelled", t->c->name);
        kube_lease_sight_release(&seen);
        if (look(t, &seen, err) < 0)
            return -1;
    }
}

int kube_lease_acquire(struct kube_client *c, const struct kube_lease_options *options,
                       struct kube_lease **ret_lease, struct kube_lease_holder *ret_holder,
                       struct error **err)
{
    struct taking t = {.c = c, .options = *options};
    json_t *lease = NULL;
    *ret_lease = NULL;
    *ret_holder = (struct kube_lease_holder){0};
    if (t.options.duration_ms < 1000)
        t.options.duration_ms = KUBE_LEASE_DURATION_MS;
    t.identity = kube_lease_identity_dup(options->holder);
    int rc = take(&t, &lease, ret_holder, err);
    if (rc == 0 && lease)
        rc =
            kube_lease_keep_take(c, &t.options, TAKE(t.identity), lease, t.sent_ms, ret_lease, err);
    else if (rc < 0 && t.writes)
        kube_lease_give_up(c, &t.options, t.identity);
    free(t.identity);
    kube_lease_sight_release(&t.held);
    return rc;
}
