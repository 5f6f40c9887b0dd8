#include "test_certs.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "meshctl/base/mem.h"

struct test_authority {
    EVP_PKEY *key;
    X509 *cert;
    char *pem;
    long serial;
};

/* May run outside a test function (group set-up), so no cmocka assertion. */
static void must(int good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "test certificates: %s failed\n", what);
    ERR_print_errors_fp(stderr);
    abort();
}

static char *drain(BIO *bio)
{
    char *data;
    long len = BIO_get_mem_data(bio, &data);
    char *text = mem_strndup(data, (size_t)len);
    BIO_free(bio);
    return text;
}

static char *cert_pem(X509 *cert)
{
    BIO *bio = BIO_new(BIO_s_mem());
    must(PEM_write_bio_X509(bio, cert), "PEM_write_bio_X509");
    return drain(bio);
}

static char *key_pem(EVP_PKEY *key)
{
    BIO *bio = BIO_new(BIO_s_mem());
    must(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), "PEM_write_bio_PrivateKey");
    return drain(bio);
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(extension != NULL, value);
    must(X509_add_ext(cert, extension, -1), "X509_add_ext");
    X509_EXTENSION_free(extension);
}

static X509 *cert_new(EVP_PKEY *key, const struct test_cert_spec *spec, long serial)
{
    X509 *cert = X509_new();
    X509_NAME *name = X509_get_subject_name(cert);
    must(X509_set_version(cert, X509_VERSION_3), "X509_set_version");
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_time_adj_ex(X509_getm_notBefore(cert), 0, spec->from_s ? spec->from_s : -3600, NULL);
    X509_time_adj_ex(X509_getm_notAfter(cert), 0, spec->until_s ? spec->until_s : 3600, NULL);
    must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    (const unsigned char *)spec->common_name, -1, -1, 0),
         "X509_NAME_add_entry_by_txt");
    must(X509_set_pubkey(cert, key), "X509_set_pubkey");
    return cert;
}

struct test_authority *test_authority_new(const char *common_name)
{
    struct test_authority *a = mem_zalloc(sizeof(*a));
    a->key = EVP_EC_gen("P-256");
    must(a->key != NULL, "EVP_EC_gen");
    a->serial = 1;
    a->cert = cert_new(a->key, &(struct test_cert_spec){.common_name = common_name}, a->serial);
    must(X509_set_issuer_name(a->cert, X509_get_subject_name(a->cert)), "X509_set_issuer_name");
    add_extension(a->cert, a->cert, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(a->cert, a->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(a->cert, a->cert, NID_subject_key_identifier, "hash");
    must(X509_sign(a->cert, a->key, EVP_sha256()), "X509_sign");
    a->pem = cert_pem(a->cert);
    return a;
}

void test_authority_free(struct test_authority *a)
{
    if (!a)
        return;
    EVP_PKEY_free(a->key);
    X509_free(a->cert);
    free(a->pem);
    free(a);
}

const char *test_authority_pem(const struct test_authority *a)
{
    return a->pem;
}

void test_authority_issue(struct test_authority *a, const struct test_cert_spec *spec,
                          struct test_cert *ret_cert)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    must(key != NULL, "EVP_EC_gen");
    X509 *cert = cert_new(key, spec, ++a->serial);
    must(X509_set_issuer_name(cert, X509_get_subject_name(a->cert)), "X509_set_issuer_name");
    add_extension(cert, a->cert, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(cert, a->cert, NID_ext_key_usage, "serverAuth,clientAuth");
    if (spec->san)
        add_extension(cert, a->cert, NID_subject_alt_name, spec->san);
    must(X509_sign(cert, a->key, EVP_sha256()), "X509_sign");
    ret_cert->cert_pem = cert_pem(cert);
    ret_cert->key_pem = key_pem(key);
    X509_free(cert);
    EVP_PKEY_free(key);
}

void test_cert_release(struct test_cert *c)
{
    free(c->cert_pem);
    free(c->key_pem);
    *c = (struct test_cert){0};
}
