/* Bytes both ways over a connection that libcurl made (CURLOPT_CONNECT_ONLY): resolving, proxy and
 * TLS are libcurl's, what goes over it is the caller's. */
#ifndef MESHCTL_NET_STREAM_H
#define MESHCTL_NET_STREAM_H

#include <sys/types.h>

#include "handle.h"

struct stream;

/* Connects (and shakes hands for https) before `deadline_ms`. `options` is borrowed
 * for its life. */
int stream_open(const struct http_options *options, const char *url, int64_t deadline_ms,
                struct stream **ret_stream, struct error **err) MC_WARN_UNUSED;
void stream_free(struct stream *s);
/* Where it leads; borrowed. */
const struct target *stream_target(const struct stream *s);

/* Bytes read, 0 when there are none now, -1 at the end or on failure (stream_lost tells which). */
ssize_t stream_read(struct stream *s, void *data, size_t len);
/* Bytes taken over, 0 when none can be now, -1 on failure. What was taken may still wait to be
 * sent: stream_flush. */
ssize_t stream_write(struct stream *s, const void *data, size_t len);
/* 1 when all is sent, 0 when something waits, -1 on failure. */
int stream_flush(struct stream *s);

/* -1: ERROR_TIMEOUT once the deadline has passed, or ERROR_CANCELLED. For loops that may have something to
 * read each time and never wait. */
int stream_check(struct stream *s, int64_t deadline_ms, struct error **err) MC_WARN_UNUSED;
/* Waits until one of `events` (poll's POLLIN, POLLOUT) may be possible. For POLLIN only after
 * stream_read has returned 0: TLS may hold bytes that no poll shows (curl_easy_recv). -1:
 * as stream_check. */
int stream_wait(struct stream *s, short events, int64_t deadline_ms, struct error **err)
    MC_WARN_UNUSED;
/* Why the last read or write returned -1; returns -1. */
int stream_lost(const struct stream *s, struct error **err);

MC_DEFINE_CLEANUP(stream_cleanup, struct stream, stream_free);
#define AUTO_STREAM MC_CLEANUP(stream_cleanup)

#endif
