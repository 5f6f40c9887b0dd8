/* Hooks in Helm's order with Helm's deletions, and crds/. */
#include "release_support.h"

#include "meshctl/helm/release_hooks.h"

static struct release *golden_record(int major, json_t **ret_golden)
{
    struct release *r = make_record("r", 1, RELEASE_PENDING_INSTALL);
    *ret_golden = golden_actions(major);
    r->hooks = json_incref(json_object_get(*ret_golden, "hooks"));
    return r;
}

/* Does what the header says the caller does, and takes notes as the goldens have them. */
static bool run(struct release *r, const char *event, const char *failing, json_t *log)
{
    struct error *err = NULL;
    AUTO_RELEASE_HOOKS hooks = {0};
    OK(release_hooks_of(r, event, &hooks, &err));
    size_t done = 0;
    for (; done < hooks.count; done++) {
        const struct release_hook *h = &hooks.items[done];
        if (h->delete_before)
            json_array_append_new(log, json_sprintf("delete %s", h->name));
        release_hook_started(r, h->index);
        json_array_append_new(log, json_sprintf("create %s", h->name));
        json_array_append_new(log, json_sprintf("wait %s", h->name));
        bool ok = !failing || strcmp(h->name, failing) != 0;
        release_hook_ended(r, h->index, ok);
        if (ok)
            continue;
        if (h->delete_failed)
            json_array_append_new(log, json_sprintf("delete %s", h->name));
        for (size_t i = 0; i < done; i++)
            if (hooks.items[i].delete_succeeded)
                json_array_append_new(log, json_sprintf("delete %s", hooks.items[i].name));
        return false;
    }
    while (done-- > 0)
        if (hooks.items[done].delete_succeeded)
            json_array_append_new(log, json_sprintf("delete %s", hooks.items[done].name));
    return true;
}

static json_t *phases_of(const struct release *r)
{
    json_t *phases = json_array(), *hook;
    size_t i;
    json_array_foreach(r->hooks, i, hook) {
        const char *phase = json_dig_str(hook, "last_run", "phase", NULL);
        json_array_append_new(
            phases, json_sprintf("%s %s", json_dig_str(hook, "name", NULL), phase ? phase : ""));
    }
    return phases;
}

static void check_run(int major, const char *which, const char *failing)
{
    json_auto_t *golden = NULL, *log = json_array();
    MC_CLEANUP(release_cleanup) struct release *r = golden_record(major, &golden);
    if (run(r, "pre-install", failing, log))
        run(r, "post-install", failing, log);
    json_auto_t *phases = phases_of(r);
    AUTO_FREE char *want = json_write_dup(json_dig(golden, which, "log", NULL), 0);
    AUTO_FREE char *have = json_write_dup(log, 0);
    assert_string_equal(have, want);
    AUTO_FREE char *want_phases = json_write_dup(json_dig(golden, which, "phases", NULL), 0);
    AUTO_FREE char *have_phases = json_write_dup(phases, 0);
    assert_string_equal(have_phases, want_phases);
}

static void hooks_run_as_helm_runs_them(void **state)
{
    (void)state;
    for (int major = 3; major <= 4; major++) {
        check_run(major, "hooks_ok", NULL);
        check_run(major, "hooks_failed", "c");
    }
}

static void jobs_and_pods_run_to_their_end(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *golden = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = golden_record(4, &golden);
    AUTO_RELEASE_HOOKS hooks = {0}, none = {0};
    OK(release_hooks_of(r, "pre-install", &hooks, &err));
    for (size_t i = 0; i < hooks.count; i++) {
        const char *kind = hooks.items[i].kind;
        assert_int_equal(hooks.items[i].is_job,
                         strcmp(kind, "Job") == 0 || strcmp(kind, "Pod") == 0);
        assert_string_equal(json_dig_str(hooks.items[i].objects, "0", "kind", NULL), kind);
    }
    OK(release_hooks_of(r, "pre-delete", &none, &err));
    assert_int_equal(none.count, 0);
}

static struct release *record_with(const char *hook)
{
    struct release *r = make_record("r", 1, RELEASE_PENDING_INSTALL);
    r->hooks = json_pack("[o]", parse(hook));
    return r;
}

/* A weight is a Go int, which has 64 bits. */
static void weights_past_32_bits_count(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_RELEASE_HOOKS hooks = {0};
    MC_CLEANUP(release_cleanup) struct release *r = make_record("r", 1, RELEASE_PENDING_INSTALL);
    r->hooks = parse("[{\"name\": \"last\", \"weight\": 3000000005, \"events\": [\"test\"], "
                     "\"manifest\": \"\"}, {\"name\": \"first\", \"weight\": 5, "
                     "\"events\": [\"test\"], \"manifest\": \"\"}]");
    OK(release_hooks_of(r, "test", &hooks, &err));
    assert_int_equal(hooks.count, 2);
    assert_string_equal(hooks.items[0].name, "first");
    assert_string_equal(hooks.items[1].name, "last");
}

static void hooks_that_cannot_run_are_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    AUTO_STRLIST warnings = STRLIST_INIT;
    MC_CLEANUP(release_cleanup)
    struct release *nameless = record_with("{\"path\": \"c/t.yaml\", \"events\": "
                                           "[\"post-delete\"], \"manifest\": \"apiVersion: v1\\n"
                                           "kind: Job\\nmetadata: {generateName: x-}\\n\"}");
    MC_CLEANUP(release_cleanup)
    struct release *test = record_with("{\"path\": \"c/t.yaml\", \"events\": [\"test\"], "
                                       "\"manifest\": \"a: b\"}");
    MC_CLEANUP(release_cleanup)
    struct release *logs = record_with(
        "{\"path\": \"c/t.yaml\", \"events\": [\"pre-install\"], \"output_log_policies\": "
        "[\"hook-failed\"], \"manifest\": \"{apiVersion: v1, kind: Job, metadata: {name: x}}\"}");
    FAILS(release_hooks_check(nameless, &warnings, &err),
          "release r: hook c/t.yaml: an object without a name");
    OK(release_hooks_check(test, &warnings, &err));
    assert_int_equal(warnings.count, 0);
    OK(release_hooks_check(logs, &warnings, &err));
    assert_int_equal(warnings.count, 1);
    assert_string_equal(warnings.items[0], "hook c/t.yaml wants its logs shown, which is not done");
}

static void only_a_hook_is_deleted_before_a_hook(void **state)
{
    (void)state;
    json_auto_t *plain = parse("{\"metadata\": {\"name\": \"migrate\"}}");
    json_auto_t *hook = parse("{\"metadata\": {\"annotations\": {\"helm.sh/hook\": \"x\"}}}");
    json_auto_t *other = json_deep_copy(hook);
    release_own(other, "other", "ns");
    assert_false(release_hook_is_ours(plain, "r", "ns"));
    assert_true(release_hook_is_ours(hook, "r", "ns"));
    assert_false(release_hook_is_ours(other, "r", "ns"));
}

static void crds_come_in_order(void **state)
{
    (void)state;
    struct error *err = NULL;
    char b[] = "# two\n---\napiVersion: v1\nkind: CustomResourceDefinition\nmetadata: {name: b}\n"
               "---\napiVersion: v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n";
    char a[] = "{\"apiVersion\": \"v1\", \"kind\": \"CustomResourceDefinition\", \"metadata\": "
               "{\"name\": \"a\"}}";
    char bad[] = "kind: X\n";
    char name[] = "c/crds/x.yaml";
    struct chart_text files[] = {
        {name, b, strlen(b)}, {name, a, strlen(a)}, {name, bad, strlen(bad)}};
    struct chart_rendered rendered = {.crds = files, .crds_count = 2};
    json_auto_t *crds = NULL;
    OK(release_crds(&rendered, &crds, &err));
    assert_int_equal(json_array_size(crds), 3);
    assert_string_equal(json_dig_str(crds, "0", "metadata", "name", NULL), "b");
    assert_string_equal(json_dig_str(crds, "2", "metadata", "name", NULL), "a");
    rendered.crds_count = 3;
    json_t *none = NULL;
    FAILS(release_crds(&rendered, &none, &err),
          "failed to install CRD c/crds/x.yaml: an object without apiVersion");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hooks_run_as_helm_runs_them),
        cmocka_unit_test(jobs_and_pods_run_to_their_end),
        cmocka_unit_test(weights_past_32_bits_count),
        cmocka_unit_test(hooks_that_cannot_run_are_refused),
        cmocka_unit_test(only_a_hook_is_deleted_before_a_hook),
        cmocka_unit_test(crds_come_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
