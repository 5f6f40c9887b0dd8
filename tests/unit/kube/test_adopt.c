/* Fields owned by Update taken over into Apply: first the managedFields alone, with the cases of
 * client-go util/csaupgrade TestUpgradeCSA (one name for both managers, as that is how it is used
 * here), then as a part of applying. */
#include "adopt.h"
#include "api_support.h"

#include "meshctl/kube/apply.h"

#define ENTRY_OF(manager, operation, version, rest, fields)                                        \
    "{\"manager\":\"" manager "\",\"operation\":\"" operation "\",\"apiVersion\":\"" version       \
    "\",\"fieldsType\":\"FieldsV1\"" rest ",\"fieldsV1\":" fields "}"
#define ENTRY(operation, version, fields) ENTRY_OF("helm", operation, version, "", fields)
#define STATUS(operation, fields)                                                                  \
    ENTRY_OF("helm", operation, "v1", ",\"subresource\":\"status\"", fields)
#define ALL                                                                                        \
    "{\"f:data\":{\".\":{},\"f:key\":{},\"f:legacy\":{}},"                                         \
    "\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:last\":{}}}}"
#define LESS                                                                                       \
    "{\"f:data\":{\".\":{},\"f:key\":{}},"                                                         \
    "\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:last\":{}}}}"
#define KEY(n)                                                                                     \
    "{\"f:data\":{\"f:key" n "\":{}},\"f:metadata\":{\"f:annotations\":{\"f:hello" n "\":{}}}}"
#define OTHERS                                                                                     \
    ENTRY("Update", "v2", KEY("3"))                                                                \
    "," ENTRY("Update", "v3", KEY("4")) "," ENTRY("Update", "v4", KEY("5"))
#define CONTAINERS_APPLIED                                                                         \
    "{\"f:metadata\":{\"f:labels\":{\"f:name\":{}}},\"f:spec\":{\"f:containers\":{"                \
    "\"k:{\\\"name\\\":\\\"pause\\\"}\":{\".\":{},\"f:image\":{},\"f:name\":{}}}}}"
#define CONTAINERS_UPDATED                                                                         \
    "{\"f:metadata\":{\"f:annotations\":{\".\":{},\"f:last\":{}},\"f:labels\":{\".\":{},"          \
    "\"f:name\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"pause\\\"}\":{\".\":{},"  \
    "\"f:image\":{},\"f:imagePullPolicy\":{},\"f:name\":{},\"f:resources\":{}}},"                  \
    "\"f:dnsPolicy\":{},\"f:securityContext\":{}}}"

static const struct {
    const char *name, *before, *after; /* `after` NULL: nothing to do */
} cases[] = {
    {"csa-basic-direct-conversion", ENTRY("Update", "v1", ALL), ENTRY("Apply", "v1", ALL)},
    {"csa-combine-with-ssa-duplicate-keys",
     ENTRY("Apply", "v1", ALL) "," ENTRY("Update", "v1", ALL), ENTRY("Apply", "v1", ALL)},
    {"csa-combine-with-ssa-additional-keys",
     ENTRY("Apply", "v1", LESS) "," ENTRY("Update", "v1", ALL), ENTRY("Apply", "v1", ALL)},
    {"csa-no-applicable-version",
     ENTRY("Apply", "v5", ALL) "," ENTRY("Update", "v1", KEY("2")) "," OTHERS,
     ENTRY("Apply", "v5", ALL)},
    {"csa-single-applicable-version",
     ENTRY("Apply", "v5", ALL) "," ENTRY("Update", "v5", KEY("2")) "," OTHERS,
     ENTRY("Apply", "v5",
           "{\"f:data\":{\".\":{},\"f:key\":{},\"f:key2\":{},\"f:legacy\":{}},\"f:metadata\":{"
           "\"f:annotations\":{\".\":{},\"f:hello2\":{},\"f:last\":{}}}}")},
    {"noop", ENTRY_OF("kubectl", "Apply", "v5", "", ALL), NULL},
    {"multipleTargetsExisting",
     ENTRY("Apply", "v1", CONTAINERS_APPLIED) "," ENTRY("Update", "v1", CONTAINERS_UPDATED),
     ENTRY("Apply", "v1", CONTAINERS_UPDATED)},
    {"multipleTargetsNewInsertion",
     ENTRY_OF("kubectl", "Apply", "v1", "", CONTAINERS_APPLIED) "," ENTRY("Update", "v1",
                                                                          CONTAINERS_UPDATED),
     ENTRY_OF("kubectl", "Apply", "v1", "", CONTAINERS_APPLIED) "," ENTRY("Apply", "v1",
                                                                          CONTAINERS_UPDATED)},
    /* Its case "subresource", asked for the other subresource (none). */
    {"subresource", ENTRY("Update", "v1", KEY("1")) "," STATUS("Update", KEY("2")),
     ENTRY("Apply", "v1", KEY("1")) "," STATUS("Update", KEY("2"))},
    {"only a subresource", STATUS("Update", KEY("2")), NULL},
    {"an apply of a subresource is no target",
     STATUS("Apply", KEY("2")) "," ENTRY("Update", "v1", KEY("1")),
     STATUS("Apply", KEY("2")) "," ENTRY("Apply", "v1", KEY("1"))},
    {"another's", ENTRY_OF("kubectl", "Update", "v1", "", ALL), NULL},
    {"applied already", ENTRY("Apply", "v1", ALL), NULL},
    {"nobody's", "", NULL},
    /* structured-merge-diff fieldpath Set.Union: what is a member of either is one of both. */
    {"a thing and what is in it",
     ENTRY("Apply", "v1", "{\"f:a\":{},\"f:b\":{\"f:c\":{}}}") "," ENTRY(
         "Update", "v1", "{\"f:a\":{\"f:x\":{}},\"f:b\":{}}"),
     ENTRY("Apply", "v1", "{\"f:a\":{\".\":{},\"f:x\":{}},\"f:b\":{\".\":{},\"f:c\":{}}}")},
};

static json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    if (json_read(text, strlen(text), "test", &value, &err) < 0)
        fail_msg("%s in %s", err->message, text);
    return value;
}

static json_t *live_of(const char *entries)
{
    AUTO_FREE char *text = mem_printf(
        "{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"7\",\"managedFields\":[%s]}}",
        entries);
    return parse(text);
}

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *live = live_of(cases[i].before);
        json_auto_t *untouched = json_deep_copy(live);
        json_auto_t *got = kube_adopted_fields(live, "helm");
        AUTO_FREE char *text = mem_printf("[%s]", cases[i].after ? cases[i].after : "");
        json_auto_t *expected = cases[i].after ? parse(text) : NULL;
        AUTO_FREE char *shown = got ? json_write_dup(got, 0) : mem_strdup("nothing");
        if (!got != !expected || (got && !json_equal(got, expected)))
            fail_msg("%s: %s", cases[i].name, shown);
        assert_true(json_equal(live, untouched));
    }
}

/* As client-go writes it: the version is replaced, not tested, for the sake of the answer 409. */
static void test_patch(void **state)
{
    (void)state;
    size_t len = 0;
    json_auto_t *live = live_of(ENTRY("Update", "v1", "{\"f:data\":{\"f:k\":{}}}"));
    AUTO_FREE char *patch = kube_adopt_patch_dup(live, "helm", &len);
    assert_string_equal(
        patch, "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields\",\"value\":[" ENTRY(
                   "Apply", "v1",
                   "{\"f:data\":{\"f:k\":{}}}") "]},{\"op\":\"replace\",\"path\":"
                                                "\"/metadata/resourceVersion\",\"value\":\"7\"}]");
    assert_int_equal(len, strlen(patch));
    assert_null(kube_adopt_patch_dup(live, "meshctl", &len));
    json_object_del(json_object_get(live, "metadata"), "resourceVersion");
    assert_null(kube_adopt_patch_dup(live, "helm", &len));
}

/* ---- as a part of applying ---- */

#define MAP "/api/v1/namespaces/x/configmaps/a"
#define LIVE(version, entries)                                                                     \
    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"namespace\":"    \
    "\"x\",\"uid\":\"u\",\"resourceVersion\":\"" version "\",\"managedFields\":[" entries          \
    "]},\"data\":{\"k\":\"v\",\"old\":\"v\"}}"
#define OWN "{\"f:data\":{\"f:k\":{}}}"
#define OWN_MORE "{\"f:data\":{\"f:k\":{},\"f:old\":{}}}"
#define CONFLICT                                                                                   \
    "{\"kind\":\"Status\",\"reason\":\"Conflict\",\"code\":409,\"message\":\"Operation cannot be " \
    "fulfilled on configmaps \\\"a\\\": the object has been modified; please apply your changes "  \
    "to the latest version and try again\"}"
#define ADOPT "PATCH " MAP "?fieldManager=helm$"
#define APPLIES "PATCH " MAP "?fieldManager=helm&force=false$"

static int apply_setup(void **state)
{
    api_setup(state);
    add_discovery();
    return 0;
}

static int try_apply(const struct kube_apply_options *options, enum kube_applied *ret_applied,
                     struct error **err)
{
    json_auto_t *o = parse("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
                           "\"a\",\"namespace\":\"x\"},\"data\":{\"k\":\"v\"}}");
    return kube_apply(api.client, o, options, ret_applied, err);
}

static enum kube_applied apply(bool adopt)
{
    struct kube_apply_options options = {.field_manager = "helm", .adopt_updates = adopt};
    enum kube_applied applied = KUBE_CREATED;
    struct error *err = NULL;
    if (try_apply(&options, &applied, &err) < 0)
        fail_msg("%s", err->message);
    return applied;
}

static void get_gives(int times, const char *body)
{
    add_rule((struct rule){.match = "GET " MAP, .times = times, .status = 200, .body = body});
}

static void patch_gives(const char *match, int status, const char *body)
{
    add_rule((struct rule){.match = match, .status = status, .body = body});
}

static void test_nothing_to_adopt(void **state)
{
    (void)state;
    get_gives(1, LIVE("7", STATUS("Update", OWN) "," ENTRY_OF("kubectl", "Update", "v1", "", OWN)));
    get_gives(0, LIVE("8", ENTRY("Apply", "v1", OWN) "," STATUS("Update", OWN)));
    patch_gives(APPLIES, 200, LIVE("8", ENTRY("Apply", "v1", OWN)));
    assert_int_equal(apply(true), KUBE_CHANGED);
    assert_int_equal(apply(true), KUBE_UNCHANGED);
    assert_int_equal(asked(ADOPT), 0);
    assert_int_equal(asked(APPLIES), 1);
}

static void test_not_asked_for(void **state)
{
    (void)state;
    get_gives(0, LIVE("7", ENTRY("Apply", "v1", OWN) "," ENTRY("Update", "v1", OWN_MORE)));
    assert_int_equal(apply(false), KUBE_UNCHANGED);
    assert_int_equal(asked("PATCH"), 0);
}

/* The field that is not wanted any more has an owner now that drops it. */
static void test_adopted_then_applied(void **state)
{
    (void)state;
    get_gives(0, LIVE("7", ENTRY("Apply", "v1", OWN) "," ENTRY("Update", "v1", OWN_MORE)));
    patch_gives(ADOPT, 200, LIVE("8", ENTRY("Apply", "v1", OWN_MORE)));
    patch_gives(APPLIES, 200, LIVE("9", ENTRY("Apply", "v1", OWN)));
    assert_int_equal(apply(true), KUBE_CHANGED);
    assert_int_equal(asked(ADOPT), 1);
    assert_int_equal(asked(APPLIES), 1);
}

/* Nothing left to apply, but the adoption was a change. */
static void test_adopted_is_enough(void **state)
{
    (void)state;
    get_gives(0, LIVE("7", ENTRY("Update", "v1", OWN)));
    patch_gives(ADOPT, 200, LIVE("8", ENTRY("Apply", "v1", OWN)));
    assert_int_equal(apply(true), KUBE_CHANGED);
    assert_int_equal(asked(APPLIES), 0);
    assert_non_null(strstr(api.last_body, "resourceVersion\",\"value\":\"7\""));
}

/* Between reading and patching somebody was faster. */
static void test_conflict_reads_again(void **state)
{
    (void)state;
    get_gives(1, LIVE("7", ENTRY("Update", "v1", OWN)));
    get_gives(0, LIVE("8", ENTRY("Update", "v1", OWN_MORE)));
    add_rule((struct rule){.match = ADOPT, .times = 1, .status = 409, .body = CONFLICT});
    patch_gives(ADOPT, 200, LIVE("9", ENTRY("Apply", "v1", OWN)));
    assert_int_equal(apply(true), KUBE_CHANGED);
    assert_int_equal(asked("GET " MAP), 2);
    assert_int_equal(asked(ADOPT), 2);
    assert_non_null(strstr(api.last_body, "f:old"));
    assert_non_null(strstr(api.last_body, "resourceVersion\",\"value\":\"8\""));
}

static void test_gone_meanwhile(void **state)
{
    (void)state;
    static const char gone[] = "{\"kind\":\"Status\",\"code\":404,\"message\":\"not found\"}";
    get_gives(1, LIVE("7", ENTRY("Update", "v1", OWN)));
    add_rule((struct rule){.match = "GET " MAP, .status = 404, .body = gone});
    patch_gives(ADOPT, 404, gone);
    patch_gives(APPLIES, 201, LIVE("9", ENTRY("Apply", "v1", OWN)));
    assert_int_equal(apply(true), KUBE_CREATED);
}

static void test_conflict_for_ever(void **state)
{
    (void)state;
    struct kube_apply_options options = {.field_manager = "helm", .adopt_updates = true};
    enum kube_applied applied;
    AUTO_ERROR struct error *err = NULL;
    get_gives(0, LIVE("7", ENTRY("Update", "v1", OWN)));
    patch_gives(ADOPT, 409, CONFLICT);
    assert_int_equal(try_apply(&options, &applied, &err), -1);
    assert_int_equal(err->kind, ERROR_CONFLICT);
    assert_true(text_has_prefix(err->message, "west: take over fields of ConfigMap x/a: "));
    assert_int_equal(asked(ADOPT), 5);
    assert_int_equal(asked(APPLIES), 0);
}

/* Done, but the answer was lost: the second one is a conflict, then all is as it should be. */
static void test_answer_lost(void **state)
{
    (void)state;
    get_gives(1, LIVE("7", ENTRY("Update", "v1", OWN)));
    get_gives(0, LIVE("8", ENTRY("Apply", "v1", OWN)));
    add_rule((struct rule){.match = ADOPT, .times = 2, .status = 0});
    patch_gives(ADOPT, 409, CONFLICT);
    assert_int_equal(apply(true), KUBE_CHANGED);
    assert_int_equal(asked(APPLIES), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, apply_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),   cmocka_unit_test(test_patch),
        CASE(test_nothing_to_adopt),     CASE(test_not_asked_for),
        CASE(test_adopted_then_applied), CASE(test_adopted_is_enough),
        CASE(test_conflict_reads_again), CASE(test_gone_meanwhile),
        CASE(test_conflict_for_ever),    CASE(test_answer_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
