/* Keys against the openssl program, both ways. */
#include "support.h"

#include "meshctl/base/clock.h"

static int read_key(const char *pem, struct pki_key **ret_key, struct error **err)
{
    return pki_key_read(pem, strlen(pem), "key.pem", ret_key, err);
}

/* The public half as the openssl program sees it. */
static char *public_dup(const char *path)
{
    return RUN_DUP("openssl", "pkey", "-in", path, "-pubout");
}

static void assert_reads_same(const char *path)
{
    AUTO_FREE char *pem = read_dup(path);
    AUTO_KEY *key = NULL;
    struct error *err = NULL;
    must(read_key(pem, &key, &err), &err);
    AUTO_SECRET_BUF out = BUF_INIT;
    must(pki_key_write(&out, key, &err), &err);
    assert_int_equal(strncmp(buf_str(&out), "-----BEGIN PRIVATE KEY-----\n", 28), 0);
    AUTO_FREE char *copy = save_dup("copy.pem", buf_str(&out));
    AUTO_FREE char *theirs = public_dup(path);
    AUTO_FREE char *ours = public_dup(copy);
    assert_string_equal(ours, theirs);
}

/* What the program says of it: that its numbers belong together, that both primes are prime. */
static void assert_sound(unsigned bits)
{
    AUTO_KEY *key = new_key(bits);
    AUTO_SECRET_BUF out = BUF_INIT;
    struct error *err = NULL;
    must(pki_key_write(&out, key, &err), &err);
    AUTO_FREE char *path = save_dup("new.pem", buf_str(&out));
    AUTO_FREE char *check = RUN_DUP("openssl", "pkey", "-in", path, "-check", "-noout", "-text");
    AUTO_FREE char *size = mem_printf("%u bit, 2 primes", bits);
    assert_non_null(strstr(check, "Key is valid"));
    assert_non_null(strstr(check, size));
    assert_non_null(strstr(check, "publicExponent: 65537"));
}

static void new_keys_are_sound(void **state)
{
    (void)state;
    assert_sound(2048);
    assert_sound(3071);
    assert_sound(4096);
}

static void new_keys_differ(void **state)
{
    (void)state;
    AUTO_KEY *a = new_key(2048), *b = new_key(2048);
    AUTO_SECRET_BUF x = BUF_INIT, y = BUF_INIT;
    struct error *err = NULL;
    must(pki_key_write(&x, a, &err), &err);
    must(pki_key_write(&y, b, &err), &err);
    assert_string_not_equal(buf_str(&x), buf_str(&y));
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    AUTO_KEY *key = NULL;
    struct error *err = NULL;
    expect_error(pki_key_new(1024, &key, &err), &err, ERROR_INPUT, "1024");
    expect_error(pki_key_new(1u << 20, &key, &err), &err, ERROR_INPUT, "1048576");
}

static void reads_openssl_forms(void **state)
{
    (void)state;
    AUTO_FREE char *pkcs8 = path_dup("pkcs8.pem"), *pkcs1 = path_dup("pkcs1.pem");
    AUTO_FREE char *ec = path_dup("ec.pem"), *ed = path_dup("ed.pem");
    free(RUN_DUP("openssl", "genrsa", "-out", pkcs8, "2048"));
    free(RUN_DUP("openssl", "rsa", "-in", pkcs8, "-traditional", "-out", pkcs1));
    /* With its "EC PARAMETERS" block in front. */
    free(RUN_DUP("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", ec));
    free(RUN_DUP("openssl", "genpkey", "-algorithm", "ed25519", "-out", ed));
    AUTO_FREE char *pkcs1_text = read_dup(pkcs1);
    assert_non_null(strstr(pkcs1_text, "BEGIN RSA PRIVATE KEY"));
    assert_reads_same(pkcs8);
    assert_reads_same(pkcs1);
    assert_reads_same(ec);
    assert_reads_same(ed);
}

static void encrypted_is_told(void **state)
{
    (void)state;
    AUTO_FREE char *plain = path_dup("plain.pem"), *pkcs8 = path_dup("enc8.pem");
    AUTO_FREE char *pkcs1 = path_dup("enc1.pem");
    free(RUN_DUP("openssl", "genrsa", "-out", plain, "2048"));
    free(RUN_DUP("openssl", "pkcs8", "-topk8", "-in", plain, "-out", pkcs8, "-passout", "pass:x"));
    free(RUN_DUP("openssl", "rsa", "-in", plain, "-traditional", "-aes128", "-passout", "pass:x",
                 "-out", pkcs1));
    const char *paths[] = {pkcs8, pkcs1};
    for (size_t i = 0; i < 2; i++) {
        AUTO_FREE char *pem = read_dup(paths[i]);
        AUTO_KEY *key = NULL;
        struct error *err = NULL;
        assert_int_equal(read_key(pem, &key, &err), -1);
        assert_non_null(err->hint);
        expect_error(-1, &err, ERROR_INPUT, "key.pem is encrypted");
    }
}

static void refuses_what_is_no_key(void **state)
{
    (void)state;
    AUTO_FREE char *cert = golden_dup("istio/root-cert.pem");
    const char *texts[] = {
        "",
        "hello",
        cert,
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_KEY *key = NULL;
        struct error *err = NULL;
        expect_error(read_key(texts[i], &key, &err), &err, ERROR_INPUT, "key.pem");
        assert_null(key);
    }
}

static void size_of_text_is_bounded(void **state)
{
    (void)state;
    AUTO_FREE char *big = mem_alloc(PKI_MAX_PEM + 1);
    memset(big, 'A', PKI_MAX_PEM + 1);
    AUTO_KEY *key = NULL;
    struct error *err = NULL;
    expect_error(pki_key_read(big, PKI_MAX_PEM + 1, "big.pem", &key, &err), &err, ERROR_INPUT,
                 "limit");
}

/* Of a size that takes minutes: a run that already knows that it failed does not wait for it. */
static void making_is_given_up(void **state)
{
    (void)state;
    struct cancel cancel;
    AUTO_KEY *key = NULL;
    struct error *err = NULL;
    assert_int_equal(cancel_init(&cancel), 0);
    cancel_set(&cancel);
    int64_t began_ms = clock_now_ms();
    expect_error(pki_key_new_unless(16384, &cancel, &key, &err), &err, ERROR_CANCELLED, "given up");
    assert_true(clock_now_ms() - began_ms < 10000);
    assert_null(key);
    cancel_release(&cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_keys_are_sound),      cmocka_unit_test(new_keys_differ),
        cmocka_unit_test(sizes_are_bounded),       cmocka_unit_test(reads_openssl_forms),
        cmocka_unit_test(encrypted_is_told),       cmocka_unit_test(refuses_what_is_no_key),
        cmocka_unit_test(size_of_text_is_bounded), cmocka_unit_test(making_is_given_up),
    };
    return cmocka_run_group_tests(tests, folder_setup, folder_teardown);
}
