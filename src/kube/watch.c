/* A watch: opened, read line by line, resumed. */
#include "watch.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "ref.h"

/* Between two readings where there is nothing to watch. */
#define POLL_MS 2000
/* A watch that ends at once again and again must not become a busy loop. */
#define CUT_PAUSE_MS 500
/* A server can keep a wait busy with events for as long as it lasts. So it may take that much processor
 * time, and one part in so many of the time that it lasts. */
#define PROCESSOR_MS 1000
#define PROCESSOR_SHARE 100
#define MOST_REST_MS 10000
/* Beyond the time that the server was asked to end the watch at. */
#define GRACE_MS 10000

void kube_watch_stream_release(struct kube_watch_stream *s)
{
    /* It may be a Secret. */
    buf_release_secret(&s->line);
    free(s->version);
    json_decref(s->object);
    *s = (struct kube_watch_stream){0};
}

static void take_event(struct kube_watch_stream *s, const json_t *event)
{
    const char *type = json_dig_str(event, "type", NULL);
    json_t *object = json_object_get(event, "object");
    const char *version = json_dig_str(object, "metadata", "resourceVersion", NULL);
    if (!type || strcmp(type, "ERROR") == 0 || !json_is_object(object)) {
        s->expired = true;
        return;
    }
    if (version) {
        free(s->version);
        s->version = mem_strdup(version);
    }
    if (strcmp(type, "BOOKMARK") == 0)
        return;
    json_decref(s->object);
    s->object = strcmp(type, "DELETED") == 0 ? NULL : json_incref(object);
    s->changed = true;
}

static void take_line(struct kube_watch_stream *s)
{
    AUTO_ERROR struct error *ignored = NULL;
    json_auto_t *event = NULL;
    if (s->line.len > 0 && !s->line.overflow) {
        if (json_read(s->line.data, s->line.len, "event", &event, &ignored) == 0)
            take_event(s, event);
        else
            s->expired = true;
    }
    buf_clear(&s->line);
}

int kube_watch_stream_feed(void *ctx, const char *data, size_t len)
{
    struct kube_watch_stream *s = ctx;
    s->line.max = KUBE_MAX_EVENT_LINE;
    s->bytes += len;
    s->expired = s->expired || s->bytes > KUBE_MAX_WATCH;
    while (len > 0 && !s->expired) {
        const char *end = memchr(data, '\n', len);
        size_t part = end ? (size_t)(end - data) : len;
        buf_append(&s->line, data, part);
        if (s->line.overflow)
            s->expired = true;
        else if (end)
            take_line(s);
        data += part + (end ? 1 : 0);
        len -= part + (end ? 1 : 0);
    }
    return s->changed || s->expired;
}

void kube_watch_release(struct kube_watch *w)
{
    json_decref(w->object);
    free(w->version);
    w->object = NULL;
    w->version = NULL;
}

static void set_object_take(struct kube_watch *w, json_t *object)
{
    json_decref(w->object);
    w->object = object;
}

static char *name_selector_dup(const struct kube_watch *w)
{
    return mem_printf("metadata.name=%s", w->ref->name);
}

static int look_by_list(struct kube_watch *w, int64_t deadline_ms, struct error **err)
{
    json_auto_t *items = NULL;
    AUTO_FREE char *selector = name_selector_dup(w);
    char *version = NULL;
    if (kube_list_versioned(w->c, w->ref, NULL, selector, deadline_ms, &items, &version, err) < 0)
        return -1;
    free(w->version);
    w->version = version;
    set_object_take(w, json_incref(json_array_get(items, 0)));
    return 0;
}

static int look_by_get(struct kube_watch *w, struct error **err)
{
    json_t *object;
    if (kube_get_opt(w->c, w->ref, &object, err) < 0)
        return -1;
    set_object_take(w, object);
    return 0;
}

int kube_watch_look(struct kube_watch *w, int64_t deadline_ms, struct error **err)
{
    const struct kube_kind *kind;
    free(TAKE(w->version));
    if (kube_kind_find(w->c, NULL, w->ref, &kind, err) < 0)
        return -1;
    if (!kind) {
        set_object_take(w, NULL);
        return 0;
    }
    if (w->may_not)
        return look_by_get(w, err);
    struct error *why = NULL;
    if (look_by_list(w, deadline_ms, &why) == 0)
        return 0;
    if (why->kind == ERROR_NOT_FOUND) {
        /* The kind has just gone; discovery will say so. */
        error_free(why);
        set_object_take(w, NULL);
        return 0;
    }
    if (why->http_status != 403) {
        *err = why;
        return -1;
    }
    error_free(why);
    w->may_not = true;
    return look_by_get(w, err);
}

static int watch_path(struct kube_watch *w, int64_t window_ms, struct buf *path, struct error **err)
{
    const struct kube_kind *kind;
    if (kube_kind_find(w->c, "watch", w->ref, &kind, err) < 0)
        return -1;
    AUTO_FREE char *selector = name_selector_dup(w);
    AUTO_FREE char *seconds = mem_printf("%lld", (long long)(window_ms + 999) / 1000);
    kube_ref_path(path, kind, w->ref->namespace_, NULL);
    kube_query_add(path, "watch", "true");
    kube_query_add(path, "fieldSelector", selector);
    kube_query_add(path, "resourceVersion", w->version);
    kube_query_add(path, "allowWatchBookmarks", "true");
    kube_query_add(path, "timeoutSeconds", seconds);
    return 0;
}

static void take_stream(struct kube_watch *w, struct kube_watch_stream *s)
{
    if (s->version) {
        free(w->version);
        w->version = TAKE(s->version);
    }
    if (s->expired)
        free(TAKE(w->version));
    if (!s->changed)
        return;
    if (s->object) {
        json_object_set_new(s->object, "apiVersion", json_string(w->ref->api_version));
        json_object_set_new(s->object, "kind", json_string(w->ref->kind));
    }
    set_object_take(w, TAKE(s->object));
}

/* A watch that fails leaves the object as it was seen; only what looking again would not cure is an
 * error. */
static int take_failure(struct kube_watch *w, struct error *why, bool in_time, struct error **err)
{
    if (why->kind == ERROR_CANCELLED) {
        *err = why;
        return -1;
    }
    w->may_not = w->may_not || why->http_status == 403;
    if (!(why->kind == ERROR_TIMEOUT && in_time))
        free(TAKE(w->version));
    error_free(why);
    return 0;
}

static int pause_short(struct kube_watch *w, int64_t ms, struct error **err)
{
    if (clock_sleep(ms, w->c->options.cancel) == 0)
        return 0;
    error_set(err, ERROR_CANCELLED, "cancelled");
    return kube_error_ref(w->c, "wait for", w->ref, err);
}

/* How long to rest, so that the wait keeps within its share of the processor. */
static int64_t rest_ms(struct kube_watch *w)
{
    int64_t spent = clock_processor_ms() - w->began_processor_ms;
    int64_t share = (clock_now_ms() - w->began_ms) / PROCESSOR_SHARE;
    int64_t over = (spent - PROCESSOR_MS - share) * PROCESSOR_SHARE;
    int64_t left = clock_left_ms(w->deadline_ms);
    int64_t most = left < MOST_REST_MS ? left : MOST_REST_MS;
    return over < most ? over : most;
}

int kube_watch_next(struct kube_watch *w, int64_t window_ms, bool *ret_changed, struct error **err)
{
    *ret_changed = false;
    if (!w->version)
        return pause_short(w, window_ms < POLL_MS ? window_ms : POLL_MS, err);
    MC_CLEANUP(kube_watch_stream_release) struct kube_watch_stream stream = {0};
    AUTO_KUBE_REPLY reply = {0};
    AUTO_BUF path = BUF_INIT;
    struct error *why = NULL;
    if (watch_path(w, window_ms, &path, err) < 0)
        return -1;
    /* Only whole seconds can be asked of the server: otherwise our own time-out ends it. */
    struct kube_call call = {.verb = "watch",
                             .path = buf_str(&path),
                             .ref = w->ref,
                             .timeout_ms = window_ms % 1000 ? window_ms : window_ms + GRACE_MS,
                             .on_data = kube_watch_stream_feed,
                             .ctx = &stream};
    int64_t started = clock_now_ms();
    if (!w->began_ms) {
        w->began_ms = started;
        w->began_processor_ms = clock_processor_ms();
    }
    int rc = kube_call_one(w->c, &call, &reply, &why);
    int64_t spent = clock_now_ms() - started;
    *ret_changed = stream.changed;
    take_stream(w, &stream);
    if (rc < 0 && take_failure(w, why, spent + 50 >= window_ms, err) < 0)
        return -1;
    if (rest_ms(w) > 0)
        return pause_short(w, rest_ms(w), err);
    if (*ret_changed || spent > window_ms / 2)
        return 0;
    return pause_short(w, window_ms < CUT_PAUSE_MS ? window_ms : CUT_PAUSE_MS, err);
}
