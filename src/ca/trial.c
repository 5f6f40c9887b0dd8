/* The trial certificate: what it says is what istiod's genCertTemplateFromCSR
 * (security/pkg/pki/util/generate_cert.go) puts into a workload's. */
#include "trial.h"

#include "meshctl/pki/gox509.h"

/* Name constraints look at the trust domain alone, which is this one unless a mesh says otherwise. */
#define TRIAL_NAME "spiffe://cluster.local/ns/default/sa/default"

static struct pki_profile leaf_profile(void)
{
    struct pki_profile p = {.days = 1, .path_length = -1, .key_usage_critical = true};
    strlist_add(&p.uris, TRIAL_NAME);
    strlist_add(&p.key_usage, "digitalSignature");
    strlist_add(&p.key_usage, "keyEncipherment");
    strlist_add(&p.ext_key_usage, "serverAuth");
    strlist_add(&p.ext_key_usage, "clientAuth");
    return p;
}

int trial_leaf(const struct pki_cert *signer, const struct pki_key *key, struct trial_certs chain,
               struct trial_certs roots, struct error **err)
{
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = leaf_profile();
    MC_CLEANUP(pki_key_cleanup) struct pki_key *leaf_key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *leaf = NULL;
    if (gox509_key_new(GOX509_ECDSA_P256, &leaf_key, err) < 0 ||
        pki_cert_issue(&profile, leaf_key, signer, key, &leaf, err) < 0)
        return -1;
    return pki_cert_verify(leaf, chain.items, chain.count, roots.items, roots.count,
                           PKI_USE_SERVER | PKI_USE_CLIENT, err);
}
