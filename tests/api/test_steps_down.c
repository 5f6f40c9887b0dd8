/* `down` and `remove` on fake clusters: what goes, what stays and why, and that a mesh that was taken off
 * has left nothing. */
#include "meshctl/base/text.h"
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define INGRESS "/api/v1/namespaces/istio-ingress"
#define CRD "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.networking.istio.io"
#define LEASES "/apis/coordination.k8s.io/v1/namespaces/istio-system/leases"
#define LEASE LEASES "/meshctl"
#define GATEWAYS "/apis/networking.istio.io/v1beta1/namespaces"

static struct clusters c;

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

/* The list, and then the deed. */
static void down(const struct steps_options *options, struct run_result *ret)
{
    run_steps(&c, options, ret);
    run_ended_well(ret);
    run_proceed(ret);
    run_ended_well(ret);
}

static bool is_there(size_t at, const char *path)
{
    json_auto_t *object = fakeapi_object(c.apis[at], path);
    return object != NULL;
}

/* Why west's object stays; NULL when it is not among those; borrowed. */
static const char *why_stays(const struct run_result *o, const char *kind, const char *name)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_dig(o->changes, "clusters", "0", "stays", NULL), i, row)
        if (text_equal(json_dig_str(row, "kind", NULL), kind) &&
            text_equal(json_dig_str(row, "name", NULL), name))
            return json_dig_str(row, "why", NULL);
    return NULL;
}

static void stays(const struct run_result *o, const char *kind, const char *name, const char *why)
{
    const char *found = why_stays(o, kind, name);
    if (!found || !strstr(found, why))
        fail_msg("%s %s: %s", kind, name, found ? found : "is not listed as staying");
}

/* The same objects, but for what only a server counts. */
static void same_but_versions(const json_t *before, const json_t *after, const char *left)
{
    const char *path;
    json_t *object;
    json_object_foreach((json_t *)after, path, object)
        if (!json_object_get(before, path) && (!left || strcmp(path, left) != 0))
            fail_msg("%s is left", path);
    json_object_foreach((json_t *)before, path, object) {
        json_t *now = json_object_get(after, path);
        if (!now)
            fail_msg("%s is gone", path);
        json_object_del(json_object_get(now, "metadata"), "resourceVersion");
        json_object_del(json_object_get(object, "metadata"), "resourceVersion");
        AUTO_FREE char *a = json_write_dup(object, 0), *b = json_write_dup(now, 0);
        assert_string_equal(b, a);
    }
}

/* ---- what goes ------------------------------------------------------------------------------- */

static void the_list_deletes_nothing(void **state)
{
    (void)state;
    clusters_up(&c);
    int writes = clusters_writes(&c);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    assert_int_equal(clusters_writes(&c), writes);
    assert_true(steps_differ(o.steps));
    assert_non_null(change_of(o.changes, "west", "Deployment", "istiod"));
    assert_non_null(change_of(o.changes, "east", "Namespace", "istio-ingress"));
    stays(&o, "CustomResourceDefinition", "gateways.networking.istio.io", "--delete-crds");
    stays(&o, "Secret", "cacerts", "--take-ownership");
}

/* The clusters are what they were; what was there before the mesh is untouched. */
static void all_of_it_goes(void **state)
{
    (void)state;
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    clusters_up(&c);
    AUTO_RUN_RESULT o = {0}, again = {0};
    down(&down_options, &o);
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    same_but_versions(before, after, CRD);
    run_steps(&c, &down_options, &again);
    run_ended_well(&again);
    assert_false(steps_differ(again.steps));
}

static void put_proof(const char *name, const char *mesh)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"%s\","
                   "\"labels\":{\"meshctl.io/mesh\":\"%s\",\"meshctl.io/unit\":\"verify\"}}}",
                   name, mesh);
    fakeapi_put(c.apis[0], text);
}

/* What verify --keep made goes with the mesh that it was for. */
static void what_verify_kept_goes(void **state)
{
    (void)state;
    clusters_up(&c);
    put_proof("meshctl-verify-kept", "mesh");
    put_proof("meshctl-verify-other", "other");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    assert_non_null(change_of(o.changes, "west", "Namespace", "meshctl-verify-kept"));
    assert_null(change_of(o.changes, "west", "Namespace", "meshctl-verify-other"));
    run_proceed(&o);
    run_ended_well(&o);
    assert_false(is_there(0, "/api/v1/namespaces/meshctl-verify-kept"));
    assert_true(is_there(0, "/api/v1/namespaces/meshctl-verify-other"));
}

static void kinds_go_when_they_are_named(void **state)
{
    (void)state;
    json_auto_t *before = fakeapi_objects(c.apis[1]);
    struct steps_options options = down_options;
    options.delete_crds = true;
    clusters_up(&c);
    AUTO_RUN_RESULT o = {0};
    down(&options, &o);
    json_auto_t *after = fakeapi_objects(c.apis[1]);
    same_but_versions(before, after, NULL);
}

/* After a `down` that left the kinds, one that is to take them as well finds them. */
static void kinds_that_were_left_can_go_later(void **state)
{
    (void)state;
    struct steps_options options = down_options;
    options.delete_crds = true;
    clusters_up(&c);
    AUTO_RUN_RESULT first = {0}, second = {0};
    down(&down_options, &first);
    assert_true(is_there(0, CRD));
    down(&options, &second);
    assert_false(is_there(0, CRD));
}

static void up_works_after_down(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0}, listed = {0};
    clusters_up(&c);
    down(&down_options, &o);
    clusters_up(&c);
    run_steps(&c, &plan_options, &listed);
    run_ended_well(&listed);
    assert_false(steps_differ(listed.steps));
}

static void a_mesh_half_made_goes(void **state)
{
    (void)state;
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    fakeapi_add(c.apis[0],
                &(struct fakeapi_rule){.method = "PATCH",
                                       .path = "/apis/apps/v1/namespaces/istio-ingress/*",
                                       .status = 422});
    AUTO_RUN_RESULT cut = {0}, o = {0};
    run_steps(&c, &up_options, &cut);
    assert_non_null(cut.error);
    fakeapi_clear_rules(c.apis[0]);
    down(&down_options, &o);
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    same_but_versions(before, after, CRD);
}

static void down_that_was_cut_goes_on(void **state)
{
    (void)state;
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    clusters_up(&c);
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){
                               .method = "DELETE",
                               .path = "/apis/apps/v1/namespaces/istio-system/deployments/istiod",
                               .status = 403});
    AUTO_RUN_RESULT cut = {0}, o = {0};
    run_steps(&c, &down_options, &cut);
    run_ended_well(&cut);
    run_proceed(&cut);
    assert_non_null(cut.error);
    assert_true(is_there(0, ISTIO "/secrets/sh.helm.release.v1.istiod.v1"));
    fakeapi_clear_rules(c.apis[0]);
    down(&down_options, &o);
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    same_but_versions(before, after, CRD);
}

/* A run that was cut then is gone on with: nothing can be created where a namespace is going, no Lease either. */
static void a_namespace_that_is_going_is_waited_for(void **state)
{
    (void)state;
    static const struct fakeapi_rule refuses = {
        .method = "POST", .path = LEASES, .fault = FAKEAPI_REPLY, .status = 403};
    AUTO_RUN_RESULT o = {0};
    clusters_up(&c);
    fakeapi_patch(c.apis[0], ISTIO,
                  "{\"metadata\":{\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{"
                  "\"meshctl.io/mesh\":\"mesh\"}}}");
    fakeapi_add(c.apis[0], &refuses);
    down(&down_options, &o);
    assert_non_null(change_of(o.changes, "west", "Namespace", "istio-system"));
    assert_false(is_there(0, ISTIO));
    assert_false(is_there(0, "/apis/coordination.k8s.io/v1/namespaces/default/leases/meshctl"));
}

static void bare_clusters_have_nothing_to_take_off(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    assert_false(steps_differ(o.steps));
    assert_int_equal(clusters_writes(&c), 0);
}

/* ---- what stays, and why --------------------------------------------------------------------- */

static void a_namespace_that_holds_others_things_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_put(c.apis[0], "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                           "\"theirs\",\"namespace\":\"istio-ingress\"},\"data\":{\"a\":\"b\"}}");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    stays(&o, "Namespace", "istio-ingress", "ConfigMap istio-ingress/theirs");
    run_proceed(&o);
    run_ended_well(&o);
    assert_true(is_there(0, INGRESS "/configmaps/theirs"));
    assert_false(is_there(1, INGRESS));
    /* It is not the mesh's any more. */
    json_auto_t *namespace = fakeapi_object(c.apis[0], INGRESS);
    assert_null(json_dig(namespace, "metadata", "labels", "meshctl.io/mesh", NULL));
}

/* Somebody's Gateway in a namespace of ours is not ours, and its kind stays with it. */
static void a_persons_istio_resource_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_put(
        c.apis[0],
        "{\"apiVersion\":\"networking.istio.io/v1beta1\",\"kind\":\"Gateway\",\"metadata\":{"
        "\"name\":\"shop\",\"namespace\":\"istio-ingress\"},\"spec\":{}}");
    AUTO_RUN_RESULT o = {0};
    down(&down_options, &o);
    assert_true(is_there(0, GATEWAYS "/istio-ingress/gateways/shop"));
    assert_false(is_there(0, GATEWAYS "/istio-ingress/gateways/cross-network-gateway"));
}

/* What Kubernetes deletes with something else is not said to stay, whoever made it. */
static void what_goes_with_another_does_not_stay(void **state)
{
    (void)state;
    static const char *const paths[] = {
        ISTIO "/secrets/istio-reader-service-account-istio-remote-secret-token",
        GATEWAYS "/istio-ingress/gateways/cross-network-gateway",
    };
    struct steps_options options = down_options;
    options.delete_crds = true;
    clusters_up(&c);
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        json_auto_t *object = fakeapi_object(c.apis[0], paths[i]);
        json_t *metadata = json_object_get(object, "metadata");
        json_object_del(metadata, "labels");
        json_object_del(metadata, "managedFields");
        AUTO_FREE char *text = json_dumps(object, 0);
        fakeapi_remove(c.apis[0], paths[i]);
        fakeapi_put(c.apis[0], text);
    }
    AUTO_RUN_RESULT listed = {0}, o = {0};
    run_steps(&c, &down_options, &listed);
    run_ended_well(&listed);
    assert_null(
        why_stays(&listed, "Secret", "istio-reader-service-account-istio-remote-secret-token"));
    stays(&listed, "Gateway", "cross-network-gateway", "carries no mark");
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    assert_null(why_stays(&o, "Gateway", "cross-network-gateway"));
}

static void an_object_that_another_release_took_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_patch(c.apis[0], ISTIO "/configmaps/istio",
                  "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"theirs\"}}}");
    AUTO_RUN_RESULT o = {0};
    down(&down_options, &o);
    stays(&o, "ConfigMap", "istio", "theirs");
    assert_true(is_there(0, ISTIO "/configmaps/istio"));
}

static void an_object_that_was_made_anew_meanwhile_stays(void **state)
{
    (void)state;
    static const char path[] = INGRESS "/services/istio-eastwest";
    clusters_up(&c);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    run_ended_well(&o);
    fakeapi_remove(c.apis[0], path);
    fakeapi_put(c.apis[0], "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":"
                           "\"istio-eastwest\",\"namespace\":\"istio-ingress\"},\"spec\":{}}");
    run_proceed(&o);
    assert_non_null(o.error);
    assert_true(is_there(0, path));
}

/* Workloads go on with the sidecars that they have; the person is told which. */
static void injected_workloads_are_told(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_put(c.apis[0], "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                           "\"shop\"}}");
    for (int i = 0; i < 3; i++) {
        AUTO_FREE char *pod = mem_printf(
            "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p%d\",\"namespace\":"
            "\"shop\",\"annotations\":{%s}}}",
            i, i ? "\"sidecar.istio.io/status\":\"{}\"" : "");
        fakeapi_put(c.apis[0], pod);
    }
    AUTO_RUN_RESULT o = {0};
    down(&down_options, &o);
    stays(&o, "Namespace", "shop", "2 pods");
    assert_true(is_there(0, "/api/v1/namespaces/shop/pods/p1"));
}

static void certificates_that_the_mesh_made_go(void **state)
{
    (void)state;
    fakeapi_patch(c.apis[0], ISTIO "/secrets/cacerts",
                  "{\"metadata\":{\"labels\":{\"meshctl.io/mesh\":\"mesh\",\"meshctl.io/unit\":"
                  "\"cacerts\"}}}");
    clusters_up(&c);
    AUTO_RUN_RESULT o = {0};
    down(&down_options, &o);
    assert_false(is_there(0, ISTIO "/secrets/cacerts"));
    assert_true(is_there(1, ISTIO "/secrets/cacerts")); /* somebody else's */
}

/* Helm's release of another name is not looked at. */
static void another_mesh_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    mesh_set(&c.mesh->id, "other");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &down_options, &o);
    assert_non_null(o.error);
    assert_string_equal(o.error->id, "MC305");
}

/* ---- one cluster ----------------------------------------------------------------------------- */

static void one_cluster_is_taken_out(void **state)
{
    (void)state;
    struct steps_options options = down_options;
    options.only = "east";
    clusters_up(&c);
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    AUTO_RUN_RESULT o = {0};
    down(&options, &o);
    assert_false(is_there(1, "/apis/apps/v1/namespaces/istio-system/deployments/istiod"));
    assert_false(is_there(0, ISTIO "/secrets/istio-remote-secret-east-cluster"));
    json_object_del(before, ISTIO "/secrets/istio-remote-secret-east-cluster");
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    assert_true(json_equal(before, after));
}

/* What is there goes on as it is, records included; only the lock came and went. */
static void only_the_links_to_a_cluster_go(void **state)
{
    (void)state;
    struct steps_options options = down_options;
    options.only = "east";
    options.keep_mesh = true;
    clusters_up(&c);
    json_auto_t *before = fakeapi_objects(c.apis[1]);
    AUTO_RUN_RESULT o = {0};
    down(&options, &o);
    assert_false(is_there(0, ISTIO "/secrets/istio-remote-secret-east-cluster"));
    json_auto_t *after = fakeapi_objects(c.apis[1]);
    json_object_del(before, LEASE);
    json_object_del(after, LEASE);
    assert_true(json_equal(before, after));
}

/* A cluster that is gone for good can be forgotten. */
static void the_others_forget_a_cluster_that_is_gone(void **state)
{
    (void)state;
    struct steps_options options = down_options;
    options.only = "east";
    clusters_up(&c);
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "/*", .status = 403});
    AUTO_RUN_RESULT refused = {0}, o = {0};
    run_steps(&c, &options, &refused);
    assert_non_null(refused.error);
    assert_int_equal(refused.error->kind, ERROR_DENIED);
    options.keep_mesh = true;
    down(&options, &o);
    assert_true(has_event(&o, "east check warning: east is left out"));
    assert_false(is_there(0, ISTIO "/secrets/istio-remote-secret-east-cluster"));
    assert_true(is_there(0, "/apis/apps/v1/namespaces/istio-system/deployments/istiod"));
    assert_int_equal(fakeapi_count(c.apis[0], "POST", LEASES), 2); /* with up's */
}

/* It keeps what it knows of the cluster that goes, and is told of. */
static void a_cluster_that_is_away_keeps_its_link(void **state)
{
    (void)state;
    struct steps_options options = down_options;
    options.only = "west";
    clusters_up(&c);
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "/*", .status = 403});
    AUTO_RUN_RESULT o = {0};
    down(&options, &o);
    assert_true(has_event(&o, "east check warning: east is left out"));
    assert_false(is_there(0, INGRESS));
}

/* ---- Secrets that show several clusters ------------------------------------------------------ */

#define LINK ISTIO "/secrets/istio-remote-secret-east-cluster"
#define BY_HAND ISTIO "/secrets/remotes"

static void put_by_hand(const char *labels)
{
    AUTO_FREE char *text =
        mem_printf("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"remotes\","
                   "\"namespace\":"
                   "\"istio-system\",\"labels\":{\"istio/multiCluster\":\"true\"%s}},"
                   "\"data\":{\"east-cluster\":\"YQ==\",\"south\":\"Yg==\"}}",
                   labels);
    fakeapi_put(c.apis[0], text);
}

/* The keys of west's Secret, "" without one. Yours to free. */
static char *keys_dup(const char *path)
{
    AUTO_STRLIST keys = STRLIST_INIT;
    json_auto_t *secret = fakeapi_object(c.apis[0], path);
    const char *key;
    json_t *text;
    json_object_foreach(json_object_get(secret, "data"), key, text)
        strlist_add(&keys, key);
    return strlist_join_dup(&keys, " ");
}

static void keys_are(const char *path, const char *wanted)
{
    AUTO_FREE char *keys = keys_dup(path);
    assert_string_equal(keys, wanted);
}

static const struct steps_options remove_east = {
    .verb = STEPS_DOWN, .from = STEP_CA, .to = STEP_VERIFY, .list_only = true, .only = "east"};

static void a_link_that_somebody_made_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    put_by_hand("");
    AUTO_RUN_RESULT o = {0};
    down(&remove_east, &o);
    stays(&o, "Secret", "remotes", "(--take-ownership); it shows east-cluster");
    keys_are(BY_HAND, "east-cluster south");
    assert_false(is_there(0, LINK));
}

static void one_key_of_a_secret_goes(void **state)
{
    (void)state;
    struct steps_options options = remove_east;
    options.take_ownership = true;
    clusters_up(&c);
    put_by_hand("");
    AUTO_RUN_RESULT o = {0}, again = {0};
    down(&options, &o);
    secret_change_is(&o, "remotes", "update", "key east-cluster goes, the others stay");
    secret_change_is(&o, "istio-remote-secret-east-cluster", "delete", "a cluster that leaves");
    keys_are(BY_HAND, "south");
    options.keep_mesh = true;
    run_steps(&c, &options, &again);
    run_ended_well(&again);
    assert_false(steps_differ(again.steps));
}

/* Ours until then: what is left in it is not. */
static void a_key_that_somebody_added_stays(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_patch(c.apis[0], LINK, "{\"data\":{\"south\":\"Yg==\"}}");
    AUTO_RUN_RESULT o = {0}, all = {0};
    down(&remove_east, &o);
    keys_are(LINK, "south");
    json_auto_t *left = fakeapi_object(c.apis[0], LINK);
    assert_null(json_dig(left, "metadata", "labels", "meshctl.io/mesh", NULL));
    assert_string_equal(json_dig_str(left, "metadata", "labels", "istio/multiCluster", NULL),
                        "true");
    down(&down_options, &all);
    keys_are(LINK, "south");
}

/* Its namespace stays with it, whatever it is marked with. */
static void down_leaves_the_keys_of_others(void **state)
{
    (void)state;
    clusters_up(&c);
    put_by_hand(",\"meshctl.io/mesh\":\"mesh\"");
    fakeapi_patch(c.apis[0], LINK, "{\"data\":{\"south\":\"Yg==\",\"east-cluster\":null}}");
    AUTO_RUN_RESULT o = {0};
    down(&down_options, &o);
    stays(&o, "Secret", "istio-remote-secret-east-cluster", "it shows south");
    keys_are(BY_HAND, "south");
    keys_are(LINK, "south");
}

/* Both are bound to what was looked at: between the list and the deed it has got another key. */
static void a_secret_that_changes_meanwhile_stays(void **state)
{
    (void)state;
    static const char *const paths[] = {LINK, BY_HAND};
    clusters_up(&c);
    put_by_hand(",\"meshctl.io/mesh\":\"mesh\"");
    for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++) {
        AUTO_RUN_RESULT o = {0};
        run_steps(&c, &remove_east, &o);
        run_ended_well(&o);
        fakeapi_patch(c.apis[0], paths[i], "{\"data\":{\"north\":\"Yw==\"}}");
        AUTO_FREE char *before = keys_dup(paths[i]);
        run_proceed(&o);
        assert_non_null(o.error);
        assert_int_equal(o.error->kind, ERROR_CONFLICT);
        keys_are(paths[i], before);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_list_deletes_nothing),
        CASE(all_of_it_goes),
        CASE(what_verify_kept_goes),
        CASE(kinds_go_when_they_are_named),
        CASE(kinds_that_were_left_can_go_later),
        CASE(up_works_after_down),
        CASE(a_mesh_half_made_goes),
        CASE(down_that_was_cut_goes_on),
        CASE(a_namespace_that_is_going_is_waited_for),
        CASE(bare_clusters_have_nothing_to_take_off),
        CASE(a_namespace_that_holds_others_things_stays),
        CASE(a_persons_istio_resource_stays),
        CASE(what_goes_with_another_does_not_stay),
        CASE(an_object_that_another_release_took_stays),
        CASE(an_object_that_was_made_anew_meanwhile_stays),
        CASE(injected_workloads_are_told),
        CASE(certificates_that_the_mesh_made_go),
        CASE(another_mesh_stays),
        CASE(one_cluster_is_taken_out),
        CASE(only_the_links_to_a_cluster_go),
        CASE(the_others_forget_a_cluster_that_is_gone),
        CASE(a_cluster_that_is_away_keeps_its_link),
        CASE(a_link_that_somebody_made_stays),
        CASE(one_key_of_a_secret_goes),
        CASE(a_key_that_somebody_added_stays),
        CASE(down_leaves_the_keys_of_others),
        CASE(a_secret_that_changes_meanwhile_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
