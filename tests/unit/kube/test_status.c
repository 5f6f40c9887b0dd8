/* What a failed answer becomes. The bodies are kube-apiserver 1.34's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "status.h"

static struct error *error_of(int status, const char *body)
{
    struct http_response response = {.status = status, .retry_after_ms = 2000};
    struct error *err = NULL;
    AUTO_KUBE_STATUS s = {0};
    buf_appends(&response.body, body);
    kube_status_read(&response, &s);
    assert_int_equal(kube_status_error(&s, response.retry_after_ms, &err), -1);
    assert_int_equal(err->http_status, status);
    assert_int_equal(err->retry_after_ms, 2000);
    buf_release(&response.body);
    return err;
}

static const struct {
    int status;
    const char *body;
    enum error_kind kind;
    const char *message;
} cases[] = {
    {401,
     "{\"kind\":\"Status\",\"message\":\"Unauthorized\",\"reason\":\"Unauthorized\",\"code\":401}",
     ERROR_DENIED, "the server does not accept the credentials: Unauthorized"},
    {403,
     "{\"kind\":\"Status\",\"message\":\"pods is forbidden: User \\\"jane\\\" cannot list resource "
     "\\\"pods\\\" in API group \\\"\\\" at the cluster scope\"}",
     ERROR_DENIED,
     "User \"jane\" cannot list resource \"pods\" in API group \"\" at the cluster scope"},
    {403, "{\"kind\":\"Status\",\"message\":\"pods \\\"a\\\" is forbidden: exceeded quota: q\"}",
     ERROR_DENIED, "pods \"a\" is forbidden: exceeded quota: q"},
    {403,
     "{\"kind\":\"Status\",\"message\":\"configmaps \\\"a\\\" is forbidden: unable to create new "
     "content in namespace x because it is being terminated\",\"details\":{\"causes\":[{\"reason\":"
     "\"NamespaceTerminating\",\"field\":\"metadata.namespace\"}]}}",
     ERROR_CONFLICT,
     "configmaps \"a\" is forbidden: unable to create new content in namespace x because "
     "it is being terminated"},
    {404, "404 page not found\n", ERROR_NOT_FOUND, "HTTP 404: 404 page not found"},
    {409,
     "{\"kind\":\"Status\",\"message\":\"configmaps \\\"a\\\" already exists\",\"reason\":"
     "\"AlreadyExists\"}",
     ERROR_CONFLICT, "configmaps \"a\" already exists"},
    {422,
     "{\"kind\":\"Status\",\"message\":\"Service \\\"a\\\" is invalid: [spec.a: no,\\n spec.b: "
     "no]\"}",
     ERROR_REMOTE, "Service \"a\" is invalid: [spec.a: no,  spec.b: no]"},
    {500, "", ERROR_REMOTE, "HTTP 500 without an explanation"},
    {500, "{\"kind\":\"Status\",\"reason\":\"InternalError\"}", ERROR_REMOTE, "InternalError"},
    {409,
     "{\"kind\":\"Status\",\"message\":\"Operation cannot be fulfilled on ConfigMap \\\"a\\\": the "
     "UID in the precondition (u) does not match the UID in record (v). The object might have been "
     "deleted and then recreated\",\"reason\":\"Conflict\"}",
     ERROR_CONFLICT, "another object has taken its name meanwhile"},
    {409,
     "{\"kind\":\"Status\",\"message\":\"Operation cannot be fulfilled on ConfigMap \\\"a\\\": the "
     "ResourceVersion in the precondition (7) does not match the ResourceVersion in record (8). "
     "The "
     "object might have been modified\",\"reason\":\"Conflict\"}",
     ERROR_CONFLICT, "it was changed meanwhile"},
    {409,
     "{\"kind\":\"Status\",\"message\":\"Operation cannot be fulfilled on configmaps \\\"a\\\": "
     "uid "
     "mismatch: the provided object specified uid u, and no existing object was found\"}",
     ERROR_CONFLICT, "it was deleted meanwhile"},
    {422,
     "{\"kind\":\"Status\",\"message\":\"ConfigMap \\\"a\\\" is invalid: metadata.uid: Invalid "
     "value: "
     "\\\"u\\\": field is immutable\"}",
     ERROR_CONFLICT, "another object has taken its name meanwhile"},
    {409,
     "{\"kind\":\"Status\",\"message\":\"Operation cannot be fulfilled on configmaps \\\"a\\\": "
     "Precondition failed: UID in precondition: u, UID in object meta: v\"}",
     ERROR_CONFLICT, "another object has taken its name meanwhile"},
    {500, "{\"kind\":\"Status\"}", ERROR_REMOTE, "HTTP 500 without an explanation"},
    {502, "<html>\r\n<b>Bad\x07 Gateway</b>", ERROR_REMOTE,
     "HTTP 502: <html>\\u000d <b>Bad\\u0007 Gateway</b>"},
    {400, "{\"kind\":\"Pod\"}", ERROR_REMOTE, "HTTP 400: {\"kind\":\"Pod\"}"},
    {400, "{\"kind\":", ERROR_REMOTE, "HTTP 400: {\"kind\":"},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        struct error *err = error_of(cases[i].status, cases[i].body);
        assert_string_equal(err->message, cases[i].message);
        assert_int_equal(err->kind, cases[i].kind);
        error_free(err);
    }
}

#define CAUSE(manager, field)                                                                      \
    "{\"reason\":\"FieldManagerConflict\",\"message\":\"conflict with \\\"" manager                \
    "\\\" using v1 at 2026-01-02T03:04:05Z\",\"field\":\"" field "\"}"

static void test_conflict(void **state)
{
    (void)state;
    struct error *err = error_of(
        409, "{\"kind\":\"Status\",\"message\":\"Apply failed with 3 conflicts: ...\",\"reason\":"
             "\"Conflict\",\"details\":{\"causes\":[" CAUSE("kubectl", ".spec.type") "," CAUSE(
                 "helm", ".data.a") "," CAUSE("kubectl", ".metadata.labels.app") "]}}");
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_string_equal(err->message,
                        "conflict: \"kubectl\" owns .spec.type, .metadata.labels.app; "
                        "\"helm\" owns .data.a");
    assert_non_null(strstr(err->hint, "--force-conflicts"));
    error_free(err);
}

/* An error is one line, whatever a server calls its fields. */
static void test_conflict_lines(void **state)
{
    (void)state;
    struct error *err = error_of(409, "{\"kind\":\"Status\",\"details\":{\"causes\":[" CAUSE(
                                          "a\\nb", ".data.x\\ty\\n") "]}}");
    assert_string_equal(err->message, "conflict: \"a b\" owns .data.x y");
    error_free(err);
}

/* However many fields and managers there are, the message stays readable. */
static void test_conflict_many(void **state)
{
    (void)state;
    AUTO_BUF body = BUF_INIT;
    buf_appends(&body, "{\"kind\":\"Status\",\"details\":{\"causes\":[");
    for (int i = 0; i < 100; i++)
        buf_appendf(&body, "%s" CAUSE("m%d", ".spec.f%d"), i ? "," : "", i % 20 ? 0 : i, i);
    buf_appends(&body, "]}}");
    struct error *err = error_of(409, buf_str(&body));
    assert_true(strlen(err->message) < 400);
    assert_non_null(strstr(err->message, "\"m0\" owns .spec.f0, .spec.f1, "));
    assert_non_null(strstr(err->message, " more fields"));
    error_free(err);
}

static void test_long(void **state)
{
    (void)state;
    AUTO_BUF body = BUF_INIT;
    buf_pad(&body, 'x', 100000);
    struct error *err = error_of(500, buf_str(&body));
    assert_in_range(strlen(err->message), KUBE_MAX_MESSAGE, KUBE_MAX_MESSAGE + 20);
    error_free(err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),          cmocka_unit_test(test_conflict),
        cmocka_unit_test(test_conflict_lines), cmocka_unit_test(test_conflict_many),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
