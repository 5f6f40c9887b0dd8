/* What runtimes own is left out of an apply. managedFields are what kube-apiserver 1.34 wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "runtime_fields.h"

static json_t *parse(const char *text)
{
    struct error *err = NULL;
    json_t *value = NULL;
    if (json_read(text, strlen(text), "test", &value, &err) < 0)
        fail_msg("%s in %s", err->message, text);
    return value;
}

#define HOOK "{\"name\":\"rev.validation.istio.io\""
#define ENTRY(manager, version, rest, fields)                                                      \
    "{\"manager\":\"" manager "\",\"operation\":\"Update\",\"apiVersion\":\"" version              \
    "\",\"fieldsType\":\"FieldsV1\"" rest ",\"fieldsV1\":" fields "}"
#define HOOK_ENTRY(manager, fields)                                                                \
    ENTRY(manager, "admissionregistration.k8s.io/v1", "",                                          \
          "{\"f:webhooks\":{\"k:{\\\"name\\\":\\\"rev.validation.istio.io\\\"}\":{" fields "}}}")
#define ISTIOD                                                                                     \
    HOOK_ENTRY("pilot-discovery", "\"f:clientConfig\":{\"f:caBundle\":{}},\"f:failurePolicy\":{}")
#define ENFORCER HOOK_ENTRY("admissionsenforcer", "\"f:namespaceSelector\":{}")
#define WEBHOOKS(metadata, hooks)                                                                  \
    "{\"apiVersion\":\"admissionregistration.k8s.io/"                                              \
    "v1\",\"kind\":\"ValidatingWebhookConfiguration"                                               \
    "\",\"metadata\":{\"name\":\"v\"" metadata "},\"webhooks\":[" hooks "]}"
#define LIVE_HOOKS(entries)                                                                        \
    WEBHOOKS(",\"managedFields\":[" entries "]",                                                   \
             HOOK ",\"failurePolicy\":\"Fail\",\"clientConfig\":{\"caBundle\":\"Yg==\"},"          \
                  "\"namespaceSelector\":{\"matchLabels\":{\"l\":\"m\"},\"matchExpressions\":[{"   \
                  "\"key\":\"a\",\"operator\":\"Exists\"},{\"key\":\"control-plane\","             \
                  "\"operator\":\"NotIn\",\"values\":[\"true\"]}]}}")
#define OTHER "{\"name\":\"other\",\"failurePolicy\":\"Ignore\"}"
#define IGNORE ",\"failurePolicy\":\"Ignore\""
#define SELECTOR(key)                                                                              \
    ",\"namespaceSelector\":{\"matchExpressions\":[{\"key\":\"" key "\",\"operator\":\"Exists\"}]" \
    "}"

#define DEPLOYMENT(metadata, spec)                                                                 \
    "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\"" metadata    \
    "},\"spec\":{" spec "}}"
#define REPLICAS(manager, rest)                                                                    \
    DEPLOYMENT(",\"managedFields\":[" ENTRY(manager, "apps/v1", rest,                              \
                                            "{\"f:spec\":{\"f:replicas\":{}}}") "]",               \
               "\"replicas\":3")

#define POLICY "pilot-discovery .webhooks[name=\"rev.validation.istio.io\"].failurePolicy\n"
#define BUNDLE "pilot-discovery .webhooks[name=\"rev.validation.istio.io\"].clientConfig.caBundle\n"

static const struct {
    const char *name, *desired, *live;
    const char *left; /* NULL: all of it */
    const char *told; /* "MANAGER FIELD" a line; NULL: nothing */
} cases[] = {
    {"istiod's policy, of this webhook only", WEBHOOKS("", HOOK IGNORE "}," OTHER),
     LIVE_HOOKS(ISTIOD), WEBHOOKS("", HOOK "}," OTHER), POLICY},
    {"istiod's bundle",
     WEBHOOKS("", HOOK ",\"clientConfig\":{\"caBundle\":\"YQ==\",\"url\":\"u\"}}"),
     LIVE_HOOKS(ISTIOD), WEBHOOKS("", HOOK ",\"clientConfig\":{\"url\":\"u\"}}"), BUNDLE},
    {"the same value is no news", WEBHOOKS("", HOOK ",\"failurePolicy\":\"Fail\"}"),
     LIVE_HOOKS(ISTIOD), WEBHOOKS("", HOOK "}"), NULL},
    {"nobody's yet", WEBHOOKS("", HOOK IGNORE "}"), LIVE_HOOKS(""), NULL, NULL},
    {"no object yet", WEBHOOKS("", HOOK IGNORE "}"), "{}", NULL, NULL},
    {"a person's", WEBHOOKS("", HOOK IGNORE "}"),
     LIVE_HOOKS(HOOK_ENTRY("kubectl-edit", "\"f:failurePolicy\":{}")), NULL, NULL},
    {"istiod's, but nothing that it is known for", WEBHOOKS("", HOOK SELECTOR("a") "}"),
     LIVE_HOOKS(HOOK_ENTRY("pilot-discovery", "\"f:namespaceSelector\":{}")), NULL, NULL},
    {"AKS added to it", WEBHOOKS("", HOOK IGNORE SELECTOR("a") "}"), LIVE_HOOKS(ENFORCER),
     WEBHOOKS("", HOOK IGNORE "}"), NULL},
    {"AKS kept what is not wanted any more: that has to be told",
     WEBHOOKS("", HOOK SELECTOR("b") "}"), LIVE_HOOKS(ENFORCER), NULL, NULL},
    {"and so a label that is not there",
     WEBHOOKS("", HOOK ",\"namespaceSelector\":{\"matchLabels\":{\"l\":\"n\"}}}"),
     LIVE_HOOKS(ENFORCER), NULL, NULL},
    {"both", WEBHOOKS("", HOOK IGNORE SELECTOR("a") "}"), LIVE_HOOKS(ENFORCER "," ISTIOD),
     WEBHOOKS("", HOOK "}"), POLICY},
    {"an autoscaler's replicas", DEPLOYMENT("", "\"replicas\":1,\"paused\":false"),
     REPLICAS("kube-controller-manager", ",\"subresource\":\"scale\""),
     DEPLOYMENT("", "\"paused\":false"), "kube-controller-manager .spec.replicas\n"},
    {"scaled by a person", DEPLOYMENT("", "\"replicas\":1"),
     REPLICAS("kubectl", ",\"subresource\":\"scale\""), NULL, NULL},
    {"set by a controller, but not scaled", DEPLOYMENT("", "\"replicas\":1"),
     REPLICAS("kube-controller-manager", ""), NULL, NULL},
    {"a kind that is in no row",
     "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"spec\":{\"replicas\":1}}",
     REPLICAS("kube-controller-manager", ",\"subresource\":\"scale\""), NULL, NULL},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        json_auto_t *desired = parse(cases[i].desired);
        json_auto_t *untouched = json_deep_copy(desired);
        json_auto_t *live = parse(cases[i].live);
        json_auto_t *expected = parse(cases[i].left ? cases[i].left : cases[i].desired);
        MC_CLEANUP(kube_conflicts_release) struct kube_conflicts left_out = {0};
        AUTO_BUF told = BUF_INIT;
        json_auto_t *got = kube_without_runtime_fields(desired, live, &left_out);
        for (size_t k = 0; k < left_out.count; k++)
            buf_appendf(&told, "%s %s\n", left_out.items[k].manager, left_out.items[k].field);
        if (!json_equal(got, expected)) {
            AUTO_FREE char *shown = json_write_dup(got, 0);
            fail_msg("%s: %s", cases[i].name, shown);
        }
        assert_string_equal(buf_str(&told), cases[i].told ? cases[i].told : "");
        assert_true((got == desired) == !cases[i].left);
        assert_true(json_equal(desired, untouched));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
