/* Vectors: RFC 1321 A.5, RFC 3174 7.3, FIPS 180-2 appendix B and C. */
#include "support.h"

#include "meshctl/pki/digest.h"

static void known_digests(void **state)
{
    (void)state;
    static const struct {
        const char *algorithm, *text, *hex;
    } cases[] = {
        {"MD5", "", "d41d8cd98f00b204e9800998ecf8427e"},
        {"MD5", "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {"SHA256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"SHA256", "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"SHA512", "abc",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
         "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *hex =
            pki_digest_dup(cases[i].algorithm, cases[i].text, strlen(cases[i].text));
        assert_string_equal(hex, cases[i].hex);
    }
}

static void unknown_digest(void **state)
{
    (void)state;
    assert_null(pki_digest_dup("SHA257", "abc", 3));
}

static void bytes_with_nul(void **state)
{
    (void)state;
    AUTO_FREE char *one = pki_digest_dup("SHA256", "a\0b", 3);
    AUTO_FREE char *two = pki_digest_dup("SHA256", "a\0c", 3);
    assert_string_not_equal(one, two);
}

static void random_fills_all(void **state)
{
    (void)state;
    /* Any one of the bytes stays 0 over 64 draws with probability 2^-512. */
    static unsigned char block[70001], seen[70001];
    for (int round = 0; round < 64; round++) {
        pki_random(block, sizeof(block));
        for (size_t i = 0; i < sizeof(block); i++)
            seen[i] |= block[i];
    }
    for (size_t i = 0; i < sizeof(seen); i++)
        assert_int_not_equal(seen[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_digests),
        cmocka_unit_test(unknown_digest),
        cmocka_unit_test(bytes_with_nul),
        cmocka_unit_test(random_fills_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
