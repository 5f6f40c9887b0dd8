/* Waits: what is watched, how a wait goes on after a cut, and what it says. */
#include "api_support.h"

#include "meshctl/kube/wait.h"

#define MAPS "/api/v1/namespaces/x/configmaps?"
#define NAMED "fieldSelector=metadata.name%3Da"
#define LIST "GET " MAPS NAMED "&limit=250$"
#define WATCH "GET " MAPS "watch=true&" NAMED "&resourceVersion="
#define ITEM(version, data)                                                                        \
    "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"" version "\"},"   \
    "\"data\":{" data "}}"
#define EVENT(type, item) "{\"type\":\"" type "\",\"object\":" item "}\n"
#define LISTED(version, items)                                                                     \
    "{\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" items "]}"

static struct strlist reasons;

static void note_reason(void *ctx, const char *reason)
{
    (void)ctx;
    strlist_add(&reasons, reason);
}

static bool has_k(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                  struct error **err)
{
    (void)c;
    (void)ctx;
    (void)err;
    if (json_dig(object, "data", "k", NULL))
        return true;
    *ret_reason = mem_strdup(object ? "no k" : "no object");
    return false;
}

static int wait_for(int64_t ms, kube_predicate predicate, json_t **ret_object, struct error **err)
{
    struct kube_wait wait = {.ref = {"v1", "ConfigMap", "x", "a"},
                             .deadline_ms = clock_now_ms() + ms,
                             .predicate = predicate,
                             .on_reason = note_reason};
    return kube_wait(api.client, &wait, ret_object, err);
}

static int wait_setup(void **state)
{
    memset(&reasons, 0, sizeof(reasons));
    api_setup(state);
    add_discovery();
    return 0;
}

static int wait_teardown(void **state)
{
    strlist_release(&reasons);
    return api_teardown(state);
}

static void test_at_once(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_rule(
        (struct rule){.match = LIST, .status = 200, .body = LISTED("5", ITEM("4", "\"k\":\"\""))});
    assert_int_equal(wait_for(5000, has_k, &got, &err), 0);
    assert_string_equal(json_dig_str(got, "metadata", "resourceVersion", NULL), "4");
    assert_int_equal(asked("GET " MAPS), 1);
    assert_int_equal(reasons.count, 0);
    json_decref(got);
}

/* From the list's version to the first event, from that event's version to the next. */
static void test_events(void **state)
{
    (void)state;
    json_t *got = NULL;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .status = 200, .body = LISTED("5", "")});
    add_rule((struct rule){.match = WATCH "5&allowWatchBookmarks=true&timeoutSeconds=2$",
                           .stream_ms = 5000,
                           .body = EVENT("ADDED", ITEM("6", ""))});
    add_rule((struct rule){.match = WATCH "6&",
                           .stream_ms = 5000,
                           .body = EVENT("BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"8\"}}")
                               EVENT("MODIFIED", ITEM("9", "\"k\":\"v\""))});
    int64_t started = clock_now_ms();
    assert_int_equal(wait_for(5000, has_k, &got, &err), 0);
    assert_true(clock_now_ms() - started < 2000);
    assert_string_equal(json_dig_str(got, "metadata", "resourceVersion", NULL), "9");
    assert_string_equal(json_dig_str(got, "apiVersion", NULL), "v1");
    assert_int_equal(asked(LIST), 1);
    assert_int_equal(reasons.count, 2);
    assert_string_equal(reasons.items[0], "no object");
    assert_string_equal(reasons.items[1], "no k");
    json_decref(got);
}

static void test_deleted(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .status = 200, .body = LISTED("5", ITEM("4", ""))});
    add_rule((struct rule){
        .match = WATCH "5&", .stream_ms = 5000, .body = EVENT("DELETED", ITEM("6", ""))});
    assert_int_equal(wait_for(5000, kube_is_gone, NULL, &err), 0);
    assert_string_equal(reasons.items[0], "it is still there");
}

/* 410: the server has forgotten the version, so the object is looked at again. */
static void test_expired(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .times = 1, .status = 200, .body = LISTED("5", "")});
    add_rule((struct rule){.match = WATCH "5&",
                           .stream_ms = 5000,
                           .body =
                               "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,"
                               "\"reason\":\"Expired\"}}\n"});
    add_rule((struct rule){
        .match = LIST, .status = 200, .body = LISTED("99", ITEM("98", "\"k\":\"v\""))});
    assert_int_equal(wait_for(5000, has_k, NULL, &err), 0);
    assert_int_equal(asked(LIST), 2);
}

/* A connection that is lost in the middle of an event. */
static void test_cut(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .times = 1, .status = 200, .body = LISTED("5", "")});
    add_rule((struct rule){.match = WATCH "5&", .stream_ms = -1, .body = "{\"type\":\"ADD"});
    add_rule(
        (struct rule){.match = LIST, .status = 200, .body = LISTED("7", ITEM("6", "\"k\":\"v\""))});
    assert_int_equal(wait_for(5000, has_k, NULL, &err), 0);
    assert_int_equal(asked(LIST), 2);
}

static void test_deadline(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .status = 200, .body = LISTED("5", ITEM("4", ""))});
    add_rule((struct rule){.match = WATCH, .stream_ms = 60000, .body = ""});
    add_rule((struct rule){
        .match =
            "GET /api/v1/namespaces/x/events?fieldSelector=type%3DWarning%2CinvolvedObject.kind"
            "%3DConfigMap%2CinvolvedObject.name%3Da",
        .status = 200,
        .body = "{\"items\":[{\"type\":\"Warning\",\"reason\":\"Rotten\",\"message\":\"it "
                "smells\"}]}"});
    int64_t started = clock_now_ms();
    assert_int_equal(wait_for(1300, has_k, NULL, &err), -1);
    assert_in_range(clock_now_ms() - started, 1300, 20000);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_string_equal(err->where, "west/ConfigMap/x/a");
    assert_true(text_has_prefix(err->message, "west: waited 1."));
    assert_true(text_has_suffix(err->message, "s for ConfigMap x/a: no k; last warning: Rotten: it "
                                              "smells"));
    error_clear(&err);
}

static bool hopeless(struct kube_client *c, const json_t *object, void *ctx, char **ret_reason,
                     struct error **err)
{
    (void)c;
    (void)object;
    (void)ctx;
    (void)ret_reason;
    error_set(err, ERROR_CONFLICT, "hopeless");
    return false;
}

static void test_hopeless(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .status = 200, .body = LISTED("5", "")});
    assert_int_equal(wait_for(5000, hopeless, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_string_equal(err->message, "west: wait for ConfigMap x/a: hopeless");
    error_clear(&err);
}

/* Who may get but neither list nor watch waits all the same. */
static void test_get_only(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET " MAPS, .status = 403, .body = "no"});
    add_rule((struct rule){.match = "GET /api/v1/namespaces/x/configmaps/a$",
                           .times = 1,
                           .status = 404,
                           .body = "{\"kind\":\"Status\",\"message\":\"no\"}"});
    add_rule((struct rule){.match = "GET /api/v1/namespaces/x/configmaps/a$",
                           .status = 200,
                           .body = ITEM("6", "\"k\":\"v\"")});
    assert_int_equal(wait_for(8000, has_k, NULL, &err), 0);
    assert_int_equal(asked("GET /api/v1/namespaces/x/configmaps/a$"), 2);
}

/* The API server is away for a while in the middle of a wait. */
static void test_server_away(void **state)
{
    (void)state;
    struct error *err = NULL;
    add_rule((struct rule){.match = LIST, .times = 1, .status = 200, .body = LISTED("5", "")});
    add_rule((struct rule){.match = WATCH "5&", .stream_ms = -1, .body = ""});
    add_rule((struct rule){.match = LIST, .times = 2, .status = 0});
    add_rule(
        (struct rule){.match = LIST, .status = 200, .body = LISTED("7", ITEM("6", "\"k\":\"v\""))});
    assert_int_equal(wait_for(20000, has_k, NULL, &err), 0);
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
    struct error *err = NULL;
    pthread_t thread;
    add_rule((struct rule){.match = LIST, .status = 200, .body = LISTED("5", "")});
    add_rule((struct rule){.match = WATCH, .stream_ms = 30000, .body = ""});
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &api.cancel), 0);
    int64_t started = clock_now_ms();
    assert_int_equal(wait_for(20000, has_k, NULL, &err), -1);
    assert_true(clock_now_ms() - started < 2000);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_clear(&err);
    pthread_join(thread, NULL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, wait_setup, wait_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_at_once),     CASE(test_events),   CASE(test_deleted),  CASE(test_expired),
        CASE(test_cut),         CASE(test_deadline), CASE(test_hopeless), CASE(test_get_only),
        CASE(test_server_away), CASE(test_cancel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
