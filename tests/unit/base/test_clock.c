#include "support.h"

#include "meshctl/base/clock.h"

/* Values as Go's time.ParseDuration gives them, and kubectl's bare seconds. */
static void durations_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"0", 0},
        {"5s", 5000},
        {"90", 90000},
        {"300ms", 300},
        {"1.5h", 5400000},
        {"2h45m", 9900000},
        {"1m30s", 90000},
        {".5s", 500},
        {"5.s", 5000},
        {"1h15m30.918s", 4530918},
        {"1500us", 1},
        {"2000000ns", 2},
        {"1500\xC2\xB5s", 1},
        {"1500\xCE\xBCs", 1},
        {"1000h", 3600000000},
        {"1s1s", 2000},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_ERR *err = NULL;
        int64_t ms = -1;
        if (clock_parse_duration(cases[i].text, &ms, &err) < 0)
            fail_msg("%s: %s", cases[i].text, err->message);
        assert_int_equal(ms, cases[i].ms);
    }
}

static void other_texts_are_no_durations(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "s",
        ".",
        "-5s",
        "5x",
        "1h5",
        "5 s",
        " 5s",
        "5s ",
        "1.5",
        "5.",
        "1001h",
        "99999999999999999999999h",
        "mss",
        "1ms5",
        "0x10s",
        "1e3s",
        "inf",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        AUTO_ERR *err = NULL;
        int64_t ms = -1;
        assert_int_equal(clock_parse_duration(texts[i], &ms, &err), -1);
        assert_int_equal(err->kind, ERROR_USAGE);
        assert_int_equal(ms, -1);
    }
}

static void durations_for_people(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *text;
    } cases[] = {
        {0, "0.0s"},         {400, "0.4s"},      {9949, "9.9s"},     {9950, "10s"},
        {12000, "12s"},      {59499, "59s"},     {59500, "1m00s"},   {112000, "1m52s"},
        {3599499, "59m59s"}, {3599500, "1h00m"}, {7500000, "2h05m"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = clock_duration_dup(cases[i].ms);
        assert_string_equal(text, cases[i].text);
    }
}

/* `date -u -d @N +%FT%TZ` */
static void rfc3339(void **state)
{
    (void)state;
    AUTO_FREE char *epoch = clock_rfc3339_dup(0);
    AUTO_FREE char *leap = clock_rfc3339_dup(1709210096);
    AUTO_FREE char *now = clock_now_rfc3339nano_dup();
    time_t read = 0;
    assert_true(clock_read_rfc3339("2024-02-29T12:34:56Z", &read));
    assert_int_equal(read, 1709210096);
    assert_false(clock_read_rfc3339(NULL, &read));
    static const char *const others[] = {
        "2024-02-29",           "2024-02-29T12:34:56Zx", " 2024-02-29T12:34:56Z",
        "2024-2-29T12:34:56Z",  "2023-02-29T12:34:56Z",  "2016-12-31T23:59:60Z",
        "2024-02-29T12:34:56z", "02024-02-29T12:34:56Z", "2024-02-29T12:34:56.0Z"};
    for (size_t i = 0; i < MC_ARRAY_LEN(others); i++)
        if (clock_read_rfc3339(others[i], &read))
            fail_msg("%s was read", others[i]);
    assert_string_equal(epoch, "1970-01-01T00:00:00Z");
    assert_string_equal(leap, "2024-02-29T12:34:56Z");
    struct tm tm = {0};
    const char *rest = strptime(now, "%Y-%m-%dT%H:%M:%S", &tm);
    assert_non_null(rest);
    assert_int_equal(rest[0], '.');
    assert_int_equal(strspn(rest + 1, "0123456789"), 9);
    assert_string_equal(rest + 10, "Z");
}

static void sleep_takes_its_time(void **state)
{
    (void)state;
    int64_t start = clock_now_ms();
    assert_int_equal(clock_sleep(30, NULL), 0);
    assert_true(clock_now_ms() - start >= 30);
    assert_int_equal(clock_left_ms(start), 0);
    assert_true(clock_left_ms(clock_now_ms() + 1000) > 0);
}

static void cancel_ends_a_sleep(void **state)
{
    (void)state;
    struct cancel cancel;
    assert_int_equal(cancel_init(&cancel), 0);
    assert_int_equal(clock_sleep(1, &cancel), 0);
    cancel_set(&cancel);
    cancel_set(&cancel);
    int64_t start = clock_now_ms();
    assert_int_equal(clock_sleep(60000, &cancel), -1);
    assert_true(clock_now_ms() - start < 5000);
    assert_int_equal(cancel.count, 2);
    cancel_release(&cancel);
    assert_false(cancel_is_set(NULL));
    assert_int_equal(cancel_fd(NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(durations_are_parsed), cmocka_unit_test(other_texts_are_no_durations),
        cmocka_unit_test(durations_for_people), cmocka_unit_test(rfc3339),
        cmocka_unit_test(sleep_takes_its_time), cmocka_unit_test(cancel_ends_a_sleep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
