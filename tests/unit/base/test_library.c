#include "meshctl/base/library.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct {
    double (*cos)(double x);
    void (*no_such_function)(void);
} lib;

static const struct library_symbol there[] = {{"cos", &lib.cos}};
static const struct library_symbol missing[] = {{"cos", &lib.cos},
                                                {"no_such_function", &lib.no_such_function}};

static void functions_are_found(void **state)
{
    (void)state;
    struct library library = LIBRARY_INIT("libm.so.6", there);
    assert_true(library_load(&library));
    assert_true(lib.cos(0) == 1);
    assert_true(library_load(&library));
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct library none = LIBRARY_INIT("libnone.so.99", there);
    struct library less = LIBRARY_INIT("libm.so.6", missing);
    for (int i = 0; i < 2; i++) {
        assert_false(library_load(&none));
        assert_non_null(strstr(none.reason, "libnone.so.99"));
        assert_false(library_load(&less));
        assert_non_null(strstr(less.reason, "no_such_function"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_found),
        cmocka_unit_test(what_is_missing_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
