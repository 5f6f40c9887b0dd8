#include "meshctl/ui/table.h"

#include "support.h"

static const struct term plain = {.color = false};

static void prints(const struct table *t, const char *wanted)
{
    AUTO_BUF out = BUF_INIT;
    table_print(t, &plain, &out);
    assert_string_equal(buf_str(&out), wanted);
}

static void aligns_as_kubectl_does(void **state)
{
    (void)state;
    AUTO_TABLE t = table_with("NAME", "STATUS", "AGE", NULL);
    table_row(&t, "istio-system", "Active", "5m", NULL);
    table_row(&t, "a", "Terminating", "12d", NULL);
    prints(&t, "NAME           STATUS        AGE\n"
               "istio-system   Active        5m\n"
               "a              Terminating   12d\n");
}

/* Columns on the screen, not bytes: accents, wide characters, combining marks. */
static void counts_columns_not_bytes(void **state)
{
    (void)state;
    plain_environment();
    AUTO_TABLE t = table_with("CITY", "N", NULL);
    table_row(&t, "Z\303\274rich", "1", NULL);
    table_row(&t, "\346\235\261\344\272\254", "2", NULL);
    table_row(&t, "e\314\201x", "3", NULL);
    prints(&t, "CITY     N\n"
               "Z\303\274rich   1\n"
               "\346\235\261\344\272\254     2\n"
               "e\314\201x       3\n");
}

static void missing_cells_are_empty(void **state)
{
    (void)state;
    AUTO_TABLE t = table_with("A", "B", "C", NULL);
    table_row(&t, "1", NULL);
    table_row(&t, "1", "", "3", NULL);
    prints(&t, "A   B   C\n"
               "1       \n"
               "1       3\n");
}

static void header_alone(void **state)
{
    (void)state;
    AUTO_TABLE t = table_with("ANSWER", "COUNT", NULL);
    prints(&t, "ANSWER   COUNT\n");
}

static void a_cell_cannot_break_its_row(void **state)
{
    (void)state;
    AUTO_TABLE t = table_with("A", "B", NULL);
    table_row(&t, "x\033[2J\ny\tz", "\233", NULL);
    prints(&t, "A                B\n"
               "x\\u001b[2J y z   \\x9b\n");
}

static void header_is_bold_where_colour_is(void **state)
{
    (void)state;
    const struct term colour = {.color = true};
    AUTO_TABLE t = table_with("A", "B", NULL);
    AUTO_BUF out = BUF_INIT;
    table_row(&t, "wide", "x", NULL);
    table_print(&t, &colour, &out);
    assert_string_equal(buf_str(&out), "\033[1mA\033[0m      \033[1mB\033[0m\nwide   x\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aligns_as_kubectl_does),
        cmocka_unit_test(counts_columns_not_bytes),
        cmocka_unit_test(missing_cells_are_empty),
        cmocka_unit_test(header_alone),
        cmocka_unit_test(a_cell_cannot_break_its_row),
        cmocka_unit_test(header_is_bold_where_colour_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
