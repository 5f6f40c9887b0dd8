/* What is wrong with a signing CA, found before istiod finds it: each fault with what istiod does
 * about it. The faults are those of istiod 1.31 (pilot/pkg/bootstrap/istio_ca.go,
 * security/pkg/pki/ca/ca.go, security/pkg/pki/util/keycertbundle.go) and of Go's crypto/x509 below
 * it; tests/golden/ca holds istiod's own verdicts. */
#ifndef MESHCTL_CA_PROBLEM_H
#define MESHCTL_CA_PROBLEM_H

#include "meshctl/base/error.h"

enum ca_effect {
    CA_EFFECT_NOTE,      /* it works, for now */
    CA_EFFECT_OWN_ROOT,  /* istiod does not look at it and signs with a root of its own */
    CA_EFFECT_UNTRUSTED, /* istiod starts and signs, and others refuse what it signed */
    CA_EFFECT_REFUSED,   /* istiod does not start; one that runs keeps what it has */
};

enum ca_fault {
    CA_FAULT_EMPTY,      /* none of the files */
    CA_FAULT_INCOMPLETE, /* some of them */
    CA_FAULT_TWO_FORMS,  /* both forms: tls.crt wins, the other is not looked at */
    CA_FAULT_SIGNER,     /* the signing certificate does not parse */
    CA_FAULT_UNCHAINED,  /* it does not lead to a root */
    CA_FAULT_KEY,        /* the key does not parse */
    CA_FAULT_KEY_OTHER,  /* it is another certificate's */
    CA_FAULT_CRL,        /* ca-crl.pem does not parse, or lacks a CA of the chain */
    CA_FAULT_NOT_CA,     /* the signing certificate is no CA's */
    CA_FAULT_CHAIN_TIME, /* the first certificate of the chain has expired, or does not parse */
    CA_FAULT_LEAF,       /* what it signs does not verify */
    CA_FAULT_ROOT_LOST,  /* a certificate among the roots that istiod passes over */
    CA_FAULT_ENDS_SOON,
    CA_FAULT_GENERATED, /* the Secret is one that istiod made, under the name that is a person's */
    CA_FAULT_WEAK,      /* a key or a signature that can be forged */
    CA_FAULT_COUNT,
};

struct ca_problem {
    enum ca_fault fault;
    enum ca_effect effect;
    char *what;         /* what was found: "tls.key is not the key of tls.crt" */
    const char *istiod; /* what istiod does: "istiod does not start: ..." */
    const char *fix;    /* destroys no key */
};

/* Zeroed is the empty list. */
struct ca_problems {
    struct ca_problem *items;
    size_t count, cap;
};
void ca_problems_release(struct ca_problems *problems);
/* The gravest, of those the first; NULL when there is none. Borrowed. */
const struct ca_problem *ca_problems_worst(const struct ca_problems *problems);

#endif
