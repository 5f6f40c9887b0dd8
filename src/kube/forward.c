/* Questions to pods' ports, each over a WebSocket of the API server: one HTTP exchange, or a look at the
 * certificates that a TLS server shows. */
#include "meshctl/kube/forward.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client_internal.h"
#include "forward_channel.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/net/websocket.h"
#include "meshctl/pki/tls_look.h"
#include "status.h"

#define DEFAULT_TIMEOUT_MS 60000
#define MAX_REQUEST ((size_t)16 * 1024)

/* A gateway passes on only what offers the protocols of the mesh's own TLS (istio pilot/pkg/networking/
 * core/gateway.go, builtAutoPassthroughFilterChains), and istiod's own servers take h2. */
#define MESH_PROTOCOLS "\x05istio\x02h2"

/* The HTTP half: a thread in which libcurl asks over what it takes for a connection to a server. It
 * cannot be given one end of a pair of sockets (7.88 connects it again), so it connects to a socket
 * of ours that has no path and no port. */
struct asking {
    const char *url;
    struct http_options options;
    int64_t timeout_ms;
    int listener;
    struct cancel *done; /* set at the end */
    struct http_response response;
    struct error *error;
};

/* The other half: what comes out of that connection goes into the WebSocket, and back. */
struct forward {
    struct kube_forward_ask *ask;
    const struct strlist *headers; /* with credentials */
    int64_t deadline_ms;
    /* Set by the HTTP half when it has its answer or gave up, which it also does when the client is
     * cancelled: runtimes keep the forwarding open for a second after the far end has closed. */
    struct cancel done;
    struct http_options options; /* of the WebSocket */
    struct cancel *cancel;       /* the client's */
    int fd;
    struct forward_channels channels;
    bool is_rejected; /* 401: with other credentials it might go */
};

/* An abstract name that the kernel chooses: unix(7), autobind. */
struct listener {
    int fd;
    struct sockaddr_un address;
};

static void listener_release(struct listener *l)
{
    if (l->fd >= 0)
        close(l->fd);
}

static int listener_open(struct listener *l, struct error **err)
{
    struct sockaddr_un any = {.sun_family = AF_UNIX};
    socklen_t len = sizeof(l->address) - 1;
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->fd >= 0 && bind(l->fd, (struct sockaddr *)&any, sizeof(sa_family_t)) == 0 &&
        listen(l->fd, 1) == 0 && getsockname(l->fd, (struct sockaddr *)&l->address, &len) == 0)
        return 0;
    return error_errno(err, ERROR_INTERNAL, errno, "make a socket");
}

/* Anybody on the machine may connect to the name; only our own process is taken. -1 when the socket
 * has been shut down and nobody waits. */
static int listener_accept(const struct listener *l)
{
    for (;;) {
        struct ucred peer;
        socklen_t len = sizeof(peer);
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && (errno == EINTR || errno == ECONNABORTED))
            continue;
        if (fd < 0 ||
            (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.pid == getpid()))
            return fd;
        close(fd);
    }
}

/* ---- the HTTP half --------------------------------------------------------------------------- */

static int ask(struct asking *a, struct error **err)
{
    MC_CLEANUP(http_client_cleanup) struct http_client *client = NULL;
    AUTO_STRLIST headers = STRLIST_INIT;
    /* The far end closes when all is said, which ends the forwarding. */
    strlist_add(&headers, "Connection: close");
    struct http_request request = {
        .url = a->url,
        .headers = &headers,
        .max_response = KUBE_FORWARD_MAX_ANSWER,
        .timeout_ms = a->timeout_ms,
        .once = true,
    };
    if (http_client_new(&a->options, &client, err) < 0)
        return -1;
    return http_send(client, &request, &a->response, err);
}

static void *ask_in_thread(void *arg)
{
    struct asking *a = arg;
    (void)ask(a, &a->error);
    /* The other half need not wait for a connection that does not come, nor for more to carry. */
    shutdown(a->listener, SHUT_RDWR);
    cancel_set(a->done);
    return NULL;
}

/* ---- the WebSocket half ---------------------------------------------------------------------- */

static char *url_dup(const struct kube_client *c, const char *namespace_, const char *pod,
                     unsigned port)
{
    struct buf url = BUF_INIT;
    buf_appendf(&url, "%s/api/v1/namespaces/", kube_client_config(c)->server);
    http_append_escaped(&url, namespace_);
    buf_appends(&url, "/pods/");
    http_append_escaped(&url, pod);
    buf_appendf(&url, "/portforward?ports=%u", port);
    return buf_detach(&url, NULL);
}

static int open_forward(struct forward *f, const char *url, struct websocket **ret_ws,
                        struct error **err)
{
    AUTO_STRLIST protocols = STRLIST_INIT;
    AUTO_HTTP_RESPONSE refusal = {0};
    AUTO_ERROR struct error *failure = NULL;
    strlist_add(&protocols, FORWARD_PROTOCOL);
    if (websocket_open(&f->options, url, f->headers, &protocols, clock_left_ms(f->deadline_ms),
                       ret_ws, &refusal, &failure) == 0) {
        if (*websocket_protocol(*ret_ws))
            return 0;
        websocket_free(TAKE(*ret_ws));
        return error_set(err, ERROR_REMOTE, "the server does not speak " FORWARD_PROTOCOL);
    }
    f->is_rejected = refusal.status == 401;
    if (refusal.status == 0 || refusal.status / 100 == 2) {
        *err = TAKE(failure);
        return -1;
    }
    AUTO_KUBE_STATUS status = {0};
    kube_status_read(&refusal, &status);
    return kube_status_error(&status, refusal.retry_after_ms, err);
}

/* The head of the request, up to its empty line; it has no body. Less when the HTTP
 * half gave up. */
static void read_request(struct forward *f, struct buf *out)
{
    char block[2048];
    while (out->len < MAX_REQUEST && !text_find(buf_str(out), out->len, "\r\n\r\n", 4)) {
        ssize_t n = recv(f->fd, block, sizeof(block), 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        buf_append(out, block, (size_t)n);
    }
}

static int send_request(struct forward *f, struct websocket *ws, struct error **err)
{
    AUTO_BUF message = BUF_INIT, request = BUF_INIT;
    read_request(f, &request);
    buf_appendc(&message, FORWARD_DATA);
    buf_append(&message, request.data, request.len);
    return request.len ? websocket_send(ws, message.data, message.len, true, err) : 0;
}

/* Whether the HTTP half still listens. */
static bool hand_over(struct forward *f, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t n = send(f->fd, data, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

/* Until the far end closes, which it does when the answer is out, or the HTTP half has
 * all of it. */
static int carry(struct forward *f, struct websocket *ws, struct error **err)
{
    AUTO_BUF message = BUF_INIT;
    const char *data;
    size_t len;
    if (f->fd < 0)
        return 0;
    if (send_request(f, ws, err) < 0)
        return -1;
    for (;;) {
        int got = websocket_receive(ws, f->deadline_ms, &message, NULL, NULL, err);
        if (got <= 0)
            return got;
        if (forward_channels_take(&f->channels, &message, &data, &len) && !hand_over(f, data, len))
            return 0;
    }
}

/* ---- both ------------------------------------------------------------------------------------ */

/* What the API server said about the far end, or NULL. Yours to free. */
static char *said_dup(const struct forward *f)
{
    struct buf text = BUF_INIT_MAX(2 * FORWARD_MAX_ERROR);
    if (!f->channels.error_text.len)
        return NULL;
    text_append_clean(&text, f->channels.error_text.data, f->channels.error_text.len);
    return buf_detach(&text, NULL);
}

static int say_failure(const struct forward *f, struct asking *a, struct error **carried,
                       struct error **err)
{
    bool is_mute = !*carried || (*carried)->kind == ERROR_CANCELLED;
    AUTO_FREE char *said = said_dup(f);
    if (said)
        return error_set(err, ERROR_REMOTE, "%s", said);
    if ((is_mute ? a->error : *carried)->kind == ERROR_TIMEOUT)
        return error_set(err, ERROR_TIMEOUT, "%s was not answered in time", f->ask->path);
    *err = is_mute ? TAKE(a->error) : TAKE(*carried);
    return -1;
}

/* The WebSocket half, in this thread. */
static int forward(struct forward *f, const struct listener *listener, const char *url,
                   struct error **err)
{
    AUTO_WEBSOCKET struct websocket *ws = NULL;
    if (open_forward(f, url, &ws, err) < 0)
        return -1;
    f->fd = listener_accept(listener);
    int rc = carry(f, ws, err);
    if (f->fd >= 0)
        close(f->fd);
    return rc;
}

static int exchange(struct forward *f, struct asking *a, const char *url, struct error **err)
{
    MC_CLEANUP(listener_release) struct listener listener = {.fd = -1};
    AUTO_ERROR struct error *carried = NULL;
    pthread_t thread;
    if (listener_open(&listener, err) < 0)
        return -1;
    a->listener = listener.fd;
    a->options.abstract_socket = listener.address.sun_path + 1;
    a->timeout_ms = clock_left_ms(f->deadline_ms);
    int rc = pthread_create(&thread, NULL, ask_in_thread, a);
    if (rc != 0)
        return error_errno(err, ERROR_INTERNAL, rc, "start a thread");
    (void)forward(f, &listener, url, &carried);
    /* A connection that has not been accepted would wait for an answer. */
    shutdown(listener.fd, SHUT_RDWR);
    int late = f->fd < 0 ? listener_accept(&listener) : -1;
    if (late >= 0)
        close(late);
    pthread_join(thread, NULL);
    /* An answer that is whole is one, however the forwarding ended. */
    return a->error ? say_failure(f, a, &carried, err) : 0;
}

static int judge(const struct http_response *r, const char *path, struct buf *out,
                 struct error **err)
{
    if (r->status / 100 == 2) {
        buf_append(out, r->body.data, r->body.len);
        return 0;
    }
    AUTO_BUF text = BUF_INIT_MAX(2 * FORWARD_MAX_ERROR);
    const char *body = buf_str((struct buf *)(uintptr_t)&r->body);
    size_t line = strcspn(body, "\n");
    text_append_clean(&text, body, line < FORWARD_MAX_ERROR ? line : FORWARD_MAX_ERROR);
    return error_set(err, ERROR_REMOTE, "%s: HTTP %d%s%s", path, r->status, text.len ? ": " : "",
                     buf_str(&text));
}

static int get(struct forward *f, const char *url, struct error **err)
{
    AUTO_FREE char *inner = mem_printf("http://127.0.0.1:%u%s", f->ask->port, f->ask->path);
    struct asking a = {.url = inner, .options.cancel = f->cancel};
    if (cancel_init(&f->done) < 0)
        return error_errno(err, ERROR_INTERNAL, errno, "make a pipe");
    a.done = &f->done;
    f->options.cancel = &f->done;
    int rc = exchange(f, &a, url, err);
    if (rc == 0)
        rc = judge(&a.response, f->ask->path, &f->ask->answer, err);
    cancel_release(&f->done);
    http_response_release(&a.response);
    error_free(a.error);
    return rc;
}

/* ---- certificates ---------------------------------------------------------------------------- */

/* One step of the handshake; 1 when the certificates are known. */
static int shake(struct tls_look *tls, struct websocket *ws, const char *data, size_t len,
                 struct error **err)
{
    AUTO_BUF message = BUF_INIT;
    bool done = false;
    buf_appendc(&message, FORWARD_DATA);
    int rc = tls_look_step(tls, data, len, &message, &done, err);
    if (rc == 0 && message.len > 1)
        rc = websocket_send(ws, message.data, message.len, true, err);
    return rc < 0 ? -1 : done;
}

static int shake_until_known(struct forward *f, struct tls_look *tls, struct websocket *ws,
                             struct error **err)
{
    AUTO_BUF message = BUF_INIT;
    const char *data;
    size_t len;
    int rc = shake(tls, ws, NULL, 0, err);
    while (rc == 0) {
        int got = websocket_receive(ws, f->deadline_ms, &message, NULL, NULL, err);
        if (got < 0)
            return -1;
        if (got == 0)
            return error_set(err, ERROR_REMOTE, "the connection was closed in the TLS handshake");
        if (forward_channels_take(&f->channels, &message, &data, &len))
            rc = shake(tls, ws, data, len, err);
        else if (f->channels.error_text.len)
            return error_set(err, ERROR_REMOTE, "no connection");
    }
    return rc < 0 ? -1 : 0;
}

static int look(struct forward *f, const char *url, struct error **err)
{
    MC_CLEANUP(tls_look_cleanup) struct tls_look *tls = NULL;
    AUTO_WEBSOCKET struct websocket *ws = NULL;
    AUTO_ERROR struct error *failure = NULL;
    f->options.cancel = f->cancel;
    if (tls_look_new(f->ask->server_name, MESH_PROTOCOLS, &tls, err) < 0 ||
        open_forward(f, url, &ws, err) < 0)
        return -1;
    /* What comes after the certificates (it wants ours, too) does not matter. */
    if (shake_until_known(f, tls, ws, &failure) == 0 ||
        (tls_look_has_chain(tls) && failure->kind == ERROR_REMOTE))
        return tls_look_chain(tls, &f->ask->answer, err);
    AUTO_FREE char *said = said_dup(f);
    if (said && failure->kind == ERROR_REMOTE)
        return error_set(err, ERROR_REMOTE, "%s", said);
    if (failure->kind == ERROR_TIMEOUT)
        return error_set(err, ERROR_TIMEOUT, "no TLS handshake in time");
    *err = TAKE(failure);
    return -1;
}

/* ---- many ------------------------------------------------------------------------------------ */

/* What the threads of one round share. */
struct round {
    struct kube_client *client;
    const struct http_options *options;
    const struct strlist *headers;
    struct kube_forward_ask *asks;
    size_t count;
    bool *rejected; /* one an ask; asked in this round: those that are set */
    atomic_size_t next;
};

static void ask_one(const struct round *r, size_t at)
{
    struct kube_forward_ask *ask = &r->asks[at];
    struct kube_client *c = r->client;
    struct kube_ref ref = {"v1", "Pod", ask->namespace_, ask->pod};
    AUTO_FREE char *url = url_dup(c, ask->namespace_, ask->pod, ask->port);
    int64_t limit_ms = kube_limit_ms(ask->timeout_ms > 0 ? ask->timeout_ms : DEFAULT_TIMEOUT_MS,
                                     c->options.deadline_ms);
    struct forward f = {.ask = ask,
                        .headers = r->headers,
                        .options = *r->options,
                        .cancel = c->options.cancel,
                        .deadline_ms = clock_now_ms() + limit_ms,
                        .fd = -1,
                        .channels = FORWARD_CHANNELS_INIT};
    error_clear(&ask->error);
    int rc = (ask->path ? get : look)(&f, url, &ask->error);
    if (rc == 0 && ask->take) {
        rc = ask->take(ask->ctx, &ask->answer, &ask->error);
        buf_release(&ask->answer);
    }
    if (rc < 0)
        (void)kube_error_ref(c, "ask", &ref, &ask->error);
    r->rejected[at] = f.is_rejected;
    forward_channels_release(&f.channels);
}

static void *ask_some(void *arg)
{
    struct round *r = arg;
    for (;;) {
        size_t at = atomic_fetch_add(&r->next, 1);
        if (at >= r->count)
            return NULL;
        if (r->rejected[at])
            ask_one(r, at);
    }
}

/* This thread and as many others as help. */
static void ask_all(struct round *r)
{
    pthread_t threads[KUBE_FORWARD_PARALLEL - 1];
    size_t started = 0;
    while (started + 1 < r->count && started < MC_ARRAY_LEN(threads) &&
           pthread_create(&threads[started], NULL, ask_some, r) == 0)
        started++;
    ask_some(r);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static bool any(const bool *flags, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (flags[i])
            return true;
    return false;
}

int kube_forward_many(struct kube_client *c, struct kube_forward_ask *asks, size_t count,
                      struct error **err)
{
    AUTO_FREE bool *rejected = mem_array(count, sizeof(*rejected));
    c->requests += count;
    for (size_t i = 0; i < count; i++)
        rejected[i] = true;
    /* A second time with other credentials, where there may be some. */
    for (int tries = 0; tries < 2 && any(rejected, count); tries++) {
        AUTO_KUBE_HEADERS headers = STRLIST_INIT;
        if (tries && !kube_auth_reject(c->auth))
            break;
        if (kube_auth_headers(c, &headers, err) < 0)
            return -1;
        struct round round = {.client = c,
                              .options = kube_http_options(c),
                              .headers = &headers,
                              .asks = asks,
                              .count = count,
                              .rejected = rejected};
        ask_all(&round);
    }
    for (size_t i = 0; i < count; i++) {
        if (asks[i].error && asks[i].error->kind == ERROR_CANCELLED) {
            *err = error_dup(asks[i].error);
            return -1;
        }
    }
    return 0;
}

void kube_forward_release(struct kube_forward_ask *asks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_release(&asks[i].answer);
        error_free(TAKE(asks[i].error));
    }
}

int kube_forward_get(struct kube_client *c, const char *namespace_, const char *pod, unsigned port,
                     const char *path, int64_t timeout_ms, struct buf *out, struct error **err)
{
    struct kube_forward_ask ask = {
        .namespace_ = namespace_, .pod = pod, .port = port, .path = path, .timeout_ms = timeout_ms};
    int rc = kube_forward_many(c, &ask, 1, err);
    if (rc == 0 && ask.error) {
        *err = TAKE(ask.error);
        rc = -1;
    }
    if (rc == 0)
        buf_append(out, ask.answer.data, ask.answer.len);
    kube_forward_release(&ask, 1);
    return rc;
}
