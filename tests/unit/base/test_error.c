#include "support.h"

#include <errno.h>

static void every_part_is_set_and_replaced(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    assert_int_equal(error_set(&err, ERROR_INPUT, "read %s", "x"), -1);
    assert_int_equal(error_wrap(&err, "cluster %d", 2), -1);
    assert_int_equal(error_wrap(&err, "up"), -1);
    assert_int_equal(error_hint(&err, "first"), -1);
    assert_int_equal(error_hint(&err, "run %s", "this"), -1);
    assert_int_equal(error_where(&err, "f:%d", 1), -1);
    assert_int_equal(error_where(&err, "f:%d:%d", 2, 3), -1);
    assert_int_equal(error_id(&err, "MC1"), -1);
    assert_int_equal(error_id(&err, "MC304"), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_string_equal(err->message, "up: cluster 2: read x");
    assert_string_equal(err->hint, "run this");
    assert_string_equal(err->where, "f:2:3");
    assert_string_equal(err->id, "MC304");
}

/* Text that has been read somewhere is an argument, never the format. */
static void percent_signs_are_text(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    error_set(&err, ERROR_REMOTE, "%s", "100%n%s");
    error_wrap(&err, "a %s b", "%d");
    assert_string_equal(err->message, "a %d b: 100%n%s");
}

static void errno_becomes_text(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    assert_int_equal(error_errno(&err, ERROR_NOT_FOUND, ENOENT, "open %s", "f"), -1);
    assert_string_equal(err->message, "open f: No such file or directory");
}

static void dup_copies_everything(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    error_set(&err, ERROR_REMOTE, "m");
    err->http_status = 429;
    err->retry_after_ms = 1500;
    AUTO_ERR *bare = error_dup(err);
    error_hint(&err, "h");
    error_where(&err, "w");
    error_id(&err, "i");
    AUTO_ERR *copy = error_dup(err);
    error_clear(&err);
    assert_null(err);
    assert_string_equal(copy->message, "m");
    assert_string_equal(copy->hint, "h");
    assert_string_equal(copy->where, "w");
    assert_string_equal(copy->id, "i");
    assert_int_equal(copy->kind, ERROR_REMOTE);
    assert_int_equal(copy->http_status, 429);
    assert_int_equal(copy->retry_after_ms, 1500);
    assert_null(bare->hint);
    assert_null(bare->where);
    assert_null(error_dup(NULL));
    error_free(NULL);
}

static void kinds_have_names_of_their_own(void **state)
{
    (void)state;
    for (int i = ERROR_INTERNAL; i <= ERROR_CANCELLED; i++)
        for (int j = ERROR_INTERNAL; j < i; j++)
            assert_string_not_equal(error_kind_name((enum error_kind)i),
                                    error_kind_name((enum error_kind)j));
    assert_string_equal(error_kind_name(ERROR_USAGE), "usage");
    assert_string_equal(error_kind_name(ERROR_NOT_FOUND), "not found");
    assert_non_null(error_kind_name((enum error_kind)99));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_set_and_replaced),
        cmocka_unit_test(percent_signs_are_text),
        cmocka_unit_test(errno_becomes_text),
        cmocka_unit_test(dup_copies_everything),
        cmocka_unit_test(kinds_have_names_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
