/* HTTP through the port-forwarding of the API server: the channels of v4.channel.k8s.io as the
 * kubelet's pkg/cri/streaming/portforward/websocket.go speaks them, and broken sessions. */
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
#include "meshctl/kube/forward.h"
#include "test_certs.h"
#include "test_tls.h"
#include "test_websocket.h"

#define FORWARD "/api/v1/namespaces/default/pods/sleep/portforward"
#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

static struct fakeapi_fixture x;
static struct buf asked; /* what came out at the pod's port */

/* `ctx` is what the far end answers, before it closes. */
static bool answers(void *ctx, struct test_conn *c, const struct test_request *r)
{
    const char *text = ctx;
    test_ws_forward(c, r, 15000, &asked);
    /* Cut where no boundary of HTTP is. */
    for (size_t len = strlen(text), at = 0; at < len; at += 7)
        test_ws_say(c, 0, text + at, len - at < 7 ? len - at : 7);
    test_ws_send_text(c, TEST_WS_FIN | TEST_WS_PING, "alive");
    test_ws_send_close(c, 1000);
    return false;
}

/* As answers, but the connection is lost instead of closed. */
static bool is_lost(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_forward(c, r, 15000, &asked);
    test_ws_say(c, 0, ctx, strlen(ctx));
    test_conn_reset(c);
    return false;
}

static bool refuses_port(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_forward(c, r, 15000, &asked);
    test_ws_say(c, 1, ctx, strlen(ctx));
    test_ws_send_close(c, 1000);
    return false;
}

static bool hangs(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_forward(c, r, 15000, &asked);
    test_ws_say(c, 0, ctx, strlen(ctx));
    while (test_conn_pause(c, 1000))
        ;
    return false;
}

static bool answers_for_ever(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    size_t len = 4 * 1024 * 1024;
    AUTO_FREE char *block = mem_zalloc(len);
    test_ws_forward(c, r, 15000, &asked);
    test_ws_say(c, 0, HEAD "\r\n", strlen(HEAD "\r\n"));
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
    buf_release(&asked);
    return 0;
}

static void play(test_handler script, const char *ctx)
{
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = FORWARD,
                                              .fault = FAKEAPI_SCRIPT,
                                              .script = script,
                                              .ctx = (void *)(uintptr_t)ctx});
}

static int run(int64_t timeout_ms, struct buf *out, struct error **err)
{
    return kube_forward_get(x.client, "default", "sleep", 15000, "/clusters?format=json",
                            timeout_ms, out, err);
}

static struct error *run_bad(struct buf *out)
{
    struct error *err = NULL;
    assert_int_equal(run(5000, out, &err), -1);
    assert_true(text_has_prefix(err->message, "west: ask Pod default/sleep: "));
    return err;
}

static void answer_comes_back(void **state)
{
    (void)state;
    static const char *const forms[] = {
        HEAD "Content-Length: 7\r\n\r\n{\"a\":1}",
        HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n",
        HEAD "Connection: close\r\n\r\n{\"a\":1}",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(forms); i++) {
        AUTO_BUF out = BUF_INIT;
        struct error *err = NULL;
        fakeapi_clear_rules(x.api);
        play(answers, forms[i]);
        buf_appends(&out, "before: ");
        if (run(5000, &out, &err) < 0)
            fail_msg("%s", err->message);
        assert_string_equal(out.data, "before: {\"a\":1}");
    }
    assert_true(text_has_prefix(buf_str(&asked), "GET /clusters?format=json HTTP/1.1\r\n"));
    assert_non_null(strstr(buf_str(&asked), "\r\nConnection: close\r\n"));
    /* The API server's credentials are not for the pod. */
    assert_null(strstr(buf_str(&asked), "Authorization"));
    AUTO_FREE char *request = fakeapi_request_dup(x.api, "GET", FORWARD, 0);
    assert_non_null(strstr(request, "/portforward?ports=15000"));
}

/* Nothing is waited for when the answer is whole. */
static void whole_answer_is_enough(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    play(is_lost, HEAD "Content-Length: 2\r\n\r\n{}");
    assert_int_equal(run(5000, &out, &err), 0);
    assert_string_equal(out.data, "{}");
    /* containerd keeps a forwarding open for a second after its far end has closed. */
    int64_t began = clock_now_ms();
    buf_clear(&out);
    fakeapi_clear_rules(x.api);
    play(hangs, HEAD "Content-Length: 2\r\n\r\n{}");
    assert_int_equal(run(30000, &out, &err), 0);
    assert_string_equal(out.data, "{}");
    assert_in_range(clock_now_ms() - began, 0, 20000);
}

static void broken_answers(void **state)
{
    (void)state;
    static const struct {
        test_handler script;
        const char *answer;
        enum error_kind kind;
        const char *words;
    } rows[] = {
        {answers, "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nno such \x1b[m\n",
         ERROR_REMOTE, "/clusters?format=json: HTTP 404: no such \\u001b[m"},
        {answers, "", ERROR_UNREACHABLE, ""},
        {answers, HEAD "Content-Length: 20\r\n\r\n{}", ERROR_UNREACHABLE, ""},
        {is_lost, HEAD "Content-Length: 20\r\n\r\n{}", ERROR_UNREACHABLE, ""},
        {answers, "SSH-2.0-OpenSSH_9.2p1\r\n", ERROR_REMOTE, "HTTP/0.9 when not allowed"},
        {refuses_port, "dial tcp4 127.0.0.1:15000: connect: connection refused\x1b[31m",
         ERROR_REMOTE, "connection refused\\u001b[31m"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_BUF out = BUF_INIT;
        fakeapi_clear_rules(x.api);
        play(rows[i].script, rows[i].answer);
        AUTO_ERROR struct error *err = run_bad(&out);
        if (err->kind != rows[i].kind || !strstr(err->message, rows[i].words))
            fail_msg("row %zu: %d %s", i, err->kind, err->message);
        assert_int_equal(out.len, 0);
    }
}

static void time_limit(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    play(hangs, HEAD "Content-Length: 20\r\n\r\n{}");
    int64_t began = clock_now_ms();
    assert_int_equal(run(400, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 390, 20000);
}

static void cancelled(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(hangs, "");
    int64_t began = clock_now_ms();
    fakeapi_fixture_cancel_in(&x, 200);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 190, 20000);
}

static void answer_is_bounded(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    play(answers_for_ever, NULL);
    assert_int_equal(run(60000, &out, &err), -1);
    assert_int_equal(err->kind, ERROR_REMOTE);
}

static bool other_protocol(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    test_ws_accept(c, r, NULL);
    return false;
}

static void protocol_is_demanded(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    play(other_protocol, NULL);
    AUTO_ERROR struct error *err = run_bad(&out);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "v4.channel.k8s.io"));
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
                               .path = FORWARD, .status = cases[i].status, .body = cases[i].body});
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

/* ---- certificates ---------------------------------------------------------------------------- */

static bool shows(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_tls_forward(ctx, c, r, 15012);
    return false;
}

static bool is_no_tls(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF hello = BUF_INIT;
    int opcode;
    test_ws_accept_forward(c, r, 15012);
    test_ws_read(c, &opcode, &hello);
    test_ws_say(c, 0, ctx, strlen(ctx));
    test_ws_send_close(c, 1000);
    return false;
}

static bool nobody_listens(void *ctx, struct test_conn *c, const struct test_request *r)
{
    test_ws_accept_forward(c, r, 15012);
    test_ws_say(c, 1, ctx, strlen(ctx));
    test_ws_send_close(c, 1000);
    return false;
}

static struct kube_forward_ask look_at(const char *server_name)
{
    return (struct kube_forward_ask){.namespace_ = "default",
                                     .pod = "sleep",
                                     .port = 15012,
                                     .server_name = server_name,
                                     .timeout_ms = 5000};
}

static void play_tls(struct test_tls *tls)
{
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = FORWARD, .fault = FAKEAPI_SCRIPT, .script = shows, .ctx = tls});
}

static void certificates_are_seen(void **state)
{
    (void)state;
    struct test_authority *authority = test_authority_new("root");
    struct test_cert cert;
    struct error *err = NULL;
    test_authority_issue(authority, &(struct test_cert_spec){.common_name = "x"}, &cert);
    AUTO_FREE char *chain = mem_printf("%s%s", cert.cert_pem, test_authority_pem(authority));
    struct test_tls tls = {.chain_pem = chain, .key_pem = cert.key_pem, .wants_client = true};
    struct kube_forward_ask ask = look_at("name.of.it");
    play_tls(&tls);
    assert_int_equal(kube_forward_many(x.client, &ask, 1, &err), 0);
    assert_null(ask.error);
    assert_string_equal(buf_str(&ask.answer), chain);
    assert_string_equal(buf_str(&tls.server_name), "name.of.it");
    assert_string_equal(buf_str(&tls.protocols), "istio,h2");
    kube_forward_release(&ask, 1);
    test_cert_release(&cert);
    test_authority_free(authority);
    buf_release(&tls.server_name);
    buf_release(&tls.protocols);
}

static void no_tls_is_said(void **state)
{
    (void)state;
    static const struct {
        test_handler script;
        const char *says, *error;
    } rows[] = {
        {nobody_listens, "connection refused", "west: ask Pod default/sleep: connection refused"},
        {is_no_tls, "HTTP/1.1 400 Bad Request\r\n\r\n",
         "west: ask Pod default/sleep: no TLS handshake: wrong version number"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct kube_forward_ask ask = look_at("");
        struct error *err = NULL;
        fakeapi_clear_rules(x.api);
        play(rows[i].script, rows[i].says);
        assert_int_equal(kube_forward_many(x.client, &ask, 1, &err), 0);
        assert_non_null(ask.error);
        assert_int_equal(ask.error->kind, ERROR_REMOTE);
        assert_string_equal(ask.error->message, rows[i].error);
        kube_forward_release(&ask, 1);
    }
}

/* ---- many ------------------------------------------------------------------------------------ */

#define MANY 40

static bool says_path(void *ctx, struct test_conn *c, const struct test_request *r)
{
    AUTO_BUF request = BUF_INIT;
    (void)ctx;
    test_ws_forward(c, r, 15000, &request);
    const char *path = buf_str(&request) + strlen("GET ");
    AUTO_FREE char *word = mem_strndup(path, strcspn(path, " "));
    AUTO_FREE char *text = mem_printf(HEAD "Content-Length: %zu\r\n\r\n%s", strlen(word), word);
    test_conn_pause(c, 50);
    test_ws_say(c, 0, text, strlen(text));
    test_ws_send_close(c, 1000);
    return false;
}

static void many_are_asked_side_by_side(void **state)
{
    (void)state;
    struct kube_forward_ask asks[MANY];
    AUTO_STRLIST paths = STRLIST_INIT;
    struct error *err = NULL;
    play(says_path, NULL);
    for (size_t i = 0; i < MANY; i++)
        strlist_addf(&paths, "/%zu", i);
    for (size_t i = 0; i < MANY; i++)
        asks[i] = (struct kube_forward_ask){
            .namespace_ = "default", .pod = "sleep", .port = 15000, .path = paths.items[i]};
    int64_t before = clock_now_ms();
    assert_int_equal(kube_forward_many(x.client, asks, MANY, &err), 0);
    /* One after another they would take 50 ms each. */
    assert_true(clock_now_ms() - before < MANY * 50);
    for (size_t i = 0; i < MANY; i++) {
        assert_null(asks[i].error);
        assert_string_equal(buf_str(&asks[i].answer), paths.items[i]);
    }
    kube_forward_release(asks, MANY);
}

static int keep(void *ctx, const struct buf *answer, struct error **err)
{
    struct buf *out = ctx;
    buf_append(out, answer->data, answer->len);
    return strcmp(buf_str(out), "/1") == 0 ? error_set(err, ERROR_CHECK, "not this one") : 0;
}

static void answers_are_taken_where_they_come_in(void **state)
{
    (void)state;
    static const char *const paths[] = {"/0", "/1", "/2"};
    struct kube_forward_ask asks[MC_ARRAY_LEN(paths)];
    struct buf answers[MC_ARRAY_LEN(paths)] = {0};
    struct error *err = NULL;
    uint64_t before = kube_client_requests(x.client);
    play(says_path, NULL);
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++)
        asks[i] = (struct kube_forward_ask){.namespace_ = "default",
                                            .pod = "sleep",
                                            .port = 15000,
                                            .path = paths[i],
                                            .take = keep,
                                            .ctx = &answers[i]};
    assert_int_equal(kube_forward_many(x.client, asks, MC_ARRAY_LEN(paths), &err), 0);
    assert_int_equal(kube_client_requests(x.client) - before, MC_ARRAY_LEN(paths));
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        assert_string_equal(buf_str(&answers[i]), paths[i]);
        assert_int_equal(asks[i].answer.len, 0);
        buf_release(&answers[i]);
    }
    assert_string_equal(asks[1].error->message, "west: ask Pod default/sleep: not this one");
    assert_null(asks[2].error);
    kube_forward_release(asks, MC_ARRAY_LEN(paths));
}

/* Each has its own end: a denied one says so, the others have their answers. */
static void one_that_fails_hides_no_other(void **state)
{
    (void)state;
    struct kube_forward_ask asks[2] = {
        {.namespace_ = "default", .pod = "sleep", .port = 15000, .path = "/a"},
        {.namespace_ = "default", .pod = "other", .port = 15000, .path = "/b"}};
    struct error *err = NULL;
    play(says_path, NULL);
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/default/pods/other/*",
                                              .status = 403});
    assert_int_equal(kube_forward_many(x.client, asks, 2, &err), 0);
    assert_null(asks[0].error);
    assert_string_equal(buf_str(&asks[0].answer), "/a");
    assert_int_equal(asks[1].error->kind, ERROR_DENIED);
    kube_forward_release(asks, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(answer_comes_back),
        CASE(whole_answer_is_enough),
        CASE(broken_answers),
        CASE(time_limit),
        CASE(cancelled),
        CASE(answer_is_bounded),
        CASE(protocol_is_demanded),
        CASE(refusals),
        CASE(wrong_token),
        CASE(certificates_are_seen),
        CASE(no_tls_is_said),
        CASE(many_are_asked_side_by_side),
        CASE(answers_are_taken_where_they_come_in),
        CASE(one_that_fails_hides_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
