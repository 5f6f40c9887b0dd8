/* What the credentials may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fakeapi_fixture.h"

#define REVIEWS "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
#define NO "{\"kind\":\"SelfSubjectAccessReview\",\"status\":{\"allowed\":false}}"

static struct fakeapi_fixture x;

static int set_up(void **state)
{
    (void)state;
    fakeapi_fixture_start(&x, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fakeapi_fixture_stop(&x);
    return 0;
}

static const struct kube_right rights[] = {
    {.verb = "create", .resource = "secrets", .namespace_ = "istio-system"},
    {.verb = "patch", .group = "apps", .resource = "deployments"},
    {.verb = "create", .resource = "pods", .subresource = "portforward", .namespace_ = "x"},
    {.verb = "get", .resource = "secrets", .namespace_ = "istio-system", .name = "cacerts"},
};
#define COUNT MC_ARRAY_LEN(rights)

static void refuse(const char *body_part)
{
    fakeapi_add(
        x.api,
        &(struct fakeapi_rule){
            .method = "POST", .path = REVIEWS, .body_has = body_part, .status = 201, .body = NO});
}

static void everything_is_one_request(void **state)
{
    (void)state;
    bool allowed[COUNT] = {false};
    struct error *err = NULL;
    assert_int_equal(kube_can_many(x.client, rights, COUNT, allowed, &err), 0);
    for (size_t i = 0; i < COUNT; i++)
        assert_true(allowed[i]);
    AUTO_FREE char *asked = fakeapi_request_dup(x.api, "POST", REVIEWS, 0);
    assert_non_null(strstr(asked, "{\"verb\":\"*\",\"group\":\"*\",\"resource\":\"*\"}"));
    /* Not even discovery. */
    assert_int_equal(fakeapi_count(x.api, NULL, "*"), 1);
}

static void one_by_one(void **state)
{
    (void)state;
    bool allowed[COUNT];
    struct error *err = NULL;
    refuse("\"verb\":\"*\"");
    refuse("\"resource\":\"pods\",\"subresource\":\"portforward\",\"namespace\":\"x\"}");
    refuse("\"namespace\":\"istio-system\",\"name\":\"cacerts\"}");
    assert_int_equal(kube_can_many(x.client, rights, COUNT, allowed, &err), 0);
    assert_true(allowed[0]);
    assert_true(allowed[1]);
    assert_false(allowed[2]);
    assert_false(allowed[3]);
    assert_int_equal(fakeapi_count(x.api, "POST", REVIEWS), 1 + COUNT);
}

static void what_cannot_be_asked(void **state)
{
    (void)state;
    bool allowed[COUNT];
    AUTO_ERROR struct error *err = NULL;
    refuse("\"verb\":\"*\"");
    fakeapi_add(x.api, &(struct fakeapi_rule){.method = "POST",
                                              .path = REVIEWS,
                                              .body_has = "\"group\":\"apps\"",
                                              .status = 403});
    assert_int_equal(kube_can_many(x.client, rights, COUNT, allowed, &err), -1);
    assert_int_equal(err->kind, ERROR_DENIED);
    assert_int_equal(kube_can_many(x.client, rights, 0, allowed, &err), 0);
}

static void texts(void **state)
{
    (void)state;
    static const char *const expected[COUNT] = {
        "create secrets in istio-system",
        "patch deployments.apps",
        "create pods/portforward in x",
        "get secrets cacerts in istio-system",
    };
    for (size_t i = 0; i < COUNT; i++) {
        AUTO_FREE char *text = kube_right_text_dup(&rights[i]);
        assert_string_equal(text, expected[i]);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(everything_is_one_request),
        CASE(one_by_one),
        CASE(what_cannot_be_asked),
        CASE(texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
