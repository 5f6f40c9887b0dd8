/* Waits for one object until a predicate is content. */
#include "meshctl/kube/wait.h"

#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "ref.h"
#include "watch.h"

#define FIRST_WINDOW_MS 2000
#define MOST_WINDOW_MS 10000 /* then the predicate looks again */
#define LEAST_WINDOW_MS 50
#define TELL_AGAIN_MS 10000 /* a reason that lasts is told again */
#define LOOK_MS 5000        /* how long one look tries, so that the reason stays fresh */

struct waiting {
    struct kube_client *c;
    const struct kube_wait *wait;
    struct kube_watch watch;
    int64_t started_ms;
    int64_t window_ms;
    char *reason; /* the newest, or NULL */
    int64_t told_ms;
};

static void set_reason_take(struct waiting *w, char *reason)
{
    int64_t now = clock_now_ms();
    bool same = text_equal(w->reason, reason);
    if (reason && w->wait->on_reason && (!same || now - w->told_ms >= TELL_AGAIN_MS)) {
        w->told_ms = now;
        w->wait->on_reason(w->wait->reason_ctx, reason);
    }
    free(w->reason);
    w->reason = reason;
}

/* Whether waiting on may help: the API server is away or in trouble. One that never answered is
 * more likely the wrong one. */
static bool is_passing(const struct waiting *w, const struct error *e)
{
    return w->c->answered && (e->kind == ERROR_UNREACHABLE || e->kind == ERROR_TIMEOUT ||
                              e->http_status >= 500 || e->http_status == 429);
}

/* 1: looked, 0: not possible at the moment, -1: error. */
static int look(struct waiting *w, struct error **err)
{
    int64_t until = clock_now_ms() + LOOK_MS;
    struct error *why = NULL;
    if (until > w->wait->deadline_ms)
        until = w->wait->deadline_ms;
    if (kube_watch_look(&w->watch, until, &why) == 0)
        return 1;
    if (!is_passing(w, why)) {
        *err = why;
        return -1;
    }
    set_reason_take(w, mem_strdup(why->message));
    error_free(why);
    return 0;
}

/* 1: content, 0: not yet, -1: waiting on makes no sense. */
static int judge(struct waiting *w, struct error **err)
{
    char *reason = NULL;
    if (w->wait->predicate(w->c, w->watch.object, w->wait->ctx, &reason, err)) {
        free(reason);
        return 1;
    }
    if (*err) {
        free(reason);
        return kube_error_ref(w->c, "wait for", &w->wait->ref, err);
    }
    if (!reason)
        reason = mem_strdup(w->watch.object ? "not yet" : "it does not exist");
    set_reason_take(w, reason);
    return 0;
}

static int time_is_up(struct waiting *w, struct error **err)
{
    const struct kube_ref *ref = &w->wait->ref;
    AUTO_FREE char *text = kube_ref_text_dup(ref);
    AUTO_FREE char *where = kube_ref_place_dup(w->c->name, ref);
    AUTO_FREE char *spent = clock_duration_dup(clock_now_ms() - w->started_ms);
    AUTO_FREE char *event = kube_newest_warning_dup(w->c, ref, w->watch.object);
    error_set(err, ERROR_TIMEOUT, "%s: waited %s for %s: %s", w->c->name, spent,
              w->wait->what ? w->wait->what : text, w->reason ? w->reason : "not looked at yet");
    if (event && !(w->reason && strstr(w->reason, event))) {
        AUTO_FREE char *message = mem_printf("%s; last warning: %s", (*err)->message, event);
        free((*err)->message);
        (*err)->message = TAKE(message);
    }
    return error_where(err, "%s", where);
}

/* How long to watch before the predicate looks again. The windows grow while nothing happens, so
 * that what an object's own watch does not show (its pods) is seen soon at the beginning. */
static int64_t next_window(const struct waiting *w)
{
    int64_t window = w->window_ms;
    int64_t left = clock_left_ms(w->wait->deadline_ms);
    int64_t untold = clock_left_ms(w->told_ms + TELL_AGAIN_MS);
    if (w->told_ms && window > untold)
        window = untold;
    int64_t patience = kube_memo_patience_ms(&w->c->memo);
    if (w->watch.version && patience >= 0 && window > patience)
        window = patience;
    if (window > left)
        window = left;
    return window > LEAST_WINDOW_MS ? window : LEAST_WINDOW_MS;
}

static int pass_time(struct waiting *w, struct error **err)
{
    bool changed;
    if (kube_watch_next(&w->watch, next_window(w), &changed, err) < 0)
        return -1;
    if (!changed && w->window_ms < MOST_WINDOW_MS)
        w->window_ms = w->window_ms * 2 < MOST_WINDOW_MS ? w->window_ms * 2 : MOST_WINDOW_MS;
    return 0;
}

static int run(struct waiting *w, struct error **err)
{
    for (;;) {
        int looked = w->watch.version ? 1 : look(w, err);
        if (looked < 0)
            return -1;
        int content = looked ? judge(w, err) : 0;
        if (content != 0)
            return content < 0 ? -1 : 0;
        if (clock_left_ms(w->wait->deadline_ms) == 0)
            return time_is_up(w, err);
        if (pass_time(w, err) < 0)
            return -1;
    }
}

int kube_wait(struct kube_client *c, const struct kube_wait *wait, json_t **ret_object,
              struct error **err)
{
    struct waiting w = {.c = c,
                        .wait = wait,
                        .watch = {.c = c, .ref = &wait->ref, .deadline_ms = wait->deadline_ms},
                        .started_ms = clock_now_ms(),
                        .window_ms = FIRST_WINDOW_MS};
    kube_memo_release(&c->memo);
    int rc = run(&w, err);
    if (rc == 0 && ret_object)
        *ret_object = TAKE(w.watch.object);
    kube_watch_release(&w.watch);
    free(w.reason);
    return rc;
}
