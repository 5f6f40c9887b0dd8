#include "support.h"

#include "meshctl/base/quantity.h"

static void quantities(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t thousandths;
    } rows[] = {
        {"0", 0},        {"1", 1000},         {"500m", 500},    {"1.5", 1500},
        {"2k", 2000000}, {"1e3", 1000000},    {"1Ki", 1024000}, {"2Gi", 2147483648000},
        {"", -1},        {"x", -1},           {"1x", -1},       {"-1", -1},
        {NULL, -1},      {"1e30", INT64_MAX}, {"nan", -1},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++)
        assert_int_equal(quantity_read(rows[i].text), rows[i].thousandths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(quantities)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
