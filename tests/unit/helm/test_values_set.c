/* --set and its kin: golden/chart/strvals.out is what helm 3.22.0 makes of the lines of strvals.txt
 * (golden/chart/make). */
#include "charts.h"

#include "meshctl/helm/values.h"

static const struct {
    const char *flag;
    enum values_set_kind kind;
} flags[] = {{"set", VALUES_SET},
             {"set-string", VALUES_SET_STRING},
             {"set-literal", VALUES_SET_LITERAL},
             {"set-json", VALUES_SET_JSON}};

static enum values_set_kind kind_of(const char *flag, size_t len)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(flags); i++)
        if (strlen(flags[i].flag) == len && strncmp(flags[i].flag, flag, len) == 0)
            return flags[i].kind;
    fail_msg("unknown flag in %s", flag);
    return VALUES_SET;
}

static void check_error(const struct error *err, const char *want, const char *line)
{
    const char *text = want + strlen("error: ");
    assert_non_null(err);
    assert_int_equal(err->kind, ERROR_INPUT);
    if (strcmp(err->message, text) != 0)
        fail_msg("%s\nwant %s\nhave %s", line, text, err->message);
}

static void as_helm_does(void **state)
{
    (void)state;
    AUTO_BUF in = BUF_INIT, out = BUF_INIT;
    read_golden("strvals.txt", &in);
    read_golden("strvals.out", &out);
    AUTO_STRLIST lines = STRLIST_INIT, wants = STRLIST_INIT;
    strlist_split(&lines, buf_str(&in), '\n');
    strlist_split(&wants, buf_str(&out), '\n');
    assert_int_equal(lines.count, wants.count);
    assert_true(lines.count > 100);
    for (size_t i = 0; i + 1 < lines.count; i++) {
        const char *line = lines.items[i], *tab = strchr(line, '\t');
        struct error *err = NULL;
        json_auto_t *values = json_object();
        int rc = values_set(values, kind_of(line, (size_t)(tab - line)), tab + 1, 3, NULL, &err);
        if (rc) {
            check_error(err, wants.items[i], line);
            error_clear(&err);
            continue;
        }
        AUTO_FREE char *have = json_write_dup(values, 0);
        if (strcmp(have, wants.items[i]) != 0)
            fail_msg("%s\nwant %s\nhave %s", line, wants.items[i], have);
    }
}

static void types_are_gos(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = json_object();
    OK(values_set(values, VALUES_SET, "int=5,text=5.0", 4, NULL, &err));
    OK(values_set(values, VALUES_SET_JSON, "real=5", 4, NULL, &err));
    assert_true(json_is_integer(json_object_get(values, "int")));
    assert_true(json_is_string(json_object_get(values, "text")));
    assert_true(json_is_real(json_object_get(values, "real")));
}

static void a_whole_object_is_merged(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = parse("{\"a\": {\"x\": 1, \"y\": 2}, \"l\": [1]}");
    OK(values_set(values, VALUES_SET_JSON, "  {\"a\": {\"y\": null, \"z\": 3}, \"l\": []}", 4, NULL,
                  &err));
    assert_json(values, "{\"a\": {\"x\": 1, \"y\": null, \"z\": 3}, \"l\": []}");
}

static void later_flags_change_earlier_lists(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = parse("{\"l\": [{\"a\": 1}, {\"a\": 2}]}");
    OK(values_set(values, VALUES_SET, "l[1].a=3,l[2].b=4", 4, NULL, &err));
    assert_json(values, "{\"l\": [{\"a\": 1}, {\"a\": 3}, {\"b\": 4}]}");
}

static void indexes_are_bounded(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *values = json_object();
    OK(values_set(values, VALUES_SET, "l[65536]=x", 4, NULL, &err));
    assert_int_equal(json_array_size(json_object_get(values, "l")), VALUES_MAX_INDEX + 1);
    AUTO_BUF deep = BUF_INIT;
    buf_appendc(&deep, 'a');
    for (int i = 0; i < 5000; i++)
        buf_appends(&deep, "[0]");
    buf_appends(&deep, "=x");
    assert_int_equal(values_set(values, VALUES_SET, buf_str(&deep), 4, NULL, &err), -1);
    error_clear(&err);
}

static void files_become_strings(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    put_file(dir, "f.txt", "two\nlines, and = signs");
    AUTO_FREE char *text = mem_printf("a.b=%s/f.txt,c=%s/f.txt", dir, dir);
    AUTO_FREE char *missing = mem_printf("a=%s/none", dir);
    json_auto_t *values = json_object();
    OK(values_set(values, VALUES_SET_FILE, text, 4, NULL, &err));
    assert_json(
        values,
        "{\"a\": {\"b\": \"two\\nlines, and = signs\"}, \"c\": \"two\\nlines, and = signs\"}");
    assert_int_equal(values_set(values, VALUES_SET_FILE, missing, 4, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    error_clear(&err);
    rm_dir(dir);
}

static int read_url(void *ctx, const char *url, size_t max, struct buf *out, struct error **err)
{
    (void)max, (void)err;
    buf_appendf(out, "%s: %s", (const char *)ctx, strrchr(url, '/') + 1);
    return 0;
}

static void urls_are_the_callers_part(void **state)
{
    (void)state;
    struct error *err = NULL;
    char key[] = "key";
    const struct values_urls urls = {.read = read_url, .ctx = key};
    json_auto_t *values = json_object();
    OK(values_merge_file(values, "https://example.com/one", 4, &urls, &err));
    OK(values_set(values, VALUES_SET_FILE, "file=http://example.com/two", 4, &urls, &err));
    assert_json(values, "{\"file\": \"key: two\", \"key\": \"one\"}");
    assert_int_equal(values_merge_file(values, "https://example.com/one", 4, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_clear(&err);
}

static int merge(json_t *values, const char *dir, const char *name, const char *text, int major,
                 struct error **err)
{
    AUTO_FREE char *path = mem_printf("%s/%s", dir, name);
    put_file(dir, name, text);
    return values_merge_file(values, path, major, NULL, err);
}

static void values_files_merge(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    json_auto_t *values = json_object();
    OK(merge(values, dir, "one.yaml", "a: {x: 1, l: [1, 2]}\nb: text\n", 4, &err));
    OK(merge(values, dir, "two.yaml", "a: {x: null, l: [3]}\nb: {c: 1}\n", 4, &err));
    OK(merge(values, dir, "three.yaml", "# empty\n", 4, &err));
    assert_json(values, "{\"a\": {\"x\": null, \"l\": [3.0]}, \"b\": {\"c\": 1.0}}");
    assert_true(json_is_real(json_dig(values, "b", "c", NULL)));
    assert_int_equal(merge(values, dir, "list.yaml", "- a\n", 4, &err), -1);
    assert_non_null(strstr(err->message, "list.yaml: cannot unmarshal yaml document: error unm"));
    error_clear(&err);
    assert_int_equal(merge(values, dir, "bad.yaml", "a: b: c\n", 3, &err), -1);
    assert_non_null(strstr(err->message, "bad.yaml: error converting YAML to JSON: yaml: "));
    assert_non_null(strstr(err->where, "bad.yaml:1"));
    error_clear(&err);
    assert_int_equal(values_merge_file(values, "oci://127.0.0.1/v.yaml", 4, NULL, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_clear(&err);
    rm_dir(dir);
}

/* helm 4 pkg/chart/v2/loader/load.go LoadValues, k8s.io/apimachinery pkg/util/yaml YAMLReader. */
static void helm_4_reads_all_documents(void **state)
{
    (void)state;
    static const char text[] = "---\na: 1\nm: {k: 1, l: 2}\n--- # more\r\na: 2\n---\n---\n"
                               "m: {l: null}\n";
    struct error *err = NULL;
    char *dir = make_dir();
    json_auto_t *three = json_object(), *four = json_object();
    OK(merge(three, dir, "v.yaml", text, 3, &err));
    assert_json(three, "{\"a\": 1.0, \"m\": {\"k\": 1.0, \"l\": 2.0}}");
    OK(merge(four, dir, "v.yaml", text, 4, &err));
    assert_json(four, "{\"a\": 2.0, \"m\": {\"k\": 1.0, \"l\": null}}");
    assert_int_equal(merge(four, dir, "v.yaml", "a: 1\n---\n\nb: c: d\n", 4, &err), -1);
    assert_non_null(strstr(err->where, "v.yaml:4:5"));
    error_clear(&err);
    assert_int_equal(merge(four, dir, "v.yaml", "a: 1\n--- b\n", 4, &err), -1);
    assert_non_null(strstr(err->message, "invalid Yaml document separator: b"));
    assert_non_null(strstr(err->where, "v.yaml:2:5"));
    error_clear(&err);
    rm_dir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_helm_does),
        cmocka_unit_test(types_are_gos),
        cmocka_unit_test(a_whole_object_is_merged),
        cmocka_unit_test(later_flags_change_earlier_lists),
        cmocka_unit_test(indexes_are_bounded),
        cmocka_unit_test(files_become_strings),
        cmocka_unit_test(urls_are_the_callers_part),
        cmocka_unit_test(values_files_merge),
        cmocka_unit_test(helm_4_reads_all_documents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
