/* The trial certificate: what it says is what istiod's genCertTemplateFromCSR
 * (security/pkg/pki/util/generate_cert.go) puts into a workload's. */
#include "trial.h"

#include "meshctl/pki/gox509.h"

static struct pki_profile leaf_profile(const char *name)
{
    struct pki_profile p = {.days = 1, .path_length = -1, .key_usage_critical = true};
    strlist_add(&p.uris, name);
    strlist_add(&p.key_usage, "digitalSignature");
    strlist_add(&p.key_usage, "keyEncipherment");
    strlist_add(&p.ext_key_usage, "serverAuth");
    strlist_add(&p.ext_key_usage, "clientAuth");
    return p;
}

int trial_leaf(const struct pki_cert *signer, const struct pki_key *key, struct trial_certs chain,
               struct trial_certs roots, const char *trust_domain, struct error **err)
{
    AUTO_FREE char *name = mem_printf("spiffe://%s/ns/default/sa/default",
                                      trust_domain ? trust_domain : TRIAL_TRUST_DOMAIN);
    MC_CLEANUP(pki_profile_release) struct pki_profile profile = leaf_profile(name);
    MC_CLEANUP(pki_key_cleanup) struct pki_key *leaf_key = NULL;
    MC_CLEANUP(pki_cert_cleanup) struct pki_cert *leaf = NULL;
    if (gox509_key_new(GOX509_ECDSA_P256, &leaf_key, err) < 0 ||
        pki_cert_issue(&profile, leaf_key, signer, key, &leaf, err) < 0)
        return -1;
    if (pki_cert_verify(leaf, chain.items, chain.count, roots.items, roots.count,
                        PKI_USE_SERVER | PKI_USE_CLIENT | PKI_USE_PROXY, err) < 0)
        return error_wrap(err, "%s", name);
    return 0;
}
