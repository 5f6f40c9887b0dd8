/* The server for a person's browser: what it shows, what it refuses, and that nobody holds it up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "listen.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/net/server.h"
#include "must.h"

#define WAIT_S 20
#define GET_ROOT "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"

static struct http_server *server(void)
{
    struct http_server *s = NULL;
    struct error *err = NULL;
    AUTO_BUF page = BUF_INIT;
    must(http_server_new("127.0.0.1:0", &s, &err), &err);
    buf_appends(&page, "<p>first");
    http_server_put(s, "/", "text/html; charset=utf-8", &page);
    return s;
}

static in_port_t port_of(const struct http_server *s)
{
    return (in_port_t)strtol(strrchr(http_server_url(s), ':') + 1, NULL, 10);
}

static int connect_to(const struct http_server *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port_of(s))};
    struct timeval wait = {.tv_sec = WAIT_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    return fd;
}

/* All that comes until the end; "" where the connection is cut without a word. */
static char *ask_dup(const struct http_server *s, const char *text)
{
    AUTO_BUF out = BUF_INIT;
    char bytes[4096];
    ssize_t n;
    int fd = connect_to(s);
    (void)!send(fd, text, strlen(text), MSG_NOSIGNAL);
    while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        buf_append(&out, bytes, (size_t)n);
    close(fd);
    return buf_detach(&out, NULL);
}

static void asks(const struct http_server *s, const char *text, const char *status,
                 const char *holds)
{
    AUTO_FREE char *answer = ask_dup(s, text);
    if (!text_has_prefix(answer, status) || !strstr(answer, holds))
        fail_msg("%s wanted with %s, and this came: %s", status, holds, answer);
}

static void pages_are_shown_and_replaced(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    AUTO_BUF page = BUF_INIT;
    assert_true(http_server_is_local(s));
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "\r\n\r\n<p>first");
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "Content-Type: text/html; charset=utf-8\r\n");
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "Cache-Control: no-store\r\n");
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "Cross-Origin-Resource-Policy: same-origin\r\n");
    assert_int_equal(http_server_requests(s), 4);
    buf_appends(&page, "<p>second");
    http_server_put(s, "/", "text/html; charset=utf-8", &page);
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "\r\n\r\n<p>second");
    asks(s, "GET /other HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n",
         "HTTP/1.1 404 ", "no such page");
    assert_int_equal(http_server_requests(s), 5);
}

static void one_page_more_than_there_may_be_is_left_out(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    for (int i = 1; i <= HTTP_SERVER_MAX_PAGES; i++) {
        AUTO_BUF page = BUF_INIT;
        AUTO_FREE char *path = mem_printf("/%d", i);
        buf_appends(&page, "more");
        http_server_put(s, path, "text/plain", &page);
    }
    asks(s, "GET /7 HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 ", "more");
    asks(s, "GET /8 HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n", "HTTP/1.1 404 ", "");
}

static void nothing_is_taken_in(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    asks(s, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000000\r\n\r\nabc",
         "HTTP/1.1 405 ", "Allow: GET, HEAD\r\n");
    asks(s, "DELETE / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 405 ",
         "looked at");
    asks(s, "HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 ",
         "Content-Length: 8\r\n");
}

/* The name of a site of others may point here. */
static void other_names_are_refused(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    static const char *const hosts[] = {"evil.example",
                                        "evil.example:8080",
                                        "127.0.0.1.evil.example",
                                        "localhost.evil.example",
                                        "[::1].evil",
                                        "",
                                        "127.0.0.1:x",
                                        "[::1",
                                        "127.0.0.1:80:80"};
    for (size_t i = 0; i < MC_ARRAY_LEN(hosts); i++) {
        AUTO_FREE char *text =
            mem_printf("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", hosts[i]);
        AUTO_FREE char *answer = ask_dup(s, text);
        if (!text_has_prefix(answer, "HTTP/1.1 403 ") && !text_has_prefix(answer, "HTTP/1.1 400 "))
            fail_msg("Host %s got: %s", hosts[i], answer);
        assert_null(strstr(answer, "first"));
    }
    AUTO_FREE char *without = ask_dup(s, "GET / HTTP/1.0\r\n\r\n");
    assert_null(strstr(without, "first"));
}

static void heads_have_a_limit(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    AUTO_BUF text = BUF_INIT;
    buf_appends(&text, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
    buf_pad(&text, 'x', 200000);
    buf_appends(&text, "\r\n\r\n");
    AUTO_FREE char *answer = ask_dup(s, buf_str(&text));
    assert_null(strstr(answer, " 200 "));
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "first");
}

/* Connections that say nothing hold it up neither while they are there nor when it ends. */
static void silent_connections_do_not_matter(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    int fds[20];
    for (size_t i = 0; i < MC_ARRAY_LEN(fds); i++) {
        fds[i] = connect_to(s);
        (void)!send(fds[i], "GET / HT", 8, MSG_NOSIGNAL);
    }
    asks(s, GET_ROOT, "HTTP/1.1 200 ", "first");
    int64_t before = clock_now_ms();
    http_server_free(TAKE(s));
    assert_true(clock_now_ms() - before < 5000);
    for (size_t i = 0; i < MC_ARRAY_LEN(fds); i++)
        close(fds[i]);
}

static void addresses(void **state)
{
    (void)state;
    static const struct {
        const char *text, *url; /* NULL: refused */
        bool is_local;
    } cases[] = {
        {"0", "http://127.0.0.1:", true},
        {"localhost:0", "http://127.0.0.1:", true},
        {"127.0.0.1:0", "http://127.0.0.1:", true},
        {"127.3.2.1:0", "http://127.3.2.1:", true},
        {"[::1]:0", "http://[::1]:", true},
        {"0.0.0.0:0", "http://0.0.0.0:", false},
        {"", NULL, false},
        {":8080", NULL, false},
        {"example.com:80", NULL, false},
        {"127.0.0.1", NULL, false},
        {"127.0.0.1:65536", NULL, false},
        {"127.0.0.1:-1", NULL, false},
        {"127.0.0.1:80x", NULL, false},
        {"[::1]", NULL, false},
        {"[::1:80", NULL, false},
        {"1.2.3:80", NULL, false},
        {"127.0.0.1:", NULL, false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct error *err = NULL;
        AUTO_FREE char *url = NULL;
        bool is_local = false;
        int fd = -1;
        int rc = net_listen(cases[i].text, &fd, &url, &is_local, &err);
        if (!cases[i].url) {
            assert_int_equal(rc, -1);
            assert_int_equal(err->kind, ERROR_USAGE);
            error_clear(&err);
            continue;
        }
        /* IPv6 may be off on the machine. */
        if (rc < 0 && strchr(cases[i].text, '[')) {
            error_clear(&err);
            continue;
        }
        must(rc, &err);
        assert_true(text_has_prefix(url, cases[i].url));
        assert_int_equal(is_local, cases[i].is_local);
        close(fd);
    }
}

static void an_address_in_use_is_told(void **state)
{
    (void)state;
    MC_CLEANUP(http_server_cleanup) struct http_server *s = server();
    AUTO_FREE char *again = mem_printf("127.0.0.1:%u", port_of(s));
    struct http_server *other = NULL;
    struct error *err = NULL;
    assert_int_equal(http_server_new(again, &other, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_non_null(strstr(err->message, "Address already in use"));
    error_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_shown_and_replaced),
        cmocka_unit_test(one_page_more_than_there_may_be_is_left_out),
        cmocka_unit_test(nothing_is_taken_in),
        cmocka_unit_test(other_names_are_refused),
        cmocka_unit_test(heads_have_a_limit),
        cmocka_unit_test(silent_connections_do_not_matter),
        cmocka_unit_test(addresses),
        cmocka_unit_test(an_address_in_use_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
