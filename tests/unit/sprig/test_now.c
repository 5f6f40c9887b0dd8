/* What depends on the time of day, by its shape and against the C library's clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "support.h"

#define DAY "^[0-9]{4}-[0-9]{2}-[0-9]{2}"

static void run(const char *text, struct buf *out)
{
    AUTO_ARENA *a = arena_new();
    AUTO_ERROR struct error *err = NULL;
    struct tmpl_set *set = open_set(a, 3);
    assert_int_equal(tmpl_add(set, "t", text, strlen(text), &err), 0);
    assert_int_equal(tmpl_execute(set, "t", tval_nil(), out, &err), 0);
    close_set(set);
}

/* Each is a condition that must hold, whatever the time. */
static void now_has_its_shape(void **state)
{
    static const char *const conditions[] = {
        "regexMatch `" DAY " [0-9:]{8}[.0-9]* -0[45]00 E[SD]T m=[+][0-9]+[.][0-9]{9}$` now.String",
        "eq (toString now | trunc 10) (now.Format `2006-01-02`)",
        "regexMatch `" DAY "T[0-9:]{8}[.0-9]*-0[45]:00$` (toJson now | trimAll `\"`)",
        "regexMatch `" DAY "$` (htmlDate now)",
        "eq (typeOf now) `time.Time`",
        "(now.Add -1).Before now",
        "not (regexMatch `m=` now.UTC.String)",
        "eq (date `2006-01-02` now) (date `2006-01-02` nil)",
        "eq (ago now) `0s`",
        "le (now.Sub now) 0",
        "eq (durationRound (now.Add -90000000000)) `1m`",
    };
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(conditions); i++) {
        AUTO_BUF out = BUF_INIT;
        AUTO_FREE char *text = mem_printf("{{ if %s }}yes{{ else }}no{{ end }}", conditions[i]);
        run(text, &out);
        if (strcmp(buf_str(&out), "yes") != 0)
            fail_msg("%s", conditions[i]);
    }
}

static void now_is_now(void **state)
{
    AUTO_BUF out = BUF_INIT;
    (void)state;
    time_t before = time(NULL);
    run("{{ now.Unix }}", &out);
    time_t got = (time_t)strtoll(buf_str(&out), NULL, 10);
    assert_true(got >= before - 1 && got <= time(NULL));
    buf_clear(&out);
    run("{{ unixEpoch now }}", &out);
    got = (time_t)strtoll(buf_str(&out), NULL, 10);
    assert_true(got >= before - 1 && got <= time(NULL));
}

/* The digits of a product end somewhere. */
static void decimals_have_a_limit(void **state)
{
    AUTO_ARENA *a = arena_new();
    AUTO_BUF text = BUF_INIT;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    (void)state;
    buf_appends(&text, "{{ mulf");
    for (int i = 0; i < 4000; i++)
        buf_appends(&text, " 1.2345678901234567");
    buf_appends(&text, " }}");
    struct tmpl_set *set = open_set(a, 3);
    assert_int_equal(tmpl_add(set, "t", text.data, text.len, &err), 0);
    assert_int_equal(tmpl_execute(set, "t", tval_nil(), &out, &err), -1);
    assert_non_null(strstr(err->message, "a decimal of more than 50000 digits"));
    close_set(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(now_has_its_shape),
        cmocka_unit_test(now_is_now),
        cmocka_unit_test(decimals_have_a_limit),
    };
    (void)setenv("TZ", "America/New_York", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
