/* Rows after Masterminds/semver v3.5's own tests (version_test.go, constraints_test.go), and some
 * that the library was asked for. */
#include "support.h"

#include "meshctl/base/semver.h"

static struct semver version_of(const char *text)
{
    AUTO_ERR *err = NULL;
    struct semver v;
    if (semver_parse(text, &v, &err) < 0)
        fail_msg("%s: %s", text, err->message);
    return v;
}

static void lenient_and_strict(void **state)
{
    (void)state;
    static const struct {
        const char *text, *lenient, *strict; /* NULL: refused */
    } cases[] = {
        {"1.2.3", "1.2.3", "1.2.3"},
        {"1.2.3-alpha.01", NULL, NULL},
        {"1.2.3+test.01", "1.2.3+test.01", "1.2.3+test.01"},
        {"1.2.3-alpha.-1", "1.2.3-alpha.-1", "1.2.3-alpha.-1"},
        {"v1.2.3", "1.2.3", NULL},
        {"1.0", "1.0.0", NULL},
        {"v1.0", "1.0.0", NULL},
        {"1", "1.0.0", NULL},
        {"v1", "1.0.0", NULL},
        {"1.2.beta", NULL, NULL},
        {"1.2-5", "1.2.0-5", NULL},
        {"v1.2-beta.5", "1.2.0-beta.5", NULL},
        {"v1.2+beta-5", "1.2.0+beta-5", NULL},
        {"1.2.0-x.Y.0+metadata-width-hyphen", "1.2.0-x.Y.0+metadata-width-hyphen",
         "1.2.0-x.Y.0+metadata-width-hyphen"},
        {"1.2.3-rc1-with-hyphen", "1.2.3-rc1-with-hyphen", "1.2.3-rc1-with-hyphen"},
        {"1.2.3.4", NULL, NULL},
        {"v1.2.2147483648", "1.2.2147483648", NULL},
        {"18446744073709551615.0.0", "18446744073709551615.0.0", "18446744073709551615.0.0"},
        {"18446744073709551616.0.0", NULL, NULL},
        {"20221209-update-renovatejson-v4", "20221209.0.0-update-renovatejson-v4", NULL},
        {"01.1.1", "1.1.1", NULL},
        {"1.01.1", "1.1.1", NULL},
        {"1.1.01", "1.1.1", NULL},
        {"1.1.1-01", NULL, NULL},
        {"1.1.1-0a", "1.1.1-0a", "1.1.1-0a"},
        {"1.2.3-", NULL, NULL},
        {"1.2.3+", NULL, NULL},
        {"1.2.3-a..b", NULL, NULL},
        {"1.2.3 ", NULL, NULL},
        {" 1.2.3", NULL, NULL},
        {"V1.2.3", NULL, NULL},
        {"foo", NULL, NULL},
        {"", NULL, NULL},
        {"-1.2.3", NULL, NULL},
        {"1.2.3\n", NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_ERR *err = NULL;
        AUTO_ERR *strict_err = NULL;
        struct semver v, w;
        int lenient = semver_parse(cases[i].text, &v, &err);
        int strict = semver_parse_strict(cases[i].text, &w, &strict_err);
        AUTO_FREE char *text = lenient == 0 ? semver_format_dup(&v) : NULL;
        AUTO_FREE char *strict_text = strict == 0 ? semver_format_dup(&w) : NULL;
        if (cases[i].lenient)
            assert_string_equal(text, cases[i].lenient);
        else
            assert_int_equal(err->kind, ERROR_INPUT);
        if (cases[i].strict)
            assert_string_equal(strict_text, cases[i].strict);
        else
            assert_int_equal(strict_err->kind, ERROR_INPUT);
    }
}

static void length_is_bounded(void **state)
{
    (void)state;
    AUTO_ERR *err = NULL;
    AUTO_BUF text = BUF_INIT;
    struct semver v;
    buf_appends(&text, "1.2.3-");
    buf_pad(&text, 'a', SEMVER_MAX_TEXT - text.len);
    assert_int_equal(semver_parse(buf_str(&text), &v, &err), 0);
    assert_int_equal(strlen(v.prerelease), SEMVER_MAX_TEXT - 6);
    buf_appendc(&text, 'a');
    assert_int_equal(semver_parse(buf_str(&text), &v, &err), -1);
    assert_string_equal(err->message, "version string is too long (max 256 bytes)");
}

static void order(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int order;
    } cases[] = {
        {"1.2.3", "1.5.1", -1},
        {"2.2.3", "1.5.1", 1},
        {"2.2.3", "2.2.2", 1},
        {"3.2-beta", "3.2-beta", 0},
        {"1.3", "1.1.4", 1},
        {"4.2", "4.2-beta", 1},
        {"4.2-beta", "4.2", -1},
        {"4.2-alpha", "4.2-beta", -1},
        {"4.2-alpha", "4.2-alpha", 0},
        {"4.2-beta.2", "4.2-beta.1", 1},
        {"4.2-beta2", "4.2-beta1", 1},
        {"4.2-beta", "4.2-beta.2", -1},
        {"4.2-beta", "4.2-beta.foo", -1},
        {"4.2-beta.2", "4.2-beta", 1},
        {"1.2+bar", "1.2+baz", 0},
        {"1.0.0-beta.4", "1.0.0-beta.-2", -1},
        {"1.0.0-beta.-3", "1.0.0-beta.-2", 1},
        {"1.0.0-beta.11", "1.0.0-beta.2", 1},
        {"1.0.0-rc.99999999999999999999", "1.0.0-rc.1", 1},
        {"1.0.0-alpha", "1.0.0-alpha.1", -1},
        {"1.0.0-alpha.1", "1.0.0-alpha.beta", -1},
        {"1.0.0-rc.1", "1.0.0", -1},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct semver a = version_of(cases[i].a), b = version_of(cases[i].b);
        int ab = semver_compare(&a, &b), ba = semver_compare(&b, &a);
        assert_int_equal((ab > 0) - (ab < 0), cases[i].order);
        assert_int_equal((ba > 0) - (ba < 0), -cases[i].order);
    }
}

static const struct {
    const char *constraint, *version;
    bool fits;
} fit_cases[] = {
    {"=2.0.0", "1.2.3", false},
    {"=2.0", "2.0.1", true},
    {"2.0", "2.0.1", true},
    {"!=4.1.0", "4.1.1", true},
    {"!=4.1", "4.1.1", false},
    {"!=4.1", "5.1.0", true},
    {"!=4.1", "5.1.0-alpha.1", false},
    {"!=4.1-alpha", "4.1.0", true},
    {"!=4.1-alpha", "4.1.1-alpha", false},
    {"!=4.x", "4.1.0", false},
    {"!=4.x", "5.1.0", true},
    {"!=*", "0.0.1", true},
    {"<11", "11.1.0", false},
    {"<1.1", "0.1.0", true},
    {"<=11", "11.2.3", true},
    {"<=11", "12.2.3", false},
    {"<=1.1", "1.1.1", true},
    {"<=1.1", "1.2.3", false},
    {"<=1.1", "0.1.0-alpha", false},
    {"<=1.1-a", "0.1.0-alpha", true},
    {"=<2.x", "3.0.0", false},
    {">1.1", "1.1.1", false},
    {">1.1", "1.2.0", true},
    {">11", "11.1.0", false},
    {">11", "12.0.0", true},
    {">0", "0.0.1-alpha", false},
    {">0.0.0-0", "0.0.0-alpha", true},
    {">0.0.0-0", "0.0.0", true},
    {">1.2.3-alpha.1", "1.2.3-alpha.2", true},
    {">=1.1", "4.1.0-beta", false},
    {">=0-0", "0.0.1-alpha", true},
    {">=0-0", "1.29.3-gke.100", true},
    {"=>1.2", "1.1.9", false},
    {"*", "1.2.3", true},
    {"*", "1.2.3-alpha.1", false},
    {"*-0", "1.2.3-alpha.1", true},
    {"x", "4.5.6", true},
    {"2.*", "2.1.1", true},
    {"2.1.X", "2.2.1", false},
    {"~1.2.3", "1.2.9", true},
    {"~1.2.3", "1.3.0", false},
    {"~1", "1.9.9", true},
    {"~1", "2.0.0", false},
    {"~>1.2", "1.2.4", true},
    {"~0.0.0", "1.2.3", true},
    {"~*", "2.1.1", true},
    {"0.x.x", "0.9.0", true},
    {"0.0.x", "1.2.3", false},
    {"~1.2.3-beta.2", "1.2.4-beta.2", true},
    {"~1.2.3-beta.2", "1.3.4-beta.2", false},
    {"~1.1-alpha", "1.1.1-beta", true},
    {"^1.2.3", "1.8.9", true},
    {"^1.2.3", "2.0.0", false},
    {"^1.2.3", "1.2.1", false},
    {"^1.2.0", "1.2.1-alpha.1", false},
    {"^1.2.0-alpha.0", "1.2.1-alpha.0", true},
    {"^0.2.3", "0.2.5", true},
    {"^0.2.3", "0.3.0", false},
    {"^0.2", "0.2.9", true},
    {"^0.0.3", "0.0.3", true},
    {"^0.0.3", "0.0.4", false},
    {"^0.0", "0.0.9", true},
    {"^0.0", "0.1.0", false},
    {"^0", "0.9.0", true},
    {"^0", "1.0.0", false},
    {"^*", "1.0.0", false},
    {"1.1 - 2", "1.1.1", true},
    {"1.1 - 2", "2.9.9", true},
    {"1.1 - 2", "3.0.0", false},
    {"1.5.0 - 4.5", "4.5.9", true},
    {"1.1-3", "1.1.3", true},
    {"1.0.0 - 2.0.0, !=1.5.0", "1.5.0", false},
    {">=1.1, <2", "1.5.0", true},
    {">=1.1 <2", "2.0.0", false},
    {">=1.1,<2,!=1.2.3 || >3", "1.2.3", false},
    {">=1.1,<2,!=1.2.3 || >3", "4.0.0", true},
    {">= 1.1 < 2 != 1.2.3||>= 3", "3.0.0", true},
    {">= 1.0.0 <= 2.0.0-beta", "1.0.1-beta", true},
    {">= 1.0.0 <= 2.0.0-beta || > 3", "3.0.1-beta", false},
    {">=1.16.0-0", "1.29.3+k3s1", true},
    {"v1.2", "1.2.7", true},
    {"1.x.9", "1.4.0", true},
    {"01.2", "1.2.9", true},
    {" ~ 1.2 , < 1.2.5 ", "1.2.4", true},
};

static void constraints_fit(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(fit_cases); i++) {
        AUTO_ERR *err = NULL;
        AUTO_SEMVER_CONSTRAINT *c = NULL;
        struct semver v = version_of(fit_cases[i].version);
        if (semver_constraint_new(fit_cases[i].constraint, &c, &err) < 0)
            fail_msg("%s: %s", fit_cases[i].constraint, err->message);
        if (semver_constraint_fits(c, &v) != fit_cases[i].fits)
            fail_msg("\"%s\" and %s", fit_cases[i].constraint, fit_cases[i].version);
    }
}

static void other_texts_are_no_constraints(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",       "foo",     ">= bar", "BAR >= 1.2.3", "12.3.4.1234", "12.3.34~ 1.2.3",
        "==1.2",  ">1.2<3",  "1.2 ||", "|| 1.2",       "1.2,",        ",1.2",
        "1.2 - ", ">=1 - 2", "~=1.2",  "1.2.3 -4",     ">",           "1,,2",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_ERR *err = NULL;
        struct semver_constraint *c = NULL;
        assert_int_equal(semver_constraint_new(texts[i], &c, &err), -1);
        assert_null(c);
        assert_int_equal(err->kind, ERROR_INPUT);
        assert_memory_equal(err->message, "improper constraint: \"", 22);
    }
    static const char *const numbers[] = {"v1.2.3-beta.01",      "1|2", "xx", "**", "1x",
                                          "99999999999999999999"};
    for (size_t i = 0; i < MC_ARRAY_LEN(numbers); i++) {
        AUTO_ERR *err = NULL;
        struct semver_constraint *c = NULL;
        assert_int_equal(semver_constraint_new(numbers[i], &c, &err), -1);
        assert_string_equal(err->message, "constraint parser error");
    }
}

static void constraints_are_bounded(void **state)
{
    (void)state;
    AUTO_ERR *too_long = NULL;
    AUTO_ERR *too_many = NULL;
    AUTO_ERR *err = NULL;
    AUTO_SEMVER_CONSTRAINT *fitting = NULL;
    struct semver_constraint *c = NULL;
    AUTO_BUF text = BUF_INIT;
    for (int i = 1; i < SEMVER_MAX_CONSTRAINT_GROUPS; i++)
        buf_appends(&text, "1||");
    buf_appendc(&text, '1');
    assert_int_equal(semver_constraint_new(buf_str(&text), &fitting, &err), 0);
    buf_appends(&text, "||1");
    assert_int_equal(semver_constraint_new(buf_str(&text), &c, &too_many), -1);
    assert_string_equal(too_many->message, "too many constraint groups (max 32)");
    buf_pad(&text, ' ', SEMVER_MAX_CONSTRAINT);
    assert_int_equal(semver_constraint_new(buf_str(&text), &c, &too_long), -1);
    assert_string_equal(too_long->message, "constraint string is too long (max 512 bytes)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lenient_and_strict),
        cmocka_unit_test(length_is_bounded),
        cmocka_unit_test(order),
        cmocka_unit_test(constraints_fit),
        cmocka_unit_test(other_texts_are_no_constraints),
        cmocka_unit_test(constraints_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
