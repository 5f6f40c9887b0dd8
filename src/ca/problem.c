/* The faults that a signing CA can have: what istiod does about each, and what a person can do. */
#include "problem.h"

#include <stdarg.h>
#include <stdlib.h>

#define KEEP "keep a copy of the Secret first (its key may be the only one); then "
#define STOPS "istiod does not start; one that runs goes on with what it had"

/* In the order of enum ca_fault. */
static const struct {
    enum ca_effect effect;
    const char *istiod, *fix;
} faults[CA_FAULT_COUNT] = {
    [CA_FAULT_EMPTY] = {CA_EFFECT_OWN_ROOT,
                        "istiod does not look at it and signs with a root that it makes itself",
                        "put a whole set into the Secret before istiod starts for the first time"},
    [CA_FAULT_INCOMPLETE] = {CA_EFFECT_REFUSED,
                             STOPS " (up to 1.26.0, without a key: it makes a root of its own)",
                             KEEP "complete it with the files that are missing"},
    [CA_FAULT_TWO_FORMS] = {CA_EFFECT_NOTE,
                            "istiod takes tls.crt, tls.key and ca.crt and looks at nothing else",
                            KEEP "leave only the form that is meant"},
    [CA_FAULT_SIGNER] = {CA_EFFECT_REFUSED, STOPS, KEEP "replace the certificate"},
    [CA_FAULT_UNCHAINED] = {CA_EFFECT_REFUSED, STOPS,
                            KEEP "let the root that the mesh trusts sign a certificate for that "
                                 "key that is valid now"},
    [CA_FAULT_KEY] = {CA_EFFECT_REFUSED, STOPS,
                      KEEP "put the signing certificate's key there: RSA, ECDSA or Ed25519, not "
                           "encrypted, in a file that begins with it"},
    [CA_FAULT_KEY_OTHER] = {CA_EFFECT_REFUSED, STOPS,
                            KEEP "put the key and the certificate there that belong together"},
    [CA_FAULT_CRL] = {CA_EFFECT_REFUSED, STOPS,
                      "give ca-crl.pem a CRL of every CA of the chain, or take ca-crl.pem out"},
    [CA_FAULT_NOT_CA] = {CA_EFFECT_REFUSED, STOPS,
                         KEEP "replace the certificate by one that may sign (CA:TRUE)"},
    [CA_FAULT_CHAIN_TIME] = {CA_EFFECT_REFUSED, STOPS,
                             KEEP "put a chain there that begins with the signing certificate and "
                                  "is valid"},
    [CA_FAULT_LEAF] = {CA_EFFECT_UNTRUSTED,
                       "istiod starts and signs, and proxies refuse what it signed",
                       KEEP "replace the certificate that is named, or complete the chain: it "
                            "begins with the signing certificate and leads to a root"},
    [CA_FAULT_ROOT_LOST] = {CA_EFFECT_NOTE,
                            "istiod passes over what does not parse among the roots, and hands the "
                            "others out",
                            "take it out, or write it as a certificate in PEM form"},
    [CA_FAULT_ENDS_SOON] = {CA_EFFECT_NOTE,
                            "istiod cuts what it signs to that time, and does not start after it",
                            "have a new certificate signed before that"},
    [CA_FAULT_GENERATED] = {CA_EFFECT_NOTE,
                            "istiod made this root itself; it takes the Secret as a person's where "
                            "USE_CACERTS_FOR_SELF_SIGNED_CA is not set",
                            "keep a copy of the Secret: the key exists nowhere else"},
    [CA_FAULT_WEAK] = {CA_EFFECT_NOTE,
                       "istiod takes it; who has the means can make certificates that the mesh "
                       "believes",
                       "make a root and intermediates with longer keys (RSA from 2048 bits on, "
                       "SHA-256), and have both roots trusted while certificates change over"},
};

void ca_problems_release(struct ca_problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        free(problems->items[i].what);
    free(problems->items);
    *problems = (struct ca_problems){0};
}

void problem_add(struct ca_problems *problems, enum ca_fault fault, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *what = mem_vprintf(fmt, ap);
    va_end(ap);
    problems->items =
        mem_grow(problems->items, &problems->cap, problems->count + 1, sizeof(*problems->items));
    problems->items[problems->count++] = (struct ca_problem){.fault = fault,
                                                             .effect = faults[fault].effect,
                                                             .what = what,
                                                             .istiod = faults[fault].istiod,
                                                             .fix = faults[fault].fix};
}

const struct ca_problem *ca_problems_worst(const struct ca_problems *problems)
{
    const struct ca_problem *worst = NULL;
    for (size_t i = 0; i < problems->count; i++)
        if (!worst || problems->items[i].effect > worst->effect)
            worst = &problems->items[i];
    return worst;
}
