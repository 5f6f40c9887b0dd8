/* Waiting for a Deployment on a server: what an earlier run has left, and what waiting cannot cure.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/wait.h"

#define DEPLOYMENT "/apis/apps/v1/namespaces/default/deployments/d"
#define EXCEEDED(when)                                                                             \
    "{\"status\":{\"observedGeneration\":1,\"replicas\":1,\"updatedReplicas\":1,\"conditions\":["  \
    "{\"type\":\"Progressing\",\"status\":\"False\",\"reason\":\"ProgressDeadlineExceeded\","      \
    "\"lastUpdateTime\":\"" when "\"}]}}"
#define POD(state)                                                                                 \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"d-1\",\"namespace\":"        \
    "\"default\",\"labels\":{\"app\":\"d\"}},\"status\":{\"phase\":\"Pending\","                   \
    "\"containerStatuses\":[{\"name\":\"c\",\"ready\":false," state "}]}}"

static struct fakeapi_fixture x;
static pthread_t worker;
static bool working;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, &(struct fakeapi_fixture_options){.api.lifeless = true});
    fakeapi_put(x.api, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":"
                       "\"d\",\"namespace\":\"default\"},\"spec\":{\"selector\":{\"matchLabels\":{"
                       "\"app\":\"d\"}}}}");
    fakeapi_patch(x.api, DEPLOYMENT, EXCEEDED("2026-01-01T00:00:00Z"));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    if (working)
        pthread_join(worker, NULL);
    working = false;
    fakeapi_fixture_stop(&x);
    return 0;
}

static void meanwhile(void *(*act)(void *))
{
    working = pthread_create(&worker, NULL, act, NULL) == 0;
    assert_true(working);
}

static int wait_for_d(int64_t ms, struct error **err)
{
    struct kube_wait wait = {.ref = {"apps/v1", "Deployment", "default", "d"},
                             .deadline_ms = clock_now_ms() + ms,
                             .predicate = kube_is_available};
    return kube_wait(x.client, &wait, NULL, err);
}

static void *become_available(void *arg)
{
    (void)arg;
    usleep(700000);
    fakeapi_patch(x.api, DEPLOYMENT, "{\"status\":{\"availableReplicas\":1}}");
    return NULL;
}

static void *exceed_again(void *arg)
{
    (void)arg;
    usleep(700000);
    fakeapi_patch(x.api, DEPLOYMENT, EXCEEDED("2026-01-02T00:00:00Z"));
    return NULL;
}

/* The same command again, after its first run had waited in vain. */
static void a_failure_of_the_last_run(void **state)
{
    (void)state;
    struct error *err = NULL;
    fakeapi_put(x.api, POD("\"state\":{\"waiting\":{\"reason\":\"ContainerCreating\"}}"));
    meanwhile(become_available);
    if (wait_for_d(20000, &err) < 0)
        fail_msg("%s", err->message);
}

static void a_failure_of_this_run(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    int64_t began = clock_now_ms();
    meanwhile(exceed_again);
    assert_int_equal(wait_for_d(20000, &err), -1);
    assert_true(clock_now_ms() - began < 15000);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_non_null(strstr(err->message, "it made no progress in its time"));
    /* Another --timeout is no help: there is a hint already. */
    assert_non_null(err->hint);
}

/* Not the time-out of the wait, but what stands for 15 s; and its own words. */
static void a_crash_that_stands(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    fakeapi_put(x.api,
                POD("\"lastState\":{\"terminated\":{\"exitCode\":1}},\"state\":{\"waiting\":{"
                    "\"reason\":\"CrashLoopBackOff\"}}"));
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = "/api/v1/namespaces/default/pods/d-1/log",
                                              .query = "previous=true",
                                              .body = "info\tup\nerror\tno such root\n"});
    int64_t began = clock_now_ms();
    assert_int_equal(wait_for_d(60000, &err), -1);
    assert_in_range(clock_now_ms() - began, 14000, 22000);
    assert_int_equal(err->kind, ERROR_CHECK);
    assert_string_equal(err->message,
                        "west: wait for Deployment default/d: waiting will not help: 0 of 1 ready: "
                        "pod d-1: c: CrashLoopBackOff (exit code 1); its log says: error no such "
                        "root");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_failure_of_the_last_run),
        CASE(a_failure_of_this_run),
        CASE(a_crash_that_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
