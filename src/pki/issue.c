/* Signs a certificate by a profile. */
#include "meshctl/pki/cert.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "issue.h"
#include "meshctl/base/clock.h"
#include "openssl.h"

#define SERIAL_BITS 159 /* openssl's: 20 octets whose top bit is clear (RFC 5280 4.1.2.2) */
#define MAX_DAYS 36500
#define SECONDS_A_DAY 86400

void pki_profile_release(struct pki_profile *p)
{
    strlist_release(&p->subject);
    strlist_release(&p->key_usage);
    strlist_release(&p->dns_names);
    strlist_release(&p->uris);
    strlist_release(&p->ext_key_usage);
    memset(p, 0, sizeof(*p));
}

static int set_serial(X509 *x, struct error **err)
{
    BIGNUM *number = BN_new();
    bool done = number && BN_rand(number, SERIAL_BITS, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) &&
                BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x));
    BN_free(number);
    return done ? 0 : pki_openssl_error(err, ERROR_INTERNAL, "make a serial number");
}

/* What outlives its issuer is refused from that day on, and nothing in it says so. */
static int set_validity(X509 *x, unsigned days, const struct pki_cert *issuer, struct error **err)
{
    if (days < 1 || days > MAX_DAYS)
        return error_set(err, ERROR_INPUT, "a certificate lives 1 to %d days, not %u", MAX_DAYS,
                         days);
    time_t now = time(NULL);
    time_t end = now + (time_t)days * SECONDS_A_DAY;
    if (issuer && pki_cert_not_after(issuer) < end)
        end = pki_cert_not_after(issuer);
    if (!X509_time_adj_ex(X509_getm_notBefore(x), 0, 0, &now) ||
        !X509_time_adj_ex(X509_getm_notAfter(x), 0, 0, &end))
        return pki_openssl_error(err, ERROR_INTERNAL, "set the validity");
    return 0;
}

/* MBSTRING_UTF8 with OpenSSL's table gives UTF8String but where a type is prescribed (C), as
 * openssl req with utf8 = yes. */
static int set_subject(X509 *x, const struct pki_profile *profile, struct error **err)
{
    const struct strlist *subject = &profile->subject;
    X509_NAME *name = X509_get_subject_name(x);
    for (size_t i = 0; i < subject->count; i++) {
        const char *part = subject->items[i];
        const char *equals = strchr(part, '=');
        if (!equals || equals == part || !equals[1])
            return error_set(err, ERROR_INPUT, "subject part \"%s\" is not NAME=VALUE", part);
        AUTO_FREE char *key = mem_strndup(part, (size_t)(equals - part));
        if (!X509_NAME_add_entry_by_txt(name, key, MBSTRING_UTF8, (const unsigned char *)equals + 1,
                                        -1, -1, 0))
            return pki_openssl_error(err, ERROR_INPUT, "subject part \"%s\"", part);
    }
    if (subject->count == 0 && profile->dns_names.count == 0 && profile->uris.count == 0)
        return error_set(err, ERROR_INPUT, "a certificate needs a subject");
    return 0;
}

/* An issuer that relying parties would refuse is refused here, where it can still be put right. */
static int check_issuer(const struct pki_cert *issuer, const struct pki_key *issuer_key,
                        const struct pki_profile *profile, struct error **err)
{
    AUTO_FREE char *subject = pki_cert_subject_dup(issuer);
    if (!pki_cert_is_ca(issuer))
        return error_set(err, ERROR_INPUT, "certificate \"%s\" is no CA and cannot sign", subject);
    if (!pki_cert_matches(issuer, issuer_key))
        return error_set(err, ERROR_INPUT, "the private key does not belong to certificate \"%s\"",
                         subject);
    if (profile->is_ca && X509_get_pathlen(issuer->x509) == 0)
        return error_set(err, ERROR_INPUT,
                         "certificate \"%s\" may not sign other CAs (path length 0)", subject);
    if (pki_cert_not_after(issuer) < time(NULL))
        return error_set(err, ERROR_INPUT, "certificate \"%s\" has expired and cannot sign",
                         subject);
    AUTO_FREE char *begin = clock_rfc3339_dup(pki_cert_not_before(issuer));
    if (pki_cert_not_before(issuer) > time(NULL))
        return error_set(err, ERROR_INPUT,
                         "certificate \"%s\" is not valid before %s and cannot sign until then",
                         subject, begin);
    return 0;
}

/* Ed25519 and Ed448 hash inside; all others take the digest from us. */
static const EVP_MD *digest_for(EVP_PKEY *pkey)
{
    return EVP_PKEY_is_a(pkey, "ED25519") || EVP_PKEY_is_a(pkey, "ED448") ? NULL : EVP_sha256();
}

static int fill(X509 *x, const struct pki_profile *profile, const struct pki_key *key,
                const struct pki_cert *issuer, struct error **err)
{
    if (!X509_set_version(x, X509_VERSION_3) || !X509_set_pubkey(x, key->pkey))
        return pki_openssl_error(err, ERROR_INTERNAL, "start a certificate");
    if (set_serial(x, err) < 0 || set_validity(x, profile->days, issuer, err) < 0 ||
        set_subject(x, profile, err) < 0)
        return -1;
    X509 *parent = issuer ? issuer->x509 : x;
    if (!X509_set_issuer_name(x, X509_get_subject_name(parent)))
        return pki_openssl_error(err, ERROR_INTERNAL, "set the issuer");
    return pki_extensions_add(x, profile, issuer ? issuer->x509 : NULL, err);
}

int pki_cert_issue(const struct pki_profile *profile, const struct pki_key *key,
                   const struct pki_cert *issuer, const struct pki_key *issuer_key,
                   struct pki_cert **ret_cert, struct error **err)
{
    if (issuer && check_issuer(issuer, issuer_key, profile, err) < 0)
        return -1;
    AUTO_X509 *x = X509_new();
    if (!x)
        return pki_openssl_error(err, ERROR_INTERNAL, "start a certificate");
    if (fill(x, profile, key, issuer, err) < 0)
        return -1;
    EVP_PKEY *signer = issuer ? issuer_key->pkey : key->pkey;
    if (!X509_sign(x, signer, digest_for(signer)))
        return pki_openssl_error(err, ERROR_INTERNAL, "sign a certificate");
    struct pki_cert *cert = mem_zalloc(sizeof(*cert));
    cert->x509 = TAKE(x);
    *ret_cert = cert;
    return 0;
}
