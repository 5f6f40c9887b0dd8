/* Certificates from PEM texts, and written to them. */
#include "meshctl/pki/cert.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "openssl.h"

/* One block of a PEM text, as PEM_read_bio gives it. A block that is no certificate may
 * be a key. */
struct block {
    char *name, *header;
    unsigned char *data;
    long len;
};

static void block_release(struct block *b)
{
    OPENSSL_free(b->name);
    OPENSSL_free(b->header);
    OPENSSL_clear_free(b->data, b->data ? (size_t)b->len : 0);
    *b = (struct block){0};
}

static bool at_end(void)
{
    unsigned long code = ERR_peek_last_error();
    return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

static int add_certificate(const struct block *b, struct pki_cert ***certs, size_t *count,
                           size_t *cap, const char *name, struct error **err)
{
    if (*count == PKI_MAX_CERTS)
        return error_set(err, ERROR_INPUT, "%s holds more than %d certificates", name,
                         PKI_MAX_CERTS);
    const unsigned char *p = b->data;
    X509 *x = d2i_X509(NULL, &p, b->len);
    if (!x || p != b->data + b->len) {
        X509_free(x);
        return pki_openssl_error(err, ERROR_INPUT, "certificate %zu of %s does not parse",
                                 *count + 1, name);
    }
    *certs = mem_grow(*certs, cap, *count + 1, sizeof(**certs));
    (*certs)[*count] = mem_zalloc(sizeof(***certs));
    (*certs)[(*count)++]->x509 = x;
    return 0;
}

static int read_blocks(BIO *bio, const char *text, size_t text_len, const char *name,
                       struct pki_cert ***certs, size_t *count, struct error **err)
{
    size_t cap = 0;
    for (;;) {
        size_t offset = pki_bio_offset(bio, text_len);
        MC_CLEANUP(block_release) struct block b = {0};
        if (PEM_read_bio(bio, &b.name, &b.header, &b.data, &b.len) != 1) {
            if (at_end()) {
                ERR_clear_error();
                return 0;
            }
            size_t line = pki_text_line(text, offset);
            pki_openssl_error(err, ERROR_INPUT, "PEM block after line %zu of %s does not parse",
                              line, name);
            return error_where(err, "%s:%zu", name, line);
        }
        if (strcmp(b.name, PEM_STRING_X509) != 0 && strcmp(b.name, PEM_STRING_X509_OLD) != 0)
            continue;
        if (add_certificate(&b, certs, count, &cap, name, err) < 0)
            return error_where(err, "%s:%zu", name, pki_text_line(text, offset));
    }
}

int pki_certs_read(const char *pem, size_t len, const char *name, struct pki_cert ***ret_certs,
                   size_t *ret_count, struct error **err)
{
    AUTO_BIO *bio = NULL;
    if (pki_bio_read(pem, len, name, &bio, err) < 0)
        return -1;
    struct pki_cert **certs = NULL;
    size_t count = 0;
    int rc = read_blocks(bio, pem, len, name, &certs, &count, err);
    if (rc == 0 && count == 0) {
        error_set(err, ERROR_INPUT, "%s holds no certificate in PEM form", name);
        rc = error_where(err, "%s", name);
    }
    if (rc < 0) {
        pki_certs_free(certs, count);
        return -1;
    }
    *ret_certs = certs;
    *ret_count = count;
    return 0;
}

int pki_cert_write(struct buf *out, const struct pki_cert *cert, struct error **err)
{
    AUTO_BIO *bio = BIO_new(BIO_s_mem());
    if (!bio || !PEM_write_bio_X509(bio, cert->x509))
        return pki_openssl_error(err, ERROR_INTERNAL, "write a certificate");
    pki_bio_append(out, bio);
    return 0;
}

void pki_cert_free(struct pki_cert *cert)
{
    if (!cert)
        return;
    X509_free(cert->x509);
    free(cert);
}

void pki_certs_free(struct pki_cert **certs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pki_cert_free(certs[i]);
    free(certs);
}
