/* WebSocket client (RFC 6455): handshake and TLS by libcurl (CURLOPT_CONNECT_ONLY), framing by
 * wslay. One thread at a time. */
#ifndef MESHCTL_NET_WEBSOCKET_H
#define MESHCTL_NET_WEBSOCKET_H

#include "meshctl/net/http.h"

struct websocket;

#define WEBSOCKET_MAX_MESSAGE ((size_t)32 * 1024 * 1024)

/* `url` is https:// or http://. `protocols` are offered in this order (may be NULL). When the
 * server answers with an HTTP status other than 101, the error is ERROR_REMOTE (401 and 403:
 * ERROR_DENIED) with http_status set and the body's first line, cleaned and cut, in the message;
 * `ret_refusal` (may be NULL, else zeroed by the caller and released by it) then gets that answer,
 * body and all. */
int websocket_open(const struct http_options *options, const char *url,
                   const struct strlist *headers, const struct strlist *protocols,
                   int64_t timeout_ms, struct websocket **ret_ws, struct http_response *ret_refusal,
                   struct error **err) MC_WARN_UNUSED;
/* The sub-protocol that the server chose, or ""; borrowed. */
const char *websocket_protocol(const struct websocket *ws);
/* Waits for the next message; fragments are joined, pings answered. Returns 1 with a message in
 * `out` (cleared first), 0 when the peer closed (*ret_close_code, may be NULL), -1 on error or when
 * deadline_ms (clock_now_ms) passes. */
int websocket_receive(struct websocket *ws, int64_t deadline_ms, struct buf *out, bool *ret_binary,
                      int *ret_close_code, struct error **err) MC_WARN_UNUSED;
/* 0 also when the peer has spoken and closed meanwhile: websocket_receive tells. */
int websocket_send(struct websocket *ws, const void *data, size_t len, bool binary,
                   struct error **err) MC_WARN_UNUSED;
/* Sends a close frame if it still can, without waiting for the answer. */
void websocket_free(struct websocket *ws);

MC_DEFINE_CLEANUP(websocket_cleanup, struct websocket, websocket_free);
#define AUTO_WEBSOCKET MC_CLEANUP(websocket_cleanup)

#endif
