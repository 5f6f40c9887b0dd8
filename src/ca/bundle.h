/* The files of a signing CA as istiod reads them, and what it would say. */
#ifndef CA_BUNDLE_H
#define CA_BUNDLE_H

#include "meshctl/ca/roots.h"
#include "problem.h"

/* One file; `data` NULL: it is not there. Borrowed, any bytes. */
struct bundle_text {
    const char *name;
    const char *data;
    size_t len;
};

struct bundle {
    struct bundle_text cert, key, root;
    struct bundle_text chain; /* of the form tls.crt: tls.crt and ca.crt in a row */
    struct bundle_text crl;
    /* istiod's own root (Secret istio-ca-secret): no chain, and what may be missing may be. */
    bool is_own;
    const char *trust_domain; /* of the workloads; NULL: istiod's default */
};

/* What is in it, as far as it can be read. Zeroed before. */
struct bundle_facts {
    struct ca_roots roots;
    char *signer_fingerprint, *signer_subject, *signer_issuer;
    time_t signer_not_before, signer_not_after;
    size_t chain_count;
    bool key_fits;
};
void bundle_facts_release(struct bundle_facts *facts);

/* Reads and checks in the order of createIstioCA: whole, certificate, chain, key, CRL, CA, time; and
 * then what it would sign, tried with a workload's certificate. */
void bundle_check(const struct bundle *b, struct bundle_facts *ret_facts,
                  struct ca_problems *problems);

#endif
