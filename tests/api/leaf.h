/* A certificate as istiod and workloads show it, and its key. */
#ifndef LEAF_H
#define LEAF_H

#include <stdlib.h>
#include <string.h>

#include "meshctl/pki/cert.h"
#include "must.h"

struct leaf {
    char *chain_pem, *key_pem;
};

/* Of a name ("istiod.istio-system.svc") or a URI, for a day; the chain ends with the issuer. */
static inline struct leaf leaf_new(const struct pki_cert *issuer, const struct pki_key *issuer_key,
                                   const char *name)
{
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = {.days = 1};
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *cert = NULL;
    struct buf chain = BUF_INIT, key_text = BUF_INIT;
    struct error *err = NULL;
    strlist_add(strchr(name, ':') ? &profile.uris : &profile.dns_names, name);
    strlist_add(&profile.ext_key_usage, "serverAuth");
    strlist_add(&profile.ext_key_usage, "clientAuth");
    must(pki_key_new(2048, &key, &err), &err);
    must(pki_cert_issue(&profile, key, issuer, issuer_key, &cert, &err), &err);
    must(pki_cert_write(&chain, cert, &err), &err);
    must(pki_cert_write(&chain, issuer, &err), &err);
    must(pki_key_write(&key_text, key, &err), &err);
    return (struct leaf){buf_detach(&chain, NULL), buf_detach(&key_text, NULL)};
}

static inline void leaf_release(struct leaf *leaf)
{
    free(leaf->chain_pem);
    free(leaf->key_pem);
}

#endif
