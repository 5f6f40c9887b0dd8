/* The changes of one object: a list, then watches resumed where they were cut. */
#ifndef KUBE_WATCH_H
#define KUBE_WATCH_H

#include "client_internal.h"

#define KUBE_MAX_EVENT_LINE KUBE_MAX_OBJECT
/* Bytes of one watch that has brought no change: past them the server is asked anew, a little later. */
#define KUBE_MAX_WATCH ((size_t)16 * 1024 * 1024)

/* The lines of a watch's body. */
struct kube_watch_stream {
    struct buf line;
    size_t bytes;
    char *version;  /* the newest resourceVersion seen, or NULL */
    json_t *object; /* of the newest event; NULL when it is deleted */
    bool changed;   /* there was an event: `object` counts */
    bool expired;   /* the server has forgotten what came after `version`, or lost its way */
};
void kube_watch_stream_release(struct kube_watch_stream *s);
/* As http_request's on_data (`ctx` is the stream): ends the request once there was a change. */
int kube_watch_stream_feed(void *ctx, const char *data, size_t len);

struct kube_watch {
    struct kube_client *c;
    const struct kube_ref *ref;
    int64_t deadline_ms;        /* of the wait that it is for */
    json_t *object;             /* as last seen; NULL: there is none */
    char *version;              /* to watch from; NULL: look first */
    bool may_not;               /* no right to list or watch: read again and again */
    int64_t began_ms;           /* of the first watch, on the clock and in processor time */
    int64_t began_processor_ms; /* of this thread */
};
void kube_watch_release(struct kube_watch *w);

/* Brings w->object up to date by a list (or a get). No try starts after `deadline_ms`. */
int kube_watch_look(struct kube_watch *w, int64_t deadline_ms, struct error **err) MC_WARN_UNUSED;
/* Waits at most `window_ms` for a change; *ret_changed says whether w->object may be another. A cut
 * is no error: w->version is NULL then and the next thing to do is to look. */
int kube_watch_next(struct kube_watch *w, int64_t window_ms, bool *ret_changed, struct error **err)
    MC_WARN_UNUSED;

#endif
