/* Many requests at once over one set of connections. */
#include "meshctl/net/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "transfer.h"
#include "under_way.h"

/* Connections kept open; with more than that, those under way counted, each answer ends one, and the next
 * request begins with a handshake. A load (kube/pod_proxy.c) has up to so many under way. */
#define MAX_KEPT_CONNECTIONS 512L
/* The multi handle knows its own timers; this only bounds how long a defect there could hang. */
#define POLL_MS 1000

struct http_client {
    struct http_options options;
    CURLM *multi;
    struct transfer *idle;
};

/* One call of http_send_many. */
struct batch {
    struct http_client *client;
    const struct http_request *requests;
    struct http_result *results;
    size_t count;
    size_t parallel;
    size_t next;   /* the first request that has not been looked at */
    size_t active; /* length of `running` */
    size_t held;   /* bytes of answers that have ended and have not been handed over */
    size_t received;
    struct under_way *told;
    int64_t began_processor_ms;
    struct transfer *running;
};

int http_client_new(const struct http_options *options, struct http_client **ret_client,
                    struct error **err)
{
    if (handle_global_init(err) < 0)
        return -1;
    struct http_client *c = mem_zalloc(sizeof(*c));
    c->options = *options;
    c->multi = curl_multi_init();
    if (!c->multi) {
        http_client_free(c);
        return error_set(err, ERROR_INTERNAL, "libcurl gives no multi handle");
    }
    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, MAX_KEPT_CONNECTIONS);
    *ret_client = c;
    return 0;
}

void http_client_free(struct http_client *c)
{
    if (!c)
        return;
    while (c->idle) {
        struct transfer *t = c->idle;
        c->idle = t->next;
        transfer_free(t);
    }
    curl_multi_cleanup(c->multi);
    free(c);
}

static int take_transfer(struct http_client *c, struct transfer **ret_transfer, struct error **err)
{
    if (!c->idle)
        return transfer_new(&c->options, ret_transfer, err);
    *ret_transfer = c->idle;
    c->idle = c->idle->next;
    return 0;
}

static void give_back(struct http_client *c, struct transfer *t)
{
    t->next = c->idle;
    c->idle = t;
}

static void start_one(struct batch *b, size_t i)
{
    struct http_result *result = &b->results[i];
    struct transfer *t;
    int64_t deadline_ms = b->requests[i].deadline_ms;
    if (deadline_ms && clock_left_ms(deadline_ms) == 0) {
        error_set(&result->error, ERROR_TIMEOUT, "no time was left to ask");
        return;
    }
    if (take_transfer(b->client, &t, &result->error) < 0)
        return;
    if (transfer_begin(t, &b->requests[i], result, &b->received) < 0) {
        give_back(b->client, t);
        return;
    }
    if (curl_multi_add_handle(b->client->multi, t->easy) != CURLM_OK) {
        transfer_end(t, CURLE_FAILED_INIT);
        give_back(b->client, t);
        return;
    }
    t->next = b->running;
    b->running = t;
    b->active++;
    const char *method = b->requests[i].method;
    under_way_name(b->told, b->client->options.who, method ? method : "GET", t->target.public_url);
}

static void tell_end(const struct http_request *request, struct http_result *result)
{
    if (request->on_end)
        request->on_end(request->end_ctx, request, result);
}

/* What is left of an answer's body counts until the whole batch is handed over. */
static void count_held(struct batch *b, size_t held, const struct http_result *result)
{
    size_t left = result->response.body.len;
    if (left > held)
        left = held;
    transfer_let_go(held - left);
    b->held += left;
}

/* How long the request has to wait for its time. */
static int64_t early_ms(const struct http_request *request)
{
    return request->not_before_ms ? clock_left_ms(request->not_before_ms) : 0;
}

static void start_some(struct batch *b)
{
    for (; b->next < b->count && b->active < b->parallel; b->next++) {
        const struct http_request *request = &b->requests[b->next];
        if (early_ms(request))
            return;
        start_one(b, b->next);
        if (b->results[b->next].error)
            tell_end(request, &b->results[b->next]);
    }
}

static void leave_running(struct batch *b, struct transfer *t)
{
    struct transfer **link = &b->running;
    while (*link != t)
        link = &(*link)->next;
    *link = t->next;
    b->active--;
    curl_multi_remove_handle(b->client->multi, t->easy);
}

static void collect(struct batch *b)
{
    int left;
    CURLMsg *msg;
    while ((msg = curl_multi_info_read(b->client->multi, &left))) {
        struct transfer *t = NULL;
        /* Removing the handle invalidates the message. */
        CURLcode code = msg->data.result;
        if (msg->msg != CURLMSG_DONE ||
            curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK)
            continue;
        const struct http_request *request = t->request;
        struct http_result *result = t->result;
        leave_running(b, t);
        transfer_end(t, code);
        give_back(b->client, t);
        tell_end(request, result);
        count_held(b, t->held, result);
    }
}

/* Ends what runs and what has not begun, all with ERROR_CANCELLED or a copy of `why`. */
static void give_up(struct batch *b, const struct error *why)
{
    while (b->running) {
        struct transfer *t = b->running;
        struct http_result *result = t->result;
        leave_running(b, t);
        transfer_cancel(t);
        transfer_let_go(t->held);
        give_back(b->client, t);
        if (why) {
            error_free(result->error);
            result->error = error_dup(why);
        }
    }
    for (size_t i = b->next; i < b->count; i++) {
        if (why)
            b->results[i].error = error_dup(why);
        else
            error_set(&b->results[i].error, ERROR_CANCELLED, "cancelled");
    }
}

static int wait_some(struct batch *b, struct error **err)
{
    struct cancel *cancel = b->client->options.cancel;
    struct curl_waitfd wake = {.fd = cancel_fd(cancel), .events = CURL_WAIT_POLLIN};
    int limit_ms = POLL_MS;
    int64_t early = b->next < b->count ? early_ms(&b->requests[b->next]) : 0;
    if (early && early < limit_ms)
        limit_ms = (int)early;
    CURLMcode code = curl_multi_poll(b->client->multi, &wake, cancel ? 1 : 0, limit_ms, NULL);
    if (code == CURLM_OK)
        return 0;
    return error_set(err, ERROR_INTERNAL, "wait for answers: %s", curl_multi_strerror(code));
}

/* What one answer after the other could do without an end. */
static int check_limits(const struct batch *b, struct error **err)
{
    int64_t spent_ms = clock_processor_ms() - b->began_processor_ms;
    if (b->received > HTTP_MAX_BATCH)
        return error_set(err, ERROR_REMOTE, "the answers to %zu requests are larger than %zu bytes",
                         b->count, HTTP_MAX_BATCH);
    if (spent_ms > HTTP_MAX_PROCESSOR_MS + (int64_t)(b->received >> 20) * HTTP_PROCESSOR_MS_A_MIB +
                       (int64_t)b->next * HTTP_PROCESSOR_MS_A_REQUEST)
        return error_set(
            err, ERROR_REMOTE,
            "the server sends what is no answer: %lld ms of processor time went into it",
            (long long)spent_ms);
    return 0;
}

static int run(struct batch *b, struct error **err)
{
    for (;;) {
        under_way_beat(b->told);
        if (check_limits(b, err) < 0)
            return -1;
        if (cancel_is_set(b->client->options.cancel))
            return error_set(err, ERROR_CANCELLED, "cancelled");
        start_some(b);
        int running;
        CURLMcode code = curl_multi_perform(b->client->multi, &running);
        if (code != CURLM_OK)
            return error_set(err, ERROR_INTERNAL, "transfer: %s", curl_multi_strerror(code));
        size_t before = b->active;
        collect(b);
        if (b->active == 0 && b->next == b->count)
            return 0;
        if (b->active == before && wait_some(b, err) < 0)
            return -1;
    }
}

int http_send_many(struct http_client *c, const struct http_request *requests, size_t count,
                   size_t parallel, struct http_result *results, struct error **err)
{
    struct batch b = {.client = c,
                      .requests = requests,
                      .results = results,
                      .count = count,
                      .parallel = parallel ? parallel : 1,
                      .told = under_way_begin(),
                      .began_processor_ms = clock_processor_ms()};
    for (size_t i = 0; i < count; i++)
        results[i] = (struct http_result){0};
    int rc = run(&b, err);
    if (rc < 0)
        give_up(&b, (*err)->kind == ERROR_CANCELLED ? NULL : *err);
    transfer_let_go(b.held);
    under_way_end(b.told);
    return rc;
}

int http_send(struct http_client *c, const struct http_request *request,
              struct http_response *ret_response, struct error **err)
{
    struct http_result result;
    AUTO_ERROR struct error *stopped = NULL;
    /* Whatever ends the batch also stands in the result. */
    (void)!http_send_many(c, request, 1, 1, &result, &stopped);
    if (result.error) {
        *err = result.error;
        return -1;
    }
    *ret_response = result.response;
    return 0;
}

void http_results_free(struct http_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        http_response_release(&results[i].response);
        error_free(results[i].error);
        results[i].error = NULL;
    }
}

void http_append_escaped(struct buf *out, const char *s)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-._~";
    for (; *s; s++) {
        if (strchr(unreserved, *s))
            buf_appendc(out, *s);
        else
            buf_appendf(out, "%%%02X", (unsigned int)(unsigned char)*s);
    }
}
