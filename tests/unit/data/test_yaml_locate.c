/* Finding the place of a value again. */
#include "support.h"

static const char text[] = "# a mesh\n"
                           "---\n"
                           "mesh:\n"
                           "  id: m1\n"
                           "  clusters:\n"
                           "    - name: west\n"
                           "      on: {yes: [1, 22]}\n"
                           "    -\n"
                           "      name:   east\n"
                           "1: one\n"
                           "nothing:\n"
                           "last: 'x'\n"
                           "---\n"
                           "second: 1\n";

#define ASSERT_AT(line, column, ...)                                                               \
    do {                                                                                           \
        size_t l = 0, c = 0;                                                                       \
        assert_true(yaml_locate(text, strlen(text), &l, &c, __VA_ARGS__, NULL));                   \
        assert_int_equal(l, line);                                                                 \
        assert_int_equal(c, column);                                                               \
    } while (0)

static void finds_values(void **state)
{
    (void)state;
    ASSERT_AT(4, 3, "mesh");
    ASSERT_AT(4, 7, "mesh", "id");
    ASSERT_AT(6, 5, "mesh", "clusters");
    ASSERT_AT(6, 13, "mesh", "clusters", "0", "name");
    ASSERT_AT(9, 15, "mesh", "clusters", "1", "name");
    ASSERT_AT(12, 7, "last");
    size_t line = 0, column = 0;
    assert_true(yaml_locate(text, strlen(text), &line, &column, NULL));
    assert_int_equal(line, 3);
    assert_int_equal(column, 1);
}

/* "on" and 1 are keys "true" and "1" to everybody who read the text. */
static void keys_are_what_reading_makes_them(void **state)
{
    (void)state;
    ASSERT_AT(7, 21, "mesh", "clusters", "0", "true", "true", "1");
    ASSERT_AT(10, 4, "1");
}

static void says_what_is_not_there(void **state)
{
    (void)state;
    size_t line = 99, column = 99;
    assert_false(yaml_locate(text, strlen(text), &line, &column, "mesh", "name", NULL));
    assert_false(yaml_locate(text, strlen(text), &line, &column, "mesh", "clusters", "2", NULL));
    assert_false(yaml_locate(text, strlen(text), &line, &column, "mesh", "clusters", "x", NULL));
    assert_false(yaml_locate(text, strlen(text), &line, &column, "mesh", "id", "x", NULL));
    assert_false(yaml_locate(text, strlen(text), &line, &column, "second", NULL));
    assert_false(yaml_locate("", 0, &line, &column, "a", NULL));
    assert_false(yaml_locate("a: [", 4, &line, &column, "b", NULL));
    assert_false(yaml_locate("~: 1\nb: 2", 9, &line, &column, "b", NULL));
    assert_int_equal(line, 99);
    assert_int_equal(column, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_values),
        cmocka_unit_test(keys_are_what_reading_makes_them),
        cmocka_unit_test(says_what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
