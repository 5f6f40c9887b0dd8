/* What we issue against what Istio's Makefile issued (golden/pki/istio) and what openssl says. */
#include "support.h"

#include <openssl/x509v3.h>

#include "openssl.h"

struct chain {
    struct pki_key *root_key, *key;
    struct pki_cert *root, *intermediate;
};

static struct chain chain;

static int chain_setup(void **state)
{
    if (folder_setup(state) < 0)
        return -1;
    AUTO_PROFILE root = root_profile();
    AUTO_PROFILE intermediate = intermediate_profile("west-cluster");
    /* The real thing has 4096 bits; once is enough, as primes of that size take a while. */
    chain.root_key = new_key(4096);
    chain.key = new_key(2048);
    chain.root = issue(&root, chain.root_key, NULL, NULL);
    chain.intermediate = issue(&intermediate, chain.key, chain.root, chain.root_key);
    return 0;
}

static int chain_teardown(void **state)
{
    pki_cert_free(chain.intermediate);
    pki_cert_free(chain.root);
    pki_key_free(chain.key);
    pki_key_free(chain.root_key);
    return folder_teardown(state);
}

static void assert_names_equal(const X509_NAME *ours, const X509_NAME *theirs)
{
    unsigned char *a = NULL, *b = NULL;
    int a_len = i2d_X509_NAME(ours, &a), b_len = i2d_X509_NAME(theirs, &b);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, (size_t)b_len);
    OPENSSL_free(a);
    OPENSSL_free(b);
}

/* Same extensions in the same order, same criticality, same bytes but for the key ids. */
static void assert_extensions_equal(const X509 *ours, const X509 *theirs)
{
    assert_int_equal(X509_get_ext_count(ours), X509_get_ext_count(theirs));
    for (int i = 0; i < X509_get_ext_count(theirs); i++) {
        X509_EXTENSION *a = X509_get_ext(ours, i), *b = X509_get_ext(theirs, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(b));
        assert_int_equal(OBJ_obj2nid(X509_EXTENSION_get_object(a)), nid);
        assert_int_equal(X509_EXTENSION_get_critical(a), X509_EXTENSION_get_critical(b));
        const ASN1_OCTET_STRING *x = X509_EXTENSION_get_data(a), *y = X509_EXTENSION_get_data(b);
        assert_int_equal(ASN1_STRING_length(x), ASN1_STRING_length(y));
        if (nid == NID_subject_key_identifier || nid == NID_authority_key_identifier)
            continue;
        assert_memory_equal(ASN1_STRING_get0_data(x), ASN1_STRING_get0_data(y),
                            (size_t)ASN1_STRING_length(y));
    }
}

static void assert_like_istio(const struct pki_cert *ours, const char *golden)
{
    AUTO_CERT *theirs = golden_cert(golden);
    const X509 *a = ours->x509, *b = theirs->x509;
    assert_int_equal(X509_get_version(a), X509_get_version(b));
    assert_int_equal(X509_get_signature_nid(a), X509_get_signature_nid(b));
    assert_names_equal(X509_get_subject_name(a), X509_get_subject_name(b));
    assert_names_equal(X509_get_issuer_name(a), X509_get_issuer_name(b));
    assert_extensions_equal(a, b);
    assert_int_equal(pki_cert_not_after(ours) - pki_cert_not_before(ours),
                     pki_cert_not_after(theirs) - pki_cert_not_before(theirs));
    assert_int_equal(X509_get0_notAfter(a)->type, X509_get0_notAfter(b)->type);
}

static void root_is_like_istio(void **state)
{
    (void)state;
    assert_like_istio(chain.root, "istio/root-cert.pem");
    AUTO_FREE char *pem = cert_pem_dup(chain.root);
    AUTO_FREE char *path = save_dup("root.pem", pem);
    AUTO_FREE char *text = RUN_DUP("openssl", "x509", "-in", path, "-noout", "-text");
    assert_non_null(strstr(text, "Public-Key: (4096 bit)"));
    assert_null(strstr(text, "Authority Key Identifier"));
}

static void intermediate_is_like_istio(void **state)
{
    (void)state;
    assert_like_istio(chain.intermediate, "istio/ca-cert.pem");
    const ASN1_OCTET_STRING *authority = X509_get0_authority_key_id(chain.intermediate->x509);
    const ASN1_OCTET_STRING *root = X509_get0_subject_key_id(chain.root->x509);
    assert_int_equal(ASN1_OCTET_STRING_cmp(authority, root), 0);
}

/* openssl computes the key id by itself when it issues with subjectKeyIdentifier = hash. */
static void key_id_is_openssls_hash(void **state)
{
    (void)state;
    AUTO_SECRET_BUF key = BUF_INIT;
    struct error *err = NULL;
    must(pki_key_write(&key, chain.key, &err), &err);
    AUTO_FREE char *path = save_dup("ski-key.pem", buf_str(&key));
    AUTO_FREE char *theirs_path = path_dup("ski.pem");
    free(RUN_DUP("openssl", "req", "-x509", "-new", "-key", path, "-subj", "/CN=x", "-out",
                 theirs_path));
    AUTO_FREE char *pem = read_dup(theirs_path);
    struct pki_cert **theirs = NULL;
    size_t count = 0;
    must(pki_certs_read(pem, strlen(pem), "ski.pem", &theirs, &count, &err), &err);
    assert_int_equal(ASN1_OCTET_STRING_cmp(X509_get0_subject_key_id(theirs[0]->x509),
                                           X509_get0_subject_key_id(chain.intermediate->x509)),
                     0);
    pki_certs_free(theirs, count);
}

static void openssl_verifies(void **state)
{
    (void)state;
    AUTO_FREE char *root_pem = cert_pem_dup(chain.root);
    AUTO_FREE char *pem = cert_pem_dup(chain.intermediate);
    AUTO_FREE char *root = save_dup("v-root.pem", root_pem), *ca = save_dup("v-ca.pem", pem);
    AUTO_FREE char *said = RUN_DUP("openssl", "verify", "-x509_strict", "-CAfile", root, root, ca);
    assert_non_null(strstr(said, "v-root.pem: OK"));
    assert_non_null(strstr(said, "v-ca.pem: OK"));
}

static void valid_from_now(void **state)
{
    (void)state;
    time_t now = time(NULL);
    assert_in_range(pki_cert_not_before(chain.root), (uintmax_t)now - 120, (uintmax_t)now);
    assert_int_equal(pki_cert_not_after(chain.root) - pki_cert_not_before(chain.root),
                     3650 * 86400);
}

static void serials_are_random(void **state)
{
    (void)state;
    AUTO_PROFILE profile = root_profile();
    BIGNUM *seen = NULL;
    int bits = 0;
    for (int i = 0; i < 16; i++) {
        AUTO_CERT *cert = issue(&profile, chain.key, NULL, NULL);
        const ASN1_INTEGER *serial = X509_get0_serialNumber(cert->x509);
        assert_true(ASN1_STRING_length(serial) <= 20);
        BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
        assert_false(BN_is_negative(number));
        assert_true(BN_num_bits(number) <= 159);
        bits = BN_num_bits(number) > bits ? BN_num_bits(number) : bits;
        if (seen)
            assert_int_not_equal(BN_cmp(seen, number), 0);
        BN_free(seen);
        seen = number;
    }
    BN_free(seen);
    assert_true(bits > 150); /* all 16 below has probability 2^-128 */
}

static void leaf_without_ca(void **state)
{
    (void)state;
    AUTO_PROFILE p = {.key_bits = 2048, .days = 1, .path_length = -1};
    strlist_add(&p.subject, "C=JP");
    strlist_add(&p.subject, "CN=東京");
    strlist_split(&p.key_usage, "digitalSignature,decipherOnly", ',');
    strlist_split(&p.dns_names, "a.example,*.b.example", ',');
    AUTO_CERT *leaf = issue(&p, chain.key, chain.intermediate, chain.key);
    AUTO_FREE char *pem = cert_pem_dup(leaf);
    AUTO_FREE char *path = save_dup("leaf.pem", pem);
    AUTO_FREE char *text = RUN_DUP("openssl", "x509", "-in", path, "-noout", "-text", "-nameopt",
                                   "oneline,-esc_msb,utf8,show_type");
    assert_non_null(strstr(text, "Subject: C = PRINTABLESTRING:JP, CN = UTF8STRING:東京"));
    assert_non_null(strstr(text, "CA:FALSE"));
    assert_non_null(strstr(text, "X509v3 Key Usage: \n                Digital Signature, Decipher "
                                 "Only"));
    assert_non_null(strstr(text, "DNS:a.example, DNS:*.b.example"));
    assert_false(pki_cert_is_ca(leaf));
    AUTO_FREE char *subject = pki_cert_subject_dup(leaf);
    assert_string_equal(subject, "C=JP, CN=東京");
}

static void expect_refused(struct pki_profile *p, const struct pki_cert *issuer,
                           const struct pki_key *issuer_key, const char *text)
{
    struct pki_cert *cert = NULL;
    struct error *err = NULL;
    expect_error(pki_cert_issue(p, chain.key, issuer, issuer_key, &cert, &err), &err, ERROR_INPUT,
                 text);
    assert_null(cert);
}

static void refuses_bad_profiles(void **state)
{
    (void)state;
    static const struct {
        const char *subject, *usage, *dns, *says;
        unsigned days;
    } cases[] = {
        {"CN", "cRLSign", "a", "\"CN\" is not NAME=VALUE", 1},
        {"=x", "cRLSign", "a", "is not NAME=VALUE", 1},
        {"CN=", "cRLSign", "a", "is not NAME=VALUE", 1},
        {"Colour=red", "cRLSign", "a", "\"Colour=red\"", 1},
        {"CN=\xff\xfe", "cRLSign", "a", "subject part", 1},
        /* ub-common-name, RFC 5280 appendix A */
        {"CN=0123456789012345678901234567890123456789012345678901234567890123456789", "cRLSign",
         "a", "too long", 1},
        {"CN=x", "keyCertSing", "a", "unknown key usage \"keyCertSing\"", 1},
        {"CN=x", "cRLSign", "a,DNS:evil", "", 1},
        {"CN=x", "cRLSign", "not a name", "\"not a name\" is no DNS name", 1},
        {"CN=x", "cRLSign", "", "is no DNS name", 1},
        {"CN=x", "cRLSign", "a", "1 to 36500 days, not 0", 0},
        {"CN=x", "cRLSign", "a", "1 to 36500 days, not 40000", 40000},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_PROFILE p = {.days = cases[i].days, .path_length = -1};
        strlist_add(&p.subject, cases[i].subject);
        strlist_add(&p.key_usage, cases[i].usage);
        strlist_add(&p.dns_names, cases[i].dns);
        expect_refused(&p, NULL, NULL, cases[i].says);
    }
    AUTO_PROFILE nameless = {.days = 1};
    expect_refused(&nameless, NULL, NULL, "needs a subject");
}

static void near_spelling_of_key_usage(void **state)
{
    (void)state;
    AUTO_PROFILE p = {.days = 1};
    strlist_add(&p.subject, "CN=x");
    strlist_add(&p.key_usage, "keyCertSing");
    struct pki_cert *cert = NULL;
    struct error *err = NULL;
    assert_int_equal(pki_cert_issue(&p, chain.key, NULL, NULL, &cert, &err), -1);
    assert_string_equal(err->hint, "did you mean keyCertSign?");
    error_free(err);
}

static void refuses_bad_issuers(void **state)
{
    (void)state;
    AUTO_PROFILE leaf = {.days = 1};
    strlist_add(&leaf.subject, "CN=leaf");
    AUTO_CERT *no_ca = issue(&leaf, chain.key, chain.root, chain.root_key);
    expect_refused(&leaf, no_ca, chain.key, "\"CN=leaf\" is no CA");
    expect_refused(&leaf, chain.root, chain.key,
                   "does not belong to certificate \"O=Istio, CN=Root");
    AUTO_PROFILE ca = root_profile();
    expect_refused(&ca, chain.intermediate, chain.key, "path length 0");
}

/* From that day on nobody would take it, though it says that it is good for longer. */
static void ends_with_its_issuer(void **state)
{
    (void)state;
    AUTO_PROFILE short_root = root_profile(), long_ca = intermediate_profile("west-cluster");
    short_root.days = 3;
    AUTO_CERT *root = issue(&short_root, chain.key, NULL, NULL);
    AUTO_CERT *ca = issue(&long_ca, chain.root_key, root, chain.key);
    assert_int_equal(pki_cert_not_after(ca), pki_cert_not_after(root));
    long_ca.days = 2;
    AUTO_CERT *shorter = issue(&long_ca, chain.root_key, root, chain.key);
    assert_int_equal(pki_cert_not_after(shorter) - pki_cert_not_before(shorter), 2 * 86400);
}

/* What istiod gives a workload: no subject, a critical SPIFFE name, for servers and clients. */
static void leaf_with_a_uri_alone(void **state)
{
    (void)state;
    AUTO_PROFILE leaf = {.days = 1};
    strlist_add(&leaf.uris, "spiffe://cluster.local/ns/a/sa/b");
    strlist_split(&leaf.ext_key_usage, "serverAuth,clientAuth", ',');
    AUTO_CERT *cert = issue(&leaf, chain.root_key, chain.intermediate, chain.key);
    AUTO_FREE char *pem = cert_pem_dup(cert), *path = save_dup("uri.pem", pem);
    AUTO_FREE char *text = RUN_DUP("openssl", "x509", "-in", path, "-noout", "-subject", "-ext",
                                   "subjectAltName,extendedKeyUsage");
    assert_non_null(strstr(text, "subject=\n"));
    assert_non_null(strstr(text, "Alternative Name: critical"));
    assert_non_null(strstr(text, "URI:spiffe://cluster.local/ns/a/sa/b\n"));
    assert_non_null(strstr(text, "TLS Web Server Authentication, TLS Web Client Authentication"));
    strlist_add(&leaf.ext_key_usage, "serverOuth");
    expect_refused(&leaf, NULL, NULL, "unknown extended key usage \"serverOuth\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_is_like_istio),
        cmocka_unit_test(intermediate_is_like_istio),
        cmocka_unit_test(key_id_is_openssls_hash),
        cmocka_unit_test(openssl_verifies),
        cmocka_unit_test(valid_from_now),
        cmocka_unit_test(serials_are_random),
        cmocka_unit_test(leaf_without_ca),
        cmocka_unit_test(refuses_bad_profiles),
        cmocka_unit_test(near_spelling_of_key_usage),
        cmocka_unit_test(refuses_bad_issuers),
        cmocka_unit_test(ends_with_its_issuer),
        cmocka_unit_test(leaf_with_a_uri_alone),
    };
    return cmocka_run_group_tests(tests, chain_setup, chain_teardown);
}
