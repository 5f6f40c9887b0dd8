/* One request on one handle, from its start to its result. */
#include "transfer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "failure.h"
#include "headers.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"

#define DEFAULT_MAX_RESPONSE ((size_t)64 * 1024 * 1024)
#define DEFAULT_TIMEOUT_MS 60000
/* A download that stands still this long has died, whatever its time limit. Streams
 * may be silent. */
#define STALLED_S 60L

/* Of all transfers of the process. */
static atomic_size_t held_by_all;

static size_t refuse(struct transfer *t, const char *what, size_t limit)
{
    t->too_big = what;
    t->limit = limit;
    return CURL_WRITEFUNC_ERROR;
}

void transfer_let_go(size_t held)
{
    atomic_fetch_sub(&held_by_all, held);
}

static size_t on_header(char *data, size_t one, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t len = one * count;
    t->header_bytes += len;
    *t->received += len;
    if (t->header_bytes > HEADERS_MAX_BYTES)
        return refuse(t, "the header is", HEADERS_MAX_BYTES);
    headers_take_line(&t->result->response, t->request->wants_header, data, len);
    return len;
}

static size_t on_body(char *data, size_t one, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    struct http_response *response = &t->result->response;
    size_t len = one * count;
    *t->received += len;
    if (t->request->on_data && response->status / 100 == 2) {
        if (t->request->on_data(t->request->ctx, data, len) == 0)
            return len;
        t->stopped = true;
        return CURL_WRITEFUNC_ERROR;
    }
    bool is_refusal = response->status / 100 != 2;
    response->body.max = is_refusal ? HTTP_MAX_REFUSAL : t->max_response;
    t->held += len;
    if (atomic_fetch_add(&held_by_all, len) + len > HTTP_MAX_HELD)
        return refuse(t, "the answers that are under way at once are", HTTP_MAX_HELD);
    buf_append(&response->body, data, len);
    if (!response->body.overflow)
        return len;
    if (!is_refusal)
        return refuse(t, "the answer is", t->max_response);
    /* Its status says the most. */
    t->stopped = true;
    return CURL_WRITEFUNC_ERROR;
}

static size_t on_read(char *out, size_t one, size_t count, void *ctx)
{
    struct transfer *t = ctx;
    size_t left = t->request->body_len - t->body_read, room = one * count;
    size_t n = left < room ? left : room;
    if (n)
        memcpy(out, (const char *)t->request->body + t->body_read, n);
    t->body_read += n;
    return n;
}

/* When a kept connection dies without an answer, libcurl sends the request once more on a new one.
 * A POST, or what goes out `once`, may have been done by then, and only the caller knows whether it
 * may be done twice: so when some of the body is out, it cannot be wound back. */
static int on_seek(void *ctx, curl_off_t offset, int origin)
{
    struct transfer *t = ctx;
    return origin == SEEK_SET && offset == 0 && t->body_read == 0 ? CURL_SEEKFUNC_OK
                                                                  : CURL_SEEKFUNC_FAIL;
}

int transfer_new(const struct http_options *options, struct transfer **ret_transfer,
                 struct error **err)
{
    struct transfer *t = mem_zalloc(sizeof(*t));
    t->options = options;
    if (handle_new(options, t->error_text, &t->easy, err) < 0) {
        free(t);
        return -1;
    }
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
    *ret_transfer = t;
    return 0;
}

/* Header lines may hold a token. */
static void wipe_headers(struct transfer *t)
{
    for (struct curl_slist *h = t->headers; h; h = h->next)
        mem_wipe(h->data, strlen(h->data));
    curl_slist_free_all(t->headers);
    t->headers = NULL;
}

static void forget_request(struct transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, NULL);
    curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, NULL);
    wipe_headers(t);
    target_release(&t->target);
    t->request = NULL;
    t->result = NULL;
}

void transfer_free(struct transfer *t)
{
    curl_easy_cleanup(t->easy);
    wipe_headers(t);
    target_release(&t->target);
    free(t);
}

static void add_header(struct transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);
    if (longer)
        t->headers = longer;
}

static void set_headers(struct transfer *t)
{
    const struct strlist *given = t->request->headers;
    bool has_type = false;
    for (size_t i = 0; given && i < given->count; i++) {
        has_type = has_type || strncasecmp(given->items[i], "content-type:", 13) == 0;
        add_header(t, given->items[i]);
    }
    /* No guess at the type, and no round trip for 100-continue. */
    if (t->request->body && !has_type)
        add_header(t, "Content-Type:");
    if (t->request->body)
        add_header(t, "Expect:");
    if (t->target.connect_to) {
        AUTO_FREE char *host = mem_printf("Host: %s", t->target.authority);
        add_header(t, host);
    }
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

static void set_method(struct transfer *t)
{
    const struct http_request *r = t->request;
    const char *method = r->method ? r->method : "GET";
    bool post = strcmp(method, "POST") == 0, get = strcmp(method, "GET") == 0;
    bool head = strcmp(method, "HEAD") == 0;
    curl_easy_setopt(t->easy, CURLOPT_HTTPGET, 1L);
    if (r->body || post) {
        curl_easy_setopt(t->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
        /* Without fields it is on_read that gives the body. */
        curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, post || r->once ? NULL : r->body);
    }
    if (head)
        curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
    bool known = post || head || (get && !r->body);
    curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, known ? NULL : method);
}

static void set_limits(struct transfer *t)
{
    const struct http_request *r = t->request;
    int64_t timeout_ms = r->timeout_ms > 0 ? r->timeout_ms : DEFAULT_TIMEOUT_MS;
    if (r->deadline_ms && clock_left_ms(r->deadline_ms) < timeout_ms)
        timeout_ms = clock_left_ms(r->deadline_ms);
    t->max_response = r->max_response ? r->max_response : DEFAULT_MAX_RESPONSE;
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, timeout_ms > 0 ? (long)timeout_ms : 1L);
    curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_LIMIT, r->on_data ? 0L : 1L);
    curl_easy_setopt(t->easy, CURLOPT_LOW_SPEED_TIME, r->on_data ? 0L : STALLED_S);
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, r->follow_redirects ? 1L : 0L);
    curl_easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR,
                     text_has_prefix(t->target.public_url, "https:") ? "https" : "http,https");
    curl_easy_setopt(t->easy, CURLOPT_ACCEPT_ENCODING, r->accept_gzip ? "gzip" : NULL);
}

static int check_head(const struct transfer *t, struct error **err)
{
    const struct strlist *given = t->request->headers;
    size_t len = strlen(t->target.url);
    for (size_t i = 0; given && i < given->count; i++)
        len += strlen(given->items[i]) + 2;
    if (len <= HTTP_MAX_HEAD)
        return 0;
    error_set(err, ERROR_INPUT,
              "request to %s: its headers take %zu bytes, more than the %zu that can be sent",
              t->target.place, len, HTTP_MAX_HEAD);
    return error_hint(err, "is the token of the user longer than it should be?");
}

int transfer_begin(struct transfer *t, const struct http_request *request,
                   struct http_result *result, size_t *received)
{
    t->request = request;
    t->received = received;
    t->result = result;
    t->header_bytes = t->body_read = t->held = 0;
    t->stopped = false;
    t->too_big = NULL;
    t->error_text[0] = '\0';
    t->started_ms = clock_now_ms();
    const struct net_tls *tls = t->options->tls;
    if (target_parse(request->url, tls, &t->target, &result->error) < 0 ||
        check_head(t, &result->error) < 0 ||
        handle_aim(t->easy, t->options, &t->target, &result->error) < 0) {
        forget_request(t);
        return -1;
    }
    set_method(t);
    set_headers(t);
    set_limits(t);
    return 0;
}

static void log_end(const struct transfer *t, int64_t elapsed_ms)
{
    const char *method = t->request->method ? t->request->method : "GET";
    if (t->result->error)
        log_at(1, "%s %s failed in %lld ms: %s", method, t->target.public_url,
               (long long)elapsed_ms, t->result->error->message);
    else
        log_at(1, "%s %s -> %d in %lld ms", method, t->target.public_url,
               t->result->response.status, (long long)elapsed_ms);
}

static void report(struct transfer *t, CURLcode code, int64_t elapsed_ms)
{
    struct error **err = &t->result->error;
    if (t->too_big) {
        error_set(err, ERROR_REMOTE, "%s: %s larger than %zu bytes", t->target.public_url,
                  t->too_big, t->limit);
        return;
    }
    struct failure failure = {.easy = t->easy,
                              .code = code,
                              .text = t->error_text,
                              .target = &t->target,
                              .tls = t->options->tls,
                              .elapsed_ms = elapsed_ms};
    failure_report(&failure, err);
}

void transfer_end(struct transfer *t, CURLcode code)
{
    int64_t elapsed_ms = clock_now_ms() - t->started_ms;
    if (code != CURLE_OK && !t->stopped)
        report(t, code, elapsed_ms);
    else if (!t->result->response.status)
        error_set(&t->result->error, ERROR_REMOTE, "answer of %s: it has no HTTP status",
                  t->target.place);
    log_end(t, elapsed_ms);
    if (t->result->error)
        http_response_release(&t->result->response);
    else
        t->result->response.elapsed_ms = elapsed_ms;
    forget_request(t);
}

void transfer_cancel(struct transfer *t)
{
    error_set(&t->result->error, ERROR_CANCELLED, "cancelled");
    log_end(t, clock_now_ms() - t->started_ms);
    http_response_release(&t->result->response);
    forget_request(t);
}
