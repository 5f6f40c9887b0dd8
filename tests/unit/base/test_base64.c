/* RFC 4648 section 10, and what Go's encoding/base64 StdEncoding takes and refuses. */
#include "support.h"

#include "meshctl/base/base64.h"

static const struct {
    const char *plain, *text;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void rfc_4648_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(vectors); i++) {
        AUTO_FREE char *text = base64_encode_dup(vectors[i].plain, strlen(vectors[i].plain));
        AUTO_BUF plain = BUF_INIT;
        assert_string_equal(text, vectors[i].text);
        assert_int_equal(base64_decode(&plain, vectors[i].text, strlen(vectors[i].text)), 0);
        assert_string_equal(buf_str(&plain), vectors[i].plain);
    }
}

static void every_byte_and_digit(void **state)
{
    (void)state;
    unsigned char bytes[256];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(255 - i);
    for (size_t len = 250; len <= sizeof(bytes); len++) {
        AUTO_BUF text = BUF_INIT;
        AUTO_BUF back = BUF_INIT;
        base64_append(&text, bytes, len);
        assert_int_equal(text.len, (len + 2) / 3 * 4);
        assert_int_equal(base64_decode(&back, text.data, text.len), 0);
        assert_int_equal(back.len, len);
        assert_memory_equal(back.data, bytes, len);
    }
    AUTO_FREE char *high = base64_encode_dup("\xFB\xEF\xFF", 3);
    assert_string_equal(high, "++//");
}

static void line_breaks_are_skipped(void **state)
{
    (void)state;
    static const char *const texts[] = {"Zm9v\nYmFy\n", "Zm\r\n9vYmFy", "\nZm9vYmFy\r\n\r\n"};
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_BUF plain = BUF_INIT;
        assert_int_equal(base64_decode(&plain, texts[i], strlen(texts[i])), 0);
        assert_string_equal(buf_str(&plain), "foobar");
    }
    AUTO_BUF padded = BUF_INIT;
    assert_int_equal(base64_decode(&padded, "Zg=\n=\n", 6), 0);
    assert_string_equal(buf_str(&padded), "f");
}

static void other_text_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Z",        "Zg",   "Zg=",   "Zm9",   "=",          "==",   "====",  "Zg===",
        "Zg==Zg==", "Z===", "Zm8=x", "Zm 9v", "Zm9v\tYg==", "Zm-_", "Zm9v!", "=Zg=",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_BUF plain = BUF_INIT;
        buf_appends(&plain, "kept");
        assert_int_equal(base64_decode(&plain, texts[i], strlen(texts[i])), -1);
        assert_string_equal(buf_str(&plain), "kept");
    }
    AUTO_BUF plain = BUF_INIT;
    assert_int_equal(base64_decode(&plain, "Zm\0v", 4), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_4648_vectors),
        cmocka_unit_test(every_byte_and_digit),
        cmocka_unit_test(line_breaks_are_skipped),
        cmocka_unit_test(other_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
