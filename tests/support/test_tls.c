#include "test_tls.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/mem.h"
#include "test_websocket.h"

static void must(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test TLS: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

static int note_protocols(SSL *ssl, const unsigned char **out, unsigned char *out_len,
                          const unsigned char *in, unsigned int len, void *arg)
{
    struct test_tls *t = arg;
    (void)ssl;
    (void)out;
    (void)out_len;
    buf_clear(&t->protocols);
    for (unsigned int i = 0; i < len; i += 1 + in[i]) {
        if (t->protocols.len)
            buf_appendc(&t->protocols, ',');
        buf_append(&t->protocols, in + i + 1, in[i]);
    }
    return SSL_TLSEXT_ERR_NOACK;
}

static int note_name(SSL *ssl, int *alert, void *arg)
{
    struct test_tls *t = arg;
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    (void)alert;
    buf_clear(&t->server_name);
    buf_appends(&t->server_name, name ? name : "");
    return SSL_TLSEXT_ERR_OK;
}

static void use_chain(SSL_CTX *context, const struct test_tls *t)
{
    BIO *chain = BIO_new_mem_buf(t->chain_pem, -1), *key = BIO_new_mem_buf(t->key_pem, -1);
    X509 *cert = PEM_read_bio_X509(chain, NULL, NULL, NULL);
    EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
    must(cert && pkey && SSL_CTX_use_certificate(context, cert) == 1 &&
             SSL_CTX_use_PrivateKey(context, pkey) == 1,
         "use a certificate");
    X509_free(cert);
    while ((cert = PEM_read_bio_X509(chain, NULL, NULL, NULL)))
        must(SSL_CTX_add_extra_chain_cert(context, cert) == 1, "add to a chain");
    ERR_clear_error();
    EVP_PKEY_free(pkey);
    BIO_free(chain);
    BIO_free(key);
}

SSL *test_tls_new(struct test_tls *t)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    must(context != NULL, "SSL_CTX_new");
    use_chain(context, t);
    SSL_CTX_set_alpn_select_cb(context, note_protocols, t);
    SSL_CTX_set_tlsext_servername_callback(context, note_name);
    SSL_CTX_set_tlsext_servername_arg(context, t);
    SSL_CTX_set_max_proto_version(context, t->max_version);
    if (t->wants_client)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL *ssl = SSL_new(context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    must(ssl && in && out, "SSL_new");
    BIO_set_mem_eof_return(in, -1);
    SSL_set_bio(ssl, in, out);
    SSL_set_accept_state(ssl);
    SSL_CTX_free(context);
    return ssl;
}

bool test_tls_step(SSL *ssl, const char *data, size_t len, struct buf *out)
{
    char *said;
    ERR_clear_error();
    must(len == 0 || BIO_write(SSL_get_rbio(ssl), data, (int)len) == (int)len, "BIO_write");
    int rc = SSL_do_handshake(ssl);
    int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl, rc);
    long n = BIO_get_mem_data(SSL_get_wbio(ssl), &said);
    buf_append(out, said, (size_t)n);
    (void)BIO_reset(SSL_get_wbio(ssl));
    ERR_clear_error();
    return why == SSL_ERROR_NONE || why == SSL_ERROR_WANT_READ;
}

void test_tls_free(SSL *ssl)
{
    SSL_free(ssl);
}

void test_tls_forward(struct test_tls *t, struct test_conn *c, const struct test_request *r,
                      unsigned port)
{
    SSL *ssl = test_tls_new(t);
    bool goes_on = test_ws_accept_forward(c, r, port);
    while (goes_on) {
        AUTO_BUF frame = BUF_INIT, out = BUF_INIT;
        int opcode;
        if (!test_ws_read(c, &opcode, &frame) || opcode != TEST_WS_BINARY || !frame.len)
            break;
        goes_on = test_tls_step(ssl, frame.data + 1, frame.len - 1, &out);
        if (out.len)
            test_ws_say(c, 0, out.data, out.len);
    }
    test_ws_send_close(c, 1000);
    test_tls_free(ssl);
}
