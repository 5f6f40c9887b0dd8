/* What the messages of a port-forwarding carry (kubelet pkg/cri/streaming/portforward/websocket.go): a
 * channel's number, then bytes; of each channel the first two bytes are the port. Pure. */
#ifndef KUBE_FORWARD_CHANNEL_H
#define KUBE_FORWARD_CHANNEL_H

#include "meshctl/base/buf.h"

#define FORWARD_PROTOCOL "v4.channel.k8s.io"
#define FORWARD_MAX_ERROR ((size_t)2000) /* bytes that are kept of what the API server says */

enum forward_channel { FORWARD_DATA, FORWARD_ERROR, FORWARD_CHANNELS };

struct forward_channels {
    size_t port_bytes[FORWARD_CHANNELS]; /* seen so far */
    struct buf error_text;               /* what the API server says about the far end */
};
#define FORWARD_CHANNELS_INIT                                                                      \
    {                                                                                              \
        .error_text = {.max = FORWARD_MAX_ERROR }                                                  \
    }
void forward_channels_release(struct forward_channels *c);

/* What the far end said in a message, without what is before it; borrowed from the message. False when
 * there is nothing. */
bool forward_channels_take(struct forward_channels *c, const struct buf *message,
                           const char **ret_data, size_t *ret_len);

#endif
