/* Whether a certificate leads to a root, by the rules of both judges: OpenSSL and Go. */
#include "meshctl/pki/cert.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "gorules.h"
#include "openssl.h"

MC_DEFINE_CLEANUP(store_cleanup, X509_STORE, X509_STORE_free);
MC_DEFINE_CLEANUP(context_cleanup, X509_STORE_CTX, X509_STORE_CTX_free);

static void stack_cleanup(STACK_OF(X509) * *stack)
{
    sk_X509_free(*stack);
}

/* In words of their own where the library's are for those who know RFC 5280. */
static const char *reason_of(int code)
{
    switch (code) {
    case X509_V_ERR_PERMITTED_VIOLATION:
        return "its names are none that the name constraints of an issuer permit";
    case X509_V_ERR_EXCLUDED_VIOLATION:
        return "the name constraints of an issuer exclude one of its names";
    default:
        return X509_verify_cert_error_string(code);
    }
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
                     reason_of(code));
}

/* By OpenSSL's rules. PARTIAL_CHAIN: every root is a trust anchor. Auth level 1: no SHA-1, no RSA
 * below 1024 bits. `purpose` 0: for anything. `uses` are Go's, 0: Go is not asked. */
static int verify(const struct pki_cert *cert, STACK_OF(X509) * untrusted, X509_STORE *roots,
                  int purpose, unsigned uses, struct error **err)
{
    MC_CLEANUP(context_cleanup) X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    if (!ctx || !X509_STORE_CTX_init(ctx, roots, cert->x509, untrusted) ||
        (purpose && !X509_STORE_CTX_set_purpose(ctx, purpose)))
        return pki_openssl_error(err, ERROR_INTERNAL, "set up a verification");
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_auth_level(param, 1);
    if (X509_verify_cert(ctx) != 1)
        return report(ctx, cert, err);
    return uses ? gorules_check_chain(X509_STORE_CTX_get0_chain(ctx), uses, err) : 0;
}

int pki_cert_verify(const struct pki_cert *cert, struct pki_cert *const *untrusted,
                    size_t untrusted_count, struct pki_cert *const *roots, size_t roots_count,
                    unsigned uses, struct error **err)
{
    MC_CLEANUP(store_cleanup) X509_STORE *store = X509_STORE_new();
    MC_CLEANUP(stack_cleanup) STACK_OF(X509) *chain = sk_X509_new_null();
    bool ready = store && chain;
    for (size_t i = 0; i < roots_count && ready; i++)
        ready = X509_STORE_add_cert(store, roots[i]->x509);
    for (size_t i = 0; i < untrusted_count && ready; i++)
        ready = sk_X509_push(chain, untrusted[i]->x509) > 0;
    if (!ready)
        return pki_openssl_error(err, ERROR_INTERNAL, "set up a verification");
    if (verify(cert, chain, store, 0, uses & (PKI_USE_SERVER | PKI_USE_CLIENT), err) < 0)
        return -1;
    if (!(uses & PKI_USE_PROXY))
        return 0;
    return verify(cert, chain, store, X509_PURPOSE_SSL_SERVER, 0, err) < 0
               ? -1
               : verify(cert, chain, store, X509_PURPOSE_SSL_CLIENT, 0, err);
}
