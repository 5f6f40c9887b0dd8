/* Reads and writes on a connection that libcurl has opened. */
#include "stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "failure.h"
#include "meshctl/base/clock.h"
#include "under_way.h"

#define OUT_SIZE ((size_t)16 * 1024)
#define POLL_MS 1000
#define MAX_POLL_MS 60000

struct stream {
    const struct http_options *options;
    struct target target;
    CURLM *multi;
    CURL *easy; /* stays in `multi`: that keeps its connection alive */
    curl_socket_t fd;
    /* Why nothing comes, or goes, any more; CURLE_OK: it does. A server that has said its last word
     * and closed fails our writes, while that word is still to be read. */
    CURLcode read_lost;
    CURLcode write_lost;
    /* A TLS write that could not be made must be tried again with the same bytes at the same
     * address: so they wait here. */
    size_t out_len;
    char out[OUT_SIZE];
    char error_text[CURL_ERROR_SIZE];
};

static int report(const struct stream *s, CURLcode code, int64_t elapsed_ms, struct error **err)
{
    struct failure failure = {.easy = s->easy,
                              .code = code,
                              .text = s->error_text,
                              .target = &s->target,
                              .tls = s->options->tls,
                              .elapsed_ms = elapsed_ms};
    return failure_report(&failure, err);
}

static int prepare(struct stream *s, const char *url, int64_t timeout_ms, struct error **err)
{
    if (target_parse(url, s->options->tls, &s->target, err) < 0 ||
        handle_new(s->options, s->error_text, &s->easy, err) < 0 ||
        handle_aim(s->easy, s->options, &s->target, err) < 0)
        return -1;
    CURLcode rc = curl_easy_setopt(s->easy, CURLOPT_CONNECT_ONLY, 1L);
    rc |= curl_easy_setopt(s->easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
    rc |= curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, (long)(timeout_ms > 0 ? timeout_ms : 1));
    if (rc != CURLE_OK || curl_multi_add_handle(s->multi, s->easy) != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot connect only");
    return 0;
}

/* 1 when connecting has ended, with its code. */
static int step(struct stream *s, CURLcode *ret_code, struct error **err)
{
    int running, left;
    struct cancel *cancel = s->options->cancel;
    struct curl_waitfd wake = {.fd = cancel_fd(cancel), .events = CURL_WAIT_POLLIN};
    CURLMcode code = curl_multi_perform(s->multi, &running);
    CURLMsg *msg = code == CURLM_OK ? curl_multi_info_read(s->multi, &left) : NULL;
    if (msg && msg->msg == CURLMSG_DONE) {
        *ret_code = msg->data.result;
        return 1;
    }
    if (code == CURLM_OK)
        code = curl_multi_poll(s->multi, &wake, cancel ? 1 : 0, POLL_MS, NULL);
    if (code != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "connect: %s", curl_multi_strerror(code));
    if (cancel_is_set(cancel))
        return error_set(err, ERROR_CANCELLED, "cancelled");
    return 0;
}

static int connect_stream(struct stream *s, const char *url, int64_t deadline_ms,
                          struct error **err)
{
    int64_t began_ms = clock_now_ms();
    CURLcode code = CURLE_OK;
    int ended;
    if (cancel_is_set(s->options->cancel))
        return error_set(err, ERROR_CANCELLED, "cancelled");
    if (prepare(s, url, clock_left_ms(deadline_ms), err) < 0)
        return -1;
    struct under_way *told = under_way_begin();
    under_way_name(told, s->options->who, "CONNECT", s->target.public_url);
    while ((ended = step(s, &code, err)) == 0)
        under_way_beat(told);
    under_way_end(told);
    if (ended < 0)
        return -1;
    if (code != CURLE_OK)
        return report(s, code, clock_now_ms() - began_ms, err);
    if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &s->fd) != CURLE_OK ||
        s->fd == CURL_SOCKET_BAD)
        return error_set(err, ERROR_INTERNAL, "libcurl connected but has no socket");
    return 0;
}

int stream_open(const struct http_options *options, const char *url, int64_t deadline_ms,
                struct stream **ret_stream, struct error **err)
{
    if (handle_global_init(err) < 0)
        return -1;
    AUTO_STREAM struct stream *s = mem_zalloc(sizeof(*s));
    s->options = options;
    s->fd = CURL_SOCKET_BAD;
    s->multi = curl_multi_init();
    if (!s->multi)
        return error_set(err, ERROR_INTERNAL, "libcurl gives no multi handle");
    if (connect_stream(s, url, deadline_ms, err) < 0)
        return -1;
    *ret_stream = TAKE(s);
    return 0;
}

void stream_free(struct stream *s)
{
    if (!s)
        return;
    if (s->easy) {
        curl_multi_remove_handle(s->multi, s->easy);
        curl_easy_cleanup(s->easy);
    }
    curl_multi_cleanup(s->multi);
    target_release(&s->target);
    /* The request's head, with its token, went through here. */
    mem_wipe(s->out, sizeof(s->out));
    free(s);
}

const struct target *stream_target(const struct stream *s)
{
    return &s->target;
}

ssize_t stream_read(struct stream *s, void *data, size_t len)
{
    size_t got = 0;
    if (s->read_lost != CURLE_OK)
        return -1;
    CURLcode code = curl_easy_recv(s->easy, data, len, &got);
    if (code == CURLE_AGAIN)
        return 0;
    if (code == CURLE_OK && got > 0)
        return (ssize_t)got;
    s->read_lost = code == CURLE_OK ? CURLE_GOT_NOTHING : code;
    return -1;
}

int stream_flush(struct stream *s)
{
    while (s->out_len && s->write_lost == CURLE_OK) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(s->easy, s->out, s->out_len, &sent);
        if (code == CURLE_AGAIN)
            return 0;
        if (code != CURLE_OK) {
            s->write_lost = code;
            break;
        }
        memmove(s->out, s->out + sent, s->out_len - sent);
        s->out_len -= sent;
    }
    return s->write_lost == CURLE_OK ? 1 : -1;
}

ssize_t stream_write(struct stream *s, const void *data, size_t len)
{
    int ready = stream_flush(s);
    if (ready <= 0)
        return ready;
    size_t n = len < OUT_SIZE ? len : OUT_SIZE;
    memcpy(s->out, data, n);
    s->out_len = n;
    return stream_flush(s) < 0 ? -1 : (ssize_t)n;
}

int stream_check(struct stream *s, int64_t deadline_ms, struct error **err)
{
    if (cancel_is_set(s->options->cancel))
        return error_set(err, ERROR_CANCELLED, "cancelled");
    if (clock_left_ms(deadline_ms) == 0)
        return error_set(err, ERROR_TIMEOUT, "nothing came from %s in time", s->target.place);
    return 0;
}

int stream_wait(struct stream *s, short events, int64_t deadline_ms, struct error **err)
{
    struct cancel *cancel = s->options->cancel;
    int64_t left_ms = clock_left_ms(deadline_ms);
    bool waiting = s->out_len && s->write_lost == CURLE_OK;
    struct pollfd fds[2] = {{.fd = s->fd, .events = waiting ? events | POLLOUT : events},
                            {.fd = cancel_fd(cancel), .events = POLLIN}};
    if (stream_check(s, deadline_ms, err) < 0)
        return -1;
    if (poll(fds, 2, left_ms > MAX_POLL_MS ? MAX_POLL_MS : (int)left_ms) < 0 && errno != EINTR)
        return error_errno(err, ERROR_INTERNAL, errno, "wait for %s", s->target.place);
    return 0;
}

int stream_lost(const struct stream *s, struct error **err)
{
    CURLcode code = s->read_lost != CURLE_OK ? s->read_lost : s->write_lost;
    if (code == CURLE_OK || code == CURLE_GOT_NOTHING)
        return error_set(err, ERROR_UNREACHABLE, "connection lost to %s: closed by the server",
                         s->target.place);
    return report(s, code, 0, err);
}
