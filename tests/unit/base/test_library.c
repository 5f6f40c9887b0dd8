/* Libraries that are opened late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <string.h>

#include "meshctl/base/library.h"
#include "must.h"

struct table {
    double (*cos)(double);
    double (*sin)(double);
};

static const struct library_symbol good[] = {{"cos", offsetof(struct table, cos)},
                                             {"sin", offsetof(struct table, sin)}};
static const struct library_symbol bad[] = {{"cos", offsetof(struct table, cos)},
                                            {"no_such_function", offsetof(struct table, sin)}};

static struct library library(const char *soname, const struct library_symbol *symbols,
                              struct table *table)
{
    return (struct library){.soname = soname,
                            .symbols = symbols,
                            .count = 2,
                            .table = table,
                            .hint = "install it",
                            .lock = PTHREAD_MUTEX_INITIALIZER};
}

static void its_functions_can_be_called(void **state)
{
    (void)state;
    struct table table = {0};
    struct library l = library("libm.so.6", good, &table);
    struct error *err = NULL;
    must(library_load(&l, &err), &err);
    must(library_load(&l, &err), &err);
    assert_true(table.cos(0) > 0.99 && table.sin(0) < 0.01);
}

static void one_that_is_missing_is_told(void **state)
{
    (void)state;
    struct table table = {0};
    struct library l = library("libno-such-library.so.1", good, &table);
    struct error *err = NULL;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(library_load(&l, &err), -1);
        assert_non_null(strstr(err->message, "libno-such-library.so.1 cannot be loaded: "));
        assert_string_equal(err->hint, "install it");
        error_clear(&err);
    }
}

static void one_that_lacks_something_is_told(void **state)
{
    (void)state;
    struct table table = {0};
    struct library l = library("libm.so.6", bad, &table);
    struct error *err = NULL;
    assert_int_equal(library_load(&l, &err), -1);
    assert_non_null(strstr(err->message, "no_such_function"));
    error_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_functions_can_be_called),
        cmocka_unit_test(one_that_is_missing_is_told),
        cmocka_unit_test(one_that_lacks_something_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
