/* Keys and certificates as sprig 3.3 makes and reads them with Go 1.26's crypto/x509: the same DER,
 * the same PEM types, the same error texts (ERROR_INPUT, without any prefix). */
#ifndef MESHCTL_PKI_GOX509_H
#define MESHCTL_PKI_GOX509_H

#include <stdint.h>

#include "meshctl/pki/cert.h"

#define GOX509_MAX_RSA_BITS 16384 /* of a key that is read; OpenSSL's own limit */
#define GOX509_MAX_NAMES 10000    /* alternative names of one certificate */

enum gox509_key_type {
    GOX509_RSA_2048, /* what the gen*Cert functions use */
    GOX509_RSA_4096,
    GOX509_DSA_2048,
    GOX509_ECDSA_P256,
    GOX509_ED25519,
};
int gox509_key_new(enum gox509_key_type type, struct pki_key **ret_key, struct error **err)
    MC_WARN_UNUSED;
/* sprig crypto.go parsePrivateKeyPEM: the first PEM block of the text, "PRIVATE KEY" (PKCS#8) or
 * "RSA|EC|DSA PRIVATE KEY", checked as Go checks it. Never encrypted.
 * Of a DSA key its type alone is kept: it cannot be written. */
int gox509_key_read(const char *pem, size_t len, struct pki_key **ret_key, struct error **err)
    MC_WARN_UNUSED;
/* sprig crypto.go pemBlockForKey: PKCS#1, SEC 1, OpenSSL's DSA form or PKCS#8. `out` then holds a
 * secret. */
int gox509_key_write(struct buf *out, const struct pki_key *key, struct error **err) MC_WARN_UNUSED;

/* x509.ParseCertificate. */
int gox509_cert_read(const unsigned char *der, size_t len, struct pki_cert **ret_cert,
                     struct error **err) MC_WARN_UNUSED;

/* CertPool.AppendCertsFromPEM: the CERTIFICATE blocks without headers that Go parses, in order; the
 * others are passed over and counted (ret_passed_over may be NULL), and so is what is past
 * PKI_MAX_CERTS. The array, freed with pki_certs_free, may be empty. */
void gox509_certs_read(const char *pem, size_t len, struct pki_cert ***ret_certs, size_t *ret_count,
                       size_t *ret_passed_over);

/* Whether every certificate of `chain` has a CRL of its own in the PEM text, signed with its key: as
 * istiod's keycertbundle.go Verify asks with Go's RevocationList.CheckSignatureFrom, which wants the
 * key usage cRLSign where there is a key usage. Of certificates with one subject the last counts.
 * ERROR_CHECK says which one has none; a block that is no CRL is ERROR_CHECK, too. */
int gox509_crls_check(const char *pem, size_t len, struct pki_cert *const *chain,
                      size_t chain_count, struct error **err) MC_WARN_UNUSED;

struct gox509_text {
    const char *data; /* any bytes */
    size_t len;
};
struct gox509_ip {
    unsigned char octets[16];
    size_t len; /* 4 or 16 */
};
/* net.ParseIP; an IPv4 address mapped into IPv6 is an IPv4 address. */
bool gox509_ip_parse(const char *text, size_t len, struct gox509_ip *ret_ip);

/* What sprig's getBaseCertTemplate lets vary. */
struct gox509_template {
    struct gox509_text common_name; /* empty: an empty subject */
    const struct gox509_ip *ips;
    size_t ips_count;
    const struct gox509_text *dns_names;
    size_t dns_names_count;
    int64_t days; /* may be negative; Go's arithmetic of durations wraps around */
    bool is_ca;   /* with key usage keyCertSign and a subject key id */
    /* strconv.Quote, for the error about a DNS name that is not ASCII. */
    void (*quote)(struct buf *out, const char *s, size_t len);
};
/* x509.CreateCertificate: `key` is the subject's. Without an issuer (NULL) it is signed by itself,
 * and issuer_key is not looked at. */
int gox509_cert_issue(const struct gox509_template *template, const struct pki_key *key,
                      const struct pki_cert *issuer, const struct pki_key *issuer_key,
                      struct pki_cert **ret_cert, struct error **err) MC_WARN_UNUSED;

#endif
