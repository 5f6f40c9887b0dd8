/* X.509v3 extensions as Istio's tools/certs order them: subject key id, basic constraints, key
 * usage, extended key usage, alternative names, authority key id. */
#ifndef PKI_ISSUE_H
#define PKI_ISSUE_H

#include <openssl/x509.h>

#include "meshctl/pki/cert.h"

#define PKI_MAX_NAMES 100

/* `value` is of the type that OpenSSL keeps for the extension. */
int pki_extension_add(X509 *x, int nid, void *value, bool critical, struct error **err)
    MC_WARN_UNUSED;
/* x must have its public key; `issuer` NULL: self-signed, then without authority key id. */
int pki_extensions_add(X509 *x, const struct pki_profile *profile, X509 *issuer, struct error **err)
    MC_WARN_UNUSED;

#endif
