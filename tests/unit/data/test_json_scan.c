/* JSON as encoding/json takes it apart. The expected words are what json.Unmarshal and
 * json.Decoder of Go 1.26 say. */
#include "meshctl/data/json_scan.h"

#include "support.h"

#define TEXT(s) s, sizeof(s) - 1

static int skip_value(struct json_scan *s, struct error **err)
{
    enum json_kind kind;
    struct text_span text;
    bool more = true;
    if (json_scan_value(s, &kind, &text, err) < 0)
        return -1;
    if (kind != JSON_KIND_ARRAY && kind != JSON_KIND_OBJECT)
        return 0;
    for (size_t count = 0;; count++) {
        if (json_scan_next(s, kind, count, &more, &text, err) < 0)
            return -1;
        if (!more)
            return 0;
        if (skip_value(s, err) < 0)
            return -1;
    }
}

static void says(const char *text, size_t len, bool is_stream, const char *want)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERR *err = NULL;
    struct json_scan s = {.a = a, .text = text, .len = len, .is_stream = is_stream};
    int code = skip_value(&s, &err);
    if (code == 0 && !is_stream)
        code = json_scan_finish(&s, &err);
    assert_int_equal(code, want ? -1 : 0);
    if (want)
        assert_string_equal(err->message, want);
}

static void broken_texts_have_go_words(void **state)
{
    (void)state;
    static const char ends[] = "unexpected end of JSON input", eof[] = "unexpected EOF";
    static const struct {
        const char *text;
        size_t len;
        const char *unmarshal;
        const char *decode; /* NULL: the value before what is wrong is taken */
    } rows[] = {
        {TEXT(""), ends, "EOF"},
        {TEXT(" \n"), ends, "EOF"},
        {TEXT("{"), ends, eof},
        {TEXT("{\"a\""), ends, eof},
        {TEXT("{\"a\":"), ends, eof},
        {TEXT("{\"a\":1"), ends, eof},
        {TEXT("{\"a\":1,"), ends, eof},
        {TEXT("[1,"), ends, eof},
        {TEXT("\""), ends, eof},
        {TEXT("tru"), "invalid character ' ' in literal true (expecting 'e')", eof},
        {TEXT("-"), "invalid character ' ' in numeric literal", eof},
        {TEXT("1."), "invalid character ' ' after decimal point in numeric literal", eof},
        {TEXT("1e+"), "invalid character ' ' in exponent of numeric literal", eof},
        {TEXT("\"\\"), "invalid character ' ' in string escape code", eof},
        {TEXT("\"\\u12"), "invalid character ' ' in \\u hexadecimal character escape", eof},
        {TEXT("01"), "invalid character '1' after top-level value", NULL},
        {TEXT("1 x"), "invalid character 'x' after top-level value", NULL},
        {TEXT("{}{}"), "invalid character '{' after top-level value", NULL},
    };
    static const struct {
        const char *text;
        size_t len;
        const char *both;
    } wrong[] = {
        {TEXT("{\"a\":1,}"), "invalid character '}' looking for beginning of object key string"},
        {TEXT("{'a':1}"), "invalid character '\\'' looking for beginning of object key string"},
        {TEXT("{\"a\" 1}"), "invalid character '1' after object key"},
        {TEXT("{\"a\":1 2}"), "invalid character '2' after object key:value pair"},
        {TEXT("[1,]"), "invalid character ']' looking for beginning of value"},
        {TEXT("[\"a\"\"b\"]"), "invalid character '\"' after array element"},
        {TEXT("+1"), "invalid character '+' looking for beginning of value"},
        {TEXT("falsE"), "invalid character 'E' in literal false (expecting 'e')"},
        {TEXT("nan"), "invalid character 'a' in literal null (expecting 'u')"},
        {TEXT("1.a"), "invalid character 'a' after decimal point in numeric literal"},
        {TEXT("1ex"), "invalid character 'x' in exponent of numeric literal"},
        {TEXT("\"a\nb\""), "invalid character '\\n' in string literal"},
        {TEXT("\"\0\""), "invalid character '\\x00' in string literal"},
        {TEXT("\"\\x\""), "invalid character 'x' in string escape code"},
        {TEXT("\"\\ud800\\u12\""), "invalid character '\"' in \\u hexadecimal character escape"},
        {TEXT("\xff"), "invalid character 'ÿ' looking for beginning of value"},
        {TEXT("\xa0"), "invalid character '\\u00a0' looking for beginning of value"},
        {TEXT("\xef\xbb\xbf"
              "1"),
         "invalid character 'ï' looking for beginning of value"},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        says(rows[i].text, rows[i].len, false, rows[i].unmarshal);
        says(rows[i].text, rows[i].len, true, rows[i].decode);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        says(wrong[i].text, wrong[i].len, false, wrong[i].both);
        says(wrong[i].text, wrong[i].len, true, wrong[i].both);
    }
}

static void strings_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t len;
        const char *want;
        size_t want_len;
    } rows[] = {
        {TEXT("\"\""), TEXT("")},
        {TEXT("\"abc\""), TEXT("abc")},
        {TEXT("\"a\\u0041\\n\\/\""), TEXT("aA\n/")},
        {TEXT("\"\\u0000\""), TEXT("\0")},
        {TEXT("\"\\ud83d\\uDE00\""), TEXT("\xf0\x9f\x98\x80")},
        {TEXT("\"\\ud83dx\""), TEXT("\xef\xbf\xbd"
                                    "x")},
        {TEXT("\"\\ud83d\\ud83d\\ude00\""), TEXT("\xef\xbf\xbd\xf0\x9f\x98\x80")},
        {TEXT("\"\\ude00\""), TEXT("\xef\xbf\xbd")},
        {TEXT("\"\xc3\""), TEXT("\xef\xbf\xbd")},
        {TEXT("\"\xed\xa0\x80\""), TEXT("\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd")},
        {TEXT("\"\x7f\xe2\x82\xac\""), TEXT("\x7f\xe2\x82\xac")},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO_ARENA *a = arena_new();
        AUTO_ERR *err = NULL;
        struct json_scan s = {.a = a, .text = rows[i].text, .len = rows[i].len};
        enum json_kind kind;
        struct text_span text;
        assert_int_equal(json_scan_value(&s, &kind, &text, &err), 0);
        assert_int_equal(kind, JSON_KIND_STRING);
        assert_int_equal(text.len, rows[i].want_len);
        assert_memory_equal(text.data, rows[i].want, text.len);
    }
}

static void numbers_stay_as_written(void **state)
{
    (void)state;
    static const char *const rows[] = {"0",         "-0",    "10",
                                       "-0.50E+07", "1e400", "12345678901234567890"};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        AUTO_ARENA *a = arena_new();
        AUTO_ERR *err = NULL;
        AUTO_FREE char *text = mem_printf(" %s\t", rows[i]);
        struct json_scan s = {.a = a, .text = text, .len = strlen(text)};
        enum json_kind kind;
        struct text_span number;
        assert_int_equal(json_scan_value(&s, &kind, &number, &err), 0);
        assert_int_equal(kind, JSON_KIND_NUMBER);
        assert_int_equal(number.len, strlen(rows[i]));
        assert_memory_equal(number.data, rows[i], number.len);
        assert_true(json_scan_is_done(&s));
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_pad(&text, '[', JSON_MAX_DEPTH);
    buf_pad(&text, ']', JSON_MAX_DEPTH);
    says(buf_str(&text), text.len, false, NULL);
    buf_clear(&text);
    /* What is closed again does not count. */
    buf_appends(&text, "[{},[],");
    buf_pad(&text, '[', JSON_MAX_DEPTH);
    says(buf_str(&text), text.len, true, "invalid character '[' exceeded max depth");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_texts_have_go_words),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(numbers_stay_as_written),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
