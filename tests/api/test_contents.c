/* Objects of all kinds at once, and what a kind's scope and rights are called. */
#include "fakeapi_fixture.h"
#include "scratch.h"

#define LISTED(PATH) fakeapi_count(x.api, "GET", PATH)

static struct fakeapi_fixture x;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static void put(const char *api_version, const char *kind, const char *namespace_, const char *name,
                const char *mesh)
{
    json_auto_t *o =
        json_pack("{s:s, s:s, s:{s:s, s:s*}, s:{s:s}}", "apiVersion", api_version, "kind", kind,
                  "metadata", "name", name, "namespace", namespace_, "spec", "huge", "x");
    if (mesh)
        json_object_set_new(json_object_get(o, "metadata"), "labels",
                            json_pack("{s:s}", "m", mesh));
    AUTO_FREE char *text = json_dumps(o, 0);
    fakeapi_put(x.api, text);
}

static void have_some(void)
{
    put("v1", "Namespace", NULL, "a", "1");
    put("v1", "Namespace", NULL, "b", NULL);
    put("v1", "ConfigMap", "a", "map", "1");
    put("v1", "ConfigMap", "b", "map", NULL);
    put("apps/v1", "Deployment", "a", "d", NULL);
    put("apps/v1", "Deployment", "b", "d", "1");
    put("rbac.authorization.k8s.io/v1", "ClusterRole", NULL, "r", "1");
    put("coordination.k8s.io/v1", "Lease", "a", "l", "2");
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "kind namespace/name" of each, in order. */
static void lists(const char *namespace_, const char *selector, const char *wanted)
{
    struct error *err = NULL;
    json_auto_t *items = NULL;
    AUTO_STRLIST texts = STRLIST_INIT;
    size_t i;
    json_t *item;
    must(kube_list_contents(x.client, namespace_, selector, &items, &err), &err);
    json_array_foreach(items, i, item) {
        const char *in = json_dig_str(item, "metadata", "namespace", NULL);
        strlist_addf(&texts, "%s %s %s/%s", json_dig_str(item, "apiVersion", NULL),
                     json_dig_str(item, "kind", NULL), in ? in : "",
                     json_dig_str(item, "metadata", "name", NULL));
        assert_null(json_object_get(item, "spec")); /* metadata alone */
    }
    if (texts.count)
        qsort(texts.items, texts.count, sizeof(texts.items[0]), by_text);
    AUTO_FREE char *found = strlist_join_dup(&texts, "; ");
    assert_string_equal(found, wanted);
}

static void fails(enum error_kind kind, const char *part)
{
    struct error *err = NULL;
    json_t *items = NULL;
    refused(kube_list_contents(x.client, "a", NULL, &items, &err), &err, kind, part, NULL);
    assert_null(items);
}

static void what_a_namespace_holds(void **state)
{
    (void)state;
    have_some();
    lists("a", NULL,
          "apps/v1 Deployment a/d; coordination.k8s.io/v1 Lease a/l; v1 ConfigMap a/map");
    lists("none", NULL, "");
    /* Kinds without namespace are not asked for, and each of the others once. */
    assert_int_equal(LISTED("/apis/rbac.authorization.k8s.io/v1/clusterroles"), 0);
    assert_int_equal(LISTED("/api/v1/namespaces/a/configmaps"), 1);
    assert_int_equal(LISTED("/api/v1/configmaps"), 0);
}

static void what_carries_a_label(void **state)
{
    (void)state;
    have_some();
    lists(NULL, "m=1",
          "apps/v1 Deployment b/d; rbac.authorization.k8s.io/v1 ClusterRole /r; v1 ConfigMap "
          "a/map; v1 Namespace /a");
    lists("a", "m=2", "coordination.k8s.io/v1 Lease a/l");
    lists(NULL, "m=3", "");
}

static void custom_kinds_are_among_them(void **state)
{
    (void)state;
    put("v1", "Namespace", NULL, "a", NULL);
    fakeapi_put(x.api,
                "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","
                "\"metadata\":{\"name\":\"gateways.example.com\"},\"spec\":{\"group\":"
                "\"example.com\",\"scope\":\"Namespaced\",\"names\":{\"plural\":\"gateways\","
                "\"kind\":\"Gateway\"},\"versions\":[{\"name\":\"v1\",\"served\":true},{\"name\":"
                "\"v1alpha1\",\"served\":true}]}}");
    put("example.com/v1", "Gateway", "a", "g", NULL);
    /* In one version, though it is served in two. */
    lists("a", NULL, "example.com/v1 Gateway a/g");
    assert_int_equal(LISTED("/apis/example.com/v1alpha1/namespaces/a/gateways"), 0);
}

/* Reviews have no list; an aggregated API's server may be down. */
static void kinds_without_a_list_are_passed_over(void **state)
{
    (void)state;
    static const int statuses[] = {404, 405, 503};
    have_some();
    for (size_t i = 0; i < MC_ARRAY_LEN(statuses); i++) {
        fakeapi_clear_rules(x.api);
        fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/a/configmaps",
                                                  .status = statuses[i]});
        lists("a", NULL, "apps/v1 Deployment a/d; coordination.k8s.io/v1 Lease a/l");
    }
}

/* What cannot be seen may be there: that is no empty list. */
static void a_kind_that_may_not_be_listed_is_an_error(void **state)
{
    (void)state;
    have_some();
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = "/api/v1/namespaces/a/secrets", .status = 403});
    fails(ERROR_DENIED, "list Secret");
}

static void a_kind_with_more_than_a_page(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *items = NULL;
    put("v1", "Namespace", NULL, "a", NULL);
    for (int i = 0; i < 501; i++) {
        AUTO_FREE char *name = mem_printf("m%d", i);
        put("v1", "ConfigMap", "a", name, "1");
    }
    must(kube_list_contents(x.client, "a", "m=1", &items, &err), &err);
    assert_int_equal(json_array_size(items), 501);
    for (size_t i = 0; i < 501; i++)
        assert_string_equal(json_dig_str(json_array_get(items, i), "kind", NULL), "ConfigMap");
}

static void a_cancelled_list_is_none(void **state)
{
    (void)state;
    have_some();
    lists("none", NULL, "");
    cancel_set(&x.cancel);
    fails(ERROR_CANCELLED, "");
}

/* ---- kinds ----------------------------------------------------------------------------------- */

static void scopes(void **state)
{
    (void)state;
    static const struct {
        const char *api_version, *kind;
        enum kube_scope scope;
    } rows[] = {
        {"v1", "Namespace", KUBE_SCOPE_CLUSTER},
        {"v1", "Secret", KUBE_SCOPE_NAMESPACED},
        {"apps/v1", "Deployment", KUBE_SCOPE_NAMESPACED},
        {"apps/v2", "Deployment", KUBE_SCOPE_UNSERVED},
        {"apps/v1", "Namespace", KUBE_SCOPE_UNSERVED},
        {"networking.istio.io/v1", "Gateway", KUBE_SCOPE_UNSERVED},
        {"apiextensions.k8s.io/v1", "CustomResourceDefinition", KUBE_SCOPE_CLUSTER},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        enum kube_scope scope = KUBE_SCOPE_UNSERVED;
        must(kube_scope_of(x.client, rows[i].api_version, rows[i].kind, &scope, &err), &err);
        if (scope != rows[i].scope)
            fail_msg("%s %s: %d", rows[i].api_version, rows[i].kind, scope);
    }
}

static void rights_have_the_names_of_resources(void **state)
{
    (void)state;
    struct error *err = NULL;
    enum kube_scope scope;
    struct kube_right right = {0};
    must(kube_scope_of(x.client, "apps/v1", "Deployment", &scope, &err), &err);
    assert_true(kube_right_of(x.client, "patch",
                              &(struct kube_ref){"apps/v1", "Deployment", "a", "d"}, &right));
    assert_string_equal(right.verb, "patch");
    assert_string_equal(right.group, "apps");
    assert_string_equal(right.resource, "deployments");
    assert_string_equal(right.namespace_, "a");
    assert_true(kube_right_of(x.client, "create", &(struct kube_ref){"v1", "Namespace", NULL, "n"},
                              &right));
    assert_string_equal(right.group, "");
    assert_string_equal(right.resource, "namespaces");
    /* What is not served yet has no name to ask by. */
    assert_false(
        kube_right_of(x.client, "create", &(struct kube_ref){"x.io/v1", "Y", "a", "n"}, &right));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_a_namespace_holds),
        CASE(what_carries_a_label),
        CASE(custom_kinds_are_among_them),
        CASE(kinds_without_a_list_are_passed_over),
        CASE(a_kind_that_may_not_be_listed_is_an_error),
        CASE(a_kind_with_more_than_a_page),
        CASE(a_cancelled_list_is_none),
        CASE(scopes),
        CASE(rights_have_the_names_of_resources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
