/* Whole templates over every function table: tests/golden/tmpl/func_*.test, made by Go's
 * text/template with Helm 3.22's functions, or Helm 4.3's. */
#include "support.h"

#include "golden_functions.h"

GOLDEN_TEST(print, 80)
GOLDEN_TEST(floats, 40)
GOLDEN_TEST(lists, 50)
GOLDEN_TEST(dicts, 50)
GOLDEN_TEST(decimals, 25)
GOLDEN_TEST(encoding, 40)
GOLDEN_TEST(flow, 40)
GOLDEN_TEST(crypto, 190)
GOLDEN_TEST(toml, 120)
GOLDEN_TEST(toml_times, 2)
GOLDEN_TEST(yaml_pretty, 57)
GOLDEN_TEST_FOR(helm4, 4, 15)
GOLDEN_TEST(difference, 23)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(print),      cmocka_unit_test(floats),      cmocka_unit_test(lists),
        cmocka_unit_test(dicts),      cmocka_unit_test(decimals),    cmocka_unit_test(encoding),
        cmocka_unit_test(flow),       cmocka_unit_test(crypto),      cmocka_unit_test(toml),
        cmocka_unit_test(toml_times), cmocka_unit_test(yaml_pretty), cmocka_unit_test(helm4),
        cmocka_unit_test(difference),
    };
    /* What func_toml_times.test was made with. */
    (void)setenv("TZ", "UTC", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
