/* OCI registries: references, challenges, links and manifests as texts (distribution-spec v1.1,
 * image-spec v1.1, oras-go registry/reference_test.go, distribution docs/spec/auth/token.md), and a
 * registry in this program that hands out tokens. */
#include "charts.h"

#include <archive.h>
#include <archive_entry.h>

#include "internal.h"
#include "meshctl/pki/digest.h"
#include "meshctl/source/source.h"
#include "test_server.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* --- texts --- */

static void references(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *repository, *tag, *digest;
    } rows[] = {
        {"oci://h/a", "h", "a", NULL, NULL},
        {"oci://h:5000/a/b", "h:5000", "a/b", NULL, NULL},
        {"oci://h:5000/a/b/", "h:5000", "a/b", NULL, NULL},
        {"oci://h:5000", "h:5000", "", NULL, NULL},
        {"oci://h/a:1.0.0", "h", "a", "1.0.0", NULL},
        {"oci://h/a/b:1.0.0+x", "h", "a/b", "1.0.0_x", NULL},
        {"oci://h/a@sha256:" HEX, "h", "a", NULL, "sha256:" HEX},
        {"oci://h/a:1@sha256:" HEX, "h", "a", "1", "sha256:" HEX},
        {"oci://[::1]:5000/a-b/c__d/e.f", "[::1]:5000", "a-b/c__d/e.f", NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        AUTO_OCI_REF ref = {0};
        OK(oci_ref_parse(rows[i].text, &ref, &err));
        assert_string_equal(ref.host, rows[i].host);
        assert_string_equal(ref.repository, rows[i].repository);
        assert_string_equal(ref.tag ? ref.tag : "-", rows[i].tag ? rows[i].tag : "-");
        assert_string_equal(ref.digest ? ref.digest : "-", rows[i].digest ? rows[i].digest : "-");
    }
}

static void bad_references(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"oci://", "invalid reference: invalid registry \"\""},
        {"oci:///a", "invalid reference: invalid registry \"\""},
        {"oci://h?x/a", "invalid reference: invalid registry \"h?x\""},
        {"oci://h/A", "invalid reference: invalid repository \"A\""},
        {"oci://h/a//b", "invalid reference: invalid repository \"a//b\""},
        {"oci://h/a/../b", "invalid reference: invalid repository \"a/../b\""},
        {"oci://h/a-", "invalid reference: invalid repository \"a-\""},
        {"oci://h/a___b", "invalid reference: invalid repository \"a___b\""},
        {"oci://h/a?x=1", "invalid reference: invalid repository \"a?x=1\""},
        {"oci://h/a:.x", "invalid reference: invalid tag \".x\""},
        {"oci://h/a:", "invalid reference: invalid tag \"\""},
        {"oci://h/a@sha256:12", "invalid reference: invalid digest \"sha256:12\""},
        {"oci://h/a@md5:" HEX, "invalid reference: invalid digest \"md5:" HEX "\""},
        {"oci://h/a\033[1m", "invalid reference: invalid repository \"a\\u001b[1m\""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        struct oci_ref ref = {0};
        FAILS(oci_ref_parse(rows[i][0], &ref, &err), rows[i][1]);
    }
}

static void loopback(void **state)
{
    (void)state;
    static const char *const yes[] = {"127.0.0.1",   "127.0.0.1:5000", "localhost",
                                      "LocalHost:1", "[::1]",          "[::1]:5000",
                                      "127.1.2.3",   "127.1",          "localhost.:5000"};
    static const char *const no[] = {"127.example.org", "localhost.example.org", "10.0.0.1",
                                     "[::2]:1",         "example.org:5000",      ""};
    for (size_t i = 0; i < MC_ARRAY_LEN(yes); i++)
        assert_true(oci_is_loopback(yes[i]));
    for (size_t i = 0; i < MC_ARRAY_LEN(no); i++)
        assert_false(oci_is_loopback(no[i]));
}

static const char *or_dash(const char *text)
{
    return text ? text : "-";
}

static void challenges(void **state)
{
    (void)state;
    static const struct {
        const char *header, *scheme, *realm, *service;
    } rows[] = {
        {"Bearer realm=\"https://a/t\",service=\"s\",scope=\"repository:x:pull\"", "Bearer",
         "https://a/t", "s"},
        {"bearer Realm=https , SERVICE = \"a b\"", "bearer", "https", "a b"},
        {"Bearer realm=\"a\\\"b\\\\c\",x=\"y, scope=no\"", "Bearer", "a\"b\\c", NULL},
        {"Basic realm=\"one\", Bearer realm=\"two\"", "Bearer", "two", NULL},
        {"Negotiate, Basic realm=\"x\"", "Negotiate", NULL, NULL},
        {"Negotiate a/b+c==, Bearer realm=\"two\"", "Bearer", "two", NULL},
        {"Negotiate abc", "Negotiate", NULL, NULL},
        {"Bearer realm=\"one\",realm=\"two\"", "Bearer", "one", NULL},
        {"Bearer realm=\"open", "Bearer", "open", NULL},
        {"Bearer", "Bearer", NULL, NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OCI_CHALLENGE c = {0};
        assert_true(oci_challenge_parse(rows[i].header, &c));
        assert_string_equal(c.scheme, rows[i].scheme);
        assert_string_equal(or_dash(c.realm), or_dash(rows[i].realm));
        assert_string_equal(or_dash(c.service), or_dash(rows[i].service));
    }
    struct oci_challenge none;
    assert_false(oci_challenge_parse("", &none));
    assert_false(oci_challenge_parse(" ,=\"x\"", &none));
}

static void token_urls(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Bearer realm=\"https://a/t\",service=\"a b\"",
         "https://a/t?service=a%20b&scope=repository%3Ax%3Apull"},
        {"Bearer realm=\"https://a/t?x=1#y\",scope=\"repository:x:pull,push,delete "
         "registry:catalog:*\"",
         "https://a/t?x=1&scope=repository%3Ax%3Apull"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_OCI_CHALLENGE c = {0};
        assert_true(oci_challenge_parse(rows[i][0], &c));
        AUTO_FREE char *url = oci_token_url_dup(&c, "repository:x:pull");
        assert_string_equal(url, rows[i][1]);
    }
}

static void tokens(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"{\"token\": \"abc\", \"access_token\": \"x\"}", "abc"},
        {"{\"token\": \"\", \"access_token\": \"x\"}", "x"},
        {"{\"access_token\": \"x\"}", "x"},
        {"{\"token\": 1}", "-"},
        {"{\"token\": \"a b\"}", "-"},
        {"{\"token\": \"a\\r\\nX: y\"}", "-"},
        {"{\"token\": \"\\u00e9\"}", "-"},
        {"[]", "-"},
        {"", "-"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_SECRET char *token = oci_token_dup(rows[i][0], strlen(rows[i][0]));
        assert_string_equal(or_dash(token), rows[i][1]);
    }
}

static void links(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"</v2/a/tags/list?n=2&last=b>; rel=\"next\"", "/v2/a/tags/list?n=2&last=b"},
        {"<x>; rel=prev, <y>; rel = next", "y"},
        {"<x>; title=\"t\"; REL=\"NEXT\"", "x"},
        {"<x>; rel=\"prev\"", "-"},
        {"<x", "-"},
        {"", "-"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *link = oci_next_link_dup(rows[i][0]);
        assert_string_equal(or_dash(link), rows[i][1]);
    }
}

#define CONFIG "\"config\":{\"mediaType\":\"" OCI_HELM_CONFIG "\",\"digest\":\"d\",\"size\":1}"
#define LAYER(type) "{\"mediaType\":\"" type "\",\"digest\":\"" type "!\",\"size\":2}"

static void manifests(void **state)
{
    (void)state;
    static const struct {
        const char *text, *type, *failure;
    } rows[] = {
        {"{" CONFIG ",\"layers\":[" LAYER("x") "," LAYER(OCI_HELM_CHART) "]}", OCI_MANIFEST, NULL},
        {"{" CONFIG ",\"layers\":[" LAYER(OCI_HELM_CHART_LEGACY) "]}",
         OCI_DOCKER_MANIFEST "; charset=utf-8", NULL},
        {"{\"mediaType\":\"" OCI_MANIFEST "\"," CONFIG ",\"layers\":[" LAYER(OCI_HELM_CHART) "]}",
         "text/plain", NULL},
        {"{" CONFIG ",\"layers\":[" LAYER("x") "]}", NULL,
         "manifest does not contain a layer with mediatype " OCI_HELM_CHART},
        {"{" CONFIG "}", OCI_MANIFEST,
         "manifest does not contain a layer with mediatype " OCI_HELM_CHART},
        {"{\"manifests\":[" LAYER(OCI_MANIFEST) "]}", NULL,
         "manifest does not contain minimum number of descriptors (2), descriptors found: 1"},
        {"{\"layers\":[]}", OCI_MANIFEST,
         "the manifest is not to be used: a descriptor lacks its digest or its size"},
        {"{\"config\":{\"digest\":\"d\",\"size\":-1}}", OCI_MANIFEST,
         "the manifest is not to be used: a descriptor lacks its digest or its size"},
        {"[]", OCI_MANIFEST, "the manifest is not to be used: it is no JSON object"},
        {"{}", "text/ht\033ml", "the manifest is of type \"text/ht\\u001bml\", not " OCI_MANIFEST},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct error *err = NULL;
        AUTO_OCI_MANIFEST m = {0};
        const struct oci_descriptor *layer = NULL;
        int rc = oci_manifest_parse(rows[i].text, strlen(rows[i].text), rows[i].type, &m, &err) ||
                 oci_manifest_chart(&m, &layer, &err);
        if (!rows[i].failure)
            assert_int_equal(rc, 0);
        assert_string_equal(rc ? err->message : "-", or_dash(rows[i].failure));
        if (!rc)
            assert_memory_equal(layer->digest, layer->media_type, strlen(layer->media_type));
        error_clear(&err);
    }
}

/* --- a registry --- */

struct registry {
    struct test_server *server;
    struct buf archive;
    char *digest, *manifest;
    int tokens, blobs; /* requests */
    bool expired;      /* the next request finds its token no longer good */
};

static void pack_chart(struct buf *out)
{
    static const char text[] = "apiVersion: v2\nname: demo\nversion: 1.1.0\n";
    char memory[65536];
    size_t used = 0;
    struct archive *a = archive_write_new();
    archive_write_add_filter_gzip(a);
    archive_write_set_format_ustar(a);
    archive_write_open_memory(a, memory, sizeof(memory), &used);
    struct archive_entry *e = archive_entry_new();
    archive_entry_set_pathname(e, "demo/Chart.yaml");
    archive_entry_set_filetype(e, AE_IFREG);
    archive_entry_set_size(e, (la_int64_t)strlen(text));
    archive_write_header(a, e);
    archive_write_data(a, text, strlen(text));
    archive_entry_free(e);
    archive_write_close(a);
    archive_write_free(a);
    buf_append(out, memory, used);
}

static bool challenge(const struct registry *r, struct test_conn *conn)
{
    AUTO_FREE char *header =
        mem_printf("WWW-Authenticate: Bearer realm=\"%s/token\",service=\"s\"\r\n",
                   test_server_url(r->server));
    return test_conn_reply(conn, 401, header, "{}");
}

static bool serve(void *ctx, struct test_conn *conn, const struct test_request *request)
{
    struct registry *r = ctx;
    AUTO_FREE char *blob = mem_printf("/v2/x/demo/blobs/sha256:%s", r->digest);
    const char *token = test_request_header(request, "Authorization");
    if (strcmp(request->target, "/token?service=s&scope=repository%3Ax%2Fdemo%3Apull") == 0) {
        AUTO_FREE char *answer = mem_printf("{\"token\":\"t%d\"}", ++r->tokens);
        return test_conn_reply(conn, 200, NULL, answer);
    }
    AUTO_FREE char *wanted = mem_printf("Bearer t%d", r->tokens);
    bool good = token && strcmp(token, wanted) == 0 && !r->expired;
    r->expired = false;
    if (!good)
        return challenge(r, conn);
    if (strcmp(request->target, "/v2/x/demo/tags/list") == 0)
        return test_conn_reply(conn, 200, NULL, "{\"tags\":[\"1.0.0\",\"1.1.0\",\"latest\"]}");
    if (strcmp(request->target, "/v2/x/demo/manifests/1.1.0") == 0)
        return test_conn_reply(conn, 200, "Content-Type: " OCI_MANIFEST "\r\n", r->manifest);
    if (strcmp(request->target, blob) == 0) {
        r->blobs++;
        return test_conn_reply_bytes(conn, 200, NULL, r->archive.data, r->archive.len);
    }
    return test_conn_reply(
        conn, 404, NULL,
        "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"a\\u001bb\"}]}");
}

static void registry_start(struct registry *r)
{
    struct test_server_options options = {.handler = serve, .ctx = r};
    pack_chart(&r->archive);
    r->digest = pki_digest_dup("SHA256", r->archive.data, r->archive.len);
    r->manifest = mem_printf("{" CONFIG ",\"layers\":[{\"mediaType\":\"" OCI_HELM_CHART
                             "\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
                             r->digest, r->archive.len);
    r->server = test_server_start(&options);
}

static void registry_stop(struct registry *r)
{
    test_server_stop(r->server);
    buf_release(&r->archive);
    free(r->digest);
    free(r->manifest);
}

static struct chart_source *registry_source(const struct registry *r, const char *cache)
{
    struct error *err = NULL;
    struct chart_source *s = NULL;
    AUTO_FREE char *text = mem_printf("oci://127.0.0.1:%d/x", test_server_port(r->server));
    const struct chart_source_options options = {.cache_dir = cache};
    OK(chart_source_new(text, &options, &s, &err));
    return s;
}

static void a_token_is_fetched_once_and_again_when_it_expires(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct registry r = {0};
    char *cache = make_dir();
    registry_start(&r);
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = registry_source(&r, cache);
    for (int i = 0; i < 2; i++) {
        MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
        OK(chart_source_get(s, "demo", i ? "^1" : "1.1.0", &chart, &err));
        assert_string_equal(chart->version, "1.1.0");
        assert_string_equal(chart->digest, r.digest);
    }
    assert_int_equal(r.tokens, 1);
    assert_int_equal(r.blobs, 1);
    r.expired = true;
    AUTO_STRLIST versions = STRLIST_INIT;
    OK(chart_source_versions(s, "demo", &versions, &err));
    AUTO_FREE char *joined = strlist_join_dup(&versions, " ");
    assert_string_equal(joined, "1.1.0 1.0.0");
    assert_int_equal(r.tokens, 2);
    rm_dir(cache);
    registry_stop(&r);
}

static void what_a_registry_lacks_is_named(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct chart *none = NULL;
    struct registry r = {0};
    char *cache = make_dir();
    registry_start(&r);
    MC_CLEANUP(chart_source_cleanup) struct chart_source *s = registry_source(&r, cache);
    assert_int_equal(chart_source_get(s, "demo", "1.2.0", &none, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_non_null(
        strstr(err->message, "chart \"demo\" version \"1.2.0\" not found in oci://127"));
    assert_string_equal(err->hint, "there is 1.1.0, 1.0.0");
    error_clear(&err);
    /* Tagged, so the message is the server's: cleaned. */
    assert_int_equal(chart_source_get(s, "demo", "1.0.0", &none, &err), -1);
    assert_non_null(strstr(err->message, "answered 404 (MANIFEST_UNKNOWN: a\\u001bb)"));
    error_clear(&err);
    assert_int_equal(chart_source_get(s, "Demo", NULL, &none, &err), -1);
    assert_string_equal(err->message, "invalid reference: invalid repository \"x/Demo\"");
    error_clear(&err);
    bool known = true;
    AUTO_STRLIST names = STRLIST_INIT;
    OK(chart_source_names(s, &names, &known, &err));
    assert_false(known);
    rm_dir(cache);
    registry_stop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references),
        cmocka_unit_test(bad_references),
        cmocka_unit_test(loopback),
        cmocka_unit_test(challenges),
        cmocka_unit_test(token_urls),
        cmocka_unit_test(tokens),
        cmocka_unit_test(links),
        cmocka_unit_test(manifests),
        cmocka_unit_test(a_token_is_fetched_once_and_again_when_it_expires),
        cmocka_unit_test(what_a_registry_lacks_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
