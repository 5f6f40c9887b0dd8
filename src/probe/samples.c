/* Whether the mesh's root is one that Istio publishes with its samples, keys and all. */
#include "samples.h"

#include "meshctl/probe/finding.h"
#include "trust.h"

/* SHA-256 of the roots in samples/certs of Istio's releases 1.0 to 1.30: root-cert.pem, and what
 * root-cert-alt.pem has been. Beside them lie intermediates with their keys. */
static const char *const fingerprints[] = {
    "63727a1785cab47acec5c24cc0669c20824e8ae1ac28079a4d2f8c830592e7b0",
    "11c9202c6be8ea5fcfb46d8591a8cf83b20eb97ade97234840851af8763ae428",
    "1313a3551fa1e93c912355c74152bb0c2c406f4f8bd437f343a144f468837a47",
    "e5cc551e468fd647ece496722755bf7a729adb6205b114cbd06b918ce2b4bb57",
};

void samples_check(struct probe *p)
{
    const struct ca_roots *roots = &probe_facts(p)->ca.roots;
    for (size_t i = 0; i < MC_ARRAY_LEN(fingerprints); i++)
        if (ca_roots_has(roots, fingerprints[i])) {
            finding_bad(p, "MC209", "a root whose keys nobody else has",
                        "root %.8s of Istio's samples/certs", fingerprints[i]);
            trust_fix_root(p);
        }
}
