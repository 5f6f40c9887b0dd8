/* Releases as they go on: other values, hooks, revisions, records of others, and what is refused before
 * anything is written. */
#include "meshctl/base/text.h"
#include "meshctl/helm/release.h"
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define RECORD ISTIO "/secrets/sh.helm.release.v1.istiod.v"
#define MAPS ISTIO "/configmaps"

static struct clusters c;

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

static void up_with(const struct steps_options *options)
{
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, options, &o);
    run_ended_well(&o);
}

static void give(const char *json)
{
    json_decref(c.mesh->overrides[MESH_ISTIOD]);
    c.mesh->overrides[MESH_ISTIOD] = json_loads(json, 0, NULL);
    assert_non_null(c.mesh->overrides[MESH_ISTIOD]);
}

static struct release *record(int revision)
{
    struct release *r = NULL;
    struct error *err = NULL;
    AUTO_FREE char *path = mem_printf(RECORD "%d", revision);
    json_auto_t *secret = fakeapi_object(c.apis[0], path);
    assert_non_null(secret);
    must(release_from_secret(secret, &r, &err), &err);
    return r;
}

/* As the first revision's writer has it, who may change it all. */
static struct release *whole_record(void)
{
    struct error *err = NULL;
    struct release *r = record(1);
    json_decref(TAKE(r->chart));
    must(release_chart(r, &r->chart, &err), &err);
    must(release_manifest(r, &r->manifest, &err), &err);
    free(TAKE(r->packed));
    return r;
}

static void has_status(int revision, enum release_status status)
{
    MC_CLEANUP(release_cleanup) struct release *r = record(revision);
    assert_string_equal(release_status_name(r->status), release_status_name(status));
}

static bool is_there(const char *path)
{
    json_auto_t *object = fakeapi_object(c.apis[0], path);
    return object != NULL;
}

static void is_refused(const struct steps_options *options, const char *id, const char *part)
{
    int writes = clusters_writes(&c);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, options, &o);
    assert_non_null(o.error);
    if (!o.error->id || strcmp(o.error->id, id) != 0 || !strstr(o.error->message, part))
        fail_msg("%s: %s", o.error->id, o.error->message);
    assert_int_equal(clusters_writes(&c), writes);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void other_values_are_another_revision(void **state)
{
    (void)state;
    up_with(&up_options);
    give("{\"extra\":\"some\"}");
    AUTO_RUN_RESULT listed = {0};
    run_steps(&c, &plan_options, &listed);
    run_ended_well(&listed);
    const json_t *change = change_of(listed.changes, "west", "ConfigMap", "extra");
    assert_string_equal(json_dig_str(change, "action", NULL), "create");
    up_with(&up_options);
    assert_true(is_there(MAPS "/extra"));
    has_status(1, RELEASE_SUPERSEDED);
    has_status(2, RELEASE_DEPLOYED);
}

/* What the next revision has not goes, and the list says so before. */
static void what_is_not_wanted_any_more_goes(void **state)
{
    (void)state;
    give("{\"extra\":\"some\"}");
    up_with(&up_options);
    give("{}");
    struct steps_options options = plan_options;
    options.values_mode = VALUES_RESET;
    options.values_given = true;
    AUTO_RUN_RESULT listed = {0};
    run_steps(&c, &options, &listed);
    run_ended_well(&listed);
    const json_t *change = change_of(listed.changes, "west", "ConfigMap", "extra");
    assert_string_equal(json_dig_str(change, "action", NULL), "delete");
    options.list_only = false;
    up_with(&options);
    assert_false(is_there(MAPS "/extra"));
    has_status(2, RELEASE_DEPLOYED);
}

/* Taken over by somebody since, it stays: with a warning, whose it is. */
static void what_is_not_wanted_and_anothers_by_now_stays(void **state)
{
    (void)state;
    give("{\"extra\":\"some\"}");
    up_with(&up_options);
    fakeapi_patch(c.apis[0], MAPS "/extra",
                  "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"theirs\"}}}");
    give("{}");
    struct steps_options options = up_options;
    options.values_mode = VALUES_RESET;
    options.values_given = true;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &options, &o);
    run_ended_well(&o);
    assert_true(is_there(MAPS "/extra"));
    assert_true(has_event(&o, "theirs"));
}

/* Made anew between the look and the delete, it is another object. */
static void a_delete_is_of_what_was_looked_at(void **state)
{
    (void)state;
    give("{\"extra\":\"some\"}");
    up_with(&up_options);
    AUTO_FREE char *uid = NULL;
    json_auto_t *map = fakeapi_object(c.apis[0], MAPS "/extra");
    uid = mem_strdup(json_dig_str(map, "metadata", "uid", NULL));
    give("{}");
    struct steps_options options = up_options;
    options.values_mode = VALUES_RESET;
    options.values_given = true;
    up_with(&options);
    AUTO_FREE char *sent = fakeapi_request_dup(c.apis[0], "DELETE", MAPS "/extra", 0);
    assert_non_null(strstr(sent, uid));
}

/* As if somebody had set it with helm, whose records say nothing of what is meshctl's. */
static void set_with_helm(const char *value)
{
    MC_CLEANUP(release_cleanup) struct release *r = whole_record();
    struct error *err = NULL;
    json_auto_t *secret = NULL;
    bool trimmed;
    json_object_set_new(r->config, "extra", json_string(value));
    json_decref(TAKE(r->own));
    must(release_to_secret(r, &secret, &trimmed, &err), &err);
    AUTO_FREE char *text = json_dumps(secret, 0);
    fakeapi_remove(c.apis[0], RECORD "1");
    fakeapi_put(c.apis[0], text);
}

static void values_of_helm_are_kept(void **state)
{
    (void)state;
    up_with(&up_options);
    set_with_helm("theirs");
    up_with(&up_options);
    json_auto_t *map = fakeapi_object(c.apis[0], MAPS "/extra");
    assert_string_equal(json_dig_str(map, "data", "extra", NULL), "theirs");
}

/* Each word that the refusal names lets it go on. */
static void values_of_helm_change_by_their_word_alone(void **state)
{
    static const struct {
        const char *given; /* by --set */
        bool is_word;      /* --reuse-values or --reset-values */
        enum values_mode mode;
        const char *wanted;
    } words[] = {
        {"theirs", false, VALUES_REUSE, "theirs"},
        {"ours", true, VALUES_REUSE, "ours"},
        {"ours", true, VALUES_RESET, "ours"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(words); i++) {
        up_with(&up_options);
        set_with_helm("theirs");
        give("{\"extra\":\"ours\"}");
        is_refused(&up_options, "MC803", "extra: \"theirs\" would become \"ours\"");
        is_refused(&plan_options, "MC803", "extra");
        AUTO_FREE char *given = mem_printf("{\"extra\":\"%s\"}", words[i].given);
        give(given);
        struct steps_options options = up_options;
        options.values_given = words[i].is_word;
        options.values_mode = words[i].mode;
        up_with(&options);
        json_auto_t *map = fakeapi_object(c.apis[0], MAPS "/extra");
        assert_string_equal(json_dig_str(map, "data", "extra", NULL), words[i].wanted);
        give("{}");
        tear_down(state);
        set_up(state);
    }
}

/* ---- hooks ----------------------------------------------------------------------------------- */

#define HOOK(KIND, API, NAME, EVENT, POLICY, REST)                                                 \
    "---\napiVersion: " API "\nkind: " KIND "\nmetadata:\n  name: " NAME "\n  annotations:\n"      \
    "    helm.sh/hook: " EVENT "\n    helm.sh/hook-delete-policy: " POLICY "\n" REST

static void copy_chart(const char *name, const char *file)
{
    AUTO_FREE char *from = mem_printf(TEST_DATA_DIR "/api/charts/%s/%s", name, file);
    AUTO_FREE char *to = mem_printf("charts/%s/%s", name, file);
    AUTO_FREE char *text = content_dup(from);
    save(to, text);
}

static void have_hooks(const char *hooks)
{
    copy_chart("base", "Chart.yaml");
    copy_chart("base", "templates/all.yaml");
    copy_chart("istiod", "Chart.yaml");
    copy_chart("istiod", "values.yaml");
    copy_chart("istiod", "templates/all.yaml");
    save("charts/istiod/templates/hooks.yaml", hooks);
}

static const struct steps_options hooked = {
    .from = STEP_CA, .to = STEP_INSTALL, .charts = "charts"};

/* The n-th write of that path came before that of the other. */
static void comes_before(const char *method, const char *path, const char *other_method,
                         const char *other)
{
    int first = -1, second = -1;
    char *request;
    AUTO_FREE char *a = mem_printf("%s %s", method, path);
    AUTO_FREE char *b = mem_printf("%s %s", other_method, other);
    for (int n = 0; (request = fakeapi_request_dup(c.apis[0], NULL, "/*", n)); n++) {
        if (first < 0 && text_has_prefix(request, a))
            first = n;
        if (second < 0 && text_has_prefix(request, b))
            second = n;
        free(request);
    }
    if (first < 0 || second < 0 || first > second)
        fail_msg("%s is request %d, %s is %d", a, first, b, second);
}

static void hooks_run_around_the_objects(void **state)
{
    (void)state;
    have_hooks(
        HOOK("ConfigMap", "v1", "before", "pre-install", "before-hook-creation", "data: {a: b}\n")
            HOOK("Job", "batch/v1", "after", "post-install", "hook-succeeded", "spec: {}\n"));
    up_with(&hooked);
    comes_before("POST", MAPS, "PATCH", "/apis/apps/v1/namespaces/istio-system/deployments/istiod");
    comes_before("PATCH", "/apis/apps/v1/namespaces/istio-system/deployments/istiod", "POST",
                 "/apis/batch/v1/namespaces/istio-system/jobs");
    assert_true(is_there(MAPS "/before"));
    assert_false(is_there("/apis/batch/v1/namespaces/istio-system/jobs/after"));
    has_status(1, RELEASE_DEPLOYED);
    /* A second run has nothing to record, and runs none. */
    int writes = clusters_writes(&c);
    up_with(&hooked);
    assert_int_equal(clusters_writes(&c), writes);
}

static void a_failed_hook_fails_the_release(void **state)
{
    (void)state;
    have_hooks(HOOK("ConfigMap", "v1", "before", "pre-install", "hook-failed", "data: {a: b}\n"));
    fakeapi_add(c.apis[0],
                &(struct fakeapi_rule){
                    .method = "POST", .path = MAPS, .body_has = "\"before\"", .status = 422});
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &hooked, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "pre-install"));
    has_status(1, RELEASE_FAILED);
    assert_false(is_there("/apis/apps/v1/namespaces/istio-system/deployments/istiod"));
}

/* Somebody's object under a hook's name is in the way, and stays. */
static void a_hook_deletes_only_its_own(void **state)
{
    (void)state;
    have_hooks(
        HOOK("ConfigMap", "v1", "before", "pre-install", "before-hook-creation", "data: {a: b}\n"));
    fakeapi_put(c.apis[0],
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                "\"before\",\"namespace\":\"istio-system\"},\"data\":{\"whose\":\"mine\"}}");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &hooked, &o);
    assert_non_null(o.error);
    json_auto_t *map = fakeapi_object(c.apis[0], MAPS "/before");
    assert_string_equal(json_dig_str(map, "data", "whose", NULL), "mine");
}

/* ---- records --------------------------------------------------------------------------------- */

static void ten_revisions_are_kept(void **state)
{
    (void)state;
    for (int i = 1; i <= 12; i++) {
        AUTO_FREE char *values = mem_printf("{\"extra\":\"v%d\"}", i);
        give(values);
        up_with(&up_options);
    }
    assert_false(is_there(RECORD "1"));
    assert_false(is_there(RECORD "2"));
    has_status(3, RELEASE_SUPERSEDED);
    has_status(11, RELEASE_SUPERSEDED);
    has_status(12, RELEASE_DEPLOYED);
}

/* Pending without a mark of ours: Helm is at work, or was. */
static void anothers_pending_record_is_a_lock(void **state)
{
    (void)state;
    up_with(&up_options);
    give("{\"extra\":\"some\"}");
    MC_CLEANUP(release_cleanup) struct release *r = whole_record();
    struct error *err = NULL;
    json_auto_t *secret = NULL;
    bool trimmed;
    r->version = 2;
    r->status = RELEASE_PENDING_UPGRADE;
    must(release_to_secret(r, &secret, &trimmed, &err), &err);
    AUTO_FREE char *text = json_dumps(secret, 0);
    fakeapi_put(c.apis[0], text);
    int writes = clusters_writes(&c);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "pending-upgrade"));
    assert_int_equal(clusters_writes(&c), writes);
    has_status(1, RELEASE_DEPLOYED);
}

/* Somebody who writes between the look and the record. */
static void a_record_written_meanwhile_is_a_conflict(void **state)
{
    (void)state;
    up_with(&up_options);
    give("{\"extra\":\"some\"}");
    fakeapi_add(c.apis[0],
                &(struct fakeapi_rule){.method = "POST",
                                       .path = ISTIO "/secrets",
                                       .body_has = "release.v1.istiod.v2",
                                       .status = 409,
                                       .body = "{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                                               "\"status\":\"Failure\",\"reason\":"
                                               "\"AlreadyExists\",\"message\":\"exists\","
                                               "\"code\":409}"});
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    assert_string_equal(o.error->id, "MC804");
    has_status(1, RELEASE_DEPLOYED);
    assert_false(is_there(MAPS "/extra"));
}

/* ---- refused --------------------------------------------------------------------------------- */

/* The running istiod would go with the revision's old name. */
static void another_revision_in_place_is_refused(void **state)
{
    (void)state;
    up_with(&up_options);
    give("{\"revision\":\"canary\"}");
    is_refused(&up_options, "MC801", "istio-system/istiod");
    is_refused(&plan_options, "MC801", "istio-system/istiod");
}

static void another_chart_under_the_name_is_refused(void **state)
{
    (void)state;
    up_with(&up_options);
    mesh_set(&c.mesh->releases[MESH_BASE], "istiod");
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "istiod"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(other_values_are_another_revision),
        CASE(what_is_not_wanted_any_more_goes),
        CASE(what_is_not_wanted_and_anothers_by_now_stays),
        CASE(a_delete_is_of_what_was_looked_at),
        CASE(values_of_helm_are_kept),
        CASE(values_of_helm_change_by_their_word_alone),
        CASE(hooks_run_around_the_objects),
        CASE(a_failed_hook_fails_the_release),
        CASE(a_hook_deletes_only_its_own),
        CASE(ten_revisions_are_kept),
        CASE(anothers_pending_record_is_a_lock),
        CASE(a_record_written_meanwhile_is_a_conflict),
        CASE(another_revision_in_place_is_refused),
        CASE(another_chart_under_the_name_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
