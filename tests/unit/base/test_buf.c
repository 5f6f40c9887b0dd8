#include "support.h"

static void empty_is_a_string(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    assert_string_equal(buf_str(&b), "");
    size_t len = 9;
    AUTO_FREE char *text = buf_detach(&b, &len);
    assert_string_equal(text, "");
    assert_int_equal(len, 0);
}

static void appends_everything(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    buf_append(&b, "a\0b", 3);
    buf_appends(&b, "cd");
    buf_appendc(&b, 'e');
    buf_appendf(&b, "-%d-%s", 7, "x");
    buf_pad(&b, '.', 3);
    assert_int_equal(b.len, 13);
    assert_memory_equal(b.data, "a\0bcde-7-x...\0", 14);
    assert_false(b.overflow);
}

static void formats_longer_than_any_fixed_size(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    for (int width = 250; width < 262; width++) {
        buf_clear(&b);
        buf_appendf(&b, "%*d", width, 1);
        assert_int_equal(b.len, width);
        assert_int_equal(b.data[width - 1], '1');
        assert_int_equal(b.data[width], '\0');
    }
}

static void keeps_to_its_maximum(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT_MAX(5);
    buf_appends(&b, "abc");
    assert_false(b.overflow);
    buf_appends(&b, "defg");
    assert_true(b.overflow);
    assert_string_equal(buf_str(&b), "abcde");
    buf_appendc(&b, 'x');
    buf_pad(&b, 'x', 100);
    buf_reserve(&b, 1000);
    assert_string_equal(buf_str(&b), "abcde");
    buf_clear(&b);
    assert_false(b.overflow);
    assert_string_equal(buf_str(&b), "");
}

static void exactly_full_is_no_overflow(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT_MAX(4);
    buf_pad(&b, 'a', 4);
    assert_false(b.overflow);
    buf_append(&b, "", 0);
    assert_false(b.overflow);
}

static void truncate_cuts_only(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT;
    buf_appends(&b, "abcdef");
    buf_truncate(&b, 10);
    assert_int_equal(b.len, 6);
    buf_truncate(&b, 2);
    assert_string_equal(buf_str(&b), "ab");
}

static void detach_leaves_an_empty_buffer_with_its_maximum(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT_MAX(3);
    buf_appends(&b, "abc");
    AUTO_FREE char *text = buf_detach(&b, NULL);
    assert_string_equal(text, "abc");
    assert_int_equal(b.len, 0);
    buf_appends(&b, "defg");
    assert_string_equal(buf_str(&b), "def");
    assert_true(b.overflow);
}

static void bytes_move_out_and_in(void **state)
{
    (void)state;
    AUTO_BUF b = BUF_INIT, other = BUF_INIT;
    size_t len = 0;
    buf_appends(&b, "some text");
    char *data = buf_detach(&b, &len);
    assert_int_equal(b.len, 0);
    buf_reserve(&other, 100);
    buf_attach_take(&other, data, len);
    assert_ptr_equal(other.data, data);
    buf_appends(&other, " and more");
    assert_string_equal(buf_str(&other), "some text and more");
    buf_attach_take(&b, buf_detach(&other, &len), 4);
    buf_appendc(&b, '!');
    assert_int_equal(b.len, 5);
    assert_memory_equal(b.data, "some!", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_move_out_and_in),
        cmocka_unit_test(empty_is_a_string),
        cmocka_unit_test(appends_everything),
        cmocka_unit_test(formats_longer_than_any_fixed_size),
        cmocka_unit_test(keeps_to_its_maximum),
        cmocka_unit_test(exactly_full_is_no_overflow),
        cmocka_unit_test(truncate_cuts_only),
        cmocka_unit_test(detach_leaves_an_empty_buffer_with_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
