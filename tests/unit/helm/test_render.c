/* Rendering: golden/chart/render holds charts with what `helm template` of 3.22.0 and 4.3.1 prints
 * (golden/chart/make): CASE/helm3.out, or .err with the error. */
#include "charts.h"

#include <dirent.h>

#include "meshctl/helm/render.h"
#include "meshctl/helm/values.h"

static const struct chart_render_options defaults = {
    .release = "rel",
    .namespace_ = "ns",
    .kube_version = "v1.34.4",
    .is_template = true,
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

/* Leaves the manifest where it is. */
static int print_again(struct buf *out, struct chart_rendered *r,
                       const struct chart_print_options *options, struct error **err)
{
    char *manifest = mem_strdup(r->manifest);
    int rc = chart_rendered_print(out, r, options, err);
    free(r->manifest);
    r->manifest = manifest;
    return rc;
}

static void check_output(const char *name, int major, struct chart_rendered *r)
{
    AUTO_BUF want = BUF_INIT, have = BUF_INIT;
    AUTO_FREE char *file = mem_printf("render/%s/helm%d.out", name, major);
    read_golden(file, &want);
    const struct chart_print_options options = {.helm_major = major, .include_crds = true};
    struct error *err = NULL;
    OK(print_again(&have, r, &options, &err));
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
    if (fs_exists(values_path) && values_merge_file(values, values_path, major, NULL, err))
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
    assert_int_equal(r->crds_count, 1);
    assert_string_equal(r->crds[0].source, "kinds/crds/b.yaml");
    assert_non_null(strstr(r->crds[0].text, "two"));
    assert_int_equal(r->hooks_count, 3);
    assert_string_equal(r->hooks[2].name, "rel-late");
    assert_true(r->hooks[2].weight == 3000000005); /* past 32 bits */
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
          "An error occurred while checking for chart dependencies. You may need to run `helm "
          "dependency build` to fetch missing dependencies: found in Chart.yaml, but missing in "
          "charts/ directory: a, c");
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
    options.is_template = false;
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

static void refuses_values(const char *dir, int major, const char *message)
{
    struct error *err = NULL;
    struct chart_render_options options = defaults;
    options.helm_major = major;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    struct chart_rendered *none = NULL;
    OK(chart_load(dir, &chart, &err));
    assert_int_equal(chart_render(chart, NULL, &options, &none, &err), -1);
    assert_string_equal(err->message, message);
    AUTO_FREE char *place = mem_printf("%s/charts/sub/values.yaml:2:", dir);
    assert_memory_equal(err->where, place, strlen(place));
    error_clear(&err);
}

static void bad_values_say_where(void **state)
{
    (void)state;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", "apiVersion: v2\nname: l\nversion: 1.0.0\n");
    put_file(dir, "charts/sub/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.0.0\n");
    put_file(dir, "charts/sub/values.yaml", "a: 1\nb: c: d\n");
    refuses_values(dir, 3,
                   "error unpacking subchart sub in l: cannot load values.yaml: error converting "
                   "YAML to JSON: yaml: line 2: mapping values are not allowed in this context");
    refuses_values(dir, 4,
                   "error unpacking subchart sub in l: cannot load values.yaml: cannot unmarshal "
                   "yaml document: error converting YAML to JSON: yaml: line 2: mapping values are "
                   "not allowed in this context");
    rm_dir(dir);
}

/* Helm runs out of stack over the first and out of memory over the second. */
static void imports_are_bounded(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart_rendered *none = NULL;
    char *dir = make_dir();
    AUTO_BUF doubling = BUF_INIT, tables = BUF_INIT;
    const char *head = "apiVersion: v2\nname: l\nversion: 1.0.0\n"
                       "dependencies:\n- name: s\n  version: 1.0.0\n  import-values:\n";
    put_file(dir, "charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.0.0\n");
    put_file(dir, "charts/s/values.yaml", "t: {k: 1}\n");
    AUTO_FREE char *round = mem_printf("%s  - {child: t, parent: t}\n"
                                       "  - {child: t, parent: t.in.ner}\n",
                                       head);
    put_file(dir, "Chart.yaml", round);
    MC_CLEANUP(chart_cleanup) struct chart *first = NULL;
    OK(chart_load(dir, &first, &err));
    FAILS(chart_render(first, NULL, &defaults, &none, &err),
          "import-values: at t.in.ner, a table holds itself or more than 1000000 values");
    buf_appends(&doubling, head);
    for (int i = 0; i < 40; i++) {
        buf_appendf(&tables, "t%d: {k: 1}\n", i);
        buf_appendf(&doubling, "  - {child: t%d, parent: t%d}\n", i, i);
        for (int k = 0; i && k < 2; k++)
            buf_appendf(&doubling, "  - {child: t%d, parent: t%d.%c}\n", i - 1, i, 'a' + k);
    }
    put_file(dir, "charts/s/values.yaml", buf_str(&tables));
    put_file(dir, "Chart.yaml", buf_str(&doubling));
    MC_CLEANUP(chart_cleanup) struct chart *second = NULL;
    OK(chart_load(dir, &second, &err));
    assert_int_equal(chart_render(second, NULL, &defaults, &none, &err), -1);
    assert_non_null(strstr(err->message, "more than 1000000 values"));
    error_clear(&err);
    rm_dir(dir);
}

static void prints(struct chart_rendered *r, const struct chart_print_options *options,
                   const char *want)
{
    struct error *err = NULL;
    AUTO_BUF out = BUF_INIT;
    OK(print_again(&out, r, options, &err));
    assert_string_equal(buf_str(&out), want);
}

/* As the template command of helm 3.22.0 and 4.3.1 prints this chart with the same flags. */
static void parts_are_chosen(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    struct chart_render_options options = defaults;
    options.helm_major = 4;
    put_file(dir, "Chart.yaml", "apiVersion: v2\nname: l\nversion: 1.0.0\n");
    put_file(dir, "templates/a.yaml", "kind: A\n");
    put_file(dir, "templates/h.yaml",
             "kind: H\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n---\n"
             "kind: T\nmetadata: {annotations: {helm.sh/hook: test}}\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *r = NULL;
    OK(chart_load(dir, &chart, &err));
    OK(chart_render(chart, NULL, &options, &r, &err));
    AUTO_STRLIST only = STRLIST_INIT;
    strlist_add(&only, "templates/[ab].yaml");
    prints(r, &(struct chart_print_options){.helm_major = 4, .no_hooks = true},
           "---\n# Source: l/templates/a.yaml\nkind: A\n");
    prints(r, &(struct chart_print_options){.helm_major = 4, .skip_tests = true},
           "---\n# Source: l/templates/a.yaml\nkind: A\n---\n# Source: l/templates/h.yaml\n"
           "kind: H\nmetadata: {annotations: {helm.sh/hook: pre-install}}\n\n");
    prints(r, &(struct chart_print_options){.helm_major = 4, .show_only = &only},
           "---\n# Source: l/templates/a.yaml\nkind: A\n\n");
    prints(r, &(struct chart_print_options){.helm_major = 3, .show_only = &only},
           "---\n# Source: l/templates/a.yaml\nkind: A\n");
    strlist_add(&only, "templates/none.yaml");
    AUTO_BUF out = BUF_INIT;
    const struct chart_print_options both = {.helm_major = 4, .show_only = &only};
    FAILS(chart_rendered_print(&out, r, &both, &err),
          "could not find template templates/none.yaml in chart");
    rm_dir(dir);
}

static void release_names_are_checked(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    struct chart_render_options options = defaults;
    put_file(dir, "Chart.yaml", "apiVersion: v2\nname: l\nversion: 1.0.0\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    struct chart_rendered *none = NULL;
    OK(chart_load(dir, &chart, &err));
    options.release = "";
    FAILS(chart_render(chart, NULL, &options, &none, &err), "release name \"\": no name provided");
    options.release = "Upper";
    options.helm_major = 4;
    FAILS(chart_render(chart, NULL, &options, &none, &err),
          "release name check failed: release name \"Upper\": invalid release name, must match "
          "regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length "
          "must not be longer than 53");
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
        cmocka_unit_test(bad_values_say_where),
        cmocka_unit_test(imports_are_bounded),
        cmocka_unit_test(parts_are_chosen),
        cmocka_unit_test(release_names_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
