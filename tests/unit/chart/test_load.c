/* Loading: helm pkg/chart/loader/{load,directory,archive}.go, pkg/chart/metadata.go. */
#include "charts.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include "meshctl/chart/chart.h"

#define CHART_YAML "apiVersion: v2\nname: demo\nversion: 1.2.3\n"

struct entry {
    const char *name, *text;
    int type; /* AE_IFREG when 0 */
};

/* A gzipped tar of the entries, up to one without a name. */
static void pack(const struct entry *entries, struct buf *out)
{
    size_t room = (size_t)64 * 1024 * 1024, used = 0;
    AUTO_FREE char *memory = mem_alloc(room);
    struct archive *a = archive_write_new();
    archive_write_add_filter_gzip(a);
    archive_write_set_format_pax_restricted(a);
    assert_int_equal(archive_write_open_memory(a, memory, room, &used), ARCHIVE_OK);
    for (; entries->name; entries++) {
        struct archive_entry *e = archive_entry_new();
        int type = entries->type ? entries->type : (int)AE_IFREG;
        archive_entry_set_pathname(e, entries->name);
        archive_entry_set_filetype(e, (unsigned)type);
        archive_entry_set_perm(e, 0644);
        if (type == (int)AE_IFLNK)
            archive_entry_set_symlink(e, entries->text);
        archive_entry_set_size(e, type == (int)AE_IFREG ? (la_int64_t)strlen(entries->text) : 0);
        assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
        if (type == (int)AE_IFREG)
            archive_write_data(a, entries->text, strlen(entries->text));
        archive_entry_free(e);
    }
    archive_write_close(a);
    archive_write_free(a);
    buf_append(out, memory, used);
}

static int load(const struct entry *entries, struct chart **ret, struct error **err)
{
    AUTO_BUF data = BUF_INIT;
    pack(entries, &data);
    return chart_load_archive(data.data, data.len, "demo.tgz", ret, err);
}

static void an_archive_becomes_a_chart(void **state)
{
    (void)state;
    struct error *err = NULL;
    const struct entry entries[] = {
        {"demo/", "", AE_IFDIR},
        {"demo/values.yaml",
         "\xef\xbb\xbf"
         "a: 1\n",
         0},
        {"demo/Chart.yaml",
         "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: 2\nunknown: x\n", 0},
        {"demo/values.schema.json", "{\"type\": \"object\"}", 0},
        {"demo/templates/a.yaml", "a", 0},
        {"demo/templates/sub/b.yaml", "b", 0},
        {"demo/README.md", "r", 0},
        {"demo/link", "elsewhere", AE_IFLNK},
        {"demo/charts/one/Chart.yaml", "name: one\nversion: 0.1.0\n", 0},
        {"demo/charts/one/templates/x.yaml", "x", 0},
        {"demo/charts/_two/Chart.yaml", "broken", 0},
        {"demo/charts/one.tgz.prov", "p", 0},
        {NULL, NULL, 0},
    };
    MC_CLEANUP(chart_cleanup) struct chart *c = NULL;
    OK(load(entries, &c, &err));
    assert_string_equal(c->name, "demo");
    assert_string_equal(c->version, "1.2.3");
    assert_string_equal(c->app_version, "2");
    assert_json(c->metadata, "{\"apiVersion\": \"v2\", \"name\": \"demo\", \"version\": \"1.2.3\", "
                             "\"appVersion\": \"2\"}");
    assert_string_equal(c->values_file.name, "values.yaml");
    assert_string_equal(c->schema_file.data, "{\"type\": \"object\"}");
    assert_int_equal(c->templates_count, 2);
    assert_string_equal(c->templates[1].name, "templates/sub/b.yaml");
    assert_int_equal(c->files_count, 3);
    assert_string_equal(c->files[0].name, "README.md");
    assert_string_equal(c->files[1].name, "link");
    assert_int_equal(c->files[1].len, 0);
    assert_string_equal(c->files[2].name, "charts/one.tgz.prov");
    assert_int_equal(c->subcharts_count, 1);
    assert_string_equal(json_dig_str(c->subcharts[0]->metadata, "apiVersion", NULL), "v1");
    assert_string_equal(c->source, "demo.tgz");
    assert_int_equal(strlen(c->digest), 64);
}

static void a_subchart_may_be_an_archive(void **state)
{
    (void)state;
    struct error *err = NULL;
    const struct entry inner[] = {{"one/Chart.yaml", "name: one\nversion: 0.1.0\n", 0},
                                  {NULL, NULL, 0}};
    AUTO_BUF data = BUF_INIT;
    pack(inner, &data);
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", CHART_YAML);
    AUTO_FREE char *path = fs_join_dup(dir, "charts/one-0.1.0.tgz");
    AUTO_FREE char *folder = fs_dirname_dup(path);
    OK(fs_mkdirs(folder, 0755, &err));
    OK(fs_write(path, data.data, data.len, 0644, &err));
    MC_CLEANUP(chart_cleanup) struct chart *c = NULL;
    OK(chart_load(dir, &c, &err));
    assert_int_equal(c->subcharts_count, 1);
    assert_string_equal(c->subcharts[0]->name, "one");
    rm_dir(dir);
}

/* archive_test.go and the checks of LoadArchiveFiles. */
static void hostile_names_are_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"illegal-dir/./.././../../etc/x", "chart illegally references parent directory"},
        {"demo/../..", "chart illegally references parent directory"},
        {"demo//etc/x", "chart illegally contains absolute paths"},
        {"x", "chart illegally contains content outside the base directory: \"x\""},
        {"demo/.", "chart illegally contains content outside the base directory: \"demo/.\""},
        {"demo\\..\\x", "chart illegally references parent directory"},
        {"demo/c:/x", "chart contains illegally named files"},
        {"demo\\c:\\x", "chart contains illegally named files"},
        {"Chart.yaml/x", "chart yaml not in base directory"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        struct chart *c = NULL;
        const struct entry entries[] = {
            {"demo/Chart.yaml", CHART_YAML, 0}, {rows[i][0], "text", 0}, {NULL, NULL, 0}};
        int rc = load(entries, &c, &err);
        if (rc == 0 || strcmp(err->message, rows[i][1]) != 0)
            fail_msg("%s: %s", rows[i][0], rc ? err->message : "loaded");
        assert_string_equal(err->where, "demo.tgz");
        error_clear(&err);
    }
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *c = NULL;
    AUTO_FREE char *big = mem_alloc(CHART_MAX_FILE + 2);
    memset(big, 'x', CHART_MAX_FILE + 1);
    big[CHART_MAX_FILE + 1] = '\0';
    const struct entry one[] = {
        {"demo/Chart.yaml", CHART_YAML, 0}, {"demo/big", big, 0}, {NULL, NULL, 0}};
    FAILS(load(one, &c, &err),
          "decompressed chart file \"demo/big\" is larger than the maximum file size 5242880");
    big[CHART_MAX_FILE] = '\0';
    struct entry many[24] = {{"demo/Chart.yaml", CHART_YAML, 0}};
    for (size_t i = 1; i < 22; i++)
        many[i] = (struct entry){"demo/big", big, 0};
    FAILS(load(many, &c, &err),
          "decompressed chart is larger than the maximum file size 104857600");
}

static void what_is_no_chart_is_said(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *c = NULL;
    const struct entry none[] = {{"demo/", "", AE_IFDIR}, {NULL, NULL, 0}};
    const struct entry no_chart[] = {{"demo/values.yaml", "", 0}, {NULL, NULL, 0}};
    FAILS(load(none, &c, &err), "no files in chart archive");
    FAILS(load(no_chart, &c, &err), "Chart.yaml file is missing");
    FAILS(chart_load_archive("a: 1\n", 5, "values.yaml", &c, &err),
          "file 'values.yaml' seems to be a YAML file, but expected a gzipped archive");
    FAILS(chart_load_archive("PK\x03\x04", 4, "x.zip", &c, &err),
          "file 'x.zip' does not appear to be a gzipped archive; got 'application/zip'");
    FAILS(chart_load_archive("", 0, "x.tgz", &c, &err),
          "file 'x.tgz' does not appear to be a gzipped archive; got 'application/octet-stream'");
    FAILS(chart_load_archive("\x1f\x8b\x08", 3, "x.tgz", &c, &err), "unexpected EOF");
    AUTO_BUF data = BUF_INIT;
    const struct entry good[] = {{"demo/Chart.yaml", CHART_YAML, 0}, {NULL, NULL, 0}};
    pack(good, &data);
    FAILS(chart_load_archive(data.data, data.len / 2, "cut.tgz", &c, &err), "unexpected EOF");
}

/* RFC 1952 2.3.1: CRC32 and ISIZE end a member. */
static void damaged_archives_are_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *c = NULL;
    AUTO_BUF data = BUF_INIT;
    const struct entry good[] = {{"demo/Chart.yaml", CHART_YAML, 0}, {NULL, NULL, 0}};
    pack(good, &data);
    FAILS(chart_load_archive(data.data, data.len - 8, "x", &c, &err), "unexpected EOF");
    data.data[data.len - 1] ^= 1;
    FAILS(chart_load_archive(data.data, data.len, "x", &c, &err), "gzip: invalid checksum");
    data.data[data.len - 1] ^= 1;
    data.data[data.len - 8] ^= 1;
    FAILS(chart_load_archive(data.data, data.len, "x", &c, &err), "gzip: invalid checksum");
    data.data[data.len - 8] ^= 1;
    buf_appends(&data, "garbage behind it");
    MC_CLEANUP(chart_cleanup) struct chart *loaded = NULL;
    OK(chart_load_archive(data.data, data.len, "x", &loaded, &err));
}

/* load.go keeps both, engine.go's map the last. */
static void the_last_template_of_a_name_counts(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(chart_cleanup) struct chart *c = NULL;
    const struct entry entries[] = {
        {"demo/templates/a.yaml", "one", 0},
        {"demo/templates/b.yaml", "b", 0},
        {"demo/Chart.yaml", CHART_YAML, 0},
        {"demo/templates/a.yaml", "two", 0},
        {NULL, NULL, 0},
    };
    OK(load(entries, &c, &err));
    assert_int_equal(c->templates_count, 2);
    assert_string_equal(c->templates[0].name, "templates/b.yaml");
    assert_string_equal(c->templates[1].data, "two");
}

/* Measured with helm 3.22.0 template. */
static void a_broken_subchart_says_why(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"", "EOF"},
        {"nothing", "unexpected EOF"},
        {"nothing at all", "gzip: invalid header"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        struct chart *c = NULL;
        const struct entry entries[] = {{"demo/Chart.yaml", CHART_YAML, 0},
                                        {"demo/charts/sub-1.tgz", rows[i][0], 0},
                                        {NULL, NULL, 0}};
        AUTO_FREE char *want =
            mem_printf("error unpacking subchart sub-1.tgz in demo: %s", rows[i][1]);
        FAILS(load(entries, &c, &err), want);
    }
}

static void a_bad_helmignore_says_where(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *c = NULL;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", CHART_YAML);
    put_file(dir, ".helmignore", "*.bak\n\na/**/b\n");
    assert_int_equal(chart_load(dir, &c, &err), -1);
    assert_string_equal(err->message, "double-star (**) syntax is not supported");
    AUTO_FREE char *where = mem_printf("%s/.helmignore:3", dir);
    assert_string_equal(err->where, where);
    error_clear(&err);
    rm_dir(dir);
}

static int load_metadata(const char *chart_yaml, struct chart **ret, struct error **err)
{
    const struct entry entries[] = {{"demo/Chart.yaml", chart_yaml, 0}, {NULL, NULL, 0}};
    return load(entries, ret, err);
}

/* metadata_test.go, with the places of sigs.k8s.io/yaml errors. */
static void metadata_is_checked(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"version: 1.0.0\n", "validation: chart.metadata.name is required"},
        {"name: a\n", "validation: chart.metadata.version is required"},
        {"name: ..\nversion: 1.0.0\n", "validation: chart.metadata.name \"..\" is not allowed"},
        {"name: a/b\nversion: 1.0.0\n", "validation: chart.metadata.name \"a/b\" is invalid"},
        {"name: a\nversion: 1.2.3.4\n",
         "validation: chart.metadata.version \"1.2.3.4\" is invalid"},
        {"name: a\nversion: 1.0.0\ntype: x\n",
         "validation: chart.metadata.type must be application or library"},
        {"name: a\nversion: 1.0.0\nmaintainers: [null]\n",
         "validation: maintainers must not contain empty or null nodes"},
        {"name: a\nversion: 1.0.0\ndependencies: [null]\n",
         "validation: dependencies must not contain empty or null nodes"},
        {"name: a\nversion: 1.0.0\ndependencies: [{name: d, alias: 'a b'}]\n",
         "validation: dependency \"d\" has disallowed characters in the alias"},
        {"name: a\nversion: 1.0.0\ndependencies: [{name: d}, {name: e, alias: d}]\n",
         "validation: more than one dependency with name or alias \"d\""},
        {"name: [a]\n",
         "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: "
         "cannot unmarshal array into Go struct field Metadata.name of type string"},
        {"deprecated: x\n",
         "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: "
         "json: cannot unmarshal string into Go struct field Metadata.deprecated "
         "of type bool"},
        {"maintainers: [{name: {}}]\n",
         "cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
         "unmarshal object into Go struct field Maintainer.maintainers.name of type string"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        struct chart *c = NULL;
        int rc = load_metadata(rows[i][0], &c, &err);
        if (rc == 0 || strcmp(err->message, rows[i][1]) != 0)
            fail_msg("%s: %s", rows[i][0], rc ? err->message : "loaded");
        error_clear(&err);
    }
}

static void metadata_text_is_cleaned(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(chart_cleanup) struct chart *c = NULL;
    OK(load_metadata("Name: demo\nversion: 1\nappVersion: 1.10\nkeywords: [yes, 0x10, a]\n"
                     "description: \"a\\tb\\u200bc\\u00a0d\\a\"\nannotations: {n: null, f: 1.50}\n",
                     &c, &err));
    assert_json(c->metadata,
                "{\"apiVersion\": \"v1\", \"name\": \"demo\", \"version\": \"1\", \"appVersion\": "
                "\"1.1\", \"keywords\": [\"true\", \"16\", \"a\"], \"description\": \"a bc d\", "
                "\"annotations\": {\"false\": \"\", \"f\": \"1.5\"}}");
}

static void folders_honour_helmignore(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", CHART_YAML);
    put_file(dir, ".helmignore", "*.bak\nskipped/\n");
    put_file(dir, "a.bak", "x");
    put_file(dir, "skipped/b.txt", "x");
    put_file(dir, "kept/c.txt", "x");
    put_file(dir, "templates/.hidden", "x");
    put_file(dir, "templates/z.yaml", "x");
    put_file(dir, "templates/a.yaml", "x");
    AUTO_FREE char *target = fs_join_dup(dir, "kept");
    AUTO_FREE char *link = fs_join_dup(dir, "linked");
    assert_int_equal(symlink(target, link), 0);
    MC_CLEANUP(chart_cleanup) struct chart *c = NULL;
    OK(chart_load(dir, &c, &err));
    assert_int_equal(c->files_count, 3);
    assert_string_equal(c->files[0].name, ".helmignore");
    assert_string_equal(c->files[1].name, "kept/c.txt");
    assert_string_equal(c->files[2].name, "linked/c.txt");
    assert_int_equal(c->templates_count, 2);
    assert_string_equal(c->templates[0].name, "templates/a.yaml");
    assert_null(c->digest);
    rm_dir(dir);
}

static void folders_end(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *c = NULL;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", CHART_YAML);
    AUTO_FREE char *loop = fs_join_dup(dir, "loop");
    assert_int_equal(symlink(dir, loop), 0);
    assert_int_equal(chart_load(dir, &c, &err), -1);
    error_clear(&err);
    unlink(loop);
    AUTO_FREE char *fifo = fs_join_dup(dir, "fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_int_equal(chart_load(dir, &c, &err), -1);
    assert_non_null(strstr(err->message, "cannot load irregular file"));
    error_clear(&err);
    rm_dir(dir);
    assert_int_equal(chart_load("/no/such/chart.tgz", &c, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    error_clear(&err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_archive_becomes_a_chart),
        cmocka_unit_test(a_subchart_may_be_an_archive),
        cmocka_unit_test(hostile_names_are_refused),
        cmocka_unit_test(sizes_are_bounded),
        cmocka_unit_test(what_is_no_chart_is_said),
        cmocka_unit_test(damaged_archives_are_refused),
        cmocka_unit_test(the_last_template_of_a_name_counts),
        cmocka_unit_test(a_broken_subchart_says_why),
        cmocka_unit_test(a_bad_helmignore_says_where),
        cmocka_unit_test(metadata_is_checked),
        cmocka_unit_test(metadata_text_is_cleaned),
        cmocka_unit_test(folders_honour_helmignore),
        cmocka_unit_test(folders_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
