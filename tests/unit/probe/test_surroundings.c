/* What is around a mesh that shall be made: nodes, load balancers, other Istios, webhooks, quotas. */
#include "surroundings.h"

#include "support.h"

/* "LEVEL FOUND; ..." of the findings of an id; yours to free. */
static char *rows_dup(const struct two *t, const char *id)
{
    AUTO_STRLIST rows = STRLIST_INIT;
    size_t i;
    json_t *row;
    json_array_foreach(t->probe.findings, i, row)
        if (strcmp(json_dig_str(row, "id", NULL), id) == 0)
            strlist_addf(&rows, "%s %s", json_dig_str(row, "level", NULL),
                         json_dig_str(row, "found", NULL));
    return strlist_join_dup(&rows, "; ");
}

static void rows_are(struct two *t, const char *id, const char *wanted)
{
    AUTO_FREE char *found = rows_dup(t, id);
    assert_string_equal(found, wanted);
    two_release(t);
}

#define NODE(ready, rest)                                                                          \
    "{\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"" ready "\"}]," rest "}"
#define ARCH(arch) "\"nodeInfo\":{\"architecture\":\"" arch "\"}}"

static void nodes(void **state)
{
    (void)state;
    static const struct {
        const char *nodes, *rows;
    } rows[] = {
        {"[" NODE("True", ARCH("amd64")) "," NODE("True", ARCH("arm64")) "]",
         "ok 2 ready, amd64, arm64"},
        {"[" NODE("False", ARCH("amd64")) "]", "error none of 1"},
        {"[" NODE("True", ARCH("amd64") ",\"spec\":{\"unschedulable\":true}") "]",
         "error none of 1"},
        {"[]", "error none of 0"},
        {"[" NODE("True", ARCH("s390x")) "]", "error 1 of s390x"},
        {"[" NODE("True", ARCH("amd64")) "," NODE("True", ARCH("s390x")) "]",
         "warning 1 of 2 ready nodes are of another architecture (amd64, s390x)"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        json_auto_t *found = parse(rows[i].nodes);
        surroundings_judge_nodes(&t.probe, found);
        rows_are(&t, "MC116", rows[i].rows);
    }
}

#define BALANCED(name, address)                                                                    \
    "{\"metadata\":{\"name\":\"" name                                                              \
    "\",\"namespace\":\"n\"},\"spec\":{\"type\":\"LoadBalancer\"},"                                \
    "\"status\":{\"loadBalancer\":{" address "}}}"

static void load_balancers(void **state)
{
    (void)state;
    static const struct {
        const char *services, *nodes, *rows;
    } rows[] = {
        {"[" BALANCED("a", "") "," BALANCED("b", "\"ingress\":[{\"ip\":\"192.0.2.1\"}]") "]", "[]",
         "ok Service n/b has 192.0.2.1"},
        {"[" BALANCED("a", "") "]", "[{\"spec\":{\"providerID\":\"aws:///x\"}}]",
         "warning 1 have none"},
        {"[]", "[{\"spec\":{}},{\"spec\":{\"providerID\":\"aws:///x\"}}]", "ok nodes of aws"},
        {"[{\"spec\":{\"type\":\"ClusterIP\"}}]", "[]",
         "warning no such Service has one, and no node says which cloud it is of"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        json_auto_t *services = parse(rows[i].services), *found = parse(rows[i].nodes);
        surroundings_judge_balancer(&t.probe, services, found);
        rows_are(&t, "MC118", rows[i].rows);
    }
}

static void other_control_planes(void **state)
{
    (void)state;
    struct facts_istiod istiods[] = {
        {.namespace_ = (char[]){"istio-system"},
         .name = (char[]){"istiod"},
         .revision = (char[]){"default"},
         .release = (char[]){"istiod"}},
        {.namespace_ = (char[]){"istio-system"},
         .name = (char[]){"istiod-old"},
         .revision = (char[]){"old"},
         .version = (char[]){"1.20.0"}},
        {.namespace_ = (char[]){"other"},
         .name = (char[]){"istiod"},
         .revision = (char[]){"default"},
         .release = (char[]){"istiod"}},
    };
    struct two t;
    two_init(&t);
    t.west.istiods = istiods;
    t.west.istiods_count = 3;
    others_check(&t.probe, NULL);
    rows_are(&t, "MC110",
             "warning istio-system/istiod-old, revision old, version 1.20.0, not installed by "
             "Helm; warning other/istiod, revision default, Helm release istiod");
    two_init(&t);
    t.west.istiods = istiods;
    t.west.istiods_count = 1;
    others_check(&t.probe, NULL);
    rows_are(&t, "MC110", "ok the mesh's own alone");
}

static void kinds_of_a_later_version(void **state)
{
    (void)state;
    static const struct {
        const char *version, *rows;
    } rows[] = {
        {"1.31.0", "ok 1 of Istio's kinds"},
        {"1.31.4", "ok 1 of Istio's kinds"},
        {"1.24.0", "ok 1 of Istio's kinds"},
        {"1.32.0", "warning 1 of 1 of Istio's kinds are of 1.32.0, to be installed is 1.31.0"},
        {"", "ok 1 of Istio's kinds"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        AUTO_FREE char *text = mem_printf(
            "[{\"metadata\":{\"name\":\"gateways.networking.istio.io\",\"labels\":{"
            "\"app.kubernetes.io/version\":\"%s\"}}},{\"metadata\":{\"name\":\"x.example.com\"}}]",
            rows[i].version);
        struct two t;
        two_init(&t);
        json_auto_t *crds = parse(text);
        others_check(&t.probe, crds);
        rows_are(&t, "MC112", rows[i].rows);
    }
}

static void other_injectors(void **state)
{
    (void)state;
    json_auto_t *mutating =
        parse("[{\"metadata\":{\"name\":\"ours\"},\"webhooks\":[{\"name\":"
              "\"namespace.sidecar-injector.istio.io\",\"clientConfig\":{\"service\":{"
              "\"namespace\":\"istio-system\"}}}]},{\"metadata\":{\"name\":\"theirs\"},"
              "\"webhooks\":[{\"name\":\"x.example.com\"},{\"name\":\"sidecar-injector.istio.io\","
              "\"clientConfig\":{\"service\":{\"namespace\":\"other\"}}}]}]");
    struct two t;
    two_init(&t);
    webhooks_judge_injectors(&t.probe, mutating);
    rows_are(&t, "MC111",
             "warning MutatingWebhookConfiguration theirs has proxies injected by namespace other");
}

static void selectors(void **state)
{
    (void)state;
    static const struct {
        const char *selector, *labels;
        bool takes;
    } rows[] = {
        {"{}", "{}", true},
        {"{\"matchLabels\":{\"a\":\"1\"}}", "{\"a\":\"1\",\"b\":\"2\"}", true},
        {"{\"matchLabels\":{\"a\":\"1\"}}", "{\"a\":\"2\"}", false},
        {"{\"matchLabels\":{\"a\":\"1\"}}", "{}", false},
#define E(op, values)                                                                              \
    "{\"matchExpressions\":[{\"key\":\"a\",\"operator\":\"" op "\",\"values\":[" values "]}]}"
        {E("In", "\"1\",\"2\""), "{\"a\":\"2\"}", true},
        {E("In", "\"1\",\"2\""), "{\"a\":\"3\"}", false},
        {E("In", "\"1\""), "{}", false},
        {E("NotIn", "\"1\""), "{}", true},
        {E("NotIn", "\"1\""), "{\"a\":\"1\"}", false},
        {E("Exists", ""), "{\"a\":\"1\"}", true},
        {E("Exists", ""), "{}", false},
        {E("DoesNotExist", ""), "{}", true},
        {E("DoesNotExist", ""), "{\"a\":\"1\"}", false},
        {E("Other", ""), "{}", false},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        json_auto_t *selector = parse(rows[i].selector), *labels = parse(rows[i].labels);
        if (webhooks_selects(selector, labels) != rows[i].takes)
            fail_msg("row %zu: %s", i, rows[i].selector);
    }
    assert_true(webhooks_selects(NULL, NULL));
}

static void security(void **state)
{
    (void)state;
#define NS(name, labels) "{\"metadata\":{\"name\":\"" name "\",\"labels\":{" labels "}}}"
#define ENFORCED(level) "\"pod-security.kubernetes.io/enforce\":\"" level "\""
    static const struct {
        const char *namespaces, *rows;
    } rows[] = {
        {"[]", "ok lets gateways and proxies in"},
        {"[" NS("istio-system", ENFORCED("baseline")) "]", "ok lets gateways and proxies in"},
        {"[" NS(
             "a",
             ENFORCED("baseline") ",\"istio-injection\":\"disabled\",\"istio.io/rev\":\"x\"") "]",
         "ok lets gateways and proxies in"},
        {"[" NS("istio-ingress", ENFORCED("restricted")) "]",
         "error namespace istio-ingress: pod-security.kubernetes.io/enforce=restricted"},
        {"[" NS("a", ENFORCED("baseline") ",\"istio-injection\":\"enabled\"") "," NS(
             "b",
             ENFORCED(
                 "restricted") ",\"istio.io/rev\":\"x\"") "," NS("c",
                                                                 ENFORCED(
                                                                     "privileged") ",\"istio-"
                                                                                   "injection\""
                                                                                   ":\"enabled"
                                                                                   "\"") "," NS("d",
                                                                                                ENFORCED(
                                                                                                    "restricted")) "]",
         "warning a (baseline), b (restricted)"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        t.west.namespaces = parse(rows[i].namespaces);
        limits_judge_security(&t.probe);
        json_decref(t.west.namespaces);
        rows_are(&t, "MC114", rows[i].rows);
    }
}

static void quotas(void **state)
{
    (void)state;
#define QUOTA(ns, hard, used)                                                                      \
    "{\"metadata\":{\"name\":\"q\",\"namespace\":\"" ns "\"},\"spec\":{\"hard\":{" hard            \
    "}},\"status\":{"                                                                              \
    "\"hard\":{" hard "},\"used\":{" used "}}}"
    static const struct {
        const char *quotas, *limits, *rows;
    } rows[] = {
        {"[]", "[]", "ok room for istiod and the gateways"},
        {"[" QUOTA("other", "\"pods\":\"0\"", "") "]", "[]", "ok room for istiod and the gateways"},
        {"[" QUOTA("istio-system", "\"pods\":\"3\"", "\"pods\":\"3\"") "]", "[]",
         "warning ResourceQuota istio-system/q: 3 of 3 pods used"},
        {"[" QUOTA("istio-ingress", "\"pods\":\"3\"", "\"pods\":\"2\"") "]", "[]",
         "warning ResourceQuota istio-ingress/q: 2 of 3 pods used"},
        {"[" QUOTA("istio-system", "\"requests.memory\":\"4Gi\"",
                   "\"requests.memory\":\"1Gi\"") "]",
         "[]", "ok room for istiod and the gateways"},
        {"[" QUOTA("istio-system", "\"requests.memory\":\"2Gi\"",
                   "\"requests.memory\":\"1Mi\"") "]",
         "[]", "warning ResourceQuota istio-system/q: 1Mi of 2Gi requests.memory used"},
        {"[" QUOTA("istio-system", "\"limits.cpu\":\"4\"", "") "]", "[]",
         "warning ResourceQuota istio-system/q demands limits.cpu of every pod"},
        {"[" QUOTA("istio-system", "\"limits.cpu\":\"4\"", "") "]",
         "[{\"metadata\":{\"name\":\"l\",\"namespace\":\"istio-system\"},\"spec\":{\"limits\":[{"
         "\"type\":\"Container\",\"default\":{\"cpu\":\"1\"}}]}}]",
         "ok room for istiod and the gateways"},
        {"[]",
         "[{\"metadata\":{\"name\":\"l\",\"namespace\":\"istio-system\"},\"spec\":{\"limits\":[{"
         "\"type\":\"Container\",\"max\":{\"memory\":\"512Mi\"}}]}}]",
         "warning LimitRange istio-system/l: at most 512Mi of memory"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(rows); i++) {
        struct two t;
        two_init(&t);
        json_auto_t *found = parse(rows[i].quotas), *limits = parse(rows[i].limits);
        limits_judge_quotas(&t.probe, found, limits);
        rows_are(&t, "MC115", rows[i].rows);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes),
        cmocka_unit_test(load_balancers),
        cmocka_unit_test(other_control_planes),
        cmocka_unit_test(kinds_of_a_later_version),
        cmocka_unit_test(other_injectors),
        cmocka_unit_test(selectors),
        cmocka_unit_test(security),
        cmocka_unit_test(quotas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
