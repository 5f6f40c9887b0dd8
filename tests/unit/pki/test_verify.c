/* Chains that Go's crypto/x509 (and so istiod) accepts and refuses. */
#include "support.h"

static struct {
    struct pki_key *root_key, *other_key, *key;
    struct pki_cert *root, *other_root, *intermediate, *leaf;
} w;

static int world_setup(void **state)
{
    AUTO_PROFILE root = root_profile();
    AUTO_PROFILE intermediate = intermediate_profile("west-cluster");
    AUTO_PROFILE leaf = {.days = 1};
    strlist_add(&leaf.subject, "CN=leaf");
    w.root_key = new_key(2048);
    w.other_key = new_key(2048);
    w.key = new_key(2048);
    w.root = issue(&root, w.root_key, NULL, NULL);
    w.other_root = issue(&root, w.other_key, NULL, NULL);
    w.intermediate = issue(&intermediate, w.key, w.root, w.root_key);
    w.leaf = issue(&leaf, w.other_key, w.intermediate, w.key);
    return folder_setup(state);
}

static int world_teardown(void **state)
{
    pki_cert_free(w.leaf);
    pki_cert_free(w.intermediate);
    pki_cert_free(w.other_root);
    pki_cert_free(w.root);
    pki_key_free(w.key);
    pki_key_free(w.other_key);
    pki_key_free(w.root_key);
    return folder_teardown(state);
}

static void good_chains(void **state)
{
    (void)state;
    struct pki_cert *roots[] = {w.other_root, w.root}, *through[] = {w.root, w.intermediate};
    struct error *err = NULL;
    must(pki_cert_verify(w.intermediate, NULL, 0, roots, 2, PKI_USE_SERVER, &err), &err);
    must(pki_cert_verify(w.leaf, through, 2, roots, 2, PKI_USE_SERVER, &err), &err);
    must(pki_cert_verify(w.root, NULL, 0, roots, 2, PKI_USE_SERVER, &err), &err);
    /* A trust anchor need not be self-signed. */
    must(pki_cert_verify(w.leaf, NULL, 0, &w.intermediate, 1, PKI_USE_SERVER, &err), &err);
}

static void missing_intermediate(void **state)
{
    (void)state;
    struct error *err = NULL;
    expect_error(
        pki_cert_verify(w.leaf, NULL, 0, &w.root, 1, PKI_USE_SERVER, &err), &err, ERROR_CHECK,
        "certificate \"CN=leaf\" (issuer \"O=Istio, CN=Intermediate CA, L=west-cluster\"): "
        "unable to get local issuer certificate");
}

/* Two roots by the same script have the same subject; only the signature tells them apart. */
static void other_root_of_same_name(void **state)
{
    (void)state;
    struct error *err = NULL;
    expect_error(pki_cert_verify(w.intermediate, NULL, 0, &w.other_root, 1, PKI_USE_SERVER, &err),
                 &err, ERROR_CHECK, "CN=Intermediate CA");
    AUTO_FREE char *a = pki_cert_fingerprint_dup(w.root);
    AUTO_FREE char *b = pki_cert_fingerprint_dup(w.other_root);
    assert_string_not_equal(a, b);
}

static void no_roots(void **state)
{
    (void)state;
    struct error *err = NULL;
    expect_error(pki_cert_verify(w.root, NULL, 0, NULL, 0, PKI_USE_SERVER, &err), &err, ERROR_CHECK,
                 "self");
}

static struct pki_cert *made_by_openssl(const char *const *argv, const char *path)
{
    free(run_dup(argv));
    AUTO_FREE char *pem = read_dup(path);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    must(pki_certs_read(pem, strlen(pem), path, &certs, &count, &err), &err);
    struct pki_cert *cert = TAKE(certs[0]);
    pki_certs_free(certs, 1);
    return cert;
}

/* pki_cert_issue makes neither, so the openssl program does: expired, and signed with SHA-1. */
static void expired_and_weak(void **state)
{
    (void)state;
    AUTO_SECRET_BUF key = BUF_INIT;
    struct error *err = NULL;
    must(pki_key_write(&key, w.root_key, &err), &err);
    AUTO_FREE char *root_pem = cert_pem_dup(w.root);
    AUTO_FREE char *key_path = save_dup("key.pem", buf_str(&key));
    AUTO_FREE char *root_path = save_dup("root.pem", root_pem), *csr = path_dup("x.csr");
    AUTO_FREE char *out = path_dup("x.pem");
    free(RUN_DUP("openssl", "req", "-new", "-key", key_path, "-subj", "/CN=old", "-out", csr));
    const char *expired[] = {"openssl", "x509",   "-req",  "-in", csr,    "-CA", root_path,
                             "-CAkey",  key_path, "-days", "-1",  "-out", out,   NULL};
    AUTO_CERT *old = made_by_openssl(expired, out);
    expect_error(pki_cert_verify(old, NULL, 0, &w.root, 1, PKI_USE_SERVER, &err), &err, ERROR_CHECK,
                 "\"CN=old\" (issuer \"O=Istio, CN=Root CA\"): certificate has expired");
    const char *sha1[] = {"openssl", "x509",   "-req",  "-in",  csr, "-CA", root_path,
                          "-CAkey",  key_path, "-sha1", "-out", out, NULL};
    AUTO_CERT *weak = made_by_openssl(sha1, out);
    expect_error(pki_cert_verify(weak, NULL, 0, &w.root, 1, PKI_USE_SERVER, &err), &err,
                 ERROR_CHECK, "too weak");
}

static void leaf_cannot_be_issuer(void **state)
{
    (void)state;
    AUTO_SECRET_BUF key = BUF_INIT;
    struct error *err = NULL;
    must(pki_key_write(&key, w.other_key, &err), &err);
    AUTO_FREE char *leaf_pem = cert_pem_dup(w.leaf);
    AUTO_FREE char *key_path = save_dup("l-key.pem", buf_str(&key));
    AUTO_FREE char *leaf_path = save_dup("l.pem", leaf_pem), *csr = path_dup("l.csr");
    AUTO_FREE char *out = path_dup("l-out.pem");
    free(RUN_DUP("openssl", "req", "-new", "-key", key_path, "-subj", "/CN=forged", "-out", csr));
    const char *argv[] = {"openssl", "x509",   "-req",   "-in",  csr, "-CA",
                          leaf_path, "-CAkey", key_path, "-out", out, NULL};
    AUTO_CERT *forged = made_by_openssl(argv, out);
    struct pki_cert *through[] = {w.leaf, w.intermediate};
    expect_error(pki_cert_verify(forged, through, 2, &w.root, 1, PKI_USE_SERVER, &err), &err,
                 ERROR_CHECK, "CA");
}

/* What OpenSSL takes and Go does not; istiod's verdicts on whole sets are in golden/ca. */
static void go_is_asked_too(void **state)
{
    (void)state;
    AUTO_PROFILE profile = intermediate_profile("west-cluster");
    struct error *err = NULL;
    strlist_add(&profile.ext_key_usage, "clientAuth");
    AUTO_CERT *for_clients = issue(&profile, w.key, w.root, w.root_key);
    must(pki_cert_verify(for_clients, NULL, 0, &w.root, 1, PKI_USE_CLIENT, &err), &err);
    expect_error(pki_cert_verify(for_clients, NULL, 0, &w.root, 1, PKI_USE_SERVER, &err), &err,
                 ERROR_CHECK, "does not allow servers");

    AUTO_FREE char *key = path_dup("pss-key.pem"), *out = path_dup("pss.pem");
    free(RUN_DUP("openssl", "genpkey", "-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048",
                 "-out", key));
    const char *argv[] = {"openssl", "req",     "-x509", "-key", key,
                          "-subj",   "/CN=pss", "-out",  out,    NULL};
    AUTO_CERT *pss = made_by_openssl(argv, out);
    AUTO_FREE char *pem = read_dup(key);
    AUTO_KEY *pss_key = NULL;
    must(pki_key_read(pem, strlen(pem), key, &pss_key, &err), &err);
    AUTO_CERT *below = issue(&profile, w.key, pss, pss_key);
    expect_error(pki_cert_verify(below, NULL, 0, &pss, 1, PKI_USE_CLIENT, &err), &err, ERROR_CHECK,
                 "Go does not know");
}

static void keys_match(void **state)
{
    (void)state;
    assert_true(pki_cert_matches(w.root, w.root_key));
    assert_false(pki_cert_matches(w.root, w.other_key));
    assert_false(pki_cert_matches(w.root, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_chains),      cmocka_unit_test(missing_intermediate),
        cmocka_unit_test(no_roots),         cmocka_unit_test(other_root_of_same_name),
        cmocka_unit_test(expired_and_weak), cmocka_unit_test(leaf_cannot_be_issuer),
        cmocka_unit_test(go_is_asked_too),  cmocka_unit_test(keys_match),

    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
