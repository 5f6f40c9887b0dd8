/* The WebSocket client against a scripted server: RFC 6455. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/net/websocket.h"
#include "test_websocket.h"

struct fixture {
    struct test_authority *authority;
    struct test_cert cert;
    struct test_server *server;
    struct cancel cancel;
    struct net_tls tls;
    struct buf heard; /* what the server read last: written by it, read after it has answered */
};

static struct fixture fx;

/* ---- scripts ---- */

static bool fragments(struct test_conn *c)
{
    return test_ws_send_text(c, TEST_WS_BINARY, "one ") &&
           test_ws_send_text(c, TEST_WS_FIN | TEST_WS_PING, "are you there") &&
           test_ws_send_text(c, TEST_WS_CONTINUATION, "two ") &&
           test_ws_send_text(c, TEST_WS_CONTINUATION, "") &&
           test_ws_send_text(c, TEST_WS_FIN | TEST_WS_CONTINUATION, "three") &&
           test_ws_send_close(c, 1000);
}

/* The client's answer to a ping (RFC 6455 5.5.3) decides what is sent next. */
static bool pings(struct test_conn *c)
{
    int opcode = 0;
    AUTO_BUF pong = BUF_INIT;
    test_ws_send_text(c, TEST_WS_FIN | TEST_WS_PING, "token 42");
    if (!test_ws_read(c, &opcode, &pong) || opcode != TEST_WS_PONG)
        return test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, "no pong");
    return test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, buf_str(&pong));
}

static bool echoes(struct test_conn *c)
{
    int opcode = 0;
    AUTO_BUF data = BUF_INIT;
    while (test_ws_read(c, &opcode, &data) && opcode != TEST_WS_CLOSE)
        test_ws_send(c, TEST_WS_FIN | opcode, data.data, data.len);
    return false;
}

static bool many_small(struct test_conn *c)
{
    AUTO_BUF out = BUF_INIT;
    for (int i = 0; i < 5000; i++)
        buf_appendf(&out, "%c%c%04d", TEST_WS_FIN | TEST_WS_BINARY, 4, i);
    return test_conn_write(c, out.data, out.len) && test_ws_send_close(c, 1000);
}

static bool large(struct test_conn *c)
{
    size_t len = 3 * 1024 * 1024;
    AUTO_FREE char *data = mem_alloc(len);
    for (size_t i = 0; i < len; i++)
        data[i] = (char)(i * 7);
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_BINARY, data, len) && test_ws_send_close(c, 1000);
}

static bool too_large(struct test_conn *c)
{
    /* Claimed in the header; one byte of it comes. */
    static const unsigned char head[] = {0x82, 127, 0, 0, 0, 0, 0x02, 0, 0, 0x01, 'x'};
    return test_conn_write(c, head, sizeof(head)) && test_conn_pause(c, 5000);
}

static bool grows_too_large(struct test_conn *c)
{
    size_t len = 8 * 1024 * 1024;
    AUTO_FREE char *data = mem_zalloc(len);
    for (int i = 0; i < 5; i++)
        if (!test_ws_send(c, i ? TEST_WS_CONTINUATION : TEST_WS_BINARY, data, len))
            return false;
    return test_conn_pause(c, 5000);
}

static bool masked(struct test_conn *c)
{
    static const unsigned char frame[] = {0x81, 0x81, 1, 2, 3, 4, 'a' ^ 1};
    return test_conn_write(c, frame, sizeof(frame)) && test_conn_pause(c, 5000);
}

static bool bad_text(struct test_conn *c)
{
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_TEXT, "\xff\xfe", 2) && test_conn_pause(c, 5000);
}

static bool long_ping(struct test_conn *c)
{
    char data[126] = {0};
    return test_ws_send(c, TEST_WS_FIN | TEST_WS_PING, data, sizeof(data)) &&
           test_conn_pause(c, 5000);
}

/* Never reads, so that the client's pongs pile up, and never stops. */
static bool ping_flood(struct test_conn *c)
{
    AUTO_BUF out = BUF_INIT;
    for (int i = 0; i < 1000; i++)
        buf_appendf(&out, "%c%c0123456789", TEST_WS_FIN | TEST_WS_PING, 10);
    while (test_conn_write(c, out.data, out.len))
        ;
    return false;
}

static bool plain_close(struct test_conn *c)
{
    int opcode = 0;
    test_ws_send_close(c, 0);
    test_ws_read(c, &opcode, &fx.heard);
    return false;
}

static bool coded_close(struct test_conn *c)
{
    return test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, "last words") &&
           test_ws_send_close(c, 4001);
}

/* Has said all before anybody asks, and is gone. */
static bool hasty(struct test_conn *c)
{
    (void)(test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, "first") &&
           test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, "last words") &&
           test_ws_send_close(c, 1000));
    return false;
}

static bool cut(struct test_conn *c)
{
    test_ws_send_text(c, TEST_WS_BINARY, "never finished");
    test_conn_reset(c);
    return false;
}

static bool silent(struct test_conn *c)
{
    return test_conn_pause(c, 8000);
}

static const struct {
    const char *path;
    bool (*run)(struct test_conn *c);
} scripts[] = {
    {"/fragments", fragments},   {"/pings", pings},      {"/echoes", echoes},
    {"/many", many_small},       {"/large", large},      {"/too-large", too_large},
    {"/grows", grows_too_large}, {"/masked", masked},    {"/bad-text", bad_text},
    {"/long-ping", long_ping},   {"/flood", ping_flood}, {"/close", plain_close},
    {"/coded", coded_close},     {"/cut", cut},          {"/silent", silent},
    {"/hasty", hasty},
};

/* Answers to the handshake itself. */
static bool refuse(struct test_conn *c, const struct test_request *r)
{
    if (strcmp(r->target, "/forbidden") == 0)
        return test_conn_reply(c, 403, "Content-Type: application/json\r\nRetry-After: 2\r\n",
                               "{\"message\":\"no\\u001b\"}\x1b[31m");
    if (strcmp(r->target, "/chunked") == 0)
        return test_conn_printf(c, "HTTP/1.1 500 X\r\nTransfer-Encoding: chunked\r\n\r\n"
                                   "3\r\nsor\r\n2\r\nry\r\n0\r\n\r\n");
    if (strcmp(r->target, "/plain-200") == 0)
        return test_conn_reply(c, 200, NULL, "hello");
    if (strcmp(r->target, "/wrong-accept") == 0)
        return test_conn_printf(c, "HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    if (strcmp(r->target, "/wrong-protocol") == 0)
        return test_ws_accept(c, r, "v9.channel.k8s.io");
    if (strcmp(r->target, "/no-answer") == 0)
        return test_conn_pause(c, 8000);
    return test_conn_reply(c, 404, NULL, "no such script");
}

static bool handle(void *ctx, struct test_conn *c, const struct test_request *r)
{
    (void)ctx;
    const char *offered = test_request_header(r, "Sec-WebSocket-Protocol");
    size_t len = strcspn(r->target, "?");
    for (size_t i = 0; i < MC_ARRAY_LEN(scripts); i++) {
        if (strlen(scripts[i].path) != len || strncmp(scripts[i].path, r->target, len) != 0)
            continue;
        if (test_ws_accept(c, r, offered ? "v4.channel.k8s.io" : NULL))
            scripts[i].run(c);
        return false;
    }
    if (strcmp(r->target, "/request") == 0) {
        AUTO_FREE char *all = strlist_join_dup(&r->headers, "\n");
        test_ws_accept(c, r, NULL);
        test_ws_send_text(c, TEST_WS_FIN | TEST_WS_TEXT, all);
        return false;
    }
    refuse(c, r);
    return false;
}

/* ---- set-up ---- */

static int set_up(void **state)
{
    bool plain = *state != NULL;
    fx.authority = test_authority_new("test authority");
    test_authority_issue(fx.authority,
                         &(struct test_cert_spec){.common_name = "server", .san = "IP:127.0.0.1"},
                         &fx.cert);
    fx.server = test_server_start(
        &(struct test_server_options){.handler = handle, .cert = plain ? NULL : &fx.cert});
    fx.tls = (struct net_tls){.ca_pem = mem_strdup(test_authority_pem(fx.authority))};
    return cancel_init(&fx.cancel);
}

static int tear_down(void **state)
{
    (void)state;
    test_server_stop(fx.server);
    test_cert_release(&fx.cert);
    test_authority_free(fx.authority);
    net_tls_release(&fx.tls);
    cancel_release(&fx.cancel);
    buf_release(&fx.heard);
    memset(&fx, 0, sizeof(fx));
    return 0;
}

static int try_open(const char *path, const struct strlist *headers,
                    const struct strlist *protocols, int64_t timeout_ms, struct websocket **ret_ws,
                    struct http_response *ret_refusal, struct error **err)
{
    struct http_options options = {.tls = &fx.tls, .cancel = &fx.cancel};
    AUTO_FREE char *url = mem_printf("%s%s", test_server_url(fx.server), path);
    return websocket_open(&options, url, headers, protocols, timeout_ms, ret_ws, ret_refusal, err);
}

static struct websocket *open_good(const char *path)
{
    struct websocket *ws = NULL;
    struct error *err = NULL;
    if (try_open(path, NULL, NULL, 0, &ws, NULL, &err) < 0)
        fail_msg("%s", err->message);
    return ws;
}

static int receive(struct websocket *ws, struct buf *out, int *ret_code)
{
    struct error *err = NULL;
    int rc = websocket_receive(ws, clock_now_ms() + 5000, out, NULL, ret_code, &err);
    if (rc < 0)
        fail_msg("%s", err->message);
    return rc;
}

/* The first receive fails. */
static struct error *receive_bad(const char *path, int64_t ms)
{
    AUTO_WEBSOCKET struct websocket *ws = open_good(path);
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    assert_int_equal(websocket_receive(ws, clock_now_ms() + ms, &out, NULL, NULL, &err), -1);
    return err;
}

/* ---- tests ---- */

static void handshake_says_who_we_are(void **state)
{
    (void)state;
    AUTO_STRLIST headers = STRLIST_INIT;
    AUTO_STRLIST protocols = STRLIST_INIT;
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    AUTO_WEBSOCKET struct websocket *ws = NULL;
    strlist_add(&headers, "Authorization: Bearer abc");
    strlist_add(&protocols, "v5.channel.k8s.io");
    strlist_add(&protocols, "v4.channel.k8s.io");
    assert_int_equal(try_open("/request", &headers, &protocols, 0, &ws, NULL, &err), 0);
    assert_int_equal(receive(ws, &out, NULL), 1);
    AUTO_FREE char *host = mem_printf("Host: 127.0.0.1:%d", test_server_port(fx.server));
    assert_non_null(strstr(out.data, host));
    assert_non_null(strstr(out.data, "Upgrade: websocket"));
    assert_non_null(strstr(out.data, "Connection: Upgrade"));
    assert_non_null(strstr(out.data, "Sec-WebSocket-Version: 13"));
    assert_non_null(
        strstr(out.data, "Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io"));
    assert_non_null(strstr(out.data, "Authorization: Bearer abc"));
    assert_non_null(strstr(out.data, "User-Agent: meshctl"));
    assert_string_equal(websocket_protocol(ws), "");
}

static void server_chooses_protocol(void **state)
{
    (void)state;
    AUTO_STRLIST protocols = STRLIST_INIT;
    struct error *err = NULL;
    AUTO_WEBSOCKET struct websocket *ws = NULL;
    strlist_add(&protocols, "v5.channel.k8s.io");
    strlist_add(&protocols, "v4.channel.k8s.io");
    assert_int_equal(try_open("/silent", NULL, &protocols, 0, &ws, NULL, &err), 0);
    assert_string_equal(websocket_protocol(ws), "v4.channel.k8s.io");
}

static void fragments_are_joined(void **state)
{
    (void)state;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/fragments");
    AUTO_BUF out = BUF_INIT;
    int code = 0;
    assert_int_equal(receive(ws, &out, NULL), 1);
    assert_string_equal(out.data, "one two three");
    assert_int_equal(receive(ws, &out, &code), 0);
    assert_int_equal(code, 1000);
}

static void pings_are_answered(void **state)
{
    (void)state;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/pings");
    AUTO_BUF out = BUF_INIT;
    assert_int_equal(receive(ws, &out, NULL), 1);
    assert_string_equal(out.data, "token 42");
}

static void messages_go_both_ways(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 125, 126, 65535, 65536, 300000};
    AUTO_WEBSOCKET struct websocket *ws = open_good("/echoes");
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    for (size_t i = 0; i < MC_ARRAY_LEN(sizes); i++) {
        bool binary = false;
        AUTO_FREE char *data = mem_alloc(sizes[i] + 1);
        memset(data, 'a' + (int)i, sizes[i]);
        assert_int_equal(websocket_send(ws, data, sizes[i], i % 2 == 0, &err), 0);
        assert_int_equal(websocket_receive(ws, clock_now_ms() + 5000, &out, &binary, NULL, &err),
                         1);
        assert_int_equal(out.len, sizes[i]);
        assert_int_equal(binary, i % 2 == 0);
        if (sizes[i])
            assert_memory_equal(out.data, data, sizes[i]);
    }
}

static void many_messages_keep_their_order(void **state)
{
    (void)state;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/many");
    AUTO_BUF out = BUF_INIT;
    for (int i = 0; i < 5000; i++) {
        AUTO_FREE char *expected = mem_printf("%04d", i);
        assert_int_equal(receive(ws, &out, NULL), 1);
        assert_string_equal(out.data, expected);
    }
    assert_int_equal(receive(ws, &out, NULL), 0);
}

static void large_message_arrives_whole(void **state)
{
    (void)state;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/large");
    AUTO_BUF out = BUF_INIT;
    assert_int_equal(receive(ws, &out, NULL), 1);
    assert_int_equal(out.len, 3 * 1024 * 1024);
    for (size_t i = 0; i < out.len; i += 1021)
        assert_int_equal(out.data[i], (char)(i * 7));
}

static void closing_codes(void **state)
{
    (void)state;
    AUTO_BUF out = BUF_INIT;
    int code = 0;
    {
        AUTO_WEBSOCKET struct websocket *ws = open_good("/coded");
        assert_int_equal(receive(ws, &out, &code), 1);
        assert_string_equal(out.data, "last words");
        assert_int_equal(receive(ws, &out, &code), 0);
        assert_int_equal(code, 4001);
        /* And it stays closed. */
        assert_int_equal(receive(ws, &out, &code), 0);
        struct error *err = NULL;
        assert_int_equal(websocket_send(ws, "x", 1, false, &err), -1);
        assert_int_equal(err->kind, ERROR_UNREACHABLE);
        error_free(err);
    }
    AUTO_WEBSOCKET struct websocket *ws = open_good("/close");
    assert_int_equal(receive(ws, &out, &code), 0);
    assert_int_equal(code, 1005);
}

/* What a peer said before it closed is not lost when our own words do not reach it any more. */
static void last_words_are_heard_while_sending(void **state)
{
    (void)state;
    static const char question[200] = "who is there";
    AUTO_BUF out = BUF_INIT;
    struct error *err = NULL;
    int code = 0;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/hasty");
    (void)clock_sleep(100, NULL); /* the connection is closed at the far end */
    if (websocket_send(ws, question, sizeof(question), false, &err) < 0)
        fail_msg("%s", err->message);
    assert_int_equal(receive(ws, &out, &code), 1);
    assert_string_equal(out.data, "first");
    assert_int_equal(receive(ws, &out, &code), 1);
    assert_string_equal(out.data, "last words");
    assert_int_equal(receive(ws, &out, &code), 0);
    assert_int_equal(code, 1000);
}

static void faults_of_the_peer(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words;
    } cases[] = {
        {"/too-large", "larger than 33554432 bytes"},
        {"/grows", "larger than 33554432 bytes"},
        {"/masked", "broke the WebSocket protocol"},
        {"/bad-text", "broke the WebSocket protocol"},
        {"/long-ping", "broke the WebSocket protocol"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_ERROR struct error *err = receive_bad(cases[i].path, 5000);
        if (err->kind != ERROR_REMOTE || !strstr(err->message, cases[i].words))
            fail_msg("%s: %s", cases[i].path, err->message);
    }
}

static void cut_connection(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = receive_bad("/cut", 5000);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_true(text_has_prefix(err->message, "connection lost to 127.0.0.1:"));
}

static void deadlines_hold(void **state)
{
    (void)state;
    static const char *const paths[] = {"/silent", "/flood"};
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        int64_t began = clock_now_ms();
        AUTO_ERROR struct error *err = receive_bad(paths[i], 300);
        assert_int_equal(err->kind, ERROR_TIMEOUT);
        assert_in_range(clock_now_ms() - began, 290, 20000);
    }
    int64_t began = clock_now_ms();
    struct websocket *ws = NULL;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(try_open("/no-answer", NULL, NULL, 300, &ws, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 290, 20000);
}

static void *cancel_soon(void *arg)
{
    (void)arg;
    usleep(100000);
    cancel_set(&fx.cancel);
    return NULL;
}

static void cancelling(void **state)
{
    (void)state;
    pthread_t thread;
    AUTO_WEBSOCKET struct websocket *ws = open_good("/silent");
    int64_t began = clock_now_ms();
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, NULL), 0);
    AUTO_BUF out = BUF_INIT;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(websocket_receive(ws, began + 5000, &out, NULL, NULL, &err), -1);
    pthread_join(thread, NULL);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 90, 20000);
    struct websocket *none = NULL;
    AUTO_ERROR struct error *again = NULL;
    assert_int_equal(try_open("/silent", NULL, NULL, 0, &none, NULL, &again), -1);
    assert_int_equal(again->kind, ERROR_CANCELLED);
}

static void refusals(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum error_kind kind;
        int status;
        const char *body;
    } cases[] = {
        {"/forbidden", ERROR_DENIED, 403, "{\"message\":\"no\\u001b\"}\x1b[31m"},
        {"/chunked", ERROR_REMOTE, 500, "sorry"},
        {"/plain-200", ERROR_REMOTE, 200, "hello"},
        {"/nowhere?secret=1", ERROR_REMOTE, 404, "no such script"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct websocket *ws = NULL;
        AUTO_ERROR struct error *err = NULL;
        AUTO_HTTP_RESPONSE refusal = {0};
        assert_int_equal(try_open(cases[i].path, NULL, NULL, 0, &ws, &refusal, &err), -1);
        assert_int_equal(err->kind, cases[i].kind);
        assert_int_equal(err->http_status, cases[i].status);
        assert_int_equal(refusal.status, cases[i].status);
        assert_string_equal(buf_str(&refusal.body), cases[i].body);
        assert_null(strchr(err->message, '\x1b'));
        assert_null(strstr(err->message, "secret"));
        assert_int_equal(err->retry_after_ms, i == 0 ? 2000 : 0);
    }
}

static void wrong_handshakes(void **state)
{
    (void)state;
    static const struct {
        const char *path, *words;
    } cases[] = {
        {"/wrong-accept", "Sec-WebSocket-Accept"},
        {"/wrong-protocol", "sub-protocol"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct websocket *ws = NULL;
        AUTO_ERROR struct error *err = NULL;
        assert_int_equal(try_open(cases[i].path, NULL, NULL, 0, &ws, NULL, &err), -1);
        assert_int_equal(err->kind, ERROR_REMOTE);
        assert_non_null(strstr(err->message, cases[i].words));
    }
}

static void untrusted_server(void **state)
{
    (void)state;
    struct test_authority *stranger = test_authority_new("stranger");
    free(fx.tls.ca_pem);
    fx.tls.ca_pem = mem_strdup(test_authority_pem(stranger));
    test_authority_free(stranger);
    struct websocket *ws = NULL;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(try_open("/silent", NULL, NULL, 0, &ws, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_non_null(strstr(err->message, "unknown authority"));
}

static void nobody_listens(void **state)
{
    (void)state;
    struct http_options options = {0};
    struct websocket *ws = NULL;
    AUTO_ERROR struct error *err = NULL;
    int port = test_server_port(fx.server);
    test_server_stop(fx.server);
    fx.server = NULL;
    AUTO_FREE char *url = mem_printf("https://127.0.0.1:%d/", port);
    assert_int_equal(websocket_open(&options, url, NULL, NULL, 0, &ws, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_non_null(strstr(err->message, "Connection refused"));
}

static char plain_mark;

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
#define PLAIN(f) cmocka_unit_test_prestate_setup_teardown(f, set_up, tear_down, &plain_mark)

int main(void)
{
    unsetenv("https_proxy");
    unsetenv("http_proxy");
    const struct CMUnitTest tests[] = {
        CASE(handshake_says_who_we_are),
        CASE(server_chooses_protocol),
        CASE(fragments_are_joined),
        PLAIN(fragments_are_joined),
        CASE(pings_are_answered),
        PLAIN(pings_are_answered),
        CASE(messages_go_both_ways),
        PLAIN(messages_go_both_ways),
        CASE(many_messages_keep_their_order),
        CASE(large_message_arrives_whole),
        CASE(closing_codes),
        CASE(last_words_are_heard_while_sending),
        CASE(faults_of_the_peer),
        CASE(cut_connection),
        CASE(deadlines_hold),
        CASE(cancelling),
        CASE(refusals),
        CASE(wrong_handshakes),
        CASE(untrusted_server),
        CASE(nobody_listens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
