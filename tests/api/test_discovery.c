/* What kinds a server has, in both forms of discovery, and what happens while they change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/apply.h"

static struct fakeapi_fixture x;

#define CRD                                                                                        \
    "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","           \
    "\"metadata\":{\"name\":\"gateways.networking.istio.io\"},\"spec\":{\"group\":"                \
    "\"networking.istio.io\",\"scope\":\"Namespaced\",\"names\":{\"plural\":\"gateways\","         \
    "\"kind\":\"Gateway\"},\"versions\":[{\"name\":\"v1\",\"served\":true},"                       \
    "{\"name\":\"v1beta1\",\"served\":true}]}}"
#define GATEWAY                                                                                    \
    "{\"apiVersion\":\"networking.istio.io/"                                                       \
    "v1\",\"kind\":\"Gateway\",\"metadata\":{\"name\":\"g\","                                      \
    "\"namespace\":\"default\"},\"spec\":{}}"

static void start(bool plain)
{
    fakeapi_fixture_start(
        &x, &(struct fakeapi_fixture_options){.api.plain_discovery = plain, .retry_for_ms = 3000});
}

static int start_aggregated(void **state)
{
    (void)state;
    start(false);
    return 0;
}

static int start_plain(void **state)
{
    (void)state;
    start(true);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static bool has(const char *name)
{
    bool answer = false;
    struct error *err = NULL;
    if (kube_has_api(x.client, name, &answer, &err) < 0)
        fail_msg("%s", err->message);
    return answer;
}

static void kinds_are_known(void **state)
{
    (void)state;
    assert_true(has("v1"));
    assert_true(has("v1/Secret"));
    assert_true(has("apps/v1"));
    assert_true(has("apps/v1/Deployment"));
    assert_true(has("autoscaling/v2/HorizontalPodAutoscaler"));
    assert_false(has("apps/v1beta1"));
    assert_false(has("apps/v1/Secret"));
    assert_false(has("networking.istio.io/v1/Gateway"));
    AUTO_STRLIST versions = STRLIST_INIT;
    struct error *err = NULL;
    assert_int_equal(kube_api_versions(x.client, &versions, &err), 0);
    assert_true(strlist_has(&versions, "policy/v1"));
    assert_true(strlist_has(&versions, "policy/v1/PodDisruptionBudget"));
}

static void aggregated_is_two_requests(void **state)
{
    (void)state;
    assert_true(has("apps/v1/Deployment"));
    assert_true(has("v1/Secret"));
    assert_int_equal(fakeapi_count(x.api, NULL, "*"), 2);
}

static void plain_asks_every_group(void **state)
{
    (void)state;
    assert_true(has("apps/v1/Deployment"));
    assert_int_equal(fakeapi_count(x.api, NULL, "/apis/apps/v1"), 1);
    assert_int_equal(fakeapi_count(x.api, NULL, "/api/v1"), 1);
}

/* As when the server behind an aggregated API is down. */
static void one_bad_group_is_bearable(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/apis/batch/v1", .status = 404});
    assert_true(has("apps/v1/Deployment"));
    assert_false(has("batch/v1/Job"));
}

/* One whose server is down is not waited for, but a connection that was lost is no answer. */
static void lost_group_is_tried_again(void **state)
{
    (void)state;
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.path = "/apis/apps/v1", .times = 1, .fault = FAKEAPI_CUT});
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/apis/batch/v1", .status = 503});
    assert_true(has("apps/v1/Deployment"));
    assert_false(has("batch/v1/Job"));
    assert_int_equal(fakeapi_count(x.api, NULL, "/apis/apps/v1"), 2);
}

static void lost_discovery_is_tried_again(void **state)
{
    (void)state;
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/apis", .times = 1, .fault = FAKEAPI_CUT});
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api", .times = 1, .status = 503});
    assert_true(has("apps/v1/Deployment"));
}

static void unknown_kind(void **state)
{
    (void)state;
    json_auto_t *object = json_loads(GATEWAY, 0, NULL);
    struct kube_apply_options options = {0};
    enum kube_applied applied;
    AUTO_ERROR struct error *err = NULL;
    assert_int_equal(kube_apply(x.client, object, &options, &applied, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_non_null(strstr(
        err->message, "no matches for kind \"Gateway\" in version \"networking.istio.io/v1\""));
}

/* A CRD and its first object in one run: the kind was unknown a moment ago. */
static void kind_that_was_just_installed(void **state)
{
    (void)state;
    assert_false(has("networking.istio.io/v1/Gateway"));
    json_auto_t *crd = json_loads(CRD, 0, NULL);
    json_auto_t *gateway = json_loads(GATEWAY, 0, NULL);
    struct kube_apply_options options = {0};
    enum kube_applied applied;
    struct error *err = NULL;
    assert_int_equal(kube_apply(x.client, crd, &options, &applied, &err), 0);
    assert_int_equal(applied, KUBE_CREATED);
    int64_t began = clock_now_ms();
    if (kube_apply(x.client, gateway, &options, &applied, &err) < 0)
        fail_msg("%s", err->message);
    assert_int_equal(applied, KUBE_CREATED);
    assert_in_range(clock_now_ms() - began, 0, 20000);
    assert_true(has("networking.istio.io/v1beta1/Gateway"));
    json_auto_t *live = fakeapi_object(x.api, "/apis/networking.istio.io/v1/namespaces/default/"
                                              "gateways/g");
    assert_non_null(live);
}

static void version_is_told(void **state)
{
    (void)state;
    struct kube_version version;
    struct error *err = NULL;
    assert_int_equal(kube_server_version(x.client, &version, &err), 0);
    assert_string_equal(version.git_version, "v1.33.4-fake");
    assert_string_equal(version.minor, "33");
    kube_version_release(&version);
}

#define AGGREGATED(f) cmocka_unit_test_setup_teardown(f, start_aggregated, tear_down)
#define PLAIN(f) cmocka_unit_test_setup_teardown(f, start_plain, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        AGGREGATED(kinds_are_known),
        PLAIN(kinds_are_known),
        AGGREGATED(aggregated_is_two_requests),
        PLAIN(plain_asks_every_group),
        PLAIN(one_bad_group_is_bearable),
        PLAIN(lost_group_is_tried_again),
        AGGREGATED(lost_discovery_is_tried_again),
        PLAIN(lost_discovery_is_tried_again),
        AGGREGATED(unknown_kind),
        PLAIN(unknown_kind),
        AGGREGATED(kind_that_was_just_installed),
        PLAIN(kind_that_was_just_installed),
        AGGREGATED(version_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
