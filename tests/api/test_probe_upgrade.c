/* Before and after another version of Istio: which step is one too far, and whose proxies are of the former one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/upgrade.h"

static struct fakeapi_fixture x;
static struct mesh *mesh;
static struct facts west, *facts[1] = {&west};
static struct facts_istiod istiod;
static struct probe probe;
/* As facts own them. */
static char namespace_[] = "istio-system", version[] = "1.30.2", earlier[] = "1.26.0";
static char major[] = "1", minor[] = "34", git_version[] = "v1.34.4";

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(
        &x, &(struct fakeapi_fixture_options){.api.lifeless = true, .retry_for_ms = -1});
    mesh = mesh_new();
    mesh_add_member(mesh, "west", NULL, NULL);
    istiod = (struct facts_istiod){.namespace_ = namespace_, .version = version};
    west = (struct facts){.istiods = &istiod, .istiods_count = 1};
    west.version.major = major;
    west.version.minor = minor;
    west.version.git_version = git_version;
    probe =
        (struct probe){.client = x.client, .mesh = mesh, .facts = facts, .findings = json_array()};
    fakeapi_put(x.api, "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
                       "\"shop\"}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(probe.findings);
    mesh_free(mesh);
    fakeapi_fixture_stop(&x);
    return 0;
}

/* The level of the newest row of that id; NULL without one. */
static const char *level_of(const char *id)
{
    const char *level = NULL;
    size_t i;
    json_t *row;
    json_array_foreach(probe.findings, i, row)
        if (text_equal(json_dig_str(row, "id", NULL), id))
            level = json_dig_str(row, "level", NULL);
    return level;
}

static void one_minor_version_at_a_time(void **state)
{
    (void)state;
    static const struct {
        const char *to, *level;
    } rows[] = {
        {"1.30.5", "ok"},    {"1.31.0", "ok"},    {"1.31.0-rc.0", "ok"}, {"1.29.9", "ok"},
        {"1.32.0", "error"}, {"1.28.0", "error"}, {"2.31.0", "error"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        json_array_clear(probe.findings);
        upgrade_check(&probe, rows[i].to);
        if (!text_equal(level_of("MC806"), rows[i].level))
            fail_msg("to %s: %s", rows[i].to, level_of("MC806"));
    }
}

/* Istio 1.25 is made for Kubernetes 1.29 to 1.32 (istio.io's table of supported releases). */
static void the_target_decides_about_kubernetes(void **state)
{
    (void)state;
    istiod.version = earlier;
    upgrade_check(&probe, "1.25.0");
    assert_string_equal(level_of("MC108"), "warning");
    upgrade_check(&probe, "1.31.0");
    assert_string_equal(level_of("MC108"), "ok");
}

/* `owner`: of the pod, "ReplicaSet/web-5c9", or NULL; `containers`: "containers" or "initContainers". */
static void put_pod(const char *name, const char *owner, const char *containers, const char *image,
                    bool is_proxied)
{
    AUTO_FREE char *kind = owner ? mem_strndup(owner, strcspn(owner, "/")) : NULL;
    AUTO_FREE char *owners =
        owner ? mem_printf(",\"ownerReferences\":[{\"apiVersion\":\"apps/v1\",\"kind\":\"%s\","
                           "\"name\":\"%s\",\"uid\":\"u\"}]",
                           kind, strchr(owner, '/') + 1)
              : mem_strdup("");
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":"
        "\"shop\",\"labels\":{\"pod-template-hash\":\"5c9\"%s}%s},\"spec\":{\"%s\":[{\"name\":"
        "\"app\",\"image\":\"x:1\"},{\"name\":\"istio-proxy\",\"image\":\"%s\"}]}}",
        name, is_proxied ? ",\"service.istio.io/canonical-name\":\"web\"" : "", owners, containers,
        image);
    fakeapi_put(x.api, text);
}

static void former_proxies_are_listed_by_workload(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *rows = NULL;
    put_pod("db-0", "StatefulSet/db", "initContainers", "hub/proxyv2:1.29.0@sha256:1", true);
    put_pod("lonely", NULL, "containers", "proxyv2:1.30.2", true);
    put_pod("web-5c9-a", "ReplicaSet/web-5c9", "containers", "hub:5000/proxyv2:1.30.2", true);
    put_pod("web-5c9-b", "ReplicaSet/web-5c9", "containers", "hub:5000/proxyv2:1.30.2", true);
    put_pod("web-5c9-c", "ReplicaSet/web-5c9", "containers", "hub:5000/proxyv2:1.31.0", true);
    put_pod("untold", NULL, "containers", "hub:5000/proxyv2@sha256:1", true);
    put_pod("stranger", NULL, "containers", "hub/proxyv2:1.30.2", false);
    assert_int_equal(upgrade_find_outdated(&probe, "1.31.0", &rows, &err), 0);
    AUTO_FREE char *text = json_dumps(rows, JSON_SORT_KEYS);
    assert_string_equal(
        text,
        "[{\"cluster\": \"west\", \"namespace\": \"shop\", \"pods\": 1, \"restart\": \"kubectl "
        "rollout restart statefulset/db -n shop\", \"version\": \"1.29.0\", \"workload\": "
        "\"statefulset/db\"}, {\"cluster\": \"west\", \"namespace\": \"shop\", \"pods\": 1, "
        "\"restart\": null, \"version\": \"1.30.2\", \"workload\": null}, {\"cluster\": \"west\", "
        "\"namespace\": \"shop\", \"pods\": 2, \"restart\": \"kubectl rollout restart "
        "deployment/web -n shop\", \"version\": \"1.30.2\", \"workload\": \"deployment/web\"}]");
    assert_string_equal(level_of("MC807"), "warning");
}

static void none_is_left(void **state)
{
    (void)state;
    struct error *err = NULL;
    json_auto_t *rows = NULL;
    put_pod("web-5c9-c", "ReplicaSet/web-5c9", "containers", "hub/proxyv2:1.31.0", true);
    assert_int_equal(upgrade_find_outdated(&probe, "1.31.0", &rows, &err), 0);
    assert_int_equal(json_array_size(rows), 0);
    assert_string_equal(level_of("MC807"), "ok");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(one_minor_version_at_a_time),
        CASE(the_target_decides_about_kubernetes),
        CASE(former_proxies_are_listed_by_workload),
        CASE(none_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
