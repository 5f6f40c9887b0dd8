/* What the client does when single requests go wrong: tried again where that is safe, told clearly
 * where it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/apply.h"

#define MAPS "/api/v1/namespaces/default/configmaps"
#define SETTINGS MAPS "/settings"

static struct fakeapi_fixture x;

static const struct kube_ref settings = {
    .api_version = "v1", .kind = "ConfigMap", .namespace_ = "default", .name = "settings"};

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, &(struct fakeapi_fixture_options){.retry_for_ms = 8000});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static json_t *map_new(const char *name, const char *value)
{
    return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                     "metadata", "name", name, "namespace", "default", "data", "key", value);
}

static void have_settings(void)
{
    fakeapi_put(x.api, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                       "\"settings\",\"namespace\":\"default\"},\"data\":{\"key\":\"value\"}}");
}

static void get_settings(void)
{
    json_auto_t *object = NULL;
    struct error *err = NULL;
    if (kube_get(x.client, &settings, &object, &err) < 0)
        fail_msg("%s", err->message);
    assert_string_equal(json_dig_str(object, "data", "key", NULL), "value");
}

static struct error *get_bad(void)
{
    struct error *err = NULL;
    json_t *object = NULL;
    assert_int_equal(kube_get(x.client, &settings, &object, &err), -1);
    return err;
}

static void apply_settings(const char *value, enum kube_applied expected)
{
    json_auto_t *object = map_new("settings", value);
    struct kube_apply_options options = {0};
    enum kube_applied applied;
    struct error *err = NULL;
    if (kube_apply(x.client, object, &options, &applied, &err) < 0)
        fail_msg("%s", err->message);
    assert_int_equal(applied, expected);
    json_auto_t *live = fakeapi_object(x.api, SETTINGS);
    assert_string_equal(json_dig_str(live, "data", "key", NULL), value);
}

/* Makes discovery's requests, so that a rule about time meets the request that is meant. */
static void warm_up(void)
{
    bool has;
    struct error *err = NULL;
    assert_int_equal(kube_has_api(x.client, "v1/ConfigMap", &has, &err), 0);
    assert_true(has);
}

/* ---- tried again ---- */

static void too_many_requests_waits_as_asked(void **state)
{
    (void)state;
    have_settings();
    warm_up();
    fakeapi_add(x.api,
                &(struct fakeapi_rule){
                    .path = SETTINGS, .times = 1, .status = 429, .headers = "Retry-After: 1\r\n"});
    int64_t began = clock_now_ms();
    get_settings();
    assert_in_range(clock_now_ms() - began, 1000, 20000);
    assert_int_equal(fakeapi_count(x.api, "GET", SETTINGS), 2);
    assert_true(x.retries.count >= 1);
}

static void too_many_requests_for_a_create(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.method = "POST",
                                              .path = MAPS,
                                              .times = 2,
                                              .status = 429,
                                              .headers = "Retry-After: 0\r\n"});
    json_auto_t *object = map_new("settings", "value");
    json_auto_t *made = NULL;
    struct error *err = NULL;
    assert_int_equal(kube_create(x.client, object, &made, &err), 0);
    assert_int_equal(fakeapi_count(x.api, "POST", MAPS), 3);
}

static const enum fakeapi_fault losses[] = {FAKEAPI_RESET, FAKEAPI_CUT, FAKEAPI_LOSE};

static void lost_connection_is_tried_again_for_reads(void **state)
{
    (void)state;
    have_settings();
    for (size_t i = 0; i < MC_ARRAY_LEN(losses); i++) {
        int before = fakeapi_count(x.api, "GET", SETTINGS);
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api,
                    &(struct fakeapi_rule){.path = SETTINGS, .times = 1, .fault = losses[i]});
        get_settings();
        assert_true(fakeapi_count(x.api, "GET", SETTINGS) >= before + 2);
    }
}

static void lost_connection_is_tried_again_for_applies(void **state)
{
    (void)state;
    static const char *const values[] = {"one", "two", "three"};
    for (size_t i = 0; i < MC_ARRAY_LEN(losses); i++) {
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api,
                    &(struct fakeapi_rule){
                        .method = "PATCH", .path = SETTINGS, .times = 1, .fault = losses[i]});
        apply_settings(values[i], i == 0 ? KUBE_CREATED : KUBE_CHANGED);
    }
}

/* A create whose answer was lost may have been done: it is looked for before it is sent again. */
static void lost_create_is_done_once(void **state)
{
    (void)state;
    static const struct {
        enum fakeapi_fault fault;
        const char *name;
        int posts;
    } cases[] = {{FAKEAPI_LOSE, "done", 1}, {FAKEAPI_RESET, "not-done", 2}};
    warm_up();
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        int before = fakeapi_count(x.api, "POST", MAPS);
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api,
                    &(struct fakeapi_rule){
                        .method = "POST", .path = MAPS, .times = 1, .fault = cases[i].fault});
        json_auto_t *object = map_new(cases[i].name, "value");
        json_auto_t *made = NULL;
        struct error *err = NULL;
        if (kube_create(x.client, object, &made, &err) < 0)
            fail_msg("%s", err->message);
        assert_string_equal(json_dig_str(made, "metadata", "name", NULL), cases[i].name);
        assert_int_equal(fakeapi_count(x.api, "POST", MAPS) - before, cases[i].posts);
    }
}

static void webhook_that_is_not_up_yet(void **state)
{
    (void)state;
    fakeapi_add(x.api,
                &(struct fakeapi_rule){
                    .method = "PATCH",
                    .path = SETTINGS,
                    .times = 2,
                    .status = 500,
                    .body =
                        "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
                        "\"reason\":\"InternalError\",\"code\":500,\"message\":\"Internal error "
                        "occurred: failed calling webhook \\\"validation.istio.io\\\": connection "
                        "refused\"}"});
    apply_settings("value", KUBE_CREATED);
    assert_int_equal(fakeapi_count(x.api, "PATCH", SETTINGS), 3);
    assert_true(x.retries.count >= 1);
    assert_non_null(strstr(x.retries.items[0], "failed calling webhook"));
}

static void retrying_ends(void **state)
{
    (void)state;
    have_settings();
    warm_up();
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = SETTINGS, .status = 503});
    kube_client_free(x.client);
    x.client = fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){.retry_for_ms = 1200});
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_int_equal(err->http_status, 503);
    assert_in_range(clock_now_ms() - began, 0, 20000);
    assert_true(fakeapi_count(x.api, "GET", SETTINGS) >= 2);
}

static void other_refusals_are_final(void **state)
{
    (void)state;
    static const struct {
        int status;
        enum error_kind kind;
    } cases[] = {
        {400, ERROR_REMOTE}, {403, ERROR_DENIED}, {404, ERROR_NOT_FOUND},
        {422, ERROR_REMOTE}, {500, ERROR_REMOTE},
    };
    have_settings();
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        int before = fakeapi_count(x.api, "GET", SETTINGS);
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api, &(struct fakeapi_rule){.path = SETTINGS, .status = cases[i].status});
        AUTO_ERROR struct error *err = get_bad();
        assert_int_equal(err->kind, cases[i].kind);
        assert_int_equal(err->http_status, cases[i].status);
        assert_int_equal(fakeapi_count(x.api, "GET", SETTINGS), before + 1);
    }
}

/* ---- errors that people read ---- */

static void message_names_cluster_and_object(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_string_equal(err->message,
                        "west: get ConfigMap default/settings: configmaps \"settings\" "
                        "not found");
}

static void server_text_is_cleaned(void **state)
{
    (void)state;
    fakeapi_add(x.api,
                &(struct fakeapi_rule){
                    .path = SETTINGS,
                    .status = 403,
                    .body = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\","
                            "\"message\":\"no\\u001b[31m way\",\"code\":403}"});
    AUTO_ERROR struct error *err = get_bad();
    assert_null(strchr(err->message, '\x1b'));
    assert_non_null(strstr(err->message, "no\\u001b[31m way"));
}

static void conflict_names_the_manager(void **state)
{
    (void)state;
    fakeapi_add(
        x.api,
        &(struct fakeapi_rule){
            .method = "PATCH",
            .path = SETTINGS,
            .status = 409,
            .body =
                "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":"
                "\"Conflict\",\"code\":409,\"message\":\"Apply failed with 1 conflict: conflict "
                "with \\\"kubectl\\\": .data.key\",\"details\":{\"causes\":[{\"reason\":"
                "\"FieldManagerConflict\",\"message\":\"conflict with \\\"kubectl\\\"\","
                "\"field\":\".data.key\"}]}}"});
    json_auto_t *object = map_new("settings", "mine");
    struct kube_apply_options options = {0};
    enum kube_applied applied;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(kube_apply(x.client, object, &options, &applied, &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_non_null(strstr(err->message, "kubectl"));
    assert_non_null(strstr(err->message, ".data.key"));
    assert_int_equal(fakeapi_count(x.api, "PATCH", SETTINGS), 1);
}

static void nobody_there(void **state)
{
    (void)state;
    fakeapi_stop(x.api);
    x.api = NULL;
    kube_client_free(x.client);
    x.client = fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){.retry_for_ms = -1});
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_UNREACHABLE);
    assert_non_null(strstr(err->message, "west: "));
    assert_non_null(strstr(err->message, "Connection refused"));
}

/* ---- credentials ---- */

static void expired_token(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    fakeapi_fixture_start(&x, &(struct fakeapi_fixture_options){.api.token = "s3cret-token",
                                                                .token = "s3cret-token"});
    have_settings();
    get_settings();
    fakeapi_set_token(x.api, "another");
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_int_equal(err->http_status, 401);
    assert_null(strstr(err->message, "s3cret"));
    assert_true(!err->hint || !strstr(err->hint, "s3cret"));
}

/* ---- warnings ---- */

static void warnings_are_told_once(void **state)
{
    (void)state;
    have_settings();
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = SETTINGS,
                           .headers = "Warning: 299 - \"v1 ConfigMap is old\"\r\n"
                                      "Warning: 299 - \"second\"\r\n",
                           .body = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":"
                                   "{\"name\":\"settings\"},\"data\":{\"key\":\"value\"}}"});
    for (int i = 0; i < 3; i++)
        get_settings();
    assert_int_equal(x.warnings.count, 2);
    assert_string_equal(x.warnings.items[0], "west: v1 ConfigMap is old");
    assert_string_equal(x.warnings.items[1], "west: second");
}

/* ---- limits and time ---- */

static bool endless_body(void *ctx, struct test_conn *conn, const struct test_request *r)
{
    (void)ctx;
    (void)r;
    AUTO_FREE char *block = mem_zalloc(1 << 20);
    memset(block, ' ', (1 << 20) - 1);
    test_conn_printf(conn,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Length: %zu\r\n\r\n{",
                     KUBE_MAX_OBJECT + 1);
    while (test_conn_write(conn, block, 1 << 20))
        ;
    return false;
}

static void huge_answer_is_refused(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = SETTINGS, .fault = FAKEAPI_SCRIPT, .script = endless_body});
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "larger than"));
    assert_in_range(clock_now_ms() - began, 0, 20000);
    assert_int_equal(fakeapi_count(x.api, "GET", SETTINGS), 1);
}

static void answers_that_are_no_json(void **state)
{
    (void)state;
    static const char *const bodies[] = {"<html>proxy</html>", "", "[1,2", "{\"a\":1}{\"b\":2}"};
    for (size_t i = 0; i < MC_ARRAY_LEN(bodies); i++) {
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api, &(struct fakeapi_rule){.path = SETTINGS, .body = bodies[i]});
        AUTO_ERROR struct error *err = get_bad();
        assert_int_equal(err->kind, ERROR_REMOTE);
    }
}

static void answers_about_another_object(void **state)
{
    (void)state;
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = SETTINGS,
                                       .body = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\","
                                               "\"metadata\":{\"name\":\"another\"}}"});
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_non_null(strstr(err->message, "the answer is about another object, ConfigMap another"));
}

static void slow_answers_are_waited_for(void **state)
{
    (void)state;
    have_settings();
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = SETTINGS, .fault = FAKEAPI_DRIBBLE, .delay_ms = 1, .times = 1});
    get_settings();
}

static void silence_ends_at_the_request_timeout(void **state)
{
    (void)state;
    kube_client_free(x.client);
    x.client = fakeapi_fixture_client(
        &x, &(struct fakeapi_fixture_options){.request_timeout_ms = 400, .retry_for_ms = -1});
    have_settings();
    warm_up();
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = SETTINGS, .fault = FAKEAPI_SILENT});
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 390, 20000);
}

/* A server that takes connections and says nothing, from the first request on. */
static void silence_ends_at_the_clients_deadline(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    kube_client_free(x.client);
    x.client =
        fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){.deadline_ms = began + 1200});
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/*", .fault = FAKEAPI_SILENT});
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 1000, 20000);
}

static void retrying_ends_at_the_clients_deadline(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    kube_client_free(x.client);
    x.client =
        fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){.deadline_ms = began + 600});
    have_settings();
    warm_up();
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = SETTINGS, .status = 429, .headers = "Retry-After: 1\r\n"});
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->http_status, 429);
    assert_in_range(clock_now_ms() - began, 0, 20000);
}

static void cancelling_ends_a_slow_request(void **state)
{
    (void)state;
    have_settings();
    warm_up();
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = SETTINGS, .fault = FAKEAPI_SILENT});
    int64_t began = clock_now_ms();
    fakeapi_fixture_cancel_in(&x, 150);
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 140, 20000);
}

static void cancelling_ends_a_retry_pause(void **state)
{
    (void)state;
    have_settings();
    warm_up();
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = SETTINGS, .status = 429, .headers = "Retry-After: 7\r\n"});
    int64_t began = clock_now_ms();
    fakeapi_fixture_cancel_in(&x, 150);
    AUTO_ERROR struct error *err = get_bad();
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 140, 6000);
}

/* ---- many at once ---- */

static void many_applies_through_bad_weather(void **state)
{
    (void)state;
    enum { COUNT = 60 };
    json_t *objects[COUNT];
    struct kube_apply_result results[COUNT];
    struct kube_apply_options options = {0};
    struct error *err = NULL;
    fakeapi_add(x.api, &(struct fakeapi_rule){.method = "PATCH",
                                              .skip = 5,
                                              .times = 3,
                                              .status = 429,
                                              .headers = "Retry-After: 0\r\n"});
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .method = "PATCH", .skip = 20, .times = 4, .fault = FAKEAPI_LOSE});
    fakeapi_add(
        x.api,
        &(struct fakeapi_rule){
            .method = "GET", .path = MAPS "*", .skip = 10, .times = 4, .fault = FAKEAPI_CUT});
    for (size_t i = 0; i < COUNT; i++) {
        AUTO_FREE char *name = mem_printf("map-%zu", i);
        objects[i] = map_new(name, name);
    }
    if (kube_apply_many(x.client, objects, COUNT, &options, results, &err) < 0)
        fail_msg("%s", err->message);
    for (size_t i = 0; i < COUNT; i++) {
        AUTO_FREE char *path = mem_printf(MAPS "/map-%zu", i);
        json_auto_t *live = fakeapi_object(x.api, path);
        assert_null(results[i].error);
        assert_int_equal(results[i].applied, KUBE_CREATED);
        assert_non_null(live);
        json_decref(objects[i]);
    }
    kube_apply_results_release(results, COUNT);
}

static void list_follows_its_pages(void **state)
{
    (void)state;
    enum { COUNT = 1203 };
    struct kube_ref ref = {.api_version = "v1", .kind = "ConfigMap", .namespace_ = "default"};
    struct error *err = NULL;
    json_auto_t *items = NULL;
    for (int i = 0; i < COUNT; i++) {
        AUTO_FREE char *text =
            mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                       "\"m%d\",\"namespace\":\"default\",\"labels\":{\"odd\":\"%s\"}}}",
                       i, i % 2 ? "yes" : "no");
        fakeapi_put(x.api, text);
    }
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = MAPS, .skip = 1, .times = 1, .fault = FAKEAPI_CUT});
    assert_int_equal(kube_list(x.client, &ref, NULL, NULL, &items, &err), 0);
    assert_int_equal(json_array_size(items), COUNT);
    assert_string_equal(json_dig_str(json_array_get(items, 7), "kind", NULL), "ConfigMap");
    json_auto_t *odd = NULL;
    assert_int_equal(kube_list(x.client, &ref, "odd=yes", NULL, &odd, &err), 0);
    assert_int_equal(json_array_size(odd), COUNT / 2);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(too_many_requests_waits_as_asked),
        CASE(too_many_requests_for_a_create),
        CASE(lost_connection_is_tried_again_for_reads),
        CASE(lost_connection_is_tried_again_for_applies),
        CASE(lost_create_is_done_once),
        CASE(webhook_that_is_not_up_yet),
        CASE(retrying_ends),
        CASE(other_refusals_are_final),
        CASE(message_names_cluster_and_object),
        CASE(server_text_is_cleaned),
        CASE(conflict_names_the_manager),
        CASE(nobody_there),
        CASE(expired_token),
        CASE(warnings_are_told_once),
        CASE(huge_answer_is_refused),
        CASE(answers_that_are_no_json),
        CASE(answers_about_another_object),
        CASE(slow_answers_are_waited_for),
        CASE(silence_ends_at_the_request_timeout),
        CASE(silence_ends_at_the_clients_deadline),
        CASE(retrying_ends_at_the_clients_deadline),
        CASE(cancelling_ends_a_slow_request),
        CASE(cancelling_ends_a_retry_pause),
        CASE(many_applies_through_bad_weather),
        CASE(list_follows_its_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
