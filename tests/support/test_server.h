/* An HTTP/1.1 server inside the test program: loopback only, a thread a connection, plain or TLS.
 * The handler writes the answer itself, so that it can misbehave in any way: cut the connection,
 * dribble, send chunks, lie about lengths, switch protocols.
 *
 * Bounded: a connection that neither sends nor takes anything for TEST_SERVER_IO_S is dropped, and
 * test_server_stop ends every wait at once. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/strlist.h"
#include "test_certs.h"

#define TEST_SERVER_IO_S 10
#define TEST_SERVER_MAX_CONNECTIONS 2048
#define TEST_SERVER_MAX_BODY ((size_t)64 * 1024 * 1024)

struct test_server;
struct test_conn;

struct test_request {
    char *method;
    char *target;           /* path and query as sent */
    struct strlist headers; /* "Name: value" */
    struct buf body;
    int connection; /* 0 for the first connection accepted, 1 for the next ... */
};
/* The value of a header, borrowed, or NULL. */
const char *test_request_header(const struct test_request *r, const char *name);

/* Called in the connection's thread, several at once for several connections. Returns whether the
 * connection stays open for a next request. */
typedef bool (*test_handler)(void *ctx, struct test_conn *conn, const struct test_request *request);

struct test_server_options {
    test_handler handler;
    void *ctx;
    const struct test_cert *cert; /* TLS when set; borrowed until stop */
    const char *client_ca_pem;    /* demands a client certificate of this authority */
};

/* Aborts the program when it cannot listen. */
struct test_server *test_server_start(const struct test_server_options *options);
/* Cuts every connection and joins every thread. NULL is fine. */
void test_server_stop(struct test_server *s);
/* "http://127.0.0.1:PORT" or https; borrowed. */
const char *test_server_url(const struct test_server *s);
int test_server_port(const struct test_server *s);
/* Connections accepted so far, and requests read. */
int test_server_connections(struct test_server *s);
int test_server_requests(struct test_server *s);

/* Each returns false when the peer is gone. */
bool test_conn_write(struct test_conn *c, const void *data, size_t len);
bool test_conn_printf(struct test_conn *c, const char *fmt, ...) MC_PRINTF(2, 3);
/* Status line, Content-Length and the body; `headers` is further lines, each with CRLF, or NULL. */
bool test_conn_reply(struct test_conn *c, int status, const char *headers, const char *body);
bool test_conn_reply_bytes(struct test_conn *c, int status, const char *headers, const void *body,
                           size_t len);
/* For Transfer-Encoding: chunked; an empty text is the last chunk. */
bool test_conn_chunk(struct test_conn *c, const char *text);
/* Reads exactly `len` bytes. */
bool test_conn_read(struct test_conn *c, void *data, size_t len);
/* Sleeps; false when the server is being stopped meanwhile. */
bool test_conn_pause(struct test_conn *c, int ms);
/* Resets the connection (RST), as a crashed peer does. */
void test_conn_reset(struct test_conn *c);

#endif
