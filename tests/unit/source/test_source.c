/* Chart sources: folders, and repositories served by a test server (helm pkg/repo/index.go,
 * chartrepo.go). */
#include "charts.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>

#include "internal.h"
#include "meshctl/pki/digest.h"
#include "meshctl/source/source.h"
#include "test_server.h"

static void pack_chart(const char *name, const char *version, struct buf *out)
{
    AUTO_FREE char *text = mem_printf("apiVersion: v2\nname: %s\nversion: %s\n", name, version);
    AUTO_FREE char *path = mem_printf("%s/Chart.yaml", name);
    char memory[65536];
    size_t used = 0;
    struct archive *a = archive_write_new();
    archive_write_add_filter_gzip(a);
    archive_write_set_format_ustar(a);
    archive_write_open_memory(a, memory, sizeof(memory), &used);
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, path);
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_size(e, (la_int64_t)strlen(text));
    archive_write_header(a, e);
    archive_write_data(a, text, strlen(text));
    archive_entry_free(e);
    archive_write_close(a);
    archive_write_free(a);
    buf_append(out, memory, used);
}

static void put_archive(const char *dir, const char *name, const char *version, const char *file)
{
    struct error *err = NULL;
    AUTO_BUF data = BUF_INIT;
    pack_chart(name, version, &data);
    AUTO_FREE char *path = fs_join_dup(dir, file);
    OK(fs_write(path, data.data, data.len, 0644, &err));
}

static struct chart_source *open_source(const char *text, const char *cache)
{
    struct error *err = NULL;
    struct chart_source *s = NULL;
    const struct chart_source_options options = {.cache_dir = cache};
    OK(chart_source_new(text, &options, &s, &err));
    return s;
}

/* --- folders --- */

static void check_version(struct chart_source *s, const char *version, const char *want)
{
    struct error *err = NULL;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    OK(chart_source_get(s, "demo", version, &chart, &err));
    assert_string_equal(chart->version, want);
}

static void a_folder_of_charts(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    put_file(dir, "demo/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.5.0\n");
    put_archive(dir, "demo", "1.4.2", "demo-1.4.2.tgz");
    put_archive(dir, "demo", "2.0.0-rc.1", "demo-2.0.0-rc.1.tgz");
    put_archive(dir, "demo-more", "9.0.0", "demo-more-9.0.0.tgz");
    put_archive(dir, "alone", "3.1.0", "alone.tgz");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = open_source(dir, NULL);
    AUTO_STRLIST versions = STRLIST_INIT;
    OK(chart_source_versions(s, "demo", &versions, &err));
    AUTO_FREE char *joined = strlist_join_dup(&versions, " ");
    assert_string_equal(joined, "2.0.0-rc.1 1.5.0 1.4.2");
    check_version(s, NULL, "1.5.0");
    check_version(s, "", "1.5.0");
    check_version(s, "~1.4", "1.4.2");
    check_version(s, "2.0.0-rc.1", "2.0.0-rc.1");
    check_version(s, ">0.0.0-0", "2.0.0-rc.1");
    struct chart *none = NULL;
    assert_int_equal(chart_source_get(s, "demo", "1.5.1", &none, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_non_null(strstr(err->message, "chart \"demo\" version \"1.5.1\" not found in /tmp/"));
    assert_string_equal(err->hint, "there is 1.5.0");
    error_clear(&err);
    MC_CLEANUP(chart_cleanup) struct chart *alone = NULL;
    OK(chart_source_get(s, "alone", "^3", &alone, &err));
    assert_int_equal(chart_source_get(s, "absent", NULL, &none, &err), -1);
    error_clear(&err);
    assert_int_equal(chart_source_get(s, "../demo", NULL, &none, &err), -1);
    error_clear(&err);
    assert_int_equal(chart_source_get(s, "demo", "not a version", &none, &err), -1);
    error_clear(&err);
    rm_dir(dir);
}

static void only_known_schemes(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart_source *s = NULL;
    const struct chart_source_options options = {0};
    FAILS(chart_source_new("", &options, &s, &err), "the chart source is empty");
    FAILS(chart_source_new("ftp://example.org/x", &options, &s, &err),
          "charts cannot be fetched from ftp://example.org/x");
    FAILS(chart_source_new("ftp://user:secret@example.org/x", &options, &s, &err),
          "charts cannot be fetched from ftp://example.org/x");
    FAILS(chart_source_new("oci://example.org/x:1.0.0", &options, &s, &err),
          "oci://example.org/x:1.0.0 is one chart, not a place with charts");
    FAILS(chart_source_new("oci://user:secret@example.org/x", &options, &s, &err),
          "an oci:// reference takes no user and password");
}

static void urls(void **state)
{
    (void)state;
    /* What Helm's ResolveReferenceURL makes of them. */
    static const char *const refs[][3] = {
        {"http://h/a", "index.yaml", "http://h/a/index.yaml"},
        {"http://h/a/", "index.yaml", "http://h/a/index.yaml"},
        {"http://h/a//", "index.yaml", "http://h/a//index.yaml"},
        {"http://h", "x", "http://h/x"},
        {"http://h/a?token=1", "x", "http://h/a/x?token=1"},
        {"http://h/a%2fb", "x", "http://h/a%2fb/x"},
        {"http://h/a b", "../c+1.tgz", "http://h/c+1.tgz"},
        {"http://u:p%40@h/a/b", "./c/../d", "http://u:p%40@h/a/b/d"},
        {"http://h/a/b", "c.tgz", "http://h/a/b/c.tgz"},
        {"http://h/a/b", "/c.tgz", "http://h/c.tgz"},
        {"http://h/a?t=1", "d/c.tgz", "http://h/a/d/c.tgz?t=1"},
        {"http://h/a", "https://o/c.tgz", "https://o/c.tgz"},
        {"http://h/a?t=1", "/c.tgz?x=2", "http://h/c.tgz?t=1"},
        {"http://h/a", "c.tgz?x=2#y", "http://h/a/c.tgz#y"},
        {"https://h/a?t=1", "//o/c.tgz", "https://o/c.tgz?t=1"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(refs); i++) {
        AUTO_FREE char *have = NULL;
        AUTO_ERROR struct error *err = NULL;
        assert_int_equal(source_url_resolve(refs[i][0], refs[i][1], &have, &err), 0);
        assert_string_equal(have, refs[i][2]);
    }
    AUTO_FREE char *none = NULL;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(source_url_resolve("http://u:secret@h:x/a", "c.tgz", &none, &err), -1);
    assert_string_equal(err->message, "failed to parse http://h:x/a as URL");
    static const char *const shown[][2] = {
        {"https://user:p@ss@h:1/a?token=secret", "https://h:1/a"},
        {"https://user:p/ss@h:1/a", "https://h:1/a"},
        {"https://user:p?ss#x@h/a?b", "https://h/a"},
        {"https://h:1/a@b/c", "https://h:1/a@b/c"},
        {"https://[::1]:8/a@b", "https://[::1]:8/a@b"},
        {"relative/a?b", "relative/a?b"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(shown); i++) {
        AUTO_FREE char *have = url_public_dup(shown[i][0]);
        assert_string_equal(have, shown[i][1]);
    }
}

/* --- repositories --- */

struct repo {
    struct test_server *server;
    struct buf archive; /* demo 1.1.0 */
    char *index;
    int failures; /* answers 503 that often first */
    int index_requests, archive_requests;
};

static bool serve(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    struct repo *r = ctx;
    if (r->failures > 0) {
        r->failures--;
        return test_conn_reply(conn, 503, NULL, "later");
    }
    if (strcmp(request->target, "/charts/index.yaml") == 0) {
        r->index_requests++;
        return test_conn_reply(conn, 200, NULL, r->index);
    }
    if (strcmp(request->target, "/charts/demo-1.1.0.tgz") == 0) {
        r->archive_requests++;
        return test_conn_reply_bytes(conn, 200, NULL, r->archive.data, r->archive.len);
    }
    return test_conn_reply(conn, 404, NULL, "nothing here");
}

static void repo_start(struct repo *r, const char *digest, const char *url)
{
    struct test_server_options options = {.handler = serve, .ctx = r};
    pack_chart("demo", "1.1.0", &r->archive);
    r->server = test_server_start(&options);
    AUTO_FREE char *right = pki_digest_dup("SHA256", r->archive.data, r->archive.len);
    r->index = mem_printf("apiVersion: v1\nentries:\n  demo:\n"
                          "  - {name: demo, version: 1.0.0, urls: [demo-1.0.0.tgz]}\n"
                          "  - {name: demo, version: 1.1.0, digest: %s, urls: [%s]}\n"
                          "  - {name: demo, version: 1.2.0-beta.1, urls: [x.tgz]}\n"
                          "  - {name: demo, version: not-one, urls: [x.tgz]}\n"
                          "  other: []\n",
                          digest ? digest : right, url);
}

static void repo_stop(struct repo *r)
{
    test_server_stop(r->server);
    buf_release(&r->archive);
    free(r->index);
}

static struct chart_source *repo_source(const struct repo *r, const char *cache)
{
    AUTO_FREE char *url = mem_printf("%s/charts/", test_server_url(r->server));
    return open_source(url, cache);
}

static void a_repository_is_cached_by_digest(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct repo repo = {0};
    char *cache = make_dir();
    repo_start(&repo, NULL, "demo-1.1.0.tgz");
    for (int i = 0; i < 2; i++) {
        MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
        check_version(s, NULL, "1.1.0");
        check_version(s, "1.1.x", "1.1.0");
        AUTO_STRLIST versions = STRLIST_INIT;
        OK(chart_source_versions(s, "demo", &versions, &err));
        assert_int_equal(versions.count, 3);
    }
    assert_int_equal(repo.index_requests, 2);
    assert_int_equal(repo.archive_requests, 1);
    rm_dir(cache);
    repo_stop(&repo);
}

static void a_damaged_cache_is_not_used(void **state)
{
    (void)state;
    struct repo repo = {0};
    char *cache = make_dir();
    repo_start(&repo, NULL, "demo-1.1.0.tgz");
    AUTO_FREE char *digest = pki_digest_dup("SHA256", repo.archive.data, repo.archive.len);
    AUTO_FREE char *file = mem_printf("%s.tgz", digest);
    put_file(cache, file, "damaged");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    check_version(s, "1.1.0", "1.1.0");
    assert_int_equal(repo.archive_requests, 1);
    rm_dir(cache);
    repo_stop(&repo);
}

static void a_wrong_digest_is_refused(void **state)
{
    (void)state;
    static const char wrong[] = "abc3456789012345678901234567890123456789012345678901234567890123";
    struct error *err = NULL;
    struct repo repo = {0};
    struct chart *none = NULL;
    char *cache = make_dir();
    repo_start(&repo, wrong, "demo-1.1.0.tgz");
    AUTO_FREE char *right = pki_digest_dup("SHA256", repo.archive.data, repo.archive.len);
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    assert_int_equal(chart_source_get(s, "demo", "1.1.0", &none, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    assert_non_null(strstr(err->message, wrong));
    assert_non_null(strstr(err->message, right));
    error_clear(&err);
    rm_dir(cache);
    repo_stop(&repo);
}

static void a_digest_that_yaml_takes_for_a_number_is_refused(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct repo repo = {0};
    struct chart *none = NULL;
    char *cache = make_dir();
    repo_start(&repo, "1234567890", "demo-1.1.0.tgz");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    assert_int_equal(chart_source_get(s, "demo", "1.1.0", &none, &err), -1);
    assert_int_equal(err->kind, ERROR_INPUT);
    error_clear(&err);
    rm_dir(cache);
    repo_stop(&repo);
}

static void old_urls_fall_back_to_the_repository(void **state)
{
    (void)state;
    struct repo repo = {0};
    char *cache = make_dir();
    repo_start(&repo, NULL, "/moved/away/demo.tgz");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    check_version(s, "1.1.0", "1.1.0");
    rm_dir(cache);
    repo_stop(&repo);
}

static void transient_failures_are_tried_again(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct repo repo = {.failures = 2};
    struct chart *none = NULL;
    char *cache = make_dir();
    repo_start(&repo, NULL, "demo-1.1.0.tgz");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    check_version(s, "1.1.0", "1.1.0");
    repo.failures = 3;
    MC_CLEANUP(chart_source_cleanup) struct chart_source *again = repo_source(&repo, cache);
    assert_int_equal(chart_source_get(again, "demo", NULL, &none, &err), -1);
    assert_int_equal(err->http_status, 503);
    error_clear(&err);
    rm_dir(cache);
    repo_stop(&repo);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct repo repo = {0};
    struct chart *none = NULL;
    char *cache = make_dir();
    repo_start(&repo, NULL, "demo-1.1.0.tgz");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = repo_source(&repo, cache);
    AUTO_FREE char *want = mem_printf("chart \"demo\" version \"1.0.9\" not found in %s/charts/",
                                      test_server_url(repo.server));
    FAILS(chart_source_get(s, "demo", "1.0.9", &none, &err), want);
    assert_int_equal(chart_source_get(s, "dema", NULL, &none, &err), -1);
    assert_string_equal(err->hint, "did you mean \"demo\"?");
    error_clear(&err);
    assert_int_equal(chart_source_get(s, "demo", "1.0.0", &none, &err), -1);
    assert_int_equal(err->http_status, 404);
    error_clear(&err);
    free(repo.index);
    repo.index = mem_strdup("entries: {}\n");
    MC_CLEANUP(chart_source_cleanup) struct chart_source *bad = repo_source(&repo, cache);
    assert_int_equal(chart_source_get(bad, "demo", NULL, &none, &err), -1);
    assert_non_null(strstr(err->message, "no API version specified"));
    error_clear(&err);
    rm_dir(cache);
    repo_stop(&repo);
}

/* --- the cache --- */

static void the_cache_takes_digests_only(void **state)
{
    (void)state;
    char *dir = make_dir();
    AUTO_BUF out = BUF_INIT;
    AUTO_FREE char *digest = pki_digest_dup("SHA256", "bytes", 5);
    source_cache_put(dir, digest, "bytes", 5);
    assert_true(source_cache_get(dir, digest, &out));
    assert_string_equal(buf_str(&out), "bytes");
    buf_clear(&out);
    source_cache_put(dir, "../../escape", "bytes", 5);
    assert_false(source_cache_get(dir, "../../escape", &out));
    assert_false(source_cache_get(dir, NULL, &out));
    assert_false(source_cache_get(NULL, digest, &out));
    source_cache_put("/proc/no/such/folder", digest, "bytes", 5);
    rm_dir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_folder_of_charts),
        cmocka_unit_test(only_known_schemes),
        cmocka_unit_test(urls),
        cmocka_unit_test(a_repository_is_cached_by_digest),
        cmocka_unit_test(a_damaged_cache_is_not_used),
        cmocka_unit_test(a_wrong_digest_is_refused),
        cmocka_unit_test(a_digest_that_yaml_takes_for_a_number_is_refused),
        cmocka_unit_test(old_urls_fall_back_to_the_repository),
        cmocka_unit_test(transient_failures_are_tried_again),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(the_cache_takes_digests_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
