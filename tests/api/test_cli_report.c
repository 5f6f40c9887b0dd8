/* report as the person meets it who sends the archive, and as the one who opens it: what it holds of
 * every cluster that answers, what it says of the others, and that no secret of either is in it. */
#include "cli_fixture.h"

#include <ftw.h>
#include <sys/stat.h>

#include "meshctl/base/base64.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/text.h"

#define POD "istiod-abc"
#define LOG_PATH "/api/v1/namespaces/istio-system/pods/" POD "/log"
#define PEM_LINE "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
#define JWT                                                                                        \
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IiJ9.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50In0."            \
    "c2lnbmF0dXJl"

/* What stands in objects and logs, none of which may be passed on. */
static const char *const planted[] = {"hunter2-in-an-environment",
                                      "hunter2-in-last-applied",
                                      "hunter2-in-a-config-map",
                                      "hunter2-in-a-bearer",
                                      "hunter2-in-an-address",
                                      PEM_LINE,
                                      JWT};

static const char log_text[] =
    "2026-11-29T02:00:00Z\tinfo\tready for pushes\n"
    "2026-11-29T02:00:01Z\tinfo\tAuthorization: Bearer hunter2-in-a-bearer\n"
    "2026-11-29T02:00:02Z\tinfo\tgot " JWT "\n"
    "2026-11-29T02:00:03Z\twarn\tdial https://admin:hunter2-in-an-address@db:5432/\n"
    "-----BEGIN PRIVATE KEY-----\n" PEM_LINE "\n-----END PRIVATE KEY-----\n"
    "2026-11-29T02:00:04Z\tinfo\tthe end\n";

static void plant(struct fakeapi *api)
{
    fakeapi_put(api, "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"" POD
                     "\", \"namespace\": \"istio-system\", \"labels\": {\"app\": \"istiod\"}}, "
                     "\"spec\": {\"containers\": [{\"name\": \"discovery\", \"env\": [{\"name\": "
                     "\"DB_PASSWORD\", \"value\": \"hunter2-in-an-environment\"}]}]}, \"status\": "
                     "{\"phase\": \"Pending\"}}");
    fakeapi_put(api, "{\"apiVersion\": \"v1\", \"kind\": \"Secret\", \"metadata\": {\"name\": "
                     "\"applied\", \"namespace\": \"istio-system\", \"annotations\": "
                     "{\"kubectl.kubernetes.io/last-applied-configuration\": "
                     "\"{\\\"data\\\": \\\"hunter2-in-last-applied\\\"}\"}}, \"data\": {\"key\": "
                     "\"aHVudGVyMi1pbi1hLXNlY3JldA==\"}}");
    fakeapi_put(api, "{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {\"name\": "
                     "\"settings\", \"namespace\": \"istio-system\"}, \"data\": {\"file\": "
                     "\"user: me\\npassword: hunter2-in-a-config-map\\n\", \"plain\": "
                     "\"what may be seen\"}}");
    fakeapi_add(api, &(struct fakeapi_rule){.path = LOG_PATH, .body = log_text});
}

static int set_up(void **state)
{
    set_up_clusters(state);
    clusters_up(&c);
    for (size_t i = 0; i < c.count; i++)
        plant(c.apis[i]);
    return 0;
}

/* ---- what is in it ---------------------------------------------------------------------------- */

static struct buf everything; /* "path\ncontent" of each file */

static int add_file(const char *path, const struct stat *st, int type, struct FTW *at)
{
    struct error *err = NULL;
    (void)st;
    (void)at;
    if (type != FTW_F)
        return 0;
    buf_appendf(&everything, "\n%s\n", path);
    must(fs_read(path, (size_t)16 << 20, &everything, &err), &err);
    return 0;
}

/* Unpacks it with tar, as whoever gets it would. */
static void unpack(const char *archive)
{
    AUTO_FREE char *line = mem_printf("mkdir opened && tar xzf %s -C opened", archive);
    assert_int_equal(system(line), 0);
    buf_clear(&everything);
    assert_int_equal(nftw("opened", add_file, 8, FTW_PHYS), 0);
}

static bool holds(const char *what)
{
    return memmem(everything.data, everything.len, what, strlen(what)) != NULL;
}

static void must_hold(const char *what)
{
    if (!holds(what))
        fail_msg("\"%s\" is missing", what);
}

static void must_not_hold(const char *what, const char *why)
{
    if (holds(what))
        fail_msg("%s is in it: %s", why, what);
}

/* Each value of each Secret of the cluster, as it is stored and as it is meant, and of texts each line
 * that is not a certificate's. */
static void no_secret_of(struct fakeapi *api)
{
    json_auto_t *objects = fakeapi_objects(api);
    const char *path, *key;
    json_t *object, *value;
    size_t count = 0;
    json_object_foreach(objects, path, object) {
        if (!strstr(path, "/secrets/"))
            continue;
        json_object_foreach(json_object_get(object, "data"), key, value) {
            AUTO_BUF plain = BUF_INIT;
            const char *text = json_string_value(value);
            bool is_public = strstr(key, "cert") || strcmp(key, "ca.crt") == 0;
            if (is_public || strlen(text) < 16)
                continue;
            count++;
            must_not_hold(text, path);
            assert_int_equal(base64_decode(&plain, text, strlen(text)), 0);
            must_not_hold(buf_str(&plain), path);
        }
    }
    assert_true(count > 3);
}

static void nothing_secret_is_passed_on(void **state)
{
    (void)state;
    struct stat st;
    AUTO_OUTCOME o = run("report -q --to out.tar.gz", 0);
    assert_string_equal(o.out, "out.tar.gz\n");
    assert_int_equal(stat("out.tar.gz", &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    unpack("out.tar.gz");
    for (size_t i = 0; i < MC_ARRAY_LEN(planted); i++)
        must_not_hold(planted[i], "what was planted");
    must_not_hold("BEGIN PRIVATE KEY", "a key");
    for (size_t i = 0; i < c.count; i++)
        no_secret_of(c.apis[i]);
    /* Nothing was masked that may be seen, and the names of what was are there. */
    must_hold("/west/objects/istio-system/Pod.yaml\n");
    must_hold("/east/logs/istio-system/" POD "/discovery.log\n");
    must_hold("ready for pushes\n***\n***\n***\n***\n***\n***\n");
    must_hold("the end\n");
    must_hold("name: DB_PASSWORD");
    must_hold("what may be seen");
    must_hold("name: cacerts");
    must_hold("name: istio-remote-secret-east-cluster");
}

static void it_holds_what_check_and_status_say(void **state)
{
    (void)state;
    int before = clusters_writes(&c);
    AUTO_OUTCOME o = run("report --to out.tar.gz", 0);
    assert_non_null(strstr(o.err, "look through it before you pass it on"));
    unpack("out.tar.gz");
    must_hold("/check.json\n{\n  \"apiVersion\": \"meshctl.io/v1\",\n  \"kind\": \"Check\"");
    must_hold("/status.json\n{\n  \"apiVersion\": \"meshctl.io/v1\",\n  \"kind\": \"MeshStatus\"");
    must_hold("/contents.json\n{\n  \"apiVersion\": \"meshctl.io/v1\",\n  \"kind\": "
              "\"ReportContents\"");
    must_hold("/mesh.svg\n<svg xmlns=");
    must_hold("/index.html\n<!doctype html>");
    must_hold("<a href=\"west/objects/istio-system/Pod.yaml\">");
    must_hold("MC604 west sync, istiod");
    assert_int_equal(clusters_writes(&c), before);
}

static void a_cluster_that_is_away_stops_nothing(void **state)
{
    (void)state;
    fakeapi_clear_rules(c.apis[1]);
    fakeapi_add(c.apis[1], &(struct fakeapi_rule){.path = "*", .status = 403});
    AUTO_OUTCOME o = run("report -o json --to out.tar.gz", 0);
    struct error *err = NULL;
    json_auto_t *doc = NULL;
    must(json_read(o.out, strlen(o.out), "stdout", &doc, &err), &err);
    assert_string_equal(json_dig_str(doc, "kind", NULL), "ReportArchive");
    assert_true(text_has_prefix(json_dig_str(doc, "missing", "0", NULL), "east: anything: "));
    unpack("out.tar.gz");
    must_hold("/west/objects/istio-system/Pod.yaml\n");
    must_not_hold("/east/objects", "the cluster that did not answer");
    must_hold("east: anything: ");
}

/* One kind that may not be read, one log that is not there. */
static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    fakeapi_clear_rules(c.apis[0]);
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){.path = "/api/v1/nodes", .status = 403});
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){.path = LOG_PATH, .status = 400});
    AUTO_OUTCOME o = run("report --to out.tar.gz", 0);
    assert_non_null(strstr(o.err, "what could not be had stands in contents.json: 2"));
    unpack("out.tar.gz");
    must_hold("west: objects Node: west: list Node");
    must_hold("west: log: west: read the log of Pod istio-system/" POD);
    must_hold("/east/objects/Namespace.yaml\n");
}

static void what_cannot_be_written_leaves_nothing(void **state)
{
    (void)state;
    AUTO_OUTCOME o = run("report --to nowhere/out.tar.gz", 1);
    assert_non_null(strstr(o.err, "--to: "));
    assert_int_equal(access("nowhere", F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_secret_is_passed_on, set_up, tear_down_clusters),
        cmocka_unit_test_setup_teardown(it_holds_what_check_and_status_say, set_up,
                                        tear_down_clusters),
        cmocka_unit_test_setup_teardown(a_cluster_that_is_away_stops_nothing, set_up,
                                        tear_down_clusters),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_said, set_up, tear_down_clusters),
        cmocka_unit_test_setup_teardown(what_cannot_be_written_leaves_nothing, set_up,
                                        tear_down_clusters),
    };
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    buf_release(&everything);
    return rc;
}
