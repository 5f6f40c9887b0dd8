/* Requests to a pod's port through the API server, many at once and each once. */
#include "meshctl/kube/pod_proxy.h"

#include <stdlib.h>

#include "client_internal.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "status.h"

void kube_pod_answers_free(struct kube_pod_answer *answers, size_t count)
{
    for (size_t i = 0; answers && i < count; i++) {
        free(answers[i].mark);
        free(answers[i].said);
        error_free(answers[i].error);
    }
    free(answers);
}

static char *url_dup(const struct kube_client *c, const struct kube_pod_port *to)
{
    struct buf url = BUF_INIT;
    buf_appendf(&url, "%s/api/v1/namespaces/", kube_client_config(c)->server);
    http_append_escaped(&url, to->namespace_);
    buf_appends(&url, "/pods/");
    http_append_escaped(&url, to->pod);
    buf_appendf(&url, ":%u/proxy/", to->port);
    return buf_detach(&url, NULL);
}

static char *said_dup(const struct buf *body)
{
    struct buf out = BUF_INIT;
    text_append_clean(&out, buf_str(body),
                      body->len < KUBE_POD_PROXY_MAX_SAID ? body->len : KUBE_POD_PROXY_MAX_SAID);
    return buf_detach(&out, NULL);
}

/* Takes over what the result holds. */
static void take_result(const struct kube_client *c, const struct kube_pod_port *to,
                        struct http_result *result, struct kube_pod_answer *ret)
{
    struct http_response *response = &result->response;
    const struct kube_ref ref = {"v1", "Pod", to->namespace_, to->pod};
    if (!result->error && response->header) {
        *ret = (struct kube_pod_answer){.status = response->status,
                                        .mark = TAKE(response->header),
                                        .said = said_dup(&response->body),
                                        .elapsed_ms = response->elapsed_ms};
        return;
    }
    ret->error = TAKE(result->error);
    if (!ret->error) {
        AUTO_KUBE_STATUS status = {0};
        kube_status_read(response, &status);
        kube_status_error(&status, 0, &ret->error);
    }
    kube_error_ref(c, "ask", &ref, &ret->error);
}

static struct http_request request_of(const struct kube_pod_port *to, const char *url,
                                      const struct strlist *headers)
{
    return (struct http_request){.url = url,
                                 .headers = headers,
                                 .max_response = KUBE_POD_PROXY_MAX_ANSWER,
                                 .timeout_ms = to->timeout_ms,
                                 .once = true,
                                 .wants_header = to->mark};
}

int kube_pod_ask_many(struct kube_client *c, const struct kube_pod_port *to,
                      const char *const *headers, size_t count, size_t parallel,
                      struct kube_pod_answer **ret_answers, struct error **err)
{
    AUTO_KUBE_HEADERS credentials = STRLIST_INIT;
    if (kube_auth_headers(c, &credentials, err) < 0)
        return -1;
    AUTO_FREE char *url = url_dup(c, to);
    AUTO_FREE struct http_request *requests = mem_array(count, sizeof(*requests));
    AUTO_FREE struct http_result *results = mem_array(count, sizeof(*results));
    AUTO_FREE struct strlist *lines = mem_array(count, sizeof(*lines));
    for (size_t i = 0; i < count; i++) {
        strlist_add(&lines[i], headers[i]);
        for (size_t k = 0; k < credentials.count; k++)
            strlist_add(&lines[i], credentials.items[k]);
        requests[i] = request_of(to, url, &lines[i]);
    }
    c->requests += count;
    int rc = http_send_many(c->http, requests, count, parallel, results, err);
    struct kube_pod_answer *answers = mem_array(count, sizeof(*answers));
    for (size_t i = 0; i < count; i++) {
        take_result(c, to, &results[i], &answers[i]);
        kube_auth_headers_release(&lines[i]);
    }
    http_results_free(results, count);
    *ret_answers = rc == 0 ? answers : NULL;
    if (rc == 0)
        return 0;
    kube_pod_answers_free(answers, count);
    return error_wrap(err, "%s", c->name);
}

/* ---- a steady load --------------------------------------------------------------------------- */

#define MAX_UNDER_WAY 500 /* by then the load is no longer what it was meant to be */

struct loading {
    const struct kube_client *client;
    const struct kube_pod_port *to;
    const struct kube_pod_load *load;
};

static void on_end(void *ctx, const struct http_request *request, struct http_result *result)
{
    const struct loading *l = ctx;
    struct kube_pod_answer answer = {0};
    take_result(l->client, l->to, result, &answer);
    http_response_release(&result->response);
    l->load->on_answer(l->load->ctx, request->not_before_ms, &answer);
    free(answer.mark);
    free(answer.said);
    error_free(answer.error);
}

int kube_pod_load(struct kube_client *c, const struct kube_pod_port *to,
                  const struct kube_pod_load *load, struct error **err)
{
    struct loading l = {c, to, load};
    AUTO_KUBE_HEADERS headers = STRLIST_INIT;
    if (kube_auth_headers(c, &headers, err) < 0)
        return -1;
    strlist_add(&headers, load->header);
    AUTO_FREE char *url = url_dup(c, to);
    AUTO_FREE struct http_request *requests = mem_array(load->count, sizeof(*requests));
    AUTO_FREE struct http_result *results = mem_array(load->count, sizeof(*results));
    int64_t begin = clock_now_ms();
    for (size_t i = 0; i < load->count; i++) {
        requests[i] = request_of(to, url, &headers);
        requests[i].not_before_ms = begin + (int64_t)(i * 1000 / load->rate);
        requests[i].on_end = on_end;
        requests[i].end_ctx = &l;
    }
    c->requests += load->count;
    int rc = http_send_many(c->http, requests, load->count, MAX_UNDER_WAY, results, err);
    http_results_free(results, load->count);
    return rc == 0 ? 0 : error_wrap(err, "%s", c->name);
}
