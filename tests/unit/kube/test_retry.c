/* The table of what is retried, and the pauses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_internal.h"
#include "retry.h"

#define READ KUBE_CALL_IDEMPOTENT
#define CREATE KUBE_CALL_WRITES
#define APPLY (KUBE_CALL_IDEMPOTENT | KUBE_CALL_WRITES | KUBE_CALL_KIND_PATH)

static const struct {
    struct kube_failure failure;
    bool read, create, apply; /* whether it is retried */
} cases[] = {
    {{.status = 0, .message = "connect to h:1: Connection refused"}, true, false, true},
    {{.status = 429, .message = "too many"}, true, true, true},
    {{.status = 429, .retry_after = true, .message = "too many"}, true, true, true},
    {{.status = 503, .retry_after = true, .message = ""}, true, true, true},
    {{.status = 503, .message = ""}, true, false, true},
    {{.status = 502, .message = ""}, true, false, true},
    {{.status = 504, .message = ""}, true, false, true},
    {{.status = 500, .message = "failed calling webhook \"x\": no"}, false, true, true},
    {{.status = 500, .message = "etcdserver: leader changed"}, true, false, true},
    {{.status = 500, .message = "runtime error"}, false, false, false},
    {{.status = 409,
      .message = "the object has been modified; please apply your changes to the latest "
                 "version and try again"},
     false,
     false,
     true},
    {{.status = 409, .message = "Apply failed with 1 conflict"}, false, false, false},
    {{.status = 404, .message = "configmaps \"a\" not found"}, false, false, false},
    {{.status = 404, .whole_path = true, .message = "404 page not found"}, false, false, true},
    {{.status = 400, .message = ""}, false, false, false},
    {{.status = 401, .message = ""}, false, false, false},
    {{.status = 403, .message = ""}, false, false, false},
    {{.status = 422, .message = ""}, false, false, false},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        const struct kube_failure *f = &cases[i].failure;
        if ((kube_retry_limit(READ, f) > 0) != cases[i].read ||
            (kube_retry_limit(CREATE, f) > 0) != cases[i].create ||
            (kube_retry_limit(APPLY, f) > 0) != cases[i].apply)
            fail_msg("case %zu: %d %s", i, f->status, f->message);
    }
}

#define ADOPT (KUBE_CALL_IDEMPOTENT | KUBE_CALL_WRITES | KUBE_CALL_BOUND)
#define GROUP (KUBE_CALL_IDEMPOTENT | KUBE_CALL_SPARE)

/* What is an answer and not a failure: the same again would be the same. */
static void test_answers(void **state)
{
    (void)state;
    struct kube_failure conflict = {.status = 409,
                                    .message = "the object has been modified; please apply your "
                                               "changes to the latest version and try again"};
    struct kube_failure webhook = {.status = 500, .message = "failed calling webhook \"x\": no"};
    struct kube_failure lost = {.message = "reset"}, busy = {.status = 429, .message = ""};
    assert_int_equal(kube_retry_limit(ADOPT, &conflict), 0);
    assert_int_equal(kube_retry_limit(ADOPT, &webhook), KUBE_RETRY_AS_ASKED);
    assert_int_equal(kube_retry_limit(ADOPT, &lost), KUBE_RETRY_AS_ASKED);
    for (int status = 502; status <= 504; status++) {
        struct kube_failure down = {.status = status, .message = "service unavailable"};
        assert_int_equal(kube_retry_limit(GROUP, &down), 0);
    }
    assert_int_equal(kube_retry_limit(GROUP, &lost), KUBE_RETRY_AS_ASKED);
    assert_int_equal(kube_retry_limit(GROUP, &busy), KUBE_RETRY_AS_ASKED);
}

/* A server that was never there is not waited for as long as one that has gone away. */
static void test_first_contact(void **state)
{
    (void)state;
    struct kube_failure f = {.message = "connect to h:1: Connection refused",
                             .first_contact = true};
    assert_int_equal(kube_retry_limit(READ, &f), KUBE_FIRST_CONTACT_MS);
    f.first_contact = false;
    assert_true(kube_retry_limit(READ, &f) == KUBE_RETRY_AS_ASKED);
}

static void test_pause(void **state)
{
    (void)state;
    static const int64_t ranges[][2] = {{250, 500},   {500, 1000},  {1000, 2000},
                                        {2000, 4000}, {2500, 5000}, {2500, 5000}};
    uint64_t jitter = 42;
    for (int round = 0; round < 1000; round++) {
        for (unsigned i = 0; i < MC_ARRAY_LEN(ranges); i++)
            assert_in_range(kube_retry_pause(i, 0, &jitter), ranges[i][0], ranges[i][1]);
    }
    assert_int_equal(kube_retry_pause(0, 30000, &jitter), 30000);
    assert_in_range(kube_retry_pause(4000000000U, 1, &jitter), 2500, 5000);
}

static void test_jitter(void **state)
{
    (void)state;
    uint64_t jitter = 7;
    int64_t first = kube_retry_pause(5, 0, &jitter);
    bool differs = false;
    for (int i = 0; i < 20; i++)
        differs = differs || kube_retry_pause(5, 0, &jitter) != first;
    assert_true(differs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),         cmocka_unit_test(test_answers),
        cmocka_unit_test(test_first_contact), cmocka_unit_test(test_pause),
        cmocka_unit_test(test_jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
