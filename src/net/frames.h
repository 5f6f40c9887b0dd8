/* Messages out of and into a stream of bytes (RFC 6455 section 5), by wslay. Knows no socket: it
 * pulls and pushes bytes through two functions that never block.
 *
 * Bounded: a message has at most WEBSOCKET_MAX_MESSAGE bytes; one pump reads at most a few buffers,
 * so that a flood of pings cannot keep it busy, and nothing is read while many answers wait to be
 * sent. */
#ifndef MESHCTL_NET_FRAMES_H
#define MESHCTL_NET_FRAMES_H

#include <sys/types.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/error.h"

struct frames;

enum frames_io {
    FRAMES_BLOCKED = -1, /* nothing now */
    FRAMES_LOST = -2,    /* nothing ever again */
};

struct frames_transport {
    /* Bytes moved (at least 1), or one of enum frames_io. */
    ssize_t (*read)(void *ctx, void *data, size_t len);
    ssize_t (*write)(void *ctx, const void *data, size_t len);
    void *ctx;
};

enum frames_state {
    FRAMES_OPEN,
    FRAMES_CLOSED, /* the peer sent a close frame */
    FRAMES_BROKEN, /* the stream ended or failed without one */
    FRAMES_FAULTY, /* the peer broke the protocol, or sent too large a message */
};

int frames_new(const struct frames_transport *transport, struct frames **ret_frames,
               struct error **err) MC_WARN_UNUSED;
/* Sends a close frame when it can at once. */
void frames_free(struct frames *f);

/* Reads and writes what is possible now. Returns whether trying again at once makes sense: false
 * means wait for the transport. */
bool frames_pump(struct frames *f);
/* Moves the next whole message to `out`; false when there is none yet. */
bool frames_next(struct frames *f, struct buf *out, bool *ret_binary);
/* Whether the peer has said something that frames_next, or its close code, will tell. */
bool frames_has_news(const struct frames *f);
/* Queues a message; frames_pump sends it. -1 after a close. */
int frames_queue(struct frames *f, const void *data, size_t len, bool binary, struct error **err)
    MC_WARN_UNUSED;

/* What happened once no message is left. */
enum frames_state frames_state(const struct frames *f);
/* The peer's close code, 1005 when it gave none (RFC 6455 7.1.5); ours when FRAMES_FAULTY. */
int frames_close_code(const struct frames *f);
bool frames_wants_read(const struct frames *f);
bool frames_wants_write(const struct frames *f);

#endif
