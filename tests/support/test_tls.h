/* The server's half of a TLS handshake, over memory or at the far end of a port-forwarding. */
#ifndef TEST_TLS_H
#define TEST_TLS_H

#include <openssl/ssl.h>

#include "test_server.h"

struct test_tls {
    const char *chain_pem; /* the server's certificate first */
    const char *key_pem;
    bool wants_client; /* it demands a certificate, and refuses who has none */
    int max_version;   /* TLS1_2_VERSION; 0: the newest */
    /* What was asked for; cleared first. */
    struct buf server_name, protocols; /* of ALPN: "istio,h2" */
};

/* A server that waits for its first bytes. What is not as wanted aborts. */
SSL *test_tls_new(struct test_tls *t);
/* Takes what the client said and gives back what it is told; false when the server has turned it away. */
bool test_tls_step(SSL *ssl, const char *data, size_t len, struct buf *out);
void test_tls_free(SSL *ssl);

/* Accepts a port-forwarding and is the TLS server at that port, until the client has gone. */
void test_tls_forward(struct test_tls *t, struct test_conn *c, const struct test_request *r,
                      unsigned port);

#endif
