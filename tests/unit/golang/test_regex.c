/* The engine behind the regular expression functions: offsets, groups, limits. What patterns mean
 * and how they fail is in tests/golden/tmpl/func_regex.test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "regex_syntax.h"

#include "meshctl/base/budget.h"

static struct regex *compiled(const char *pattern)
{
    struct regex *re = NULL;
    struct error *err = NULL;
    assert_int_equal(regex_new(pattern, strlen(pattern), &re, &err), 0);
    return re;
}

static void groups_have_offsets(void **state)
{
    AUTO_REGEX *re = compiled("(?P<name>a+)|(b)");
    const size_t *offsets;
    AUTO_ERROR struct error *err = NULL;
    (void)state;
    assert_int_equal(regex_groups(re), 3);
    assert_int_equal(regex_group_named(re, "name", 4), 1);
    assert_int_equal(regex_group_named(re, "nam", 3), 0);
    assert_int_equal(regex_match(re, "xaab", 4, 0, &offsets, &err), 1);
    assert_int_equal(offsets[0], 1);
    assert_int_equal(offsets[1], 3);
    assert_int_equal(offsets[2], 1);
    assert_true(offsets[4] == SIZE_MAX);
    assert_int_equal(regex_match(re, "xaab", 4, 3, &offsets, &err), 1);
    assert_true(offsets[2] == SIZE_MAX);
    assert_int_equal(offsets[4], 3);
    assert_int_equal(regex_match(re, "xaab", 4, 4, &offsets, &err), 0);
}

static void subjects_may_hold_nuls_and_bad_bytes(void **state)
{
    AUTO_REGEX *re = compiled("b\\x00c");
    const size_t *offsets;
    AUTO_ERROR struct error *err = NULL;
    (void)state;
    assert_int_equal(regex_match(re,
                                 "\xff\xfe"
                                 "b\0c",
                                 5, 0, &offsets, &err),
                     1);
    assert_int_equal(offsets[0], 2);
    assert_int_equal(offsets[1], 5);
}

/* A pattern that backtracks without end must come to one. */
static void endless_matching_is_an_error(void **state)
{
    AUTO_REGEX *re = compiled("^(?:(?:a+)+)+$");
    char subject[64];
    const size_t *offsets;
    AUTO_ERROR struct error *err = NULL;
    (void)state;
    memset(subject, 'a', sizeof(subject));
    subject[sizeof(subject) - 1] = 'b';
    assert_int_equal(regex_match(re, subject, sizeof(subject), 0, &offsets, &err), -1);
    assert_non_null(strstr(err->message, "limit"));
}

static void repeated(struct buf *b, const char *s, size_t n)
{
    while (n-- > 0)
        buf_appends(b, s);
}

/* At each of a million places the match is slow, and within PCRE2's limit. */
static void the_budget_ends_a_match(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    AUTO_BUF text = BUF_INIT;
    const size_t *offsets;
    buf_pad(&text, 'x', 1000000);
    AUTO_REGEX *re = compiled("x*[yz]");
    const struct budget_limits limits = {.max_cpu_ms = 50};
    AUTO_BUDGET budget = {0};
    budget_begin(&budget, &limits);
    assert_int_equal(regex_match(re, buf_str(&text), text.len, 0, &offsets, &err), -1);
    assert_string_equal(err->message, "this takes more than the limit of 0.1s of processor time");
}

static void assert_refused(const struct buf *pattern, const char *what)
{
    struct regex *re = NULL;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(regex_new(buf_str(pattern), pattern->len, &re, &err), -1);
    assert_non_null(strstr(err->message, what));
}

static void sizes_are_limited(void **state)
{
    AUTO_BUF nested = BUF_INIT;
    AUTO_BUF deeper = BUF_INIT;
    AUTO_BUF longer = BUF_INIT;
    AUTO_BUF bad = BUF_INIT;
    (void)state;
    repeated(&nested, "(", REGEX_MAX_NESTING);
    repeated(&nested, ")", REGEX_MAX_NESTING);
    regex_free(compiled(buf_str(&nested)));
    repeated(&deeper, "(", REGEX_MAX_NESTING + 1);
    repeated(&deeper, ")", REGEX_MAX_NESTING + 1);
    assert_refused(&deeper, "expression nests too deeply");
    repeated(&longer, "a", REGEX_MAX_PATTERN + 1);
    assert_refused(&longer, "expression too large");
    buf_appends(&bad, "a\xff");
    assert_refused(&bad, "invalid UTF-8");
}

static void assert_translates(const char *pattern, const char *expected)
{
    AUTO_BUF out = BUF_INIT;
    AUTO_STRLIST names = STRLIST_INIT;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(regex_translate(pattern, strlen(pattern), &out, &names, &err), 0);
    assert_string_equal(buf_str(&out), expected);
}

/* What PCRE2 would read otherwise is written so that it cannot. */
static void translation_is_plain(void **state)
{
    (void)state;
    assert_translates("a{,3}", "a\\x{7b}\\x{2c}3\\x{7d}");
    assert_translates("\\s[\\s]",
                      "[\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}][\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}]");
    assert_translates("^*", "(?:^)*");
    assert_translates("#  x", "\\x{23}\\x{20}\\x{20}x");
    assert_translates("(?P<n>a)(?<m>b)", "(a)(b)");
    assert_translates("\\p{Greek}\\pL", "\\p{sc:Greek}\\p{L}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_have_offsets),
        cmocka_unit_test(subjects_may_hold_nuls_and_bad_bytes),
        cmocka_unit_test(endless_matching_is_an_error),
        cmocka_unit_test(the_budget_ends_a_match),
        cmocka_unit_test(sizes_are_limited),
        cmocka_unit_test(translation_is_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
