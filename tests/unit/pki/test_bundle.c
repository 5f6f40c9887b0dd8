/* PEM bundles; facts about the golden certificates are what `openssl x509` prints for them. */
#include "support.h"

static int read_certs(const char *pem, struct pki_cert ***certs, size_t *count, struct error **err)
{
    return pki_certs_read(pem, strlen(pem), "bundle.pem", certs, count, err);
}

static void chain_in_order(void **state)
{
    (void)state;
    AUTO_FREE char *pem = golden_dup("istio/cert-chain.pem");
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    must(read_certs(pem, &certs, &count, &err), &err);
    assert_int_equal(count, 2);
    AUTO_FREE char *first = pki_cert_subject_dup(certs[0]);
    AUTO_FREE char *issuer = pki_cert_issuer_dup(certs[0]);
    AUTO_FREE char *second = pki_cert_subject_dup(certs[1]);
    assert_string_equal(first, "O=Istio, CN=Intermediate CA, L=west-cluster");
    assert_string_equal(issuer, "O=Istio, CN=Root CA");
    assert_string_equal(second, "O=Istio, CN=Root CA");
    assert_true(pki_cert_is_ca(certs[0]));
    AUTO_FREE char *a = cert_pem_dup(certs[0]), *b = cert_pem_dup(certs[1]);
    AUTO_FREE char *both = mem_printf("%s%s", a, b);
    assert_string_equal(both, pem);
    pki_certs_free(certs, count);
}

/* Reads "fingerprint" and the dates with the openssl program and compares. */
static void facts_are_openssls(void **state)
{
    (void)state;
    AUTO_CERT *cert = golden_cert("istio/root-cert.pem");
    AUTO_FREE char *ours = pki_cert_fingerprint_dup(cert);
    AUTO_FREE char *line =
        RUN_DUP("openssl", "x509", "-in", TEST_DATA_DIR "/golden/pki/istio/root-cert.pem", "-noout",
                "-fingerprint", "-sha256", "-dates", "-dateopt", "iso_8601");
    struct buf theirs = BUF_INIT;
    const char *p = strchr(line, '=') + 1;
    for (; *p != '\n'; p++)
        if (*p != ':')
            buf_appendc(&theirs, *p >= 'A' ? (char)(*p + 32) : *p);
    assert_string_equal(ours, buf_str(&theirs));
    buf_release(&theirs);
    char before[64], after[64];
    time_t from = pki_cert_not_before(cert), to = pki_cert_not_after(cert);
    struct tm tm;
    strftime(before, sizeof(before), "notBefore=%Y-%m-%d %H:%M:%SZ", gmtime_r(&from, &tm));
    strftime(after, sizeof(after), "notAfter=%Y-%m-%d %H:%M:%SZ", gmtime_r(&to, &tm));
    assert_non_null(strstr(line, before));
    assert_non_null(strstr(line, after));
}

static void other_blocks_are_skipped(void **state)
{
    (void)state;
    AUTO_FREE char *root = golden_dup("istio/root-cert.pem");
    AUTO_FREE char *key_path = path_dup("skip.pem");
    free(RUN_DUP("openssl", "genpkey", "-algorithm", "ed25519", "-out", key_path));
    AUTO_FREE char *key = read_dup(key_path);
    AUTO_FREE char *pem = mem_printf("# roots\n%sBag Attributes\n  x: y\n%s%s", key, root, key);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    must(read_certs(pem, &certs, &count, &err), &err);
    assert_int_equal(count, 1);
    pki_certs_free(certs, count);
}

static void expect_bad(const char *pem, const char *says, const char *where)
{
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    assert_int_equal(read_certs(pem, &certs, &count, &err), -1);
    assert_string_equal(err->where, where);
    expect_error(-1, &err, ERROR_INPUT, says);
}

static void bad_bundles(void **state)
{
    (void)state;
    expect_bad("", "holds no certificate", "bundle.pem");
    expect_bad("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
               "holds no certificate", "bundle.pem");
    expect_bad("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
               "certificate 1 of bundle.pem does not parse", "bundle.pem:1");
    AUTO_FREE char *root = golden_dup("istio/root-cert.pem");
    AUTO_FREE char *second =
        mem_printf("%s-----BEGIN CERTIFICATE-----\n@@@@\n-----END CERTIFICATE-----\n", root);
    size_t lines = 1;
    for (const char *p = root; *p; p++)
        lines += *p == '\n';
    AUTO_FREE char *where = mem_printf("bundle.pem:%zu", lines);
    expect_bad(second, "does not parse", where);
    AUTO_FREE char *cut = mem_strndup(root, strlen(root) / 2);
    expect_bad(cut, "does not parse", "bundle.pem:1");
}

static void count_is_bounded(void **state)
{
    (void)state;
    /* A small certificate, so that the count and not the size is the limit. */
    AUTO_FREE char *root = RUN_DUP("openssl", "req", "-x509", "-newkey", "ed25519", "-noenc",
                                   "-keyout", "/dev/null", "-subj", "/CN=x");
    struct buf all = BUF_INIT;
    for (int i = 0; i < PKI_MAX_CERTS; i++)
        buf_appends(&all, root);
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    must(read_certs(buf_str(&all), &certs, &count, &err), &err);
    assert_int_equal(count, PKI_MAX_CERTS);
    pki_certs_free(certs, count);
    buf_appends(&all, root);
    expect_error(read_certs(buf_str(&all), &certs, &count, &err), &err, ERROR_INPUT,
                 "more than 1024 certificates");
    buf_release(&all);
}

/* A later failure must not speak of an earlier one. */
static void errors_do_not_linger(void **state)
{
    (void)state;
    struct pki_cert **certs = NULL;
    size_t count = 0;
    struct error *err = NULL;
    expect_bad("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "not parse",
               "bundle.pem:1");
    assert_int_equal(read_certs("", &certs, &count, &err), -1);
    assert_string_equal(err->message, "bundle.pem holds no certificate in PEM form");
    error_free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chain_in_order),   cmocka_unit_test(facts_are_openssls),
        cmocka_unit_test(bad_bundles),      cmocka_unit_test(other_blocks_are_skipped),
        cmocka_unit_test(count_is_bounded), cmocka_unit_test(errors_do_not_linger),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
