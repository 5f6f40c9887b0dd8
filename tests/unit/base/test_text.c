#include "support.h"

#include "meshctl/base/text.h"

static void prefixes_and_equality(void **state)
{
    (void)state;
    assert_true(text_has_prefix("abc", "ab"));
    assert_true(text_has_prefix("abc", ""));
    assert_false(text_has_prefix("ab", "abc"));
    assert_true(text_has_suffix("abc", "bc"));
    assert_true(text_has_suffix("abc", ""));
    assert_false(text_has_suffix("bc", "abc"));
    assert_true(text_equal("a", "a"));
    assert_false(text_equal("a", NULL));
    assert_true(text_equal(NULL, NULL));
}

/* Go unicode/utf8 DecodeRune: the table of utf8_test.go's valid and invalid sequences, by kind. */
static void runes_as_go_decodes_them(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        uint32_t rune;
        size_t used;
    } cases[] = {
        {"", 0, 0xFFFD, 0},
        {"\0", 1, 0, 1},
        {"a", 1, 'a', 1},
        {"\x7F", 1, 0x7F, 1},
        {"\xC2\x80", 2, 0x80, 2},
        {"\xDF\xBF", 2, 0x7FF, 2},
        {"\xE0\xA0\x80", 3, 0x800, 3},
        {"\xED\x9F\xBF", 3, 0xD7FF, 3},
        {"\xEE\x80\x80", 3, 0xE000, 3},
        {"\xEF\xBF\xBD", 3, 0xFFFD, 3},
        {"\xF0\x90\x80\x80", 4, 0x10000, 4},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF, 4},
        {"\x80", 1, 0xFFFD, 1},
        {"\xC0\x80", 2, 0xFFFD, 1},         /* overlong */
        {"\xC1\xBF", 2, 0xFFFD, 1},         /* overlong */
        {"\xE0\x9F\xBF", 3, 0xFFFD, 1},     /* overlong */
        {"\xF0\x8F\xBF\xBF", 4, 0xFFFD, 1}, /* overlong */
        {"\xED\xA0\x80", 3, 0xFFFD, 1},     /* surrogate */
        {"\xED\xBF\xBF", 3, 0xFFFD, 1},     /* surrogate */
        {"\xF4\x90\x80\x80", 4, 0xFFFD, 1}, /* past U+10FFFF */
        {"\xF5\x80\x80\x80", 4, 0xFFFD, 1},
        {"\xFF", 1, 0xFFFD, 1},
        {"\xE2\x82", 2, 0xFFFD, 1}, /* cut */
        {"\xE2\x82\xAC", 2, 0xFFFD, 1},
        {"\xC3(", 2, 0xFFFD, 1},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        uint32_t rune = 1;
        assert_int_equal(text_rune(cases[i].bytes, cases[i].len, &rune), cases[i].used);
        assert_int_equal(rune, cases[i].rune);
    }
}

static void every_rune_survives(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    for (uint32_t rune = 0; rune <= 0x10FFFF; rune += rune < 0x900 ? 1 : 61) {
        uint32_t again;
        if (rune >= 0xD800 && rune <= 0xDFFF)
            continue;
        buf_clear(&b);
        text_append_rune(&b, rune);
        assert_int_equal(text_rune(b.data, b.len, &again), b.len);
        assert_int_equal(again, rune);
    }
}

static void tells_utf8(void **state)
{
    (void)state;
    assert_true(text_is_utf8("", 0));
    assert_true(text_is_utf8("a\0\xE2\x82\xAC\xEF\xBF\xBD", 8));
    assert_false(text_is_utf8("a\xE2\x82", 3));
    assert_false(text_is_utf8("\xFF", 1));
}

/* What could move the cursor, ring or recolour does not get through. */
static void clean_text_is_harmless(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    static const char text[] = "a\033[31mb\tc\nd\re\x7F\xC2\x9B"
                               "31m\xFF\xE2\x82\xAC\0z\b";
    text_append_clean(&b, text, sizeof(text) - 1);
    assert_string_equal(
        buf_str(&b),
        "a\\u001b[31mb\tc\nd\\u000de\\u007f\\u009b31m\\xff\xE2\x82\xAC\\u0000z\\u0008");
}

/* Nor what would turn the order of the characters around, end a line, or not be seen. */
static void clean_text_reads_as_it_is_written(void **state)
{
    (void)state;
    static const struct {
        uint32_t rune;
        const char *shown;
    } bad[] = {
        {0x00AD, "\\u00ad"},         {0x061C, "\\u061c"}, {0x200B, "\\u200b"},
        {0x200D, "\\u200d"},         {0x200E, "\\u200e"}, {0x200F, "\\u200f"},
        {0x2028, "\\u2028"},         {0x2029, "\\u2029"}, {0x202A, "\\u202a"},
        {0x202E, "\\u202e"},         {0x2060, "\\u2060"}, {0x2066, "\\u2066"},
        {0x2069, "\\u2069"},         {0x3164, "\\u3164"}, {0xFE0F, "\\ufe0f"},
        {0xFEFF, "\\ufeff"},         {0xFFFB, "\\ufffb"}, {0xE0001, "\\udb40\\udc01"},
        {0xE0041, "\\udb40\\udc41"},
    };
    static const uint32_t good[] = {0x00AC, 0x00AE, 0x0627, 0x05D0, 0x200A,  0x2014,  0x2026,
                                    0x2030, 0x2070, 0xFFFD, 0xFFFC, 0x1F600, 0xE1000, 0x10FFFF};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        AUTO_BUF text = BUF_INIT, clean = BUF_INIT;
        text_append_rune(&text, bad[i].rune);
        text_append_clean(&clean, buf_str(&text), text.len);
        assert_string_equal(buf_str(&clean), bad[i].shown);
    }
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++) {
        AUTO_BUF text = BUF_INIT, clean = BUF_INIT;
        text_append_rune(&text, good[i]);
        text_append_clean(&clean, buf_str(&text), text.len);
        assert_string_equal(buf_str(&clean), buf_str(&text));
    }
}

static void suggests_what_is_near(void **state)
{
    (void)state;
    static const char *const names[] = {"install", "uninstall", "verify", "status", "up"};
    static const struct {
        const char *word, *suggestion;
    } cases[] = {
        {"instal", "install"},
        {"isntall", "install"},
        {"verfiy", "verify"},
        {"stauts", "status"},
        {"install", "install"},
        {"pu", "up"},
        {"xyz", NULL},
        {"v", NULL},
        {"completely-other", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        const char *found = text_suggest(cases[i].word, names, MC_ARRAY_LEN(names));
        assert_true(text_equal(found, cases[i].suggestion));
    }
    AUTO_BUF longer = BUF_INIT;
    buf_pad(&longer, 'x', 300);
    assert_null(text_suggest(buf_str(&longer), names, MC_ARRAY_LEN(names)));
    assert_null(text_suggest("a", NULL, 0));
}

/* RFC 1123 2.1 and RFC 1035 2.3.4, as Kubernetes' validation takes them. */
static void dns_names(void **state)
{
    (void)state;
    AUTO_BUF label = BUF_INIT;
    buf_pad(&label, 'a', 63);
    assert_true(text_is_dns_label(buf_str(&label)));
    buf_appendc(&label, 'a');
    assert_false(text_is_dns_label(buf_str(&label)));
    static const char *const good[] = {"a", "0", "a-b", "west-cluster", "1a", "a--b"};
    static const char *const bad[] = {"", "-a", "a-", "A", "a_b", "a.b", "a b", "\xC3\xA9"};
    for (size_t i = 0; i < MC_ARRAY_LEN(good); i++)
        assert_true(text_is_dns_label(good[i]));
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++)
        assert_false(text_is_dns_label(bad[i]));
    assert_true(text_is_dns_subdomain("a.b-c.d0"));
    assert_false(text_is_dns_subdomain("a..b"));
    assert_false(text_is_dns_subdomain("a.b."));
    assert_false(text_is_dns_subdomain(".a"));
    AUTO_BUF name = BUF_INIT;
    for (int i = 0; i < 126; i++)
        buf_appends(&name, "a.");
    buf_appendc(&name, 'a');
    assert_int_equal(name.len, 253);
    assert_true(text_is_dns_subdomain(buf_str(&name)));
    buf_appendc(&name, 'a');
    assert_false(text_is_dns_subdomain(buf_str(&name)));
}

static void width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("a\tb\n"), 2);
    assert_int_equal(text_width("caf\xC3\xA9"), 4);
}

static void found_where_it_begins(void **state)
{
    (void)state;
    const char text[] = "a--b\0---c-";
    const size_t len = sizeof(text) - 1;
    assert_ptr_equal(text_find(text, len, "---", 3), text + 5);
    assert_ptr_equal(text_find(text, len, "a", 1), text);
    assert_ptr_equal(text_find(text, len, "-", 1), text + 1);
    assert_ptr_equal(text_find(text, len, "c-", 2), text + len - 2);
    assert_null(text_find(text, len, "--c-x", 5));
    assert_null(text_find(text, 4, "--b-", 4));
    assert_null(text_find(text, 0, "a", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_and_equality),
        cmocka_unit_test(runes_as_go_decodes_them),
        cmocka_unit_test(every_rune_survives),
        cmocka_unit_test(tells_utf8),
        cmocka_unit_test(clean_text_is_harmless),
        cmocka_unit_test(clean_text_reads_as_it_is_written),
        cmocka_unit_test(suggests_what_is_near),
        cmocka_unit_test(dns_names),
        cmocka_unit_test(width_counts_columns),
        cmocka_unit_test(found_where_it_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
