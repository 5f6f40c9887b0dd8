#include "finding.h"

#include "meshctl/probe/checks.h"
#include "support.h"

static void good_rows_are_no_error(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct one_lane o;
    one_lane_init(&o);
    must(finding_conclude(&o.lane, 0, &err), &err); /* nothing was looked at */
    finding_ok(&o.lane, "MC201", "root %s", "ab12");
    assert_int_equal(finding_count(&o.lane), 1);
    assert_int_equal(finding_count_bad(&o.lane), 0);
    must(finding_conclude(&o.lane, 0, &err), &err);
    const json_t *row = json_array_get(o.lane.checks, 0);
    assert_string_equal(json_dig_str(row, "id", NULL), "MC201");
    assert_string_equal(json_dig_str(row, "cluster", NULL), "west");
    assert_string_equal(json_dig_str(row, "level", NULL), "ok");
    assert_string_equal(json_dig_str(row, "found", NULL), "root ab12");
    assert_null(json_dig(row, "fix", NULL));
    one_lane_release(&o);
}

static void bad_row_brings_the_tables_words(void **state)
{
    (void)state;
    struct one_lane o;
    one_lane_init(&o);
    finding_bad(&o.lane, "MC303", "west-network", "label %s", "missing");
    const json_t *row = json_array_get(o.lane.checks, 0);
    const struct check_info *info = check_find("MC303");
    assert_string_equal(json_dig_str(row, "level", NULL), "error");
    assert_string_equal(json_dig_str(row, "found", NULL), "label missing");
    assert_string_equal(json_dig_str(row, "wanted", NULL), "west-network");
    assert_string_equal(json_dig_str(row, "title", NULL), info->title);
    assert_string_equal(json_dig_str(row, "effect", NULL), info->effect);
    assert_string_equal(json_dig_str(row, "fix", NULL), info->fix);
    one_lane_release(&o);
}

/* All bad ones are told, a line each; id and fix are the first one's. */
static void conclusion_tells_every_bad_row(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct one_lane o;
    one_lane_init(&o);
    finding_bad(&o.lane, "MC501", "one", "before the mark");
    size_t first = finding_count(&o.lane);
    finding_ok(&o.lane, "MC201", "fine");
    finding_bad(&o.lane, "MC402", "a Secret", "none");
    finding_bad(&o.lane, "MC601", "synced", "timeout");
    assert_int_equal(finding_count_bad(&o.lane), 3);
    int rc = finding_conclude(&o.lane, first, &err);
    assert_string_equal(err->id, "MC402");
    assert_string_equal(err->hint, check_find("MC402")->fix);
    AUTO_FREE char *message =
        mem_printf("MC402 %s: found none, wanted a Secret\nMC601 %s: found timeout, wanted synced",
                   check_find("MC402")->title, check_find("MC601")->title);
    assert_string_equal(err->message, message);
    refused(rc, &err, ERROR_CHECK, NULL);
    must(finding_conclude(&o.lane, finding_count(&o.lane), &err), &err);
    one_lane_release(&o);
}

/* What was found comes from a server. */
static void found_text_is_clean(void **state)
{
    (void)state;
    struct one_lane o;
    one_lane_init(&o);
    finding_bad(&o.lane, "MC601", "synced", "%s", "\033[31mred\033[0m \233 bad");
    finding_ok(&o.lane, "MC601", "%s", "\a");
    assert_string_equal(json_dig_str(o.lane.checks, "0", "found", NULL), "?[31mred?[0m ? bad");
    assert_string_equal(json_dig_str(o.lane.checks, "1", "found", NULL), "?");
    one_lane_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows_are_no_error),
        cmocka_unit_test(bad_row_brings_the_tables_words),
        cmocka_unit_test(conclusion_tells_every_bad_row),
        cmocka_unit_test(found_text_is_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
