/* check --pre as a person meets it: what `up` would stop at, and what it would wait for in vain, before
 * there is a mesh; nothing is written. */
#include "cli_fixture.h"

#define CHARTS " --charts " TEST_DATA_DIR "/api/charts"
#define REVIEWS "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
#define NO "{\"status\":{\"allowed\":false}}"

static void put(size_t at, const char *text)
{
    fakeapi_put(c.apis[at], text);
}

static int set_up(void **state)
{
    set_up_clusters(state);
    for (size_t i = 0; i < 2; i++)
        put(i, "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n\"},\"spec\":{"
               "\"providerID\":\"aws:///x\"},\"status\":{\"nodeInfo\":{\"architecture\":\"amd64\"},"
               "\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}");
    return 0;
}

/* The findings that are not good, as "ID CLUSTER LEVEL" with commas between; yours to free. `ret_doc`
 * may be NULL. */
static char *check_dup(const char *line, int code, json_t **ret_doc)
{
    AUTO_FREE char *check = mem_printf("check --pre -o json %s", line);
    AUTO_OUTCOME o = run(check, code);
    AUTO_STRLIST rows = STRLIST_INIT;
    struct error *err = NULL;
    json_auto_t *doc = NULL;
    size_t i;
    json_t *row;
    must(json_read(o.out, strlen(o.out), "stdout", &doc, &err), &err);
    json_array_foreach(json_object_get(doc, "checks"), i, row)
        if (strcmp(json_dig_str(row, "level", NULL), "ok") != 0)
            strlist_addf(&rows, "%s %s %s", json_dig_str(row, "id", NULL),
                         json_dig_str(row, "cluster", NULL), json_dig_str(row, "level", NULL));
    if (ret_doc)
        *ret_doc = json_incref(doc);
    return strlist_join_dup(&rows, ", ");
}

static void finds(const char *line, int code, const char *wanted)
{
    AUTO_FREE char *found = check_dup(line, code, NULL);
    assert_string_equal(found, wanted);
}

static const char *found_of(const json_t *doc, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(doc, "checks"), i, row)
        if (strcmp(json_dig_str(row, "id", NULL), id) == 0)
            return json_dig_str(row, "found", NULL);
    fail_msg("no row %s", id);
    return NULL;
}

static void bare_clusters_are_good(void **state)
{
    (void)state;
    finds(CHARTS, 0, "");
    assert_int_equal(clusters_writes(&c), 0);
}

static void what_up_would_stop_at_is_a_row(void **state)
{
    (void)state;
    /* Another's object under a name of a chart. */
    put(0,
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"istio-system\"}}");
    put(0, "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"istiod\","
           "\"namespace\":\"istio-system\"}}");
    AUTO_FREE char *found = check_dup(CHARTS, 1, NULL);
    assert_string_equal(found, "MC302 west error");
}

#define SLICE                                                                                      \
    "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":"   \
    "\"dns\",\"namespace\":\"kube-system\"},\"endpoints\":[{\"addresses\":[\"10.244.0.2\"],"       \
    "\"targetRef\":{\"kind\":\"Pod\",\"namespace\":\"kube-system\",\"name\":\"dns-1\"}}]}"

static void a_network_that_is_none_is_a_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++)
        put(i, SLICE);
    finds(CHARTS, 0, "");
    finds(CHARTS " --network east=west-network", 1, "MC313 west error, MC313 east error");
}

static void rights_are_named(void **state)
{
    (void)state;
    json_auto_t *doc = NULL;
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){.method = "POST",
                                                  .path = REVIEWS,
                                                  .body_has = "\"resource\":\"*\"",
                                                  .status = 201,
                                                  .body = NO});
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){.method = "POST",
                                                  .path = REVIEWS,
                                                  .body_has = "\"create\",\"resource\":\"secrets\"",
                                                  .status = 201,
                                                  .body = NO});
    AUTO_FREE char *found = check_dup(CHARTS, 1, &doc);
    assert_string_equal(found, "MC103 west error");
    assert_non_null(strstr(found_of(doc, "MC103"), "may not: create secrets in istio-system"));
}

/* Without the right to read nothing can be compared: what any `up` needs is asked for then. */
static void reader_is_told_what_is_missing(void **state)
{
    (void)state;
    json_auto_t *doc = NULL;
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){
                               .path = "/api/v1/namespaces/istio-system/secrets*", .status = 403});
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){
                               .method = "POST", .path = REVIEWS, .status = 201, .body = NO});
    AUTO_FREE char *found = check_dup(CHARTS, 1, &doc);
    assert_string_equal(found, "MC105 west warning, MC103 west error");
    assert_non_null(strstr(found_of(doc, "MC103"), "create deployments.apps in istio-system"));
}

#define WEBHOOK(name, policy, selector)                                                            \
    "{\"apiVersion\":\"admissionregistration.k8s.io/"                                              \
    "v1\",\"kind\":\"ValidatingWebhookConfiguration\","                                            \
    "\"metadata\":{\"name\":\"" name "\"},\"webhooks\":[{\"name\":\"" name                         \
    ".example.com\",\"failurePolicy\":\"" policy "\",\"namespaceSelector\":{" selector             \
    "},\"clientConfig\":{\"service\":{\"namespace\":\"hooks\",\"name\":\"" name                    \
    "\"}},\"rules\":[{\"operations\":[\"CREATE\"],\"resources\":[\"services\"]}]}]}"

static void dead_webhooks_are_found(void **state)
{
    (void)state;
    json_auto_t *doc = NULL;
    put(0, WEBHOOK("dead", "Fail", ""));
    put(0, WEBHOOK("harmless", "Ignore", ""));
    put(0, WEBHOOK("elsewhere", "Fail", "\"matchLabels\":{\"only\":\"there\"}"));
    put(0, WEBHOOK("alive", "Fail", ""));
    put(0, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"hooks\"}}");
    put(0,
        "{\"apiVersion\":\"discovery.k8s.io/v1\",\"kind\":\"EndpointSlice\",\"metadata\":{\"name\":"
        "\"alive-1\",\"namespace\":\"hooks\",\"labels\":{\"kubernetes.io/"
        "service-name\":\"alive\"}},"
        "\"endpoints\":[{\"addresses\":[\"192.0.2.1\"],\"conditions\":{\"ready\":true}}]}");
    AUTO_FREE char *found = check_dup(CHARTS, 1, &doc);
    assert_string_equal(found, "MC113 west error");
    assert_string_equal(found_of(doc, "MC113"),
                        "dead.example.com of ValidatingWebhookConfiguration dead: none of Service "
                        "hooks/dead");
}

/* One of a namespace that goes is one finding, though two look at it. */
static void what_is_seen_twice_is_told_once(void **state)
{
    (void)state;
    put(1, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"istio-system\","
           "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"finalizers\":[\"x\"]}}");
    finds(CHARTS, 1, "MC306 east error");
}

static void dns_that_was_scaled_down_is_scaled_up(void **state)
{
    (void)state;
    json_auto_t *doc = NULL;
    size_t i;
    json_t *row;
    put(0, "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"kube-dns\","
           "\"namespace\":\"kube-system\",\"labels\":{\"k8s-app\":\"kube-dns\"}}}");
    put(0, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"coredns\","
           "\"namespace\":\"kube-system\",\"labels\":{\"k8s-app\":\"kube-dns\"}},\"spec\":{"
           "\"replicas\":0}}");
    AUTO_FREE char *found = check_dup(CHARTS, 1, &doc);
    assert_string_equal(found, "MC117 west error");
    json_array_foreach(json_object_get(doc, "checks"), i, row)
        if (strcmp(json_dig_str(row, "id", NULL), "MC117") == 0)
            assert_string_equal(json_dig_str(row, "fix", NULL),
                                "kubectl scale deployment coredns -n kube-system --replicas=2");
}

static void charts_that_are_not_there_hide_nothing(void **state)
{
    (void)state;
    AUTO_FREE char *found = check_dup("--charts /nonexistent", 1, NULL);
    assert_non_null(strstr(found, "MC307 west error"));
    assert_non_null(strstr(found, "MC307 east error"));
}

static void flags_of_a_mesh_to_be_are_for_pre_alone(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run("check --hub x", 64);
    assert_non_null(strstr(o.err, "check takes --hub with --pre only"));
    /* A mesh file says all of a mesh, and each command takes its part. */
    save("mesh.yaml", "apiVersion: meshctl.io/v1\nkind: Mesh\nistio: {hub: x, charts: at}\n"
                      "trust: {dir: ca}\nclusters: [{name: west}, {name: east}]\n");
    AUTO_OUTCOME of_file = run("check -f mesh.yaml", 1);
    assert_non_null(strstr(of_file.out, "MC604"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down_clusters)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(bare_clusters_are_good),
        CASE(what_up_would_stop_at_is_a_row),
        CASE(a_network_that_is_none_is_a_row),
        CASE(rights_are_named),
        CASE(reader_is_told_what_is_missing),
        CASE(dead_webhooks_are_found),
        CASE(what_is_seen_twice_is_told_once),
        CASE(dns_that_was_scaled_down_is_scaled_up),
        CASE(charts_that_are_not_there_hide_nothing),
        CASE(flags_of_a_mesh_to_be_are_for_pre_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
