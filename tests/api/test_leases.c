/* A lock between runs, each with a client of its own. */
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
#include "meshctl/base/text.h"
#include "meshctl/data/json.h"
#include "meshctl/kube/lease.h"

#define LEASES "/apis/coordination.k8s.io/v1/namespaces/default/leases"
#define LEASE LEASES "/meshctl"
#define SECOND LEASES "/second"
#define DURATION_MS 3000

static struct fakeapi_fixture x;
static struct kube_client *other;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, NULL);
    other = fakeapi_fixture_client(&x, &(struct fakeapi_fixture_options){0});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kube_client_free(other);
    fakeapi_fixture_stop(&x);
    return 0;
}

static struct kube_lease_options options_of(const char *holder)
{
    return (struct kube_lease_options){
        .name = "meshctl", .holder = holder, .duration_ms = DURATION_MS};
}

static struct kube_lease *acquire(struct kube_client *c, const struct kube_lease_options *options,
                                  struct kube_lease_holder *ret_holder)
{
    struct kube_lease *lease;
    struct error *err = NULL;
    if (kube_lease_acquire(c, options, &lease, ret_holder, &err) < 0)
        fail_msg("%s", err->message);
    return lease;
}

/* The record in the store, yours to decref. */
static json_t *record(void)
{
    json_auto_t *lease = fakeapi_object(x.api, LEASE);
    return json_incref(json_object_get(lease, "spec"));
}

/* As a run that was killed has left it: whatever its times say, nobody renews it. */
static void left_behind_as(const char *name, const char *renewed, int seconds)
{
    AUTO_FREE char *text = mem_printf(
        "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":"
        "\"%s\",\"namespace\":\"default\"},\"spec\":{\"holderIdentity\":\"jane@laptop/7-0\","
        "\"acquireTime\":\"%s\",\"renewTime\":\"%s\",\"leaseDurationSeconds\":%d}}",
        name, renewed, renewed, seconds);
    fakeapi_put(x.api, text);
}

static void left_behind(const char *renewed, int seconds)
{
    left_behind_as("meshctl", renewed, seconds);
}

static void taken_and_given_back(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    json_auto_t *labels = json_pack("{s:s}", "meshctl.io/mesh", "prod");
    struct kube_lease_options options = options_of("jane@laptop");
    options.labels = labels;
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    assert_non_null(lease);
    assert_null(holder.identity);
    json_auto_t *object = fakeapi_object(x.api, LEASE);
    assert_string_equal(json_dig_str(object, "metadata", "labels", "meshctl.io/mesh", NULL),
                        "prod");
    assert_string_equal(json_dig_str(object, "spec", "holderIdentity", NULL),
                        kube_lease_identity(lease));
    assert_true(text_has_prefix(kube_lease_identity(lease), "jane@laptop/"));
    assert_int_equal(json_dig_int(object, 0, "spec", "leaseDurationSeconds", NULL), 3);
    /* The API takes six digits behind the point and nothing else. */
    const char *time = json_dig_str(object, "spec", "renewTime", NULL);
    assert_int_equal(strlen(time), strlen("2026-01-02T03:04:05.000000Z"));
    assert_false(kube_lease_is_lost(lease, NULL));
    kube_lease_release(lease);
    json_auto_t *gone = fakeapi_object(x.api, LEASE);
    assert_null(gone);
}

/* The holder lives, and the other one sees it well before the lock would expire. */
static void busy_while_it_is_renewed(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options first = options_of("jane@laptop"), second = options_of("joe@desk");
    struct kube_lease *lease = acquire(x.client, &first, &holder);
    int64_t began = clock_now_ms();
    assert_null(acquire(other, &second, &holder));
    assert_true(clock_now_ms() - began < DURATION_MS);
    assert_string_equal(holder.identity, kube_lease_identity(lease));
    assert_non_null(holder.since);
    assert_int_equal(holder.expires_in_ms, DURATION_MS);
    kube_lease_holder_release(&holder);
    /* Past its duration it is still held. */
    usleep(DURATION_MS * 1000);
    assert_false(kube_lease_is_lost(lease, NULL));
    json_auto_t *spec = record();
    assert_string_equal(json_dig_str(spec, "holderIdentity", NULL), kube_lease_identity(lease));
    assert_string_not_equal(json_dig_str(spec, "renewTime", NULL),
                            json_dig_str(spec, "acquireTime", NULL));
    kube_lease_release(lease);
    lease = acquire(other, &second, &holder);
    assert_non_null(lease);
    kube_lease_release(lease);
}

static void note_wait(void *ctx, const struct kube_lease_holder *holder)
{
    strlist_add(ctx, holder->identity);
}

static int looks;

static void count_looks(void *ctx, int64_t waited_ms, int64_t limit_ms)
{
    (void)ctx;
    looks++;
    assert_int_equal(limit_ms, 2000);
    assert_in_range(waited_ms, 0, limit_ms);
}

/* Whatever the clock of the machine was that left it: one duration of silence. */
static void taken_over_after_a_duration(void **state)
{
    (void)state;
    static const char *const times[] = {"2019-01-01T00:00:00.000000Z",
                                        "2099-01-01T00:00:00.000000Z"};
    for (size_t i = 0; i < MC_ARRAY_LEN(times); i++) {
        AUTO_STRLIST waits = STRLIST_INIT;
        struct kube_lease_holder holder;
        struct kube_lease_options options = options_of("joe@desk");
        options.on_wait = note_wait;
        options.on_waiting = count_looks;
        options.ctx = &waits;
        looks = 0;
        left_behind(times[i], 2);
        int64_t began = clock_now_ms();
        struct kube_lease *lease = acquire(x.client, &options, &holder);
        assert_non_null(lease);
        assert_in_range(clock_now_ms() - began, 2000, 20000);
        assert_int_equal(waits.count, 1);
        assert_in_range(looks, 2, 3);
        assert_string_equal(waits.items[0], "jane@laptop/7-0");
        json_auto_t *spec = record();
        assert_int_equal(json_dig_int(spec, 0, "leaseTransitions", NULL), 1);
        kube_lease_release(lease);
    }
}

static void look(const struct kube_lease_options *options, struct kube_lease_sight *ret_seen)
{
    struct error *err = NULL;
    if (kube_lease_look(x.client, options, ret_seen, &err) < 0)
        fail_msg("%s", err->message);
}

/* Both were left behind, and both were seen before the first is waited for: when it has run out, so has
 * the other one, which is written as it was seen. */
static void two_are_waited_for_once(void **state)
{
    (void)state;
    AUTO_STRLIST waits = STRLIST_INIT;
    struct kube_lease_holder holder;
    struct kube_lease_sight seen[2];
    struct kube_lease *leases[2];
    struct kube_lease_options options[2] = {options_of("joe@desk"), options_of("joe@desk")};
    options[1].name = "second";
    for (size_t i = 0; i < 2; i++) {
        options[i].seen = &seen[i];
        options[i].on_wait = note_wait;
        options[i].ctx = &waits;
        left_behind_as(options[i].name, "2026-01-01T00:00:00.000000Z", 2);
        look(&options[i], &seen[i]);
    }
    leases[0] = acquire(x.client, &options[0], &holder);
    assert_non_null(leases[0]);
    assert_true(clock_now_ms() - seen[0].at_ms >= 2000);
    assert_int_equal(waits.count, 1);
    leases[1] = acquire(x.client, &options[1], &holder);
    assert_non_null(leases[1]);
    assert_true(clock_now_ms() - seen[1].at_ms >= 2000);
    assert_int_equal(waits.count, 1);
    assert_int_equal(fakeapi_count(x.api, "GET", SECOND), 1);
    for (size_t i = 2; i-- > 0;) {
        kube_lease_release(leases[i]);
        kube_lease_sight_release(&seen[i]);
    }
}

/* However long ago it was seen: who has renewed it since lives. */
static void renewed_since_it_was_seen(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_sight seen;
    struct kube_lease_options options = options_of("joe@desk");
    left_behind("2026-01-01T00:00:00.000000Z", 1);
    look(&options, &seen);
    fakeapi_patch(x.api, LEASE, "{\"spec\":{\"renewTime\":\"2026-01-01T00:00:05.000000Z\"}}");
    usleep(1100000);
    options.seen = &seen;
    assert_null(acquire(x.client, &options, &holder));
    assert_string_equal(holder.identity, "jane@laptop/7-0");
    json_auto_t *spec = record();
    assert_string_equal(json_dig_str(spec, "holderIdentity", NULL), "jane@laptop/7-0");
    kube_lease_holder_release(&holder);
    kube_lease_sight_release(&seen);
}

/* Who came after it was seen free gets the whole duration from then on. */
static void taken_since_it_was_seen_free(void **state)
{
    (void)state;
    AUTO_STRLIST waits = STRLIST_INIT;
    struct kube_lease_holder holder;
    struct kube_lease_sight seen;
    struct kube_lease_options options = options_of("joe@desk");
    look(&options, &seen);
    assert_null(seen.lease);
    left_behind("2026-01-01T00:00:00.000000Z", 2);
    usleep(1100000);
    int64_t began = clock_now_ms();
    options.seen = &seen;
    options.on_wait = note_wait;
    options.ctx = &waits;
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    assert_non_null(lease);
    assert_true(clock_now_ms() - began >= 2000);
    assert_int_equal(waits.count, 1);
    kube_lease_release(lease);
}

static void given_back_since_it_was_seen(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_sight seen;
    struct kube_lease_options options = options_of("joe@desk");
    left_behind("2026-01-01T00:00:00.000000Z", 1);
    look(&options, &seen);
    fakeapi_remove(x.api, LEASE);
    usleep(1100000);
    options.seen = &seen;
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    assert_non_null(lease);
    kube_lease_release(lease);
    kube_lease_sight_release(&seen);
}

/* Of two that wait for the same one, one gets it. */
static void given_up_by_the_holder(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("joe@desk");
    left_behind("2026-01-01T00:00:00.000000Z", 15);
    fakeapi_patch(x.api, LEASE, "{\"spec\":{\"holderIdentity\":\"\"}}");
    int64_t began = clock_now_ms();
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    assert_non_null(lease);
    assert_true(clock_now_ms() - began < 5000);
    kube_lease_release(lease);
}

static void one_that_lasts_too_long(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("joe@desk");
    left_behind("2026-01-01T00:00:00.000000Z", 100000);
    int64_t began = clock_now_ms();
    assert_null(acquire(x.client, &options, &holder));
    assert_true(clock_now_ms() - began < 1000);
    assert_string_equal(holder.identity, "jane@laptop/7-0");
    kube_lease_holder_release(&holder);
}

/* Somebody was faster between the look and the write. */
static void a_race_is_lost(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options first = options_of("jane@laptop"), second = options_of("joe@desk");
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.method = "GET",
                                       .path = LEASE,
                                       .times = 1,
                                       .status = 404,
                                       .body = "{\"kind\":\"Status\",\"reason\":\"NotFound\","
                                               "\"code\":404,\"message\":\"no\"}"});
    struct kube_lease *lease = acquire(x.client, &first, &holder);
    fakeapi_clear_rules(x.api);
    fakeapi_add(x.api,
                &(struct fakeapi_rule){.method = "GET",
                                       .path = LEASE,
                                       .times = 1,
                                       .status = 404,
                                       .body = "{\"kind\":\"Status\",\"reason\":\"NotFound\","
                                               "\"code\":404,\"message\":\"no\"}"});
    assert_null(acquire(other, &second, &holder));
    assert_string_equal(holder.identity, kube_lease_identity(lease));
    kube_lease_holder_release(&holder);
    kube_lease_release(lease);
}

/* Written, but the answer never came. */
static void an_answer_is_lost(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("jane@laptop");
    left_behind("2026-01-01T00:00:00.000000Z", 1);
    fakeapi_add(x.api, &(struct fakeapi_rule){
                           .method = "PUT", .path = LEASE, .times = 1, .fault = FAKEAPI_LOSE});
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    assert_non_null(lease);
    assert_int_equal(fakeapi_count(x.api, "PUT", LEASE), 1);
    kube_lease_release(lease);
}

/* The lock, and what is set when it is lost. */
static struct kube_lease *hold(struct cancel *ret_cancel)
{
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("jane@laptop");
    options.on_lost = ret_cancel;
    assert_int_equal(cancel_init(ret_cancel), 0);
    return acquire(x.client, &options, &holder);
}

/* Until it is lost; gives all of it back. */
static void lost(struct kube_lease *lease, struct cancel *cancel, const char *reason)
{
    AUTO_FREE char *message =
        mem_printf("west: hold Lease default/meshctl: the lock is lost: %s", reason);
    AUTO_ERROR struct error *why = NULL;
    int64_t deadline = clock_now_ms() + 20000;
    while (!kube_lease_is_lost(lease, &why) && clock_left_ms(deadline) > 0)
        usleep(20000);
    if (!why)
        fail_msg("the lock is not lost");
    assert_int_equal(why->kind, ERROR_CONFLICT);
    if (!text_has_prefix(why->message, message))
        fail_msg("%s", why->message);
    assert_true(clock_sleep(5000, cancel) < 0);
    kube_lease_release(lease);
    cancel_release(cancel);
}

/* Another one has it: the run is told, and does not give it back. */
static void lost_to_another(void **state)
{
    (void)state;
    struct cancel cancel;
    struct kube_lease *lease = hold(&cancel);
    fakeapi_patch(x.api, LEASE, "{\"spec\":{\"holderIdentity\":\"joe@desk/8-0\"}}");
    lost(lease, &cancel, "joe@desk/8-0 has it");
    json_auto_t *spec = record();
    assert_string_equal(json_dig_str(spec, "holderIdentity", NULL), "joe@desk/8-0");
}

static void lost_by_deletion(void **state)
{
    (void)state;
    struct cancel cancel;
    struct kube_lease *lease = hold(&cancel);
    fakeapi_remove(x.api, LEASE);
    lost(lease, &cancel, "its Lease was deleted");
}

/* Nobody may take it before the holder has given it up, so that comes first. */
static void lost_by_silence(void **state)
{
    (void)state;
    struct cancel cancel;
    struct kube_lease *lease = hold(&cancel);
    int64_t began = clock_now_ms();
    fakeapi_add(x.api, &(struct fakeapi_rule){.path = LEASE, .status = 500});
    lost(lease, &cancel, "it could not be renewed for");
    assert_true(clock_now_ms() - began < DURATION_MS);
}

/* Another writer of the same Lease (a label) is none of the lock. */
static void edited_but_ours(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("jane@laptop");
    struct kube_lease *lease = acquire(x.client, &options, &holder);
    fakeapi_patch(x.api, LEASE, "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}");
    usleep(DURATION_MS * 1000 + 500000);
    assert_false(kube_lease_is_lost(lease, NULL));
    fakeapi_patch(x.api, LEASE, "{\"metadata\":{\"labels\":{\"a\":\"c\"}}}");
    kube_lease_release(lease);
    json_auto_t *gone = fakeapi_object(x.api, LEASE);
    assert_null(gone);
}

/* A run that is interrupted gives the lock back all the same; one that waits for it stops. */
static void cancelled(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease *lease;
    struct kube_lease_options options = options_of("jane@laptop");
    struct error *err = NULL;
    struct kube_lease *held = acquire(x.client, &options, &holder);
    cancel_set(&x.cancel);
    kube_lease_release(held);
    json_auto_t *gone = fakeapi_object(x.api, LEASE);
    assert_null(gone);
    assert_int_equal(kube_lease_acquire(x.client, &options, &lease, &holder, &err), -1);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    error_free(err);
}

static void no_namespace(void **state)
{
    (void)state;
    struct kube_lease_holder holder;
    struct kube_lease *lease;
    struct kube_lease_options options = options_of(NULL);
    struct error *err = NULL;
    options.namespace_ = "istio-system";
    assert_int_equal(kube_lease_acquire(x.client, &options, &lease, &holder, &err), -1);
    assert_int_equal(err->kind, ERROR_NOT_FOUND);
    assert_null(lease);
    error_free(err);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

/* The server has made the Lease, and its answer is on its way. */
static void *cancel_soon(void *arg)
{
    while (!fakeapi_count(x.api, "POST", LEASES))
        usleep(1000);
    usleep(100000);
    cancel_set(arg);
    return NULL;
}

static void cancelled_while_it_is_taken(void **state)
{
    (void)state;
    pthread_t thread;
    struct kube_lease *lease = NULL;
    struct kube_lease_holder holder;
    struct kube_lease_options options = options_of("jane@laptop");
    AUTO_ERROR struct error *err = NULL;
    fakeapi_add(x.api, &(struct fakeapi_rule){.method = "POST",
                                              .path = LEASES,
                                              .times = 1,
                                              .fault = FAKEAPI_DRIBBLE,
                                              .delay_ms = 20});
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &x.cancel), 0);
    assert_int_equal(kube_lease_acquire(x.client, &options, &lease, &holder, &err), -1);
    pthread_join(thread, NULL);
    assert_int_equal(err->kind, ERROR_CANCELLED);
    json_auto_t *left = fakeapi_object(x.api, LEASE);
    assert_null(left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(taken_and_given_back),
        CASE(busy_while_it_is_renewed),
        CASE(taken_over_after_a_duration),
        CASE(two_are_waited_for_once),
        CASE(renewed_since_it_was_seen),
        CASE(taken_since_it_was_seen_free),
        CASE(given_back_since_it_was_seen),
        CASE(given_up_by_the_holder),
        CASE(one_that_lasts_too_long),
        CASE(a_race_is_lost),
        CASE(an_answer_is_lost),
        CASE(lost_to_another),
        CASE(lost_by_deletion),
        CASE(lost_by_silence),
        CASE(edited_but_ours),
        CASE(cancelled),
        CASE(cancelled_while_it_is_taken),
        CASE(no_namespace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
