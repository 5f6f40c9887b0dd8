/* Keys and X.509 certificates, over OpenSSL 3. Keys never leave through errors or logs; PEM text of
 * a key is wiped by its owner (buf_release_secret). One thread at a time per object; different
 * objects in different threads are fine. */
#ifndef MESHCTL_PKI_CERT_H
#define MESHCTL_PKI_CERT_H

#include <stdbool.h>
#include <time.h>

#include "meshctl/base/buf.h"
#include "meshctl/base/cancel.h"
#include "meshctl/base/error.h"
#include "meshctl/base/strlist.h"

struct pki_key;
struct pki_cert;

#define PKI_MAX_PEM ((size_t)1024 * 1024) /* bytes of one PEM file */
#define PKI_MAX_CERTS 1024                /* certificates in one bundle; a system's has some 150 */

/* What a certificate shall say; filled from certs/NAME.yaml by the caller. */
struct pki_profile {
    unsigned key_bits;        /* RSA */
    unsigned days;            /* from now on, but never past the issuer's end */
    struct strlist subject;   /* "O=Istio", "CN=Root CA", "L=west-cluster": in this order; may be
                                 empty where there are alternative names */
    bool is_ca;               /* basicConstraints critical CA:TRUE, else CA:FALSE */
    int path_length;          /* -1: none */
    struct strlist key_usage; /* digitalSignature nonRepudiation keyEncipherment keyCertSign ... */
    bool key_usage_critical;
    struct strlist dns_names;     /* subjectAltName DNS: */
    struct strlist uris;          /* subjectAltName URI: */
    struct strlist ext_key_usage; /* serverAuth clientAuth */
};
void pki_profile_release(struct pki_profile *p);

int pki_key_new(unsigned rsa_bits, struct pki_key **ret_key, struct error **err) MC_WARN_UNUSED;
/* As pki_key_new, but gives up with ERROR_CANCELLED within milliseconds once `cancel` is set. */
int pki_key_new_unless(unsigned rsa_bits, struct cancel *cancel, struct pki_key **ret_key,
                       struct error **err) MC_WARN_UNUSED;
/* PKCS#8, PKCS#1 or EC, never encrypted. `name` stands in errors. */
int pki_key_read(const char *pem, size_t len, const char *name, struct pki_key **ret_key,
                 struct error **err) MC_WARN_UNUSED;
/* PKCS#8 "BEGIN PRIVATE KEY"; the buffer holds a secret. */
int pki_key_write(struct buf *out, const struct pki_key *key, struct error **err) MC_WARN_UNUSED;
void pki_key_free(struct pki_key *key);

/* Signs a certificate for `key`. issuer NULL: self-signed with its own key, else one that is a CA's,
 * belongs to issuer_key and is valid now (ERROR_INPUT). Extensions in the order
 * of Istio's tools/certs: subject key id (hash), authority key id only with an issuer, random
 * 159-bit serial, SHA-256. */
int pki_cert_issue(const struct pki_profile *profile, const struct pki_key *key,
                   const struct pki_cert *issuer, const struct pki_key *issuer_key,
                   struct pki_cert **ret_cert, struct error **err) MC_WARN_UNUSED;
/* Every CERTIFICATE block of a PEM text, in order; at least one, else ERROR_INPUT. The array is
 * freed with pki_certs_free. */
int pki_certs_read(const char *pem, size_t len, const char *name, struct pki_cert ***ret_certs,
                   size_t *ret_count, struct error **err) MC_WARN_UNUSED;
int pki_cert_write(struct buf *out, const struct pki_cert *cert, struct error **err) MC_WARN_UNUSED;
void pki_cert_free(struct pki_cert *cert);
void pki_certs_free(struct pki_cert **certs, size_t count);

/* SHA-256 of the DER, lower-case hex; yours to free. Compare these, never subjects (two roots made
 * by the same script have the same subject). */
char *pki_cert_fingerprint_dup(const struct pki_cert *cert);
/* "O=Istio, CN=Root CA"; yours to free. */
char *pki_cert_subject_dup(const struct pki_cert *cert);
char *pki_cert_issuer_dup(const struct pki_cert *cert);
/* Adds the alternative names: URIs as they are, DNS names behind "DNS:"; cleaned. */
void pki_cert_names(const struct pki_cert *cert, struct strlist *names);
time_t pki_cert_not_before(const struct pki_cert *cert);
time_t pki_cert_not_after(const struct pki_cert *cert);
bool pki_cert_is_ca(const struct pki_cert *cert);
/* basicConstraints CA:TRUE alone, Go's Certificate.IsCA: a key usage may still forbid to sign. */
bool pki_cert_says_ca(const struct pki_cert *cert);
/* Why what it vouches for can be forged, and NULL when it cannot: "its key is too short (RSA, 1024
 * bits)", "its signature is made with SHA1". Yours to free. The line is NIST's of 112 bits (SP
 * 800-57): RSA from 2048 bits on, curves from 224, SHA-2; of a self-signed certificate the signature
 * says nothing and does not count. Go takes RSA from 1024 bits on, so istiod does. */
char *pki_cert_weakness_dup(const struct pki_cert *cert);
char *pki_key_weakness_dup(const struct pki_key *key);
/* Without a key (NULL) it does not match. */
bool pki_cert_matches(const struct pki_cert *cert, const struct pki_key *key);
/* What a chain is asked to be good for: extended key usages that no certificate in it may rule out.
 * PKI_USE_PROXY: between proxies, both ways, which have OpenSSL's idea of the purposes of TLS (to
 * Go anyExtendedKeyUsage allows all, to them nothing). */
enum pki_use { PKI_USE_SERVER = 1, PKI_USE_CLIENT = 2, PKI_USE_PROXY = 4 };
/* Whether cert chains to one of `roots` through `untrusted` (arrays may be empty) now, for all of
 * `uses`. It has to be good by OpenSSL's rules, which those of Envoy's BoringSSL are akin to, and by
 * those of Go's crypto/x509: every given root is a trust anchor even when it is not self-signed;
 * SHA-1, RSA below 1024 bits, negative serial numbers, algorithms and critical extensions that Go
 * does not know are refused. ERROR_CHECK says which certificate failed and why. */
int pki_cert_verify(const struct pki_cert *cert, struct pki_cert *const *untrusted,
                    size_t untrusted_count, struct pki_cert *const *roots, size_t roots_count,
                    unsigned uses, struct error **err) MC_WARN_UNUSED;

MC_DEFINE_CLEANUP(pki_key_cleanup, struct pki_key, pki_key_free);
MC_DEFINE_CLEANUP(pki_cert_cleanup, struct pki_cert, pki_cert_free);

#endif
