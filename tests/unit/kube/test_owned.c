/* When an apply may be left out. managedFields are what kube-apiserver 1.34 wrote
 * for such objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "owned.h"

#define MANAGED(manager, operation, fields)                                                        \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation                                      \
    "\",\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":" fields "}"
#define FIELDS                                                                                     \
    "{\"f:metadata\":{\"f:labels\":{\"f:app\":{}},\"f:annotations\":{}},\"f:spec\":{\"f:type\":{}" \
    ","                                                                                            \
    "\"f:selector\":{},\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{" \
    "},"                                                                                           \
    "\"f:name\":{},\"f:port\":{}},\"k:{\\\"port\\\":443,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{}" \
    ","                                                                                            \
    "\"f:name\":{},\"f:port\":{}}}}}"
#define LIVE(managed)                                                                              \
    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\",\"namespace\":"      \
    "\"x\","                                                                                       \
    "\"uid\":\"u\",\"labels\":{\"app\":\"a\",\"other\":\"o\"},\"managedFields\":[" managed "]},"   \
    "\"spec\":{\"clusterIP\":\"10.0.0.1\",\"type\":\"ClusterIP\",\"selector\":{\"app\":\"a\"},"    \
    "\"ports\":[{\"name\":\"http\",\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80},"           \
    "{\"name\":\"https\",\"port\":443,\"protocol\":\"TCP\",\"targetPort\":443}]},\"status\":{}}"
#define DESIRED(metadata, spec)                                                                    \
    "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\"" metadata            \
    "},\"spec\":{" spec "}}"
#define LABELS ",\"labels\":{\"app\":\"a\"},\"annotations\":{}"
#define SELECTOR "\"selector\":{\"app\":\"a\"}"
#define PORT_80 "{\"name\":\"http\",\"port\":80}"
#define PORT_443 "{\"name\":\"https\",\"port\":443}"
#define SPEC "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_80 "," PORT_443 "]"
#define OURS LIVE(MANAGED("meshctl", "Apply", FIELDS))

static bool owned(const char *desired_text, const char *live_text)
{
    struct error *err = NULL;
    json_auto_t *desired = NULL;
    json_auto_t *live = NULL;
    assert_int_equal(json_read(desired_text, strlen(desired_text), "d", &desired, &err), 0);
    assert_int_equal(json_read(live_text, strlen(live_text), "l", &live, &err), 0);
    return kube_owned_exactly(desired, live, "meshctl");
}

static void test_same(void **state)
{
    (void)state;
    assert_true(owned(DESIRED(LABELS, SPEC), OURS));
    assert_true(
        owned(DESIRED(LABELS ",\"namespace\":\"x\",\"creationTimestamp\":null", SPEC), OURS));
    /* Another manager's fields are not ours to look at. */
    assert_true(owned(
        DESIRED(LABELS, SPEC),
        LIVE(MANAGED("kubectl", "Update",
                     "{\"f:metadata\":{\"f:labels\":{\"f:other\":{}}}}") "," MANAGED("meshctl",
                                                                                     "Apply",
                                                                                     FIELDS))));
}

static void test_other_wish(void **state)
{
    (void)state;
    static const char *const desired[] = {
        DESIRED(",\"labels\":{\"app\":\"b\"},\"annotations\":{}", SPEC), /* another value */
        DESIRED(",\"labels\":{\"app\":\"a\"}", SPEC),                    /* a field less */
        DESIRED(",\"annotations\":{}", SPEC),
        DESIRED(LABELS ",\"finalizers\":[\"x\"]", SPEC),     /* a field more */
        DESIRED(LABELS, SPEC ",\"clusterIP\":\"10.0.0.1\""), /* live, but not ours */
        DESIRED(LABELS, SPEC ",\"externalIPs\":null"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_80 "]"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_443 "," PORT_80 "]"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_80 "," PORT_80 "]"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":{}"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_80
                        ",{\"name\":\"https\",\"port\":443,\"protocol\":\"UDP\"}]"),
        DESIRED(LABELS, "\"type\":\"ClusterIP\"," SELECTOR ",\"ports\":[" PORT_80
                        ",{\"name\":\"tls\",\"port\":443}]"),
        DESIRED(
            LABELS,
            "\"type\":\"ClusterIP\",\"selector\":{\"app\":\"a\",\"v\":\"1\"},\"ports\":[" PORT_80
            "," PORT_443 "]"),
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(desired); i++) {
        if (owned(desired[i], OURS))
            fail_msg("case %zu: %s", i, desired[i]);
    }
}

/* The same wish, but somebody has to say it again. */
static void test_other_live(void **state)
{
    (void)state;
    static const char *const live[] = {
        LIVE(MANAGED("helm", "Apply", FIELDS)),
        LIVE(MANAGED("meshctl", "Update", FIELDS)),
        LIVE(MANAGED("meshctl", "Apply", FIELDS) "," MANAGED("meshctl", "Apply", FIELDS)),
        LIVE(""),
        /* An item that was once applied with its protocol said. */
        LIVE(MANAGED(
            "meshctl", "Apply",
            "{\"f:metadata\":{\"f:labels\":{\"f:app\":{}},\"f:annotations\":{}},\"f:spec\":{"
            "\"f:type\":{},\"f:selector\":{},\"f:ports\":{\"k:{\\\"port\\\":80,\\\"protocol\\\":"
            "\\\"TCP\\\"}\":{\".\":{},\"f:name\":{},\"f:port\":{},\"f:protocol\":{}},"
            "\"k:{\\\"port\\\":443,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:name\":{},"
            "\"f:port\":{}}}}}")),
        "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"a\"}}",
        "[]",
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(live); i++) {
        if (owned(DESIRED(LABELS, SPEC), live[i]))
            fail_msg("case %zu: %s", i, live[i]);
    }
}

static void test_being_deleted(void **state)
{
    (void)state;
    static const char dying[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
        "\"a\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}";
    static const char desired[] =
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":"
        "\"a\"}}";
    /* It wants nothing but to be there. */
    assert_true(owned(desired, desired));
    assert_false(owned(desired, dying));
}

/* Sets: only the values count; an atomic list has to be the same as a whole. */
static void test_lists(void **state)
{
    (void)state;
#define WITH(fields, list)                                                                         \
    "{\"apiVersion\":\"v1\",\"metadata\":{\"managedFields\":[" MANAGED(                            \
        "meshctl", "Apply", fields) "]},\"list\":" list "}"
#define WANT(list) "{\"apiVersion\":\"v1\",\"metadata\":{},\"list\":" list "}"
#define SET "{\"f:list\":{\"v:\\\"a\\\"\":{},\"v:\\\"c\\\"\":{}}}"
    assert_true(owned(WANT("[\"a\",\"c\"]"), WITH(SET, "[\"a\",\"b\",\"c\"]")));
    assert_false(owned(WANT("[\"c\",\"a\"]"), WITH(SET, "[\"a\",\"b\",\"c\"]")));
    assert_false(owned(WANT("[\"a\"]"), WITH(SET, "[\"a\",\"b\",\"c\"]")));
    assert_false(owned(WANT("[\"a\",\"c\"]"), WITH(SET, "[\"a\",\"b\"]")));
    assert_true(owned(WANT("[1,2]"), WITH("{\"f:list\":{}}", "[1,2]")));
    assert_false(owned(WANT("[1,2]"), WITH("{\"f:list\":{}}", "[1,2,3]")));
    assert_false(owned(WANT("[1,2]"), WITH("{\"f:list\":{\"i:0\":{},\"i:1\":{}}}", "[1,2]")));
    assert_false(owned(WANT("[1]"), WITH("{\"f:list\":{\"v:{bad\":{}}}", "[1]")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),       cmocka_unit_test(test_other_wish),
        cmocka_unit_test(test_other_live), cmocka_unit_test(test_being_deleted),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
