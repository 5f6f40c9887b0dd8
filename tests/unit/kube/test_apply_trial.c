/* What an apply would do, and doing just that afterwards. */
#include "api_support.h"

#include "meshctl/kube/apply.h"

#define MAP(name) "/api/v1/namespaces/x/configmaps/" name
#define TRY(name, force) "PATCH " MAP(name) "?fieldManager=meshctl&force=" force "&dryRun=All$"
#define APPLY(name) "PATCH " MAP(name) "?fieldManager=meshctl&force=false$"
#define NOT_FOUND                                                                                  \
    "{\"kind\":\"Status\",\"message\":\"not found\",\"reason\":\"NotFound\",\"code\":404}"
#define MANAGED(manager, operation)                                                                \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation "\",\"apiVersion\":\"v1\","          \
    "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:k\":{}}}}"
#define LIVE(name, version, value, managed)                                                        \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" name                 \
    "\",\"namespace\":\"x\",\"uid\":\"u-" name "\",\"resourceVersion\":\"" version                 \
    "\",\"managedFields\":[" managed "]},\"data\":{\"k\":\"" value "\"}}"
#define OURS MANAGED("meshctl", "Apply")
#define CAUSE(manager, field)                                                                      \
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"" manager                \
    "\\\" using v1 at 2026-01-02T03:04:05Z\",\"field\":\"" field "\"}"
#define CONFLICT(causes)                                                                           \
    "{\"kind\":\"Status\",\"code\":409,\"reason\":\"Conflict\",\"message\":\"Apply failed\","      \
    "\"details\":{\"causes\":[" causes "]}}"

static json_t *config_map(const char *name)
{
    return json_pack("{s:s,s:s,s:{s:s,s:s},s:{s:s}}", "apiVersion", "v1", "kind", "ConfigMap",
                     "metadata", "name", name, "namespace", "x", "data", "k", "v");
}

static int trial_setup(void **state)
{
    api_setup(state);
    add_discovery();
    return 0;
}

static void get_gives(const char *match, int status, const char *body)
{
    add_rule((struct rule){.match = match, .status = status, .body = body});
}

static void compare(json_t *const *objects, size_t count, const struct kube_apply_options *options,
                    struct kube_comparison *out)
{
    struct error *err = NULL;
    if (kube_compare_many(api.client, objects, count, options, out, &err) < 0)
        fail_msg("%s", err->message);
}

static enum kube_would would_one(const struct kube_apply_options *options)
{
    struct kube_comparison one;
    json_auto_t *o = config_map("a");
    compare(&o, 1, options, &one);
    if (one.error)
        fail_msg("%s", one.error->message);
    enum kube_would would = one.would;
    assert_int_equal(one.after != NULL, would == KUBE_WOULD_CHANGE);
    kube_comparisons_release(&one, 1);
    return would;
}

/* What is to be created is not even tried: its kind or namespace may be yet to come. */
static void test_create(void **state)
{
    (void)state;
    get_gives("GET " MAP("a"), 404, NOT_FOUND);
    assert_int_equal(would_one(NULL), KUBE_WOULD_CREATE);
    assert_int_equal(asked("PATCH"), 0);
}

static void test_kind_not_served(void **state)
{
    (void)state;
    struct kube_comparison one;
    json_auto_t *o = config_map("a");
    json_object_set_new(o, "kind", json_string("Gateway"));
    int64_t started = clock_now_ms();
    compare(&o, 1, NULL, &one);
    assert_true(clock_now_ms() - started < 900);
    assert_null(one.error);
    assert_int_equal(one.would, KUBE_WOULD_CREATE);
    kube_comparisons_release(&one, 1);
}

/* The live object shows it all: one request. */
static void test_nothing(void **state)
{
    (void)state;
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "v", OURS));
    assert_int_equal(would_one(NULL), KUBE_WOULD_NOTHING);
    assert_int_equal(asked("PATCH"), 0);
}

/* The server knows better than the managers of the live object. */
static void test_tried(void **state)
{
    (void)state;
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", OURS));
    add_rule((struct rule){
        .match = TRY("a", "false"), .times = 1, .status = 200, .body = LIVE("a", "7", "v", OURS)});
    get_gives(TRY("a", "false"), 200, LIVE("a", "7", "w", OURS));
    assert_int_equal(would_one(NULL), KUBE_WOULD_CHANGE);
    assert_int_equal(would_one(NULL), KUBE_WOULD_NOTHING);
    assert_int_equal(asked(APPLY("a")), 0);
}

static void test_conflict(void **state)
{
    (void)state;
    struct kube_comparison one;
    json_auto_t *o = config_map("a");
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", ""));
    get_gives(TRY("a", "false"), 409, CONFLICT(CAUSE("kubectl", ".data.k")));
    get_gives(TRY("a", "true"), 200, LIVE("a", "7", "v", OURS));
    compare(&o, 1, NULL, &one);
    assert_int_equal(one.would, KUBE_WOULD_CONFLICT);
    assert_int_equal(one.conflicts.count, 1);
    assert_string_equal(one.conflicts.items[0].manager, "kubectl");
    assert_string_equal(one.conflicts.items[0].field, ".data.k");
    assert_int_equal(one.error->kind, ERROR_CONFLICT);
    assert_string_equal(one.error->message,
                        "west: apply ConfigMap x/a: conflict: \"kubectl\" owns .data.k");
    assert_non_null(one.live);
    kube_comparisons_release(&one, 1);
    assert_int_equal(would_one(&(struct kube_apply_options){.force = true}), KUBE_WOULD_CHANGE);
}

/* As kube-apiserver 1.34 says of a Deployment's selector, and of a RoleBinding. */
static void test_immutable(void **state)
{
    (void)state;
    static const char *const causes[] = {
        "Invalid value: {}: field is immutable",
        "Invalid value: {}: cannot change roleRef",
        "Invalid value: {}: must be positive",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(causes); i++) {
        struct kube_comparison one;
        json_auto_t *o = config_map("a");
        AUTO_FREE char *body = mem_printf(
            "{\"kind\":\"Status\",\"code\":422,\"message\":\"it is invalid\",\"details\":{"
            "\"causes\":[{\"reason\":\"FieldValueInvalid\",\"message\":\"%s\"}]}}",
            causes[i]);
        api.count = 0;
        add_discovery();
        get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", OURS));
        get_gives(TRY("a", "false"), 422, body);
        compare(&o, 1, NULL, &one);
        assert_string_equal(one.error->message, "west: apply ConfigMap x/a: it is invalid");
        assert_int_equal(one.would == KUBE_WOULD_RECREATE, i < 2);
        assert_non_null(one.live);
        kube_comparisons_release(&one, 1);
    }
}

/* What the manager itself owns by Update is not in anybody's way: it would be adopted. */
static void test_own_update(void **state)
{
    (void)state;
    struct kube_apply_options options = {.adopt_updates = true};
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", MANAGED("meshctl", "Update")));
    get_gives(TRY("a", "false"), 409, CONFLICT(CAUSE("meshctl", ".data.k")));
    get_gives(TRY("a", "true"), 200, LIVE("a", "7", "v", ""));
    assert_int_equal(would_one(&options), KUBE_WOULD_CHANGE);
    assert_int_equal(asked("PATCH"), 2);
}

static void test_own_update_and_another(void **state)
{
    (void)state;
    struct kube_comparison one;
    struct kube_apply_options options = {.adopt_updates = true};
    json_auto_t *o = config_map("a");
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", MANAGED("meshctl", "Update")));
    get_gives(TRY("a", "false"), 409,
              CONFLICT(CAUSE("meshctl", ".data.k") "," CAUSE("kubectl", ".data.l")));
    compare(&o, 1, &options, &one);
    assert_int_equal(one.would, KUBE_WOULD_CONFLICT);
    assert_int_equal(one.conflicts.count, 1);
    assert_string_equal(one.conflicts.items[0].manager, "kubectl");
    assert_null(strstr(one.error->message, "meshctl"));
    kube_comparisons_release(&one, 1);
    assert_int_equal(asked("PATCH"), 1);
}

static void test_unreadable(void **state)
{
    (void)state;
    get_gives("GET " MAP("a"), 403, "no");
    add_rule((struct rule){
        .match = TRY("a", "false"), .times = 1, .status = 201, .body = LIVE("a", "", "v", OURS)});
    add_rule(
        (struct rule){.match = TRY("a", "false"), .times = 1, .status = 404, .body = NOT_FOUND});
    get_gives(TRY("a", "false"), 200, LIVE("a", "7", "v", OURS));
    assert_int_equal(would_one(NULL), KUBE_WOULD_CREATE);
    assert_int_equal(would_one(NULL), KUBE_WOULD_CREATE);
    assert_int_equal(would_one(NULL), KUBE_WOULD_CHANGE);
}

static void test_webhook_away(void **state)
{
    (void)state;
    struct kube_comparison one;
    json_auto_t *o = config_map("a");
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", OURS));
    get_gives(TRY("a", "false"), 500,
              "{\"kind\":\"Status\",\"message\":\"Internal error occurred: failed calling webhook "
              "\\\"w\\\": connection refused\"}");
    compare(&o, 1, NULL, &one);
    assert_non_null(strstr(one.error->message, "failed calling webhook"));
    assert_int_equal(asked("PATCH"), 1);
    kube_comparisons_release(&one, 1);
}

/* One of each: what is sent afterwards is what was said, and nothing is read again. */
static void test_apply_compared(void **state)
{
    (void)state;
    json_t *objects[] = {config_map("new"), config_map("same"), config_map("other"),
                         config_map("taken"), config_map("theirs")};
    size_t count = MC_ARRAY_LEN(objects);
    struct kube_comparison seen[MC_ARRAY_LEN(objects)];
    struct kube_apply_result results[MC_ARRAY_LEN(objects)];
    struct error *err = NULL;
    get_gives("GET " MAP("new"), 404, NOT_FOUND);
    get_gives("GET " MAP("same"), 200, LIVE("same", "7", "v", OURS));
    get_gives("GET " MAP("other"), 200, LIVE("other", "7", "w", OURS));
    get_gives("GET " MAP("taken"), 200, LIVE("taken", "7", "w", OURS));
    get_gives("GET " MAP("theirs"), 200, LIVE("theirs", "7", "w", ""));
    get_gives(TRY("other", "false"), 200, LIVE("other", "7", "v", OURS));
    get_gives(TRY("taken", "false"), 200, LIVE("taken", "7", "v", OURS));
    get_gives(TRY("theirs", "false"), 409, CONFLICT(CAUSE("kubectl", ".data.k")));
    get_gives(APPLY("new"), 201, LIVE("new", "8", "v", OURS));
    get_gives(APPLY("other"), 200, LIVE("other", "8", "v", OURS));
    get_gives(
        APPLY("taken"), 422,
        "{\"kind\":\"Status\",\"message\":\"ConfigMap \\\"taken\\\" is invalid: metadata.uid: "
        "Invalid value: \\\"u-taken\\\": field is immutable\"}");
    compare(objects, count, NULL, seen);
    int read = asked("GET " MAP(""));
    assert_int_equal(kube_apply_compared(api.client, objects, count, NULL, seen, results, &err),
                     -1);
    assert_int_equal(asked("GET " MAP("")), read);
    assert_int_equal(asked(APPLY("same")), 0);
    assert_int_equal(asked(APPLY("theirs")), 0);
    assert_int_equal(results[0].applied, KUBE_CREATED);
    assert_int_equal(results[1].applied, KUBE_UNCHANGED);
    assert_int_equal(results[2].applied, KUBE_CHANGED);
    assert_string_equal(results[3].error->message,
                        "west: apply ConfigMap x/taken: another object has taken its name "
                        "meanwhile");
    assert_string_equal(results[4].error->message,
                        "west: apply ConfigMap x/theirs: conflict: \"kubectl\" owns .data.k");
    assert_string_equal(err->message, results[3].error->message);
    error_free(err);
    kube_apply_results_release(results, count);
    kube_comparisons_release(seen, count);
    for (size_t i = 0; i < count; i++)
        json_decref(objects[i]);
}

/* The UID that was looked at goes along; what the caller has stays as it is. */
static void test_bound(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a");
    struct kube_comparison seen;
    struct kube_apply_result result;
    struct error *err = NULL;
    get_gives("GET " MAP("a"), 200, LIVE("a", "7", "w", OURS));
    get_gives(TRY("a", "false"), 200, LIVE("a", "7", "v", OURS));
    get_gives(APPLY("a"), 200, LIVE("a", "8", "v", OURS));
    compare(&o, 1, NULL, &seen);
    assert_null(strstr(api.last_body, "uid"));
    assert_int_equal(kube_apply_compared(api.client, &o, 1, NULL, &seen, &result, &err), 0);
    assert_string_equal(
        api.last_body, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\","
                       "\"namespace\":\"x\",\"uid\":\"u-a\"},\"data\":{\"k\":\"v\"}}");
    assert_null(json_dig(o, "metadata", "uid", NULL));
    kube_apply_results_release(&result, 1);
    kube_comparisons_release(&seen, 1);
}

static void test_cancelled(void **state)
{
    (void)state;
    json_t *objects[] = {config_map("a"), config_map("b")};
    struct kube_comparison seen[2];
    struct kube_apply_result results[2];
    struct error *err = NULL;
    bool has;
    assert_int_equal(kube_has_api(api.client, "v1/ConfigMap", &has, &err), 0);
    cancel_set(&api.cancel);
    assert_int_equal(kube_compare_many(api.client, objects, 2, NULL, seen, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_clear(&err);
    assert_int_equal(kube_apply_many(api.client, objects, 2, NULL, results, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_clear(&err);
    for (int i = 0; i < 2; i++) {
        assert_non_null(seen[i].error);
        assert_non_null(results[i].error);
        json_decref(objects[i]);
    }
    kube_comparisons_release(seen, 2);
    kube_apply_results_release(results, 2);
}

/* istiod has made its webhook strict; the chart's wish is no conflict, and nothing is left to do.
 */
static void test_left_out(void **state)
{
    (void)state;
    static const char groups[] =
        "{\"kind\":\"APIGroupDiscoveryList\",\"apiVersion\":\"apidiscovery.k8s.io/v2\",\"items\":[{"
        "\"metadata\":{\"name\":\"admissionregistration.k8s.io\"},\"versions\":[{\"version\":"
        "\"v1\","
        "\"resources\":[{\"resource\":\"validatingwebhookconfigurations\",\"responseKind\":{"
        "\"kind\":\"ValidatingWebhookConfiguration\"},\"scope\":\"Cluster\"}]}]}]}";
    static const char live[] =
        "{\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":"
        "\"ValidatingWebhookConfiguration\",\"metadata\":{\"name\":\"v\",\"managedFields\":[{"
        "\"manager\":\"meshctl\",\"operation\":\"Apply\",\"apiVersion\":"
        "\"admissionregistration.k8s.io/v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{"
        "\"f:webhooks\":{\"k:{\\\"name\\\":\\\"w\\\"}\":{\".\":{},\"f:name\":{}}}}},{\"manager\":"
        "\"pilot-discovery\",\"operation\":\"Update\",\"apiVersion\":"
        "\"admissionregistration.k8s.io/v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{"
        "\"f:webhooks\":{\"k:{\\\"name\\\":\\\"w\\\"}\":{\"f:failurePolicy\":{}}}}}]},\"webhooks\":"
        "["
        "{\"name\":\"w\",\"failurePolicy\":\"Fail\"}]}";
    json_auto_t *o =
        json_pack("{s:s,s:s,s:{s:s},s:[{s:s,s:s}]}", "apiVersion",
                  "admissionregistration.k8s.io/v1", "kind", "ValidatingWebhookConfiguration",
                  "metadata", "name", "v", "webhooks", "name", "w", "failurePolicy", "Ignore");
    struct error *err = NULL;
    enum kube_applied applied;
    get_gives("GET /api$", 200, core_discovery);
    get_gives("GET /apis$", 200, groups);
    get_gives("GET /apis/admissionregistration.k8s.io/v1/", 200, live);
    assert_int_equal(kube_apply(api.client, o, NULL, &applied, &err), 0);
    assert_int_equal(applied, KUBE_UNCHANGED);
    assert_int_equal(asked("PATCH"), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, trial_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_create),
        CASE(test_kind_not_served),
        CASE(test_nothing),
        CASE(test_tried),
        CASE(test_conflict),
        CASE(test_immutable),
        CASE(test_own_update),
        CASE(test_own_update_and_another),
        CASE(test_unreadable),
        CASE(test_webhook_away),
        CASE(test_apply_compared),
        CASE(test_bound),
        CASE(test_cancelled),
        cmocka_unit_test_setup_teardown(test_left_out, api_setup, api_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
