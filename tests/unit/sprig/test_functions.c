/* Whole templates over sprig's tables alone: those of tests/golden/tmpl/func_*.test, made by Go's
 * text/template with Helm 3.22's functions, that need none of Helm's own. */
#include "support.h"

#include "golden_functions.h"

GOLDEN_TEST(strings, 50)
GOLDEN_TEST(numbers, 25)
GOLDEN_TEST(types, 9)
GOLDEN_TEST(regex, 80)
GOLDEN_TEST(paths, 20)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings), cmocka_unit_test(numbers), cmocka_unit_test(types),
        cmocka_unit_test(regex),   cmocka_unit_test(paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
