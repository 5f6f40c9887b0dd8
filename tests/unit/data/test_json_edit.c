/* Walking, setting, comparing and merging JSON. */
#include "support.h"

static void dig_walks_objects_and_arrays(void **state)
{
    (void)state;
    json_auto_t *v = json_of("{\"a\":{\"b\":[{\"c\":\"x\"},7.0,{\"1\":\"y\"}],\"0\":3}}");
    assert_string_equal(json_dig_str(v, "a", "b", "0", "c", NULL), "x");
    assert_string_equal(json_dig_str(v, "a", "b", "2", "1", NULL), "y");
    assert_int_equal(json_dig_int(v, -1, "a", "b", "1", NULL), 7);
    assert_int_equal(json_dig_int(v, -1, "a", "0", NULL), 3);
    assert_ptr_equal(json_dig(v, NULL), v);
}

static void dig_gives_null_where_nothing_is(void **state)
{
    (void)state;
    json_auto_t *v = json_of("{\"a\":{\"b\":[1],\"s\":\"t\",\"n\":null}}");
    static const char *const missing[][3] = {
        {"x", NULL, NULL}, {"a", "b", "1"}, {"a", "b", "-1"}, {"a", "b", "00000000000"},
        {"a", "b", "x"},   {"a", "s", "0"}, {"a", "n", "x"},  {"a", "b", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(missing); i++)
        assert_null(json_dig(v, missing[i][0], missing[i][1], missing[i][2], NULL));
    assert_null(json_dig(NULL, "a", NULL));
    assert_null(json_dig_str(v, "a", "b", NULL));
    assert_true(json_is_null(json_dig(v, "a", "n", NULL)));
}

static void dig_int_takes_whole_numbers_only(void **state)
{
    (void)state;
    json_auto_t *v =
        json_of("{\"i\":5,\"w\":15021.0,\"f\":1.5,\"s\":\"5\",\"big\":1e300,\"t\":true}");
    assert_int_equal(json_dig_int(v, -1, "i", NULL), 5);
    assert_int_equal(json_dig_int(v, -1, "w", NULL), 15021);
    static const char *const others[] = {"f", "s", "big", "t", "x"};
    for (size_t i = 0; i < MC_ARRAY_LEN(others); i++)
        assert_int_equal(json_dig_int(v, -1, others[i], NULL), -1);
}

static void put_makes_what_misses(void **state)
{
    (void)state;
    json_auto_t *v = json_of("{\"a\":{\"x\":1},\"s\":\"text\"}");
    json_put(v, json_true(), "a", "b", "c", NULL);
    json_put(v, json_integer(2), "a", "x", NULL);
    json_put(v, json_string("y"), "s", "t", NULL);
    json_put(v, json_null(), "top", NULL);
    assert_json(v, "{\"a\":{\"b\":{\"c\":true},\"x\":2},\"s\":{\"t\":\"y\"},\"top\":null}");
}

static void same_compares_values(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"1", "1.0", true},
        {"[1,2]", "[1,2.0]", true},
        {"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
        {"9007199254740993", "9007199254740992.0", false},
        {"9223372036854775807", "9223372036854775808.0", false},
        {"1", "1.5", false},
        {"1", "\"1\"", false},
        {"1", "true", false},
        {"null", "false", false},
        {"[1,2]", "[2,1]", false},
        {"[1]", "[1,1]", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
        {"{}", "[]", false},
        {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
        {"\"a\\u0000b\"", "\"a\\u0000b\"", true},
        {"{\"a\":[{\"b\":null}]}", "{\"a\":[{\"b\":null}]}", true},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *a = json_of(cases[i].a);
        json_auto_t *b = json_of(cases[i].b);
        assert_int_equal(json_same(a, b), cases[i].same);
        assert_int_equal(json_same(b, a), cases[i].same);
    }
    json_auto_t *v = json_of("1");
    assert_false(json_same(v, NULL));
    assert_true(json_same(NULL, NULL));
}

/* RFC 7386 section 2 and appendix A, but null replaces instead of deleting. */
static void merge_is_rfc_7386_without_deletion(void **state)
{
    (void)state;
    static const struct {
        const char *base, *over, *result;
    } cases[] = {
        {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
        {"{\"a\":\"b\"}", "{\"a\":null}", "{\"a\":null}"},
        {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
        {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
        {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
         "{\"a\":{\"b\":\"d\",\"c\":null}}"},
        {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
        {"{\"e\":null}", "{\"a\":1}", "{\"a\":1,\"e\":null}"},
        {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{\"ccc\":null}}}"},
        {"{\"a\":{\"b\":1}}", "{\"a\":{}}", "{\"a\":{\"b\":1}}"},
        {"{\"a\":{\"b\":1}}", "{}", "{\"a\":{\"b\":1}}"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *base = json_of(cases[i].base);
        json_auto_t *over = json_of(cases[i].over);
        json_merge_over(base, over);
        assert_json(base, cases[i].result);
        assert_json(over, cases[i].over);
    }
}

static void merge_copies(void **state)
{
    (void)state;
    json_auto_t *base = json_of("{}");
    json_auto_t *over = json_of("{\"a\":{\"b\":[1]}}");
    json_merge_over(base, over);
    json_array_append_new(json_dig(base, "a", "b", NULL), json_integer(2));
    json_put(base, json_true(), "a", "c", NULL);
    assert_json(over, "{\"a\":{\"b\":[1]}}");
    json_merge_over(base, base);
    assert_json(base, "{\"a\":{\"b\":[1,2],\"c\":true}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dig_walks_objects_and_arrays),
        cmocka_unit_test(dig_gives_null_where_nothing_is),
        cmocka_unit_test(dig_int_takes_whole_numbers_only),
        cmocka_unit_test(put_makes_what_misses),
        cmocka_unit_test(same_compares_values),
        cmocka_unit_test(merge_is_rfc_7386_without_deletion),
        cmocka_unit_test(merge_copies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
