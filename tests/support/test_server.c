#include "test_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_HEAD ((size_t)64 * 1024)

struct test_conn {
    struct test_server *server;
    pthread_t thread;
    int number;
    int fd;
    SSL *ssl;      /* NULL: plain */
    struct buf in; /* read, not yet used */
};

struct test_server {
    struct test_server_options options;
    SSL_CTX *tls;
    int listener;
    int stop_pipe[2]; /* readable once stopping */
    int port;
    char *url;
    pthread_t thread;
    pthread_mutex_t lock; /* guards conns, conn_count and the fds in them */
    struct test_conn *conns[TEST_SERVER_MAX_CONNECTIONS];
    int conn_count;
    atomic_int requests;
};

static void must(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    ERR_print_errors_fp(stderr);
    abort();
}

/* ---- bytes ---- */

bool test_conn_write(struct test_conn *c, const void *data, size_t len)
{
    const char *p = data;
    while (len) {
        ssize_t n = c->ssl ? SSL_write(c->ssl, p, (int)len) : send(c->fd, p, len, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

bool test_conn_printf(struct test_conn *c, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    AUTO_FREE char *text = mem_vprintf(fmt, ap);
    va_end(ap);
    return test_conn_write(c, text, strlen(text));
}

bool test_conn_reply_bytes(struct test_conn *c, int status, const char *headers, const void *body,
                           size_t len)
{
    AUTO_BUF out = BUF_INIT;
    buf_appendf(&out, "HTTP/1.1 %d Scripted\r\n%s", status, headers ? headers : "");
    /* RFC 9110 8.6: no Content-Length with these. */
    if (status / 100 != 1 && status != 204)
        buf_appendf(&out, "Content-Length: %zu\r\n", len);
    buf_appends(&out, "\r\n");
    buf_append(&out, body, len);
    return test_conn_write(c, out.data, out.len);
}

bool test_conn_reply(struct test_conn *c, int status, const char *headers, const char *body)
{
    return test_conn_reply_bytes(c, status, headers, body, strlen(body));
}

bool test_conn_chunk(struct test_conn *c, const char *text)
{
    return test_conn_printf(c, "%zx\r\n%s\r\n", strlen(text), text);
}

/* Adds what has come to `in`; false at the end. */
static bool fill(struct test_conn *c)
{
    char block[16384];
    ssize_t n =
        c->ssl ? SSL_read(c->ssl, block, sizeof(block)) : recv(c->fd, block, sizeof(block), 0);
    if (n <= 0)
        return false;
    buf_append(&c->in, block, (size_t)n);
    return !c->in.overflow;
}

static void consume(struct test_conn *c, size_t len)
{
    memmove(c->in.data, c->in.data + len, c->in.len - len);
    buf_truncate(&c->in, c->in.len - len);
}

bool test_conn_read(struct test_conn *c, void *data, size_t len)
{
    while (c->in.len < len)
        if (!fill(c))
            return false;
    memcpy(data, c->in.data, len);
    consume(c, len);
    return true;
}

bool test_conn_pause(struct test_conn *c, int ms)
{
    struct pollfd stop = {.fd = c->server->stop_pipe[0], .events = POLLIN};
    return poll(&stop, 1, ms) == 0;
}

void test_conn_reset(struct test_conn *c)
{
    struct linger now = {.l_onoff = 1};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    SSL_free(c->ssl);
    c->ssl = NULL;
    pthread_mutex_lock(&c->server->lock);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->lock);
}

/* ---- requests ---- */

const char *test_request_header(const struct test_request *r, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < r->headers.count; i++) {
        const char *line = r->headers.items[i];
        if (strncasecmp(line, name, len) == 0 && line[len] == ':')
            return line + len + 1 + strspn(line + len + 1, " \t");
    }
    return NULL;
}

static void release_request(struct test_request *r)
{
    free(r->method);
    free(r->target);
    strlist_release(&r->headers);
    buf_release(&r->body);
}

static bool parse_head(char *head, struct test_request *r)
{
    char *line_end = strstr(head, "\r\n");
    if (!line_end)
        return false;
    *line_end = '\0';
    char *target = strchr(head, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version)
        return false;
    r->method = mem_strndup(head, (size_t)(target - head));
    r->target = mem_strndup(target + 1, (size_t)(version - target - 1));
    for (char *line = line_end + 2; *line;) {
        char *end = strstr(line, "\r\n");
        size_t len = end ? (size_t)(end - line) : strlen(line);
        strlist_add_take(&r->headers, mem_strndup(line, len));
        line += len + (end ? 2 : 0);
    }
    return true;
}

static bool read_request(struct test_conn *c, struct test_request *r)
{
    char *end;
    while (!(end = c->in.len ? strstr(c->in.data, "\r\n\r\n") : NULL)) {
        if (c->in.len > MAX_HEAD || !fill(c))
            return false;
        /* A TLS hello at a plain port: answered as Go's and nginx's servers do. */
        if (c->in.data[0] == 0x16) {
            test_conn_reply(c, 400, NULL, "");
            return false;
        }
    }
    size_t head_len = (size_t)(end - c->in.data);
    AUTO_FREE char *head = mem_strndup(c->in.data, head_len);
    consume(c, head_len + 4);
    if (!parse_head(head, r))
        return false;
    r->connection = c->number;
    const char *length = test_request_header(r, "Content-Length");
    size_t left = length ? strtoul(length, NULL, 10) : 0;
    while (c->in.len < left)
        if (!fill(c))
            return false;
    buf_append(&r->body, c->in.data, left);
    if (left)
        consume(c, left);
    return true;
}

static bool serve_one(struct test_conn *c)
{
    struct test_request r = {.body = BUF_INIT_MAX(TEST_SERVER_MAX_BODY)};
    bool keep = read_request(c, &r);
    if (keep) {
        atomic_fetch_add(&c->server->requests, 1);
        keep = c->server->options.handler(c->server->options.ctx, c, &r);
    }
    release_request(&r);
    return keep && c->fd >= 0;
}

/* ---- connections ---- */

static bool shake_hands(struct test_conn *c)
{
    char block[4096];
    if (!c->server->tls)
        return true;
    c->ssl = SSL_new(c->server->tls);
    SSL_set_fd(c->ssl, c->fd);
    if (SSL_accept(c->ssl) == 1)
        return true;
    /* A close with bytes unread would be a reset, which may overtake the alert. */
    shutdown(c->fd, SHUT_WR);
    while (recv(c->fd, block, sizeof(block), 0) > 0)
        ;
    SSL_free(c->ssl);
    c->ssl = NULL;
    return false;
}

static void *serve(void *arg)
{
    struct test_conn *c = arg;
    bool ready = shake_hands(c);
    while (ready && serve_one(c))
        ;
    if (c->ssl) {
        SSL_shutdown(c->ssl);
        SSL_free(c->ssl);
        c->ssl = NULL;
    }
    pthread_mutex_lock(&c->server->lock);
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->lock);
    return NULL;
}

static void take_connection(struct test_server *s, int fd)
{
    int on = 1;
    struct timeval limit = {.tv_sec = TEST_SERVER_IO_S};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    must(s->conn_count < TEST_SERVER_MAX_CONNECTIONS, "too many connections");
    struct test_conn *c = mem_zalloc(sizeof(*c));
    *c = (struct test_conn){.server = s, .fd = fd, .number = s->conn_count};
    c->in.max = TEST_SERVER_MAX_BODY;
    pthread_mutex_lock(&s->lock);
    s->conns[s->conn_count++] = c;
    must(pthread_create(&c->thread, NULL, serve, c) == 0, "pthread_create");
    pthread_mutex_unlock(&s->lock);
}

static void *accept_loop(void *arg)
{
    struct test_server *s = arg;
    struct pollfd fds[2] = {{.fd = s->listener, .events = POLLIN},
                            {.fd = s->stop_pipe[0], .events = POLLIN}};
    while (poll(fds, 2, -1) > 0 && !fds[1].revents) {
        int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd >= 0)
            take_connection(s, fd);
    }
    return NULL;
}

/* ---- TLS ---- */

static void use_identity(SSL_CTX *ctx, const struct test_cert *cert)
{
    BIO *bio = BIO_new_mem_buf(cert->cert_pem, -1);
    X509 *x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    bio = BIO_new_mem_buf(cert->key_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    BIO_free(bio);
    must(x && key && SSL_CTX_use_certificate(ctx, x) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1,
         "server certificate");
    X509_free(x);
    EVP_PKEY_free(key);
}

static SSL_CTX *tls_new(const struct test_server_options *options)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    must(ctx != NULL, "SSL_CTX_new");
    use_identity(ctx, options->cert);
    if (!options->client_ca_pem)
        return ctx;
    BIO *bio = BIO_new_mem_buf(options->client_ca_pem, -1);
    X509 *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    BIO_free(bio);
    must(ca && X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca) == 1, "client authority");
    X509_free(ca);
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return ctx;
}

/* ---- start and stop ---- */

struct test_server *test_server_start(const struct test_server_options *options)
{
    struct test_server *s = mem_zalloc(sizeof(*s));
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    s->options = *options;
    if (options->cert)
        s->tls = tls_new(options);
    /* SSL_write has no MSG_NOSIGNAL. */
    signal(SIGPIPE, SIG_IGN);
    pthread_mutex_init(&s->lock, NULL);
    must(pipe2(s->stop_pipe, O_CLOEXEC) == 0, "pipe2");
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    must(s->listener >= 0 && bind(s->listener, (struct sockaddr *)&address, len) == 0 &&
             listen(s->listener, 128) == 0 &&
             getsockname(s->listener, (struct sockaddr *)&address, &len) == 0,
         "listen");
    s->port = ntohs(address.sin_port);
    s->url = mem_printf("%s://127.0.0.1:%d", s->tls ? "https" : "http", s->port);
    must(pthread_create(&s->thread, NULL, accept_loop, s) == 0, "pthread_create");
    return s;
}

void test_server_stop(struct test_server *s)
{
    if (!s)
        return;
    must(write(s->stop_pipe[1], "", 1) == 1, "stop");
    pthread_join(s->thread, NULL);
    close(s->listener);
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->conn_count; i++)
        if (s->conns[i]->fd >= 0)
            shutdown(s->conns[i]->fd, SHUT_RDWR);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < s->conn_count; i++) {
        pthread_join(s->conns[i]->thread, NULL);
        buf_release(&s->conns[i]->in);
        free(s->conns[i]);
    }
    close(s->stop_pipe[0]);
    close(s->stop_pipe[1]);
    SSL_CTX_free(s->tls);
    pthread_mutex_destroy(&s->lock);
    free(s->url);
    free(s);
}

const char *test_server_url(const struct test_server *s)
{
    return s->url;
}

int test_server_port(const struct test_server *s)
{
    return s->port;
}

int test_server_connections(struct test_server *s)
{
    pthread_mutex_lock(&s->lock);
    int count = s->conn_count;
    pthread_mutex_unlock(&s->lock);
    return count;
}

int test_server_requests(struct test_server *s)
{
    return atomic_load(&s->requests);
}
