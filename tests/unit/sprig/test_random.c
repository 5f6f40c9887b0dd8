/* Passwords, keys, certificates and random values: what differs from run to run is looked at by its
 * shape; limits. The rest is in tests/golden/tmpl/func_crypto.test. */
#include "support.h"

#include "meshctl/pki/cert.h"
#include "tmpl_call.h"

#define DIGITS "0123456789"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWER "abcdefghijklmnopqrstuvwxyz"

static int setup(void **state)
{
    struct call *c = call_begin(state);
    c->set = open_set(c->a, 3);
    return 0;
}

static int teardown(void **state)
{
    close_set(((struct call *)*state)->set);
    call_end(state);
    return 0;
}

static struct tval_string text(struct call *c, const char *name, const struct tval *args,
                               size_t argc)
{
    if (call(c, name, args, argc) < 0)
        fail_msg("%s: %s", name, c->err->message);
    assert_int_equal(c->ret.kind, TVAL_STRING);
    return c->ret.s;
}

static struct tval_string text_of_int(struct call *c, const char *name, int64_t i)
{
    struct tval arg = tval_int(i);
    return text(c, name, &arg, 1);
}

static void assert_fails(struct call *c, const char *name, const struct tval *args, size_t argc,
                         const char *what)
{
    assert_int_equal(call(c, name, args, argc), -1);
    assert_int_equal(c->err->kind, ERROR_INPUT);
    if (!strstr(c->err->message, what))
        fail_msg("\"%s\" does not say \"%s\"", c->err->message, what);
}

/* Every character of the alphabet, and no other, in a text so long that each one's missing has a
 * chance of less than 2^-500; about equally often. */
static void assert_alphabet(struct call *c, const char *name, const char *alphabet)
{
    const size_t len = 50000;
    size_t seen[256] = {0};
    struct tval_string s = text_of_int(c, name, (int64_t)len);
    assert_int_equal(s.len, len);
    for (size_t i = 0; i < s.len; i++)
        seen[(unsigned char)s.data[i]]++;
    for (size_t i = 0; i < 256; i++) {
        bool known = i != 0 && strchr(alphabet, (int)i) != NULL;
        size_t mean = len / strlen(alphabet);
        if (known)
            assert_in_range(seen[i], mean / 2, mean * 2);
        else
            assert_int_equal(seen[i], 0);
    }
}

static void texts_use_their_alphabet(void **state)
{
    assert_alphabet(*state, "randAlphaNum", UPPER LOWER DIGITS);
    assert_alphabet(*state, "randAlpha", UPPER LOWER);
    assert_alphabet(*state, "randNumeric", DIGITS);
    assert_alphabet(*state, "randAscii",
                    " !\"#$%&'()*+,-./" DIGITS ":;<=>?@" UPPER "[\\]^_`" LOWER "{|}~");
}

static void two_calls_differ(void **state)
{
    static const char *const names[] = {"randAlphaNum", "randAlpha", "randNumeric", "randAscii",
                                        "randBytes"};
    struct call *c = *state;
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        struct tval_string one = text_of_int(c, names[i], 40);
        struct tval_string two = text_of_int(c, names[i], 40);
        assert_string_not_equal(one.data, two.data);
    }
    struct tval_string one = text(c, "uuidv4", NULL, 0);
    struct tval_string two = text(c, "uuidv4", NULL, 0);
    assert_string_not_equal(one.data, two.data);
}

static void integers_stay_in_their_range(void **state)
{
    struct call *c = *state;
    const struct tval args[] = {tval_int(-3), tval_int(4)};
    size_t seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        assert_int_equal(call(c, "randInt", args, 2), 0);
        assert_in_range(c->ret.i + 3, 0, 6);
        seen[c->ret.i + 3]++;
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(seen); i++)
        assert_in_range(seen[i], 500, 1500);
    const struct tval wide[] = {tval_int(0), tval_int(INT64_MAX)};
    bool large = false;
    for (int i = 0; i < 64; i++) {
        assert_int_equal(call(c, "randInt", wide, 2), 0);
        assert_true(c->ret.i >= 0);
        large = large || c->ret.i > (int64_t)1 << 61;
    }
    assert_true(large);
}

static void shuffling_keeps_the_runes(void **state)
{
    struct call *c = *state;
    struct tval arg = tval_cstring(c->a, "0123456789abcdefghijklmnopqrstuvwxyz\xc3\xa9");
    struct tval_string s = text(c, "shuffle", &arg, 1);
    assert_int_equal(s.len, arg.s.len);
    assert_string_not_equal(s.data, arg.s.data);
    assert_non_null(strstr(s.data, "\xc3\xa9"));
    for (const char *p = DIGITS LOWER; *p; p++)
        assert_non_null(strchr(s.data, *p));
}

static void counts_are_bounded(void **state)
{
    static const char *const names[] = {"randAlphaNum", "randAlpha", "randNumeric", "randAscii",
                                        "randBytes"};
    struct call *c = *state;
    const struct tval huge = tval_int(INT64_MAX);
    const struct tval over = tval_int((int64_t)TMPL_MAX_OUTPUT + 1);
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++) {
        assert_fails(c, names[i], &huge, 1, "makeslice: len out of range");
        assert_fails(c, names[i], &over, 1, "longer than");
    }
}

/* Each counts for about its time. */
static void slow_functions_use_up_steps(void **state)
{
    struct call *c = *state;
    const struct tval s = tval_cstring(c->a, "x");
    const struct tval type = tval_cstring(c->a, "rsa");
    const struct tval kind = tval_cstring(c->a, "pin");
    const struct tval ca[] = {s, tval_int(1)};
    const struct tval derived[] = {tval_int(1), kind, s, s, s};
    const struct tmpl_options few = {.functions = &functions, .max_steps = 1000};
    close_set(c->set);
    c->set = tmpl_set_new(c->a, &few);
    assert_fails(c, "bcrypt", &s, 1, "the template runs too long");
    assert_fails(c, "htpasswd", (struct tval[]){s, s}, 2, "the template runs too long");
    assert_fails(c, "genPrivateKey", &type, 1, "the template runs too long");
    assert_fails(c, "genCA", ca, 2, "the template runs too long");
    assert_fails(c, "genCAWithKey", (struct tval[]){s, ca[1], s}, 3, "the template runs too long");
    assert_fails(c, "derivePassword", derived, 5, "the template runs too long");
}

static void passwords_with_a_nul_are_refused(void **state)
{
    struct call *c = *state;
    const struct tval s = tval_string(c->a, "a\0b", 3);
    assert_fails(c, "bcrypt", &s, 1, "NUL");
    assert_fails(c, "htpasswd", (struct tval[]){s, s}, 2, "NUL");
}

static struct tval field(struct call *c, struct tval certificate, const char *name)
{
    struct tval v = tval_nil();
    assert_int_equal(certificate.kind, TVAL_OBJECT);
    assert_int_equal(
        certificate.object->type->member(c->a, certificate.object, name, NULL, 0, &v, &c->err), 1);
    return v;
}

static struct pki_cert *cert_of(struct call *c, struct tval certificate)
{
    struct tval pem = field(c, certificate, "Cert");
    struct pki_cert **certs = NULL;
    size_t count = 0;
    assert_int_equal(pki_certs_read(pem.s.data, pem.s.len, "Cert", &certs, &count, &c->err), 0);
    assert_int_equal(count, 1);
    struct pki_cert *cert = TAKE(certs[0]);
    pki_certs_free(certs, count);
    return cert;
}

static struct pki_key *key_of(struct call *c, struct tval certificate)
{
    struct tval pem = field(c, certificate, "Key");
    struct pki_key *key = NULL;
    assert_int_equal(strncmp(pem.s.data, "-----BEGIN RSA PRIVATE KEY-----\n", 32), 0);
    assert_int_equal(pki_key_read(pem.s.data, pem.s.len, "Key", &key, &c->err), 0);
    return key;
}

#define AUTO_KEY MC_CLEANUP(pki_key_cleanup) struct pki_key
#define AUTO_CERT MC_CLEANUP(pki_cert_cleanup) struct pki_cert

static void signed_certificates_chain(void **state)
{
    struct call *c = *state;
    const struct tval name = tval_cstring(c->a, "leaf");
    const struct tval days = tval_int(10);
    struct tval names = tval_list(c->a, 1);
    names.list->items[0] = tval_cstring(c->a, "leaf.example");
    struct tval ips = tval_list(c->a, 0);
    assert_int_equal(call(c, "genCA", (struct tval[]){tval_cstring(c->a, "ca"), days}, 2), 0);
    struct tval ca = c->ret;
    assert_int_equal(call(c, "genSignedCert", (struct tval[]){name, ips, names, days, ca}, 5), 0);
    struct tval leaf = c->ret;
    assert_int_equal(call(c, "genSelfSignedCert", (struct tval[]){name, ips, names, days}, 4), 0);
    AUTO_CERT *ca_cert = cert_of(c, ca);
    AUTO_CERT *leaf_cert = cert_of(c, leaf);
    AUTO_CERT *self_cert = cert_of(c, c->ret);
    AUTO_KEY *leaf_key = key_of(c, leaf);
    AUTO_KEY *self_key = key_of(c, c->ret);
    assert_true(pki_cert_is_ca(ca_cert));
    assert_true(pki_cert_matches(leaf_cert, leaf_key));
    assert_true(pki_cert_matches(self_cert, self_key));
    assert_false(pki_cert_matches(self_cert, leaf_key));
    assert_int_equal(pki_cert_verify(leaf_cert, NULL, 0, &ca_cert, 1, PKI_USE_SERVER, &c->err), 0);
    assert_int_equal(pki_cert_verify(self_cert, NULL, 0, &self_cert, 1, PKI_USE_SERVER, &c->err),
                     0);
    assert_int_equal(pki_cert_verify(self_cert, NULL, 0, &ca_cert, 1, PKI_USE_SERVER, &c->err), -1);
}

/* Go's text for this shows the struct, and so the private key. */
static void errors_show_no_key(void **state)
{
    struct call *c = *state;
    static const char source[] = "{{ $c := genCA \"c\" 1 }}{{ range $c }}{{ end }}";
    AUTO_BUF out = BUF_INIT;
    assert_int_equal(tmpl_add(c->set, "t", source, strlen(source), &c->err), 0);
    assert_int_equal(tmpl_execute(c->set, "t", tval_nil(), &out, &c->err), -1);
    assert_string_equal(c->err->message, "template: t:1:32: executing \"t\" at <$c>: range can't "
                                         "iterate over sprig.certificate");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(texts_use_their_alphabet),
        TEST(two_calls_differ),
        TEST(integers_stay_in_their_range),
        TEST(shuffling_keeps_the_runes),
        TEST(counts_are_bounded),
        TEST(slow_functions_use_up_steps),
        TEST(passwords_with_a_nul_are_refused),
        TEST(signed_certificates_chain),
        TEST(errors_show_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
