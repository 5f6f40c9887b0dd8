/* A certificate as istiod and workloads show it, and its key. */
#ifndef LEAF_H
#define LEAF_H

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/base64.h"
#include "meshctl/data/json.h"
#include "meshctl/pki/cert.h"
#include "must.h"
#include "test_tls.h"

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

/* What a Secret holds under a key. */
static inline struct buf leaf_data(const json_t *secret, const char *key)
{
    struct buf bytes = BUF_INIT;
    const char *text = json_dig_str(secret, "data", key, NULL);
    assert_int_equal(base64_decode(&bytes, text, strlen(text)), 0);
    return bytes;
}

/* By the CA that a Secret cacerts holds. */
static inline struct leaf leaf_of_cacerts(const json_t *cacerts, const char *name)
{
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL;
    struct pki_cert **issuer = NULL;
    size_t count = 0;
    struct error *err = NULL;
    AUTO_BUF cert_pem = leaf_data(cacerts, "ca-cert.pem");
    AUTO_SECRET_BUF key_pem = leaf_data(cacerts, "ca-key.pem");
    must(pki_key_read(buf_str(&key_pem), key_pem.len, "ca-key.pem", &key, &err), &err);
    must(pki_certs_read(buf_str(&cert_pem), cert_pem.len, "ca-cert.pem", &issuer, &count, &err),
         &err);
    struct leaf leaf = leaf_new(issuer[0], key, name);
    pki_certs_free(issuer, count);
    return leaf;
}

/* Shows it at the far end of a port-forwarding. False, as a script of the fake API server. */
static inline bool leaf_show(const struct leaf *leaf, struct test_conn *conn,
                             const struct test_request *r, unsigned port)
{
    struct test_tls tls = {.chain_pem = leaf->chain_pem, .key_pem = leaf->key_pem};
    test_tls_forward(&tls, conn, r, port);
    buf_release(&tls.server_name);
    buf_release(&tls.protocols);
    return false;
}

#endif
