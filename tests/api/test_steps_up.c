/* `up` on fake clusters: its list of changes, the run of it, the empty list after it; and what the list
 * says when somebody has edited or removed something since. */
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define INGRESS "/api/v1/namespaces/istio-ingress"
#define APPS "/apis/apps/v1/namespaces"
#define EXPOSED                                                                                    \
    "/apis/networking.istio.io/v1beta1/namespaces/istio-ingress/gateways/cross-network-gateway"

#define CRD "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gateways.networking.istio.io"

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

static void counts_are(const struct run_result *o, const char *wanted)
{
    AUTO_FREE char *found = counts_dup(o->changes);
    assert_string_equal(found, wanted);
}

static void is_there(size_t at, const char *path)
{
    json_auto_t *object = fakeapi_object(c.apis[at], path);
    if (!object)
        fail_msg("there is no %s", path);
}

/* In each cluster: 2 of chart base, 4 of istiod, 2 of each gateway, the ingress namespace, the
 * reader's token, a link and the exposing Gateway. */
#define FIRST "create 28, update 2, delete 0, record 8"
#define NOTHING "create 0, update 0, delete 0, record 0"

static void the_list_writes_nothing(void **state)
{
    (void)state;
    json_auto_t *before = fakeapi_objects(c.apis[0]);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    counts_are(&o, FIRST);
    json_auto_t *after = fakeapi_objects(c.apis[0]);
    assert_true(json_equal(before, after));
    assert_int_equal(clusters_writes(&c), 0);
    assert_true(steps_differ(o.steps));
    const json_t *gateway = change_of(o.changes, "east", "Gateway", "cross-network-gateway");
    assert_string_equal(json_dig_str(gateway, "action", NULL), "create");
    assert_string_equal(json_dig_str(gateway, "unit", NULL), "expose");
    assert_string_equal(json_dig_str(gateway, "step", NULL), "expose");
    assert_string_equal(json_dig_str(gateway, "namespace", NULL), "istio-ingress");
    const json_t *record = change_of(o.changes, "west", "Secret", "sh.helm.release.v1.istiod.v1");
    assert_string_equal(json_dig_str(record, "action", NULL), "record");
    /* Its network label is what is changed of a namespace that was there. */
    const json_t *namespace = change_of(o.changes, "west", "Namespace", "istio-system");
    assert_string_equal(json_dig_str(namespace, "action", NULL), "update");
}

static void up_does_what_the_list_says(void **state)
{
    (void)state;
    static const char *const paths[] = {
        ISTIO "/serviceaccounts/istio-reader-service-account",
        ISTIO "/secrets/sh.helm.release.v1.istio-base.v1",
        APPS "/istio-system/deployments/istiod",
        INGRESS "/services/istio-eastwest",
        INGRESS "/secrets/sh.helm.release.v1.istio-ingress.v1",
        EXPOSED,
    };
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    run_ended_well(&o);
    counts_are(&o, FIRST);
    for (size_t at = 0; at < 2; at++)
        for (size_t i = 0; i < MC_ARRAY_LEN(paths); i++)
            is_there(at, paths[i]);
    is_there(0, ISTIO "/secrets/istio-remote-secret-east-cluster");
    is_there(1, ISTIO "/secrets/istio-remote-secret-west-cluster");
    const json_t *west = json_dig(o.report, "clusters", "0", NULL);
    assert_int_equal(json_dig_int(west, 0, "objects", "created", NULL), 14);
    assert_int_equal(json_dig_int(west, 0, "objects", "changed", NULL), 1);
    assert_string_equal(json_dig_str(west, "eastwest", NULL), "127.0.0.10");
    assert_string_equal(json_dig_str(west, "releases", "1", "status", NULL), "deployed");
    assert_int_equal(json_array_size(json_dig(west, "releases", NULL)), 4);
}

static void the_list_after_up_is_empty(void **state)
{
    (void)state;
    clusters_up(&c);
    int writes = clusters_writes(&c);
    AUTO_RUN_RESULT listed = {0}, again = {0};
    run_steps(&c, &plan_options, &listed);
    run_ended_well(&listed);
    counts_are(&listed, NOTHING);
    assert_false(steps_differ(listed.steps));
    int looked = fakeapi_count(c.apis[0], "GET", CRD);
    run_steps(&c, &up_options, &again);
    run_ended_well(&again);
    counts_are(&again, NOTHING);
    assert_int_equal(clusters_writes(&c), writes);
    /* A kind that is there as it shall be is looked at once, and not waited for. */
    assert_int_equal(fakeapi_count(c.apis[0], "GET", CRD), looked + 1);
}

/* A record says its status in its label, as Helm lists it. */
static void status_is(size_t at, const char *secret, const char *status)
{
    AUTO_FREE char *path = mem_printf(ISTIO "/secrets/%s", secret);
    json_auto_t *record = fakeapi_object(c.apis[at], path);
    const char *found = json_dig_str(record, "metadata", "labels", "status", NULL);
    if (!found || strcmp(found, status) != 0)
        fail_msg("%s is %s, wanted %s", secret, found ? found : "not there", status);
}

/* The n-th write of a record. */
static void written_as(const char *method, const char *path, int n, const char *status)
{
    AUTO_FREE char *request = fakeapi_request_dup(c.apis[0], method, path, n);
    AUTO_FREE char *label = mem_printf("\"status\":\"%s\"", status);
    if (!request || !strstr(request, label))
        fail_msg("%s %s is not %s", method, path, status);
}

static void records_are_pending_before_they_are_deployed(void **state)
{
    (void)state;
    clusters_up(&c);
    int n = 0;
    bool found = false;
    char *request;
    for (; (request = fakeapi_request_dup(c.apis[0], "POST", ISTIO "/secrets", n)); n++) {
        found = found || (strstr(request, "release.v1.istiod.v1") &&
                          strstr(request, "\"status\":\"pending-install\""));
        free(request);
    }
    assert_true(found);
    written_as("PUT", ISTIO "/secrets/sh.helm.release.v1.istiod.v1", 0, "deployed");
    status_is(0, "sh.helm.release.v1.istiod.v1", "deployed");
}

/* ---- what was changed since ------------------------------------------------------------------ */

static void an_edited_object_is_listed_with_its_fields(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_patch(c.apis[1], APPS "/istio-system/deployments/istiod",
                  "{\"spec\":{\"replicas\":3}}");
    AUTO_RUN_RESULT o = {0}, mended = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    counts_are(&o, "create 0, update 1, delete 0, record 0");
    const json_t *change = change_of(o.changes, "east", "Deployment", "istiod");
    const json_t *fields = json_dig(change, "fields", NULL);
    assert_int_equal(json_array_size(fields), 1);
    assert_string_equal(json_dig_str(fields, "0", "path", NULL), "spec.replicas");
    assert_int_equal(json_dig_int(fields, 0, "0", "before", NULL), 3);
    assert_int_equal(json_dig_int(fields, 0, "0", "after", NULL), 1);
    run_steps(&c, &up_options, &mended);
    run_ended_well(&mended);
    json_auto_t *live = fakeapi_object(c.apis[1], APPS "/istio-system/deployments/istiod");
    assert_int_equal(json_dig_int(live, 0, "spec", "replicas", NULL), 1);
    status_is(1, "sh.helm.release.v1.istiod.v1", "deployed");
}

static void a_removed_object_is_listed_and_made_again(void **state)
{
    (void)state;
    static const struct {
        const char *path, *kind, *name;
    } rows[] = {
        {INGRESS "/services/istio-eastwest", "Service", "istio-eastwest"},
        {EXPOSED, "Gateway", "cross-network-gateway"},
        {ISTIO "/configmaps/istio", "ConfigMap", "istio"},
        {ISTIO "/secrets/istio-remote-secret-east-cluster", "Secret",
         "istio-remote-secret-east-cluster"},
    };
    clusters_up(&c);
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        fakeapi_remove(c.apis[0], rows[i].path);
        AUTO_RUN_RESULT o = {0}, mended = {0};
        run_steps(&c, &plan_options, &o);
        run_ended_well(&o);
        counts_are(&o, "create 1, update 0, delete 0, record 0");
        const json_t *change = change_of(o.changes, "west", rows[i].kind, rows[i].name);
        assert_string_equal(json_dig_str(change, "action", NULL), "create");
        run_steps(&c, &up_options, &mended);
        run_ended_well(&mended);
        is_there(0, rows[i].path);
    }
}

/* The values of a Secret are in no list. */
static void a_changed_secret_is_masked(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_patch(c.apis[0], ISTIO "/secrets/istio-remote-secret-east-cluster",
                  "{\"data\":{\"east-cluster\":\"c2VjcmV0LXdvcmRz\"}}");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    counts_are(&o, "create 0, update 1, delete 0, record 0");
    AUTO_FREE char *text = json_dumps(o.changes, 0);
    assert_null(strstr(text, "c2VjcmV0LXdvcmRz"));
    assert_null(strstr(text, "secret-words"));
    assert_non_null(change_of(o.changes, "west", "Secret", "istio-remote-secret-east-cluster"));
}

/* ---- parts of it ----------------------------------------------------------------------------- */

static void only_one_cluster_is_written_to(void **state)
{
    (void)state;
    clusters_up(&c);
    for (size_t at = 0; at < 2; at++)
        fakeapi_remove(c.apis[at], EXPOSED);
    json_auto_t *before = fakeapi_objects(c.apis[1]);
    struct steps_options options = up_options;
    options.only = "west";
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    counts_are(&o, "create 1, update 0, delete 0, record 0");
    json_auto_t *after = fakeapi_objects(c.apis[1]);
    assert_true(json_equal(before, after));
    is_there(0, EXPOSED);
}

/* Nobody needs anything of it: its link is there. */
static void an_absent_cluster_that_is_only_looked_at_is_a_warning(void **state)
{
    (void)state;
    clusters_up(&c);
    fakeapi_remove(c.apis[0], EXPOSED);
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "/*", .status = 403});
    struct steps_options options = up_options;
    options.only = "west";
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    assert_true(has_event(&o, "east check warning: east is left out"));
    is_there(0, EXPOSED);
    is_there(0, ISTIO "/secrets/istio-remote-secret-east-cluster");
}

/* Installed before the mesh has its certificates, istiod would make a root of its own. */
static void install_without_certificates_is_refused(void **state)
{
    (void)state;
    fakeapi_remove(c.apis[1], ISTIO "/secrets/cacerts");
    struct steps_options options = {.from = STEP_INSTALL, .to = STEP_INSTALL};
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    assert_non_null(o.error);
    assert_string_equal(o.error->id, "MC206");
    assert_int_equal(clusters_writes(&c), 0);
}

static void a_cluster_without_certificates_gets_them(void **state)
{
    (void)state;
    fakeapi_remove(c.apis[0], ISTIO "/secrets/cacerts");
    fakeapi_remove(c.apis[1], ISTIO "/secrets/cacerts");
    struct steps_options options = {.from = STEP_CA, .to = STEP_CA};
    AUTO_RUN_RESULT o = {0}, again = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    counts_are(&o, "create 2, update 2, delete 0, record 0");
    AUTO_FREE char *text = json_dumps(o.changes, 0);
    assert_null(strstr(text, "ca-key"));
    is_there(1, ISTIO "/secrets/cacerts");
    run_steps(&c, &options, &again);
    run_ended_well(&again);
    counts_are(&again, NOTHING);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_list_writes_nothing),
        CASE(up_does_what_the_list_says),
        CASE(the_list_after_up_is_empty),
        CASE(records_are_pending_before_they_are_deployed),
        CASE(an_edited_object_is_listed_with_its_fields),
        CASE(a_removed_object_is_listed_and_made_again),
        CASE(a_changed_secret_is_masked),
        CASE(only_one_cluster_is_written_to),
        CASE(an_absent_cluster_that_is_only_looked_at_is_a_warning),
        CASE(install_without_certificates_is_refused),
        CASE(a_cluster_without_certificates_gets_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
