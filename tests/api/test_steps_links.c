/* Links of former days: what `up` does with Secrets that show a member under an id that it has no more,
 * alone or beside other clusters. */
#include "meshctl/base/base64.h"
#include "meshctl/base/text.h"
#include "scratch.h"
#include "steps_fixture.h"

#define SECRETS "/api/v1/namespaces/istio-system/secrets/"
#define LINK SECRETS "istio-remote-secret-east-cluster"
#define FORMER SECRETS "former"

static struct clusters c;

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 2);
    clusters_up(&c);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

/* East's kubeconfig as west has it. */
static json_t *kubeconfig_new(void)
{
    json_auto_t *link = fakeapi_object(c.apis[0], LINK);
    return json_incref(json_dig(link, "data", "east-cluster", NULL));
}

/* A Secret in west that shows east under these ids; `mark` NULL: nobody's. */
static void put_former(const char *mark, const char *const *ids, size_t count)
{
    json_auto_t *kubeconfig = kubeconfig_new();
    json_auto_t *secret =
        json_pack("{s:s, s:s, s:{s:s, s:s, s:{s:s, s:s*}}, s:{}}", "apiVersion", "v1", "kind",
                  "Secret", "metadata", "name", "former", "namespace", "istio-system", "labels",
                  "istio/multiCluster", "true", "meshctl.io/mesh", mark, "data");
    for (size_t i = 0; i < count; i++)
        json_put(secret, json_incref(kubeconfig), "data", ids[i], NULL);
    AUTO_FREE char *text = json_write_dup(secret, 0);
    fakeapi_put(c.apis[0], text);
}

static void run_up(struct run_result *ret, bool take_ownership)
{
    struct steps_options options = up_options;
    options.take_ownership = take_ownership;
    run_steps(&c, &options, ret);
    run_ended_well(ret);
}

static void keys_are(const char *path, const char *wanted)
{
    AUTO_STRLIST keys = STRLIST_INIT;
    json_auto_t *secret = fakeapi_object(c.apis[0], path);
    const char *key;
    json_t *text;
    json_object_foreach(json_object_get(secret, "data"), key, text)
        strlist_add(&keys, key);
    AUTO_FREE char *found = strlist_join_dup(&keys, " ");
    assert_string_equal(found, wanted);
}

static void nothing_is_left_to_do(void)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    assert_false(steps_differ(o.steps));
}

static void a_former_link_goes_once(void **state)
{
    (void)state;
    static const char *const ids[] = {"old", "older"};
    put_former("mesh", ids, 2);
    AUTO_RUN_RESULT o = {0};
    run_up(&o, false);
    secret_change_is(&o, "former", "delete",
                     "it shows east under the id old, which is not its own; it");
    AUTO_FREE char *counts = counts_dup(o.changes);
    assert_string_equal(counts, "create 0, update 0, delete 1, record 0");
    keys_are(FORMER, "");
    nothing_is_left_to_do();
}

static void only_the_former_id_goes(void **state)
{
    (void)state;
    static const char *const ids[] = {"old", "east-cluster"};
    put_former("mesh", ids, 2);
    AUTO_RUN_RESULT o = {0};
    run_up(&o, false);
    secret_change_is(&o, "former", "update", "key old goes, the others stay: it shows east");
    keys_are(FORMER, "east-cluster");
    nothing_is_left_to_do();
}

/* In the very Secret that the mesh needs, which this run changes as well. */
static void a_former_id_in_a_secret_that_is_needed(void **state)
{
    (void)state;
    json_auto_t *kubeconfig = kubeconfig_new();
    json_auto_t *patch =
        json_pack("{s:{s:{s:s}}, s:{s:O, s:s}}", "metadata", "labels", "istio/multiCluster", "true",
                  "data", "old", kubeconfig, "east-cluster", "YQ==");
    AUTO_FREE char *text = json_write_dup(patch, 0);
    fakeapi_patch(c.apis[0], LINK, text);
    AUTO_RUN_RESULT o = {0};
    run_up(&o, true);
    keys_are(LINK, "east-cluster");
    json_auto_t *after = kubeconfig_new();
    assert_true(json_equal(after, kubeconfig));
    json_auto_t *link = fakeapi_object(c.apis[0], LINK);
    assert_string_equal(json_dig_str(link, "metadata", "labels", "meshctl.io/mesh", NULL), "mesh");
    nothing_is_left_to_do();
}

/* That Secret with nothing but the former id: it is emptied and filled, never deleted. */
static void a_secret_that_is_needed_has_only_a_former_id(void **state)
{
    (void)state;
    json_auto_t *kubeconfig = kubeconfig_new();
    json_auto_t *patch = json_pack("{s:{s:O, s:n}}", "data", "old", kubeconfig, "east-cluster");
    AUTO_FREE char *text = json_write_dup(patch, 0);
    fakeapi_patch(c.apis[0], LINK, text);
    AUTO_RUN_RESULT o = {0};
    run_up(&o, false);
    keys_are(LINK, "east-cluster");
    assert_int_equal(fakeapi_count(c.apis[0], "DELETE", LINK), 0);
    nothing_is_left_to_do();
}

static void somebody_elses_is_told(void **state)
{
    (void)state;
    static const char *const ids[] = {"old"};
    put_former(NULL, ids, 1);
    AUTO_RUN_RESULT o = {0}, taken = {0};
    run_up(&o, false);
    assert_true(has_event(&o, "former stays, it carries no mark of the mesh (--take-ownership): it "
                              "shows east under the id old"));
    keys_are(FORMER, "old");
    run_up(&taken, true);
    keys_are(FORMER, "");
}

/* Two clusters in one kubeconfig, the one in use last: istiod goes by the context, not by the order. */
static void only_the_cluster_in_use_counts(void **state)
{
    (void)state;
    static const char form[] =
        "contexts: [{name: a, context: {cluster: a}}, {name: b, context: {cluster: b}}]\n"
        "clusters: [{name: a, cluster: {server: '%s'}}, {name: b, cluster: {server: '%s'}}]\n"
        "current-context: b\n";
    AUTO_FREE char *east = mem_strdup(c.mesh->members[1].server);
    AUTO_FREE char *used = mem_printf(form, "https://192.0.2.1:6443", east);
    AUTO_FREE char *unused = mem_printf(form, east, "https://192.0.2.1:6443");
    AUTO_FREE char *used64 = base64_encode_dup(used, strlen(used));
    AUTO_FREE char *unused64 = base64_encode_dup(unused, strlen(unused));
    json_auto_t *secret =
        json_pack("{s:s, s:s, s:{s:s, s:s, s:{s:s, s:s}}, s:{s:s, s:s}}", "apiVersion", "v1",
                  "kind", "Secret", "metadata", "name", "former", "namespace", "istio-system",
                  "labels", "istio/multiCluster", "true", "meshctl.io/mesh", "mesh", "data", "old",
                  used64, "other", unused64);
    AUTO_FREE char *text = json_write_dup(secret, 0);
    fakeapi_put(c.apis[0], text);
    AUTO_RUN_RESULT o = {0};
    run_up(&o, false);
    keys_are(FORMER, "other");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_former_link_goes_once),
        CASE(only_the_former_id_goes),
        CASE(a_former_id_in_a_secret_that_is_needed),
        CASE(a_secret_that_is_needed_has_only_a_former_id),
        CASE(somebody_elses_is_told),
        CASE(only_the_cluster_in_use_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
