/* Commands in containers: the channels of v4 and v5.channel.k8s.io (apimachinery
 * pkg/util/remotecommand), exit statuses as the kubelet sends them, and broken sessions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/exec.h"
#include "test_websocket.h"

#define EXEC "/api/v1/namespaces/default/pods/sleep/exec"

static struct fakeapi_fixture x;
static char *offered;

#define SUCCESS "\x03{\"metadata\":{},\"status\":\"Success\"}"
#define EXIT_7                                                                                     \
    "\x03{\"metadata\":{},\"status\":\"Failure\",\"message\":\"command terminated with non-zero "  \
    "exit "                                                                                        \
    "code\",\"reason\":\"NonZeroExitCode\",\"details\":{\"causes\":[{\"reason\":\"ExitCode\","     \
    "\"message\":\"7\"}]}}"
#define NO_BINARY                                                                                  \
    "\x03{\"metadata\":{},\"status\":\"Failure\",\"reason\":\"InternalError\",\"code\":500,"       \
    "\"message\":\"exec: \\\"nothere\\\": no such file\\u001b[31m\"}"

static bool say(struct test_conn *c, const char *text)
{
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_BINARY, text, strlen(text));
}

static void keep_offer(const struct test_request *r)
{
    free(offered);
    offered = mem_strdup_opt(test_request_header(r, "Sec-WebSocket-Protocol"));
}

static bool good(void *ctx, struct test_conn *c, const struct test_request *r)
{
    keep_offer(r);
    test_ws_accept(c, r, ctx);
    /* Empty messages open the channels. */
    say(c, "\x01");
    say(c, "\x02");
    say(c, "\x01hello ");
    say(c, "\x02noise");
    test_ws_send_text(c, TEST_WS_FIN | TEST_WS_PING, "alive");
    test_ws_send_text(c, TEST_WS_BINARY, "\x01wor");
    test_ws_send_text(c, TEST_WS_FIN | TEST_WS_CONTINUATION, "ld\n");
    say(c, SUCCESS);
    test_ws_send_close(c, 1000);
    return false;
}

static bool fails(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_accept(c, r, "v4.channel.k8s.io");
    say(c, "\x01partial");
    for (int i = 0; i < 1000; i++)
        say(c, "\x02line of error\n");
    say(c, "\x02"
           "curl: (7) \x1b[1mrefused\n");
    say(c, ctx);
    test_ws_send_close(c, 1000);
    return false;
}

static bool no_close(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    test_ws_accept(c, r, "v5.channel.k8s.io");
    say(c, "\x01out");
    say(c, SUCCESS);
    test_conn_reset(c);
    return false;
}

static bool no_status(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_accept(c, r, "v5.channel.k8s.io");
    say(c, "\x01out");
    if (ctx)
        test_conn_reset(c);
    else
        test_ws_send_close(c, 1000);
    return false;
}

static bool hangs(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    test_ws_accept(c, r, "v5.channel.k8s.io");
    say(c, "\x01out");
    while (test_conn_pause(c, 1000))
        ;
    return false;
}

static bool bad_status(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    test_ws_accept(c, r, "v5.channel.k8s.io");
    say(c, "\x03not json");
    test_ws_send_close(c, 1000);
    return false;
}

static bool prints_for_ever(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    size_t len = 4 * 1024 * 1024;
    AUTO_FREE char *block = mem_alloc(len);
    memset(block, 1, len);
    test_ws_accept(c, r, "v5.channel.k8s.io");
    while (test_ws_send(c, TEST_WS_FIN | TEST_WS_BINARY, block, len))
        ;
    return false;
}

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x,
                          &(struct fakeapi_fixture_options){.api.token = "good", .token = "good"});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    free(offered);
    offered = NULL;
    return 0;
}

static void play(test_handler script, const char *ctx)
{
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = EXEC,
                                              .fault = FAKEAPI_SCRIPT,
                                              .script = script,
                                              .ctx = (void *)(uintptr_t)ctx});
}

static int run(int64_t timeout_ms, struct buf *out, struct error **err)
{
    static const char *const argv[] = {"sh", "-c", "echo a&b=c d/ü; exit", NULL};
    return kube_exec(x.client, "default", "sleep", "main", argv, timeout_ms, out, err);
}

static struct error *run_bad(struct buf *out)
{
    struct error *err = NULL;
    assert_int_equal(run(5000, out, &err), -1);
    assert_true(text_has_prefix(err->message, "west: exec Pod default/sleep: "));
    return err;
}

static void output_and_success(void **state)
{
    (void)state;
    static const char *const protocols[] = {"v5.channel.k8s.io", "v4.channel.k8s.io"};
    for (size_t i = 0; i < MC_ARRAY_LEN(protocols); i++) {
        AUTO_BUF out = BUF_INIT;
        struct error *err = NULL;
        fakeapi_clear_rules(x.api);
        play(good, protocols[i]);
        buf_appends(&out, "before: ");
        if (run(5000, &out, &err) < 0)
            fail_msg("%s", err->message);
        assert_string_equal(out.data, "before: hello world\n");
        assert_string_equal(offered, "v5.channel.k8s.io, v4.channel.k8s.io");
    }
}

static void command_is_escaped(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    play(good, "v5.channel.k8s.io");
    assert_int_equal(run(5000, &out, &err), 0);
    AUTO_FREE char *request = fakeapi_request_dup(x.api, "GET", EXEC, 0);
    const char *query = strchr(request, '?');
    AUTO_FREE char *line = mem_strndup(query, strcspn(query, "\n"));
    AUTO_STRLIST parts = STRLIST_INIT;
    strlist_split(&parts, line + 1, '&');
    assert_true(strlist_has(&parts, "stdout=true"));
    assert_true(strlist_has(&parts, "stderr=true"));
    assert_true(strlist_has(&parts, "container=main"));
    assert_true(strlist_has(&parts, "command=sh"));
    assert_true(strlist_has(&parts, "command=-c"));
    assert_true(strlist_has(&parts, "command=echo%20a%26b%3Dc%20d%2F%C3%BC%3B%20exit"));
    assert_false(strlist_has(&parts, "stdin=true"));
}

static void exit_code_and_stderr(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(fails, EXIT_7);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "sh exited with code 7: "));
    assert_true(text_has_suffix(err->message, "curl: (7) ?[1mrefused"));
    /* The tail, not all of it. */
    assert_true(strlen(err->message) < 3000);
    assert_string_equal(out.data, "partial");
}

static void command_that_cannot_start(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(fails, NO_BINARY);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "exec: \"nothere\": no such file?[31m"));
}

static void status_without_close_is_enough(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    play(no_close, NULL);
    assert_int_equal(run(5000, &out, &err), 0);
    assert_string_equal(out.data, "out");
}

static void end_without_status(void **state)
{
    (void)state;
    static const char *const ways[] = {NULL, "reset"};
    for (size_t i = 0; i < MC_ARRAY_LEN(ways); i++) {
        AUTO_BUF out = BUF_INIT;
        fakeapi_clear_rules(x.api);
        play(no_status, ways[i]);
        AUTO_ERROR struct error *err = run_bad(&out);
        assert_int_equal(err->kind, ERROR_UNREACHABLE);
    }
}

static void rubbish_status(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(bad_status, NULL);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "exit status of sh"));
}

static void time_limit(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    play(hangs, NULL);
    int64_t began = clock_now_ms();
    assert_int_equal(run(400, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_non_null(strstr(err->message, "sh did not end in time"));
    assert_in_range(clock_now_ms() - began, 390, 20000);
}

static void cancelled(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(hangs, NULL);
    int64_t began = clock_now_ms();
    fakeapi_fixture_cancel_in(&x, 200);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 190, 20000);
}

static void output_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    play(prints_for_ever, NULL);
    assert_int_equal(run(60000, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "printed more than"));
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum error_kind kind;
        const char *body, *words;
    } cases[] = {
        {404, ERROR_NOT_FOUND,
         "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":"
         "\"pods \\\"sleep\\\" not found\",\"reason\":\"NotFound\",\"code\":404}",
         "pods \"sleep\" not found"},
        {403, ERROR_DENIED,
         "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":"
         "\"pods is forbidden\",\"reason\":\"Forbidden\",\"code\":403}",
         "pods is forbidden"},
        {500, ERROR_REMOTE, "plain words", "plain words"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_BUF out = BUF_INIT;
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api, &(struct fakeapi_rule){
                               .path = EXEC, .status = cases[i].status, .body = cases[i].body});
        AUTO_ERROR struct error *err = run_bad(&out);
        assert_int_equal(err->kind, cases[i].kind);
        assert_int_equal(err->http_status, cases[i].status);
        assert_non_null(strstr(err->message, cases[i].words));
    }
}

static void wrong_token(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    fakeapi_set_token(x.api, "other");
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_null(strstr(err->message, "good"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(output_and_success),
        CASE(command_is_escaped),
        CASE(exit_code_and_stderr),
        CASE(command_that_cannot_start),
        CASE(status_without_close_is_enough),
        CASE(end_without_status),
        CASE(rubbish_status),
        CASE(time_limit),
        CASE(cancelled),
        CASE(output_is_bounded),
        CASE(refusals),
        CASE(wrong_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
