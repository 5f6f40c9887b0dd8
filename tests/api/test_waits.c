/* Waiting through watches that are cut, expire, stay silent or are not allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/wait.h"

#define SECRETS "/api/v1/namespaces/default/secrets"
#define WATCHES SECRETS

static struct fakeapi_fixture x;
static pthread_t worker;
static bool working;

static const struct kube_ref token = {
    .api_version = "v1", .kind = "Secret", .namespace_ = "default", .name = "token"};
static const char *const keys[] = {"token", NULL};

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, &(struct fakeapi_fixture_options){.api.lifeless = true});
    fakeapi_put(x.api,
                "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"token\","
                "\"namespace\":\"default\"}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (working)
        pthread_join(worker, NULL);
    working = false;
    fakeapi_fixture_stop(&x);
    return 0;
}

static void after(void *(*act)(void *))
{
    working = true;
    assert_int_equal(pthread_create(&worker, NULL, act, NULL), 0);
}

static int wait_for(const struct kube_ref *ref, kube_predicate predicate, int64_t ms,
                    json_t **ret_object, struct error **err)
{
    struct kube_wait wait = {.ref = *ref,
                             .deadline_ms = clock_now_ms() + ms,
                             .predicate = predicate,
                             .ctx = (void *)(uintptr_t)keys};
    return kube_wait(x.client, &wait, ret_object, err);
}

static void wait_good(kube_predicate predicate, int64_t ms)
{
    struct error *err = NULL;
    json_auto_t *object = NULL;
    if (wait_for(&token, predicate, ms, &object, &err) < 0)
        fail_msg("%s", err->message);
}

/* How often the watch was begun: those requests have watch=true. */
static int watches(void)
{
    int count = 0;
    for (int i = 0;; i++) {
        AUTO_FREE char *text = fakeapi_request_dup(x.api, "GET", WATCHES, i);
        if (!text)
            return count;
        count += strstr(text, "watch=true") != NULL;
    }
}

static void *fill_soon(void *arg)
{
    (void)arg;
    usleep(300000);
    fakeapi_patch(x.api, SECRETS "/token", "{\"data\":{\"token\":\"YQ==\"}}");
    return NULL;
}

/* Until the waiter has begun that many watches; a waiter that never does is the test's failure. */
static void watched(int count)
{
    for (int i = 0; i < 1000 && watches() < count; i++)
        usleep(10000);
}

/* When the watch was cut, or ended, twice. */
static void *fill_slowly(void *arg)
{
    (void)arg;
    watched(3);
    fakeapi_patch(x.api, SECRETS "/token", "{\"data\":{\"token\":\"YQ==\"}}");
    return NULL;
}

static void seen_at_once(void **state)
{
    (void)state;
    fakeapi_patch(x.api, SECRETS "/token", "{\"data\":{\"token\":\"YQ==\"}}");
    wait_good(kube_has_keys, 5000);
    assert_int_equal(watches(), 0);
}

static void seen_by_watch(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    after(fill_soon);
    wait_good(kube_has_keys, 8000);
    assert_in_range(clock_now_ms() - began, 290, 20000);
    assert_int_equal(watches(), 1);
}

/* Each cut is answered by a watch that goes on from the version seen last. */
static void cut_watch_goes_on(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = WATCHES,
                                              .query = "watch=true",
                                              .times = 2,
                                              .fault = FAKEAPI_CUT,
                                              .delay_ms = 150});
    after(fill_slowly);
    wait_good(kube_has_keys, 10000);
    assert_true(watches() >= 3);
}

static void ended_watch_is_resumed_where_it_was(void **state)
{
    (void)state;
    /* Ends by itself after an event that changes nothing for us. */
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = WATCHES,
                           .query = "watch=true",
                           .times = 1,
                           .fault = FAKEAPI_STREAM,
                           .delay_ms = 50,
                           .body = "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Secret\","
                                   "\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":"
                                   "\"1003\"}}}"});
    after(fill_slowly);
    wait_good(kube_has_keys, 10000);
    bool resumed = false;
    for (int i = 0; !resumed; i++) {
        AUTO_FREE char *text = fakeapi_request_dup(x.api, "GET", WATCHES, i);
        assert_non_null(text);
        resumed = strstr(text, "watch=true") && strstr(text, "resourceVersion=1003");
    }
}

static void expired_version_starts_afresh(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = WATCHES,
                           .query = "watch=true",
                           .times = 1,
                           .fault = FAKEAPI_STREAM,
                           .body = "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\","
                                   "\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":"
                                   "\"Expired\",\"code\":410,\"message\":\"too old\"}}"});
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .path = WATCHES, .query = "watch=true", .times = 1, .status = 410});
    after(fill_slowly);
    wait_good(kube_has_keys, 10000);
    assert_true(watches() >= 3);
    /* Looking again is a read without watch. */
    assert_true(fakeapi_count(x.api, "GET", SECRETS "*") - watches() >= 3);
}

/* The third watch is the one after the object was read again. */
static void *forget_soon(void *arg)
{
    (void)arg;
    watched(1);
    fakeapi_patch(x.api, SECRETS "/token", "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
    fakeapi_compact(x.api);
    return fill_slowly(NULL);
}

/* Cut, and while nobody watched the server has forgotten the version. */
static void cut_watch_of_a_forgotten_version(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = WATCHES,
                                              .query = "watch=true",
                                              .times = 1,
                                              .fault = FAKEAPI_STREAM,
                                              .delay_ms = 700,
                                              .body = ""});
    after(forget_soon);
    wait_good(kube_has_keys, 10000);
    assert_in_range(watches(), 3, 6);
}

static void lines_may_come_in_pieces(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = WATCHES,
                                              .query = "watch=true",
                                              .times = 1,
                                              .fault = FAKEAPI_STREAM,
                                              .delay_ms = 3000,
                                              .body = "not json at all\n"});
    after(fill_soon);
    wait_good(kube_has_keys, 10000);
}

static void watch_may_be_forbidden(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = WATCHES, .status = 403});
    after(fill_soon);
    wait_good(kube_has_keys, 10000);
    assert_true(fakeapi_count(x.api, "GET", SECRETS "/token") >= 1);
}

static void *make_soon(void *arg)
{
    (void)arg;
    usleep(300000);
    fakeapi_put(x.api, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"late\","
                       "\"namespace\":\"default\"}}");
    return NULL;
}

static void object_may_come_later(void **state)
{
    (void)state;
    struct kube_ref late = token;
    struct error *err = NULL;
    json_auto_t *object = NULL;
    late.name = "late";
    after(make_soon);
    if (wait_for(&late, kube_exists, 8000, &object, &err) < 0)
        fail_msg("%s", err->message);
    assert_string_equal(json_dig_str(object, "metadata", "name", NULL), "late");
}

static void *remove_soon(void *arg)
{
    (void)arg;
    usleep(300000);
    fakeapi_remove(x.api, SECRETS "/token");
    return NULL;
}

static void object_may_go(void **state)
{
    (void)state;
    after(remove_soon);
    wait_good(kube_is_gone, 8000);
}

/* Other objects of the collection change all the time. */
static void *noise(void *arg)
{
    (void)arg;
    for (int i = 0; i < 100; i++) {
        AUTO_FREE char *text =
            mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"n%d\","
                       "\"namespace\":\"default\"}}",
                       i);
        fakeapi_put(x.api, text);
        usleep(5000);
    }
    return fill_soon(NULL);
}

static void neighbours_do_not_matter(void **state)
{
    (void)state;
    after(noise);
    wait_good(kube_has_keys, 8000);
    assert_int_equal(watches(), 1);
}

static void deadline_says_why(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = NULL;
    json_t *object = NULL;
    assert_int_equal(wait_for(&token, kube_has_keys, 1200, &object, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_in_range(clock_now_ms() - began, 1150, 20000);
    assert_true(text_has_prefix(err->message, "west: "));
    assert_non_null(strstr(err->message, "Secret default/token"));
}

static void deadline_holds_when_the_server_falls_silent(void **state)
{
    (void)state;
    bool has;
    struct error *none = NULL;
    assert_int_equal(kube_has_api(x.client, "v1/Secret", &has, &none), 0);
    fakeapi_add(x.api, &(struct fakeapi_rule){.fault = FAKEAPI_SILENT});
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = NULL;
    json_t *object = NULL;
    assert_int_equal(wait_for(&token, kube_has_keys, 1200, &object, &err), -1);
    /* Past the deadline the newest events are asked for, which is bounded too. */
    assert_in_range(clock_now_ms() - began, 1150, 20000);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
}

static void cancelling_ends_a_watch(void **state)
{
    (void)state;
    int64_t began = clock_now_ms();
    AUTO_ERROR struct error *err = NULL;
    json_t *object = NULL;
    fakeapi_fixture_cancel_in(&x, 300);
    assert_int_equal(wait_for(&token, kube_has_keys, 20000, &object, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    assert_in_range(clock_now_ms() - began, 290, 20000);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(seen_at_once),
        CASE(seen_by_watch),
        CASE(cut_watch_goes_on),
        CASE(ended_watch_is_resumed_where_it_was),
        CASE(expired_version_starts_afresh),
        CASE(cut_watch_of_a_forgotten_version),
        CASE(lines_may_come_in_pieces),
        CASE(watch_may_be_forbidden),
        CASE(object_may_come_later),
        CASE(object_may_go),
        CASE(neighbours_do_not_matter),
        CASE(deadline_says_why),
        CASE(deadline_holds_when_the_server_falls_silent),
        CASE(cancelling_ends_a_watch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
