/* Release records: golden/chart/release/helm3.json and helm4.json are Secrets that helm 3.22.0 and
 * 4.3.1 wrote to a kube-apiserver for `install NAME demo --set count=7,text=hello --set inner.b=1.5
 * --labels team=mesh`, without what the server added. */
#include "charts.h"

#include "meshctl/base/base64.h"
#include "meshctl/helm/release_change.h"
#include "release_record.h"

static json_t *golden_secret(const char *name)
{
    AUTO_BUF text = BUF_INIT;
    read_golden(name, &text);
    return parse(buf_str(&text));
}

static json_t *chart_of(const struct release *r)
{
    struct error *err = NULL;
    json_t *chart = NULL;
    OK(release_chart(r, &chart, &err));
    return chart;
}

static json_t *manifest_of(const struct release *r)
{
    struct error *err = NULL;
    json_t *manifest = NULL;
    OK(release_manifest(r, &manifest, &err));
    return manifest;
}

static void check_helms(const char *file, const char *name, bool server_side)
{
    struct error *err = NULL;
    json_auto_t *secret = golden_secret(file);
    MC_CLEANUP(release_cleanup) struct release *r = NULL;
    OK(release_from_secret(secret, &r, &err));
    assert_string_equal(r->name, name);
    assert_string_equal(r->namespace_, "chart-room");
    assert_int_equal(r->version, 1);
    assert_int_equal(r->status, RELEASE_DEPLOYED);
    assert_int_equal(r->server_side, server_side);
    assert_string_equal(r->description, "Install complete");
    assert_string_equal(r->notes, "Thanks for demo\n");
    assert_string_equal(r->first_deployed, r->last_deployed);
    assert_json(r->config, "{\"count\": 7.0, \"inner\": {\"b\": \"1.5\"}, \"text\": \"hello\"}");
    assert_true(json_is_real(json_object_get(r->config, "count")));
    json_auto_t *chart = chart_of(r);
    assert_json(json_object_get(chart, "values"),
                "{\"big\": 12345678.0, \"count\": 2.0, \"inner\": {\"a\": 1.0, \"none\": null}, "
                "\"list\": [1.0, \"x\"], \"ratio\": 0.5}");
    assert_string_equal(json_dig_str(r->chart, "metadata", "appVersion", NULL), "1.1");
    assert_int_equal(json_array_size(r->hooks), 1);
    assert_int_equal(json_dig_int(json_array_get(r->hooks, 0), 0, "weight", NULL), -5);
    assert_json(r->labels, "{\"team\": \"mesh\"}");
    json_auto_t *manifest = manifest_of(r);
    assert_non_null(strstr(json_string_value(manifest),
                           "---\n# Source: demo/templates/cm.yaml\napiVersion: v1\n"));
}

static void helms_records_are_read(void **state)
{
    (void)state;
    check_helms("release/helm3.json", "by3", false);
    check_helms("release/helm4.json", "by4", true);
}

/* Ours read back, and in the shape of Helm's: the same keys in the same places. */
static void ours_has_the_keys_of_helms(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secret = golden_secret("release/helm3.json"), *ours = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = NULL, *again = NULL;
    bool trimmed = true;
    OK(release_from_secret(secret, &r, &err));
    OK(release_to_secret(r, &ours, &trimmed, &err));
    assert_false(trimmed);
    assert_string_equal(json_dig_str(ours, "type", NULL), "helm.sh/release.v1");
    assert_string_equal(json_dig_str(ours, "metadata", "name", NULL), "sh.helm.release.v1.by3.v1");
    assert_string_equal(json_dig_str(ours, "metadata", "namespace", NULL), "chart-room");
    const char *key;
    json_t *value;
    json_object_foreach(json_dig(secret, "metadata", "labels", NULL), key, value) {
        const char *have = json_dig_str(ours, "metadata", "labels", key, NULL);
        assert_non_null(have);
        if (strcmp(key, "modifiedAt") != 0)
            assert_string_equal(have, json_string_value(value));
    }
    OK(release_from_secret(ours, &again, &err));
    json_auto_t *chart = chart_of(r), *chart_again = chart_of(again);
    assert_true(json_same(chart, chart_again));
    assert_true(json_same(r->config, again->config));
    assert_true(json_same(r->hooks, again->hooks));
    json_auto_t *manifest = manifest_of(r), *manifest_again = manifest_of(again);
    assert_true(json_equal(manifest, manifest_again));
    assert_string_equal(r->first_deployed, again->first_deployed);
}

static const struct chart_render_options options = {.release = "one", .namespace_ = "ns"};

static struct release *render_release(const char *dir, struct chart **ret_chart)
{
    struct error *err = NULL;
    MC_CLEANUP(chart_rendered_cleanup) struct chart_rendered *rendered = NULL;
    json_auto_t *config = parse("{\"a\": 1}");
    OK(chart_load(dir, ret_chart, &err));
    OK(chart_render(*ret_chart, config, &options, &rendered, &err));
    return release_new("one", "ns", 3, *ret_chart, rendered, config);
}

static void a_new_record_is_complete(void **state)
{
    (void)state;
    struct error *err = NULL;
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL;
    MC_CLEANUP(release_cleanup)
    struct release *r = render_release(GOLDEN "/render/kinds/chart", &chart);
    MC_CLEANUP(release_cleanup) struct release *again = NULL;
    json_auto_t *secret = NULL;
    r->status = RELEASE_FAILED;
    r->server_side = true;
    r->labels = parse("{\"team\": \"mesh\", \"owner\": \"me\"}");
    OK(release_to_secret(r, &secret, NULL, &err));
    assert_string_equal(json_dig_str(secret, "metadata", "labels", "status", NULL), "failed");
    assert_string_equal(json_dig_str(secret, "metadata", "labels", "owner", NULL), "helm");
    assert_string_equal(json_dig_str(secret, "metadata", "labels", "team", NULL), "mesh");
    assert_string_equal(json_dig_str(secret, "metadata", "labels", "version", NULL), "3");
    OK(release_from_secret(secret, &again, &err));
    assert_int_equal(again->status, RELEASE_FAILED);
    assert_int_equal(again->version, 3);
    assert_true(again->server_side);
    assert_json(again->config, "{\"a\": 1.0}");
    json_auto_t *manifest = manifest_of(again);
    assert_true(json_equal(manifest, r->manifest));
    assert_int_equal(json_array_size(again->hooks), 3);
    json_auto_t *stored = chart_of(again);
    assert_true(json_is_null(json_dig(stored, "lock", NULL)));
    const json_t *templates = json_dig(stored, "templates", NULL);
    assert_int_equal(json_array_size(templates), chart->templates_count);
    AUTO_BUF text = BUF_INIT;
    const char *data = json_dig_str(json_array_get(templates, 0), "data", NULL);
    OK(base64_decode(&text, data, strlen(data)));
    assert_string_equal(buf_str(&text), chart->templates[0].data);
}

/* Text that gzip cannot make smaller. */
static void put_noise(const char *dir, const char *name, size_t size, unsigned seed)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    AUTO_BUF noise = BUF_INIT;
    buf_appends(&noise, "x: ");
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1103515245u + 12345u;
        buf_appendc(&noise, letters[seed >> 16 & 63]);
    }
    put_file(dir, name, buf_str(&noise));
}

static void spare_parts_go_when_it_is_too_large(void **state)
{
    (void)state;
    struct error *err = NULL;
    char *dir = make_dir();
    put_file(dir, "Chart.yaml", "apiVersion: v2\nname: big\nversion: 1.0.0\n");
    put_noise(dir, "files/noise", 1200000, 1);
    put_file(dir, "templates/a.yaml", "a: 1\n");
    MC_CLEANUP(chart_cleanup) struct chart *chart = NULL, *larger = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = render_release(dir, &chart), *again = NULL;
    json_auto_t *secret = NULL;
    bool trimmed = false;
    OK(release_to_secret(r, &secret, &trimmed, &err));
    assert_true(trimmed);
    OK(release_from_secret(secret, &again, &err));
    json_auto_t *stored = chart_of(again);
    assert_true(json_is_null(json_dig(stored, "files", NULL)));
    assert_int_equal(json_array_size(json_dig(stored, "templates", NULL)), 1);
    put_noise(dir, "templates/b.yaml", 1200000, 2);
    MC_CLEANUP(release_cleanup) struct release *too_large = render_release(dir, &larger);
    json_t *none = NULL;
    assert_int_equal(release_to_secret(too_large, &none, &trimmed, &err), -1);
    assert_non_null(strstr(err->message, "store release one: the release's record is"));
    error_clear(&err);
    rm_dir(dir);
}

/* Helm may come to keep more than is known here. */
static void a_rewritten_record_keeps_the_rest(void **state)
{
    (void)state;
    static const char text[] = "{\"name\":\"x\",\"info\":{\"status\":\"deployed\"},\"chart\":{"
                               "\"metadata\":{\"name\":\"c\"},"
                               "\"novel\":[1.50]},\"manifest\":\"a: "
                               "\\u0062\\n\",\"version\":3,\"namespace\":\"n\",\"later\":1e3}";
    struct error *err = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = NULL;
    AUTO_FREE char *inner = base64_encode_dup(text, strlen(text));
    AUTO_FREE char *outer = base64_encode_dup(inner, strlen(inner));
    json_auto_t *secret = json_pack("{s:{s:s}}", "data", "release", outer), *again = NULL;
    OK(release_from_secret(secret, &r, &err));
    release_superseded(r);
    OK(release_to_secret(r, &again, NULL, &err));
    AUTO_BUF packed = BUF_INIT, have = BUF_INIT, want = BUF_INIT;
    const char *data = json_dig_str(again, "data", "release", NULL);
    OK(base64_decode(&packed, data, strlen(data)));
    json_auto_t *record = NULL;
    OK(record_read(buf_str(&packed), packed.len, "x", RECORD_CHART | RECORD_MANIFEST, &record,
                   &err));
    assert_string_equal(json_dig_str(record, "info", "status", NULL), "superseded");
    json_object_del(record, "info");
    json_auto_t *rest = parse(text);
    json_object_del(rest, "info");
    json_write(&have, record, 0);
    json_write(&want, rest, 0);
    assert_string_equal(buf_str(&have), buf_str(&want));
}

static int read_record(const char *data, struct error **err)
{
    MC_CLEANUP(release_cleanup) struct release *r = NULL;
    AUTO_FREE char *outer = base64_encode_dup(data, strlen(data));
    json_auto_t *secret =
        json_pack("{s:{s:s}, s:{s:s}}", "metadata", "name", "s", "data", "release", outer);
    return release_from_secret(secret, &r, err);
}

static void damaged_records_are_errors(void **state)
{
    (void)state;
    struct error *err = NULL;
    struct release *r = NULL;
    json_auto_t *empty = json_object();
    FAILS(release_from_secret(empty, &r, &err), "Secret of a release holds no release");
    FAILS(read_record("***", &err), "Secret s: the record is no base64 text");
    FAILS(read_record("H4sIAAAA", &err), "Secret s: the record is no whole gzip stream");
    FAILS(read_record("e30=", &err), "Secret s: the record has no name");
    OK(read_record("eyJuYW1lIjoieCJ9", &err)); /* {"name":"x"}, as Helm wrote before compression */
}

static void ownership(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *object = parse("{\"kind\": \"Service\", \"metadata\": {\"name\": \"s\", "
                                "\"namespace\": \"n\", \"labels\": {\"a\": \"b\"}}}");
    FAILS(
        release_check_owner(object, "rel", "ns", &err),
        "Service \"s\" in namespace \"n\" exists and cannot be imported into the current release: "
        "invalid ownership metadata; label validation error: missing key "
        "\"app.kubernetes.io/managed-by\": must be set to \"Helm\"; annotation validation error: "
        "missing key \"meta.helm.sh/release-name\": must be set to \"rel\"; annotation validation "
        "error: missing key \"meta.helm.sh/release-namespace\": must be set to \"ns\"");
    release_own(object, "rel", "ns");
    OK(release_check_owner(object, "rel", "ns", &err));
    assert_string_equal(json_dig_str(object, "metadata", "labels", "a", NULL), "b");
    assert_int_equal(release_check_owner(object, "other", "ns", &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_non_null(strstr(err->message,
                           "; annotation validation error: key "
                           "\"meta.helm.sh/release-name\" must equal \"other\": current "
                           "value is \"rel\""));
    error_clear(&err);
}

/* Who may be applied over: helm's existingResourceConflict over what its record does not have. */
static void adoption(void **state)
{
    (void)state;
    static const struct {
        const char *owner;
        bool is_recorded, take_ownership;
        enum release_owner who;
        int want;
    } cases[] = {
        {"rel", false, false, RELEASE_OWNER_SELF, 0},
        {"rel", true, false, RELEASE_OWNER_SELF, 0},
        {NULL, false, false, RELEASE_OWNER_NONE, -1},
        {NULL, true, false, RELEASE_OWNER_NONE, 0},
        {NULL, false, true, RELEASE_OWNER_NONE, 0},
        {"base", false, false, RELEASE_OWNER_OTHER, -1},
        {"base", true, false, RELEASE_OWNER_OTHER, -1},
        {"base", false, true, RELEASE_OWNER_OTHER, 0},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct error *err = NULL;
        json_auto_t *live = parse("{\"kind\": \"Service\", \"metadata\": {\"name\": \"s\", "
                                  "\"labels\": {\"app.kubernetes.io/managed-by\": \"Helm\"}}}");
        if (cases[i].owner)
            release_own(live, cases[i].owner, "ns");
        assert_int_equal(release_owner_of(live, "rel", "ns"), cases[i].who);
        int rc = release_check_adopt(live, "rel", "ns", cases[i].is_recorded,
                                     cases[i].take_ownership, &err);
        assert_int_equal(rc, cases[i].want);
        if (rc < 0) {
            assert_int_equal(err->kind, ERROR_CONFLICT);
            assert_non_null(strstr(err->message, "cannot be imported into the current release"));
            assert_non_null(strstr(err->hint, cases[i].owner ? "release base in namespace ns has it"
                                                             : "nobody's mark is on it"));
        }
        error_free(err);
    }
    json_auto_t *elsewhere = parse("{\"metadata\": {}}");
    release_own(elsewhere, "rel", "another");
    assert_int_equal(release_owner_of(elsewhere, "rel", "ns"), RELEASE_OWNER_OTHER);
}

static void writes_are_bound_to_what_was_read(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secret = golden_secret("release/helm3.json"), *again = NULL, *bare = NULL;
    json_auto_t *live = parse("{\"metadata\": {\"uid\": \"u\", \"resourceVersion\": \"8\"}}");
    MC_CLEANUP(release_cleanup) struct release *r = NULL;
    json_put(secret, json_string("u"), "metadata", "uid", NULL);
    json_put(secret, json_string("7"), "metadata", "resourceVersion", NULL);
    OK(release_from_secret(secret, &r, &err));
    OK(release_to_secret(r, &again, NULL, &err));
    assert_string_equal(json_dig_str(again, "metadata", "uid", NULL), "u");
    assert_string_equal(json_dig_str(again, "metadata", "resourceVersion", NULL), "7");
    release_written(r, again, live);
    assert_string_equal(r->resource_version, "8");
    json_object_del(json_object_get(live, "metadata"), "uid");
    json_object_del(json_object_get(live, "metadata"), "resourceVersion");
    release_written(r, again, live);
    OK(release_to_secret(r, &bare, NULL, &err));
    assert_null(json_dig(bare, "metadata", "uid", NULL));
    assert_null(json_dig(bare, "metadata", "resourceVersion", NULL));
    assert_null(json_dig(bare, "metadata", "annotations", NULL));
}

/* Values of ours that leave no room are not kept: they then count as somebody else's. */
static void own_values_yield_to_the_record(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *secret = golden_secret("release/helm3.json"), *large = NULL, *small = NULL;
    MC_CLEANUP(release_cleanup) struct release *r = NULL, *again = NULL;
    AUTO_BUF text = BUF_INIT;
    OK(release_from_secret(secret, &r, &err));
    assert_null(r->own);
    buf_pad(&text, 'x', RELEASE_MAX_SECRET);
    r->own = json_pack("{s:s}", "a", buf_str(&text));
    OK(release_to_secret(r, &large, NULL, &err));
    assert_null(json_dig(large, "data", RELEASE_OWN_KEY, NULL));
    json_object_set_new(r->own, "a", json_integer(1));
    OK(release_to_secret(r, &small, NULL, &err));
    OK(release_from_secret(small, &again, &err));
    assert_json(again->own, "{\"a\": 1.0}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(helms_records_are_read),
        cmocka_unit_test(ours_has_the_keys_of_helms),
        cmocka_unit_test(a_new_record_is_complete),
        cmocka_unit_test(spare_parts_go_when_it_is_too_large),
        cmocka_unit_test(a_rewritten_record_keeps_the_rest),
        cmocka_unit_test(damaged_records_are_errors),
        cmocka_unit_test(ownership),
        cmocka_unit_test(adoption),
        cmocka_unit_test(writes_are_bound_to_what_was_read),
        cmocka_unit_test(own_values_yield_to_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
