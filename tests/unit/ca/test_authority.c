/* The CA folder and its root: empty, made, cut, spoilt. */
#include <dirent.h>

#include "authority_support.h"

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

/* A root, and a key alone that waits for its certificate. */
static void short_keys_are_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct authority *none = NULL;
    struct pki_key *key = NULL;
    must(fs_mkdirs("weak", 0700, &err), &err);
    assert_int_equal(system("openssl req -x509 -newkey rsa:1024 -nodes -subj /CN=short -days 900 "
                            "-keyout weak/root-key.pem -out weak/root-cert.pem 2>/dev/null"),
                     0);
    refused(authority_open("weak", "istio-system", NULL, &none, &err), &err, ERROR_INPUT,
            "CN=short", "its key is too short (RSA, 1024 bits)", NULL);
    make_folder("ca", 0);
    must(fs_mkdirs("ca/east-cluster", 0700, &err), &err);
    must(fs_rename("weak/root-key.pem", "ca/east-cluster/ca-key.pem", &err), &err);
    AUTO_AUTHORITY *a = open_folder("ca");
    refused(authority_waiting_key(a, "east-cluster", &key, &err), &err, ERROR_INPUT,
            "ca/east-cluster/ca-key.pem: its key is too short", NULL);
    pki_key_free(key);
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
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(missing_folder_is_an_empty_one),
        CASE(new_root_is_written_when_it_is_saved),
        CASE(short_keys_are_refused),
        CASE(intermediate_is_what_istiod_reads),
        CASE(intermediate_carries_cluster_and_namespace),
        CASE(certificate_without_key_cannot_sign),
        CASE(signing_without_the_roots_key_is_refused),
        CASE(key_without_certificate_is_kept),
        CASE(root_that_was_cut_is_finished),
        CASE(wrong_files_are_refused),
        CASE(expired_root_signs_nothing),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
