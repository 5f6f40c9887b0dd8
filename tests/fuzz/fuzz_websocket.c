/* What a server may send over a WebSocket: the handshake's answer, then frames. The first byte says
 * in what portions the bytes come. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/net/frames.h"
#include "../../src/net/handshake.h"
#include "meshctl/net/websocket.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct wire {
    const uint8_t *data;
    size_t left;
    size_t portion;
    bool pause;
    bool clogged;
};

static ssize_t read_bytes(void *ctx, void *data, size_t len)
{
    struct wire *w = ctx;
    if (w->left == 0)
        return FRAMES_LOST;
    w->pause = !w->pause;
    if (w->pause)
        return FRAMES_BLOCKED;
    size_t n = len < w->portion ? len : w->portion;
    n = n < w->left ? n : w->left;
    memcpy(data, w->data, n);
    w->data += n;
    w->left -= n;
    return (ssize_t)n;
}

/* Takes a part now, nothing then, as a full socket does. */
static ssize_t write_bytes(void *ctx, const void *data, size_t len)
{
    struct wire *w = ctx;
    (void)data;
    w->clogged = !w->clogged;
    return w->clogged ? FRAMES_BLOCKED : (ssize_t)((len + 1) / 2);
}

static void run_frames(const uint8_t *data, size_t size)
{
    struct wire wire = {.data = data + 1, .left = size - 1, .portion = (size_t)data[0] + 1};
    struct frames_transport transport = {.read = read_bytes, .write = write_bytes, .ctx = &wire};
    struct frames *f;
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF message = BUF_INIT_MAX(WEBSOCKET_MAX_MESSAGE);
    if (frames_new(&transport, &f, &err) < 0)
        abort();
    /* Every other call moves bytes, and a message or an answer takes a few calls. */
    for (size_t turns = 0; frames_state(f) == FRAMES_OPEN; turns++) {
        if (turns > 16 * size + 64)
            abort();
        (void)frames_pump(f);
        while (frames_next(f, &message, NULL))
            if (message.overflow || message.len > size)
                abort();
    }
    if (frames_state(f) == FRAMES_CLOSED && frames_close_code(f) < 1000)
        abort();
    frames_free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    run_frames(data, size);
    struct handshake_answer answer;
    handshake_parse((const char *)data, size, &answer);
    /* Nobody guesses the key's answer. */
    if (!handshake_fault(&answer, "AAAAAAAAAAAAAAAAAAAAAA==", NULL))
        abort();
    handshake_answer_release(&answer);
    return 0;
}
