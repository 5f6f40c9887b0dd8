/* Reading JSON: what is taken (RFC 8259), limits, and errors that quote nothing. */
#include "support.h"

#include "json_cost.h"

static struct error *refused(const char *text, size_t len)
{
    struct error *err = NULL;
    json_t *value = NULL;
    assert_int_equal(json_read(text, len, "file.json", &value, &err), -1);
    assert_null(value);
    assert_int_equal(err->kind, ERROR_INPUT);
    return err;
}

static void any_value_is_a_text(void **state)
{
    (void)state;
    json_auto_t *string = json_of("\"a\"");
    json_auto_t *number = json_of(" 12 ");
    json_auto_t *nothing = json_of("null");
    assert_string_equal(json_string_value(string), "a");
    assert_int_equal(json_integer_value(number), 12);
    assert_true(json_is_null(nothing));
}

static void number_kinds_are_kept(void **state)
{
    (void)state;
    json_auto_t *v = json_of("[1, 1.0, 1e2, -9223372036854775808, 9223372036854775807]");
    assert_true(json_is_integer(json_array_get(v, 0)));
    assert_true(json_is_real(json_array_get(v, 1)));
    assert_true(json_is_real(json_array_get(v, 2)));
    assert_true(json_integer_value(json_array_get(v, 3)) == INT64_MIN);
    assert_true(json_integer_value(json_array_get(v, 4)) == INT64_MAX);
}

/* Go decodes them into a float64; digits in strings are none of them. */
static void integers_past_int64_are_reals(void **state)
{
    (void)state;
    json_auto_t *v =
        json_of("{\"9223372036854775808\":\"\\\"18446744073709551616\",\"a\":"
                "[9223372036854775808,-100000000000000000000,9223372036854775807,1.5]}");
    const json_t *a = json_object_get(v, "a");
    assert_string_equal(json_string_value(json_object_get(v, "9223372036854775808")),
                        "\"18446744073709551616");
    assert_true(json_real_value(json_array_get(a, 0)) == 0x1p63);
    assert_true(json_real_value(json_array_get(a, 1)) == -1e20);
    assert_true(json_integer_value(json_array_get(a, 2)) == INT64_MAX);
    assert_true(json_real_value(json_array_get(a, 3)) == 1.5);
}

static void strings_may_hold_nul(void **state)
{
    (void)state;
    json_auto_t *v = json_of("\"a\\u0000b\"");
    assert_int_equal(json_string_length(v), 3);
    assert_memory_equal(json_string_value(v), "a\0b", 3);
}

static void duplicate_keys_are_refused(void **state)
{
    (void)state;
    static const char text[] = "{\"a\": 1,\n \"a\": 2}";
    AUTO_ERR *err = refused(text, strlen(text));
    assert_non_null(strstr(err->message, "duplicate"));
    assert_memory_equal(err->where, "file.json:2:", strlen("file.json:2:"));
}

static void error_says_where(void **state)
{
    (void)state;
    static const char text[] = "{\n  \"a\": tru\n}";
    AUTO_ERR *err = refused(text, strlen(text));
    assert_string_equal(err->where, "file.json:2:10");
}

/* The document may be a Secret, so no part of it stands in the error. */
static void error_quotes_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{\"password\": hunter2}", "{\"a\": \"hunter2\" \"hunter2\"}", "hunter2",
        "[\"hunter2\x01\"]",       "{\"hunter2\": 1, \"hunter2\": 2}", "[1] hunter2",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_ERR *err = refused(texts[i], strlen(texts[i]));
        assert_null(strstr(err->message, "hunter2"));
        assert_null(err->hint);
    }
}

static void broken_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",    " ",   "{",        "[1,]",        "{\"a\"}", "[1] 2",      "01",    "+1",
        "'a'", "nul", "\"\x80\"", "\"\\ud800\"", "1e400",   "[\"a\nb\"]", "{a:1}", "// c\n1",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_ERR *err = refused(texts[i], strlen(texts[i]));
        assert_memory_equal(err->message, "JSON: ", 6);
    }
    AUTO_ERR *err = refused("1\0", 2);
    assert_non_null(err->where);
}

static void depth_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_pad(&text, '[', JSON_MAX_DEPTH + 1);
    buf_pad(&text, ']', JSON_MAX_DEPTH + 1);
    json_auto_t *deepest = json_of(buf_str(&text));
    assert_true(json_is_array(deepest));
    buf_clear(&text);
    buf_pad(&text, '[', JSON_MAX_DEPTH + 2);
    buf_pad(&text, ']', JSON_MAX_DEPTH + 2);
    AUTO_ERR *err = refused(buf_str(&text), text.len);
    assert_non_null(strstr(err->message, "deep"));
    buf_clear(&text);
    buf_pad(&text, '[', 1000000);
    AUTO_ERR *deeper = refused(buf_str(&text), text.len);
    assert_non_null(deeper->where);
}

static void length_is_bounded(void **state)
{
    (void)state;
    AUTO_ERR *err = refused("1", JSON_MAX_TEXT + 1);
    assert_non_null(strstr(err->message, "limit"));
}

/* What is counted beforehand is at least what the values take, and not a multiple of it where the
 * text is of the usual kind. */
static void cost_is_what_values_take(void **state)
{
    (void)state;
    static const struct {
        const char *part;
        size_t most; /* percent of what they take */
    } shapes[] = {
        {"{}", 200},
        {"[]", 250},
        {"\"\"", 300},
        {"0", 300},
        {"1.5", 300},
        {"\"\\u00e9\\\"\"", 300},
        {"[[[[{}]]]]", 200},
        {"{\"a\":0}", 200},
        {"{\"a\":{\"b\":[1,\"two\",null]},\"c\":\"a longer text, as descriptions are\"}", 200},
        {"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":0}", 250},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(shapes); i++) {
        AUTO_BUF text = BUF_INIT;
        buf_appendc(&text, '[');
        for (int k = 0; k < 1030; k++)
            buf_appendf(&text, "%s%s", k ? "," : "", shapes[i].part);
        buf_appendc(&text, ']');
        size_t before = json_held();
        json_auto_t *value = json_of(buf_str(&text));
        size_t taken = json_held() - before;
        size_t cost = json_cost_of(text.data, text.len, SIZE_MAX, SIZE_MAX).bytes;
        assert_non_null(value);
        if (cost < taken || cost > taken * shapes[i].most / 100)
            fail_msg("%s: counted %zu, taken %zu", shapes[i].part, cost, taken);
    }
}

static void wide_objects_are_counted(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "{\"\":0");
    for (int k = 0; k < 66000; k++)
        buf_appendf(&text, ",\"%d\":0", k);
    buf_appendc(&text, '}');
    size_t before = json_held();
    json_auto_t *value = json_of(buf_str(&text));
    size_t taken = json_held() - before;
    assert_non_null(value);
    assert_in_range(json_cost_of(text.data, text.len, SIZE_MAX, SIZE_MAX).bytes, taken, 2 * taken);
}

static void values_are_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    size_t before = json_held();
    buf_appendc(&text, '[');
    while (text.len < 2000000)
        buf_appends(&text, "{},");
    buf_appends(&text, "0]");
    AUTO_ERR *err = refused(buf_str(&text), text.len);
    assert_non_null(strstr(err->message, "too many values"));
    assert_non_null(strstr(err->message, "160 MiB"));
    assert_int_equal(json_held(), before);
    /* The limit is on what there is: what was given back counts no more. */
    for (int i = 0; i < 100; i++) {
        json_t *value = json_of("[{},{},[\"text\"]]");
        assert_true(json_held() > before);
        json_decref(value);
    }
    assert_int_equal(json_held(), before);
}

static void all_values_together_are_bounded(void **state)
{
    (void)state;
    AUTO_BUF text = BUF_INIT;
    json_auto_t *all = json_array();
    AUTO_ERR *err = NULL;
    buf_appendc(&text, '[');
    while (text.len < 400000)
        buf_appends(&text, "{},");
    buf_appends(&text, "0]");
    for (int i = 0; i < 30 && !err; i++) {
        json_t *value = NULL;
        if (json_read(buf_str(&text), text.len, "t", &value, &err) == 0)
            json_array_append_new(all, value);
    }
    assert_non_null(err);
    assert_non_null(strstr(err->message, "192 MiB"));
    assert_string_equal(err->where, "t");
    assert_true(json_held() < JSON_MAX_HELD);
}

static void of_keys_that_stand_twice_the_last_may_count(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    json_auto_t *value = NULL;
    assert_int_equal(json_read_lenient("{\"a\":1,\"a\":2}", 13, "t", &value, &err), 0);
    assert_int_equal(json_dig_int(value, 0, "a", NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_value_is_a_text),
        cmocka_unit_test(number_kinds_are_kept),
        cmocka_unit_test(integers_past_int64_are_reals),
        cmocka_unit_test(strings_may_hold_nul),
        cmocka_unit_test(duplicate_keys_are_refused),
        cmocka_unit_test(error_says_where),
        cmocka_unit_test(error_quotes_nothing),
        cmocka_unit_test(broken_texts_are_refused),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(cost_is_what_values_take),
        cmocka_unit_test(wide_objects_are_counted),
        cmocka_unit_test(values_are_bounded),
        cmocka_unit_test(all_values_together_are_bounded),
        cmocka_unit_test(of_keys_that_stand_twice_the_last_may_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
