/* The one way of sending requests: rounds of many at once, with retries. */
#include "client_internal.h"

#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "ref.h"
#include "request.h"
#include "retry.h"
#include "status.h"

/* How often a reason of retries is told again while it lasts. */
#define TELL_AGAIN_MS 10000

void kube_reply_release(struct kube_reply *r)
{
    if (r->secret)
        buf_release_secret(&r->response.body);
    http_response_release(&r->response);
    json_decref(r->value);
    error_free(r->unread);
    error_free(r->error);
    *r = (struct kube_reply){0};
}

void kube_replies_free(struct kube_reply *replies, size_t count)
{
    for (size_t i = 0; replies && i < count; i++)
        kube_reply_release(&replies[i]);
    free(replies);
}

static int place(const struct kube_client *c, const char *verb, const struct kube_ref *ref,
                 const char *path, struct error **err)
{
    AUTO_FREE char *text = ref ? kube_ref_text_dup(ref) : mem_strdup(path);
    AUTO_FREE char *where =
        ref ? kube_ref_place_dup(c->name, ref) : mem_printf("%s%s", c->name, path);
    error_wrap(err, "%s: %s %s", c->name, verb, text);
    return error_where(err, "%s", where);
}

int kube_error_place(const struct kube_client *c, const struct kube_call *call, struct error **err)
{
    return place(c, call->verb, call->ref, call->path, err);
}

int kube_error_ref(const struct kube_client *c, const char *verb, const struct kube_ref *ref,
                   struct error **err)
{
    return place(c, verb, ref, NULL, err);
}

/* The state of one kube_call_many. */
struct batch {
    struct kube_client *c;
    const struct kube_call *calls;
    struct kube_reply *replies;
    size_t *pending;
    size_t count; /* of pending */
    int64_t started_ms;
    unsigned attempt;
    bool rejected;    /* the credentials have been refused once */
    bool renewed;     /* and others may be had for the next round */
    int64_t pause_ms; /* before the next round */
};

static bool is_answer(const struct kube_call *call, const struct kube_reply *reply)
{
    int status = reply->response.status;
    return !reply->error &&
           (status / 100 == 2 || (status == 404 && (call->flags & KUBE_CALL_OPTIONAL)));
}

/* A certificate or name that does not fit stays so. */
static bool is_transient(const struct error *e)
{
    return e->kind == ERROR_UNREACHABLE && http_tls_fault(e) == HTTP_TLS_NONE;
}

static bool may_retry(const struct batch *b, const struct kube_call *call, int64_t limit,
                      int64_t pause)
{
    if (limit > b->c->options.retry_for_ms)
        limit = b->c->options.retry_for_ms;
    int64_t next = clock_now_ms() + pause;
    int64_t deadline = kube_call_deadline(b->c, call);
    return limit > 0 && next - b->started_ms <= limit && (!deadline || next <= deadline);
}

static void tell_retry(struct kube_client *c, const char *reason)
{
    int64_t now = clock_now_ms();
    if (text_equal(c->retry_reason, reason) && now - c->retry_told_ms < TELL_AGAIN_MS)
        return;
    free(c->retry_reason);
    c->retry_reason = mem_strdup(reason);
    c->retry_told_ms = now;
    if (c->options.on_retry)
        c->options.on_retry(c->options.ctx, c->name, reason);
}

/* True when the call goes into the next round. */
static bool retry(struct batch *b, const struct kube_call *call, const struct kube_failure *failure,
                  int64_t retry_after_ms)
{
    int64_t pause = kube_retry_pause(b->attempt, retry_after_ms, &b->c->jitter);
    if (!may_retry(b, call, kube_retry_limit(call->flags, failure), pause))
        return false;
    tell_retry(b->c, failure->message);
    if (pause > b->pause_ms)
        b->pause_ms = pause;
    return true;
}

static bool retry_lost(struct batch *b, const struct kube_call *call, const struct error *e)
{
    struct kube_failure failure = {.first_contact = !b->c->answered, .message = e->message};
    return is_transient(e) && retry(b, call, &failure, 0);
}

static bool retry_refused(struct batch *b, const struct kube_call *call,
                          const struct http_response *response, const struct kube_status *status)
{
    if (status->code == 401 && b->renewed)
        return true;
    struct kube_failure failure = {.status = status->code,
                                   .retry_after = response->retry_after_ms > 0,
                                   .whole_path = status->code == 404 && !status->json,
                                   .message = status->message};
    return retry(b, call, &failure, response->retry_after_ms);
}

static void add_effort(const struct batch *b, struct error **err)
{
    if (b->attempt == 0)
        return;
    AUTO_FREE char *spent = clock_duration_dup(clock_now_ms() - b->started_ms);
    AUTO_FREE char *message =
        mem_printf("%s (tried %u times in %s)", (*err)->message, b->attempt + 1, spent);
    free((*err)->message);
    (*err)->message = TAKE(message);
}

/* What only this client knows about a failure. */
static void add_hints(const struct kube_client *c, struct error **err)
{
    const struct kube_config *config = c->config;
    if ((*err)->http_status == 401 && config->user_name && config->source)
        error_hint(err, "log in again, or fetch a new kubeconfig (user %s of %s)",
                   config->user_name, config->source);
    if ((*err)->kind == ERROR_UNREACHABLE && !(*err)->hint && !c->answered)
        error_hint(err, "is %s the right address, and can this machine reach it?", config->server);
}

/* Looks at one reply of the round; true when it is to be asked for again. Otherwise the reply is
 * final: an answer, or an error with its place. */
static bool review(struct batch *b, size_t i)
{
    const struct kube_call *call = &b->calls[i];
    struct kube_reply *reply = &b->replies[i];
    if (is_answer(call, reply))
        return false;
    if (reply->error) {
        if (retry_lost(b, call, reply->error))
            return true;
    } else {
        AUTO_KUBE_STATUS status = {0};
        kube_status_read(&reply->response, &status);
        if (retry_refused(b, call, &reply->response, &status))
            return true;
        kube_status_error(&status, reply->response.retry_after_ms, &reply->error);
    }
    add_effort(b, &reply->error);
    add_hints(b->c, &reply->error);
    kube_error_place(b->c, call, &reply->error);
    return false;
}

static bool has_401(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct kube_reply *reply = &b->replies[b->pending[i]];
        if (!reply->error && reply->response.status == 401)
            return true;
    }
    return false;
}

static void review_all(struct batch *b)
{
    size_t kept = 0;
    b->pause_ms = 0;
    b->renewed = !b->rejected && has_401(b) && kube_auth_reject(b->c->auth);
    b->rejected = b->rejected || b->renewed;
    for (size_t i = 0; i < b->count; i++) {
        size_t at = b->pending[i];
        if (!review(b, at))
            continue;
        kube_reply_release(&b->replies[at]);
        b->pending[kept++] = at;
    }
    b->count = kept;
}

static void cancel_rest(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct error **slot = &b->replies[b->pending[i]].error;
        error_set(slot, ERROR_CANCELLED, "cancelled");
        kube_error_place(b->c, &b->calls[b->pending[i]], slot);
    }
}

static int run(struct batch *b, struct error **err)
{
    for (;; b->attempt++) {
        int rc = kube_request_round(b->c, b->calls, b->pending, b->count, b->replies, err);
        review_all(b);
        if (rc < 0) {
            cancel_rest(b);
            return error_wrap(err, "%s", b->c->name);
        }
        if (b->count == 0)
            return 0;
        if (clock_sleep(b->pause_ms, b->c->options.cancel) < 0) {
            cancel_rest(b);
            return error_set(err, ERROR_CANCELLED, "%s: cancelled", b->c->name);
        }
    }
}

int kube_call_many(struct kube_client *c, const struct kube_call *calls, size_t count,
                   struct kube_reply *replies, struct error **err)
{
    memset(replies, 0, count * sizeof(*replies));
    if (count == 0)
        return 0;
    struct batch b = {.c = c,
                      .calls = calls,
                      .replies = replies,
                      .pending = mem_array(count, sizeof(*b.pending)),
                      .count = count,
                      .started_ms = clock_now_ms()};
    for (size_t i = 0; i < count; i++)
        b.pending[i] = i;
    int rc = run(&b, err);
    free(b.pending);
    return rc;
}

int kube_call_one(struct kube_client *c, const struct kube_call *call, struct kube_reply *ret_reply,
                  struct error **err)
{
    AUTO_ERROR struct error *stopped = NULL;
    /* Whatever ends the batch also stands in the reply, with the place. */
    (void)!kube_call_many(c, call, 1, ret_reply, &stopped);
    if (!ret_reply->error)
        return 0;
    *err = TAKE(ret_reply->error);
    kube_reply_release(ret_reply);
    return -1;
}

/* Whatever stands between may mix answers up, and what is decided by one is written under its name. */
static int check_name(struct kube_client *c, const struct kube_call *call, const json_t *value,
                      struct error **err)
{
    const char *asked = call->ref ? call->ref->name : NULL;
    const char *kind = json_dig_str(value, "kind", NULL);
    const char *name = json_dig_str(value, "metadata", "name", NULL);
    if (!asked || !name || text_equal(kind, "Status") || strcmp(asked, name) == 0)
        return 0;
    error_set(err, ERROR_REMOTE, "the answer is about another object, %s %s", kind ? kind : "",
              name);
    kube_error_place(c, call, err);
    return error_hint(err,
                      "run the same command again; if it stays so, see what stands between "
                      "here and %s",
                      c->config->server);
}

int kube_reply_json(struct kube_client *c, const struct kube_call *call, struct kube_reply *reply,
                    json_t **ret_value, struct error **err)
{
    if (!reply->unread) {
        if (check_name(c, call, reply->value, err) < 0)
            return -1;
        *ret_value = TAKE(reply->value);
        return 0;
    }
    error_set(err, ERROR_REMOTE, "the answer cannot be read: %s", reply->unread->message);
    (*err)->http_status = reply->response.status;
    kube_error_place(c, call, err);
    return error_hint(err, "is %s really a Kubernetes API server?", c->config->server);
}

int kube_call_json(struct kube_client *c, const struct kube_call *call, json_t **ret_value,
                   struct error **err)
{
    AUTO_KUBE_REPLY reply = {0};
    *ret_value = NULL;
    if (kube_call_one(c, call, &reply, err) < 0)
        return -1;
    if (reply.response.status == 404)
        return 0;
    return kube_reply_json(c, call, &reply, ret_value, err);
}
