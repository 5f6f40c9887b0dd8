/* What the files of this room share: the two objects, OpenSSL's error queue turned into ours, and
 * cleanup for OpenSSL's types. */
#ifndef PKI_OPENSSL_H
#define PKI_OPENSSL_H

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "meshctl/pki/cert.h"

struct pki_key {
    EVP_PKEY *pkey;
};

struct pki_cert {
    X509 *x509;
};

/* Sets *err to "MESSAGE: REASON" with the reasons of OpenSSL's queue (oldest first, the root
 * cause), and empties the queue: a leftover would be taken for the cause of the next failure.
 * Returns -1. */
int pki_openssl_error(struct error **err, enum error_kind kind, const char *fmt, ...)
    MC_PRINTF(3, 4);

/* A BIO that reads `len` bytes at `text`; ERROR_INPUT past PKI_MAX_PEM. */
int pki_bio_read(const char *text, size_t len, const char *name, BIO **ret_bio, struct error **err)
    MC_WARN_UNUSED;
/* Appends what a memory BIO holds. */
void pki_bio_append(struct buf *out, BIO *bio);

/* Bytes that a BIO over a text of `len` has read. */
size_t pki_bio_offset(BIO *bio, size_t len);
/* The line (1-based) at an offset. */
size_t pki_text_line(const char *text, size_t offset);

MC_DEFINE_CLEANUP(pki_bio_cleanup, BIO, BIO_free_all);
MC_DEFINE_CLEANUP(pki_x509_cleanup, X509, X509_free);
MC_DEFINE_CLEANUP(pki_pkey_cleanup, EVP_PKEY, EVP_PKEY_free);
#define AUTO_BIO MC_CLEANUP(pki_bio_cleanup) BIO
#define AUTO_X509 MC_CLEANUP(pki_x509_cleanup) X509
#define AUTO_PKEY MC_CLEANUP(pki_pkey_cleanup) EVP_PKEY

#endif
