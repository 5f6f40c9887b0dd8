#include "fakeapi_internal.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"

#define WATCH_POLL_MS 10
#define WATCH_DEFAULT_S 60

struct rule {
    struct fakeapi_rule public;
    int seen;
    int applied;
};

struct logged {
    char *method;
    char *target;
    char *body;
};

struct fakeapi {
    struct fakeapi_options options;
    struct test_authority *authority;
    struct test_cert cert;
    struct test_server *server;
    pthread_mutex_t lock; /* guards all that follows */
    struct fakeapi_store store;
    char *token;
    struct rule *rules;
    size_t rule_count;
    size_t rule_cap;
    struct logged *log;
    size_t log_count;
    size_t log_cap;
};

static void give_up(const char *what)
{
    fprintf(stderr, "fake API server: %s\n", what);
    abort();
}

/* ---- matching ---- */

/* `target` may have a query. */
static bool path_fits(const char *pattern, const char *target)
{
    AUTO_FREE char *path = mem_strndup(target, strcspn(target, "?"));
    return fnmatch(pattern, path, FNM_NOESCAPE) == 0;
}

static bool rule_fits(const struct fakeapi_rule *r, const struct test_request *request)
{
    const char *query = strchr(request->target, '?');
    return (!r->method || strcmp(r->method, request->method) == 0) &&
           (!r->path || path_fits(r->path, request->target)) &&
           (!r->query || (query && strstr(query, r->query))) &&
           (!r->body_has || strstr(buf_str(&request->body), r->body_has));
}

static bool find_rule(struct fakeapi *f, const struct test_request *request,
                      struct fakeapi_rule *ret_rule)
{
    for (size_t i = 0; i < f->rule_count; i++) {
        struct rule *r = &f->rules[i];
        if (!rule_fits(&r->public, request) || r->seen++ < r->public.skip ||
            (r->public.times && r->applied >= r->public.times))
            continue;
        r->applied++;
        *ret_rule = r->public;
        return true;
    }
    return false;
}

/* ---- the usual answers ---- */

static bool is_authorized(const struct fakeapi *f, const struct test_request *r)
{
    const char *sent = test_request_header(r, "Authorization");
    return !f->token ||
           (sent && text_has_prefix(sent, "Bearer ") && strcmp(sent + 7, f->token) == 0);
}

static void answer_usual(struct fakeapi *f, const struct test_request *r, struct fakeapi_answer *a)
{
    AUTO_FREE char *path = mem_strndup(r->target, strcspn(r->target, "?"));
    const char *query = strchr(r->target, '?'), *accept = test_request_header(r, "Accept");
    struct fakeapi_place place = {0};
    bool aggregated = !f->options.plain_discovery && accept && strstr(accept, "v=v2;");
    if (!is_authorized(f, r)) {
        fakeapi_answer_status(a, 401, "Unauthorized", "Unauthorized");
    } else if (!fakeapi_answer_discovery(&f->store, path, aggregated, a)) {
        if (fakeapi_place_parse(path, &place)) {
            fakeapi_answer_objects(&f->store, r, &place, query ? query + 1 : "", a);
        } else {
            a->status = 404;
            a->text = mem_strdup("404 page not found\n");
        }
        fakeapi_place_release(&place);
    }
}

static int append_json(const char *data, size_t len, void *out)
{
    buf_append(out, data, len);
    return 0;
}

/* The program counts what jansson makes: a text of json_dumps that is given back by free() would count for
 * ever, and these are many. */
static char *compact_dup(const json_t *json)
{
    struct buf out = BUF_INIT;
    (void)json_dump_callback(json, append_json, &out, JSON_COMPACT);
    return buf_detach(&out, NULL);
}

static void write_answer(const struct fakeapi_answer *a, const char *headers, struct buf *out)
{
    AUTO_FREE char *json = a->json ? compact_dup(a->json) : NULL;
    const char *body = json ? json : a->text ? a->text : "";
    buf_appendf(out, "HTTP/1.1 %d Fake\r\nContent-Type: %s\r\nContent-Length: %zu\r\n%s\r\n%s",
                a->status,
                a->type ? a->type
                : json  ? "application/json"
                        : "text/plain",
                strlen(body), headers ? headers : "", body);
}

/* The whole answer as it goes over the wire. */
static void usual_bytes(struct fakeapi *f, const struct test_request *r, struct buf *out)
{
    struct fakeapi_answer a = {0};
    pthread_mutex_lock(&f->lock);
    answer_usual(f, r, &a);
    write_answer(&a, NULL, out);
    json_decref(a.json);
    free(a.text);
    pthread_mutex_unlock(&f->lock);
}

/* ---- watching ---- */

static bool is_watch(const struct test_request *r)
{
    const char *query = strchr(r->target, '?');
    return query && strstr(query, "watch=true") && strcmp(r->method, "GET") == 0;
}

/* The events past *version that the watch selects, a line each; *version moves on. */
static void collect_events(struct fakeapi *f, const struct fakeapi_place *place, const char *query,
                           long *version, struct buf *out)
{
    pthread_mutex_lock(&f->lock);
    if (*version < f->store.compacted) {
        buf_appends(out,
                    "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                    "\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410,"
                    "\"message\":\"too old resource version\"}}\n");
        *version = f->store.version;
    }
    for (size_t i = 0; i < f->store.event_count; i++) {
        const struct fakeapi_event *e = &f->store.events[i];
        if (e->version <= *version || !fakeapi_store_selects(e->path, e->object, place, query))
            continue;
        AUTO_FREE char *object = compact_dup(e->object);
        buf_appendf(out, "{\"type\":\"%s\",\"object\":%s}\n", e->type, object);
    }
    if (f->store.version > *version)
        *version = f->store.version;
    pthread_mutex_unlock(&f->lock);
}

static bool is_allowed(struct fakeapi *f, const struct test_request *r)
{
    pthread_mutex_lock(&f->lock);
    bool good = is_authorized(f, r);
    pthread_mutex_unlock(&f->lock);
    return good;
}

/* Until timeoutSeconds; with `cut_ms` the connection ends then, without a last chunk. */
static bool serve_watch(struct fakeapi *f, struct test_conn *conn, const struct test_request *r,
                        int cut_ms)
{
    const char *query = strchr(r->target, '?') + 1;
    AUTO_FREE char *path = mem_strndup(r->target, strcspn(r->target, "?"));
    AUTO_FREE char *from = fakeapi_query_dup(query, "resourceVersion");
    AUTO_FREE char *limit = fakeapi_query_dup(query, "timeoutSeconds");
    long version = from ? strtol(from, NULL, 10) : 0;
    int64_t ms = cut_ms ? cut_ms : 1000 * (limit ? strtol(limit, NULL, 10) : WATCH_DEFAULT_S);
    int64_t deadline_ms = clock_now_ms() + ms;
    struct fakeapi_place place;
    bool good = fakeapi_place_parse(path, &place) &&
                test_conn_printf(conn, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                       "Transfer-Encoding: chunked\r\n\r\n");
    while (good && clock_left_ms(deadline_ms) > 0) {
        AUTO_BUF lines = BUF_INIT;
        collect_events(f, &place, query, &version, &lines);
        good = (lines.len == 0 || test_conn_chunk(conn, buf_str(&lines))) &&
               test_conn_pause(conn, WATCH_POLL_MS);
    }
    fakeapi_place_release(&place);
    return good && !cut_ms && test_conn_chunk(conn, "");
}

static bool serve_usual(struct fakeapi *f, struct test_conn *conn, const struct test_request *r)
{
    if (is_watch(r) && is_allowed(f, r))
        return serve_watch(f, conn, r, 0);
    AUTO_BUF out = BUF_INIT;
    usual_bytes(f, r, &out);
    return test_conn_write(conn, out.data, out.len);
}

/* ---- misbehaving ---- */

static bool play_reply(struct test_conn *conn, const struct fakeapi_rule *rule)
{
    struct fakeapi_answer a = {.status = rule->status ? rule->status : 200};
    AUTO_BUF out = BUF_INIT;
    if (rule->body)
        a.text = mem_strdup(rule->body);
    else
        fakeapi_answer_status(&a, a.status, "Scripted", "scripted answer %d", a.status);
    if (a.text && (a.text[0] == '{' || a.text[0] == '['))
        a.type = "application/json";
    write_answer(&a, rule->headers, &out);
    json_decref(a.json);
    free(a.text);
    return test_conn_write(conn, out.data, out.len);
}

static bool play_dribble(struct fakeapi *f, struct test_conn *conn, const struct test_request *r,
                         int pause_ms)
{
    AUTO_BUF out = BUF_INIT;
    usual_bytes(f, r, &out);
    for (size_t i = 0; i < out.len; i++)
        if (!test_conn_write(conn, out.data + i, 1) || !test_conn_pause(conn, pause_ms))
            return false;
    return true;
}

static bool play_stream(struct test_conn *conn, const struct fakeapi_rule *rule)
{
    AUTO_STRLIST lines = STRLIST_INIT;
    strlist_split(&lines, rule->body ? rule->body : "", '\n');
    if (!test_conn_printf(conn,
                          "HTTP/1.1 %d Fake\r\nContent-Type: application/json\r\n%s"
                          "Transfer-Encoding: chunked\r\n\r\n",
                          rule->status ? rule->status : 200, rule->headers ? rule->headers : ""))
        return false;
    for (size_t i = 0; i < lines.count; i++) {
        AUTO_FREE char *chunk = mem_printf("%s\n", lines.items[i]);
        if (*lines.items[i] && !test_conn_chunk(conn, chunk))
            return false;
    }
    return test_conn_pause(conn, rule->delay_ms) && test_conn_chunk(conn, "");
}

static bool play_cut(struct fakeapi *f, struct test_conn *conn, const struct test_request *r,
                     const struct fakeapi_rule *rule)
{
    if (is_watch(r)) {
        serve_watch(f, conn, r, rule->delay_ms ? rule->delay_ms : 1);
        return false;
    }
    AUTO_BUF out = BUF_INIT;
    usual_bytes(f, r, &out);
    test_conn_write(conn, out.data, out.len / 2);
    return false;
}

static bool play(struct fakeapi *f, struct test_conn *conn, const struct test_request *r,
                 const struct fakeapi_rule *rule)
{
    AUTO_BUF unsent = BUF_INIT;
    switch (rule->fault) {
    case FAKEAPI_REPLY:
        return test_conn_pause(conn, rule->delay_ms) && play_reply(conn, rule);
    case FAKEAPI_PASS:
        return test_conn_pause(conn, rule->delay_ms) && serve_usual(f, conn, r);
    case FAKEAPI_RESET:
        break;
    case FAKEAPI_CUT:
        return play_cut(f, conn, r, rule);
    case FAKEAPI_LOSE:
        usual_bytes(f, r, &unsent);
        break;
    case FAKEAPI_SILENT:
        while (test_conn_pause(conn, 1000))
            ;
        return false;
    case FAKEAPI_DRIBBLE:
        return play_dribble(f, conn, r, rule->delay_ms);
    case FAKEAPI_STREAM:
        return play_stream(conn, rule);
    case FAKEAPI_SCRIPT:
        return rule->script(rule->ctx, conn, r);
    }
    test_conn_reset(conn);
    return false;
}

static void log_request(struct fakeapi *f, const struct test_request *r)
{
    f->log = mem_grow(f->log, &f->log_cap, f->log_count + 1, sizeof(*f->log));
    f->log[f->log_count++] = (struct logged){.method = mem_strdup(r->method),
                                             .target = mem_strdup(r->target),
                                             .body = mem_strndup(buf_str(&r->body), r->body.len)};
}

static bool handle(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    struct fakeapi *f = ctx;
    struct fakeapi_rule rule;
    pthread_mutex_lock(&f->lock);
    log_request(f, r);
    bool misbehaves = find_rule(f, r, &rule);
    pthread_mutex_unlock(&f->lock);
    return misbehaves ? play(f, conn, r, &rule) : serve_usual(f, conn, r);
}

/* ---- the test's side ---- */

struct fakeapi *fakeapi_start(const struct fakeapi_options *options)
{
    struct fakeapi *f = mem_zalloc(sizeof(*f));
    if (options)
        f->options = *options;
    f->token = mem_strdup_opt(f->options.token);
    pthread_mutex_init(&f->lock, NULL);
    fakeapi_store_init(&f->store, f->options.lifeless);
    f->authority = test_authority_new("kubernetes");
    test_authority_issue(
        f->authority,
        &(struct test_cert_spec){.common_name = "kube-apiserver",
                                 .san = "DNS:kubernetes,DNS:" FAKEAPI_NAME ",IP:127.0.0.1"},
        &f->cert);
    f->server = test_server_start(
        &(struct test_server_options){.handler = handle, .ctx = f, .cert = &f->cert});
    return f;
}

void fakeapi_stop(struct fakeapi *f)
{
    if (!f)
        return;
    test_server_stop(f->server);
    test_cert_release(&f->cert);
    test_authority_free(f->authority);
    fakeapi_store_release(&f->store);
    for (size_t i = 0; i < f->log_count; i++) {
        free(f->log[i].method);
        free(f->log[i].target);
        free(f->log[i].body);
    }
    free(f->log);
    free(f->rules);
    free(f->token);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

const char *fakeapi_url(const struct fakeapi *f)
{
    return test_server_url(f->server);
}

int fakeapi_connections(struct fakeapi *f)
{
    return test_server_connections(f->server);
}

char *fakeapi_kubeconfig_dup(const struct fakeapi *f, const char *token)
{
    const char *ca = test_authority_pem(f->authority);
    AUTO_FREE char *ca64 = base64_encode_dup(ca, strlen(ca));
    AUTO_FREE char *user = token ? mem_printf("{token: %s}", token) : mem_strdup("{}");
    return mem_printf(
        "apiVersion: v1\nkind: Config\ncurrent-context: fake\n"
        "clusters: [{name: fake, cluster: {server: \"%s\", certificate-authority-data: %s}}]\n"
        "users: [{name: me, user: %s}]\n"
        "contexts: [{name: fake, context: {cluster: fake, user: me}}]\n",
        fakeapi_url(f), ca64, user);
}

struct kube_config *fakeapi_config(const struct fakeapi *f, const char *token)
{
    char path[] = "/tmp/meshctl-fakeapi-XXXXXX";
    AUTO_FREE char *text = fakeapi_kubeconfig_dup(f, token);
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        give_up("cannot write the kubeconfig");
    close(fd);
    struct kube_config *config;
    struct error *err = NULL;
    int rc = kube_config_load(path, NULL, &config, &err);
    unlink(path);
    if (rc < 0)
        give_up(err->message);
    return config;
}

void fakeapi_set_token(struct fakeapi *f, const char *token)
{
    pthread_mutex_lock(&f->lock);
    free(f->token);
    f->token = mem_strdup_opt(token);
    pthread_mutex_unlock(&f->lock);
}

void fakeapi_add(struct fakeapi *f, const struct fakeapi_rule *rule)
{
    pthread_mutex_lock(&f->lock);
    f->rules = mem_grow(f->rules, &f->rule_cap, f->rule_count + 1, sizeof(*f->rules));
    f->rules[f->rule_count++] = (struct rule){.public = *rule};
    pthread_mutex_unlock(&f->lock);
}

void fakeapi_clear_rules(struct fakeapi *f)
{
    pthread_mutex_lock(&f->lock);
    f->rule_count = 0;
    pthread_mutex_unlock(&f->lock);
}

/* The n-th fitting request, and how many there are; call with the lock held. */
static const struct logged *look_up(const struct fakeapi *f, const char *method, const char *path,
                                    int n, int *ret_count)
{
    const struct logged *found = NULL;
    *ret_count = 0;
    for (size_t i = 0; i < f->log_count; i++) {
        const struct logged *l = &f->log[i];
        if ((method && strcmp(method, l->method) != 0) || (path && !path_fits(path, l->target)))
            continue;
        if ((*ret_count)++ == n)
            found = l;
    }
    return found;
}

int fakeapi_count(struct fakeapi *f, const char *method, const char *path)
{
    int count;
    pthread_mutex_lock(&f->lock);
    look_up(f, method, path, -1, &count);
    pthread_mutex_unlock(&f->lock);
    return count;
}

char *fakeapi_request_dup(struct fakeapi *f, const char *method, const char *path, int n)
{
    int count;
    pthread_mutex_lock(&f->lock);
    const struct logged *l = look_up(f, method, path, n, &count);
    char *text = l ? mem_printf("%s %s\n%s", l->method, l->target, l->body) : NULL;
    pthread_mutex_unlock(&f->lock);
    return text;
}

json_t *fakeapi_object(struct fakeapi *f, const char *path)
{
    pthread_mutex_lock(&f->lock);
    json_t *object = json_deep_copy(json_object_get(f->store.objects, path));
    pthread_mutex_unlock(&f->lock);
    return object;
}

size_t fakeapi_object_count(struct fakeapi *f)
{
    pthread_mutex_lock(&f->lock);
    size_t count = json_object_size(f->store.objects);
    pthread_mutex_unlock(&f->lock);
    return count;
}

json_t *fakeapi_objects(struct fakeapi *f)
{
    pthread_mutex_lock(&f->lock);
    json_t *objects = json_deep_copy(f->store.objects);
    pthread_mutex_unlock(&f->lock);
    return objects;
}

static json_t *parse(const char *text)
{
    json_error_t e;
    json_t *value = json_loads(text, 0, &e);
    if (!json_is_object(value))
        give_up(e.text);
    return value;
}

void fakeapi_put(struct fakeapi *f, const char *text)
{
    pthread_mutex_lock(&f->lock);
    json_t *object = parse(text);
    AUTO_FREE char *path = fakeapi_store_path_dup(&f->store, object);
    if (!path)
        give_up("an object of a kind that is not served");
    fakeapi_store_set(&f->store, path, object);
    pthread_mutex_unlock(&f->lock);
}

void fakeapi_patch(struct fakeapi *f, const char *path, const char *text)
{
    pthread_mutex_lock(&f->lock);
    json_auto_t *patch = parse(text);
    json_t *object = json_deep_copy(json_object_get(f->store.objects, path));
    if (!object)
        give_up("no object to patch");
    fakeapi_merge(object, patch);
    fakeapi_store_set(&f->store, path, object);
    pthread_mutex_unlock(&f->lock);
}

void fakeapi_remove(struct fakeapi *f, const char *path)
{
    pthread_mutex_lock(&f->lock);
    fakeapi_store_delete(&f->store, path);
    pthread_mutex_unlock(&f->lock);
}

void fakeapi_compact(struct fakeapi *f)
{
    pthread_mutex_lock(&f->lock);
    fakeapi_store_compact(&f->store);
    pthread_mutex_unlock(&f->lock);
}
