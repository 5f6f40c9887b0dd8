/* Names and paths of objects, and the table of kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.h"
#include "ref.h"

static json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    assert_int_equal(json_read(text, strlen(text), "test", &value, &err), 0);
    return value;
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        struct kube_ref ref;
        const char *text, *place;
    } cases[] = {
        {{"apps/v1", "Deployment", "istio-system", "istiod"},
         "Deployment istio-system/istiod",
         "west/Deployment/istio-system/istiod"},
        {{"v1", "Namespace", NULL, "bookinfo"}, "Namespace bookinfo", "west/Namespace/bookinfo"},
        {{"v1", "Pod", "x", NULL}, "Pod x", "west/Pod/x"},
        {{"v1", "Pod", "", NULL}, "Pod", "west/Pod"},
        {{NULL, NULL, NULL, NULL}, "object", "west"},
        {{"v1", "Pod", "x", "a\x1b[0m"}, "Pod x/a\\u001b[0m", "west/Pod/x/a\\u001b[0m"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_FREE char *text = kube_ref_text_dup(&cases[i].ref);
        AUTO_FREE char *place = kube_ref_place_dup("west", &cases[i].ref);
        assert_string_equal(text, cases[i].text);
        assert_string_equal(place, cases[i].place);
    }
}

static void test_of(void **state)
{
    (void)state;
    json_auto_t *o =
        parse("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\"}}");
    struct kube_ref ref = kube_ref_of(o);
    assert_string_equal(ref.api_version, "v1");
    assert_string_equal(ref.kind, "Pod");
    assert_string_equal(ref.name, "a");
    assert_null(ref.namespace_);
    assert_null(kube_ref_of(NULL).kind);
}

static void test_path(void **state)
{
    (void)state;
    struct kube_kind pods = {(char *)"v1", (char *)"", (char *)"Pod", (char *)"pods", true, 0};
    struct kube_kind deployments = {(char *)"apps/v1",     (char *)"apps", (char *)"Deployment",
                                    (char *)"deployments", true,           0};
    struct kube_kind roles = {(char *)"rbac.authorization.k8s.io/v1",
                              (char *)"rbac.authorization.k8s.io",
                              (char *)"ClusterRole",
                              (char *)"clusterroles",
                              false,
                              0};
    const struct {
        const struct kube_kind *kind;
        const char *namespace_, *name, *path;
    } cases[] = {
        {&pods, "x", "a", "/api/v1/namespaces/x/pods/a"},
        {&pods, "x", NULL, "/api/v1/namespaces/x/pods"},
        {&pods, NULL, NULL, "/api/v1/pods"},
        {&deployments, "x", "a", "/apis/apps/v1/namespaces/x/deployments/a"},
        {&roles, "x", "system:admin",
         "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aadmin"},
        {&pods, "../../x", "a/../b?c", "/api/v1/namespaces/..%2F..%2Fx/pods/a%2F..%2Fb%3Fc"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_BUF path = BUF_INIT;
        kube_ref_path(&path, cases[i].kind, cases[i].namespace_, cases[i].name);
        assert_string_equal(buf_str(&path), cases[i].path);
    }
    AUTO_BUF path = BUF_INIT;
    buf_appends(&path, "/x");
    kube_query_add(&path, "a", NULL);
    kube_query_add(&path, "b", "1=2");
    kube_query_add(&path, "c", "");
    kube_query_add(&path, "d", "e");
    assert_string_equal(buf_str(&path), "/x?b=1%3D2&d=e");
}

#define RESOURCE(name, kind, scope)                                                                \
    "{\"resource\":\"" name                                                                        \
    "\",\"responseKind\":{\"group\":\"\",\"version\":\"\",\"kind\":\"" kind                        \
    "\"},\"scope\":\"" scope "\"}"

static void test_kinds(void **state)
{
    (void)state;
    MC_CLEANUP(kube_kinds_cleanup) struct kube_kinds *k = kube_kinds_new();
    json_auto_t *list =
        parse("{\"items\":[{\"metadata\":{\"name\":\"a.io\"},\"versions\":["
              "{\"version\":\"v1\",\"freshness\":\"Current\",\"resources\":"
              "[" RESOURCE("things", "Thing", "Cluster") "," RESOURCE(
                  "otherthings", "Thing",
                  "Namespaced") "," RESOURCE("bad?path", "Bad",
                                             "Cluster") ","
                                                        "{\"resource\":\"nokind\","
                                                        "\"scope\":\"Cluster\","
                                                        "\"subresources\":[{"
                                                        "\"subresource\":"
                                                        "\"status\","
                                                        "\"responseKind\":{"
                                                        "\"kind\":\"Status\"}}]}]},"
                                                        "{\"version\":\"v2\","
                                                        "\"freshness\":\"Stale\","
                                                        "\"resources\":[" RESOURCE(
                                                            "things", "Thing", "Cluster") "]}]}]}");
    kube_kinds_add_aggregated(k, list);
    kube_kinds_sort(k);
    const struct kube_kind *thing = kube_kinds_find(k, "a.io/v1", "Thing");
    assert_non_null(thing);
    /* The first of two resources of one kind, as client-go's mapper takes it. */
    assert_string_equal(thing->resource, "things");
    assert_false(thing->namespaced);
    assert_null(kube_kinds_find(k, "a.io/v2", "Thing"));
    assert_null(kube_kinds_find(k, "a.io/v1", "Bad"));
    assert_null(kube_kinds_find(k, "a.io/v1", "Status"));
    assert_true(kube_kinds_has(k, "a.io/v1"));
    assert_true(kube_kinds_has(k, "a.io/v1/Status"));
    assert_false(kube_kinds_has(k, "a.io/v2"));
    assert_false(kube_kinds_has(k, "a.io"));
    assert_false(kube_kinds_has(k, ""));
    AUTO_STRLIST names = STRLIST_INIT;
    kube_kinds_names(k, &names);
    AUTO_FREE char *all = strlist_join_dup(&names, " ");
    assert_string_equal(all, "a.io/v1 a.io/v1/Status a.io/v1/Thing");
}

/* Answers of the wrong shape are no kinds. */
static void test_kinds_odd(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "null",
        "[]",
        "{\"items\":{}}",
        "{\"items\":[1,{\"versions\":[[],{\"version\":7}]}]}",
        "{\"items\":[{\"metadata\":{\"name\":\"x y\"},\"versions\":[{\"version\":\"v1\"}]}]}",
        "{\"resources\":[{\"name\":\"a\"}]}",
    };
    MC_CLEANUP(kube_kinds_cleanup) struct kube_kinds *k = kube_kinds_new();
    for (size_t i = 0; i < MC_ARRAY_LEN(texts); i++) {
        json_auto_t *value = parse(texts[i]);
        kube_kinds_add_aggregated(k, value);
        kube_kinds_add_resources(k, value);
    }
    kube_kinds_sort(k);
    assert_int_equal(k->count, 0);
    assert_int_equal(k->versions.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),  cmocka_unit_test(test_of),        cmocka_unit_test(test_path),
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_kinds_odd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
