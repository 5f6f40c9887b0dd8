/* Vectors: RFC 7914 section 12 (scrypt), RFC 4231 4.2 and 4.3 (HMAC), NIST SP
 * 800-38A F.2.5 (AES). */
#include "support.h"

#include <crypt.h>

#include "meshctl/pki/password.h"

static void assert_bytes(const unsigned char *bytes, size_t len, const char *hex)
{
    AUTO_BUF text = BUF_INIT;
    for (size_t i = 0; i < len; i++)
        buf_appendf(&text, "%02x", bytes[i]);
    assert_string_equal(buf_str(&text), hex);
}

static void scrypt_vectors(void **state)
{
    (void)state;
    static const struct {
        const char *password, *salt;
        uint64_t n, p;
        const char *key;
    } cases[] = {
        {"password", "NaCl", 1024, 16,
         "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
         "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
        {"pleaseletmein", "SodiumChloride", 16384, 1,
         "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
         "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        unsigned char key[64];
        struct error *err = NULL;
        must(pki_scrypt(cases[i].password, strlen(cases[i].password), cases[i].salt,
                        strlen(cases[i].salt), cases[i].n, cases[i].p, key, sizeof(key), &err),
             &err);
        assert_bytes(key, sizeof(key), cases[i].key);
    }
}

static void scrypt_memory_is_bounded(void **state)
{
    (void)state;
    unsigned char key[64];
    struct error *err = NULL;
    expect_error(pki_scrypt("p", 1, "s", 1, 1u << 17, 1, key, sizeof(key), &err), &err,
                 ERROR_INTERNAL, "scrypt");
}

static void hmac_vectors(void **state)
{
    (void)state;
    unsigned char key[20];
    unsigned char mac[PKI_SHA256_SIZE];
    struct error *err = NULL;
    memset(key, 0x0b, sizeof(key));
    must(pki_hmac_sha256(key, sizeof(key), "Hi There", 8, mac, &err), &err);
    assert_bytes(mac, sizeof(mac),
                 "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    must(pki_hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac, &err), &err);
    assert_bytes(mac, sizeof(mac),
                 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static const unsigned char aes_key[PKI_AES_KEY_SIZE] = {
    0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe, 0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
    0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7, 0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4};
static const unsigned char aes_iv[PKI_AES_BLOCK] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                    8, 9, 10, 11, 12, 13, 14, 15};
static const unsigned char aes_text[2 * PKI_AES_BLOCK] = {
    0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
    0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51};

static void aes_vectors(void **state)
{
    (void)state;
    AUTO_BUF sealed = BUF_INIT;
    AUTO_BUF opened = BUF_INIT;
    struct error *err = NULL;
    must(pki_aes_cbc(true, aes_key, aes_iv, aes_text, sizeof(aes_text), &sealed, &err), &err);
    assert_bytes((const unsigned char *)sealed.data, sealed.len,
                 "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d");
    buf_appends(&opened, "before");
    must(pki_aes_cbc(false, aes_key, aes_iv, sealed.data, sealed.len, &opened, &err), &err);
    assert_int_equal(opened.len, 6 + sizeof(aes_text));
    assert_memory_equal(opened.data + 6, aes_text, sizeof(aes_text));
}

static void aes_wants_whole_blocks(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_BUF small = BUF_INIT_MAX(16);
    struct error *err = NULL;
    expect_error(pki_aes_cbc(true, aes_key, aes_iv, aes_text, 17, &out, &err), &err, ERROR_INTERNAL,
                 "AES");
    assert_int_equal(out.len, 0);
    expect_error(pki_aes_cbc(true, aes_key, aes_iv, aes_text, 32, &small, &err), &err,
                 ERROR_INTERNAL, "AES");
    assert_int_equal(small.len, 0);
}

/* What the system's crypt makes of the password with the salt of `hash` and this prefix. */
static char *crypt_dup(const char *password, const char *hash, const char *prefix)
{
    AUTO_FREE char *setting = mem_printf("%s%.*s", prefix, 25, hash + strlen("$2a$"));
    AUTO_FREE struct crypt_data *data = mem_zalloc(sizeof(*data));
    return mem_strdup(crypt_r(password, setting, data));
}

static void bcrypt_verifies(void **state)
{
    (void)state;
    static const char *const passwords[] = {"", "x", "correct horse battery staple",
                                            "\xff\xa3"
                                            "34\xff\xff\xff\xa3"
                                            "345"};
    for (size_t i = 0; i < MC_ARRAY_LEN(passwords); i++) {
        char hash[PKI_BCRYPT_HASH_SIZE];
        struct error *err = NULL;
        must(pki_bcrypt(passwords[i], strlen(passwords[i]), hash, &err), &err);
        assert_int_equal(strlen(hash), 60);
        assert_memory_equal(hash, "$2a$10$", 7);
        AUTO_FREE char *again = crypt_dup(passwords[i], hash, "$2b$");
        assert_string_equal(again + 4, hash + 4);
    }
}

/* crypt_blowfish's own example of a password that its $2a$ hashes in another way than Go. */
static void bcrypt_is_the_plain_algorithm(void **state)
{
    (void)state;
    static const char password[] = "\xff\xa3"
                                   "34\xff\xff\xff\xa3"
                                   "345";
    char hash[PKI_BCRYPT_HASH_SIZE];
    struct error *err = NULL;
    must(pki_bcrypt(password, strlen(password), hash, &err), &err);
    AUTO_FREE char *guarded = crypt_dup(password, hash, "$2a$");
    assert_string_not_equal(guarded, hash);
}

static void bcrypt_salts(void **state)
{
    (void)state;
    char one[PKI_BCRYPT_HASH_SIZE];
    char two[PKI_BCRYPT_HASH_SIZE];
    struct error *err = NULL;
    must(pki_bcrypt("same", 4, one, &err), &err);
    must(pki_bcrypt("same", 4, two, &err), &err);
    assert_memory_not_equal(one + 7, two + 7, 22);
}

static void bcrypt_refuses(void **state)
{
    (void)state;
    char hash[PKI_BCRYPT_HASH_SIZE];
    char longest[PKI_BCRYPT_MAX_PASSWORD + 1];
    struct error *err = NULL;
    memset(longest, 'a', sizeof(longest));
    must(pki_bcrypt(longest, PKI_BCRYPT_MAX_PASSWORD, hash, &err), &err);
    expect_error(pki_bcrypt(longest, sizeof(longest), hash, &err), &err, ERROR_INPUT,
                 "bcrypt: password length exceeds 72 bytes");
    expect_error(pki_bcrypt("a\0b", 3, hash, &err), &err, ERROR_INPUT, "NUL");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scrypt_vectors),
        cmocka_unit_test(scrypt_memory_is_bounded),
        cmocka_unit_test(hmac_vectors),
        cmocka_unit_test(aes_vectors),
        cmocka_unit_test(aes_wants_whole_blocks),
        cmocka_unit_test(bcrypt_verifies),
        cmocka_unit_test(bcrypt_is_the_plain_algorithm),
        cmocka_unit_test(bcrypt_salts),
        cmocka_unit_test(bcrypt_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
