/* A scripted server and a client for it: each path is a way to answer. */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "meshctl/net/http.h"
#include "test_server.h"

struct fixture {
    struct test_server *server;
    struct test_server *other; /* where redirects to another host lead */
    struct cancel cancel;
    struct http_client *client;
    atomic_int under_way;
    atomic_int most_under_way;
};

static struct fixture fx;

/* ---- the scripts ---- */

static inline bool echo(struct test_conn *conn, const struct test_request *r)
{
    AUTO_BUF out = BUF_INIT;
    buf_appendf(&out, "%s %s\n", r->method, r->target);
    for (size_t i = 0; i < r->headers.count; i++)
        buf_appendf(&out, "%s\n", r->headers.items[i]);
    buf_appendc(&out, '\n');
    buf_append(&out, r->body.data, r->body.len);
    /* A HEAD answer has the length but not the body. */
    if (strcmp(r->method, "HEAD") == 0)
        return test_conn_printf(conn, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", out.len);
    return test_conn_reply_bytes(conn, 200, "Content-Type: text/plain\r\n", out.data, out.len);
}

static inline bool headers(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    return test_conn_reply(conn, 401,
                           "content-type: application/json\r\n"
                           "WWW-Authenticate: Basic realm=x\r\n"
                           "www-authenticate: Bearer realm=\"https://auth\",service=\"s\"\r\n"
                           "Link: </v2/next>; rel=\"next\"\r\n"
                           "Docker-Content-Digest: sha256:abc\r\n"
                           "Retry-After: 3\r\n"
                           "Warning: 299 - \"use \\\"v2\\\"\"\r\n"
                           "Warning: 299 - \"second\"\r\n",
                           "{}");
}

static inline bool retry_date(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    char date[64];
    struct tm tm;
    time_t then = time(NULL) + 30;
    strftime(date, sizeof(date), "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n",
             gmtime_r(&then, &tm));
    return test_conn_reply(conn, 503, date, "");
}

static inline bool chunked(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    if (!test_conn_printf(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
        return false;
    for (int i = 0; i < 3; i++)
        if (!test_conn_chunk(conn, "line\n") || !test_conn_pause(conn, 30))
            return false;
    return test_conn_chunk(conn, "");
}

/* Chunks until the client has enough. */
static inline bool endless(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_printf(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (test_conn_chunk(conn, "0123456789012345678901234567890123456789") &&
           test_conn_pause(conn, 1))
        ;
    return false;
}

/* As fast as it can be taken. */
static inline bool flood(struct test_conn *conn, const struct test_request *r)
{
    static char block[256 * 1024];
    (void)r;
    test_conn_printf(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    while (test_conn_write(conn, block, sizeof(block)))
        ;
    return false;
}

static inline bool endless_headers(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_printf(conn, "HTTP/1.1 200 OK\r\n");
    while (test_conn_printf(conn, "X-Filler: %01000d\r\n", 1))
        ;
    return false;
}

static inline bool cut_short(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_printf(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
    return false;
}

static inline bool reset(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_reset(conn);
    return false;
}

static inline bool silent(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_pause(conn, 8000);
    return false;
}

/* Answers, then closes without having said so: the next request meets a dead connection. */
static inline bool closes(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    test_conn_reply(conn, 200, NULL, "bye");
    return false;
}

static inline bool redirect(struct test_conn *conn, const struct test_request *r)
{
    const char *to = strchr(r->target, '?');
    AUTO_FREE char *location = mem_printf("Location: %s\r\n", to ? to + 1 : "/loop");
    return test_conn_reply(conn, 302, location, "moved");
}

static inline bool loop(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    return test_conn_reply(conn, 302, "Location: /loop\r\n", "");
}

/* printf 'packed text packed text' | gzip -n | xxd -i */
static inline bool gzipped(struct test_conn *conn, const struct test_request *r)
{
    static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                           0x03, 0x2b, 0x48, 0x4c, 0xce, 0x4e, 0x4d, 0x51, 0x28,
                                           0x49, 0xad, 0x28, 0x51, 0x28, 0x40, 0xb0, 0x01, 0x6e,
                                           0xf8, 0xaa, 0xcb, 0x17, 0x00, 0x00, 0x00};
    const char *accepts = test_request_header(r, "Accept-Encoding");
    if (!accepts || !strstr(accepts, "gzip"))
        return test_conn_reply(conn, 406, NULL, "");
    return test_conn_printf(conn,
                            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n"
                            "Content-Length: %zu\r\n\r\n",
                            sizeof(packed)) &&
           test_conn_write(conn, packed, sizeof(packed));
}

static inline bool early_hints(struct test_conn *conn, const struct test_request *r)
{
    (void)r;
    return test_conn_printf(conn, "HTTP/1.1 103 Early Hints\r\nLink: </early>\r\n\r\n") &&
           test_conn_reply(conn, 204, NULL, "");
}

/* Slow enough that requests sent together are under way together. */
static inline bool counted(struct test_conn *conn, const struct test_request *r)
{
    int now = atomic_fetch_add(&fx.under_way, 1) + 1;
    int most = atomic_load(&fx.most_under_way);
    while (now > most && !atomic_compare_exchange_weak(&fx.most_under_way, &most, now))
        ;
    test_conn_pause(conn, 20);
    atomic_fetch_sub(&fx.under_way, 1);
    return test_conn_reply(conn, 200, NULL, r->target);
}

static const struct {
    const char *path;
    bool (*run)(struct test_conn *conn, const struct test_request *r);
} scripts[] = {
    {"/echo", echo},       {"/headers", headers},   {"/retry-date", retry_date},
    {"/chunked", chunked}, {"/endless", endless},   {"/endless-headers", endless_headers},
    {"/cut", cut_short},   {"/reset", reset},       {"/silent", silent},
    {"/closes", closes},   {"/redirect", redirect}, {"/loop", loop},
    {"/flood", flood},     {"/gzip", gzipped},      {"/hints", early_hints},
    {"/counted", counted},
};

static inline bool handle(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    (void)ctx;
    size_t len = strcspn(r->target, "?");
    for (size_t i = 0; i < MC_ARRAY_LEN(scripts); i++)
        if (strlen(scripts[i].path) == len && strncmp(scripts[i].path, r->target, len) == 0)
            return scripts[i].run(conn, r);
    return test_conn_reply(conn, 404, NULL, "no such script");
}

/* ---- set-up ---- */

static inline int set_up(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct test_server_options options = {.handler = handle};
    fx.server = test_server_start(&options);
    fx.other = test_server_start(&options);
    if (cancel_init(&fx.cancel) < 0)
        return -1;
    struct http_options http = {.cancel = &fx.cancel};
    return http_client_new(&http, &fx.client, &err);
}

static inline int tear_down(void **state)
{
    (void)state;
    http_client_free(fx.client);
    cancel_release(&fx.cancel);
    test_server_stop(fx.server);
    test_server_stop(fx.other);
    memset(&fx, 0, sizeof(fx));
    return 0;
}

static inline char *url_dup(const char *path)
{
    return mem_printf("%s%s", test_server_url(fx.server), path);
}

static inline void send_good(const struct http_request *request, struct http_response *ret_response)
{
    struct error *err = NULL;
    if (http_send(fx.client, request, ret_response, &err) < 0)
        fail_msg("%s", err->message);
}

static inline struct error *send_bad(const struct http_request *request)
{
    struct error *err = NULL;
    struct http_response response;
    assert_int_equal(http_send(fx.client, request, &response, &err), -1);
    assert_non_null(err);
    return err;
}

static inline struct error *get_bad(const char *path, int64_t timeout_ms)
{
    AUTO_FREE char *url = url_dup(path);
    return send_bad(&(struct http_request){.url = url, .timeout_ms = timeout_ms});
}

/* The machine's own proxy is not under test. */
static inline void forget_proxies(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};
    for (size_t i = 0; i < MC_ARRAY_LEN(names); i++)
        unsetenv(names[i]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

#endif
