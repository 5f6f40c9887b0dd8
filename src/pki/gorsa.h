/* RSA private keys as Go's crypto/x509 and crypto/rsa check them. */
#ifndef PKI_GORSA_H
#define PKI_GORSA_H

#include "goder.h"
#include "openssl.h"

/* x509.ParsePKCS1PrivateKey of fields that its struct has given; `der` is the whole. */
int gorsa_read(struct der der, const struct der_fields *fields, EVP_PKEY **ret_pkey,
               struct error **err) MC_WARN_UNUSED;
/* rsa.checkPrivateKey: that the numbers of a private key belong together; ERROR_INPUT. */
int gorsa_check(EVP_PKEY *pkey, struct error **err) MC_WARN_UNUSED;

#endif
