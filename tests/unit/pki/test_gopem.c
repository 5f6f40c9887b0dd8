/* What pem.Decode of Go 1.26 gave for the same texts. */
#include "support.h"

#include "meshctl/pki/gopem.h"

static const struct {
    const char *text, *type, *hex;
} cases[] = {
    {"-----BEGIN A B-----\nAQID\n-----END A B-----\n", "A B", "010203"},
    {"-----BEGIN A-----\nAQID\n-----END A-----", "A", "010203"},
    {"text\n\n-----BEGIN A-----\nAQID\n-----END A-----\nmore", "A", "010203"},
    {"text -----BEGIN A-----\nAQID\n-----END A-----\n", NULL, ""},
    {"  -----BEGIN A-----\n  AQID\n  -----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\r\nAQ\r\nID\r\n-----END A-----\r\n", "A", "010203"},
    {"-----BEGIN A----- \t\nA QI\tD \n-----END A----- \n", "A", "010203"},
    {"-----BEGIN A-----\nK: v\nL:w\n\nAQID\n-----END A-----\n", "A", "010203"},
    {"-----BEGIN A-----\nK: v\nAQID\n-----END A-----\n", "A", "010203"},
    {"-----BEGIN A-----\nK: v\n-----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\nK: v\n\n-----END A-----\n", "A", ""},
    {"-----BEGIN A-----\n-----END A-----\n", "A", ""},
    {"-----BEGIN A-----\n\n-----END A-----\n", "A", ""},
    {"-----BEGIN A-----\nAQID-----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\nAQID\n-----END B-----\n", NULL, ""},
    {"-----BEGIN A-----\nAQID\n-----END A-----x\n", NULL, ""},
    {"-----BEGIN A-----\nAQI\n-----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\n!\n-----END A-----\n-----BEGIN B-----\nBAUG\n-----END B-----\n", "B",
     "040506"},
    {"-----BEGIN A-----\n-----BEGIN B-----\nBAUG\n-----END B-----\n", "B", "040506"},
    {"-----BEGIN A-----\nAQID\n-----END A-----\n-----BEGIN B-----\nBAUG\n-----END B-----\n", "A",
     "010203"},
    {"-----BEGIN -----\nAQID\n-----END -----\n", "", "010203"},
    {"-----BEGIN A\nAQID\n-----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\nAQID\n", NULL, ""},
    {"AQID\n-----END A-----\n-----BEGIN A-----\nAQID\n-----END A-----\n", "A", "010203"},
    {"-----BEGIN A-----\nAQID\n-----END A----", NULL, ""},
    {"", NULL, ""},
    {"-----END A-----\n", NULL, ""},
    {"-----BEGIN A-----\n\n-----END ", NULL, ""},
    {"-----BEGIN A-----", NULL, ""},
};

static void decodes_as_go(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_GOPEM block = {0};
        AUTO_BUF hex = BUF_INIT;
        /* Without the NUL behind it, so that reading on shows under ASan. */
        size_t len = strlen(cases[i].text);
        AUTO_FREE char *text = mem_alloc(len + 1);
        AUTO_FREE char *exact = mem_alloc(len ? len : 1);
        memcpy(text, cases[i].text, len + 1);
        memcpy(exact, text, len);
        bool found = gopem_decode(exact, len, &block);
        if (found != (cases[i].type != NULL))
            fail_msg("case %zu: %s", i, text);
        for (size_t k = 0; k < block.der.len; k++)
            buf_appendf(&hex, "%02x", (unsigned char)block.der.data[k]);
        assert_string_equal(buf_str(&block.type), found ? cases[i].type : "");
        assert_string_equal(buf_str(&hex), cases[i].hex);
    }
}

static void encodes_lines_of_64(void **state)
{
    (void)state;
    static const unsigned char bytes[49] = {0};
    AUTO_BUF out = BUF_INIT;
    gopem_encode(&out, "A B", bytes, sizeof(bytes));
    gopem_encode(&out, "E", bytes, 0);
    gopem_encode(&out, "F", bytes, 48);
    assert_string_equal(buf_str(&out),
                        "-----BEGIN A B-----\n"
                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                        "AA==\n"
                        "-----END A B-----\n"
                        "-----BEGIN E-----\n"
                        "-----END E-----\n"
                        "-----BEGIN F-----\n"
                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
                        "-----END F-----\n");
}

static void all_blocks_are_found(void **state)
{
    (void)state;
    static const char text[] = "a\n-----BEGIN A-----\nAQID\n-----END A-----\n"
                               "b\n-----BEGIN B-----\n!\n-----END B-----\n"
                               "-----BEGIN C-----\nK: v\n\nBAUG\n-----END C-----\nd";
    const char *rest = text;
    size_t len = sizeof(text) - 1;
    AUTO_GOPEM a = {0}, c = {0}, none = {0};
    assert_true(gopem_next(&rest, &len, &a));
    assert_string_equal(buf_str(&a.type), "A");
    assert_false(a.has_headers);
    assert_true(gopem_next(&rest, &len, &c));
    assert_string_equal(buf_str(&c.type), "C");
    assert_true(c.has_headers);
    assert_false(gopem_next(&rest, &len, &none));
    assert_int_equal(len, 1);
    assert_string_equal(rest, "d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_blocks_are_found),
        cmocka_unit_test(decodes_as_go),
        cmocka_unit_test(encodes_lines_of_64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
