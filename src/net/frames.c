/* WebSocket frames by wslay, in and out. */
#include "frames.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <wslay/wslay.h>

#include "meshctl/net/websocket.h"

#define PUMP_BYTES ((size_t)64 * 1024)
/* Pings that were answered but not yet sent; more than that and the peer must read first. */
#define MAX_WAITING 64

struct message {
    struct buf data;
    bool binary;
};

struct frames {
    struct frames_transport transport;
    wslay_event_context_ptr wslay;
    struct message *messages; /* whole ones, the oldest at `first` */
    size_t first;
    size_t count;
    size_t cap;
    size_t budget; /* bytes that this pump may still read */
    bool lost;     /* nothing comes any more */
    bool mute;     /* nothing goes any more; what has come is still worth reading */
    bool faulty;   /* the peer broke the protocol */
    bool hungry;   /* the last read found nothing */
    bool closed;   /* a close frame came */
    int close_code;
};

static ssize_t on_read(wslay_event_context_ptr wslay, uint8_t *data, size_t len, int flags,
                       void *ctx)
{
    struct frames *f = ctx;
    (void)flags;
    ssize_t n = FRAMES_BLOCKED;
    /* One message at a time: the rest stays in the socket until it is asked for. */
    if (f->first == f->count && f->budget) {
        n = f->transport.read(f->transport.ctx, data, len < f->budget ? len : f->budget);
        f->hungry = n == FRAMES_BLOCKED;
    }
    if (n > 0) {
        f->budget -= (size_t)n;
        return n;
    }
    f->lost = f->lost || n == FRAMES_LOST;
    wslay_event_set_error(wslay,
                          n == FRAMES_LOST ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

static ssize_t on_write(wslay_event_context_ptr wslay, const uint8_t *data, size_t len, int flags,
                        void *ctx)
{
    struct frames *f = ctx;
    (void)flags;
    ssize_t n = f->transport.write(f->transport.ctx, data, len);
    if (n > 0)
        return n;
    f->mute = f->mute || n == FRAMES_LOST;
    wslay_event_set_error(wslay,
                          n == FRAMES_LOST ? WSLAY_ERR_CALLBACK_FAILURE : WSLAY_ERR_WOULDBLOCK);
    return -1;
}

/* RFC 6455 10.3: masks must not be predictable. */
static int on_mask(wslay_event_context_ptr wslay, uint8_t *mask, size_t len, void *ctx)
{
    (void)ctx;
    if (getrandom(mask, len, 0) == (ssize_t)len)
        return 0;
    wslay_event_set_error(wslay, WSLAY_ERR_CALLBACK_FAILURE);
    return -1;
}

static void on_message(wslay_event_context_ptr wslay, const struct wslay_event_on_msg_recv_arg *arg,
                       void *ctx)
{
    struct frames *f = ctx;
    (void)wslay;
    if (arg->opcode == WSLAY_CONNECTION_CLOSE) {
        f->closed = true;
        f->close_code = arg->status_code ? arg->status_code : WSLAY_CODE_NO_STATUS_RCVD;
        return;
    }
    if (wslay_is_ctrl_frame(arg->opcode))
        return;
    if (f->first == f->count)
        f->first = f->count = 0;
    f->messages = mem_grow(f->messages, &f->cap, f->count + 1, sizeof(*f->messages));
    struct message *m = &f->messages[f->count++];
    *m = (struct message){.binary = arg->opcode == WSLAY_BINARY_FRAME};
    buf_append(&m->data, arg->msg, arg->msg_length);
}

int frames_new(const struct frames_transport *transport, struct frames **ret_frames,
               struct error **err)
{
    static const struct wslay_event_callbacks callbacks = {.recv_callback = on_read,
                                                           .send_callback = on_write,
                                                           .genmask_callback = on_mask,
                                                           .on_msg_recv_callback = on_message};
    struct frames *f = mem_zalloc(sizeof(*f));
    f->transport = *transport;
    if (wslay_event_context_client_init(&f->wslay, &callbacks, f) != 0) {
        free(f);
        return error_set(err, ERROR_INTERNAL, "wslay gives no context");
    }
    wslay_event_config_set_max_recv_msg_length(f->wslay, WEBSOCKET_MAX_MESSAGE);
    *ret_frames = f;
    return 0;
}

void frames_free(struct frames *f)
{
    if (!f)
        return;
    if (!f->lost && !f->mute && !wslay_event_get_close_sent(f->wslay)) {
        wslay_event_queue_close(f->wslay, WSLAY_CODE_NORMAL_CLOSURE, NULL, 0);
        (void)wslay_event_send(f->wslay);
    }
    wslay_event_context_free(f->wslay);
    for (size_t i = f->first; i < f->count; i++)
        buf_release(&f->messages[i].data);
    free(f->messages);
    free(f);
}

static void send_waiting(struct frames *f)
{
    if (!f->mute && wslay_event_want_write(f->wslay) && wslay_event_send(f->wslay) != 0)
        f->mute = true;
}

/* wslay stops reading by itself only after a close frame or over a fault of the peer's. */
static void receive_some(struct frames *f)
{
    int code = wslay_event_recv(f->wslay);
    if (!f->lost && !f->closed && (code != 0 || !wslay_event_get_read_enabled(f->wslay)))
        f->faulty = true;
}

bool frames_pump(struct frames *f)
{
    send_waiting(f);
    if (!frames_wants_read(f))
        return false;
    f->budget = PUMP_BYTES;
    f->hungry = false;
    receive_some(f);
    send_waiting(f);
    return !f->hungry && frames_wants_read(f);
}

bool frames_next(struct frames *f, struct buf *out, bool *ret_binary)
{
    if (f->first == f->count)
        return false;
    struct message *m = &f->messages[f->first++];
    buf_clear(out);
    buf_append(out, m->data.data, m->data.len);
    if (ret_binary)
        *ret_binary = m->binary;
    buf_release(&m->data);
    return true;
}

bool frames_has_news(const struct frames *f)
{
    return f->first < f->count || f->closed;
}

int frames_queue(struct frames *f, const void *data, size_t len, bool binary, struct error **err)
{
    struct wslay_event_msg msg = {
        .opcode = binary ? WSLAY_BINARY_FRAME : WSLAY_TEXT_FRAME, .msg = data, .msg_length = len};
    if (wslay_event_queue_msg(f->wslay, &msg) == 0)
        return 0;
    return error_set(err, ERROR_UNREACHABLE, "the WebSocket is closed");
}

enum frames_state frames_state(const struct frames *f)
{
    if (f->closed)
        return FRAMES_CLOSED;
    if (f->faulty)
        return FRAMES_FAULTY;
    return f->lost ? FRAMES_BROKEN : FRAMES_OPEN;
}

int frames_close_code(const struct frames *f)
{
    return f->closed ? f->close_code : wslay_event_get_status_code_sent(f->wslay);
}

bool frames_wants_read(const struct frames *f)
{
    return !f->lost && f->first == f->count && wslay_event_want_read(f->wslay) &&
           wslay_event_get_queued_msg_count(f->wslay) <= MAX_WAITING;
}

bool frames_wants_write(const struct frames *f)
{
    return !f->mute && wslay_event_want_write(f->wslay);
}
