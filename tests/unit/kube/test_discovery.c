/* How the client finds out what kinds a server has. */
#include "api_support.h"

static bool has(const char *name)
{
    bool found = false;
    struct error *err = NULL;
    assert_int_equal(kube_has_api(api.client, name, &found, &err), 0);
    return found;
}

static void test_aggregated(void **state)
{
    (void)state;
    AUTO_STRLIST names = STRLIST_INIT;
    struct error *err = NULL;
    add_discovery();
    assert_int_equal(kube_api_versions(api.client, &names, &err), 0);
    AUTO_FREE char *all = strlist_join_dup(&names, " ");
    assert_string_equal(all, "apps/v1 apps/v1/Deployment apps/v1/Scale v1 v1/ConfigMap v1/Event "
                             "v1/Namespace v1/Pod");
    assert_int_equal(kube_client_requests(api.client), 2);
    assert_non_null(strstr(api.last_accept, "application/json;g=apidiscovery.k8s.io;v=v2;"
                                            "as=APIGroupDiscoveryList,"));
    assert_true(text_has_suffix(api.last_accept, ",application/json"));
    assert_true(has("apps/v1/Deployment"));
    assert_int_equal(kube_client_requests(api.client), 2);
}

/* Kubernetes before 1.26 answers with lists of names; one group's server is down. */
static void test_plain(void **state)
{
    (void)state;
    AUTO_STRLIST names = STRLIST_INIT;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET /api$",
                           .status = 200,
                           .body = "{\"kind\":\"APIVersions\",\"versions\":[\"v1\"]}"});
    add_rule((struct rule){.match = "GET /apis$",
                           .status = 200,
                           .body = "{\"kind\":\"APIGroupList\",\"groups\":[{\"name\":\"apps\","
                                   "\"versions\":[{\"groupVersion\":\"apps/v1\"}]},{\"name\":\"m\","
                                   "\"versions\":[{\"groupVersion\":\"metrics.k8s.io/v1\"}]}]}"});
    add_rule((struct rule){.match = "GET /api/v1$",
                           .status = 200,
                           .body = "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\","
                                   "\"resources\":[{\"name\":\"pods\",\"namespaced\":true,\"kind\":"
                                   "\"Pod\"},{\"name\":\"pods/log\",\"namespaced\":true,\"kind\":"
                                   "\"Pod\"}]}"});
    add_rule((struct rule){.match = "GET /apis/apps/v1$",
                           .status = 200,
                           .body =
                               "{\"groupVersion\":\"apps/v1\",\"resources\":[{\"name\":"
                               "\"deployments\",\"namespaced\":true,\"kind\":\"Deployment\"}]}"});
    add_rule((struct rule){
        .match = "GET /apis/metrics.k8s.io/v1$", .status = 503, .body = "service unavailable"});
    assert_int_equal(kube_api_versions(api.client, &names, &err), 0);
    AUTO_FREE char *all = strlist_join_dup(&names, " ");
    assert_string_equal(all, "apps/v1 apps/v1/Deployment v1 v1/Pod");
    assert_int_equal(kube_client_requests(api.client), 5);
}

#define THINGS                                                                                     \
    "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"example.com\"},"     \
    "\"versions\":[{\"version\":\"v1\",\"resources\":[{\"resource\":\"things\",\"responseKind\":{" \
    "\"kind\":\"Thing\"},\"scope\":\"Cluster\"}]}]}]}"

/* A kind that appears later (a CRD was installed) is found, the server asked at most
 * once a second. */
static void test_new_kind(void **state)
{
    (void)state;
    struct kube_ref thing = {"example.com/v1", "Thing", NULL, "a"};
    json_t *got = NULL;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET /api$", .status = 200, .body = core_discovery});
    add_rule(
        (struct rule){.match = "GET /apis$", .times = 1, .status = 200, .body = group_discovery});
    add_rule((struct rule){.match = "GET /apis$", .status = 200, .body = THINGS});
    add_rule((struct rule){.match = "GET /apis/example.com/v1/things/a$",
                           .status = 200,
                           .body = "{\"kind\":\"Thing\"}"});
    /* What may be missing is not waited for ... */
    assert_int_equal(kube_get_opt(api.client, &thing, &got, &err), 0);
    assert_null(got);
    assert_int_equal(asked("GET /apis$"), 1);
    /* ... what has to be there is. */
    int64_t started = clock_now_ms();
    assert_int_equal(kube_get(api.client, &thing, &got, &err), 0);
    assert_true(clock_now_ms() - started >= 500);
    assert_int_equal(asked("GET /apis$"), 2);
    json_decref(got);
}

static void test_unknown_kind(void **state)
{
    (void)state;
    struct kube_ref thing = {"example.com/v1", "Thing", "x", "a"};
    json_t *got = NULL;
    struct error *err = NULL;
    add_discovery();
    assert_int_equal(kube_get(api.client, &thing, &got, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_string_equal(err->message,
                        "west: get Thing x/a: no matches for kind \"Thing\" in version "
                        "\"example.com/v1\"");
    assert_string_equal(err->hint, "ensure CRDs are installed first");
    assert_int_equal(asked("GET /apis$"), 2);
    error_clear(&err);
}

static void test_denied(void **state)
{
    (void)state;
    struct kube_ref pod = {"v1", "Pod", "x", "a"};
    json_t *got = NULL;
    struct error *err = NULL;
    add_rule((struct rule){.match = "GET", .status = 403, .body = "forbidden"});
    assert_int_equal(kube_get(api.client, &pod, &got, &err), -1);
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_string_equal(err->message, "west: get /api: HTTP 403: forbidden");
    error_clear(&err);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, api_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_aggregated),   CASE(test_plain),  CASE(test_new_kind),
        CASE(test_unknown_kind), CASE(test_denied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
