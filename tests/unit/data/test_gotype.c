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
    static const struct {
        double value;
        const char *text;
    } floats[] = {{0, "0"},           {1.1, "1.1"},
                  {123456, "123456"}, {1234567.5, "1.2345675e+06"},
                  {0.0001, "0.0001"}, {0.00001, "1e-05"},
                  {-2.5, "-2.5"},     {1e100, "1e+100"},
                  {100, "100"},       {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < MC_ARRAY_LEN(floats); i++) {
        buf_clear(&out);
        name_append_float(&out, floats[i].value);
        assert_string_equal(buf_str(&out), floats[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_print_as_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
