/* What a server may answer over HTTP, as it comes through libcurl: the input is all of its bytes. It is one
 * answer within its limits, or an error that says what is wrong. */
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../../src/net/headers.h"
#include "input.h"

#define MAX_BODY 4096
#define TIMEOUT_MS 5000
#define PORTION 512

struct server {
    int listener;
    struct sockaddr_un address; /* without a path: the kernel chooses an abstract name */
    struct part answer;
};

static void server_open(struct server *s)
{
    struct sockaddr_un any = {.sun_family = AF_UNIX};
    socklen_t len = sizeof(s->address) - 1;
    s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&any, sizeof(sa_family_t)) < 0 ||
        listen(s->listener, 1) < 0 ||
        getsockname(s->listener, (struct sockaddr *)&s->address, &len) < 0)
        abort();
}

/* One connection: the request's head, the answer, the end. */
static void *serve(void *arg)
{
    struct server *s = arg;
    AUTO_BUF head = BUF_INIT;
    char block[1024];
    int fd = accept(s->listener, NULL, NULL);
    if (fd < 0)
        return NULL;
    while (!strstr(buf_str(&head), "\r\n\r\n")) {
        ssize_t n = read(fd, block, sizeof(block));
        if (n <= 0)
            break;
        buf_append(&head, block, (size_t)n);
    }
    for (size_t at = 0; at < s->answer.len;) {
        size_t len = s->answer.len - at < PORTION ? s->answer.len - at : PORTION;
        ssize_t n = send(fd, s->answer.data + at, len, MSG_NOSIGNAL);
        if (n <= 0)
            break;
        at += (size_t)n;
    }
    close(fd);
    return NULL;
}

static void check_response(const struct http_response *r)
{
    size_t max_body = r->status / 100 == 2 ? MAX_BODY : HTTP_MAX_REFUSAL;
    if (r->status < 1 || r->status > 999 || r->body.len > max_body || r->retry_after_ms < 0 ||
        r->date < 0 || r->warnings.count > HEADERS_MAX_WARNINGS)
        abort();
    for (size_t i = 0; i < r->warnings.count; i++)
        check_clean(r->warnings.items[i]);
}

static void check_error(const struct error *err)
{
    check_clean(err->message);
    if (err->kind != ERROR_UNREACHABLE && err->kind != ERROR_REMOTE && err->kind != ERROR_TIMEOUT)
        abort();
}

static void ask(const struct server *s)
{
    const struct http_options options = {.abstract_socket = s->address.sun_path + 1};
    const struct http_request request = {.url = "http://192.0.2.1/version",
                                         .max_response = MAX_BODY,
                                         .timeout_ms = TIMEOUT_MS,
                                         .accept_gzip = true,
                                         .wants_header = "Audit-Id",
                                         .once = true};
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    AUTO_HTTP_RESPONSE response = {0};
    AUTO_ERROR struct error *err = NULL;
    if (http_client_new(&options, &client, &err) < 0)
        abort();
    int rc = http_send(client, &request, &response, &err);
    check_outcome(rc, err);
    if (rc == 0)
        check_response(&response);
    else
        check_error(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct server server = {.answer = {(const char *)data, size}};
    pthread_t thread;
    server_open(&server);
    if (pthread_create(&thread, NULL, serve, &server) != 0)
        abort();
    ask(&server);
    shutdown(server.listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(server.listener);
    return 0;
}
