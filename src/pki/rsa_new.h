/* New RSA keys of two primes. */
#ifndef PKI_RSA_NEW_H
#define PKI_RSA_NEW_H

#include "openssl.h"

/* A key of `bits` bits with the public exponent 65537: FIPS 186-5 A.1.3 (two probable primes that
 * are random themselves), as Go's crypto/rsa and OpenSSL 1.1 make them. The primes are OpenSSL's
 * own, from its DRBG and with its count of Miller-Rabin rounds. EVP_RSA_gen of OpenSSL 3 builds
 * each prime around two auxiliary ones (A.1.6) instead: no stronger at these sizes, and 2.4 times
 * the work, seconds for a mesh's three keys. ERROR_CANCELLED within milliseconds once `cancel` (NULL
 * is fine) is set. */
int rsa_new(unsigned bits, struct cancel *cancel, EVP_PKEY **ret_pkey, struct error **err)
    MC_WARN_UNUSED;

#endif
