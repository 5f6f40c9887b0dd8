/* What a certificate says of itself. */
#include "meshctl/pki/cert.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "meshctl/base/text.h"
#include "meshctl/pki/digest.h"
#include "openssl.h"

char *pki_cert_fingerprint_dup(const struct pki_cert *cert)
{
    unsigned char *der = NULL;
    int len = i2d_X509(cert->x509, &der);
    char *hex = pki_digest_dup("SHA256", der, len < 0 ? 0 : (size_t)len);
    OPENSSL_free(der);
    return hex;
}

/* RFC 2253's escapes, but in the order of the certificate, UTF-8 left as it is. */
static char *name_dup(const X509_NAME *name)
{
    AUTO_BIO *bio = BIO_new(BIO_s_mem());
    unsigned long flags = (XN_FLAG_ONELINE & ~XN_FLAG_SPC_EQ & ~ASN1_STRFLGS_ESC_MSB);
    AUTO_BUF raw = BUF_INIT;
    if (bio && X509_NAME_print_ex(bio, name, 0, flags) >= 0)
        pki_bio_append(&raw, bio);
    ERR_clear_error();
    struct buf clean = BUF_INIT;
    text_append_clean(&clean, buf_str(&raw), raw.len);
    return buf_detach(&clean, NULL);
}

char *pki_cert_subject_dup(const struct pki_cert *cert)
{
    return name_dup(X509_get_subject_name(cert->x509));
}

char *pki_cert_issuer_dup(const struct pki_cert *cert)
{
    return name_dup(X509_get_issuer_name(cert->x509));
}

/* A value that is no text counts as an empty one, so that nothing is equal to it. */
char *pki_cert_locality_dup(const struct pki_cert *cert)
{
    const X509_NAME *name = X509_get_subject_name(cert->x509);
    int at = X509_NAME_get_index_by_NID(name, NID_localityName, -1);
    if (at < 0)
        return NULL;
    unsigned char *utf8 = NULL;
    struct buf clean = BUF_INIT;
    int len = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    ERR_clear_error();
    text_append_clean(&clean, len > 0 ? (const char *)utf8 : "", len > 0 ? (size_t)len : 0);
    OPENSSL_free(utf8);
    return buf_detach(&clean, NULL);
}

/* A time that does not parse counts as the epoch: expired, and valid from ever. */
static time_t unix_time(const ASN1_TIME *at)
{
    struct tm tm = {0};
    if (!ASN1_TIME_to_tm(at, &tm)) {
        ERR_clear_error();
        return 0;
    }
    return timegm(&tm);
}

time_t pki_cert_not_before(const struct pki_cert *cert)
{
    return unix_time(X509_get0_notBefore(cert->x509));
}

time_t pki_cert_not_after(const struct pki_cert *cert)
{
    return unix_time(X509_get0_notAfter(cert->x509));
}

bool pki_cert_is_ca(const struct pki_cert *cert)
{
    /* 1 is basicConstraints CA:TRUE with a key usage that allows it; the other positive answers are
     * old Netscape and version 1 rules, which Go (and so istiod) does not know. */
    return X509_check_ca(cert->x509) == 1;
}

bool pki_cert_matches(const struct pki_cert *cert, const struct pki_key *key)
{
    if (!key)
        return false;
    bool same = X509_check_private_key(cert->x509, key->pkey) == 1;
    ERR_clear_error();
    return same;
}
