/* Waiting for a Job: its pods' words until it ends, and when it failed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fakeapi_fixture.h"
#include "meshctl/base/clock.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/wait.h"

#define JOB "/apis/batch/v1/namespaces/default/jobs/j"
#define POD "/api/v1/namespaces/default/pods/j-1"

static struct fakeapi_fixture x;

static void put_pod(const char *phase, const char *state)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"j-1\",\"namespace\":"
        "\"default\",\"labels\":{\"of\":\"j\"}},\"status\":{\"phase\":\"%s\","
        "\"containerStatuses\":[{\"name\":\"c\",\"ready\":false,\"state\":{%s}}]}}",
        phase, state);
    fakeapi_put(x.api, text);
}

static void end_job(const char *type)
{
    AUTO_FREE char *text = mem_printf(
        "{\"status\":{\"conditions\":[{\"type\":\"%s\",\"status\":\"True\",\"reason\":"
        "\"BackoffLimitExceeded\",\"message\":\"Job has reached the specified backoff limit\"}]}}",
        type);
    fakeapi_patch(x.api, JOB, text);
}

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, &(struct fakeapi_fixture_options){.api.lifeless = true});
    fakeapi_put(x.api, "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"j\","
                       "\"namespace\":\"default\"},\"spec\":{\"selector\":{\"matchLabels\":{"
                       "\"of\":\"j\"}}}}");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static int wait_for(const char *api_version, const char *kind, const char *name, int64_t ms,
                    struct error **err)
{
    struct kube_wait wait = {.ref = {api_version, kind, "default", name},
                             .deadline_ms = clock_now_ms() + ms,
                             .predicate = kube_has_ended};
    return kube_wait(x.client, &wait, NULL, err);
}

static int wait_for_j(int64_t ms, struct error **err)
{
    return wait_for("batch/v1", "Job", "j", ms, err);
}

static void it_ends_well(void **state)
{
    (void)state;
    struct error *err = NULL;
    put_pod("Succeeded", "\"terminated\":{\"exitCode\":0}");
    end_job("Complete");
    if (wait_for_j(5000, &err) < 0)
        fail_msg("%s", err->message);
    if (wait_for("v1", "Pod", "j-1", 5000, &err) < 0)
        fail_msg("%s", err->message);
}

static void its_failure_comes_with_its_pods_words(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL, *of_pod = NULL;
    put_pod("Failed", "\"terminated\":{\"exitCode\":3,\"reason\":\"Error\"}");
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = POD "/log",
                                              .body = "looking\nerror: no such table\nbye\n"});
    end_job("Failed");
    assert_int_equal(wait_for_j(5000, &err), -1);
    assert_int_equal(err->kind, ERROR_REMOTE);
    assert_string_equal(err->message,
                        "west: wait for Job default/j: it failed: BackoffLimitExceeded: Job has "
                        "reached the specified backoff limit: pod j-1: c: Error (exit code 3); its "
                        "log says: error: no such table");
    /* A pod that is a hook itself. */
    assert_int_equal(wait_for("v1", "Pod", "j-1", 5000, &of_pod), -1);
    assert_string_equal(of_pod->message, "west: wait for Pod default/j-1: it failed: pod j-1: c: "
                                         "Error (exit code 3); its log says: error: no such table");
}

/* Such as one whose pods would have been started again: the Job deletes them. */
static void a_failure_without_pods_is_told_too(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL, *gone = NULL;
    end_job("Failed");
    assert_int_equal(wait_for_j(5000, &err), -1);
    assert_non_null(strstr(err->message, "it failed: BackoffLimitExceeded: Job has reached the"));
    fakeapi_remove(x.api, JOB);
    assert_int_equal(wait_for_j(5000, &gone), -1);
    assert_non_null(strstr(gone->message, "it is gone"));
}

static void what_it_waits_for_is_said(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    put_pod("Pending", "\"waiting\":{\"reason\":\"CrashLoopBackOff\"}");
    assert_int_equal(wait_for_j(1000, &err), -1);
    assert_int_equal(err->kind, ERROR_TIMEOUT);
    assert_non_null(strstr(err->message, "it has not ended yet: pod j-1: c: CrashLoopBackOff"));
}

/* A Job starts a crashed container again as often as it says; an image that is not there it can only
 * ask for again. */
static void an_image_that_is_not_there(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    put_pod("Pending", "\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":\"no such\"}");
    int64_t began = clock_now_ms();
    assert_int_equal(wait_for_j(60000, &err), -1);
    assert_in_range(clock_now_ms() - began, 14000, 22000);
    assert_int_equal(err->kind, ERROR_CHECK);
    assert_non_null(strstr(err->message, "waiting will not help: pod j-1: c: ImagePullBackOff"));
    assert_non_null(strstr(err->hint, "--hub"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_ends_well),
        CASE(its_failure_comes_with_its_pods_words),
        CASE(a_failure_without_pods_is_told_too),
        CASE(what_it_waits_for_is_said),
        CASE(an_image_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
