/* What a server sends over a port-forwarding, the WebSocket's frames taken off: messages, each behind a byte
 * that says how long it is. However a channel's bytes are cut into messages, the same ones arrive. */
#include "../../src/kube/forward_channel.h"
#include "input.h"

#define PORT_BYTES 2

/* All bytes of one channel, put together. */
static void join(struct buf *out, unsigned char channel, const uint8_t *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t len = data[at] < size - at - 1 ? data[at] : size - at - 1;
        if (len && data[at + 1] == channel)
            buf_append(out, data + at + 2, len - 1);
        at += 1 + len;
    }
}

static void take_all(struct forward_channels *c, struct buf *arrived, const uint8_t *data,
                     size_t size)
{
    for (size_t at = 0; at < size;) {
        size_t len = data[at] < size - at - 1 ? data[at] : size - at - 1;
        AUTO_BUF message = BUF_INIT;
        const char *bytes;
        size_t count;
        buf_append(&message, data + at + 1, len);
        if (forward_channels_take(c, &message, &bytes, &count)) {
            if (!count)
                abort();
            buf_append(arrived, bytes, count);
        }
        at += 1 + len;
    }
}

static void check_same(const struct buf *arrived, const struct buf *sent, size_t max)
{
    size_t skipped = sent->len < PORT_BYTES ? sent->len : PORT_BYTES;
    size_t len = sent->len - skipped < max ? sent->len - skipped : max;
    if (arrived->len > len || (arrived->len < len && !arrived->overflow) ||
        (arrived->len && memcmp(arrived->data, sent->data + skipped, arrived->len) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct forward_channels c = FORWARD_CHANNELS_INIT;
    AUTO_BUF arrived = BUF_INIT, sent = BUF_INIT, said = BUF_INIT;
    take_all(&c, &arrived, data, size);
    join(&sent, FORWARD_DATA, data, size);
    join(&said, FORWARD_ERROR, data, size);
    check_same(&arrived, &sent, SIZE_MAX);
    check_same(&c.error_text, &said, FORWARD_MAX_ERROR);
    forward_channels_release(&c);
    return 0;
}
