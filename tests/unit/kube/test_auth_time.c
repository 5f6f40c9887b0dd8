/* RFC 3339 section 5.8 and its grammar; the seconds are what `date -u -d TEXT +%s` says. */
#include "config_support.h"

#include "auth_time.h"

static void good_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        long long seconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1985-04-12T23:20:50.52Z", 482196050},
        {"1996-12-19T16:39:57-08:00", 851042397},
        {"2026-11-23T08:00:00+09:00", 1795388400},
        {"2024-02-29T12:00:00.123456789Z", 1709208000},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        time_t t = -1;
        assert_true(auth_time_parse(cases[i].text, &t));
        assert_int_equal(t, cases[i].seconds);
    }
}

static void bad_times(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026-11-23",
        "2026-11-23T08:00:00",
        "2026-11-23 08:00:00Z",
        "2026-11-23T08:00Z",
        "2026-13-23T08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-11-23T24:00:00Z",
        "now",
        "2026-11-23T08:00:00.Z",
        "2026-11-23T08:00:00+9:00",
        "2026-11-23T08:00:00Zx",
        "2026-11-23T08:00:00+09:60",
        "026-11-23T08:00:00Z",
        "2026-11-00T08:00:00Z",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        time_t t;
        if (auth_time_parse(cases[i], &t))
            fail_msg("%s was taken", cases[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_times), cmocka_unit_test(bad_times)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
