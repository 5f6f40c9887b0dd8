/* Certificate revocation lists, as far as istiod looks at them: whose they are. */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"
#include "openssl.h"

MC_DEFINE_CLEANUP(crl_cleanup, X509_CRL, X509_CRL_free);

/* RevocationList.CheckSignatureFrom. A key usage that is not there has all bits. */
static bool is_signed_by(X509_CRL *crl, X509 *x)
{
    EVP_PKEY *key = X509_get0_pubkey(x);
    uint32_t flags = X509_get_extension_flags(x);
    bool is_signed = key && (flags & EXFLAG_CA) && (X509_get_key_usage(x) & KU_CRL_SIGN) &&
                     X509_CRL_verify(crl, key) == 1;
    ERR_clear_error();
    return is_signed;
}

/* Those behind it with the same subject stand for it. */
static bool is_replaced(struct pki_cert *const *chain, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++)
        if (X509_NAME_cmp(X509_get_subject_name(chain[i]->x509),
                          X509_get_subject_name(chain[at]->x509)) == 0)
            return true;
    return false;
}

static int check_all_covered(const bool *covered, struct pki_cert *const *chain, size_t count,
                             struct error **err)
{
    for (size_t i = 0; i < count; i++) {
        AUTO_FREE char *subject = pki_cert_subject_dup(chain[i]);
        if (!covered[i] && !is_replaced(chain, count, i))
            return error_set(err, ERROR_CHECK, "no CRL is signed by certificate \"%s\"", subject);
    }
    return 0;
}

int gox509_crls_check(const char *pem, size_t len, struct pki_cert *const *chain,
                      size_t chain_count, struct error **err)
{
    AUTO_FREE bool *covered = mem_array(chain_count + 1, sizeof(*covered));
    for (size_t count = 0; count < PKI_MAX_CERTS; count++) {
        AUTO_GOPEM block = {0};
        if (!gopem_next(&pem, &len, &block))
            break;
        const unsigned char *p = (const unsigned char *)buf_str(&block.der);
        MC_CLEANUP(crl_cleanup) X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)block.der.len);
        if (!crl)
            return pki_openssl_error(err, ERROR_CHECK, "block %zu is no CRL", count + 1);
        for (size_t i = 0; i < chain_count; i++)
            covered[i] = covered[i] || is_signed_by(crl, chain[i]->x509);
    }
    return check_all_covered(covered, chain, chain_count, err);
}
