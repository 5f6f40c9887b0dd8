/* http_send and http_send_many when all goes well: RFC 9110 and RFC 9112 on the wire. */
#include "http_fixture.h"

#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

/* ---- requests ---- */

static void get_sends_what_is_asked(void **state)
{
    (void)state;
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_add(&lines, "Authorization: Bearer abc");
    strlist_add(&lines, "Accept: application/json");
    AUTO_FREE char *url = url_dup("/echo?a=b%20c");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url, .headers = &lines}, &response);
    assert_int_equal(response.status, 200);
    assert_string_equal(response.content_type, "text/plain");
    assert_true(text_has_prefix(response.body.data, "GET /echo?a=b%20c\n"));
    assert_non_null(strstr(response.body.data, "Authorization: Bearer abc\n"));
    assert_non_null(strstr(response.body.data, "Accept: application/json\n"));
    assert_non_null(strstr(response.body.data, "User-Agent: meshctl\n"));
    assert_null(strstr(response.body.data, "Accept-Encoding"));
}

static void methods_carry_bodies(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "PATCH", "DELETE", "GET"};
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_add(&lines, "Content-Type: application/apply-patch+yaml");
    AUTO_FREE char *url = url_dup("/echo");
    for (size_t i = 0; i < MC_ARRAY_LEN(methods); i++) {
        AUTO_HTTP_RESPONSE response = {0};
        send_good(&(struct http_request){.method = methods[i],
                                         .url = url,
                                         .headers = &lines,
                                         .body = "{\"x\":1}",
                                         .body_len = 7},
                  &response);
        AUTO_FREE char *first = mem_printf("%s /echo\n", methods[i]);
        assert_true(text_has_prefix(response.body.data, first));
        assert_true(text_has_suffix(response.body.data, "\n\n{\"x\":1}"));
        assert_non_null(strstr(response.body.data, "Content-Type: application/apply-patch+yaml\n"));
        assert_null(strstr(response.body.data, "x-www-form-urlencoded"));
        assert_null(strstr(response.body.data, "Expect:"));
    }
}

static void body_without_type_claims_none(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/echo");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.method = "POST", .url = url, .body = "a\0b", .body_len = 3},
              &response);
    assert_null(strstr(response.body.data, "Content-Type"));
    assert_memory_equal(response.body.data + response.body.len - 3, "a\0b", 3);
}

/* A used handle must not remember what the request before it was. */
static void handles_start_clean(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/echo");
    static const char *const methods[] = {"POST", NULL, "DELETE", NULL, "HEAD", NULL, "POST", NULL};
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_add(&lines, "Authorization: Bearer once");
    for (size_t i = 0; i < MC_ARRAY_LEN(methods); i++) {
        AUTO_HTTP_RESPONSE response = {0};
        bool plain = !methods[i];
        send_good(&(struct http_request){.method = methods[i],
                                         .url = url,
                                         .headers = plain ? NULL : &lines},
                  &response);
        assert_int_equal(response.status, 200);
        if (methods[i] && strcmp(methods[i], "HEAD") == 0) {
            assert_int_equal(response.body.len, 0);
            continue;
        }
        AUTO_FREE char *first = mem_printf("%s /echo\n", plain ? "GET" : methods[i]);
        assert_true(text_has_prefix(response.body.data, first));
        assert_int_equal(strstr(response.body.data, "Bearer once") == NULL, plain);
        assert_true(!plain || !strstr(response.body.data, "Content-Length"));
    }
}

static void headers_are_read(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/headers");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url}, &response);
    assert_int_equal(response.status, 401);
    assert_string_equal(response.content_type, "application/json");
    assert_string_equal(response.authenticate, "Bearer realm=\"https://auth\",service=\"s\"");
    assert_string_equal(response.link, "</v2/next>; rel=\"next\"");
    assert_string_equal(response.digest, "sha256:abc");
    assert_int_equal(response.retry_after_ms, 3000);
    assert_int_equal(response.warnings.count, 2);
    assert_string_equal(response.warnings.items[0], "use \"v2\"");
    assert_string_equal(response.warnings.items[1], "second");
    assert_string_equal(response.body.data, "{}");
}

static void retry_after_may_be_a_date(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/retry-date");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url}, &response);
    assert_int_equal(response.status, 503);
    assert_in_range(response.retry_after_ms, 27000, 30000);
}

static void interim_answers_are_forgotten(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/hints");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url}, &response);
    assert_int_equal(response.status, 204);
    assert_null(response.link);
}

static void gzip_is_unpacked_when_offered(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/gzip");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url, .accept_gzip = true}, &response);
    assert_string_equal(response.body.data, "packed text packed text");
    AUTO_HTTP_RESPONSE plain = {0};
    send_good(&(struct http_request){.url = url}, &plain);
    assert_int_equal(plain.status, 406);
}

/* ---- connections ---- */

static void connections_are_kept(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/echo");
    for (int i = 0; i < 20; i++) {
        AUTO_HTTP_RESPONSE response = {0};
        send_good(&(struct http_request){.url = url}, &response);
    }
    assert_int_equal(test_server_connections(fx.server), 1);
    assert_int_equal(test_server_requests(fx.server), 20);
}

/* RFC 9112 9.3.1: a kept connection may have been closed meanwhile. */
static void dead_connection_is_replaced(void **state)
{
    (void)state;
    AUTO_FREE char *url = url_dup("/closes");
    for (int i = 0; i < 3; i++) {
        AUTO_HTTP_RESPONSE response = {0};
        send_good(&(struct http_request){.url = url}, &response);
        assert_string_equal(response.body.data, "bye");
        usleep(20000);
    }
    assert_int_equal(test_server_connections(fx.server), 3);
}

/* libcurl would send it a second time over a new connection; the server may have done it. */
static void post_is_never_repeated(void **state)
{
    (void)state;
    AUTO_FREE char *good = url_dup("/echo");
    AUTO_FREE char *bad = url_dup("/reset");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = good}, &response);
    AUTO_ERROR struct error *err =
        send_bad(&(struct http_request){.method = "POST", .url = bad, .body = "{}", .body_len = 2});
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_int_equal(test_server_requests(fx.server), 2);
    /* Nor does the handle keep that in mind. */
    AUTO_HTTP_RESPONSE posted = {0}, put = {0};
    send_good(&(struct http_request){.method = "POST", .url = good, .body = "{}", .body_len = 2},
              &posted);
    assert_true(text_has_suffix(posted.body.data, "\n\n{}"));
    send_good(&(struct http_request){.method = "PUT", .url = good, .body = "[]", .body_len = 2},
              &put);
    assert_true(text_has_suffix(put.body.data, "\n\n[]"));
}

static void large_bodies_go_out_whole(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PATCH"};
    size_t len = 3 * 1024 * 1024;
    AUTO_FREE char *body = mem_alloc(len);
    for (size_t i = 0; i < len; i++)
        body[i] = (char)(i * 31);
    AUTO_FREE char *url = url_dup("/echo");
    for (size_t i = 0; i < MC_ARRAY_LEN(methods); i++) {
        AUTO_HTTP_RESPONSE response = {0};
        send_good(
            &(struct http_request){.method = methods[i], .url = url, .body = body, .body_len = len},
            &response);
        assert_true(response.body.len > len);
        assert_memory_equal(response.body.data + response.body.len - len, body, len);
    }
}

static void many_at_once_within_the_limit(void **state)
{
    (void)state;
    enum { COUNT = 40 };
    struct http_request requests[COUNT];
    struct http_result results[COUNT];
    char *urls[COUNT];
    struct error *err = NULL;
    for (size_t i = 0; i < COUNT; i++) {
        AUTO_FREE char *path = mem_printf("/counted?%zu", i);
        urls[i] = i == 7 ? mem_strdup("ftp://nowhere") : url_dup(path);
        requests[i] = (struct http_request){.url = urls[i]};
    }
    assert_int_equal(http_send_many(fx.client, requests, COUNT, 8, results, &err), 0);
    for (size_t i = 0; i < COUNT; i++) {
        if (i == 7) {
            assert_int_equal(results[i].error->kind, ERROR_INPUT);
        } else {
            AUTO_FREE char *expected = mem_printf("/counted?%zu", i);
            assert_null(results[i].error);
            assert_string_equal(results[i].response.body.data, expected);
        }
        free(urls[i]);
    }
    http_results_free(results, COUNT);
    assert_in_range(atomic_load(&fx.most_under_way), 2, 8);
    assert_true(test_server_connections(fx.server) <= 8);
}

struct ends {
    size_t count;
    int64_t times[8];
};

static void note_end(void *ctx, const struct http_request *request, struct http_result *result)
{
    struct ends *ends = ctx;
    assert_null(result->error);
    assert_true(clock_now_ms() >= request->not_before_ms);
    ends->times[ends->count++] = clock_now_ms();
    http_response_release(&result->response);
}

static void a_steady_load_keeps_its_times(void **state)
{
    (void)state;
    enum { COUNT = 5, EVERY_MS = 60 };
    struct http_request requests[COUNT];
    struct http_result results[COUNT];
    struct ends ends = {0};
    struct error *err = NULL;
    AUTO_FREE char *url = url_dup("/counted?1");
    int64_t begin = clock_now_ms();
    for (size_t i = 0; i < COUNT; i++)
        requests[i] = (struct http_request){.url = url,
                                            .not_before_ms = begin + (int64_t)i * EVERY_MS,
                                            .on_end = note_end,
                                            .end_ctx = &ends};
    assert_int_equal(http_send_many(fx.client, requests, COUNT, 8, results, &err), 0);
    assert_int_equal(ends.count, COUNT);
    /* The first one was told of long before the last one was begun. */
    assert_true(ends.times[0] < begin + (COUNT - 1) * EVERY_MS);
    assert_true(ends.times[COUNT - 1] >= begin + (COUNT - 1) * EVERY_MS);
    http_results_free(results, COUNT);
}

static void nothing_to_send(void **state)
{
    (void)state;
    struct error *err = NULL;
    assert_int_equal(http_send_many(fx.client, NULL, 0, 8, NULL, &err), 0);
}

/* ---- streams ---- */

struct sink {
    struct buf text;
    size_t calls;
    size_t stop_after;
};

static int take(void *ctx, const char *data, size_t len)
{
    struct sink *sink = ctx;
    buf_append(&sink->text, data, len);
    return ++sink->calls == sink->stop_after;
}

static void stream_arrives_in_pieces(void **state)
{
    (void)state;
    struct sink sink = {0};
    AUTO_FREE char *url = url_dup("/chunked");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url, .on_data = take, .ctx = &sink}, &response);
    assert_string_equal(sink.text.data, "line\nline\nline\n");
    assert_true(sink.calls >= 2);
    assert_int_equal(response.body.len, 0);
    buf_release(&sink.text);
}

static void stream_can_be_stopped(void **state)
{
    (void)state;
    struct sink sink = {.stop_after = 3};
    AUTO_FREE char *url = url_dup("/endless");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url, .on_data = take, .ctx = &sink}, &response);
    assert_int_equal(response.status, 200);
    assert_int_equal(sink.calls, 3);
    buf_release(&sink.text);
    /* And the client goes on. */
    AUTO_FREE char *next = url_dup("/echo");
    AUTO_HTTP_RESPONSE again = {0};
    send_good(&(struct http_request){.url = next}, &again);
    assert_int_equal(again.status, 200);
}

static void stream_of_an_error_is_its_body(void **state)
{
    (void)state;
    struct sink sink = {0};
    AUTO_FREE char *url = url_dup("/nowhere");
    AUTO_HTTP_RESPONSE response = {0};
    send_good(&(struct http_request){.url = url, .on_data = take, .ctx = &sink}, &response);
    assert_int_equal(response.status, 404);
    assert_int_equal(sink.calls, 0);
    assert_string_equal(response.body.data, "no such script");
}

static void stream_ends_at_its_time_limit(void **state)
{
    (void)state;
    struct sink sink = {0};
    AUTO_FREE char *url = url_dup("/endless");
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = send_bad(
        &(struct http_request){.url = url, .on_data = take, .ctx = &sink, .timeout_ms = 300});
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_true(sink.calls > 0);
    assert_in_range(clock_now_ms() - began, 290, 20000);
    buf_release(&sink.text);
}

/* RFC 3986 2.3: what is unreserved stays. */
static void escaping(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    http_append_escaped(&out, "aZ09-._~ /?&=%+\"\xc3\xa4");
    assert_string_equal(out.data, "aZ09-._~%20%2F%3F%26%3D%25%2B%22%C3%A4");
}

int main(void)
{
    forget_proxies();
    const struct CMUnitTest tests[] = {
        CASE(get_sends_what_is_asked),
        CASE(methods_carry_bodies),
        CASE(body_without_type_claims_none),
        CASE(handles_start_clean),
        CASE(headers_are_read),
        CASE(retry_after_may_be_a_date),
        CASE(interim_answers_are_forgotten),
        CASE(gzip_is_unpacked_when_offered),
        CASE(connections_are_kept),
        CASE(dead_connection_is_replaced),
        CASE(post_is_never_repeated),
        CASE(large_bodies_go_out_whole),
        CASE(many_at_once_within_the_limit),
        CASE(a_steady_load_keeps_its_times),
        CASE(nothing_to_send),
        CASE(stream_arrives_in_pieces),
        CASE(stream_can_be_stopped),
        CASE(stream_of_an_error_is_its_body),
        CASE(stream_ends_at_its_time_limit),
        cmocka_unit_test(escaping),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
