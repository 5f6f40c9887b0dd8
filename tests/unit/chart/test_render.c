/* Rendering: golden/chart/render holds charts with what `helm template` of 3.22.0 and 4.3.1 prints
 * (golden/chart/make): CASE/helm3.out, or .err with the error. */
#include "support.h"

#include <dirent.h>

#include "meshctl/chart/render.h"
#include "meshctl/chart/values.h"

static const struct chart_render_options defaults = {
    .release = "rel",
    .namespace_ = "ns",
    .kube_version = "v1.34.4",
    .include_crds = true,
};

static char *case_path_dup(const char *name, const char *file)
{
    return mem_printf("%s/render/%s/%s", GOLDEN, name, file);
}

/* Helm logs warnings to the same stream as the error, which comes last. */
static void check_failure(const char *name, int major, const struct error *err)
{
    AUTO_BUF want = BUF_INIT;
    AUTO_FREE char *file = mem_printf("render/%s/helm%d.err", name, major);
    read_golden(file, &want);
    while (want.len && want.data[want.len - 1] == '\n')
        buf_truncate(&want, want.len - 1);
    assert_non_null(err);
    assert_int_equal(err->kind, ERROR_INPUT);
    if (strcmp(err->message, buf_str(&want)) != 0)
        fail_msg("%s, helm %d\nwant %s\nhave %s", name, major, buf_str(&want), err->message);
}

static void check_output(const char *name, int major, const struct chart_rendered *r)
{
    AUTO_BUF want = BUF_INIT, have = BUF_INIT;
    AUTO_FREE char *file = mem_printf("render/%s/helm%d.out", name, major);
    read_golden(file, &want);
    chart_rendered_write(&have, r, true);
    if (want.len != have.len || memcmp(want.data, have.data, want.len) != 0)
        fail_msg("%s, helm %d\nwant\n%s\nhave\n%s", name, major, buf_str(&want), buf_str(&have));
}

static int render_case(const char *name, int major, struct chart_rendered **ret, struct error **err)
{
    AUTO_FREE char *path = case_path_dup(name, "chart");
    AUTO_FREE char *values_path = case_path_dup(name, "values.yaml");
    json_auto_t *values = json_object();
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    struct chart_render_options options = defaults;
    options.helm_major = major;
    if (fs_exists(values_path) && values_merge_file(values, values_path, err))
        return -1;
    if (chart_load(path, &chart, err))
        return -1;
    return chart_render(chart, values, &options, ret, err);
}

static void check_case(const char *name, int major)
{
    struct error *err = NULL;
    AUTO_FREE char *file = mem_printf("helm%d.out", major);
    AUTO_FREE char *out = case_path_dup(name, file);
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    if (render_case(name, major, &r, &err) == 0) {
        check_output(name, major, r);
        return;
    }
    if (fs_exists(out))
        fail_msg("%s, helm %d: %s", name, major, err->message);
    check_failure(name, major, err);
    error_clear(&err);
}

static void as_helm_template(void **state)
{
    (void)state;
    int cases = 0;
    DIR *dir = opendir(GOLDEN "/render");
    assert_non_null(dir);
    for (const struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        check_case(e->d_name, 3);
        check_case(e->d_name, 4);
        cases++;
    }
    closedir(dir);
    assert_true(cases >= 23);
}

static void notes_hooks_and_crds_are_apart(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    OK(render_case("kinds", 3, &r, &err));
    assert_string_equal(r->notes, "Release rel.\n");
    assert_int_equal(r->crds_count, 2);
    assert_string_equal(r->crds[0].source, "kinds/crds/b.yaml");
    assert_string_equal(r->crds[1].text, "");
    assert_string_equal(json_dig_str(r->crds[1].object, "metadata", "name", NULL), "two");
    assert_int_equal(r->hooks_count, 3);
    assert_string_equal(r->hooks[2].name, "rel-late");
    assert_int_equal(r->hooks[2].weight, 5);
    assert_true(strlist_has(&r->hooks[2].events, "pre-upgrade"));
    assert_string_equal(r->hooks[2].delete_policies.items[0], "hook-succeeded");
    assert_int_equal(r->hooks[0].weight, 0);
    assert_int_equal(r->warnings.count, 1);
    assert_null(strstr(r->manifest, "CustomResourceDefinition\nmetadata: {name: two}"));
}

static void objects_keep_integers(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    OK(render_case("kinds", 4, &r, &err));
    size_t comments = 0;
    for (size_t i = 0; i < r->objects_count; i++)
        comments += r->objects[i].object == NULL;
    assert_int_equal(comments, 1);
    assert_string_equal(json_dig_str(r->objects[0].object, "kind", NULL), "PriorityClass");
}

static void errors_say_where(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart_rendered *r = NULL;
    assert_int_equal(render_case("errors-required", 3, &r, &err), -1);
    assert_string_equal(err->where, "broken/templates/t.yaml:1:3");
    error_clear(&err);
    assert_int_equal(render_case("errors-yaml", 3, &r, &err), -1);
    assert_non_null(strstr(err->where, "broken/templates/t.yaml"));
    error_clear(&err);
}

static int found_object(void *ctx, const char *api_version, const char *kind,
                        const char *namespace_, const char *name, json_t **ret_object,
                        struct error **err)
{
    (void)err;
    if (strcmp(name, "missing") == 0)
        return 0;
    *ret_object = json_pack("{s:s, s:s, s:s, s:s, s:i}", "apiVersion", api_version, "kind", kind,
                            "ns", namespace_, "name", name, "n", *(int *)ctx);
    return 0;
}

static void lookup_asks_the_caller(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    int number = 7;
    struct chart_render_options options = defaults;
    options.lookup = found_object;
    options.ctx = &number;
    put_file(dir, "Chart.yaml", "apiVersion: v2\nname: l\nversion: 1.0.0\n");
    put_file(dir, "templates/a.yaml",
             "a: {{ lookup \"v1\" \"Secret\" \"ns\" \"x\" | toJson }}\n"
             "b: {{ len (lookup \"v1\" \"Secret\" \"ns\" \"missing\") }}\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    OK(chart_load(dir, &chart, &err));
    OK(chart_render(chart, NULL, &options, &r, &err));
    assert_string_equal(
        r->manifest,
        "---\n# Source: l/templates/a.yaml\n"
        "a: {\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"n\":7,\"name\":\"x\",\"ns\":\"ns\"}\n"
        "b: 0\n");
    rm_dir(dir);
}

static void missing_subcharts_are_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml",
             "apiVersion: v2\nname: l\nversion: 1.0.0\ndependencies: [{name: a}, {name: b}, {name: "
             "c}]\n");
    put_file(dir, "charts/b/Chart.yaml", "apiVersion: v2\nname: b\nversion: 1.0.0\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    struct chart_rendered *none = NULL;
    OK(chart_load(dir, &chart, &err));
    FAILS(chart_render(chart, NULL, &defaults, &none, &err),
          "found in Chart.yaml, but missing in charts/ directory: a, c");
    rm_dir(dir);
}

static void server_versions_keep_their_suffix(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    struct chart_render_options options = defaults;
    AUTO_STRLIST apis = STRLIST_INIT;
    strlist_add(&apis, "one.example.org/v1");
    options.api_versions = &apis;
    options.kube_version = "v1.33.4-gke.1245000";
    options.helm_major = 4;
    put_file(dir, "Chart.yaml",
             "apiVersion: v2\nname: l\nversion: 1.0.0\nkubeVersion: \">=1.30.0\"\n");
    put_file(dir, "templates/a.yaml",
             "a: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion }} "
             "{{ .Capabilities.KubeVersion.Minor }} {{ join \",\" .Capabilities.APIVersions }}\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    OK(chart_load(dir, &chart, &err));
    OK(chart_render(chart, NULL, &options, &r, &err));
    assert_non_null(strstr(r->manifest, "a: v1.33.4-gke.1245000 v1.33.4 33 one.example.org/v1\n"));
    options.kube_version = "one";
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *none = NULL;
    FAILS(chart_render(chart, NULL, &options, &none, &err),
          "invalid kube version 'one': could not parse \"one\" as version");
    rm_dir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_helm_template),
        cmocka_unit_test(notes_hooks_and_crds_are_apart),
        cmocka_unit_test(objects_keep_integers),
        cmocka_unit_test(errors_say_where),
        cmocka_unit_test(lookup_asks_the_caller),
        cmocka_unit_test(missing_subcharts_are_named),
        cmocka_unit_test(server_versions_keep_their_suffix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
