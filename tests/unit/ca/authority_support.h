/* What the tests of the CA folder share: two keys, a folder made of them, and how to spoil it. Keys
 * have 2048 bits here, as making those takes a tenth of the time. */
#ifndef AUTHORITY_SUPPORT_H
#define AUTHORITY_SUPPORT_H

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "meshctl/ca/authority.h"
#include "scratch.h"

#define AUTO_AUTHORITY MC_CLEANUP(authority_cleanup) struct authority
#define AUTO_FILES MC_CLEANUP(authority_files_cleanup) struct authority_files

/* Two keys for all tests: [0] signs, [1] is an intermediate's. */
static struct pki_key *keys[2];
static char *key_pems[2];

static inline int make_keys(void **state)
{
    (void)state;
    struct error *err = NULL;
    for (size_t i = 0; i < 2; i++) {
        struct buf pem = BUF_INIT;
        must(pki_key_new(2048, &keys[i], &err), &err);
        must(pki_key_write(&pem, keys[i], &err), &err);
        key_pems[i] = buf_detach(&pem, NULL);
    }
    return 0;
}

static inline int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        pki_key_free(keys[i]);
        free(key_pems[i]);
    }
    return 0;
}

/* Each test in a folder of its own. */
#define CASE(f) cmocka_unit_test_setup_teardown(f, enter_folder, leave_folder)

static inline struct authority *open_folder(const char *dir)
{
    struct error *err = NULL;
    struct authority *a = NULL;
    must(authority_open(dir, "istio-system", NULL, &a, &err), &err);
    return a;
}

/* The authority takes a key over: it gets a copy. */
static inline struct pki_key *key_copy(size_t i)
{
    struct error *err = NULL;
    struct pki_key *key = NULL;
    must(pki_key_read(key_pems[i], strlen(key_pems[i]), "key", &key, &err), &err);
    return key;
}

/* A folder with a root (signed by keys[root]) and west-cluster's intermediate of the other key. */
static inline void make_folder(const char *dir, size_t root)
{
    struct error *err = NULL;
    AUTO_AUTHORITY *a = open_folder(dir);
    AUTO_FILES *files = NULL;
    must(authority_make_root_take(a, key_copy(root), &err), &err);
    must(authority_save_root(a, &err), &err);
    must(authority_intermediate(a, "west-cluster", keys[!root], NULL, &files, &err), &err);
    must(authority_save_intermediate(a, "west-cluster", files, &err), &err);
}

static inline X509 *x509_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(x);
    return x;
}

static inline EVP_PKEY *pkey_of(const char *pem)
{
    BIO *bio = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    assert_non_null(key);
    return key;
}

/* Rewrites a certificate: other days (relative to now), or no CA any more, signed again. */
static inline void change_cert(const char *path, const char *signer_pem, int from_days,
                               int until_days, bool is_ca)
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

static inline void refuses_cluster(const char *dir, const char *cluster, const char *says)
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

static inline void refuses_intermediate(const char *dir, const char *says)
{
    refuses_cluster(dir, "west-cluster", says);
}

#endif
