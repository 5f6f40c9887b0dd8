/* Retry-After (RFC 9110 10.2.3, dates of 5.6.7), Warning (RFC 7234 5.5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "headers.h"

static void retry_after(void **state)
{
    (void)state;
    /* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's example date. */
    enum { THEN = 784111777 };
    static const struct {
        const char *value;
        time_t now;
        long ms;
    } cases[] = {
        {"120", 0, 120000},
        {"0", 0, 0},
        {"-5", 0, 0},
        {"", 0, 0},
        {"soon", 0, 0},
        {"99999999999999999999", 0, 86400000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN - 7, 7000},
        {"Sunday, 06-Nov-94 08:49:37 GMT", THEN - 7, 7000},
        {"Sun Nov  6 08:49:37 1994", THEN - 7, 7000},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN + 100, 0},
        {"Sun, 06 Nov 1994 08:49:37 GMT", THEN - 1000000, 86400000},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++)
        if (headers_retry_after_ms(cases[i].value, cases[i].now) != cases[i].ms)
            fail_msg("%s: %ld", cases[i].value,
                     headers_retry_after_ms(cases[i].value, cases[i].now));
}

static void warnings(void **state)
{
    (void)state;
    static const struct {
        const char *value, *joined;
    } cases[] = {
        {"299 - \"policy/v1beta1 is deprecated\"", "policy/v1beta1 is deprecated"},
        {"299 kube/1.2 \"a, \\\"b\\\" \\\\c\"", "a, \"b\" \\c"},
        {"299 - \"one\", 299 - \"two\"", "one|two"},
        {"299 - \"same\", 299 - \"same\"", "same"},
        {"110 - \"stale\", 299 - \"ours\"", "ours"},
        {"299 - \"dated\" \"Sun, 06 Nov 1994 08:49:37 GMT\", 299 - \"next\"", "dated|next"},
        {"299 - \"esc\x1b[31m\"", "esc\\u001b[31m"},
        {"299 - no quotes", ""},
        {"299 - \"", ""},
        {"", ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_STRLIST list = STRLIST_INIT;
        headers_take_warnings(&list, cases[i].value);
        AUTO_FREE char *joined = strlist_join_dup(&list, "|");
        assert_string_equal(joined, cases[i].joined);
    }
}

static void warnings_are_bounded(void **state)
{
    (void)state;
    AUTO_STRLIST list = STRLIST_INIT;
    for (int i = 0; i < 2 * HEADERS_MAX_WARNINGS; i++) {
        AUTO_FREE char *value = mem_printf("299 - \"%d %8000d\"", i, i);
        headers_take_warnings(&list, value);
    }
    assert_int_equal(list.count, HEADERS_MAX_WARNINGS);
    for (size_t i = 0; i < list.count; i++)
        assert_true(strlen(list.items[i]) <= HEADERS_MAX_WARNING);
}

static void take(struct http_response *r, const char *line)
{
    headers_take_line(r, NULL, line, strlen(line));
}

static void lines(void **state)
{
    (void)state;
    AUTO_HTTP_RESPONSE r = {.body = BUF_INIT_MAX(77)};
    take(&r, "HTTP/1.1 302 Found\r\n");
    take(&r, "LOCATION:/next \r\n");
    take(&r, "Retry-After: 5\r\n");
    assert_int_equal(r.status, 302);
    assert_string_equal(r.location, "/next");
    take(&r, "\r\n");
    take(&r, "no colon here\r\n");
    take(&r, "HTTP/2 200 \r\n");
    take(&r, "Content-Type:text/plain; charset=utf-8\r\n");
    assert_int_equal(r.status, 200);
    assert_null(r.location);
    assert_int_equal(r.retry_after_ms, 0);
    assert_string_equal(r.content_type, "text/plain; charset=utf-8");
    assert_int_equal(r.body.max, 77);
}

static void a_status_has_three_digits(void **state)
{
    (void)state;
    static const char *const bad[] = {"HTTP/1.1 1200 OK\r\n", "HTTP/1.1 20 OK\r\n", "HTTP/1.1\r\n",
                                      "HTTP/1.1 -20 OK\r\n",
                                      "HTTP/1.1 4294967496 OK\r\n" /* 200 in 32 bits */};
    AUTO_HTTP_RESPONSE r = {0};
    for (size_t i = 0; i < MC_ARRAY_LEN(bad); i++) {
        take(&r, "HTTP/1.1 204 No Content\r\n");
        assert_int_equal(r.status, 204);
        take(&r, bad[i]);
        assert_int_equal(r.status, 0);
    }
}

static void the_wanted_one(void **state)
{
    (void)state;
    static const char line[] = "X-Answer: a; b \r\n", other[] = "X-Answers: c\r\n";
    AUTO_HTTP_RESPONSE r = {0};
    headers_take_line(&r, "x-answer", line, strlen(line));
    headers_take_line(&r, "x-answer", other, strlen(other));
    assert_string_equal(r.header, "a; b");
    take(&r, line);
    take(&r, "HTTP/2 200 \r\n");
    assert_null(r.header);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_after),
        cmocka_unit_test(warnings),
        cmocka_unit_test(warnings_are_bounded),
        cmocka_unit_test(lines),
        cmocka_unit_test(a_status_has_three_digits),
        cmocka_unit_test(the_wanted_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
