/* tests/golden/tmpl/func_dates.test, in a program of its own: local time is read once a process. */
#include "support.h"

#include "golden_functions.h"

GOLDEN_TEST(dates, 180)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates)};
    /* What the file was made with. */
    (void)setenv("TZ", "America/New_York", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
