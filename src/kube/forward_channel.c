/* Takes the messages of a port-forwarding apart. */
#include "forward_channel.h"

#define PORT_BYTES 2

void forward_channels_release(struct forward_channels *c)
{
    buf_release(&c->error_text);
}

bool forward_channels_take(struct forward_channels *c, const struct buf *message,
                           const char **ret_data, size_t *ret_len)
{
    unsigned char channel = message->len ? (unsigned char)message->data[0] : FORWARD_CHANNELS;
    if (channel >= FORWARD_CHANNELS)
        return false;
    size_t len = message->len - 1, port = PORT_BYTES - c->port_bytes[channel];
    size_t skipped = len < port ? len : port;
    c->port_bytes[channel] += skipped;
    *ret_data = message->data + 1 + skipped;
    *ret_len = len - skipped;
    if (channel == FORWARD_DATA)
        return *ret_len > 0;
    buf_append(&c->error_text, *ret_data, *ret_len);
    return false;
}
