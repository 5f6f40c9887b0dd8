/* What is not the mesh's is never changed: it is refused, by name, before anything is written. */
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define HAND_MADE                                                                                  \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"istio\","              \
    "\"namespace\":\"istio-system\"},\"data\":{\"mesh\":\"mine\"}}"
#define READER ISTIO "/secrets/istio-reader-service-account-istio-remote-secret-token"
#define READER_OF(LABELS)                                                                          \
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"istio-reader-service-"    \
    "account-istio-remote-secret-token\",\"namespace\":\"istio-system\",\"labels\":{" LABELS       \
    "}},\"data\":{\"mine\":\"eA==\"}}"
#define LINK ISTIO "/secrets/istio-remote-secret-east-cluster"
#define OTHERS_LINK                                                                                \
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"istio-remote-secret-"     \
    "east-cluster\",\"namespace\":\"istio-system\"},\"data\":{\"mine\":\"eA==\"}}"

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

/* `up` ends with that id, says the parts, and has written nothing anywhere. */
static void is_refused(const struct steps_options *options, const char *id, const char *part,
                       const char *other_part)
{
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    int writes = clusters_writes(&c);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, options, &o);
    assert_non_null(o.error);
    if (!o.error->id || strcmp(o.error->id, id) != 0)
        fail_msg("%s: %s", o.error->id, o.error->message);
    if (!strstr(o.error->message, part) || !strstr(o.error->message, other_part))
        fail_msg("%s", o.error->message);
    assert_non_null(o.error->hint);
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    assert_true(json_equal(before, after));
    assert_int_equal(clusters_writes(&c), writes);
}

/* Helm would refuse the second one; here neither is there yet, and one would silently take the other's. */
static void an_object_of_two_releases(void **state)
{
    (void)state;
    static const enum mesh_component both[] = {MESH_INGRESS, MESH_EASTWEST};
    for (size_t i = 0; i < MC_ARRAY_LEN(both); i++)
        json_object_set_new(c.mesh->overrides[both[i]], "shared", json_string("twice"));
    is_refused(&up_options, "MC302", "ConfigMap istio-ingress/twice",
               "of both release istio-ingress and release istio-eastwest");
    json_object_set_new(c.mesh->overrides[MESH_EASTWEST], "shared", json_string("once"));
    clusters_up(&c);
}

static void a_charts_object_of_nobody(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], HAND_MADE);
    is_refused(&up_options, "MC302", "ConfigMap", "istio");
    is_refused(&plan_options, "MC302", "ConfigMap", "istio");
}

static void a_charts_object_of_another_release(void **state)
{
    (void)state;
    fakeapi_put(
        c.apis[0],
        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"istiod\","
        "\"namespace\":\"istio-system\",\"labels\":{\"app.kubernetes.io/managed-by\":"
        "\"Helm\"},\"annotations\":{\"meta.helm.sh/release-name\":\"theirs\","
        "\"meta.helm.sh/release-namespace\":\"istio-system\"}}}");
    is_refused(&up_options, "MC302", "istiod", "theirs");
}

static void an_own_object_of_nobody(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], OTHERS_LINK);
    is_refused(&up_options, "MC307", "istio-remote-secret-east-cluster",
               "carries no mark of this mesh");
}

static void an_own_object_of_another_mesh(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], READER_OF("\"meshctl.io/mesh\":\"prod\""));
    is_refused(&up_options, "MC307", "istio-reader-service-account-istio-remote-secret-token",
               "belongs to mesh prod");
}

/* Somebody who has to mend it wants to know it all. */
static void all_of_it_is_told_at_once(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], HAND_MADE);
    fakeapi_put(c.apis[0], OTHERS_LINK);
    fakeapi_put(c.apis[0], READER_OF(""));
    is_refused(&up_options, "MC302", "istio-remote-secret-east-cluster",
               "istio-reader-service-account-istio-remote-secret-token");
}

static void the_persons_word_takes_them_over(void **state)
{
    (void)state;
    fakeapi_put(c.apis[0], HAND_MADE);
    fakeapi_put(c.apis[0], OTHERS_LINK);
    struct steps_options options = up_options, listed = plan_options;
    options.take_ownership = listed.take_ownership = true;
    AUTO_RUN_RESULT o = {0}, again = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    json_auto_t *map = fakeapi_object(c.apis[0], ISTIO "/configmaps/istio");
    json_auto_t *link = fakeapi_object(c.apis[0], LINK);
    assert_string_equal(
        json_dig_str(map, "metadata", "annotations", "meta.helm.sh/release-name", NULL), "istiod");
    assert_string_equal(json_dig_str(link, "metadata", "labels", "meshctl.io/mesh", NULL), "mesh");
    assert_non_null(json_dig(link, "data", "east-cluster", NULL));
    /* From now on they are the mesh's. */
    run_steps(&c, &plan_options, &again);
    run_ended_well(&again);
    assert_false(steps_differ(again.steps));
}

/* Another manager's field is taken over by force alone. */
static void a_field_that_another_manager_has(void **state)
{
    (void)state;
    static const char path[] = "/apis/apps/v1/namespaces/istio-system/deployments/istiod";
    clusters_up(&c);
    json_auto_t *live = fakeapi_object(c.apis[0], path);
    json_auto_t *managers = json_incref(json_dig(live, "metadata", "managedFields", NULL));
    json_array_append_new(managers,
                          json_pack("{s:s,s:s,s:s,s:s,s:{s:{s:{}}}}", "manager", "scaler",
                                    "operation", "Apply", "apiVersion", "apps/v1", "fieldsType",
                                    "FieldsV1", "fieldsV1", "f:spec", "f:replicas"));
    json_auto_t *patch = json_pack("{s:{s:i},s:{s:O}}", "spec", "replicas", 3, "metadata",
                                   "managedFields", managers);
    AUTO_FREE char *text = json_dumps(patch, 0);
    fakeapi_patch(c.apis[0], path, text);
    is_refused(&plan_options, "MC308", "spec.replicas", "scaler");
    is_refused(&up_options, "MC308", "spec.replicas", "scaler");
    struct steps_options options = up_options;
    options.force_conflicts = true;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    json_auto_t *after = fakeapi_object(c.apis[0], path);
    assert_int_equal(json_dig_int(after, 0, "spec", "replicas", NULL), 1);
}

/* ---- what is not in the way is left as it is ------------------------------------------------- */

static const char *const foreign[] = {
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"theirs\","
    "\"namespace\":\"istio-system\"},\"data\":{\"a\":\"b\"}}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"shop\"}}",
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"shop\","
    "\"namespace\":\"shop\"},\"spec\":{\"replicas\":2}}",
    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"cross-network-gateway\","
    "\"namespace\":\"istio-system\"},\"data\":{\"a\":\"b\"}}",
    "{\"apiVersion\":\"rbac.authorization.k8s.io/v1\",\"kind\":\"ClusterRole\",\"metadata\":{"
    "\"name\":\"theirs\",\"labels\":{\"app\":\"istiod\"}}}",
};

/* Of those that were there before, all are byte for byte as they were; how many were looked at. */
static size_t same_as_before(const json_t *before)
{
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    const char *path;
    json_t *object;
    size_t count = 0;
    json_object_foreach((json_t *)before, path, object) {
        json_t *now = json_object_get(after, path);
        /* Its network label is the mesh's to set. */
        if (strcmp(path, ISTIO) == 0)
            continue;
        if (!json_equal(object, now))
            fail_msg("%s has changed", path);
        count++;
    }
    return count;
}

static void foreign_objects_stay_as_they_are(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(foreign); i++)
        fakeapi_put(c.apis[0], foreign[i]);
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    clusters_up(&c);
    assert_true(same_as_before(before) >= MC_ARRAY_LEN(foreign));
    clusters_up(&c);
    AUTO_RUN_RESULT down = {0};
    run_steps(&c, &down_options, &down);
    run_ended_well(&down);
    run_proceed(&down);
    run_ended_well(&down);
    assert_true(same_as_before(before) >= MC_ARRAY_LEN(foreign));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_object_of_two_releases),          CASE(a_charts_object_of_nobody),
        CASE(a_charts_object_of_another_release), CASE(an_own_object_of_nobody),
        CASE(an_own_object_of_another_mesh),      CASE(all_of_it_is_told_at_once),
        CASE(the_persons_word_takes_them_over),   CASE(a_field_that_another_manager_has),
        CASE(foreign_objects_stay_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
