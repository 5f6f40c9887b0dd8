/* Server-side apply of many objects at once. */
#include "api_support.h"

#include "meshctl/kube/apply.h"

#define MAP(name) "/api/v1/namespaces/x/configmaps/" name
#define NOT_FOUND                                                                                  \
    "{\"kind\":\"Status\",\"message\":\"not found\",\"reason\":\"NotFound\",\"code\":404}"
#define OWNED                                                                                      \
    ",\"managedFields\":[{\"manager\":\"meshctl\",\"operation\":\"Apply\",\"apiVersion\":\"v1\","  \
    "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:data\":{\"f:k\":{}}}}]"
#define LIVE(name, version, rest)                                                                  \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" name                 \
    "\",\"namespace\":\"x\",\"uid\":\"u\",\"resourceVersion\":\"" version "\"" rest                \
    "},\"data\":{\"k\":"                                                                           \
    "\"v\"}}"

static json_t *config_map(const char *name, const char *value)
{
    json_t *o = json_object();
    json_put(o, json_string("v1"), "apiVersion", NULL);
    json_put(o, json_string("ConfigMap"), "kind", NULL);
    json_put(o, json_string(name), "metadata", "name", NULL);
    json_put(o, json_string("x"), "metadata", "namespace", NULL);
    json_put(o, json_string(value), "data", "k", NULL);
    return o;
}

static enum kube_applied apply(const json_t *o, const struct kube_apply_options *options)
{
    enum kube_applied applied = KUBE_CHANGED;
    struct error *err = NULL;
    if (kube_apply(api.client, o, options, &applied, &err) < 0)
        fail_msg("%s", err->message);
    return applied;
}

static int apply_setup(void **state)
{
    api_setup(state);
    add_discovery();
    return 0;
}

static void test_created(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a", "v");
    json_put(o, json_array(), "metadata", "managedFields", NULL);
    add_rule((struct rule){.match = "GET " MAP("a"), .status = 404, .body = NOT_FOUND});
    add_rule((struct rule){.match = "PATCH " MAP("a") "?fieldManager=meshctl&force=false$",
                           .status = 201,
                           .body = LIVE("a", "1", "")});
    assert_int_equal(apply(o, NULL), KUBE_CREATED);
    /* What a server refuses in an apply is not sent; the caller's object stays as it is. */
    assert_string_equal(api.last_body,
                        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{"
                        "\"name\":\"a\",\"namespace\":\"x\"},\"data\":{\"k\":\"v\"}}");
    assert_non_null(json_dig(o, "metadata", "managedFields", NULL));
}

static void test_changed_or_not(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a", "v");
    struct kube_apply_options options = {.field_manager = "helm", .force = true};
    add_rule((struct rule){.match = "GET " MAP("a"), .status = 200, .body = LIVE("a", "7", "")});
    add_rule((struct rule){.match = "PATCH " MAP("a") "?fieldManager=helm&force=true$",
                           .times = 1,
                           .status = 200,
                           .body = LIVE("a", "7", "")});
    add_rule((struct rule){.match = "PATCH " MAP("a"), .status = 200, .body = LIVE("a", "8", "")});
    assert_int_equal(apply(o, &options), KUBE_UNCHANGED);
    assert_int_equal(apply(o, &options), KUBE_CHANGED);
}

/* What is there and ours is not sent again, unless that is asked for. */
static void test_left_out(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a", "v");
    json_auto_t *other = config_map("a", "w");
    struct kube_apply_options always = {.always = true};
    add_rule((struct rule){.match = "GET " MAP("a"), .status = 200, .body = LIVE("a", "7", OWNED)});
    add_rule(
        (struct rule){.match = "PATCH " MAP("a"), .status = 200, .body = LIVE("a", "7", OWNED)});
    assert_int_equal(apply(o, NULL), KUBE_UNCHANGED);
    assert_int_equal(asked("PATCH"), 0);
    assert_int_equal(apply(o, &always), KUBE_UNCHANGED);
    assert_int_equal(asked("PATCH"), 1);
    assert_int_equal(apply(other, NULL), KUBE_UNCHANGED);
    assert_int_equal(asked("PATCH"), 2);
}

/* Who may write but not read. */
static void test_unreadable(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a", "v");
    add_rule((struct rule){.match = "GET " MAP("a"), .status = 403, .body = "no"});
    add_rule(
        (struct rule){.match = "PATCH", .times = 1, .status = 201, .body = LIVE("a", "1", "")});
    add_rule((struct rule){.match = "PATCH", .status = 200, .body = LIVE("a", "1", "")});
    assert_int_equal(apply(o, NULL), KUBE_CREATED);
    assert_int_equal(apply(o, NULL), KUBE_CHANGED);
}

static void test_namespaces(void **state)
{
    (void)state;
    json_auto_t *o = config_map("a", "v");
    json_auto_t *cluster = config_map("b", "v");
    struct kube_apply_options options = {.default_namespace = "y"};
    json_object_del(json_object_get(o, "metadata"), "namespace");
    json_put(cluster, json_string("Namespace"), "kind", NULL);
    add_rule((struct rule){
        .match = "PATCH /api/v1/namespaces/y/configmaps/a?", .status = 201, .body = "{}"});
    add_rule((struct rule){
        .match = "PATCH /api/v1/namespaces/default/configmaps/a?", .status = 201, .body = "{}"});
    add_rule((struct rule){.match = "PATCH /api/v1/namespaces/b?", .status = 201, .body = "{}"});
    assert_int_equal(apply(o, &options), KUBE_CREATED);
    assert_int_equal(apply(o, NULL), KUBE_CREATED);
    assert_int_equal(apply(cluster, &options), KUBE_CREATED);
}

/* Every object is tried; the results stand in the objects' order, the first error is told. */
static void test_many(void **state)
{
    (void)state;
    json_t *objects[60];
    struct kube_apply_result results[60];
    struct error *err = NULL;
    for (int i = 0; i < 60; i++) {
        AUTO_FREE char *name = mem_printf("m%02d", i);
        objects[i] = config_map(name, "v");
    }
    json_put(objects[5], json_string("Nonsense"), "kind", NULL);
    json_object_del(json_object_get(objects[6], "metadata"), "name");
    add_rule((struct rule){.match = "PATCH " MAP("m40"),
                           .status = 422,
                           .body = "{\"kind\":\"Status\",\"message\":\"m40 is invalid\"}"});
    add_rule((struct rule){.match = "PATCH " MAP("m41"), .times = 1, .status = 503, .body = ""});
    add_rule((struct rule){.match = "PATCH " MAP("m"), .status = 201, .body = "{}"});
    assert_int_equal(kube_apply_many(api.client, objects, 60, NULL, results, &err), -1);
    assert_string_equal(err->message,
                        "west: apply Nonsense x/m05: no matches for kind \"Nonsense\" in "
                        "version \"v1\"");
    assert_string_equal(results[6].error->message,
                        "west: apply ConfigMap x: it has no metadata.name");
    assert_string_equal(results[40].error->message, "west: apply ConfigMap x/m40: m40 is invalid");
    for (int i = 0; i < 60; i++) {
        bool bad = i == 5 || i == 6 || i == 40;
        assert_int_equal(results[i].error != NULL, bad);
        assert_true(bad || results[i].applied == KUBE_CREATED);
        json_decref(objects[i]);
    }
    /* Only the one that failed for a moment was sent twice. */
    assert_int_equal(asked("PATCH " MAP("m41")), 2);
    assert_int_equal(asked("PATCH"), 59);
    error_free(err);
    kube_apply_results_release(results, 60);
}

static void test_none(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct kube_apply_result results[1];
    assert_int_equal(kube_apply_many(api.client, NULL, 0, NULL, results, &err), 0);
    assert_int_equal(kube_client_requests(api.client), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, apply_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_created),    CASE(test_changed_or_not), CASE(test_left_out),
        CASE(test_unreadable), CASE(test_namespaces),     CASE(test_many),
        CASE(test_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
