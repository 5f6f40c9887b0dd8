/* A handshake over memory, for the sake of the certificates that the other side shows. */
#include "meshctl/pki/tls_look.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

#include "openssl.h"

struct tls_look {
    SSL_CTX *context;
    SSL *ssl;
    BIO *from_server, *to_server; /* the SSL's */
    X509 *chain[TLS_LOOK_MAX_CHAIN];
    size_t count;
};

/* In the place of a verification: keeps what was shown. */
static int take_chain(X509_STORE_CTX *shown, void *arg)
{
    struct tls_look *look = arg;
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(shown);
    for (int i = 0; i < sk_X509_num(chain) && look->count < TLS_LOOK_MAX_CHAIN; i++) {
        X509 *cert = sk_X509_value(chain, i);
        if (X509_up_ref(cert))
            look->chain[look->count++] = cert;
    }
    return 1;
}

static bool set_up(struct tls_look *look, const char *server_name, const char *protocols)
{
    size_t len = protocols ? strlen(protocols) : 0;
    look->context = SSL_CTX_new(TLS_client_method());
    if (!look->context)
        return false;
    SSL_CTX_set_cert_verify_callback(look->context, take_chain, look);
    SSL_CTX_set_verify(look->context, SSL_VERIFY_PEER, NULL);
    look->ssl = SSL_new(look->context);
    look->from_server = BIO_new(BIO_s_mem());
    look->to_server = BIO_new(BIO_s_mem());
    if (!look->ssl || !look->from_server || !look->to_server) {
        BIO_free(look->from_server);
        BIO_free(look->to_server);
        return false;
    }
    /* What is not there yet is to be waited for, and no end. */
    BIO_set_mem_eof_return(look->from_server, -1);
    SSL_set_bio(look->ssl, look->from_server, look->to_server);
    SSL_set_connect_state(look->ssl);
    return (!*server_name || SSL_set_tlsext_host_name(look->ssl, server_name) == 1) &&
           (!len || SSL_set_alpn_protos(look->ssl, (const unsigned char *)protocols,
                                        (unsigned int)len) == 0);
}

int tls_look_new(const char *server_name, const char *protocols, struct tls_look **ret_look,
                 struct error **err)
{
    MC_CLEANUP(tls_look_cleanup) struct tls_look *look = mem_zalloc(sizeof(*look));
    if (!set_up(look, server_name, protocols))
        return pki_openssl_error(err, ERROR_INTERNAL, "begin TLS");
    *ret_look = TAKE(look);
    return 0;
}

int tls_look_step(struct tls_look *look, const char *data, size_t len, struct buf *out,
                  bool *ret_done, struct error **err)
{
    if (len && BIO_write(look->from_server, data, (int)len) != (int)len)
        return pki_openssl_error(err, ERROR_INTERNAL, "take %zu bytes of TLS", len);
    ERR_clear_error();
    int rc = SSL_do_handshake(look->ssl);
    int why = rc == 1 ? SSL_ERROR_NONE : SSL_get_error(look->ssl, rc);
    pki_bio_append(out, look->to_server);
    (void)BIO_reset(look->to_server);
    *ret_done = why == SSL_ERROR_NONE;
    if (why == SSL_ERROR_NONE || why == SSL_ERROR_WANT_READ)
        return 0;
    return pki_openssl_error(err, ERROR_REMOTE, "no TLS handshake");
}

bool tls_look_has_chain(const struct tls_look *look)
{
    return look->count > 0;
}

int tls_look_chain(const struct tls_look *look, struct buf *out, struct error **err)
{
    ERR_clear_error();
    AUTO_BIO *bio = BIO_new(BIO_s_mem());
    for (size_t i = 0; bio && i < look->count; i++)
        if (!PEM_write_bio_X509(bio, look->chain[i]))
            break;
    if (!bio || ERR_peek_error())
        return pki_openssl_error(err, ERROR_INTERNAL, "write certificates");
    pki_bio_append(out, bio);
    return 0;
}

void tls_look_free(struct tls_look *look)
{
    if (!look)
        return;
    for (size_t i = 0; i < look->count; i++)
        X509_free(look->chain[i]);
    SSL_free(look->ssl); /* and its BIOs */
    SSL_CTX_free(look->context);
    free(look);
}
