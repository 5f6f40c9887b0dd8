/* Runs that do not end well, and two at once: what they leave is what Helm and the next run can go on
 * from. */
#include <pthread.h>

#include "meshctl/base/clock.h"
#include "meshctl/helm/release.h"
#include "scratch.h"
#include "steps_fixture.h"

#define ISTIO "/api/v1/namespaces/istio-system"
#define DEPLOYMENT "/apis/apps/v1/namespaces/istio-system/deployments/istiod"
#define LEASE "/apis/coordination.k8s.io/v1/namespaces/istio-system/leases/meshctl"
#define LEASE_OF(SPEC)                                                                             \
    "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":"        \
    "\"meshctl\",\"namespace\":\"istio-system\"},\"spec\":{" SPEC "}}"

static struct clusters c;

static int set_up(void **state)
{
    (void)state;
    clusters_start(&c, 2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    clusters_stop(&c);
    return 0;
}

static void ended_with(const struct run_result *o, enum error_kind kind, const char *id)
{
    assert_non_null(o->error);
    if (o->error->kind != kind || (id && (!o->error->id || strcmp(o->error->id, id) != 0)))
        fail_msg("%s %s: %s", error_kind_name(o->error->kind), o->error->id, o->error->message);
}

/* The revision of a release in west has that status and description. */
static void record_of_is(const char *namespace_, const char *name, int revision,
                         enum release_status status, const char *description)
{
    MC_CLEANUP(release_cleanup) struct release *record = NULL;
    struct error *err = NULL;
    AUTO_FREE char *path = mem_printf("/api/v1/namespaces/%s/secrets/sh.helm.release.v1.%s.v%d",
                                      namespace_, name, revision);
    json_auto_t *secret = fakeapi_object(c.apis[0], path);
    assert_non_null(secret);
    must(release_from_secret(secret, &record, &err), &err);
    assert_string_equal(release_status_name(record->status), release_status_name(status));
    if (!strstr(record->description, description))
        fail_msg("%s", record->description);
    assert_null(record->holder);
}

static void record_is(int revision, enum release_status status, const char *description)
{
    record_of_is("istio-system", "istiod", revision, status, description);
}

static void nobody_holds_the_lock(void)
{
    for (size_t at = 0; at < c.count; at++) {
        json_auto_t *lease = fakeapi_object(c.apis[at], LEASE);
        const char *holder = json_dig_str(lease, "spec", "holderIdentity", NULL);
        if (holder && *holder)
            fail_msg("%s holds the lock of cluster %zu", holder, at);
    }
}

/* ---- the lock -------------------------------------------------------------------------------- */

static void the_lock_is_taken_and_given_back(void **state)
{
    (void)state;
    clusters_up(&c);
    for (size_t at = 0; at < c.count; at++) {
        AUTO_FREE char *made = fakeapi_request_dup(
            c.apis[at], "POST", "/apis/coordination.k8s.io/v1/namespaces/istio-system/leases", 0);
        assert_non_null(made);
        assert_non_null(strstr(made, "\"holderIdentity\":"));
        assert_non_null(strstr(made, "\"meshctl.io/mesh\":\"mesh\""));
    }
    nobody_holds_the_lock();
}

static void a_list_takes_no_lock(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &plan_options, &o);
    run_ended_well(&o);
    assert_int_equal(fakeapi_count(c.apis[0], "POST", "/apis/coordination.k8s.io/v1/namespaces/*"),
                     0);
}

/* Somebody renews it while this run looks. */
static void *renew(void *arg)
{
    for (int i = 0; i < 40; i++) {
        AUTO_FREE char *patch =
            mem_printf("{\"spec\":{\"renewTime\":\"2026-08-14T09:02:%02d.000000Z\"}}", i);
        fakeapi_patch(arg, LEASE, patch);
        usleep(100000);
    }
    return NULL;
}

static void a_busy_cluster_is_told_with_its_holder(void **state)
{
    (void)state;
    pthread_t thread;
    fakeapi_put(c.apis[1], LEASE_OF("\"holderIdentity\":\"kim@ops/1\",\"leaseDurationSeconds\":30,"
                                    "\"acquireTime\":\"2026-08-14T09:00:00.000000Z\","
                                    "\"renewTime\":\"2026-08-14T09:00:00.000000Z\""));
    assert_int_equal(pthread_create(&thread, NULL, renew, c.apis[1]), 0);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    pthread_join(thread, NULL);
    ended_with(&o, ERROR_CHECK, "MC104");
    assert_non_null(strstr(o.error->message, "east: kim@ops"));
    assert_non_null(strstr(o.error->message, "2026-08-14T09:00:00"));
    json_auto_t *lease = fakeapi_object(c.apis[1], LEASE);
    assert_string_equal(json_dig_str(lease, "spec", "holderIdentity", NULL), "kim@ops/1");
    json_auto_t *record = fakeapi_object(c.apis[0], ISTIO "/secrets/sh.helm.release.v1.istiod.v1");
    assert_null(record);
    json_auto_t *own = fakeapi_object(c.apis[0], LEASE);
    assert_null(json_string_value(json_dig(own, "spec", "holderIdentity", NULL)));
}

static void leave_lock(size_t at)
{
    fakeapi_put(c.apis[at], LEASE_OF("\"holderIdentity\":\"kim@ops/1\",\"leaseDurationSeconds\":1,"
                                     "\"acquireTime\":\"2026-08-14T09:00:00.000000Z\","
                                     "\"renewTime\":\"2026-08-14T09:00:00.000000Z\""));
}

static void a_dead_runs_lock_is_taken_over(void **state)
{
    (void)state;
    leave_lock(1);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    run_ended_well(&o);
    assert_true(has_event(&o, "kim@ops"));
    nobody_holds_the_lock();
}

/* The second one has run out while the first was waited for. */
static void a_dead_runs_locks_are_waited_for_once(void **state)
{
    (void)state;
    int waits = 0;
    leave_lock(0);
    leave_lock(1);
    AUTO_RUN_RESULT o = {0};
    run_steps(&c, &up_options, &o);
    run_ended_well(&o);
    for (size_t i = 0; i < o.events.count; i++)
        waits += strstr(o.events.items[i], "looking whether that run is alive") != NULL;
    assert_int_equal(waits, 1);
    nobody_holds_the_lock();
}

static void *up_beside(void *arg)
{
    run_steps(&c, &up_options, arg);
    return NULL;
}

/* One at the least goes through; who comes too late is told so, and has spoilt nothing. */
static void two_runs_at_once(void **state)
{
    (void)state;
    pthread_t thread;
    AUTO_RUN_RESULT a = {0}, b = {0}, after = {0};
    assert_int_equal(pthread_create(&thread, NULL, up_beside, &a), 0);
    run_steps(&c, &up_options, &b);
    pthread_join(thread, NULL);
    if (a.error && b.error)
        fail_msg("%s; %s", a.error->message, b.error->message);
    const struct error *e = a.error ? a.error : b.error;
    if (e && (!e->id || strcmp(e->id, "MC104") != 0))
        fail_msg("%s", e->message);
    nobody_holds_the_lock();
    record_is(1, RELEASE_DEPLOYED, "Install complete");
    json_auto_t *second = fakeapi_object(c.apis[0], ISTIO "/secrets/sh.helm.release.v1.istiod.v2");
    assert_null(second);
    run_steps(&c, &plan_options, &after);
    run_ended_well(&after);
    assert_false(steps_differ(after.steps));
}

/* ---- failures -------------------------------------------------------------------------------- */

/* A refused write; dry runs pass. */
static void refuse_at(size_t at, const char *method, const char *path)
{
    fakeapi_add(c.apis[at],
                &(struct fakeapi_rule){.method = method,
                                       .path = path,
                                       .status = 422,
                                       .body = "{\"kind\":\"Status\",\"apiVersion\":\"v1\","
                                               "\"status\":\"Failure\",\"message\":\"no "
                                               "such image\",\"reason\":\"Invalid\","
                                               "\"code\":422}"});
}

static void refuse(const char *method, const char *path)
{
    refuse_at(0, method, path);
}

static void a_failed_run_leaves_a_failed_record(void **state)
{
    (void)state;
    refuse("PATCH", DEPLOYMENT);
    AUTO_RUN_RESULT o = {0}, listed = {0}, again = {0};
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "no such image"));
    record_is(1, RELEASE_FAILED, "no such image");
    nobody_holds_the_lock();
    fakeapi_clear_rules(c.apis[0]);
    run_steps(&c, &plan_options, &listed);
    run_ended_well(&listed);
    assert_true(steps_differ(listed.steps));
    run_steps(&c, &up_options, &again);
    run_ended_well(&again);
    record_is(1, RELEASE_FAILED, "no such image");
    record_is(2, RELEASE_DEPLOYED, "Install complete");
}

/* Two releases are under way at once: what one of them ended with is not said of the other. */
static void a_failed_release_is_the_only_one_that_failed(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    refuse("PATCH", "/apis/apps/v1/namespaces/istio-ingress/deployments/istio-eastwest");
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    record_of_is("istio-ingress", "istio-eastwest", 1, RELEASE_FAILED, "no such image");
    record_of_is("istio-ingress", "istio-ingress", 1, RELEASE_FAILED, "context canceled");
    record_is(1, RELEASE_DEPLOYED, "Install complete");
}

/* Nor what came between: the gateways are not waited for yet when the reader's token is made. */
static void a_failure_of_no_release_is_said_of_none(void **state)
{
    (void)state;
    AUTO_RUN_RESULT o = {0};
    refuse("PATCH", ISTIO "/secrets/istio-reader-service-account-istio-remote-secret-token");
    run_steps(&c, &up_options, &o);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "no such image"));
    record_of_is("istio-ingress", "istio-eastwest", 1, RELEASE_FAILED, "context canceled");
    record_of_is("istio-ingress", "istio-ingress", 1, RELEASE_FAILED, "context canceled");
}

/* Cancels when the Deployment is on its way. */
static void *cancel_at_the_deployment(void *arg)
{
    for (int i = 0; i < 600 && fakeapi_count(c.apis[0], "PATCH", DEPLOYMENT) == 0; i++)
        usleep(50000);
    cancel_set(arg);
    return NULL;
}

/* The record that it leaves is no lock, and says what Helm's would. */
static void an_interrupted_run_leaves_a_failed_record(void **state)
{
    (void)state;
    struct cancel cancel;
    pthread_t thread;
    struct steps_options options = up_options;
    assert_int_equal(cancel_init(&cancel), 0);
    options.cancel = &cancel;
    fakeapi_add(c.apis[0], &(struct fakeapi_rule){.method = "PATCH",
                                                  .path = DEPLOYMENT,
                                                  .fault = FAKEAPI_PASS,
                                                  .delay_ms = 2000});
    assert_int_equal(pthread_create(&thread, NULL, cancel_at_the_deployment, &cancel), 0);
    struct run_result o;
    AUTO_RUN_RESULT again = {0};
    run_steps(&c, &options, &o);
    pthread_join(thread, NULL);
    ended_with(&o, ERROR_CANCELLED, NULL);
    record_is(1, RELEASE_FAILED, "context canceled");
    nobody_holds_the_lock();
    fakeapi_clear_rules(c.apis[0]);
    run_steps(&c, &up_options, &again);
    run_ended_well(&again);
    record_is(2, RELEASE_DEPLOYED, "Install complete");
    run_result_release(&o); /* it borrows the cancel */
    cancel_release(&cancel);
}

/* When both clusters have refused what was tried with success before. */
static void *write_down_the_refusal(void *arg)
{
    for (int i = 0; i < 1200; i++, usleep(25000))
        if (fakeapi_count(c.apis[0], "PATCH", ISTIO) > 1 &&
            fakeapi_count(c.apis[1], "PATCH", ISTIO) > 1)
            break;
    *(int64_t *)arg = clock_now_ms();
    return NULL;
}

/* Nobody needs the keys any more that are being made, of 4096 bits each. */
static void an_error_is_told_before_the_keys_are_made(void **state)
{
    (void)state;
    int64_t refused_ms = 0;
    pthread_t thread;
    struct run_result o;
    for (size_t i = 0; i < 2; i++) {
        fakeapi_remove(c.apis[i], ISTIO "/secrets/cacerts");
        fakeapi_add(c.apis[i], &(struct fakeapi_rule){.method = "PATCH",
                                                      .path = ISTIO,
                                                      .query = "dryRun=All",
                                                      .fault = FAKEAPI_PASS});
        refuse_at(i, "PATCH", ISTIO);
    }
    assert_int_equal(pthread_create(&thread, NULL, write_down_the_refusal, &refused_ms), 0);
    run_steps(&c, &up_options, &o);
    pthread_join(thread, NULL);
    assert_non_null(o.error);
    assert_non_null(strstr(o.error->message, "no such image"));
    run_result_release(&o);
    assert_true(clock_now_ms() - refused_ms < 1000);
    assert_false(fs_exists("ca/root-cert.pem"));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_lock_is_taken_and_given_back),
        CASE(a_list_takes_no_lock),
        CASE(a_busy_cluster_is_told_with_its_holder),
        CASE(a_dead_runs_lock_is_taken_over),
        CASE(a_dead_runs_locks_are_waited_for_once),
        CASE(two_runs_at_once),
        CASE(a_failed_run_leaves_a_failed_record),
        CASE(a_failed_release_is_the_only_one_that_failed),
        CASE(a_failure_of_no_release_is_said_of_none),
        CASE(an_error_is_told_before_the_keys_are_made),
        CASE(an_interrupted_run_leaves_a_failed_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
