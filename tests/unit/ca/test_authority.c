/* The CA folder. Keys have 2048 bits here, as making those takes a tenth of the time. */
#include "meshctl/ca/authority.h"

#include <dirent.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "scratch.h"

#define AUTO_AUTHORITY MC_CLEANUP(authority_cleanup) struct authority
#define AUTO_FILES MC_CLEANUP(authority_files_cleanup) struct authority_files

/* Two keys for all tests: [0] signs, [1] is an intermediate's. */
static struct pki_key *keys[2];
static char *key_pems[2];

static int set_up(void **state)
{
    struct error *err = NULL;
    for (size_t i = 0; i < 2; i++) {
        struct buf pem = BUF_INIT;
        must(pki_key_new(2048, &keys[i], &err), &err);
        must(pki_key_write(&pem, keys[i], &err), &err);
        key_pems[i] = buf_detach(&pem, NULL);
    }
    return enter_folder(state);
}

static int tear_down(void **state)
{
    for (size_t i = 0; i < 2; i++) {
        pki_key_free(keys[i]);
        free(key_pems[i]);
    }
    return leave_folder(state);
}

static struct authority *open_folder(const char *dir)
{
    struct error *err = NULL;
    struct authority *a = NULL;
    must(authority_open(dir, "istio-system", NULL, &a, &err), &err);
    return a;
}

/* The authority takes a key over: it gets a copy. */
static struct pki_key *key_copy(size_t i)
{
    struct error *err = NULL;
    struct pki_key *key = NULL;
    must(pki_key_read(key_pems[i], strlen(key_pems[i]), "key", &key, &err), &err);
    return key;
}

/* A folder with a root (signed by keys[root]) and west-cluster's intermediate of the other key. */
static void make_folder(const char *dir, size_t root)
{
    struct error *err = NULL;
    AUTO_AUTHORITY *a = open_folder(dir);
    AUTO_FILES *files = NULL;
    must(authority_make_root_take(a, key_copy(root), &err), &err);
    must(authority_save_root(a, &err), &err);
    must(authority_intermediate(a, "west-cluster", keys[!root], NULL, &files, &err), &err);
    must(authority_save_intermediate(a, "west-cluster", files, &err), &err);
}

static unsigned mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_mode & 07777;
}

static size_t entries_of(const char *dir)
{
    size_t n = 0;
    DIR *d = opendir(dir);
    assert_non_null(d);
    while (readdir(d))
        n++;
    closedir(d);
    return n - 2;
}

static X509 *x509_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(x);
    return x;
}

static EVP_PKEY *pkey_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);
    return key;
}

/* Rewrites a certificate: other days (relative to now), or no CA any more, signed again. */
static void change_cert(const char *path, const char *signer_pem, int from_days, int until_days,
                        bool is_ca)
{
    AUTO_FREE char *pem = content_dup(path);
    X509 *x = x509_of(pem);
    EVP_PKEY *key = pkey_of(signer_pem);
    BIO *out = BIO_new(BIO_s_mem());
    char *data;
    assert_non_null(X509_time_adj_ex(X509_getm_notBefore(x), from_days, 0, NULL));
    assert_non_null(X509_time_adj_ex(X509_getm_notAfter(x), until_days, 0, NULL));
    if (!is_ca) {
        int at = X509_get_ext_by_NID(x, NID_basic_constraints, -1);
        X509_EXTENSION_free(X509_delete_ext(x, at));
    }
    assert_true(X509_sign(x, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(out, x), 1);
    long len = BIO_get_mem_data(out, &data);
    AUTO_FREE char *text = mem_strndup(data, (size_t)len);
    save(path, text);
    BIO_free(out);
    EVP_PKEY_free(key);
    X509_free(x);
}

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

static void refuses_folder(const char *dir, const char *says)
{
    struct error *err = NULL;
    struct authority *a = NULL;
    int rc = authority_open(dir, "istio-system", NULL, &a, &err);
    assert_null(a);
    if (err)
        assert_null(strstr(err->message, "PRIVATE KEY"));
    refused(rc, &err, ERROR_INPUT, dir, says, NULL);
}

static void refuses_cluster(const char *dir, const char *cluster, const char *says)
{
    struct error *err = NULL;
    AUTO_AUTHORITY *a = open_folder(dir);
    AUTO_FREE char *context = mem_printf("certificate of %s", cluster);
    struct authority_files *files = NULL;
    int rc = authority_intermediate(a, cluster, keys[1], NULL, &files, &err);
    assert_int_equal(rc, -1);
    assert_null(files);
    assert_non_null(err->hint);
    assert_null(strstr(err->message, "PRIVATE KEY"));
    refused(rc, &err, ERROR_INPUT, context, says, NULL);
}

static void refuses_intermediate(const char *dir, const char *says)
{
    refuses_cluster(dir, "west-cluster", says);
}

/* ---- the folder ------------------------------------------------------------------------------ */

static void missing_folder_is_an_empty_one(void **state)
{
    (void)state;
    AUTO_AUTHORITY *a = open_folder("nowhere");
    assert_string_equal(authority_dir(a), "nowhere");
    assert_false(authority_has_root(a));
    assert_false(authority_can_sign(a));
    assert_null(authority_fingerprint(a));
    assert_null(authority_root(a));
    assert_false(authority_has_intermediate(a, "west-cluster"));
    assert_false(fs_exists("nowhere")); /* looking makes nothing */
}

static void new_root_is_written_when_it_is_saved(void **state)
{
    (void)state;
    struct error *err = NULL;
    mode_t old = umask(0); /* modes do not hang on it */
    AUTO_AUTHORITY *a = open_folder("deep/new");
    must(authority_make_root_take(a, key_copy(0), &err), &err);
    assert_true(authority_has_root(a));
    assert_true(authority_can_sign(a));
    assert_false(fs_exists("deep"));
    must(authority_save_root(a, &err), &err);
    umask(old);
    assert_int_equal(mode_of("deep"), 0700);
    assert_int_equal(mode_of("deep/new"), 0700);
    assert_int_equal(mode_of("deep/new/root-key.pem"), 0600);
    assert_int_equal(mode_of("deep/new/root-cert.pem"), 0600);
    assert_int_equal(entries_of("deep/new"), 2); /* no temporary file is left */
    AUTO_AUTHORITY *again = open_folder("deep/new");
    assert_true(authority_can_sign(again));
    assert_string_equal(authority_fingerprint(again), authority_fingerprint(a));
    assert_int_equal(strlen(authority_fingerprint(a)), 64);
    AUTO_FREE char *before = content_dup("deep/new/root-cert.pem");
    must(authority_save_root(again, &err), &err); /* nothing is new */
    AUTO_FREE char *after = content_dup("deep/new/root-cert.pem");
    assert_string_equal(before, after);
}

static void intermediate_is_what_istiod_reads(void **state)
{
    (void)state;
    struct error *err = NULL;
    mode_t old = umask(0);
    make_folder("ca", 0);
    umask(old);
    static const char *const names[] = {"ca-cert.pem", "ca-key.pem", "cert-chain.pem",
                                        "root-cert.pem"};
    assert_int_equal(mode_of("ca/west-cluster"), 0700);
    assert_int_equal(entries_of("ca/west-cluster"), 4);
    for (size_t i = 0; i < 4; i++) {
        AUTO_FREE char *path = mem_printf("ca/west-cluster/%s", names[i]);
        assert_int_equal(mode_of(path), 0600);
    }
    AUTO_FREE char *cert = content_dup("ca/west-cluster/ca-cert.pem");
    AUTO_FREE char *chain = content_dup("ca/west-cluster/cert-chain.pem");
    AUTO_FREE char *root = content_dup("ca/root-cert.pem");
    AUTO_FREE char *own_root = content_dup("ca/west-cluster/root-cert.pem");
    AUTO_FREE char *both = mem_printf("%s%s", cert, root);
    assert_string_equal(chain, both);
    assert_string_equal(own_root, root);

    AUTO_AUTHORITY *a = open_folder("ca");
    AUTO_FILES *files = NULL;
    assert_true(authority_has_intermediate(a, "west-cluster"));
    assert_false(authority_has_intermediate(a, "east-cluster"));
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err), &err);
    assert_false(files->is_new);
    assert_string_equal(files->ca_cert, cert);
    assert_string_equal(files->ca_key, key_pems[1]);
    assert_string_equal(files->cert_chain, chain);
    assert_string_equal(files->root_cert, root);
    remove_tree("ca");
}

/* Names of the mesh stand where istiod's serving certificate and people look for them. */
static void intermediate_carries_cluster_and_namespace(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority *a = NULL;
    AUTO_FILES *files = NULL;
    char line[128];
    must(authority_open("nowhere", "mesh-system", NULL, &a, &err), &err);
    must(authority_make_root_take(a, key_copy(0), &err), &err);
    must(authority_intermediate(a, "tokyo", keys[1], NULL, &files, &err), &err);
    assert_true(files->is_new);
    authority_free(a);
    X509 *x = x509_of(files->ca_cert);
    X509_NAME_oneline(X509_get_subject_name(x), line, sizeof(line));
    assert_string_equal(line, "/O=Istio/CN=Intermediate CA/L=tokyo");
    X509_NAME_oneline(X509_get_issuer_name(x), line, sizeof(line));
    assert_string_equal(line, "/O=Istio/CN=Root CA");
    assert_int_equal(X509_check_host(x, "istiod.mesh-system.svc", 0, 0, NULL), 1);
    assert_int_equal(X509_check_ca(x), 1);
    assert_int_equal(X509_get_pathlen(x), 0);
    X509_free(x);
}

/* ---- faults of the root ---------------------------------------------------------------------- */

static void certificate_without_key_cannot_sign(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_FILES *files = NULL;
    make_folder("ca", 0);
    assert_int_equal(unlink("ca/root-key.pem"), 0);
    AUTO_AUTHORITY *a = open_folder("ca");
    assert_true(authority_has_root(a));
    assert_false(authority_can_sign(a));
    /* What is there already can be used. */
    must(authority_intermediate(a, "west-cluster", NULL, NULL, &files, &err), &err);
    remove_tree("ca");
}

/* No cluster has cacerts, and the folder's root is kept elsewhere: nothing can be signed. */
static void signing_without_the_roots_key_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority_files *files = NULL;
    make_folder("ca", 0);
    assert_int_equal(unlink("ca/root-key.pem"), 0);
    AUTO_AUTHORITY *a = open_folder("ca");
    int rc = authority_intermediate(a, "east-cluster", keys[1], NULL, &files, &err);
    assert_int_equal(rc, -1);
    assert_null(files);
    assert_string_equal(err->id, "MC203");
    assert_non_null(strstr(err->hint, "put root-key.pem and root-cert.pem of that root"));
    refused(rc, &err, ERROR_INPUT, "certificate of east-cluster",
            "ca holds a root certificate without its key", NULL);
    assert_false(fs_exists("ca/east-cluster"));
    remove_tree("ca");
}

/* Such a folder is not an empty one: a new root would take the place of the key. */
static void key_without_certificate_is_kept(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority *a = NULL;
    save("ca/root-key.pem", key_pems[0]);
    int rc = authority_open("ca", "istio-system", NULL, &a, &err);
    assert_int_equal(rc, -1);
    assert_string_equal(err->where, "ca/root-key.pem");
    assert_non_null(strstr(err->hint, "--ca-dir"));
    refused(rc, &err, ERROR_INPUT, "ca/root-key.pem has no root-cert.pem beside it", NULL);
    AUTO_FREE char *after = content_dup("ca/root-key.pem");
    assert_string_equal(after, key_pems[0]);
    assert_int_equal(entries_of("ca"), 1);
    remove_tree("ca");
}

/* A run can be killed between any two of its writes: the next one goes on from what is there. */
static void root_that_was_cut_is_finished(void **state)
{
    (void)state;
    struct error *err = NULL;
    make_folder("ca", 0);
    AUTO_FREE char *cert = content_dup("ca/root-cert.pem");
    assert_int_equal(rename("ca/root-key.pem", "ca/root-key.pem.new"), 0);
    AUTO_AUTHORITY *cut = open_folder("ca");
    assert_true(authority_can_sign(cut));
    must(authority_save_root(cut, &err), &err);
    assert_false(fs_exists("ca/root-key.pem.new"));
    AUTO_FREE char *key = content_dup("ca/root-key.pem");
    AUTO_FREE char *cert_after = content_dup("ca/root-cert.pem");
    assert_string_equal(key, key_pems[0]);
    assert_string_equal(cert_after, cert);

    /* Not this certificate's: a certificate without its key. */
    assert_int_equal(unlink("ca/root-key.pem"), 0);
    save("ca/root-key.pem.new", key_pems[1]);
    AUTO_AUTHORITY *other = open_folder("ca");
    assert_false(authority_can_sign(other));

    /* Before the certificate was written nothing has used the key: an empty folder. */
    assert_int_equal(unlink("ca/root-cert.pem"), 0);
    remove_tree("ca/west-cluster");
    AUTO_AUTHORITY *empty = open_folder("ca");
    assert_false(authority_has_root(empty));
    remove_tree("ca");
}

static void wrong_files_are_refused(void **state)
{
    (void)state;
    make_folder("ca", 0);
    AUTO_FREE char *root = content_dup("ca/root-cert.pem");
    save("ca/root-key.pem", key_pems[1]);
    refuses_folder("ca", "is not the key of root-cert.pem");
    save("ca/root-key.pem", "not a key");
    refuses_folder("ca", "root-key.pem");
    save("ca/root-key.pem", key_pems[0]);
    save("ca/root-cert.pem", "not a certificate");
    refuses_folder("ca", "root-cert.pem");
    save("ca/root-cert.pem", "");
    refuses_folder("ca", "root-cert.pem");
    save("ca/root-cert.pem", root);
    change_cert("ca/root-cert.pem", key_pems[0], -1, 10, false);
    refuses_folder("ca", "is no CA certificate");
    remove_tree("ca");
}

static void expired_root_signs_nothing(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority_files *files = NULL;
    make_folder("ca", 0);
    change_cert("ca/root-cert.pem", key_pems[0], -20, -10, true);
    AUTO_AUTHORITY *a = open_folder("ca");
    refused(authority_intermediate(a, "east-cluster", keys[1], NULL, &files, &err), &err,
            ERROR_INPUT, "certificate of east-cluster", "expired", NULL);
    refuses_intermediate("ca", "ca/west-cluster/root-cert.pem holds root");
    assert_null(files);
    remove_tree("ca");
}

/* ---- faults of an intermediate --------------------------------------------------------------- */

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
    remove_tree("ca");
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
    remove_tree("kept");
    remove_tree("ca");
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
    remove_tree("ca");
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
    remove_tree("ca");
    remove_tree("other");
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
    remove_tree("ca");
    remove_tree("other");
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
    remove_tree("ca");
}

static void leaf_as_intermediate_is_refused(void **state)
{
    (void)state;
    make_folder("ca", 0);
    change_cert("ca/west-cluster/ca-cert.pem", key_pems[0], -1, 10, false);
    AUTO_FREE char *leaf = content_dup("ca/west-cluster/ca-cert.pem");
    save("ca/west-cluster/cert-chain.pem", leaf);
    refuses_intermediate("ca", "ca-cert.pem is no CA certificate");
    remove_tree("ca");
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
    remove_tree("ca");
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
    remove_tree("ca");
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
    remove_tree("ca");
    remove_tree("other");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_folder_is_an_empty_one),
        cmocka_unit_test(new_root_is_written_when_it_is_saved),
        cmocka_unit_test(intermediate_is_what_istiod_reads),
        cmocka_unit_test(intermediate_carries_cluster_and_namespace),
        cmocka_unit_test(certificate_without_key_cannot_sign),
        cmocka_unit_test(signing_without_the_roots_key_is_refused),
        cmocka_unit_test(key_without_certificate_is_kept),
        cmocka_unit_test(root_that_was_cut_is_finished),
        cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(expired_root_signs_nothing),
        cmocka_unit_test(waiting_key_is_signed_for),
        cmocka_unit_test(missing_file_is_named),
        cmocka_unit_test(wrong_intermediate_is_refused),
        cmocka_unit_test(unreadable_certificate_has_hint_and_place),
        cmocka_unit_test(other_root_in_the_cluster_folder_is_refused),
        cmocka_unit_test(root_of_the_key_signs),
        cmocka_unit_test(wrong_chain_is_refused),
        cmocka_unit_test(leaf_as_intermediate_is_refused),
        cmocka_unit_test(any_subject_is_taken),
        cmocka_unit_test(longer_chain_without_locality_is_taken),
        cmocka_unit_test(foreign_intermediate_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
