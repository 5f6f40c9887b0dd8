/* Requests, retries and errors of the client, against a scripted API server. Status bodies are as
 * kube-apiserver 1.34 sends them. */
#include "api_support.h"
#include "client_internal.h"

#include "meshctl/kube/apply.h"

#define CONFIGMAP "/api/v1/namespaces/x/configmaps/a"
#define OBJECT(version)                                                                            \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":"    \
    "\"x\","                                                                                       \
    "\"uid\":\"u\",\"resourceVersion\":\"" version "\"}}"
#define STATUS(code, reason, message)                                                              \
    "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\","           \
    "\"message\":\"" message "\",\"reason\":\"" reason "\",\"code\":" #code "}"

static const struct kube_ref configmap = {"v1", "ConfigMap", "x", "a"};

static json_t *object(void)
{
    struct error *err = NULL;
    json_t *value = NULL;
    static const char text[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
        "\"a\",\"namespace\":\"x\"},\"data\":{\"k\":\"v\"}}";
    assert_int_equal(json_read(text, strlen(text), "t", &value, &err), 0);
    return value;
}

static void expect(struct error **err, enum error_kind kind, const char *message)
{
    assert_non_null(*err);
    if (kind != (*err)->kind || strcmp((*err)->message, message) != 0)
        fail_msg("[%s] %s\ninstead of [%s] %s", error_kind_name((*err)->kind), (*err)->message,
                 error_kind_name(kind), message);
    error_clear(err);
}

static void test_get(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "GET " CONFIGMAP "$", .status = 200, .body = OBJECT("7")});
    assert_int_equal(kube_get(api.client, &configmap, &got, &err), 0);
    assert_string_equal(json_dig_str(got, "metadata", "resourceVersion", NULL), "7");
    assert_int_equal(kube_client_requests(api.client), 3);
    json_decref(got);
}

static void test_missing(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    assert_int_equal(kube_get(api.client, &configmap, &got, &err), -1);
    assert_int_equal(err->http_status, 404);
    assert_string_equal(err->where, "west/ConfigMap/x/a");
    expect(&err, ERROR_NOT_FOUND, "west: get ConfigMap x/a: configmaps \"a\" not found");
    assert_int_equal(kube_get_opt(api.client, &configmap, &got, &err), 0);
    assert_null(got);
    assert_int_equal(asked("GET " CONFIGMAP), 2);
}

static void test_denied(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){
        .match = "GET " CONFIGMAP,
        .status = 403,
        .body = STATUS(403, "Forbidden",
                       "configmaps \\\"a\\\" is forbidden: User \\\"jane\\\" cannot get resource "
                       "\\\"configmaps\\\" in API group \\\"\\\" in the namespace \\\"x\\\"")});
    assert_int_equal(kube_get(api.client, &configmap, &got, &err), -1);
    expect(&err, ERROR_DENIED,
           "west: get ConfigMap x/a: User \"jane\" cannot get resource \"configmaps\" in API group "
           "\"\" in the namespace \"x\"");
}

static void test_unauthorized(void **state)
{
    (void)state;
    struct kube_version version;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET /version",
                           .status = 401,
                           .body = STATUS(401, "Unauthorized", "Unauthorized")});
    assert_int_equal(kube_server_version(api.client, &version, &err), -1);
    assert_non_null(strstr(err->hint, "user jane of west.kubeconfig"));
    assert_null(strstr(err->message, "the-token"));
    expect(&err, ERROR_DENIED,
           "west: get /version: the server does not accept the credentials: Unauthorized");
    assert_int_equal(asked("GET /version"), 1);
}

/* 429 was turned away before anything happened, so even a create is sent again, not before the time
 * that the server asked for. */
static void test_too_many(void **state)
{
    (void)state;
    json_auto_t *o = object();
    json_t *created = NULL;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST",
                           .times = 1,
                           .status = 429,
                           .headers = "Retry-After: 1\r\n",
                           .body = STATUS(429, "TooManyRequests", "please try again later")});
    add_rule((struct rule){.match = "POST /api/v1/namespaces/x/configmaps?fieldManager=meshctl$",
                           .status = 201,
                           .body = OBJECT("1")});
    int64_t started = clock_now_ms();
    assert_int_equal(kube_create(api.client, o, &created, &err), 0);
    assert_true(clock_now_ms() - started >= 1000);
    assert_int_equal(asked("POST"), 2);
    assert_int_equal(api.retries.count, 1);
    assert_string_equal(api.retries.items[0], "please try again later");
    json_decref(created);
}

#define MADE(value)                                                                                \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":"    \
    "\"x\",\"uid\":\"u\",\"resourceVersion\":\"3\"},\"data\":{\"k\":\"" value "\"}}"
#define TAKEN STATUS(409, "AlreadyExists", "configmaps \\\"a\\\" already exists")

static int create_object(struct error **err)
{
    json_auto_t *o = object();
    json_auto_t *made = NULL;
    int rc = kube_create(api.client, o, &made, err);
    if (rc == 0)
        assert_string_equal(json_dig_str(made, "metadata", "uid", NULL), "u");
    return rc;
}

/* Reads are sent again; a create whose answer was lost is first looked for: it may have been done.
 * The connection is one that was kept, over which libcurl would send it a second time. */
static void test_lost(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .status = 0});
    add_rule((struct rule){.match = "GET " CONFIGMAP, .times = 2, .status = 0});
    add_rule((struct rule){.match = "GET " CONFIGMAP, .status = 200, .body = MADE("v")});
    assert_int_equal(create_object(&err), 0);
    assert_int_equal(asked("POST"), 1);
    assert_int_equal(asked("GET " CONFIGMAP), 3);
}

static void test_lost_and_not_done(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .times = 1, .status = 0});
    add_rule((struct rule){.match = "POST", .status = 201, .body = MADE("v")});
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    assert_int_equal(create_object(&err), 0);
    assert_int_equal(asked("POST"), 2);
}

/* The first one was still on its way when we looked. */
static void test_lost_and_done_late(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .times = 1, .status = 0});
    add_rule((struct rule){.match = "POST", .status = 409, .body = TAKEN});
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .times = 1,
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    add_rule((struct rule){.match = "GET " CONFIGMAP, .status = 200, .body = MADE("v")});
    assert_int_equal(create_object(&err), 0);
    assert_int_equal(asked("POST"), 2);
}

/* What is there is not what was sent: somebody else's. */
static void test_lost_and_taken(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .times = 1, .status = 0});
    add_rule((struct rule){.match = "POST", .status = 409, .body = TAKEN});
    add_rule((struct rule){.match = "GET " CONFIGMAP, .status = 200, .body = MADE("other")});
    assert_int_equal(create_object(&err), -1);
    expect(&err, ERROR_CONFLICT, "west: create ConfigMap x/a: configmaps \"a\" already exists");
    assert_int_equal(asked("POST"), 2);
}

/* Without a loss before, an equal object is somebody else's too. */
static void test_taken(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .status = 409, .body = TAKEN});
    add_rule((struct rule){.match = "GET " CONFIGMAP, .status = 200, .body = MADE("v")});
    assert_int_equal(create_object(&err), -1);
    expect(&err, ERROR_CONFLICT, "west: create ConfigMap x/a: configmaps \"a\" already exists");
    assert_int_equal(asked("GET " CONFIGMAP), 0);
}

static void test_lost_for_ever(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .status = 0});
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    assert_int_equal(create_object(&err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_int_equal(asked("POST"), 3);
    error_free(err);
}

/* A write bound to a version is not idempotent: sent twice it would be in conflict with itself. */
static void test_bound_replace_goes_out_once(void **state)
{
    (void)state;
    json_auto_t *o = object();
    struct error *err = NULL;
    json_put(o, json_string("7"), "metadata", "resourceVersion", NULL);
    add_discovery();
    add_rule((struct rule){.match = "PUT", .status = 0});
    assert_int_equal(kube_replace(api.client, o, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_int_equal(asked("PUT"), 1);
    error_free(err);
}

/* Which bodies are wiped when they are released. */
static void test_secret_bodies(void **state)
{
    (void)state;
    static const struct kube_ref secret = {"v1", "Secret", "x", "a"};
    static const struct kube_ref *const refs[] = {&secret, &configmap, NULL};
    add_rule((struct rule){.match = "GET /a", .status = 200, .body = "{\"data\":{}}"});
    for (size_t i = 0; i < MC_ARRAY_LEN(refs); i++) {
        struct kube_call call = {.verb = "get", .path = "/a", .ref = refs[i]};
        AUTO_KUBE_REPLY reply = {0};
        struct error *err = NULL;
        assert_int_equal(kube_call_one(api.client, &call, &reply, &err), 0);
        assert_int_equal(reply.secret, i == 0);
        assert_true(json_is_object(reply.value));
        assert_int_equal(reply.response.body.len, 0);
        call.flags = KUBE_CALL_TEXT;
        AUTO_KUBE_REPLY text = {0};
        assert_int_equal(kube_call_one(api.client, &call, &text, &err), 0);
        assert_null(text.value);
        assert_int_equal(text.response.body.len, strlen("{\"data\":{}}"));
    }
}

static void test_unavailable(void **state)
{
    (void)state;
    json_auto_t *o = object();
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "POST", .status = 503, .body = "upstream connect error"});
    add_rule((struct rule){.match = "DELETE " CONFIGMAP, .times = 1, .status = 503, .body = ""});
    add_rule((struct rule){.match = "DELETE " CONFIGMAP, .status = 200, .body = "{}"});
    assert_int_equal(kube_create(api.client, o, NULL, &err), -1);
    expect(&err, ERROR_REMOTE, "west: create ConfigMap x/a: HTTP 503: upstream connect error");
    bool found = false;
    assert_int_equal(kube_delete(api.client, &configmap, NULL, &found, &err), 0);
    assert_true(found);
    assert_int_equal(asked("DELETE"), 2);
    assert_string_equal(api.last_body, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\","
                                       "\"propagationPolicy\":\"Background\"}");
}

/* Deleting what is not there is done. */
static void test_delete_missing(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_ref unknown = {"example.com/v1", "Thing", NULL, "a"};
    add_discovery();
    add_rule((struct rule){.match = "DELETE",
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    bool found = true;
    assert_int_equal(kube_delete(api.client, &configmap, NULL, &found, &err), 0);
    assert_false(found);
    assert_int_equal(kube_delete(api.client, &unknown, NULL, NULL, &err), 0);
    assert_int_equal(asked("DELETE"), 1);
}

/* What was looked at is named; with a version the request is not sent twice. */
static void test_delete_bound(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_delete_options options = {
        .uid = "u", .resource_version = "7", .propagation = KUBE_FOREGROUND, .dry_run = true};
    add_discovery();
    add_rule((struct rule){.match = "DELETE " CONFIGMAP "$", .times = 1, .status = 0});
    add_rule((struct rule){.match = "DELETE " CONFIGMAP "$", .status = 200, .body = "{}"});
    assert_int_equal(kube_delete(api.client, &configmap, &options, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    error_clear(&err);
    assert_int_equal(asked("DELETE"), 1);
    assert_string_equal(
        api.last_body, "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"propagationPolicy\":"
                       "\"Foreground\",\"preconditions\":{\"uid\":\"u\",\"resourceVersion\":\"7\"},"
                       "\"dryRun\":[\"All\"]}");
    assert_int_equal(kube_delete(api.client, &configmap, &options, NULL, &err), 0);
}

#define WEBHOOK                                                                                    \
    "Internal error occurred: failed calling webhook \\\"validation.istio.io\\\": failed to call " \
    "webhook: Post \\\"https://istiod.istio-system.svc:443/validate?timeout=10s\\\": dial tcp "    \
    "10.96.0.7:443: connect: connection refused"

static void test_webhook(void **state)
{
    (void)state;
    json_auto_t *o = object();
    enum kube_applied applied;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .status = 404,
                           .body = STATUS(404, "NotFound", "configmaps \\\"a\\\" not found")});
    add_rule((struct rule){.match = "PATCH",
                           .times = 2,
                           .status = 500,
                           .body = STATUS(500, "InternalError", WEBHOOK)});
    add_rule((struct rule){.match = "PATCH " CONFIGMAP "?fieldManager=meshctl&force=false$",
                           .status = 201,
                           .body = OBJECT("1")});
    assert_int_equal(kube_apply(api.client, o, NULL, &applied, &err), 0);
    assert_int_equal(applied, KUBE_CREATED);
    assert_int_equal(asked("PATCH"), 3);
    /* The same reason is told once. */
    assert_int_equal(api.retries.count, 1);
    assert_non_null(strstr(api.retries.items[0], "failed calling webhook"));
}

static void test_never_retry(void **state)
{
    (void)state;
    json_auto_t *o = object();
    struct error *err = NULL;
    connect_with(-1);
    add_discovery();
    add_rule((struct rule){.match = "GET", .status = 404, .body = STATUS(404, "NotFound", "no")});
    add_rule((struct rule){
        .match = "PATCH", .status = 500, .body = STATUS(500, "InternalError", WEBHOOK)});
    assert_int_equal(kube_apply(api.client, o, NULL, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_int_equal(err->http_status, 500);
    assert_non_null(err->hint);
    assert_int_equal(asked("PATCH"), 1);
    assert_int_equal(api.retries.count, 0);
    error_clear(&err);
}

static void test_retry_ends(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    connect_with(1200);
    add_discovery();
    add_rule((struct rule){.match = "GET " CONFIGMAP, .status = 504, .body = ""});
    int64_t started = clock_now_ms();
    assert_int_equal(kube_get(api.client, &configmap, &got, &err), -1);
    assert_true(clock_now_ms() - started < 1500);
    assert_true(asked("GET " CONFIGMAP) >= 2);
    assert_non_null(strstr(err->message, "HTTP 504 without an explanation (tried "));
    error_clear(&err);
}

static void *cancel_soon(void *ctx)
{
    clock_sleep(300, NULL);
    cancel_set(ctx);
    return NULL;
}

static void test_cancel(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    pthread_t thread;
    add_discovery();
    add_rule((struct rule){
        .match = "GET " CONFIGMAP, .status = 503, .headers = "Retry-After: 30\r\n", .body = ""});
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &api.cancel), 0);
    int64_t started = clock_now_ms();
    assert_int_equal(kube_get(api.client, &configmap, &got, &err), -1);
    assert_true(clock_now_ms() - started < 3000);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_clear(&err);
    pthread_join(thread, NULL);
}

static void test_warning_once(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = "GET " CONFIGMAP,
                           .status = 200,
                           .body = OBJECT("1"),
                           .headers = "Warning: 299 - \"v1 is old\"\r\n"});
    for (int i = 0; i < 3; i++) {
        assert_int_equal(kube_get(api.client, &configmap, &got, &err), 0);
        json_decref(got);
    }
    assert_int_equal(api.warnings.count, 1);
    assert_string_equal(api.warnings.items[0], "v1 is old");
}

static void test_no_json(void **state)
{
    (void)state;
    struct kube_version version;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET /version", .status = 200, .body = "<html>Welcome"});
    assert_int_equal(kube_server_version(api.client, &version, &err), -1);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->hint, "really a Kubernetes API server"));
    error_clear(&err);
}

/* What a server says must not reach the terminal as it is. */
static void test_clean(void **state)
{
    (void)state;
    struct kube_version version;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET /version", .status = 418, .body = "a\x1b[31mb\r\nc\n"});
    assert_int_equal(kube_server_version(api.client, &version, &err), -1);
    expect(&err, ERROR_REMOTE, "west: get /version: HTTP 418: a\\u001b[31mb\\u000d c");
}

static void test_list_pages(void **state)
{
    (void)state;
    json_t *items = NULL;
    struct error *err = NULL;
    struct kube_ref all = {"v1", "ConfigMap", "x", NULL};
    add_discovery();
    add_rule(
        (struct rule){.match = "GET /api/v1/namespaces/x/configmaps?labelSelector=a%3Db&limit=250$",
                      .status = 200,
                      .body = "{\"metadata\":{\"continue\":\"t/k\"},\"items\":[{\"metadata\":"
                              "{\"name\":\"a\"}}]}"});
    add_rule(
        (struct rule){.match = "GET /api/v1/namespaces/x/configmaps?labelSelector=a%3Db&limit="
                               "250&continue=t%2Fk$",
                      .status = 200,
                      .body = "{\"metadata\":{},\"items\":[{\"metadata\":{\"name\":\"b\"}}]}"});
    assert_int_equal(kube_list(api.client, &all, "a=b", NULL, &items, &err), 0);
    assert_int_equal(json_array_size(items), 2);
    assert_string_equal(json_dig_str(items, "1", "kind", NULL), "ConfigMap");
    assert_string_equal(json_dig_str(items, "1", "apiVersion", NULL), "v1");
    json_decref(items);
}

/* The token of the second page has expired: the list is taken again, in one piece. */
static void test_list_expired(void **state)
{
    (void)state;
    json_t *items = NULL;
    struct error *err = NULL;
    struct kube_ref all = {"v1", "ConfigMap", NULL, NULL};
    add_discovery();
    add_rule((struct rule){.match = "GET /api/v1/configmaps?limit=250$",
                           .status = 200,
                           .body = "{\"metadata\":{\"continue\":\"t\"},\"items\":[{},{}]}"});
    add_rule((struct rule){.match = "GET /api/v1/configmaps?limit=250&continue=t",
                           .status = 410,
                           .body = STATUS(410, "Expired", "the continue token is too old")});
    add_rule((struct rule){.match = "GET /api/v1/configmaps$",
                           .status = 200,
                           .body = "{\"metadata\":{},\"items\":[{},{},{}]}"});
    assert_int_equal(kube_list(api.client, &all, NULL, NULL, &items, &err), 0);
    assert_int_equal(json_array_size(items), 3);
    json_decref(items);
}

static void expect_endless(const char *said)
{
    struct error *err = NULL;
    json_t *items = NULL;
    struct kube_ref all = {"v1", "ConfigMap", NULL, NULL};
    assert_int_equal(kube_list(api.client, &all, NULL, NULL, &items, &err), -1);
    expect(&err, ERROR_REMOTE, said);
}

static void test_list_repeats(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = "GET /api/v1/configmaps",
                           .status = 200,
                           .body = "{\"metadata\":{\"continue\":\"t\"},\"items\":[{}]}"});
    expect_endless(
        "west: list ConfigMap: the list does not end: the same page comes again and again");
    assert_int_equal(asked("GET /api/v1/configmaps"), 2);
}

static void test_list_stays_empty(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = "GET /api/v1/configmaps?limit=250&continue=a",
                           .status = 200,
                           .body = "{\"metadata\":{\"continue\":\"b\"},\"items\":[]}"});
    add_rule((struct rule){.match = "GET /api/v1/configmaps",
                           .status = 200,
                           .body = "{\"metadata\":{\"continue\":\"a\"},\"items\":null}"});
    expect_endless("west: list ConfigMap: the list does not end: page after page is empty");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, api_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_get),
        CASE(test_missing),
        CASE(test_denied),
        CASE(test_unauthorized),
        CASE(test_too_many),
        CASE(test_lost),
        CASE(test_lost_and_not_done),
        CASE(test_lost_and_done_late),
        CASE(test_lost_and_taken),
        CASE(test_taken),
        CASE(test_lost_for_ever),
        CASE(test_bound_replace_goes_out_once),
        CASE(test_secret_bodies),
        CASE(test_unavailable),
        CASE(test_delete_missing),
        CASE(test_delete_bound),
        CASE(test_webhook),
        CASE(test_never_retry),
        CASE(test_retry_ends),
        CASE(test_cancel),
        CASE(test_warning_once),
        CASE(test_no_json),
        CASE(test_clean),
        CASE(test_list_pages),
        CASE(test_list_expired),
        CASE(test_list_repeats),
        CASE(test_list_stays_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
