/* Values as Go prints them. */
#include "support.h"

#include "meshctl/data/gotype.h"

/* fmt's %v. */
static void values_print_as_go(void **state)
{
    (void)state;
    json_auto_t *v =
        json_of("{\"b\": [1, null, true, \"x\"], \"a\": 1000000.0, \"c\": {\"d\": 0.25}}");
    AUTO_BUF out = BUF_INIT;
    name_append_go_value(&out, v);
    assert_string_equal(buf_str(&out), "map[a:1e+06 b:[1 <nil> true x] c:map[d:0.25]]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_print_as_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
