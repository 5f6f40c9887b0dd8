#include "meshctl/probe/finding.h"

#include "meshctl/probe/checks.h"
#include "support.h"

static void good_rows_are_no_error(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two o;
    two_init(&o);
    must(finding_conclude(&o.probe, 0, &err), &err); /* nothing was looked at */
    finding_ok(&o.probe, "MC201", "root %s", "ab12");
    assert_int_equal(finding_count(&o.probe), 1);
    assert_int_equal(finding_count_bad(&o.probe), 0);
    must(finding_conclude(&o.probe, 0, &err), &err);
    const json_t *row = json_array_get(o.probe.findings, 0);
    assert_string_equal(json_dig_str(row, "id", NULL), "MC201");
    assert_string_equal(json_dig_str(row, "cluster", NULL), "west");
    assert_string_equal(json_dig_str(row, "level", NULL), "ok");
    assert_string_equal(json_dig_str(row, "found", NULL), "root ab12");
    assert_null(json_dig(row, "fix", NULL));
    two_release(&o);
}

static void bad_row_brings_the_tables_words(void **state)
{
    (void)state;
    struct two o;
    two_init(&o);
    finding_bad(&o.probe, "MC303", "west-network", "label %s", "missing");
    const json_t *row = json_array_get(o.probe.findings, 0);
    const struct check_info *info = check_find("MC303");
    assert_string_equal(json_dig_str(row, "level", NULL), "error");
    assert_string_equal(json_dig_str(row, "found", NULL), "label missing");
    assert_string_equal(json_dig_str(row, "wanted", NULL), "west-network");
    assert_string_equal(json_dig_str(row, "title", NULL), info->title);
    assert_string_equal(json_dig_str(row, "effect", NULL), info->effect);
    assert_string_equal(json_dig_str(row, "fix", NULL), info->fix);
    two_release(&o);
}

/* A row of level warning fails no look; what is an error elsewhere may be told milder. */
static void level_is_the_tables(void **state)
{
    (void)state;
    struct two o;
    two_init(&o);
    finding_bad(&o.probe, "MC802", "one", "two");
    finding_warn(&o.probe, "MC303", "one", "two");
    finding_lacking(&o.probe, CHECK_NEEDS_ISTIO, "list gateways");
    assert_int_equal(finding_count_bad(&o.probe), 0);
    assert_int_equal(finding_count(&o.probe), 3);
    const char *left_out = json_dig_str(o.probe.findings, "2", "found", NULL);
    assert_non_null(strstr(left_out, "MC501"));
    assert_null(strstr(left_out, "MC402"));
    two_release(&o);
}

/* All bad ones are told, a line each; id and fix are the first one's. */
static void conclusion_tells_every_bad_row(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two o;
    two_init(&o);
    finding_bad(&o.probe, "MC501", "one", "before the mark");
    size_t first = finding_count(&o.probe);
    finding_ok(&o.probe, "MC201", "fine");
    finding_bad(&o.probe, "MC402", "a Secret", "none");
    finding_bad(&o.probe, "MC601", "synced", "timeout");
    assert_int_equal(finding_count_bad(&o.probe), 3);
    int rc = finding_conclude(&o.probe, first, &err);
    assert_string_equal(err->id, "MC402");
    assert_string_equal(err->hint, check_find("MC402")->fix);
    AUTO_FREE char *message =
        mem_printf("MC402 %s: found none, wanted a Secret\nMC601 %s: found timeout, wanted synced",
                   check_find("MC402")->title, check_find("MC601")->title);
    assert_string_equal(err->message, message);
    refused(rc, &err, ERROR_CHECK, NULL);
    must(finding_conclude(&o.probe, finding_count(&o.probe), &err), &err);
    two_release(&o);
}

/* What was found comes from a server. */
static void found_text_is_clean(void **state)
{
    (void)state;
    struct two o;
    two_init(&o);
    finding_bad(&o.probe, "MC601", "synced", "%s", "\033[31mred\033[0m \233 bad");
    finding_ok(&o.probe, "MC601", "%s", "\a");
    assert_string_equal(json_dig_str(o.probe.findings, "0", "found", NULL),
                        "\\u001b[31mred\\u001b[0m \\x9b bad");
    assert_string_equal(json_dig_str(o.probe.findings, "1", "found", NULL), "\\u0007");
    two_release(&o);
}

/* A warning is told, and fails nothing. */
static void warning_is_not_bad(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two o;
    two_init(&o);
    finding_warn(&o.probe, "MC105", "list secrets", "the user may not");
    assert_string_equal(json_dig_str(o.probe.findings, "0", "level", NULL), "warning");
    assert_string_equal(json_dig_str(o.probe.findings, "0", "wanted", NULL), "list secrets");
    assert_int_equal(finding_count_bad(&o.probe), 0);
    must(finding_conclude(&o.probe, 0, &err), &err);
    two_release(&o);
}

static void fix_of_its_own_comes_first(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct two o;
    two_init(&o);
    finding_bad(&o.probe, "MC208", "root a", "root b");
    finding_fix(&o.probe, "restart %s", "x");
    finding_bad(&o.probe, "MC501", "one", "none");
    int rc = finding_conclude(&o.probe, 0, &err);
    assert_string_equal(err->hint, "restart x");
    refused(rc, &err, ERROR_CHECK, NULL);
    assert_string_equal(json_dig_str(o.probe.findings, "1", "fix", NULL), check_find("MC501")->fix);
    two_release(&o);
}

static void an_error_is_a_row(void **state)
{
    (void)state;
    AUTO_ERROR struct error *known = NULL, *bare = NULL;
    struct two o;
    two_init(&o);
    error_set(&known, ERROR_CHECK, "other names");
    error_id(&known, "MC305");
    error_hint(&known, "keep them");
    error_set(&bare, ERROR_UNREACHABLE, "refused");
    finding_error(&o.probe, "MC106", "an answer", known);
    finding_error(&o.probe, "MC106", "an answer", bare);
    assert_string_equal(json_dig_str(o.probe.findings, "0", "id", NULL), "MC305");
    assert_string_equal(json_dig_str(o.probe.findings, "0", "category", NULL), "names");
    assert_string_equal(json_dig_str(o.probe.findings, "0", "fix", NULL), "keep them");
    assert_string_equal(json_dig_str(o.probe.findings, "1", "id", NULL), "MC106");
    assert_string_equal(json_dig_str(o.probe.findings, "1", "found", NULL), "refused");
    assert_string_equal(json_dig_str(o.probe.findings, "1", "fix", NULL), check_find("MC106")->fix);
    two_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_rows_are_no_error),
        cmocka_unit_test(bad_row_brings_the_tables_words),
        cmocka_unit_test(level_is_the_tables),
        cmocka_unit_test(conclusion_tells_every_bad_row),
        cmocka_unit_test(found_text_is_clean),
        cmocka_unit_test(warning_is_not_bad),
        cmocka_unit_test(fix_of_its_own_comes_first),
        cmocka_unit_test(an_error_is_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
