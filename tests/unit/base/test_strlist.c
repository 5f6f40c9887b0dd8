#include "support.h"

#include "meshctl/base/strlist.h"

static void collects_and_finds(void **state)
{
    (void)state;
    AUTO_STRLIST l = STRLIST_INIT;
    assert_false(strlist_has(&l, "a"));
    strlist_add(&l, "a");
    strlist_add_take(&l, mem_strdup("b"));
    strlist_addf(&l, "%s-%d", "c", 3);
    assert_int_equal(l.count, 3);
    assert_true(strlist_has(&l, "c-3"));
    assert_false(strlist_has(&l, "c"));
    for (int i = 0; i < 1000; i++)
        strlist_addf(&l, "%d", i);
    assert_string_equal(l.items[1002], "999");
}

static void splits_keep_empty_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *joined;
    } cases[] = {
        {"a,b", 2, "a|b"}, {"a,,b", 3, "a||b"}, {"", 1, ""}, {",", 2, "|"}, {"a,", 2, "a|"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_STRLIST l = STRLIST_INIT;
        strlist_split(&l, cases[i].text, ',');
        AUTO_FREE char *joined = strlist_join_dup(&l, "|");
        assert_int_equal(l.count, cases[i].count);
        assert_string_equal(joined, cases[i].joined);
    }
}

static void sorts_by_bytes(void **state)
{
    (void)state;
    AUTO_STRLIST l = STRLIST_INIT;
    strlist_sort(&l);
    strlist_split(&l, "b,a10,B,a2,,\xC3\xA9", ',');
    strlist_sort(&l);
    AUTO_FREE char *joined = strlist_join_dup(&l, ",");
    assert_string_equal(joined, ",B,a10,a2,b,\xC3\xA9");
}

static void release_leaves_an_empty_list(void **state)
{
    (void)state;
    struct strlist l = STRLIST_INIT;
    strlist_add(&l, "a");
    strlist_release(&l);
    assert_int_equal(l.count, 0);
    AUTO_FREE char *joined = strlist_join_dup(&l, ",");
    assert_string_equal(joined, "");
    strlist_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_and_finds),
        cmocka_unit_test(splits_keep_empty_parts),
        cmocka_unit_test(sorts_by_bytes),
        cmocka_unit_test(release_leaves_an_empty_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
