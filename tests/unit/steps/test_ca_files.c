/* `ca init` and `ca show`, with keys as long as the real ones. */
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "support.h"

/* Every file's path and content; yours to free. */
static char *tree_dup(void)
{
    static const char *const names[] = {"root-cert.pem",
                                        "root-key.pem",
                                        "west-cluster/ca-cert.pem",
                                        "west-cluster/ca-key.pem",
                                        "west-cluster/cert-chain.pem",
                                        "west-cluster/root-cert.pem"};
    struct buf all = BUF_INIT;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        AUTO_FREE char *path = mem_printf("init/%s", names[i]);
        AUTO_FREE char *content = content_dup(path);
        struct stat st;
        assert_int_equal(stat(path, &st), 0);
        buf_appendf(&all, "%s %lu\n%s", path, (unsigned long)st.st_ino, content);
    }
    return buf_detach(&all, NULL);
}

static void init_twice_changes_nothing(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *first = NULL, *second = NULL, *shown = NULL;
    struct mesh *m = mesh_new();
    mesh_add_member(m, "west", NULL, NULL);
    int rc = steps_ca_show(m, "init", &shown, &err);
    assert_non_null(strstr(err->hint, "ca init --ca-dir init"));
    refused(rc, &err, ERROR_NOT_FOUND, "no root certificate in init", NULL);

    must(steps_ca_init(m, "init", NULL, &first, &err), &err);
    AUTO_FREE char *before = tree_dup();
    must(steps_ca_init(m, "init", NULL, &second, &err), &err);
    AUTO_FREE char *after = tree_dup();
    assert_string_equal(before, after);
    assert_true(json_equal(first, second));
    must(steps_ca_show(m, "init", &shown, &err), &err);
    assert_true(json_equal(first, shown));

    MC_CLEANUP(authority_cleanup) struct authority *a = NULL;
    must(authority_open("init", "istio-system", NULL, &a, &err), &err);
    assert_int_equal(json_array_size(first), 2);
    assert_string_equal(json_dig_str(first, "0", "file", NULL), "init/root-cert.pem");
    assert_string_equal(json_dig_str(first, "0", "subject", NULL), "O=Istio, CN=Root CA");
    assert_string_equal(json_dig_str(first, "0", "fingerprint", NULL), authority_fingerprint(a));
    assert_string_equal(json_dig_str(first, "1", "member", NULL), "west-cluster");
    assert_string_equal(json_dig_str(first, "1", "file", NULL), "init/west-cluster/ca-cert.pem");
    assert_string_equal(json_dig_str(first, "1", "subject", NULL),
                        "O=Istio, CN=Intermediate CA, L=west-cluster");
    /* As Istio's own script makes them: RSA of 4096 bits. */
    AUTO_FREE char *root = content_dup("init/root-cert.pem");
    BIO *bio = BIO_new_mem_buf(root, -1);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    assert_non_null(x);
    assert_int_equal(EVP_PKEY_bits(X509_get0_pubkey(x)), 4096);
    assert_int_equal(X509_verify(x, X509_get0_pubkey(x)), 1);
    X509_free(x);
    BIO_free(bio);

    /* Only what the folder does not hold can be shown. */
    json_auto_t *other = NULL;
    mesh_set(&m->members[0].cluster, "north");
    must(steps_ca_show(m, "init", &other, &err), &err);
    assert_int_equal(json_array_size(other), 1);
    mesh_free(m);
}

/* Goes on from the folder of the test before: a root that cannot sign is not replaced. */
static void init_keeps_a_root_without_its_key(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct mesh *m = mesh_new();
    json_t *report = NULL;
    mesh_add_member(m, "east", NULL, NULL);
    assert_int_equal(unlink("init/root-key.pem"), 0);
    AUTO_FREE char *before = content_dup("init/root-cert.pem");
    int rc = steps_ca_init(m, "init", NULL, &report, &err);
    assert_non_null(strstr(err->hint, "root-key.pem"));
    refused(rc, &err, ERROR_INPUT, "init holds a root certificate without its key", NULL);
    AUTO_FREE char *after = content_dup("init/root-cert.pem");
    assert_string_equal(before, after);
    assert_false(fs_exists("init/east-cluster"));
    mesh_free(m);
}

static void init_keeps_a_key_without_its_root(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_t *report = NULL;
    struct mesh *m = mesh_new();
    mesh_add_member(m, "west", NULL, NULL);
    save("ca/root-key.pem", "somebody's key");
    int rc = steps_ca_init(m, "ca", NULL, &report, &err);
    assert_int_equal(rc, -1);
    assert_string_equal(err->where, "ca/root-key.pem");
    refused(rc, &err, ERROR_INPUT, "root-cert.pem", NULL);
    AUTO_FREE char *after = content_dup("ca/root-key.pem");
    assert_string_equal(after, "somebody's key");
    assert_false(fs_exists("ca/root-cert.pem"));
    mesh_free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_twice_changes_nothing),
        cmocka_unit_test(init_keeps_a_root_without_its_key),
        cmocka_unit_test(init_keeps_a_key_without_its_root),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
