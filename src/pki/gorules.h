/* What Go's crypto/x509 refuses in a chain and OpenSSL does not. */
#ifndef PKI_GORULES_H
#define PKI_GORULES_H

#include <openssl/x509.h>

#include "meshctl/pki/cert.h"

/* Certificate.Verify of Go 1.26 on a chain that OpenSSL built and took: the certificate first, its
 * trust anchor last. The anchor's own signature is not looked at, as in Go. ERROR_CHECK. */
int gorules_check_chain(STACK_OF(X509) * chain, unsigned uses, struct error **err) MC_WARN_UNUSED;

#endif
