/* One request to the API server: URL, headers, body. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"

/* Where an answer goes. */
struct landing {
    struct kube_client *c;
    const struct kube_call *call;
    struct kube_reply *reply;
};

/* What libcurl borrows while the round lasts. */
struct round {
    struct http_request *requests;
    struct http_result *results;
    char **urls;
    struct strlist *headers;
    struct landing *landings;
    size_t count;
};

static void round_release(struct round *r)
{
    for (size_t i = 0; i < r->count; i++) {
        free(r->urls[i]);
        kube_auth_headers_release(&r->headers[i]);
    }
    free(r->requests);
    free(r->results);
    free(r->urls);
    free(r->headers);
    free(r->landings);
}

static void add_headers(struct strlist *out, const struct kube_call *call,
                        const struct strlist *credentials)
{
    strlist_addf(out, "Accept: %s", call->accept ? call->accept : "application/json");
    if (call->body)
        strlist_addf(out, "Content-Type: %s",
                     call->content_type ? call->content_type : "application/json");
    for (size_t i = 0; i < credentials->count; i++)
        strlist_add(out, credentials->items[i]);
}

int64_t kube_call_deadline(const struct kube_client *c, const struct kube_call *call)
{
    int64_t own = call->deadline_ms, all = c->options.deadline_ms;
    return !own || (all && all < own) ? all : own;
}

int64_t kube_limit_ms(int64_t wanted_ms, int64_t deadline_ms)
{
    if (!deadline_ms)
        return wanted_ms;
    int64_t left = clock_left_ms(deadline_ms);
    /* 0 would mean the default, and a deadline that has just passed deserves its last try. */
    if (left < KUBE_LAST_TRY_MS)
        left = KUBE_LAST_TRY_MS;
    return left < wanted_ms ? left : wanted_ms;
}

static int64_t timeout_of(const struct kube_client *c, const struct kube_call *call)
{
    int64_t timeout = call->timeout_ms ? call->timeout_ms : c->options.request_timeout_ms;
    return kube_limit_ms(timeout, kube_call_deadline(c, call));
}

/* One that has just passed deserves its last try, but not one for each of a thousand requests. */
static int64_t deadline_of(const struct kube_client *c, const struct kube_call *call)
{
    int64_t deadline = kube_call_deadline(c, call);
    int64_t least = clock_now_ms() + KUBE_LAST_TRY_MS;
    return deadline && deadline < least ? least : deadline;
}

static bool is_secret(const struct kube_ref *ref)
{
    return ref && text_equal(ref->kind, "Secret");
}

/* An answer takes least when it is read as soon as it is there. */
static void take_answer(void *ctx, const struct http_request *request, struct http_result *result)
{
    struct landing *l = ctx;
    struct buf *body = &result->response.body;
    json_auto_t *value = NULL;
    (void)request;
    l->c->received += body->len;
    if (result->error || result->response.status / 100 != 2 || l->call->on_data ||
        (l->call->flags & KUBE_CALL_TEXT))
        return;
    if (json_read(buf_str(body), body->len, "answer", &value, &l->reply->unread) == 0) {
        if (l->call->on_value)
            l->call->on_value(l->call->ctx, value);
        else
            l->reply->value = TAKE(value);
    }
    if (is_secret(l->call->ref))
        buf_release_secret(body);
    else
        buf_release(body);
}

static void prepare(struct kube_client *c, const struct kube_call *call, struct kube_reply *reply,
                    const struct strlist *credentials, struct round *r, size_t i)
{
    r->landings[i] = (struct landing){c, call, reply};
    r->urls[i] = mem_printf("%s%s", c->config->server, call->path);
    add_headers(&r->headers[i], call, credentials);
    r->requests[i] = (struct http_request){
        .method = call->method,
        .url = r->urls[i],
        .headers = &r->headers[i],
        .body = call->body,
        .body_len = call->body_len,
        .max_response = call->max ? call->max : KUBE_MAX_OBJECT,
        .timeout_ms = timeout_of(c, call),
        .deadline_ms = deadline_of(c, call),
        .once = !(call->flags & KUBE_CALL_IDEMPOTENT),
        .on_data = call->on_data,
        .ctx = call->ctx,
        .on_end = take_answer,
        .end_ctx = &r->landings[i],
    };
}

static void tell_warnings(struct kube_client *c, const struct strlist *texts)
{
    for (size_t i = 0; c->options.on_warning && i < texts->count; i++) {
        if (strlist_has(&c->warnings, texts->items[i]))
            continue;
        if (c->warnings.count < KUBE_MAX_WARNINGS)
            strlist_add(&c->warnings, texts->items[i]);
        AUTO_BUF clean = BUF_INIT;
        text_append_clean(&clean, texts->items[i], strlen(texts->items[i]));
        c->options.on_warning(c->options.ctx, c->name, buf_str(&clean));
    }
}

static void fail_all(const size_t *pending, size_t count, struct kube_reply *replies,
                     const struct error *why)
{
    for (size_t i = 0; i < count; i++) {
        if (!replies[pending[i]].error)
            replies[pending[i]].error = error_dup(why);
    }
}

static void take_results(struct kube_client *c, struct round *r, const struct kube_call *calls,
                         const size_t *pending, struct kube_reply *replies)
{
    for (size_t i = 0; i < r->count; i++) {
        struct kube_reply *reply = &replies[pending[i]];
        reply->response = r->results[i].response;
        reply->error = r->results[i].error;
        reply->secret = is_secret(calls[pending[i]].ref);
        if (reply->error)
            continue;
        c->answered = true;
        tell_warnings(c, &reply->response.warnings);
    }
}

int kube_request_round(struct kube_client *c, const struct kube_call *calls, const size_t *pending,
                       size_t count, struct kube_reply *replies, struct error **err)
{
    AUTO_KUBE_HEADERS credentials = STRLIST_INIT;
    if (kube_auth_headers(c, &credentials, err) < 0) {
        fail_all(pending, count, replies, *err);
        return -1;
    }
    struct round r = {.requests = mem_array(count, sizeof(*r.requests)),
                      .results = mem_array(count, sizeof(*r.results)),
                      .urls = mem_array(count, sizeof(*r.urls)),
                      .headers = mem_array(count, sizeof(*r.headers)),
                      .landings = mem_array(count, sizeof(*r.landings)),
                      .count = count};
    for (size_t i = 0; i < count; i++)
        prepare(c, &calls[pending[i]], &replies[pending[i]], &credentials, &r, i);
    c->requests += count;
    int rc = http_send_many(c->http, r.requests, count, c->options.parallel, r.results, err);
    take_results(c, &r, calls, pending, replies);
    round_release(&r);
    return rc;
}
