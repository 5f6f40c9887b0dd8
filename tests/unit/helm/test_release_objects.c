/* The objects of a release: whose namespace, which are the same, which go and in what order. */
#include "release_support.h"

#include "meshctl/helm/release_objects.h"

static int ask(void *ctx, const char *api_version, const char *kind, enum release_scope *ret_scope,
               struct error **err)
{
    (*(int *)ctx)++;
    if (strcmp(kind, "Broken") == 0)
        return error_set(err, ERROR_UNREACHABLE, "no answer");
    *ret_scope = strcmp(kind, "Gone") == 0 ? RELEASE_SCOPE_UNSERVED
                 : strcmp(kind, "ClusterRole") == 0 || text_has_prefix(api_version, "apiext")
                     ? RELEASE_SCOPE_CLUSTER
                     : RELEASE_SCOPE_NAMESPACED;
    return 0;
}

static int asked;
static const struct release_scopes scopes = {ask, &asked};

static void add_text(struct release_objects *l, const char *manifest, const char *namespace_)
{
    struct error *err = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 1, RELEASE_DEPLOYED);
    json_decref(r->manifest);
    free(r->namespace_);
    r->manifest = json_string(manifest);
    r->namespace_ = mem_strdup(namespace_);
    OK(release_objects_add_record(l, r, &scopes, &err));
}

static void assert_names(const struct release_objects *l, const char *want)
{
    AUTO_BUF have = BUF_INIT;
    for (size_t i = 0; i < l->count; i++) {
        const struct release_object *o = &l->items[i];
        buf_appendf(&have, "%s%s %s/%s", have.len ? ", " : "", o->kind,
                    o->namespace_ ? o->namespace_ : "-", o->name);
    }
    assert_string_equal(buf_str(&have), want);
}

#define OBJECT(api, kind, name)                                                                    \
    "---\napiVersion: " api "\nkind: " kind "\nmetadata:\n  name: " name "\n"

static void an_object_without_a_namespace_is_in_the_releases(void **state)
{
    (void)state;
    AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT;
    add_text(&l,
             OBJECT("v1", "ConfigMap", "bare")
                 OBJECT("v1", "ConfigMap", "own") "  namespace: other\n" OBJECT(
                     "rbac/v1", "ClusterRole",
                     "c") "  namespace: ignored\n" OBJECT("v1", "ConfigMap",
                                                          "empty") "  namespace: ''\n",
             "ns");
    assert_names(&l, "ConfigMap ns/bare, ConfigMap other/own, ClusterRole -/c, ConfigMap ns/empty");
    assert_string_equal(json_dig_str(l.items[0].object, "metadata", "namespace", NULL), "ns");
}

static void an_object_is_what_it_is_under_any_version(void **state)
{
    (void)state;
    AUTO_RELEASE_OBJECTS old = RELEASE_OBJECTS_INIT, wanted = RELEASE_OBJECTS_INIT;
    add_text(&old,
             OBJECT("policy/v1beta1", "PodDisruptionBudget", "a")
                 OBJECT("extensions/v1beta1", "Ingress", "b") OBJECT("v1", "ConfigMap", "c")
                     OBJECT("v1", "ConfigMap", "d") OBJECT("v1", "Secret", "c"),
             "ns");
    add_text(&wanted,
             OBJECT("policy/v1", "PodDisruptionBudget", "a")
                 OBJECT("networking.k8s.io/v1", "Ingress", "b")
                     OBJECT("v1", "ConfigMap", "c") "  namespace: ns\n" OBJECT(
                         "v1", "ConfigMap", "d") "  namespace: default\n",
             "ns");
    release_objects_subtract(&old, &wanted);
    assert_names(&old, "Ingress ns/b, ConfigMap ns/d, Secret ns/c");
    assert_true(release_objects_has(&old, &old.items[0]));
    assert_false(release_objects_has(&old, &wanted.items[0]));
}

static void lists_are_their_items(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT;
    add_text(&l,
             "apiVersion: v1\nkind: List\nitems:\n"
             "- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n"
             "- {apiVersion: v1, kind: ConfigMapList, items: [{apiVersion: v1, kind: ConfigMap, "
             "metadata: {name: b}}]}\n"
             "- {apiVersion: v1, kind: Job, metadata: {generateName: c-}}\n"
             "- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n",
             "ns");
    assert_names(&l, "Secret ns/a, ConfigMap ns/b");
    json_auto_t *deep = json_object();
    for (int i = 0; i <= RELEASE_MAX_LIST_DEPTH; i++)
        deep = json_pack("{s:[o]}", "items", deep);
    FAILS(release_objects_add(&l, deep, "ns", &scopes, &err),
          "lists of objects are nested deeper than 8");
}

static void the_scopes_error_comes_out(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT;
    json_auto_t *broken =
        parse("{\"apiVersion\": \"v1\", \"kind\": \"Broken\", \"metadata\": {\"name\": \"x\"}}");
    FAILS(release_objects_add(&l, broken, "ns", &scopes, &err), "no answer");
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 7, RELEASE_DEPLOYED);
    json_decref(r->manifest);
    r->manifest = json_string("a: [");
    assert_int_equal(release_objects_add_record(&l, r, &scopes, &err), -1);
    assert_non_null(strstr(err->message, "manifest of release r, revision 7: "));
    error_clear(&err);
}

static void set_manifest(json_t *secrets, int version, const char *manifest)
{
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    for (size_t i = 0; i < h->count; i++) {
        struct release *r = h->items[i].record;
        if (r->version != version)
            continue;
        free(TAKE(r->packed));
        r->manifest = json_string(manifest);
        store(secrets, r);
    }
}

/* What an unfinished revision brought is cleaned too, what an earlier one had is not asked for. */
static void all_live_revisions_count(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secrets = make_secrets("sdfp");
    set_manifest(secrets, 1, OBJECT("v1", "ConfigMap", "past"));
    set_manifest(secrets, 2, OBJECT("v1", "ConfigMap", "a") OBJECT("v1", "ConfigMap", "b"));
    set_manifest(
        secrets, 3,
        OBJECT("v1", "ConfigMap", "a") "  annotations: {helm.sh/resource-policy: keep}\n" OBJECT(
            "v1", "Service", "failed"));
    set_manifest(secrets, 4, OBJECT("v1", "ConfigMap", "cut"));
    MC_CLEANUP(release_history_cleanup) struct release_history *h = history_of(secrets);
    AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT, wanted = RELEASE_OBJECTS_INIT;
    OK(release_objects_add_history(&l, h, NULL, &scopes, &err));
    assert_names(&l, "ConfigMap ns/cut, ConfigMap ns/a, Service ns/failed, ConfigMap ns/b");
    assert_int_equal(l.items[1].version, 3);
    assert_int_equal(l.items[1].policy, RELEASE_POLICY_KEEP);
    add_text(&wanted, OBJECT("v1", "ConfigMap", "b"), "ns");
    release_objects_subtract(&l, &wanted);
    release_objects_sort_uninstall(&l, 4);
    assert_names(&l, "Service ns/failed, ConfigMap ns/cut, ConfigMap ns/a");
}

static void uninstall_order_is_helms(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        json_auto_t *golden = golden_actions(major);
        const json_t *order = json_object_get(golden, "uninstall_order");
        struct error *err = NULL;
        AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT;
        size_t count = json_array_size(order);
        assert_true(count > 20);
        for (size_t i = 0; i < count; i++) {
            /* 13 and 28 have no common factor: each kind comes once, in another order */
            const char *kind = json_string_value(json_array_get(order, i * 13 % count));
            json_auto_t *o = json_pack("{s:s, s:s, s:{s:s}}", "apiVersion", "v1", "kind", kind,
                                       "metadata", "name", "x");
            OK(release_objects_add(&l, o, "ns", &scopes, &err));
        }
        assert_int_equal(l.count, count);
        release_objects_sort_uninstall(&l, major);
        for (size_t i = 0; i < count; i++)
            assert_string_equal(l.items[i].kind, json_string_value(json_array_get(order, i)));
    }
}

static json_t *make_live(const char *release, const char *policy)
{
    json_t *live = parse("{\"kind\": \"ConfigMap\", \"metadata\": {\"name\": \"a\", "
                         "\"namespace\": \"ns\"}}");
    if (release)
        release_own(live, release, "ns");
    if (policy)
        json_put(live, json_string(policy), "metadata", "annotations", "helm.sh/resource-policy",
                 NULL);
    return live;
}

static void what_becomes_of_an_object(void **state)
{
    (void)state;
    static const struct {
        const char *owner, *live_policy, *policy;
        enum release_fate upgrade, uninstall;
    } cases[] = {
        {"r", NULL, NULL, RELEASE_FATE_DELETE, RELEASE_FATE_DELETE},
        {"r", "keep", "keep", RELEASE_FATE_KEPT, RELEASE_FATE_KEPT},
        {"r", "keep", NULL, RELEASE_FATE_KEPT, RELEASE_FATE_KEPT},
        {"r", NULL, "keep", RELEASE_FATE_DELETE, RELEASE_FATE_KEPT},
        {"r", " Keep ", "\" Keep \"", RELEASE_FATE_DELETE, RELEASE_FATE_KEPT},
        {"r", "delete", "delete", RELEASE_FATE_DELETE, RELEASE_FATE_KEPT},
        {"x", NULL, NULL, RELEASE_FATE_FOREIGN, RELEASE_FATE_FOREIGN},
        {NULL, NULL, NULL, RELEASE_FATE_FOREIGN, RELEASE_FATE_FOREIGN},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT;
        AUTO_FREE char *text =
            mem_printf(OBJECT("v1", "ConfigMap", "a") "%s%s\n",
                       cases[i].policy ? "  annotations:\n    helm.sh/resource-policy: " : "",
                       cases[i].policy ? cases[i].policy : "");
        add_text(&l, text, "ns");
        json_auto_t *live = make_live(cases[i].owner, cases[i].live_policy);
        struct error *why = NULL;
        assert_int_equal(release_fate_of(&l.items[0], live, "r", "ns", true, NULL),
                         cases[i].uninstall);
        assert_int_equal(release_fate_of(&l.items[0], live, "r", "ns", false, &why),
                         cases[i].upgrade);
        assert_int_equal(why != NULL, cases[i].upgrade == RELEASE_FATE_FOREIGN);
        if (why)
            assert_true(text_has_prefix(why->message, "ConfigMap \"a\" in namespace \"ns\" is not "
                                                      "owned by this release: "));
        error_free(why);
        assert_int_equal(release_fate_of(&l.items[0], NULL, "r", "ns", true, NULL),
                         RELEASE_FATE_GONE);
    }
}

static void unserved_kinds_are_marked(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_RELEASE_OBJECTS l = RELEASE_OBJECTS_INIT, wanted = RELEASE_OBJECTS_INIT;
    json_auto_t *object =
        parse("{\"apiVersion\": \"old/v2\", \"kind\": \"Gone\", \"metadata\": {\"name\": \"a\"}}");
    add_text(&l, OBJECT("old/v1", "Gone", "a"), "ns");
    OK(release_objects_add(&wanted, object, "ns", &scopes, &err));
    assert_int_equal(wanted.items[0].scope, RELEASE_SCOPE_UNSERVED);
    assert_null(json_dig(object, "metadata", "namespace", NULL));
    release_objects_subtract(&l, &wanted);
    assert_int_equal(l.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_without_a_namespace_is_in_the_releases),
        cmocka_unit_test(an_object_is_what_it_is_under_any_version),
        cmocka_unit_test(lists_are_their_items),
        cmocka_unit_test(the_scopes_error_comes_out),
        cmocka_unit_test(all_live_revisions_count),
        cmocka_unit_test(uninstall_order_is_helms),
        cmocka_unit_test(what_becomes_of_an_object),
        cmocka_unit_test(unserved_kinds_are_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
