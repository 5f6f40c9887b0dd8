/* http_send when it does not go well: limits, redirects, lost and silent servers, cancelling. */
#include "http_fixture.h"

#include <pthread.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

/* ---- limits ---- */

static void body_over_its_limit_is_refused(void **state)
{
    (void)state;
    static const char *const paths[] = {"/endless",
                                        "/echo?0123456789012345678901234567890123456789"};
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        AUTO_FREE char *url = url_dup(paths[i]);
        AUTO_ERROR struct error *err =
            send_bad(&(struct http_request){.url = url, .max_response = 64});
        assert_int_equal(err->kind, ERROR_REMOTE);
        assert_non_null(strstr(err->message, "larger than 64 bytes"));
        assert_null(strchr(err->message, '?'));
    }
}

static void packed_body_counts_unpacked(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/gzip");
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = url, .accept_gzip = true, .max_response = 22});
    assert_int_equal(err->kind, ERROR_REMOTE);
    AUTO_HTTP_RESPONSE response = {0};
    AUTO_FREE char *url2 = url_dup("/gzip");
    send_good(&(struct http_request){.url = url2, .accept_gzip = true, .max_response = 50},
              &response);
    assert_int_equal(response.body.len, 23);
}

static void endless_headers_are_refused(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = get_bad("/endless-headers", 5000);
    assert_int_equal(err->kind, ERROR_REMOTE);
}

/* ---- redirects ---- */

static void redirect_only_when_allowed(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/redirect?/echo");
    AUTO_HTTP_RESPONSE stays = {0};
    send_good(&(struct http_request){.url = url}, &stays);
    assert_int_equal(stays.status, 302);
    assert_string_equal(stays.location, "/echo");
    AUTO_HTTP_RESPONSE goes = {0};
    send_good(&(struct http_request){.url = url, .follow_redirects = true}, &goes);
    assert_int_equal(goes.status, 200);
    assert_null(goes.location);
    assert_true(text_has_prefix(goes.body.data, "GET /echo\n"));
}

static void credentials_stay_with_their_host(void **state)
{
    (void)state;
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_add(&lines, "Authorization: Bearer secret");
    AUTO_FREE char *same = mem_printf("%s/redirect?/echo", test_server_url(fx.server));
    AUTO_FREE char *away =
        mem_printf("%s/redirect?%s/echo", test_server_url(fx.server), test_server_url(fx.other));
    AUTO_HTTP_RESPONSE at_home = {0}, abroad = {0};
    send_good(&(struct http_request){.url = same, .headers = &lines, .follow_redirects = true},
              &at_home);
    assert_non_null(strstr(at_home.body.data, "Bearer secret"));
    send_good(&(struct http_request){.url = away, .headers = &lines, .follow_redirects = true},
              &abroad);
    assert_int_equal(abroad.status, 200);
    assert_null(strstr(abroad.body.data, "Bearer secret"));
    assert_int_equal(test_server_requests(fx.other), 1);
}

static void redirects_end(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/loop");
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = url, .follow_redirects = true});
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "redirects"));
    assert_int_equal(test_server_requests(fx.server), 11);
}

static void redirect_to_a_file_is_refused(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/redirect?file:///etc/passwd");
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = url, .follow_redirects = true});
    assert_int_equal(err->kind, ERROR_REMOTE);
}

/* ---- failures ---- */

static void refused_connection(void **state)
{
    (void)state;
    int port = test_server_port(fx.other);
    test_server_stop(fx.other);
    fx.other = NULL;
    AUTO_FREE char *url = mem_printf("http://127.0.0.1:%d/x", port);
    AUTO_ERROR struct error *err = send_bad(&(struct http_request){.url = url});
    AUTO_FREE char *expected = mem_printf("connect to 127.0.0.1:%d: Connection refused", port);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_string_equal(err->message, expected);
}

static void unknown_host(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = "https://no-such-host.invalid:6443/"});
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_string_equal(err->message, "look up no-such-host.invalid: no address found");
}

static void lost_connections(void **state)
{
    (void)state;
    static const char *const paths[] = {"/cut", "/reset"};
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        AUTO_ERROR struct error *err = get_bad(paths[i], 0);
        assert_int_equal(err->kind, ERROR_UNREACHABLE);
        assert_true(text_has_prefix(err->message, "connection lost to 127.0.0.1:"));
    }
}

static void silence_times_out(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = get_bad("/silent", 200);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 190, 20000);
}

static void bad_urls(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",         "no-scheme",   "ftp://h/",       "file:///etc/passwd",
        "https://", "http://a b/", "http://h:99999/"};
    for (size_t i = 0; i < MC_ARRAY_LEN(urls); i++) {
        AUTO_ERROR struct error *err = send_bad(&(struct http_request){.url = urls[i]});
        assert_int_equal(err->kind, ERROR_INPUT);
    }
}

static void passwords_stay_out_of_messages(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://me:hunter2@no-such-host.invalid/?t=hunter2",
                                       "ftp://me:hunter2@h/?hunter2", "http://me:hunter2@a b/"};
    for (size_t i = 0; i < MC_ARRAY_LEN(urls); i++) {
        AUTO_ERROR struct error *err = send_bad(&(struct http_request){.url = urls[i]});
        assert_null(strstr(err->message, "hunter2"));
    }
}

/* ---- cancelling ---- */

static void *cancel_soon(void *arg)
{
    (void)arg;
    usleep(100000);
    cancel_set(&fx.cancel);
    return NULL;
}

static void cancel_ends_all(void **state)
{
    (void)state;
    enum { COUNT = 6 };
    AUTO_FREE char *url = url_dup("/silent");
    struct http_request requests[COUNT];
    struct http_result results[COUNT];
    AUTO_ERROR struct error *err = NULL;
    pthread_t thread;
    for (size_t i = 0; i < COUNT; i++)
        requests[i] = (struct http_request){.url = url};
    int64_t began = clock_now_ms();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    assert_int_equal(http_send_many(fx.client, requests, COUNT, 3, results, &err), -1);
    assert_in_range(clock_now_ms() - began, 90, 20000);
    pthread_join(thread, NULL);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    for (size_t i = 0; i < COUNT; i++)
        assert_int_equal(results[i].error->kind, ERROR_CANCELLED);
    http_results_free(results, COUNT);
}

static void cancelled_before_is_never_sent(void **state)
{
    (void)state;
    cancel_set(&fx.cancel);
    AUTO_ERROR struct error *err = get_bad("/echo", 0);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_int_equal(test_server_requests(fx.server), 0);
}

/* Each of them is within its own limit. When all are given up nothing is held any more. */
static void what_all_answers_hold_is_bounded(void **state)
{
    (void)state;
    enum { COUNT = 3 };
    AUTO_FREE char *url = url_dup("/flood");
    struct http_request requests[COUNT];
    struct http_result results[COUNT];
    AUTO_ERROR struct error *none = NULL;
    for (size_t i = 0; i < COUNT; i++)
        requests[i] = (struct http_request){.url = url, .max_response = (size_t)1 << 30};
    assert_int_equal(http_send_many(fx.client, requests, COUNT, COUNT, results, &none), 0);
    for (size_t i = 0; i < COUNT; i++) {
        assert_non_null(results[i].error);
        assert_int_equal(results[i].error->kind, ERROR_REMOTE);
        assert_non_null(
            strstr(results[i].error->message, "under way at once are larger than 134217728"));
    }
    http_results_free(results, COUNT);
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = url, .max_response = (size_t)100 << 20});
    assert_non_null(strstr(err->message, "the answer is larger than 104857600 bytes"));
}

static void nothing_begins_after_its_deadline(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/silent");
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *late =
        send_bad(&(struct http_request){.url = url, .deadline_ms = began - 1});
    assert_int_equal(late->kind, ERROR_TIMEOUT);
    assert_string_equal(late->message, "no time was left to ask");
    AUTO_ERROR struct error *slow =
        send_bad(&(struct http_request){.url = url, .deadline_ms = clock_now_ms() + 100});
    assert_int_equal(slow->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 100, 5000);
}

/* libcurl would send the first part of it and wait for the answer until the time limit. */
static void a_long_head_is_refused(void **state)
{
    (void)state;
    AUTO_BUF line = BUF_INIT;
    AUTO_STRLIST headers = STRLIST_INIT;
    AUTO_FREE char *url = url_dup("/");
    buf_appends(&line, "Authorization: Bearer ");
    buf_pad(&line, 'x', HTTP_MAX_HEAD);
    strlist_add(&headers, buf_str(&line));
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.url = url, .headers = &headers});
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_non_null(strstr(err->message, "more than the 30720 that can be sent"));
    assert_null(strstr(err->message, "xxx"));
}

int main(void)
{
    forget_proxies();
    const struct CMUnitTest tests[] = {
        CASE(body_over_its_limit_is_refused),
        CASE(a_long_head_is_refused),
        CASE(what_all_answers_hold_is_bounded),
        CASE(nothing_begins_after_its_deadline),
        CASE(packed_body_counts_unpacked),
        CASE(endless_headers_are_refused),
        CASE(redirect_only_when_allowed),
        CASE(credentials_stay_with_their_host),
        CASE(redirects_end),
        CASE(redirect_to_a_file_is_refused),
        CASE(refused_connection),
        CASE(unknown_host),
        CASE(lost_connections),
        CASE(silence_times_out),
        CASE(bad_urls),
        CASE(passwords_stay_out_of_messages),
        CASE(cancel_ends_all),
        CASE(cancelled_before_is_never_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
