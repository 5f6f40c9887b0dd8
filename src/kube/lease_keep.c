/* Holding a lock: renewing it in time, seeing that it is lost, giving it back. */
#include "lease_keep.h"

#include <pthread.h>
#include <stdlib.h>

#include "client_internal.h"
#include "lease_record.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"

#define MAX_DELETES 3
#define RENEWALS 6 /* in one duration */
/* A server may still be at a write whose connection is gone. */
#define GIVE_UP_LOOKS 2
#define GIVE_UP_PAUSE_MS 200

struct kube_lease {
    struct kube_client *c; /* the thread's, and after it the release's */
    char *identity;
    json_t *live; /* as it was last written or read */
    int64_t duration_ms;
    int64_t sent_ms; /* when the last renewal that went through was sent */
    struct cancel *on_lost;
    struct cancel stop;
    pthread_t thread;
    pthread_mutex_t lock; /* guards `lost` */
    struct error *lost;
};

static void lose(struct kube_lease *l, struct error *why)
{
    log_at(1, "%s", why->message);
    pthread_mutex_lock(&l->lock);
    l->lost = why;
    pthread_mutex_unlock(&l->lock);
    if (l->on_lost)
        cancel_set(l->on_lost);
}

bool kube_lease_is_lost(struct kube_lease *l, struct error **ret_why)
{
    pthread_mutex_lock(&l->lock);
    bool lost = l->lost != NULL;
    if (lost && ret_why)
        *ret_why = error_dup(l->lost);
    pthread_mutex_unlock(&l->lock);
    return lost;
}

const char *kube_lease_identity(const struct kube_lease *l)
{
    return l->identity;
}

static int lost_error(const struct kube_lease *l, struct error **err, const char *what)
{
    struct kube_ref ref = kube_ref_of(l->live);
    error_set(err, ERROR_CONFLICT, "the lock is lost: %s", what);
    kube_error_ref(l->c, "hold", &ref, err);
    return error_hint(err, "see what the other run did, then run the command again");
}

static void set_live_take(struct kube_lease *l, json_t *live)
{
    json_decref(l->live);
    l->live = live;
}

/* After a write that was refused or lost: whether the lock is still ours, by the cluster's word.
 * -1: it is not; 0: it is, or that cannot be seen now. */
static int look(struct kube_lease *l, struct error **err)
{
    struct kube_ref ref = kube_ref_of(l->live);
    AUTO_ERROR struct error *ignored = NULL;
    json_t *live = NULL;
    if (kube_get_opt(l->c, &ref, &live, &ignored) < 0)
        return 0;
    if (!live)
        return lost_error(l, err, "its Lease was deleted");
    struct kube_lease_holder holder;
    kube_lease_holder_read(live, &holder);
    bool ours = text_equal(kube_lease_holder_of(live), l->identity);
    if (ours) {
        set_live_take(l, live);
    } else {
        AUTO_FREE char *what =
            mem_printf("%s has it", holder.identity ? holder.identity : "nobody");
        lost_error(l, err, what);
        json_decref(live);
    }
    kube_lease_holder_release(&holder);
    return ours ? 0 : -1;
}

/* -1: the lock is lost. */
static int renew(struct kube_lease *l, struct error **err)
{
    json_auto_t *wanted = kube_lease_renewed(l->live);
    AUTO_ERROR struct error *why = NULL;
    json_t *live = NULL;
    int64_t sent = clock_now_ms();
    if (kube_replace(l->c, wanted, &live, &why) == 0) {
        set_live_take(l, live);
        l->sent_ms = sent;
        return 0;
    }
    if (look(l, err) < 0)
        return -1;
    if (clock_now_ms() - l->sent_ms < l->duration_ms * 2 / 3)
        return 0;
    AUTO_FREE char *spent = clock_duration_dup(clock_now_ms() - l->sent_ms);
    AUTO_FREE char *what = mem_printf("it could not be renewed for %s: %s", spent, why->message);
    return lost_error(l, err, what);
}

static void *keep(void *arg)
{
    struct kube_lease *l = arg;
    struct error *why = NULL;
    while (clock_sleep(l->duration_ms / RENEWALS, &l->stop) == 0) {
        if (renew(l, &why) == 0)
            continue;
        lose(l, why);
        break;
    }
    return NULL;
}

static void give_back(struct kube_lease *l)
{
    struct kube_ref ref = kube_ref_of(l->live);
    AUTO_ERROR struct error *why = NULL;
    for (int tries = 0; tries < MAX_DELETES; tries++) {
        struct kube_delete_options options = {
            .uid = json_dig_str(l->live, "metadata", "uid", NULL),
            .resource_version = json_dig_str(l->live, "metadata", "resourceVersion", NULL)};
        error_clear(&why);
        if (kube_delete(l->c, &ref, &options, NULL, &why) == 0)
            return;
        AUTO_ERROR struct error *not_ours = NULL;
        if (why->kind != ERROR_CONFLICT || look(l, &not_ours) < 0)
            break;
        ref = kube_ref_of(l->live);
    }
    log_at(1, "%s", why->message);
}

void kube_lease_give_up(const struct kube_client *c, const struct kube_lease_options *options,
                        const char *identity)
{
    struct kube_ref ref = {"coordination.k8s.io/v1", "Lease", options->namespace_, options->name};
    struct kube_lease l = {.identity = (char *)(uintptr_t)identity};
    AUTO_ERROR struct error *ignored = NULL;
    if (kube_client_like(c, KUBE_LEASE_GIVE_UP_MS, &l.c, &ignored) < 0)
        return;
    kube_client_set_deadline(l.c, clock_now_ms() + KUBE_LEASE_GIVE_UP_MS);
    for (int looks = 0; looks < GIVE_UP_LOOKS; looks++) {
        if (looks)
            (void)clock_sleep(GIVE_UP_PAUSE_MS, NULL);
        json_decref(TAKE(l.live));
        if (kube_get_opt(l.c, &ref, &l.live, &ignored) < 0)
            break;
        if (!text_equal(kube_lease_holder_of(l.live), identity))
            continue;
        give_back(&l);
        break;
    }
    json_decref(l.live);
    kube_client_free(l.c);
}

static void free_lease(struct kube_lease *l)
{
    kube_client_free(l->c);
    json_decref(l->live);
    error_free(l->lost);
    cancel_release(&l->stop);
    pthread_mutex_destroy(&l->lock);
    free(l->identity);
    free(l);
}

void kube_lease_release(struct kube_lease *l)
{
    if (!l)
        return;
    cancel_set(&l->stop);
    pthread_join(l->thread, NULL);
    if (!l->lost)
        give_back(l);
    free_lease(l);
}

int kube_lease_keep_take(struct kube_client *c, const struct kube_lease_options *options,
                         char *identity, json_t *lease, int64_t sent_ms,
                         struct kube_lease **ret_lease, struct error **err)
{
    struct kube_lease *l = mem_zalloc(sizeof(*l));
    *l = (struct kube_lease){.identity = identity,
                             .live = lease,
                             .duration_ms = options->duration_ms,
                             .sent_ms = sent_ms,
                             .on_lost = options->on_lost,
                             .stop = {.fds = {-1, -1}}};
    pthread_mutex_init(&l->lock, NULL);
    if (kube_client_like(c, options->duration_ms / 3, &l->c, err) < 0) {
        free_lease(l);
        return -1;
    }
    if (cancel_init(&l->stop) < 0 || pthread_create(&l->thread, NULL, keep, l) != 0) {
        error_set(err, ERROR_INTERNAL, "%s: no thread to hold the lock with", kube_client_name(c));
        give_back(l);
        free_lease(l);
        return -1;
    }
    *ret_lease = l;
    return 0;
}
