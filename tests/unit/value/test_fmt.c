/* fmt's printing where a template cannot reach it; the verbs are in
 * tests/golden/tmpl/func_print.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fmt_print.h"

static struct tval byte_list(struct arena *a, const char *bytes)
{
    struct tval v = tval_list(a, strlen(bytes));
    for (size_t i = 0; i < v.list->count; i++)
        v.list->items[i] = tval_int((unsigned char)bytes[i]);
    v.list->elem = "uint8";
    return v;
}

static void assert_prints(struct arena *a, const char *format, struct tval v, const char *expected)
{
    AUTO_BUF out = BUF_INIT;
    tprint_sprintf(&out, a, format, strlen(format), &v, 1);
    assert_string_equal(buf_str(&out), expected);
}

/* fmt.Sprintf of []byte("hi"). */
static void bytes_are_text_under_text_verbs(void **state)
{
    AUTO_ARENA *a = arena_new();
    struct tval v = byte_list(a, "hi");
    (void)state;
    assert_prints(a, "%v", v, "[104 105]");
    assert_prints(a, "%d", v, "[104 105]");
    assert_prints(a, "%s", v, "hi");
    assert_prints(a, "%q", v, "\"hi\"");
    assert_prints(a, "%x", v, "6869");
    assert_prints(a, "%T", v, "[]uint8");
    struct tval_string s = tprint_strval(a, v);
    assert_int_equal(s.len, 2);
    assert_memory_equal(s.data, "hi", 2);
}

static void strings_may_hold_nuls(void **state)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT;
    (void)state;
    tprint_value(&out, a, tval_string(a, "a\0b", 3));
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.data, "a\0b", 3);
    buf_clear(&out);
    goquote_append(&out, "a\0b", 3);
    assert_string_equal(buf_str(&out), "\"a\\x00b\"");
}

/* Go's own printing of such a map overflows its stack. */
static void a_map_in_itself_ends(void **state)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT_MAX(1 << 20);
    struct tval v = tval_map(a);
    (void)state;
    tmap_set(a, v.map, "self", 4, v);
    tprint_value(&out, a, v);
    assert_false(out.overflow);
    assert_non_null(strstr(buf_str(&out), "map[self:map[self:map["));
    assert_non_null(strstr(buf_str(&out), "...]]]"));
}

/* Doubly: without a stop that would be 2^1000 maps. */
static void output_that_overflows_stops_the_walk(void **state)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF out = BUF_INIT_MAX(1 << 16);
    struct tval v = tval_map(a);
    (void)state;
    tmap_set(a, v.map, "a", 1, v);
    tmap_set(a, v.map, "b", 1, v);
    tprint_value(&out, a, v);
    assert_true(out.overflow);
}

static void deep_values_compare(void **state)
{
    AUTO_ARENA *a = arena_new();
    struct tval x = tval_map(a);
    struct tval y = tval_map(a);
    (void)state;
    tmap_set(a, x.map, "self", 4, x);
    tmap_set(a, y.map, "self", 4, y);
    assert_true(tval_deep_equal(x, x));
    /* reflect.DeepEqual: what is met again counts as equal. */
    assert_true(tval_deep_equal(x, y));
    tmap_set(a, y.map, "self", 4, tval_int(1));
    assert_false(tval_deep_equal(x, y));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_text_under_text_verbs),
        cmocka_unit_test(strings_may_hold_nuls),
        cmocka_unit_test(a_map_in_itself_ends),
        cmocka_unit_test(output_that_overflows_stops_the_walk),
        cmocka_unit_test(deep_values_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
