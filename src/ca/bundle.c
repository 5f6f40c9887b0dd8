/* istiod's checks of a signing CA, each in the words of what was found. They mirror createIstioCA
 * (pilot/pkg/bootstrap/istio_ca.go), NewPluggedCertIstioCAOptions and minTTL
 * (security/pkg/pki/ca/ca.go) and Verify (security/pkg/pki/util/keycertbundle.go). */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"
#include "trial.h"

#define SOON_SECONDS ((time_t)30 * 24 * 3600)

struct opened {
    struct pki_cert *signer;
    struct pki_key *key;
    struct trial_certs chain, roots;
};

static void opened_release(struct opened *o)
{
    pki_cert_free(o->signer);
    pki_key_free(o->key);
    pki_certs_free(o->chain.items, o->chain.count);
    pki_certs_free(o->roots.items, o->roots.count);
}

void bundle_facts_release(struct bundle_facts *facts)
{
    ca_roots_release(&facts->roots);
    free(facts->signer_fingerprint);
    free(facts->signer_subject);
    free(facts->signer_issuer);
    *facts = (struct bundle_facts){0};
}

/* checkCABundleCompleteness: whether there is something to check. */
static bool is_whole(const struct bundle *b, struct ca_problems *problems)
{
    const struct bundle_text *const parts[] = {&b->cert, &b->key, &b->chain, &b->root};
    AUTO_BUF missing = BUF_INIT;
    size_t there = 0;
    for (size_t i = 0; i < MC_ARRAY_LEN(parts); i++) {
        there += parts[i]->data != NULL;
        if (!parts[i]->data && !strstr(buf_str(&missing), parts[i]->name))
            buf_appendf(&missing, "%s%s", missing.len ? ", " : "", parts[i]->name);
    }
    if (there == 0)
        problem_add(problems, CA_FAULT_EMPTY, "there is none of %s", buf_str(&missing));
    else if (missing.len)
        problem_add(problems, CA_FAULT_INCOMPLETE, "%s is missing", buf_str(&missing));
    return there && !missing.len;
}

/* ParsePemEncodedCertificate, and for the signer tls.X509KeyPair: the first block. */
static int read_first(const struct bundle_text *text, struct pki_cert **ret_cert,
                      struct error **err)
{
    AUTO_GOPEM block = {0};
    if (!gopem_decode(text->data, text->len, &block))
        return error_set(err, ERROR_INPUT, "no certificate in PEM form");
    if (strcmp(buf_str(&block.type), "CERTIFICATE") != 0)
        return error_set(err, ERROR_INPUT, "the first block is no CERTIFICATE");
    return gox509_cert_read((const unsigned char *)buf_str(&block.der), block.der.len, ret_cert,
                            err);
}

static void open_signer(const struct bundle *b, struct opened *o, struct bundle_facts *facts,
                        struct ca_problems *problems)
{
    AUTO_ERROR struct error *why = NULL;
    if (read_first(&b->cert, &o->signer, &why) < 0) {
        problem_add(problems, CA_FAULT_SIGNER, "%s: %s", b->cert.name, why->message);
        return;
    }
    facts->signer_fingerprint = pki_cert_fingerprint_dup(o->signer);
    facts->signer_subject = pki_cert_subject_dup(o->signer);
    facts->signer_issuer = pki_cert_issuer_dup(o->signer);
    facts->signer_not_before = pki_cert_not_before(o->signer);
    facts->signer_not_after = pki_cert_not_after(o->signer);
}

static void open_roots(const struct bundle *b, struct opened *o, struct bundle_facts *facts,
                       struct ca_problems *problems)
{
    size_t passed_over = 0;
    gox509_certs_read(b->root.data, b->root.len, &o->roots.items, &o->roots.count, &passed_over);
    for (size_t i = 0; i < o->roots.count; i++)
        ca_roots_add(&facts->roots, o->roots.items[i]);
    if (passed_over)
        problem_add(problems, CA_FAULT_ROOT_LOST, "%s: %zu of %zu entries are no certificates",
                    b->root.name, passed_over, passed_over + o->roots.count);
}

static void check_chained(const struct bundle *b, const struct opened *o,
                          struct ca_problems *problems)
{
    AUTO_ERROR struct error *why = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *root = NULL;
    if (o->roots.count == 0 && read_first(&b->root, &root, &why) < 0)
        problem_add(problems, CA_FAULT_UNCHAINED, "%s holds no root certificate: %s", b->root.name,
                    why->message);
    else if (o->roots.count == 0)
        problem_add(problems, CA_FAULT_UNCHAINED, "%s holds no root certificate", b->root.name);
    else if (pki_cert_verify(o->signer, o->chain.items, o->chain.count, o->roots.items,
                             o->roots.count, PKI_USE_SERVER, &why) < 0)
        problem_add(problems, CA_FAULT_UNCHAINED, "%s does not lead to %s: %s", b->cert.name,
                    b->root.name, why->message);
}

static void check_key(const struct bundle *b, struct opened *o, struct bundle_facts *facts,
                      struct ca_problems *problems)
{
    AUTO_ERROR struct error *why = NULL;
    if (gox509_key_read(b->key.data, b->key.len, &o->key, &why) < 0) {
        problem_add(problems, CA_FAULT_KEY, "%s: %s", b->key.name, why->message);
        return;
    }
    facts->key_fits = o->signer && pki_cert_matches(o->signer, o->key);
    if (o->signer && !facts->key_fits)
        problem_add(problems, CA_FAULT_KEY_OTHER, "%s is not the key of %s", b->key.name,
                    b->cert.name);
}

/* An empty one counts as none. Of the chain, every block has to parse then. */
static void check_crl(const struct bundle *b, const struct opened *o, struct ca_problems *problems)
{
    AUTO_ERROR struct error *why = NULL;
    struct pki_cert **certs = NULL;
    size_t count = 0, passed_over = 0;
    if (!b->crl.data || b->crl.len == 0)
        return;
    gox509_certs_read(b->chain.data, b->chain.len, &certs, &count, &passed_over);
    pki_certs_free(certs, count);
    if (passed_over)
        problem_add(problems, CA_FAULT_CRL, "%s: an entry of %s is no certificate", b->crl.name,
                    b->chain.name);
    else if (gox509_crls_check(b->crl.data, b->crl.len, o->chain.items, o->chain.count, &why) < 0)
        problem_add(problems, CA_FAULT_CRL, "%s: %s", b->crl.name, why->message);
}

/* minTTL. */
static void check_chain_time(const struct bundle *b, struct ca_problems *problems)
{
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *first = NULL;
    AUTO_ERROR struct error *why = NULL;
    if (b->chain.len == 0)
        return;
    if (read_first(&b->chain, &first, &why) < 0) {
        problem_add(problems, CA_FAULT_CHAIN_TIME, "%s: %s", b->chain.name, why->message);
        return;
    }
    AUTO_FREE char *end = clock_rfc3339_dup(pki_cert_not_after(first));
    if (pki_cert_not_after(first) <= time(NULL))
        problem_add(problems, CA_FAULT_CHAIN_TIME, "the first certificate of %s has ended %s",
                    b->chain.name, end);
}

static void check_leaf(const struct bundle *b, const struct opened *o, struct ca_problems *problems)
{
    AUTO_ERROR struct error *why = NULL;
    const struct ca_problem *worst = ca_problems_worst(problems);
    if (worst && worst->effect == CA_EFFECT_REFUSED)
        return;
    if (trial_leaf(o->signer, o->key, o->chain, o->roots, b->trust_domain, &why) < 0)
        problem_add(problems, CA_FAULT_LEAF, "a certificate that %s signs does not verify: %s",
                    b->cert.name, why->message);
}

static void check_end(const struct bundle *b, const struct opened *o, struct ca_problems *problems)
{
    time_t now = time(NULL), end = pki_cert_not_after(o->signer);
    AUTO_FREE char *text = clock_rfc3339_dup(end);
    if (end > now && end - now < SOON_SECONDS)
        problem_add(problems, CA_FAULT_ENDS_SOON, "%s ends %s", b->cert.name, text);
}

static void check_strength(const struct pki_cert *cert, const char *file,
                           struct ca_problems *problems)
{
    AUTO_FREE char *weakness = pki_cert_weakness_dup(cert);
    AUTO_FREE char *subject = weakness ? pki_cert_subject_dup(cert) : NULL;
    if (weakness)
        problem_add(problems, CA_FAULT_WEAK, "%s: \"%s\": %s", file, subject, weakness);
}

static void check_strengths(const struct bundle *b, const struct opened *o,
                            struct ca_problems *problems)
{
    if (o->signer)
        check_strength(o->signer, b->cert.name, problems);
    for (size_t i = 0; i < o->roots.count && !b->is_own; i++)
        check_strength(o->roots.items[i], b->root.name, problems);
}

/* With what both are there for; the rest of the order is createIstioCA's. */
static void check_opened(const struct bundle *b, struct opened *o, struct bundle_facts *facts,
                         struct ca_problems *problems)
{
    if (!o->signer)
        return;
    check_chained(b, o, problems);
    check_key(b, o, facts, problems);
    check_crl(b, o, problems);
    if (!b->is_own && !pki_cert_says_ca(o->signer))
        problem_add(problems, CA_FAULT_NOT_CA, "%s is no CA certificate and cannot sign",
                    b->cert.name);
    check_chain_time(b, problems);
    check_leaf(b, o, problems);
    check_end(b, o, problems);
}

void bundle_check(const struct bundle *b, struct bundle_facts *ret_facts,
                  struct ca_problems *problems)
{
    MC_CLEANUP(opened_release) struct opened o = {0};
    bool whole = is_whole(b, problems);
    if (b->cert.data)
        open_signer(b, &o, ret_facts, problems);
    if (b->root.data)
        open_roots(b, &o, ret_facts, problems);
    if (b->chain.data)
        gox509_certs_read(b->chain.data, b->chain.len, &o.chain.items, &o.chain.count, NULL);
    ret_facts->chain_count = o.chain.count;
    check_strengths(b, &o, problems);
    if (whole)
        check_opened(b, &o, ret_facts, problems);
}
