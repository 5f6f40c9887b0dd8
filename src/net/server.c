/* Pages for a browser, by libmicrohttpd. */
#include "meshctl/net/server.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lazy_microhttpd.h"
#include "listen.h"

#define MAX_CONNECTIONS 32U
#define IDLE_S 10U
#define MAX_HEAD ((size_t)32 * 1024)

struct page {
    char *path;
    struct MHD_Response
        *response; /* counted: one that is being sent lives on when it is replaced */
};

struct http_server {
    const struct lazy_microhttpd *lib;
    struct MHD_Daemon *daemon;
    char *url;
    bool is_local;
    pthread_mutex_t lock; /* of all below */
    struct page pages[HTTP_SERVER_MAX_PAGES];
    size_t count;
    uint64_t requests;
};

/* What every answer says: nobody else's page may show it in a frame or read it, and no proxy keep it. */
static void add_headers(const struct lazy_microhttpd *lib, struct MHD_Response *r, const char *type)
{
    static const char *const headers[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Content-Security-Policy", "frame-ancestors 'none'"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Cache-Control", "no-store"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(headers); i++)
        (void)lib->add_response_header(r, headers[i][0], headers[i][1]);
    (void)lib->add_response_header(r, "Content-Type", type);
}

static enum MHD_Result refuse(const struct http_server *s, struct MHD_Connection *c,
                              unsigned status, const char *why)
{
    struct MHD_Response *r = s->lib->create_response_from_buffer(
        strlen(why), (void *)(uintptr_t)why, MHD_RESPMEM_PERSISTENT);
    if (!r)
        return MHD_NO;
    add_headers(s->lib, r, "text/plain");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)s->lib->add_response_header(r, "Allow", "GET, HEAD");
    enum MHD_Result rc = s->lib->queue_response(c, status, r);
    s->lib->destroy_response(r);
    return rc;
}

static enum MHD_Result send_page(struct http_server *s, struct MHD_Connection *c, const char *path)
{
    enum MHD_Result rc = MHD_NO;
    bool is_found = false;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < s->count && !is_found; i++) {
        if (strcmp(s->pages[i].path, path) != 0)
            continue;
        is_found = true;
        s->requests++;
        rc = s->lib->queue_response(c, MHD_HTTP_OK, s->pages[i].response);
    }
    pthread_mutex_unlock(&s->lock);
    return is_found ? rc : refuse(s, c, MHD_HTTP_NOT_FOUND, "There is no such page.\n");
}

/* Called when a request's head was read, and again when all of it was. */
static enum MHD_Result answer(void *ctx, struct MHD_Connection *c, const char *path,
                              const char *method, const char *version, const char *data,
                              size_t *data_len, void **request)
{
    static char seen;
    struct http_server *s = ctx;
    (void)version;
    (void)data;
    const char *host = s->lib->lookup_connection_value(c, MHD_HEADER_KIND, "Host");
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return refuse(s, c, MHD_HTTP_METHOD_NOT_ALLOWED, "This is only to be looked at.\n");
    if (!host || !net_is_plain_host(host))
        return refuse(s, c, MHD_HTTP_FORBIDDEN, "Only asked for by its address or as localhost.\n");
    if (!*request) {
        *request = &seen;
        return MHD_YES;
    }
    *data_len = 0; /* a body that a GET came with */
    return send_page(s, c, path);
}

int http_server_new(const char *address, struct http_server **ret_server, struct error **err)
{
    const struct lazy_microhttpd *lib = lazy_microhttpd_load(err);
    int fd = -1;
    bool is_local = false;
    AUTO_FREE char *url = NULL;
    if (!lib || net_listen(address, &fd, &url, &is_local, err) < 0)
        return -1;
    struct http_server *s = mem_zalloc(sizeof(*s));
    s->lib = lib;
    s->is_local = is_local;
    pthread_mutex_init(&s->lock, NULL);
    s->daemon = lib->start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0,
                                  NULL, NULL, answer, s, MHD_OPTION_LISTEN_SOCKET, fd,
                                  MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS,
                                  MHD_OPTION_CONNECTION_TIMEOUT, IDLE_S,
                                  MHD_OPTION_CONNECTION_MEMORY_LIMIT, MAX_HEAD, MHD_OPTION_END);
    if (!s->daemon) {
        close(fd);
        pthread_mutex_destroy(&s->lock);
        free(s);
        return error_set(err, ERROR_INTERNAL, "the server for %s could not be started", url);
    }
    s->url = TAKE(url);
    *ret_server = s;
    return 0;
}

void http_server_free(struct http_server *s)
{
    if (!s)
        return;
    s->lib->stop_daemon(s->daemon);
    for (size_t i = 0; i < s->count; i++) {
        s->lib->destroy_response(s->pages[i].response);
        free(s->pages[i].path);
    }
    pthread_mutex_destroy(&s->lock);
    free(s->url);
    free(s);
}

const char *http_server_url(const struct http_server *s)
{
    return s->url;
}

bool http_server_is_local(const struct http_server *s)
{
    return s->is_local;
}

static struct page *page_at(struct http_server *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++)
        if (strcmp(s->pages[i].path, path) == 0)
            return &s->pages[i];
    if (s->count == HTTP_SERVER_MAX_PAGES)
        return NULL;
    s->pages[s->count].path = mem_strdup(path);
    return &s->pages[s->count++];
}

void http_server_put(struct http_server *s, const char *path, const char *type, struct buf *content)
{
    size_t len = 0;
    char *bytes = buf_detach(content, &len);
    struct MHD_Response *response =
        s->lib->create_response_from_buffer(len, bytes, MHD_RESPMEM_MUST_FREE);
    if (!response) { /* out of memory: the old page stays */
        free(bytes);
        return;
    }
    add_headers(s->lib, response, type);
    pthread_mutex_lock(&s->lock);
    struct page *page = page_at(s, path);
    struct MHD_Response *old = page ? page->response : response;
    if (page)
        page->response = response;
    pthread_mutex_unlock(&s->lock);
    if (old)
        s->lib->destroy_response(old);
}

uint64_t http_server_requests(struct http_server *s)
{
    pthread_mutex_lock(&s->lock);
    uint64_t n = s->requests;
    pthread_mutex_unlock(&s->lock);
    return n;
}
