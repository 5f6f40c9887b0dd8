/* Keys against the openssl program, certificates against those that sprig made with the same keys
 * (golden/pki/sprig). What Go refuses, and how it says so, is in golden/tmpl/func_crypto.test. */
#include "support.h"

#include <openssl/x509v3.h>

#include "meshctl/pki/gopem.h"
#include "meshctl/pki/gox509.h"
#include "openssl.h"

static struct pki_key *golden_key(const char *name)
{
    AUTO_FREE char *path = mem_printf("sprig/%s.key.pem", name);
    AUTO_FREE char *pem = golden_dup(path);
    struct pki_key *key = NULL;
    struct error *err = NULL;
    must(gox509_key_read(pem, strlen(pem), &key, &err), &err);
    return key;
}

static struct pki_cert *sprig_cert(const char *name)
{
    AUTO_FREE char *path = mem_printf("sprig/%s.pem", name);
    AUTO_FREE char *pem = golden_dup(path);
    AUTO_GOPEM block = {0};
    assert_true(gopem_decode(pem, strlen(pem), &block));
    struct pki_cert *cert = NULL;
    struct error *err = NULL;
    must(gox509_cert_read((const unsigned char *)block.der.data, block.der.len, &cert, &err), &err);
    return cert;
}

static void quote(struct buf *out, const char *s, size_t len)
{
    buf_appendc(out, '"');
    buf_append(out, s, len);
    buf_appendc(out, '"');
}

#define MAX_NAMES 3

/* A call of sprig. */
struct request {
    const char *golden; /* the certificate that it gave; also a name of ours for `issuer` */
    const char *key;
    const char *issuer, *issuer_key;
    const char *common_name;
    const char *ips[MAX_NAMES];
    const char *dns_names[MAX_NAMES];
    int64_t days;
    bool is_ca;
};

static struct pki_cert *make(const struct request *r)
{
    struct gox509_ip ips[MAX_NAMES];
    struct gox509_text names[MAX_NAMES];
    struct gox509_template template = {.common_name = {r->common_name, strlen(r->common_name)},
                                       .ips = ips,
                                       .dns_names = names,
                                       .days = r->days,
                                       .is_ca = r->is_ca,
                                       .quote = quote};
    for (size_t i = 0; i < MAX_NAMES && r->ips[i]; i++)
        assert_true(gox509_ip_parse(r->ips[i], strlen(r->ips[i]), &ips[template.ips_count++]));
    for (size_t i = 0; i < MAX_NAMES && r->dns_names[i]; i++)
        names[template.dns_names_count++] =
            (struct gox509_text){r->dns_names[i], strlen(r->dns_names[i])};
    AUTO_KEY *key = golden_key(r->key);
    AUTO_CERT *issuer = r->issuer ? sprig_cert(r->issuer) : NULL;
    AUTO_KEY *issuer_key = r->issuer ? golden_key(r->issuer_key) : NULL;
    struct pki_cert *cert = NULL;
    struct error *err = NULL;
    must(gox509_cert_issue(&template, key, issuer, issuer_key, &cert, &err), &err);
    return cert;
}

static void set_same(X509 *x, const X509 *from)
{
    assert_int_equal(
        X509_set_serialNumber(x, (ASN1_INTEGER *)(uintptr_t)X509_get0_serialNumber(from)), 1);
    assert_int_equal(X509_set1_notBefore(x, X509_get0_notBefore(from)), 1);
    assert_int_equal(X509_set1_notAfter(x, X509_get0_notAfter(from)), 1);
}

/* With theirs put in where chance and the clock decide, what is signed must be the same bytes. */
static void assert_same_certificate(const struct pki_cert *ours, const struct pki_cert *theirs)
{
    unsigned char *a = NULL;
    unsigned char *b = NULL;
    X509 *copy = X509_dup(ours->x509);
    set_same(copy, theirs->x509);
    int a_len = i2d_re_X509_tbs(copy, &a);
    int b_len = i2d_re_X509_tbs(theirs->x509, &b);
    assert_true(a_len > 100);
    assert_int_equal(a_len, b_len);
    assert_memory_equal(a, b, (size_t)b_len);
    OPENSSL_free(a);
    OPENSSL_free(b);
    X509_free(copy);
}

static const struct request requests[] = {
    {.golden = "ca", .key = "ed25519", .common_name = "The CA", .days = 3650, .is_ca = true},
    {.golden = "rsaca", .key = "rsa", .common_name = "RSA & CA", .days = 3650, .is_ca = true},
    {.golden = "names",
     .key = "p256",
     .common_name = "",
     .ips = {"10.0.0.1", "2001:db8::1", "::ffff:1.2.3.4"},
     .dns_names = {"a.example", "*.b.example"},
     .days = 30},
    {.golden = "utf8", .key = "p384", .common_name = "*.ex\xc3\xa4mple", .days = 30},
    {.golden = "leaf",
     .key = "rsa",
     .issuer = "ca",
     .issuer_key = "ed25519",
     .common_name = "leaf.example",
     .dns_names = {"leaf.example"},
     .days = 365},
    {.golden = "rsaleaf",
     .key = "p256",
     .issuer = "rsaca",
     .issuer_key = "rsa",
     .common_name = "leaf.example",
     .ips = {"127.0.0.1"},
     .days = 365},
    /* No authority key id where subject and issuer are the same bytes. */
    {.golden = "same",
     .key = "p256",
     .issuer = "ca",
     .issuer_key = "ed25519",
     .common_name = "The CA",
     .days = 1},
    {.golden = "othercase",
     .key = "p256",
     .issuer = "ca",
     .issuer_key = "ed25519",
     .common_name = "the ca",
     .days = 1},
};

static void certificates_are_sprigs(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(requests); i++) {
        const struct request *r = &requests[i];
        AUTO_CERT *ours = make(r);
        AUTO_CERT *theirs = sprig_cert(r->golden);
        assert_same_certificate(ours, theirs);
        AUTO_KEY *signer = golden_key(r->issuer ? r->issuer_key : r->key);
        assert_int_equal(X509_verify(ours->x509, signer->pkey), 1);
        AUTO_KEY *key = golden_key(r->key);
        assert_true(pki_cert_matches(ours, key));
        assert_int_equal((pki_cert_not_after(ours) - pki_cert_not_before(ours)), r->days * 86400);
        assert_true(labs(time(NULL) - pki_cert_not_before(ours)) < 60);
    }
}

static void serials_differ(void **state)
{
    (void)state;
    AUTO_CERT *one = make(&requests[0]);
    AUTO_CERT *two = make(&requests[0]);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(one->x509);
    assert_int_not_equal(ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(two->x509)), 0);
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    assert_false(BN_is_negative(number));
    assert_in_range(BN_num_bits(number), 64, 128);
    BN_free(number);
}

/* What Go 1.26's time arithmetic gives; it wraps around past 106751 days. Where it does, the
 * fraction of the current second may carry. */
static void days_wrap_as_in_go(void **state)
{
    (void)state;
    static const struct {
        int64_t days, seconds;
    } cases[] = {
        {1, 86400},
        {0, 0},
        {-1, -86400},
        {106751, 9223286400},
        {106752, -9223371274},
        {200000, -1166744074},
        {1000000000, -4549241256},
        {-106752, 9223371273},
        {INT64_MAX, -86400},
        {INT64_MIN, 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct request r = requests[0];
        r.days = cases[i].days;
        AUTO_CERT *cert = make(&r);
        time_t lives = pki_cert_not_after(cert) - pki_cert_not_before(cert);
        assert_true(lives == cases[i].seconds || lives == cases[i].seconds + 1);
    }
}

/* UTCTime ends in 2049 (RFC 5280 4.1.2.5). */
static void late_times_are_generalized(void **state)
{
    (void)state;
    struct request r = requests[0];
    r.days = 36500;
    AUTO_CERT *cert = make(&r);
    assert_int_equal(X509_get0_notBefore(cert->x509)->type, V_ASN1_UTCTIME);
    assert_int_equal(X509_get0_notAfter(cert->x509)->type, V_ASN1_GENERALIZEDTIME);
}

static void keys_are_sound(void **state)
{
    (void)state;
    static const struct {
        enum gox509_key_type type;
        const char *first, *shape;
    } cases[] = {
        {GOX509_RSA_2048, "-----BEGIN RSA PRIVATE KEY-----\n", "2048 bit, 2 primes"},
        {GOX509_RSA_4096, "-----BEGIN RSA PRIVATE KEY-----\n", "4096 bit, 2 primes"},
        {GOX509_DSA_2048, "-----BEGIN DSA PRIVATE KEY-----\n", "Private-Key: (2048 bit)"},
        {GOX509_ECDSA_P256, "-----BEGIN EC PRIVATE KEY-----\n", "NIST CURVE: P-256"},
        {GOX509_ED25519, "-----BEGIN PRIVATE KEY-----\n", "ED25519 Private-Key:"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_KEY *key = NULL;
        AUTO_SECRET_BUF pem = BUF_INIT;
        struct error *err = NULL;
        must(gox509_key_new(cases[i].type, &key, &err), &err);
        must(gox509_key_write(&pem, key, &err), &err);
        assert_int_equal(strncmp(buf_str(&pem), cases[i].first, strlen(cases[i].first)), 0);
        AUTO_FREE char *path = save_dup("key.pem", buf_str(&pem));
        AUTO_FREE char *text = RUN_DUP("openssl", "pkey", "-in", path, "-noout", "-text", "-check");
        assert_non_null(strstr(text, "Key is valid"));
        if (!strstr(text, cases[i].shape))
            fail_msg("%s", cases[i].shape);
        AUTO_KEY *again = NULL;
        must(gox509_key_read(buf_str(&pem), pem.len, &again, &err), &err);
    }
}

/* sprig writes a key that it was given in the form of its type. */
static void keys_are_written_as_their_type(void **state)
{
    (void)state;
    static const char *const names[] = {"rsa", "p256", "p384", "ed25519"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        AUTO_FREE char *file = mem_printf("sprig/%s.key.pem", names[i]);
        AUTO_FREE char *pem = golden_dup(file);
        AUTO_FREE char *path = save_dup("given.pem", pem);
        AUTO_FREE char *pkcs8 = RUN_DUP("openssl", "pkcs8", "-topk8", "-nocrypt", "-in", path);
        AUTO_KEY *key = NULL;
        AUTO_SECRET_BUF out = BUF_INIT;
        struct error *err = NULL;
        must(gox509_key_read(pkcs8, strlen(pkcs8), &key, &err), &err);
        must(gox509_key_write(&out, key, &err), &err);
        assert_string_equal(buf_str(&out), pem);
    }
}

static void limits_hold(void **state)
{
    (void)state;
    AUTO_KEY *key = golden_key("ed25519");
    AUTO_KEY *none = NULL;
    AUTO_CERT *cert = NULL;
    struct error *err = NULL;
    AUTO_BUF large = BUF_INIT;
    buf_pad(&large, 'x', PKI_MAX_PEM + 1);
    expect_error(gox509_key_read(large.data, large.len, &none, &err), &err, ERROR_INPUT, "larger");
    expect_error(gox509_cert_read((const unsigned char *)large.data, large.len, &cert, &err), &err,
                 ERROR_INPUT, "larger");
    struct gox509_template template = {.common_name = {large.data, large.len}, .quote = quote};
    expect_error(gox509_cert_issue(&template, key, NULL, NULL, &cert, &err), &err, ERROR_INPUT,
                 "at most");
    AUTO_FREE struct gox509_ip *ips = mem_array(GOX509_MAX_NAMES + 1, sizeof(*ips));
    template =
        (struct gox509_template){.ips = ips, .ips_count = GOX509_MAX_NAMES + 1, .quote = quote};
    expect_error(gox509_cert_issue(&template, key, NULL, NULL, &cert, &err), &err, ERROR_INPUT,
                 "at most");
}

static void huge_moduli_are_refused(void **state)
{
    (void)state;
    AUTO_BUF der = BUF_INIT;
    AUTO_BUF pem = BUF_INIT;
    AUTO_KEY *key = NULL;
    struct error *err = NULL;
    /* SEQUENCE { 0, a modulus of 3000 octets, five times 3 } */
    buf_append(&der, "\x30\x82\x0b\xce\x02\x01\x00\x02\x82\x0b\xb8", 11);
    buf_pad(&der, '\x7f', 3000);
    for (int i = 0; i < 5; i++)
        buf_append(&der, "\x02\x01\x03", 3);
    gopem_encode(&pem, "RSA PRIVATE KEY", (const unsigned char *)der.data, der.len);
    expect_error(gox509_key_read(pem.data, pem.len, &key, &err), &err, ERROR_INPUT,
                 "an RSA key has at most 16384 bits");
}

static void certificates_verify(void **state)
{
    (void)state;
    AUTO_CERT *ca = make(&requests[0]);
    AUTO_KEY *ca_key = golden_key("ed25519");
    AUTO_KEY *key = golden_key("p256");
    AUTO_CERT *leaf = NULL;
    struct error *err = NULL;
    const struct gox509_text name = {"leaf.example", 12};
    const struct gox509_template template = {
        .common_name = name, .dns_names = &name, .dns_names_count = 1, .days = 1, .quote = quote};
    must(gox509_cert_issue(&template, key, ca, ca_key, &leaf, &err), &err);
    must(pki_cert_verify(leaf, NULL, 0, &ca, 1, PKI_USE_SERVER, &err), &err);
    assert_true(pki_cert_is_ca(ca));
    assert_false(pki_cert_is_ca(leaf));
    AUTO_CERT *other = make(&requests[1]);
    assert_int_equal(pki_cert_verify(leaf, NULL, 0, &other, 1, PKI_USE_SERVER, &err), -1);
    error_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_sprigs),
        cmocka_unit_test(serials_differ),
        cmocka_unit_test(days_wrap_as_in_go),
        cmocka_unit_test(late_times_are_generalized),
        cmocka_unit_test(keys_are_sound),
        cmocka_unit_test(keys_are_written_as_their_type),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(huge_moduli_are_refused),
        cmocka_unit_test(certificates_verify),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
