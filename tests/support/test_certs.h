/* Certificates for test servers and clients, made at run time with OpenSSL (P-256: quick). A
 * failure to make one fails the test. */
#ifndef TEST_CERTS_H
#define TEST_CERTS_H

struct test_authority;

struct test_cert {
    char *cert_pem;
    char *key_pem;
};

struct test_cert_spec {
    const char *common_name;
    const char *san; /* as openssl writes it: "DNS:localhost,IP:127.0.0.1"; NULL: none */
    long from_s;     /* validity relative to now */
    long until_s;    /* 0: an hour from now */
};

struct test_authority *test_authority_new(const char *common_name);
void test_authority_free(struct test_authority *a);
/* Borrowed. */
const char *test_authority_pem(const struct test_authority *a);
/* Good for servers and clients alike. */
void test_authority_issue(struct test_authority *a, const struct test_cert_spec *spec,
                          struct test_cert *ret_cert);
void test_cert_release(struct test_cert *c);

#endif
