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

void pki_cert_names(const struct pki_cert *cert, struct strlist *names)
{
    GENERAL_NAMES *found = X509_get_ext_d2i(cert->x509, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(found); i++) {
        int type;
        const ASN1_STRING *text = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(found, i), &type);
        AUTO_BUF name = BUF_INIT;
        if (type != GEN_URI && type != GEN_DNS)
            continue;
        buf_appends(&name, type == GEN_DNS ? "DNS:" : "");
        text_append_clean(&name, (const char *)ASN1_STRING_get0_data(text),
                          (size_t)ASN1_STRING_length(text));
        strlist_add(names, buf_str(&name));
    }
    GENERAL_NAMES_free(found);
    ERR_clear_error();
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

bool pki_cert_says_ca(const struct pki_cert *cert)
{
    return X509_get_extension_flags(cert->x509) & EXFLAG_CA;
}

bool pki_cert_matches(const struct pki_cert *cert, const struct pki_key *key)
{
    if (!key)
        return false;
    bool same = X509_check_private_key(cert->x509, key->pkey) == 1;
    ERR_clear_error();
    return same;
}

/* ---- strength -------------------------------------------------------------------------------- */

#define MIN_SECURITY_BITS 112

static char *weak_key_dup(const EVP_PKEY *pkey)
{
    if (pkey && EVP_PKEY_get_security_bits(pkey) >= MIN_SECURITY_BITS)
        return NULL;
    const char *type = pkey ? EVP_PKEY_get0_type_name(pkey) : NULL;
    return mem_printf("its key is too short (%s, %d bits)", type ? type : "of an unknown kind",
                      pkey ? EVP_PKEY_get_bits(pkey) : 0);
}

char *pki_key_weakness_dup(const struct pki_key *key)
{
    return weak_key_dup(key->pkey);
}

char *pki_cert_weakness_dup(const struct pki_cert *cert)
{
    int digest = NID_undef, bits = 0;
    char *weakness = weak_key_dup(X509_get0_pubkey(cert->x509));
    bool is_self_issued = X509_get_extension_flags(cert->x509) & EXFLAG_SI;
    if (!weakness && !is_self_issued &&
        X509_get_signature_info(cert->x509, &digest, NULL, &bits, NULL) == 1 &&
        bits < MIN_SECURITY_BITS)
        weakness = mem_printf("its signature is made with %s", OBJ_nid2sn(digest));
    ERR_clear_error();
    return weakness;
}
