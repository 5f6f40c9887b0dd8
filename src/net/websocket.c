/* A WebSocket: handshake, then frames over a stream. */
#include "meshctl/net/websocket.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "frames.h"
#include "handshake.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"
#include "stream.h"

#define DEFAULT_TIMEOUT_MS 30000
#define SEND_TIMEOUT_MS 30000
/* A refusal's text: as much of it as is there within this time. */
#define REFUSAL_MS 2000
#define REFUSAL_BYTES ((size_t)64 * 1024)
#define SHOWN_BYTES ((size_t)300)

struct websocket {
    struct http_options options;
    struct stream *stream;
    struct frames *frames;
    struct buf early; /* frames that came in one piece with the handshake's answer */
    size_t early_used;
    char *protocol;
};

/* ---- handshake ---- */

static int send_all(struct stream *s, const char *data, size_t len, int64_t deadline_ms,
                    struct error **err)
{
    size_t sent = 0;
    for (;;) {
        ssize_t n = sent < len ? stream_write(s, data + sent, len - sent) : 0;
        if (n < 0 || stream_flush(s) < 0)
            return stream_lost(s, err);
        sent += (size_t)n;
        if (sent == len && stream_flush(s) == 1)
            return 0;
        if (n == 0 && stream_wait(s, POLLOUT, deadline_ms, err) < 0)
            return -1;
    }
}

/* Reads until `in` holds the empty line that ends the head; *ret_head is the head's length. */
static int read_head(struct stream *s, struct buf *in, int64_t deadline_ms, size_t *ret_head,
                     struct error **err)
{
    char block[4096];
    for (;;) {
        const char *end = in->len ? memmem(in->data, in->len, "\r\n\r\n", 4) : NULL;
        if (end) {
            *ret_head = (size_t)(end - in->data);
            return 0;
        }
        if (in->len >= HANDSHAKE_MAX_HEAD)
            return error_set(err, ERROR_REMOTE, "%s: the header is larger than %zu bytes",
                             stream_target(s)->public_url, HANDSHAKE_MAX_HEAD);
        ssize_t n = stream_read(s, block, sizeof(block));
        if (n < 0)
            return stream_lost(s, err);
        if (n == 0 && stream_wait(s, POLLIN, deadline_ms, err) < 0)
            return -1;
        buf_append(in, block, (size_t)n);
    }
}

/* Takes the chunks' data out of a chunked body as far as it goes. */
static void join_chunks(const char *data, size_t len, struct buf *out)
{
    const char *p = data, *stop = data + len;
    while (p < stop) {
        const char *line_end = memmem(p, (size_t)(stop - p), "\r\n", 2);
        char *number_end;
        size_t size = line_end ? strtoul(p, &number_end, 16) : 0;
        if (size == 0)
            return;
        p = line_end + 2;
        size_t there = (size_t)(stop - p);
        buf_append(out, p, size < there ? size : there);
        if (there < size + 2)
            return;
        p += size + 2;
    }
}

/* The body of an answer that is no 101, from what has come and comes soon. */
static void read_refusal(struct stream *s, struct buf *in, struct handshake_answer *answer)
{
    char block[4096];
    size_t want = answer->content_length ? answer->content_length : REFUSAL_BYTES;
    int64_t deadline_ms = clock_now_ms() + REFUSAL_MS;
    AUTO_ERROR struct error *ignored = NULL;
    while (in->len < want && in->len < REFUSAL_BYTES) {
        if (answer->chunked && in->len >= 5 && memcmp(in->data + in->len - 5, "0\r\n\r\n", 5) == 0)
            break;
        ssize_t n = stream_read(s, block, sizeof(block));
        if (n < 0 || (n == 0 && stream_wait(s, POLLIN, deadline_ms, &ignored) < 0))
            break;
        buf_append(in, block, (size_t)n);
    }
    answer->http.body.max = REFUSAL_BYTES;
    if (answer->chunked)
        join_chunks(buf_str(in), in->len, &answer->http.body);
    else
        buf_append(&answer->http.body, buf_str(in), in->len < want ? in->len : want);
}

static int refused(struct stream *s, const struct http_response *answer, struct error **err)
{
    AUTO_BUF shown = BUF_INIT_MAX(SHOWN_BYTES);
    text_append_clean(&shown, buf_str(&answer->body), strcspn(buf_str(&answer->body), "\r\n"));
    bool denied = answer->status == 401 || answer->status == 403;
    error_set(err, denied ? ERROR_DENIED : ERROR_REMOTE, "%s: answered %d instead of WebSocket%s%s",
              stream_target(s)->public_url, answer->status, shown.len ? ": " : "", buf_str(&shown));
    (*err)->http_status = answer->status;
    (*err)->retry_after_ms = answer->retry_after_ms;
    return -1;
}

static int check_answer(struct websocket *ws, const char *key, const struct strlist *protocols,
                        struct handshake_answer *answer, struct http_response *ret_refusal,
                        struct error **err)
{
    if (answer->http.status != 101) {
        read_refusal(ws->stream, &ws->early, answer);
        refused(ws->stream, &answer->http, err);
        if (ret_refusal) {
            *ret_refusal = answer->http;
            answer->http = (struct http_response){0};
        }
        return -1;
    }
    const char *fault = handshake_fault(answer, key, protocols);
    if (fault)
        return error_set(err, ERROR_REMOTE, "%s: WebSocket handshake: %s",
                         stream_target(ws->stream)->public_url, fault);
    ws->protocol = mem_strdup(answer->protocol ? answer->protocol : "");
    return 0;
}

static int shake_hands(struct websocket *ws, const struct strlist *headers,
                       const struct strlist *protocols, int64_t deadline_ms,
                       struct http_response *ret_refusal, struct error **err)
{
    char key[HANDSHAKE_KEY_LEN + 1];
    size_t head_len;
    AUTO_SECRET_BUF request = BUF_INIT;
    if (handshake_make_key(key, err) < 0)
        return -1;
    handshake_append_request(&request, stream_target(ws->stream), ws->options.user_agent, key,
                             headers, protocols);
    if (send_all(ws->stream, request.data, request.len, deadline_ms, err) < 0 ||
        read_head(ws->stream, &ws->early, deadline_ms, &head_len, err) < 0)
        return -1;
    struct handshake_answer answer;
    handshake_parse(ws->early.data, head_len, &answer);
    size_t rest = ws->early.len - head_len - 4;
    memmove(ws->early.data, ws->early.data + head_len + 4, rest);
    buf_truncate(&ws->early, rest);
    int rc = check_answer(ws, key, protocols, &answer, ret_refusal, err);
    log_at(1, "GET %s -> %d", stream_target(ws->stream)->public_url,
           rc == 0 ? 101 : (*err)->http_status);
    handshake_answer_release(&answer);
    return rc;
}

/* ---- frames over the stream ---- */

static ssize_t read_bytes(void *ctx, void *data, size_t len)
{
    struct websocket *ws = ctx;
    size_t left = ws->early.len - ws->early_used;
    if (left) {
        size_t n = len < left ? len : left;
        memcpy(data, ws->early.data + ws->early_used, n);
        ws->early_used += n;
        return (ssize_t)n;
    }
    ssize_t n = stream_read(ws->stream, data, len);
    return n > 0 ? n : n == 0 ? FRAMES_BLOCKED : FRAMES_LOST;
}

static ssize_t write_bytes(void *ctx, const void *data, size_t len)
{
    struct websocket *ws = ctx;
    ssize_t n = stream_write(ws->stream, data, len);
    return n > 0 ? n : n == 0 ? FRAMES_BLOCKED : FRAMES_LOST;
}

int websocket_open(const struct http_options *options, const char *url,
                   const struct strlist *headers, const struct strlist *protocols,
                   int64_t timeout_ms, struct websocket **ret_ws, struct http_response *ret_refusal,
                   struct error **err)
{
    AUTO_WEBSOCKET struct websocket *ws = mem_zalloc(sizeof(*ws));
    int64_t deadline_ms = clock_now_ms() + (timeout_ms > 0 ? timeout_ms : DEFAULT_TIMEOUT_MS);
    struct frames_transport transport = {.read = read_bytes, .write = write_bytes, .ctx = ws};
    ws->options = *options;
    ws->early.max = HANDSHAKE_MAX_HEAD + REFUSAL_BYTES;
    if (stream_open(&ws->options, url, deadline_ms, &ws->stream, err) < 0 ||
        shake_hands(ws, headers, protocols, deadline_ms, ret_refusal, err) < 0 ||
        frames_new(&transport, &ws->frames, err) < 0)
        return -1;
    *ret_ws = TAKE(ws);
    return 0;
}

void websocket_free(struct websocket *ws)
{
    if (!ws)
        return;
    frames_free(ws->frames);
    stream_free(ws->stream);
    buf_release(&ws->early);
    free(ws->protocol);
    free(ws);
}

const char *websocket_protocol(const struct websocket *ws)
{
    return ws->protocol;
}

static int report_fault(const struct websocket *ws, struct error **err)
{
    const char *place = stream_target(ws->stream)->place;
    if (frames_close_code(ws->frames) == 1009)
        return error_set(err, ERROR_REMOTE, "%s: a WebSocket message is larger than %zu bytes",
                         place, WEBSOCKET_MAX_MESSAGE);
    return error_set(err, ERROR_REMOTE, "%s: broke the WebSocket protocol", place);
}

static int wait_for_peer(struct websocket *ws, int64_t deadline_ms, struct error **err)
{
    short events = frames_wants_read(ws->frames) ? POLLIN : 0;
    if (frames_wants_write(ws->frames))
        events |= POLLOUT;
    return stream_wait(ws->stream, events, deadline_ms, err);
}

int websocket_receive(struct websocket *ws, int64_t deadline_ms, struct buf *out, bool *ret_binary,
                      int *ret_close_code, struct error **err)
{
    /* A peer that always has something to say must not keep its listener for ever. */
    if (stream_check(ws->stream, deadline_ms, err) < 0)
        return -1;
    for (;;) {
        if (frames_next(ws->frames, out, ret_binary))
            return 1;
        bool again = frames_pump(ws->frames);
        if (frames_next(ws->frames, out, ret_binary))
            return 1;
        switch (frames_state(ws->frames)) {
        case FRAMES_CLOSED:
            if (ret_close_code)
                *ret_close_code = frames_close_code(ws->frames);
            return 0;
        case FRAMES_BROKEN:
            return stream_lost(ws->stream, err);
        case FRAMES_FAULTY:
            return report_fault(ws, err);
        case FRAMES_OPEN:
            break;
        }
        /* A peer that never pauses must not outlast the deadline either. */
        if ((!again || clock_left_ms(deadline_ms) == 0 || cancel_is_set(ws->options.cancel)) &&
            wait_for_peer(ws, deadline_ms, err) < 0)
            return -1;
    }
}

int websocket_send(struct websocket *ws, const void *data, size_t len, bool binary,
                   struct error **err)
{
    int64_t deadline_ms = clock_now_ms() + SEND_TIMEOUT_MS;
    if (frames_queue(ws->frames, data, len, binary, err) < 0)
        return -1;
    for (;;) {
        (void)frames_pump(ws->frames);
        int sent = stream_flush(ws->stream);
        bool is_lost = sent < 0 || frames_state(ws->frames) == FRAMES_BROKEN;
        /* A peer that answers and closes at once may do so before the last of our words is out. */
        if (is_lost && frames_has_news(ws->frames))
            return 0;
        if (is_lost)
            return stream_lost(ws->stream, err);
        if (sent == 1 && !frames_wants_write(ws->frames))
            return 0;
        if (wait_for_peer(ws, deadline_ms, err) < 0)
            return -1;
    }
}
