/* Whether a chain of certificates holds up to a root. */
#include "meshctl/pki/cert.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

#include "openssl.h"

MC_DEFINE_CLEANUP(store_cleanup, X509_STORE, X509_STORE_free);
MC_DEFINE_CLEANUP(context_cleanup, X509_STORE_CTX, X509_STORE_CTX_free);

static void stack_cleanup(STACK_OF(X509) * *stack)
{
    sk_X509_free(*stack);
}

static int report(X509_STORE_CTX *ctx, const struct pki_cert *cert, struct error **err)
{
    /* The certificate at fault; the one asked about when the chain ended too early. */
    X509 *current = X509_STORE_CTX_get_current_cert(ctx);
    struct pki_cert blamed = {current ? current : cert->x509};
    AUTO_FREE char *subject = pki_cert_subject_dup(&blamed);
    AUTO_FREE char *issuer = pki_cert_issuer_dup(&blamed);
    int code = X509_STORE_CTX_get_error(ctx);
    ERR_clear_error();
    return error_set(err, ERROR_CHECK, "certificate \"%s\" (issuer \"%s\"): %s", subject, issuer,
                     X509_verify_cert_error_string(code));
}

/* Go's crypto/x509 is the yardstick, since istiod verifies with it: every given root is a trust
 * anchor even when it is not self-signed, and SHA-1 signatures are refused (auth level 1). */
int pki_cert_verify(const struct pki_cert *cert, struct pki_cert *const *untrusted,
                    size_t untrusted_count, struct pki_cert *const *roots, size_t roots_count,
                    struct error **err)
{
    MC_CLEANUP(store_cleanup) X509_STORE *store = X509_STORE_new();
    MC_CLEANUP(context_cleanup) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    MC_CLEANUP(stack_cleanup) STACK_OF(X509) *chain = sk_X509_new_null();
    bool ready = store && ctx && chain;
    for (size_t i = 0; i < roots_count && ready; i++)
        ready = X509_STORE_add_cert(store, roots[i]->x509);
    for (size_t i = 0; i < untrusted_count && ready; i++)
        ready = sk_X509_push(chain, untrusted[i]->x509) > 0;
    if (!ready || !X509_STORE_CTX_init(ctx, store, cert->x509, chain))
        return pki_openssl_error(err, ERROR_INTERNAL, "set up a verification");
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(param, 1);
    if (X509_verify_cert(ctx) != 1)
        return report(ctx, cert, err);
    return 0;
}
