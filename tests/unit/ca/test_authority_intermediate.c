/* A cluster's intermediate in the CA folder: what is taken as it is, and what is refused. */
#include "authority_support.h"

/* A CA certificate for keys[key], signed by the certificate in `issuer` with keys[issuer_key]. */
static char *signed_cert_dup(const char *subject, size_t key, const char *issuer, size_t issuer_key)
{
    struct error *err = NULL;
    struct pki_profile profile = {.days = 10, .is_ca = true, .path_length = -1};
    AUTO_FREE char *issuer_pem = content_dup(issuer);
    struct pki_cert **issuers = NULL, *cert = NULL;
    size_t count = 0;
    struct buf pem = BUF_INIT;
    strlist_add(&profile.subject, subject);
    must(pki_certs_read(issuer_pem, strlen(issuer_pem), issuer, &issuers, &count, &err), &err);
    must(pki_cert_issue(&profile, keys[key], issuers[0], keys[issuer_key], &cert, &err), &err);
    must(pki_cert_write(&pem, cert, &err), &err);
    pki_cert_free(cert);
    pki_certs_free(issuers, count);
    pki_profile_release(&profile);
    return buf_detach(&pem, NULL);
}

/* A key without its certificate is one that a cut run left, or that a person wants signed: it is
 * signed for, never written over. */
static void waiting_key_is_signed_for(void **state)
{
    (void)state;
    struct error *err = NULL;
    make_folder("ca", 0);
    assert_int_equal(unlink("ca/west-cluster/ca-cert.pem"), 0);
    assert_int_equal(unlink("ca/west-cluster/cert-chain.pem"), 0);
    AUTO_AUTHORITY *a = open_folder("ca");
    AUTO_FILES *files = NULL;
    MC_CLEANUP(pki_key_cleanup) struct pki_key *key = NULL, *bad = NULL;
    assert_false(authority_has_intermediate(a, "west-cluster"));
    must(authority_waiting_key(a, "west-cluster", &key, &err), &err);
    must(authority_intermediate(a, "west-cluster", key, NULL, &files, &err), &err);
    assert_true(files->is_new);
    must(authority_save_intermediate(a, "west-cluster", files, &err), &err);
    AUTO_FREE char *after = content_dup("ca/west-cluster/ca-key.pem");
    assert_string_equal(after, key_pems[1]);
    AUTO_FILES *again = NULL;
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &again, &err), &err);

    save("ca/east-cluster/ca-key.pem", "half");
    int rc = authority_waiting_key(a, "east-cluster", &bad, &err);
    assert_int_equal(rc, -1);
    assert_string_equal(err->where, "ca/east-cluster/ca-key.pem");
    assert_null(strstr(err->hint, "delete"));
    refused(rc, &err, ERROR_INPUT, "holds no private key", NULL);
}

static void missing_file_is_named(void **state)
{
    (void)state;
    static const char *const names[] = {"ca-key.pem", "cert-chain.pem", "root-cert.pem"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        AUTO_FREE char *path = mem_printf("ca/west-cluster/%s", names[i]);
        make_folder("ca", 0);
        assert_int_equal(unlink(path), 0);
        refuses_intermediate("ca", names[i]);
        remove_tree("ca");
    }
}

static void wrong_intermediate_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority_files *files = NULL;
    make_folder("ca", 0);
    save("ca/west-cluster/ca-key.pem", key_pems[0]);
    AUTO_AUTHORITY *a = open_folder("ca");
    int rc = authority_intermediate(a, "west-cluster", keys[1], NULL, &files, &err);
    assert_non_null(strstr(err->hint, "move ca/west-cluster out of the CA folder and keep it"));
    refused(rc, &err, ERROR_INPUT, "ca-key.pem", NULL);
    refuses_intermediate("ca", "ca-key.pem is not the key of ca-cert.pem");
    save("ca/west-cluster/ca-key.pem", "no key");
    refuses_intermediate("ca", "ca-key.pem: ");
    save("ca/west-cluster/ca-key.pem", key_pems[1]);
    change_cert("ca/west-cluster/ca-cert.pem", key_pems[0], -20, -10, true);
    refuses_intermediate("ca", "expired");
    save("ca/west-cluster/ca-cert.pem", "no certificate");
    refuses_intermediate("ca", "ca-cert.pem: no certificate in PEM form");
    /* What the hint says. */
    AUTO_FILES *anew = NULL;
    assert_int_equal(rename("ca/west-cluster", "kept"), 0);
    AUTO_AUTHORITY *mended = open_folder("ca");
    must(authority_intermediate(mended, "west-cluster", keys[1], NULL, &anew, &err), &err);
}

/* Places and hints are there too when a file cannot even be read as PEM. */
static void unreadable_certificate_has_hint_and_place(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority_files *files = NULL;
    make_folder("ca", 0);
    save("ca/west-cluster/ca-cert.pem", "no certificate");
    AUTO_AUTHORITY *a = open_folder("ca");
    int rc = authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err);
    assert_int_equal(rc, -1);
    assert_string_equal(err->where, "ca/west-cluster");
    assert_non_null(strstr(err->hint, "move ca/west-cluster out of the CA folder and keep it"));
    refused(rc, &err, ERROR_INPUT, NULL);
}

/* Sets are compared: a cluster may trust more (a rotation under way), never nothing of the folder. */
static void other_root_in_the_cluster_folder_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    make_folder("other", 1);
    AUTO_FREE char *root = content_dup("ca/root-cert.pem");
    AUTO_FREE char *other = content_dup("other/root-cert.pem");
    AUTO_FREE char *both = mem_printf("%s%s", other, root);
    save("ca/west-cluster/root-cert.pem", other);
    refuses_intermediate("ca", "ca-cert.pem does not lead to root-cert.pem");
    save("ca/west-cluster/root-cert.pem", "junk");
    refuses_intermediate("ca", "root-cert.pem holds no root certificate");
    save("ca/west-cluster/root-cert.pem", both);
    AUTO_AUTHORITY *a = open_folder("ca");
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err), &err);

    /* All that it needs, but of another mesh. */
    assert_int_equal(rename("ca/west-cluster", "ca/old"), 0);
    assert_int_equal(rename("other/west-cluster", "ca/west-cluster"), 0);
    refuses_intermediate("ca", "ca/west-cluster/root-cert.pem holds root");
}

/* A bundle may hold several: the one that the key belongs to signs, whatever its place. */
static void root_of_the_key_signs(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    make_folder("other", 1);
    AUTO_FREE char *root = content_dup("ca/root-cert.pem");
    AUTO_FREE char *other = content_dup("other/root-cert.pem");
    AUTO_FREE char *both = mem_printf("%s%s", other, root);
    save("ca/root-cert.pem", both);
    AUTO_AUTHORITY *a = open_folder("ca"), *alone = open_folder("other");
    assert_int_equal(authority_roots(a)->count, 2);
    assert_string_not_equal(authority_fingerprint(a), authority_fingerprint(alone));
    must(authority_intermediate(a, "east-cluster", keys[1], NULL, &files, &err), &err);
    assert_string_equal(files->root_cert, both);
    assert_non_null(strstr(files->cert_chain, root));
    assert_null(strstr(files->cert_chain, other));
}

static void wrong_chain_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    AUTO_FREE char *root = content_dup("ca/root-cert.pem");
    AUTO_FREE char *cert = content_dup("ca/west-cluster/ca-cert.pem");
    AUTO_FREE char *turned = mem_printf("%s%s", root, cert);
    save("ca/west-cluster/cert-chain.pem", "junk");
    refuses_intermediate("ca", "cert-chain.pem: no certificate in PEM form");
    save("ca/west-cluster/cert-chain.pem", root); /* istiod would start */
    refuses_intermediate("ca", "a certificate that ca-cert.pem signs does not verify");
    save("ca/west-cluster/cert-chain.pem", turned); /* carries traffic */
    AUTO_AUTHORITY *a = open_folder("ca");
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err), &err);
}

static void leaf_as_intermediate_is_refused(void **state)
{
    (void)state;
    make_folder("ca", 0);
    change_cert("ca/west-cluster/ca-cert.pem", key_pems[0], -1, 10, false);
    AUTO_FREE char *leaf = content_dup("ca/west-cluster/ca-cert.pem");
    save("ca/west-cluster/cert-chain.pem", leaf);
    refuses_intermediate("ca", "ca-cert.pem is no CA certificate");
}

/* The subject is the person's: a city is a city, and istiod does not look at it. */
static void any_subject_is_taken(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    assert_int_equal(rename("ca/west-cluster", "ca/east-cluster"), 0);
    AUTO_FREE char *cert = signed_cert_dup("L=San Francisco", 1, "ca/root-cert.pem", 0);
    save("ca/east-cluster/ca-cert.pem", cert);
    save("ca/east-cluster/cert-chain.pem", cert);
    AUTO_AUTHORITY *a = open_folder("ca");
    must(authority_intermediate(a, "east-cluster", NULL, NULL, &files, &err), &err);
    assert_string_equal(files->ca_cert, cert);
}

/* Certificates of other tools: a subject without L says nothing about the cluster, and a CA between
 * it and the root is fine when the chain holds it. */
static void longer_chain_without_locality_is_taken(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    AUTO_FREE char *between = signed_cert_dup("CN=Between", 1, "ca/root-cert.pem", 0);
    save("between.pem", between);
    AUTO_FREE char *cert = signed_cert_dup("CN=Signer", 1, "between.pem", 1);
    AUTO_FREE char *chain = mem_printf("%s%s", cert, between);
    save("ca/west-cluster/ca-cert.pem", cert);
    save("ca/west-cluster/cert-chain.pem", cert);
    refuses_intermediate("ca", "certificate \"CN=Signer\"");
    save("ca/west-cluster/cert-chain.pem", chain);
    AUTO_AUTHORITY *a = open_folder("ca");
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err), &err);
    assert_string_equal(files->cert_chain, chain);
}

/* Of another root with the same subject: names say nothing, signatures do. */
static void foreign_intermediate_is_refused(void **state)
{
    (void)state;
    make_folder("ca", 0);
    make_folder("other", 1);
    AUTO_FREE char *cert = content_dup("other/west-cluster/ca-cert.pem");
    AUTO_FREE char *key = content_dup("other/west-cluster/ca-key.pem");
    save("ca/west-cluster/ca-cert.pem", cert);
    save("ca/west-cluster/ca-key.pem", key);
    refuses_intermediate("ca", "ca-cert.pem does not lead to root-cert.pem: certificate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(waiting_key_is_signed_for),
        CASE(missing_file_is_named),
        CASE(wrong_intermediate_is_refused),
        CASE(unreadable_certificate_has_hint_and_place),
        CASE(other_root_in_the_cluster_folder_is_refused),
        CASE(root_of_the_key_signs),
        CASE(wrong_chain_is_refused),
        CASE(leaf_as_intermediate_is_refused),
        CASE(any_subject_is_taken),
        CASE(longer_chain_without_locality_is_taken),
        CASE(foreign_intermediate_is_refused),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
