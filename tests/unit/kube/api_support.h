/* A scripted API server for the tests of the client, and a client of it. */
#ifndef KUBE_API_SUPPORT_H
#define KUBE_API_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/kube/client.h"
#include "test_server.h"

/* One thing that the server does. The first rule whose `match` begins "METHOD TARGET" ('$' at its
 * end: is all of it) and that has `times` left (0: for ever) answers; without one it is 404 "404
 * page not found", as the real one says of a path that it does not serve. */
struct rule {
    const char *match;
    int times;
    int status; /* 0: resets the connection */
    const char *body;
    const char *headers; /* each with CRLF */
    /* For a watch: `body` is sent as one chunk, then the stream stays open so long; -1:
     * it is cut. */
    int stream_ms;
};

#define MAX_RULES 40

struct api {
    struct test_server *server;
    pthread_mutex_t lock;
    struct rule rules[MAX_RULES];
    bool used_up[MAX_RULES];
    size_t count;
    struct strlist log; /* "METHOD TARGET" */
    char *last_accept;
    char *last_body;
    struct kube_config config;
    struct cancel cancel;
    struct kube_client *client;
    struct strlist warnings, retries;
};

static struct api api;

static const char core_discovery[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"items\":["
    "{\"metadata\":{},\"versions\":[{\"version\":\"v1\",\"freshness\":\"Current\",\"resources\":["
    "{\"resource\":\"configmaps\",\"responseKind\":{\"kind\":\"ConfigMap\"},\"scope\":"
    "\"Namespaced\"},"
    "{\"resource\":\"pods\",\"responseKind\":{\"kind\":\"Pod\"},\"scope\":\"Namespaced\"},"
    "{\"resource\":\"events\",\"responseKind\":{\"kind\":\"Event\"},\"scope\":\"Namespaced\"},"
    "{\"resource\":\"namespaces\",\"responseKind\":{\"kind\":\"Namespace\"},\"scope\":\"Cluster\"}"
    "]}]}]}";
static const char group_discovery[] =
    "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"items\":["
    "{\"metadata\":{\"name\":\"apps\"},\"versions\":[{\"version\":\"v1\",\"resources\":["
    "{\"resource\":\"deployments\",\"responseKind\":{\"kind\":\"Deployment\"},"
    "\"scope\":\"Namespaced\",\"subresources\":[{\"subresource\":\"scale\",\"responseKind\":"
    "{\"group\":\"autoscaling\",\"version\":\"v1\",\"kind\":\"Scale\"}}]}]}]}]}";

static inline bool fits(const char *line, const char *match)
{
    size_t len = strlen(match);
    if (len > 0 && match[len - 1] == '$')
        return strlen(line) == len - 1 && strncmp(line, match, len - 1) == 0;
    return text_has_prefix(line, match);
}

static inline int find_rule(const char *line)
{
    for (size_t i = 0; i < api.count; i++) {
        struct rule *r = &api.rules[i];
        if (api.used_up[i] || !fits(line, r->match))
            continue;
        if (r->times > 0 && --r->times == 0)
            api.used_up[i] = true;
        return (int)i;
    }
    return -1;
}

static inline bool stream(struct test_conn *conn, const struct rule *r)
{
    test_conn_printf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n");
    if (*r->body)
        test_conn_chunk(conn, r->body);
    if (r->stream_ms < 0) {
        test_conn_reset(conn);
        return false;
    }
    test_conn_pause(conn, r->stream_ms);
    return test_conn_chunk(conn, "");
}

static inline bool serve(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    (void)ctx;
    AUTO_FREE char *line = mem_printf("%s %s", request->method, request->target);
    pthread_mutex_lock(&api.lock);
    strlist_add(&api.log, line);
    int at = find_rule(line);
    struct rule r =
        at < 0 ? (struct rule){.status = 404, .body = "404 page not found\n"} : api.rules[at];
    free(api.last_accept);
    free(api.last_body);
    api.last_accept = mem_strdup_opt(test_request_header(request, "Accept"));
    api.last_body = mem_strndup(buf_str(&request->body), request->body.len);
    pthread_mutex_unlock(&api.lock);
    if (r.stream_ms)
        return stream(conn, &r);
    if (r.status == 0) {
        test_conn_reset(conn);
        return false;
    }
    return test_conn_reply(conn, r.status, r.headers, r.body ? r.body : "");
}

static inline void add_rule(struct rule r)
{
    pthread_mutex_lock(&api.lock);
    assert_true(api.count < MAX_RULES);
    api.rules[api.count++] = r;
    pthread_mutex_unlock(&api.lock);
}

/* How many requests began so. */
static inline int asked(const char *match)
{
    int n = 0;
    pthread_mutex_lock(&api.lock);
    for (size_t i = 0; i < api.log.count; i++)
        n += fits(api.log.items[i], match);
    pthread_mutex_unlock(&api.lock);
    return n;
}

static inline void note_warning(void *ctx, const char *cluster, const char *text)
{
    (void)ctx;
    assert_string_equal(cluster, "west");
    strlist_add(&api.warnings, text);
}

static inline void note_retry(void *ctx, const char *cluster, const char *reason)
{
    (void)ctx;
    assert_string_equal(cluster, "west");
    strlist_add(&api.retries, reason);
}

static inline void connect_with(int64_t retry_for_ms)
{
    struct error *err = NULL;
    struct kube_client_options options = {.name = "west",
                                          .cancel = &api.cancel,
                                          .retry_for_ms = retry_for_ms,
                                          .on_warning = note_warning,
                                          .on_retry = note_retry};
    kube_client_free(api.client);
    assert_int_equal(kube_client_new(&api.config, &options, &api.client, &err), 0);
}

/* Aggregated discovery of a few kinds. */
static inline void add_discovery(void)
{
    add_rule((struct rule){.match = "GET /api$", .status = 200, .body = core_discovery});
    add_rule((struct rule){.match = "GET /apis$", .status = 200, .body = group_discovery});
}

static inline int api_setup(void **state)
{
    (void)state;
    memset(&api, 0, sizeof(api));
    pthread_mutex_init(&api.lock, NULL);
    assert_int_equal(cancel_init(&api.cancel), 0);
    struct test_server_options options = {.handler = serve};
    api.server = test_server_start(&options);
    api.config.server = mem_strdup(test_server_url(api.server));
    api.config.source = mem_strdup("west.kubeconfig");
    api.config.user_name = mem_strdup("jane");
    api.config.token = mem_strdup("the-token");
    connect_with(0);
    return 0;
}

static inline int api_teardown(void **state)
{
    (void)state;
    kube_client_free(api.client);
    test_server_stop(api.server);
    cancel_release(&api.cancel);
    free(api.config.server);
    free(api.config.source);
    free(api.config.user_name);
    free(api.config.token);
    free(api.last_accept);
    free(api.last_body);
    strlist_release(&api.log);
    strlist_release(&api.warnings);
    strlist_release(&api.retries);
    pthread_mutex_destroy(&api.lock);
    return 0;
}

#endif
