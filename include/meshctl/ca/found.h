/* The signing CA of a cluster as it is there, read whole out of its objects. Pure: no cluster is
 * asked, nothing is changed. Private keys are looked at and not kept. */
#ifndef MESHCTL_CA_FOUND_H
#define MESHCTL_CA_FOUND_H

#include "meshctl/ca/problem.h"
#include "meshctl/ca/roots.h"
#include "meshctl/data/json.h"

/* Where istiod takes its CA from. */
enum ca_form {
    CA_FORM_NONE,  /* nowhere yet: istiod would make a root of its own at its first start */
    CA_FORM_ISTIO, /* Secret cacerts: ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem */
    CA_FORM_TLS,   /* Secret cacerts: tls.crt, tls.key, ca.crt (kubernetes.io/tls, cert-manager) */
    CA_FORM_OWN,   /* Secret istio-ca-secret: a root that istiod made itself */
    CA_FORM_OUTSIDE, /* another CA signs (istio-csr, a Kubernetes signer): istiod has no key */
};
/* "Secret cacerts", "Secret cacerts (kubernetes.io/tls)", ... */
const char *ca_form_text(enum ca_form form);

/* The objects as the API server gave them, or NULL where there is none; all borrowed. */
struct ca_found_input {
    const char *cluster; /* stands in texts and errors: "west" */
    const char *istio_namespace;
    const json_t *cacerts;   /* Secret cacerts */
    const json_t *own;       /* Secret istio-ca-secret */
    const json_t *root_cert; /* ConfigMap istio-ca-root-cert of any namespace: what is handed out */
    const json_t *crl;       /* ConfigMap istio-ca-crl: what is handed out; may always be NULL */
    const json_t *deployment; /* istiod's Deployment: its environment decides between the forms */
    const char *trust_domain; /* of the mesh; NULL: cluster.local */
    bool is_outside; /* proxies are told to ask another CA (caAddress): istiod's is not looked at */
};

struct ca_found {
    enum ca_form form;
    /* What istiod would trust: of CA_FORM_OUTSIDE and CA_FORM_NONE what is handed out. */
    struct ca_roots roots;
    /* What workloads have been given (ConfigMap istio-ca-root-cert); empty where it is not there. */
    struct ca_roots handed_out;
    bool has_crl; /* a CRL is handed out */
    /* Of the signing certificate; NULL and zero where there is none. */
    char *signer_fingerprint, *signer_subject, *signer_issuer;
    time_t signer_not_before, signer_not_after;
    size_t chain_count; /* certificates that a workload gets behind its own */
    bool key_fits;      /* the private key is the signing certificate's */
    struct ca_problems problems;
};

/* Fills *ret_found whatever the objects hold: what is wrong is in `problems`. */
void ca_found_read(const struct ca_found_input *input, struct ca_found *ret_found);
void ca_found_release(struct ca_found *found);
/* Whether istiod would start with it and others would trust what it signs. */
bool ca_found_is_usable(const struct ca_found *found);
/* 0 when it is usable; else ERROR_CHECK with the worst problem as message, hint and place. */
int ca_found_check(const struct ca_found *found, const struct ca_found_input *input,
                   struct error **err) MC_WARN_UNUSED;

#endif
