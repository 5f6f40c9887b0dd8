/* EC private keys as Go's crypto/x509 and crypto/ecdsa read them. */
#ifndef PKI_GOEC_H
#define PKI_GOEC_H

#include "goder.h"
#include "openssl.h"

/* x509.namedCurveFromOID: P-224, P-256, P-384 and P-521. */
bool goec_has_curve(struct der oid);
/* x509.parseECPrivateKey of fields that its struct has given. `curve_oid` is PKCS#8's (its body),
 * empty when there is none: then the key names its curve itself. A public key beside the private
 * one is not looked at. */
int goec_read(const struct der_fields *fields, struct der curve_oid, EVP_PKEY **ret_pkey,
              struct error **err) MC_WARN_UNUSED;

#endif
