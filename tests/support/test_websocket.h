/* The server's half of RFC 6455 for scripts of a test server: frame by frame, so that a script can
 * break the rules. */
#ifndef TEST_WEBSOCKET_H
#define TEST_WEBSOCKET_H

#include "test_server.h"

enum {
    TEST_WS_CONTINUATION = 0,
    TEST_WS_TEXT = 1,
    TEST_WS_BINARY = 2,
    TEST_WS_CLOSE = 8,
    TEST_WS_PING = 9,
    TEST_WS_PONG = 10,
    TEST_WS_FIN = 0x80,
};

/* The answer to a client's key; yours to free. */
char *test_ws_accept_dup(const char *key);
/* Answers 101; `protocol` NULL: none chosen. */
bool test_ws_accept(struct test_conn *c, const struct test_request *r, const char *protocol);
/* `first` is the frame's first byte: TEST_WS_FIN | opcode. */
bool test_ws_send(struct test_conn *c, int first, const void *data, size_t len);
bool test_ws_send_text(struct test_conn *c, int first, const char *text);
/* `code` 0: a close frame without one. */
bool test_ws_send_close(struct test_conn *c, int code);
/* Reads one frame; false at the end or when it is not masked, as a client's must be. */
bool test_ws_read(struct test_conn *c, int *ret_opcode, struct buf *out);

/* A message of a channel protocol of Kubernetes: the channel's number, then the data. */
bool test_ws_say(struct test_conn *c, char channel, const void *data, size_t len);
/* Accepts a port-forwarding (v4.channel.k8s.io) as the kubelet does: the first message of each channel is
 * the port. */
bool test_ws_accept_forward(struct test_conn *c, const struct test_request *r, unsigned port);
/* Accepts one and reads from it the HTTP
 * request that comes out at the pod's port, into `ret_asked` (cleared first). */
bool test_ws_forward(struct test_conn *c, const struct test_request *r, unsigned port,
                     struct buf *ret_asked);
/* Answers such a request with 200 and `body`, and closes. False, as a script ends. */
bool test_ws_answer(struct test_conn *c, const char *body);

#endif
