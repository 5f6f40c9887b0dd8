/* A certificate as istiod would issue it to a workload, made and verified before anything depends on
 * its issuer. */
#ifndef CA_TRIAL_H
#define CA_TRIAL_H

#include "meshctl/pki/cert.h"

#define TRIAL_TRUST_DOMAIN "cluster.local" /* istiod's default */

/* Certificates; the array and they are their owner's. */
struct trial_certs {
    struct pki_cert **items;
    size_t count;
};

/* Whether the certificate of a workload of that trust domain (name constraints look at it; NULL: the
 * default) that `key` signs for `signer` leads through `chain` (what a
 * workload sends along) to one of `roots`, for servers and for clients. ERROR_INPUT when the signer
 * cannot sign, ERROR_CHECK when the result is refused. Milliseconds: its key is an ECDSA one. */
int trial_leaf(const struct pki_cert *signer, const struct pki_key *key, struct trial_certs chain,
               struct trial_certs roots, const char *trust_domain, struct error **err)
    MC_WARN_UNUSED;

#endif
