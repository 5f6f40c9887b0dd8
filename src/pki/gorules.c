/* Go's crypto/x509 as the second judge of a chain: what its verify.go and parser.go refuse though
 * OpenSSL takes it. */
#include "gorules.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "meshctl/pki/gox509.h"
#include "openssl.h"

MC_DEFINE_CLEANUP(constraints_cleanup, NAME_CONSTRAINTS, NAME_CONSTRAINTS_free);

static int blame(X509 *x, const char *why, struct error **err)
{
    struct pki_cert cert = {x};
    AUTO_FREE char *subject = pki_cert_subject_dup(&cert);
    return error_set(err, ERROR_CHECK, "certificate \"%s\": %s", subject, why);
}

/* x509.ParseCertificate: negative serial numbers, curves that it does not know, and the like. */
static int check_reads(X509 *x, struct error **err)
{
    unsigned char *der = NULL;
    int len = i2d_X509(x, &der);
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *again = NULL;
    int rc = gox509_cert_read(der, len < 0 ? 0 : (size_t)len, &again, err);
    OPENSSL_free(der);
    if (rc == 0)
        return 0;
    struct pki_cert cert = {x};
    AUTO_FREE char *subject = pki_cert_subject_dup(&cert);
    (*err)->kind = ERROR_CHECK;
    return error_wrap(err, "certificate \"%s\"", subject);
}

/* signatureAlgorithmDetails, without those that are too weak for both. */
static bool knows_signature(X509 *x)
{
    int digest = NID_undef, key = NID_undef;
    uint32_t flags = 0;
    bool read = X509_get_signature_info(x, &digest, &key, NULL, &flags) == 1;
    bool is_sha2 = digest == NID_sha256 || digest == NID_sha384 || digest == NID_sha512;
    ERR_clear_error();
    switch (key) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_EC:
        return read && is_sha2;
    case EVP_PKEY_RSA_PSS: /* one digest all through, and a salt of its length */
        return read && is_sha2 && (flags & X509_SIG_INFO_TLS);
    default:
        return key == EVP_PKEY_ED25519;
    }
}

/* publicKeyAlgorithm: an RSA key that says it is for PSS alone is none that Go knows. */
static bool knows_key(X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    int type = key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE;
    ERR_clear_error();
    return type == EVP_PKEY_RSA || type == EVP_PKEY_EC || type == EVP_PKEY_ED25519;
}

static bool has_unknown_kind(STACK_OF(GENERAL_SUBTREE) * trees)
{
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); i++) {
        int type = sk_GENERAL_SUBTREE_value(trees, i)->base->type;
        if (type != GEN_DNS && type != GEN_URI && type != GEN_EMAIL && type != GEN_IPADD)
            return true;
    }
    return false;
}

/* parseNameConstraintsExtension: a critical one with another kind of name counts as an extension
 * that nobody handles. */
static int check_constraints(X509 *x, struct error **err)
{
    int critical = 0;
    MC_CLEANUP(constraints_cleanup)
    NAME_CONSTRAINTS *all = X509_get_ext_d2i(x, NID_name_constraints, &critical, NULL);
    ERR_clear_error();
    if (all && critical == 1 &&
        (has_unknown_kind(all->permittedSubtrees) || has_unknown_kind(all->excludedSubtrees)))
        return blame(x, "its critical name constraints are of a kind that Go does not know", err);
    return 0;
}

/* checkChainForKeyUsage. */
static int check_uses(X509 *x, unsigned uses, struct error **err)
{
    static const struct {
        unsigned use;
        uint32_t flag;
        const char *why;
    } rows[] = {
        {PKI_USE_SERVER, XKU_SSL_SERVER, "its extended key usage does not allow servers"},
        {PKI_USE_CLIENT, XKU_SSL_CLIENT, "its extended key usage does not allow clients"},
    };
    uint32_t allowed = X509_get_extended_key_usage(x); /* all bits without the extension */
    if (allowed & XKU_ANYEKU)
        return 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        if ((uses & rows[i].use) && !(allowed & rows[i].flag))
            return blame(x, rows[i].why, err);
    return 0;
}

int gorules_check_chain(STACK_OF(X509) * chain, unsigned uses, struct error **err)
{
    int count = sk_X509_num(chain);
    for (int i = 0; i < count; i++) {
        X509 *x = sk_X509_value(chain, i);
        if (check_reads(x, err) < 0 || check_constraints(x, err) < 0 ||
            check_uses(x, uses, err) < 0)
            return -1;
        if (i > 0 && !knows_key(x))
            return blame(
                x, "its key is of a kind that Go does not know (RSA, ECDSA and Ed25519 are)", err);
        if (i < count - 1 && !knows_signature(x))
            return blame(x, "its signature is of a kind that Go does not know", err);
    }
    return 0;
}
