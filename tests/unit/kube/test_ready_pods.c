/* Whether a Deployment is available, and what its pods, their events and logs say of why it is not. */
#include "client_internal.h"
#include "events.h"
#include "pod_log.h"
#include "pods.h"
#include "ready_support.h"

#define DEPLOYMENT(spec, status)                                                                   \
    "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"d\",\"namespace\":\"x\",\"uid\":\"u2\","    \
    "\"generation\":2},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"d\"}}" spec              \
    "},\"status\":{" status "}}"
#define COUNTS(total, updated, available)                                                          \
    "\"observedGeneration\":2,\"replicas\":" #total ",\"updatedReplicas\":" #updated               \
    ",\"availableReplicas\":" #available

static void test_available(void **state)
{
    (void)state;
    expect(kube_is_available, NULL, NULL, "it does not exist");
    expect(kube_is_available, DEPLOYMENT("", COUNTS(1, 1, 1)), NULL, "yes");
    expect(kube_is_available, DEPLOYMENT(",\"replicas\":0", "\"observedGeneration\":2"), NULL,
           "yes");
    expect(kube_is_available, DEPLOYMENT(",\"replicas\":3", COUNTS(3, 3, 3)), NULL, "yes");
    /* Without a server that answers about pods, the numbers alone are the reason. */
    connect_with(-1);
    expect(kube_is_available,
           DEPLOYMENT("", "\"observedGeneration\":1,\"replicas\":1,"
                          "\"updatedReplicas\":1,\"availableReplicas\":1"),
           NULL, "the controller has not seen it yet");
    expect(kube_is_available, DEPLOYMENT("", COUNTS(1, 1, 0)), NULL, "0 of 1 ready");
    expect(kube_is_available, DEPLOYMENT(",\"replicas\":2", COUNTS(2, 1, 2)), NULL,
           "1 of 2 updated");
    /* The old pod serves, the new one is not ready: that is not available. */
    expect(kube_is_available, DEPLOYMENT("", COUNTS(2, 1, 1)), NULL, "1 old pods are still there");
}

#define PODS "GET /api/v1/namespaces/x/pods?labelSelector=app%3Dd"
#define WAITING(reason, message)                                                                   \
    "{\"items\":[{\"metadata\":{\"name\":\"d-1\",\"namespace\":\"x\",\"uid\":\"p\"},\"status\":{"  \
    "\"phase\":\"Pending\",\"containerStatuses\":[{\"name\":\"proxy\",\"ready\":false,\"state\":{" \
    "\"waiting\":{\"reason\":\"" reason "\",\"message\":\"" message "\"}}}]}}]}"

static void test_pod_reason(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = PODS,
                           .status = 200,
                           .body = WAITING("ImagePullBackOff", "Back-off pulling image x:1")});
    add_rule(
        (struct rule){.match = "GET /api/v1/namespaces/x/events?",
                      .status = 200,
                      .body = "{\"items\":[{\"type\":\"Warning\",\"reason\":\"Failed\",\"message\":"
                              "\"no such host\",\"lastTimestamp\":\"2026-01-02T00:00:00Z\"}]}"});
    for (int i = 0; i < 3; i++)
        expect(kube_is_available, DEPLOYMENT("", COUNTS(1, 1, 0)), NULL,
               "0 of 1 ready: pod d-1: proxy: ImagePullBackOff: Back-off pulling image x:1; "
               "Failed: no "
               "such host");
    assert_int_equal(asked(PODS), 1);
}

/* No pod at all: a webhook or quota keeps the ReplicaSet from making them. */
static void test_no_pods(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = PODS, .status = 200, .body = "{\"items\":[]}"});
    expect(kube_is_available,
           DEPLOYMENT(
               "",
               "\"observedGeneration\":2,\"conditions\":[{\"type\":\"ReplicaFailure\",\"status\":"
               "\"True\",\"reason\":\"FailedCreate\",\"message\":\"exceeded quota\"}]"),
           NULL, "0 of 1 updated: FailedCreate: exceeded quota");
    assert_int_equal(asked("GET /api/v1/namespaces/x/events?"), 0);
}

#define EXCEEDED(when)                                                                             \
    DEPLOYMENT("", COUNTS(1, 1, 0) ",\"conditions\":[{\"type\":\"Progressing\",\"status\":"        \
                                   "\"False\",\"reason\":\"ProgressDeadlineExceeded\","            \
                                   "\"lastUpdateTime\":\"" when "\"}]")

/* As if the last look had been so long ago. */
static void let_pass(int64_t ms)
{
    api.client->memo.asked_ms -= ms;
    api.client->memo.trouble.since_ms -= ms;
}

/* One that the wait has found already is of an earlier roll-out; a new one ends the wait. */
static void test_deadline_exceeded(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = PODS, .status = 200, .body = WAITING("Starting", "again")});
    for (int i = 0; i < 2; i++)
        expect(kube_is_available, EXCEEDED("2026-01-01T00:00:00Z"), NULL,
               "0 of 1 ready: pod d-1: proxy: Starting: again");
    expect(kube_is_available, EXCEEDED("2026-01-01T00:10:00Z"), NULL,
           "error: it made no progress in its time: 0 of 1 ready: pod d-1: proxy: Starting: again");
}

static void test_deadline_exceeded_later(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){.match = PODS, .status = 200, .body = WAITING("Starting", "again")});
    expect(kube_is_available, DEPLOYMENT("", COUNTS(1, 1, 0)), NULL,
           "0 of 1 ready: pod d-1: proxy: Starting: again");
    expect(kube_is_available, EXCEEDED("2026-01-01T00:10:00Z"), NULL,
           "error: it made no progress in its time: 0 of 1 ready: pod d-1: proxy: Starting: again");
}

static bool look(const char *text, struct error **err)
{
    json_auto_t *object = parse(text);
    char *reason = NULL;
    bool yes = kube_is_available(api.client, object, NULL, &reason, err);
    free(reason);
    return yes;
}

/* What stands for long ends the wait, with words that fit; what comes and goes meanwhile (the pull
 * that is tried again) does not begin it anew. */
static void test_image_trouble(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){
        .match = PODS, .times = 1, .status = 200, .body = WAITING("ErrImagePull", "no host")});
    add_rule((struct rule){
        .match = PODS, .times = 1, .status = 200, .body = WAITING("ContainerCreating", "")});
    add_rule((struct rule){.match = PODS, .status = 200, .body = WAITING("ImagePullBackOff", "x")});
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
    let_pass(16000);
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
    let_pass(3000);
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_int_equal(err->kind, ERROR_CHECK);
    assert_string_equal(err->message, "waiting will not help: 0 of 1 ready: pod d-1: proxy: "
                                      "ImagePullBackOff: x");
    assert_non_null(strstr(err->hint, "--hub"));
}

static void test_trouble_is_new(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){
        .match = PODS, .times = 1, .status = 200, .body = WAITING("ErrImagePull", "no host")});
    add_rule((struct rule){.match = PODS,
                           .status = 200,
                           .body =
                               "{\"items\":[{\"metadata\":{\"name\":\"d-2\",\"namespace\":\"x\","
                               "\"uid\":\"q\"},\"status\":{\"containerStatuses\":[{\"name\":"
                               "\"proxy\",\"state\":{\"waiting\":{\"reason\":"
                               "\"ImagePullBackOff\"}}}]}}]}"});
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    let_pass(20000);
    /* Another pod by now. */
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
    /* And a wait of its own begins with nothing. */
    let_pass(20000);
    kube_memo_release(&api.client->memo);
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
}

#define PODS_OF(old, new)                                                                          \
    "{\"items\":[{\"metadata\":{\"name\":\"d-old\",\"namespace\":\"x\",\"uid\":\"o\","             \
    "\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{\"pod-template-hash\":\"1\"}},"    \
    "\"status\":{" old "}},{\"metadata\":{\"name\":\"d-new\",\"namespace\":\"x\",\"uid\":\"n\","   \
    "\"creationTimestamp\":\"2026-01-02T00:00:00Z\",\"labels\":{\"pod-template-hash\":\"2\"}},"    \
    "\"status\":{" new "}}]}"
#define PULLS                                                                                      \
    "\"containerStatuses\":[{\"name\":\"proxy\",\"state\":{\"waiting\":{\"reason\":"               \
    "\"ImagePullBackOff\"}}}]"
#define STARTS                                                                                     \
    "\"containerStatuses\":[{\"name\":\"proxy\",\"ready\":false,\"state\":{\"waiting\":{"          \
    "\"reason\":\"ContainerCreating\"}}}]"

/* The pod of an older template is replaced: its trouble is not that of this roll-out. */
static void test_old_trouble(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = PODS, .status = 200, .body = PODS_OF(PULLS, STARTS)});
    for (int i = 0; i < 2; i++) {
        expect(kube_is_available, DEPLOYMENT("", COUNTS(2, 1, 0)), NULL,
               "0 of 1 ready: pod d-new: proxy: ContainerCreating");
        let_pass(20000);
    }
    /* Not even when there is no new pod yet. */
    for (int i = 0; i < 2; i++) {
        assert_false(look(DEPLOYMENT("", COUNTS(1, 0, 0)), &err));
        assert_null(err);
        let_pass(20000);
    }
}

#define CRASHES                                                                                    \
    "{\"items\":[{\"metadata\":{\"name\":\"d-1\",\"namespace\":\"x\",\"uid\":\"p\"},\"status\":{"  \
    "\"containerStatuses\":[{\"name\":\"discovery\",\"lastState\":{\"terminated\":{\"exitCode\":"  \
    "255}},\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}}]}}]}"
#define LOG                                                                                        \
    "GET /api/v1/namespaces/x/pods/d-1/log?container=discovery&previous=true&tailLines=40&"        \
    "limitBytes=65536$"

/* Its own last words are the reason. */
static void test_crash(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = PODS, .status = 200, .body = CRASHES});
    add_rule((struct rule){.match = LOG,
                           .status = 200,
                           .body = "info\tstarting\nerror\tfailed to create CA: bad root\x07\n"
                                   "info\tbye\n"});
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
    assert_int_equal(asked("GET /api/v1/namespaces/x/events"), 0);
    let_pass(16000);
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_int_equal(err->kind, ERROR_CHECK);
    assert_string_equal(
        err->message, "waiting will not help: 0 of 1 ready: pod d-1: discovery: CrashLoopBackOff "
                      "(exit code 255); its log says: error failed to create CA: bad root\\u0007");
    assert_string_equal(err->hint,
                        "its log tells more: kubectl -n x logs d-1 -c discovery --previous");
}

/* Between two crashes it runs: then there is nothing to end a wait for. */
static void test_crash_and_run(void **state)
{
    (void)state;
    AUTO_ERROR struct error *err = NULL;
    add_discovery();
    add_rule((struct rule){.match = PODS, .times = 1, .status = 200, .body = CRASHES});
    add_rule((struct rule){.match = PODS,
                           .status = 200,
                           .body =
                               "{\"items\":[{\"metadata\":{\"name\":\"d-1\",\"namespace\":\"x\","
                               "\"uid\":\"p\"},\"status\":{\"containerStatuses\":[{\"name\":"
                               "\"discovery\",\"ready\":false,\"state\":{\"running\":{}}}]}}]}"});
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    let_pass(60000);
    assert_false(look(DEPLOYMENT("", COUNTS(1, 1, 0)), &err));
    assert_null(err);
}

static void test_log_line(void **state)
{
    (void)state;
    static const struct {
        const char *log, *line;
    } logs[] = {
        {"", NULL},
        {"\n \n", NULL},
        {"a\nb\n\n", "b"},
        {"2026-01-01T00:00:00Z\tfatal\tno root\r\n2026-01-01T00:00:01Z\tinfo\tbye\n",
         "2026-01-01T00:00:00Z fatal no root\\u000d"},
        {"panic: no root\n\ngoroutine 1 [running]:\nmain.main()\n\t/main.go:7 +0x1d\n",
         "panic: no root"},
        {"Error: one\nError: two\nUsage:\n", "Error: two"},
        {"error: token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2ln\n", NULL},
        {"\x1b[31mError\x1b[0m\n", "\\u001b[31mError\\u001b[0m"},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(logs); i++) {
        AUTO_FREE char *line = kube_log_line_dup(logs[i].log);
        assert_int_equal(line != NULL, logs[i].line != NULL);
        if (line)
            assert_string_equal(line, logs[i].line);
    }
    AUTO_BUF longer = BUF_INIT;
    buf_pad(&longer, 'x', 5000);
    AUTO_FREE char *cut = kube_log_line_dup(buf_str(&longer));
    assert_int_equal(strlen(cut), 303);
}

#define POD(name, metadata, status)                                                                \
    "{\"metadata\":{\"name\":\"" name "\"" metadata "},\"status\":{" status "}}"
#define READY "\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]"
#define STATE(container, rest)                                                                     \
    "\"phase\":\"Running\",\"containerStatuses\":[{\"name\":\"" container "\"," rest "}]"
#define UNSCHEDULABLE                                                                              \
    "\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\","       \
    "\"reason\":"                                                                                  \
    "\"Unschedulable\",\"message\":\"0/1 nodes are available: 1 Insufficient memory.\"}]"

static const struct {
    const char *pods;
    const char *text; /* NULL: all is well */
} pod_cases[] = {
    {"", NULL},
    {POD("a", "", READY), NULL},
    {POD("a", ",\"deletionTimestamp\":\"t\"", "\"phase\":\"Running\""), NULL},
    {POD("a", "", "\"phase\":\"Succeeded\""), NULL},
    {POD("a", "", "\"phase\":\"Pending\""), "pod a: Pending"},
    {POD("a", "", UNSCHEDULABLE),
     "pod a: Unschedulable: 0/1 nodes are available: 1 Insufficient memory."},
    {POD("a", "", STATE("c", "\"ready\":false,\"state\":{\"running\":{}}")),
     "pod a: c is not ready yet"},
    {POD("a", "",
         STATE("c", "\"ready\":false,\"state\":{\"waiting\":{\"reason\":\"ContainerCreating\"}}")),
     "pod a: c: ContainerCreating"},
    {POD("a", "",
         STATE("c", "\"ready\":false,\"lastState\":{\"terminated\":{\"exitCode\":137}},"
                    "\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\",\"message\":"
                    "\"back-off\\n40s\"}}")),
     "pod a: c: CrashLoopBackOff (exit code 137): back-off 40s"},
    {POD("a", "",
         STATE("c", "\"ready\":false,\"state\":{\"terminated\":{\"exitCode\":1,\"reason\":"
                    "\"Error\"}}")),
     "pod a: c: Error (exit code 1)"},
    {POD("a", "",
         "\"phase\":\"Failed\",\"containerStatuses\":[{\"name\":\"c\",\"state\":{\"terminated\":{"
         "\"exitCode\":3,\"reason\":\"Error\"}}}]"),
     "pod a: c: Error (exit code 3)"},
    {POD("a", "", "\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"low on memory\""),
     "pod a: Evicted: low on memory"},
    /* An init container that has ended well is no trouble, one that waits for its image is. */
    {POD("a", "",
         "\"phase\":\"Pending\",\"initContainerStatuses\":[{\"name\":\"i\",\"state\":{"
         "\"terminated\":{\"exitCode\":0}}},{\"name\":\"j\",\"state\":{\"waiting\":{\"reason\":"
         "\"ErrImagePull\"}}}],\"containerStatuses\":[{\"name\":\"c\",\"ready\":false,\"state\":{"
         "\"waiting\":{\"reason\":\"PodInitializing\"}}}]"),
     "pod a: j: ErrImagePull"},
    /* The worst of several. */
    {POD("a", "", READY) "," POD(
         "b", "",
         STATE(
             "c",
             "\"ready\":false,\"state\":{\"running\":{}}")) "," POD("d", "",
                                                                    UNSCHEDULABLE) "," POD("e", "",
                                                                                           "\"phase"
                                                                                           "\":"
                                                                                           "\"Pendi"
                                                                                           "ng\""),
     "pod d: Unschedulable: 0/1 nodes are available: 1 Insufficient memory."},
    {POD("a\\u001b[2J", "", "\"phase\":\"x\\u0007y\""), "pod a\\u001b[2J: x\\u0007y"},
};

static void test_pods(void **state)
{
    (void)state;
    for (size_t i = 0; i < MC_ARRAY_LEN(pod_cases); i++) {
        AUTO_FREE char *list = mem_printf("[%s]", pod_cases[i].pods);
        AUTO_FREE char *text = NULL;
        json_auto_t *pods = parse(list);
        const json_t *worst = kube_pods_worst(pods, &text).pod;
        assert_int_equal(worst == NULL, pod_cases[i].text == NULL);
        if (worst)
            assert_string_equal(text, pod_cases[i].text);
    }
}

/* What kubelet says of a probe (pkg/kubelet/prober/prober.go) behind what net/http says of the
 * request, shortened to what matters. */
static void test_probed(void **state)
{
    (void)state;
    static const char pod[] = "pod gw-5d8f-x: istio-proxy is not ready yet";
    static const struct {
        const char *event, *text; /* what comes after the pod */
    } probes[] = {
        {"Unhealthy: Readiness probe failed: Get \"http://10.10.0.5:15021/healthz/ready\": dial "
         "tcp "
         "10.10.0.5:15021: connect: connection refused",
         " (readiness probe failed: connection refused)"},
        {"Unhealthy: Startup probe failed: HTTP probe failed with statuscode: 503",
         " (startup probe failed: HTTP probe failed with statuscode: 503)"},
        {"Unhealthy: Readiness probe failed: Get \"http://[fd00::5]:15021/healthz/ready\": context "
         "deadline exceeded",
         " (readiness probe failed: context deadline exceeded)"},
        {"Unhealthy: Readiness probe failed: dial tcp", " (readiness probe failed: dial tcp)"},
        {"Unhealthy:  probe failed: x", ""},
        {"Unhealthy: odd", ""},
        /* From before it ran. */
        {"FailedScheduling: 0/1 nodes are available", ""},
        {NULL, ""},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(probes); i++) {
        AUTO_FREE char *expected = mem_printf("%s%s", pod, probes[i].text);
        AUTO_FREE char *got = kube_pod_probed_dup(pod, probes[i].event);
        assert_string_equal(got, expected);
    }
    /* Cut, and not within a character. */
    AUTO_FREE char *name = mem_alloc(136 + 1);
    memset(name, 'n', 136);
    name[136] = '\0';
    AUTO_FREE char *text = mem_printf("%s\u00e9\u00e9\u00e9", name);
    AUTO_FREE char *expected = mem_printf("%s...", name);
    AUTO_FREE char *got = kube_pod_probed_dup(text, NULL);
    assert_string_equal(got, expected);
}

/* A gateway while Envoy starts: the probe's event is part of it, other trouble is
 * told as before. */
static void test_not_ready_yet(void **state)
{
    (void)state;
    add_discovery();
    add_rule((struct rule){
        .match = PODS,
        .status = 200,
        .body = "{\"items\":[{\"metadata\":{\"name\":\"d-1\",\"namespace\":\"x\",\"uid\":\"p\"},"
                "\"status\":{\"phase\":\"Running\",\"containerStatuses\":[{\"name\":"
                "\"istio-proxy\",\"ready\":false,\"state\":{\"running\":{}}}]}}]}"});
    add_rule((struct rule){
        .match = "GET /api/v1/namespaces/x/events?",
        .status = 200,
        .body = "{\"items\":[{\"type\":\"Warning\",\"reason\":\"Unhealthy\",\"message\":"
                "\"Readiness probe failed: Get \\\"http://10.0.0.5:15021/healthz/ready\\\": dial "
                "tcp 10.0.0.5:15021: connect: connection refused\"}]}"});
    expect(
        kube_is_available, DEPLOYMENT("", COUNTS(1, 1, 0)), NULL,
        "0 of 1 ready: pod d-1: istio-proxy is not ready yet (readiness probe failed: connection "
        "refused)");
}

static void test_selector(void **state)
{
    (void)state;
    static const struct {
        const char *selector, *text;
    } cases[] = {
        {"{\"matchLabels\":{\"app\":\"a\",\"v\":\"1\"}}", "app=a,v=1"},
        {"{\"matchLabels\":{\"app\":\"a\"},\"matchExpressions\":[{\"key\":\"k\",\"operator\":"
         "\"In\","
         "\"values\":[\"x\",\"y\"]},{\"key\":\"l\",\"operator\":\"DoesNotExist\"},{\"key\":\"m\","
         "\"operator\":\"Exists\"},{\"key\":\"n\",\"operator\":\"NotIn\",\"values\":[\"z\"]}]}",
         "app=a,k in (x,y),!l,m,n notin (z)"},
        /* All pods of the namespace are not what an empty one should mean here. */
        {"{}", NULL},
        {"{\"matchExpressions\":[{\"key\":\"k\",\"operator\":\"Gt\"}]}", NULL},
        {"{\"matchLabels\":{\"app\":1}}", NULL},
    };
    for (size_t i = 0; i < MC_ARRAY_LEN(cases); i++) {
        AUTO_BUF out = BUF_INIT;
        json_auto_t *selector = parse(cases[i].selector);
        assert_int_equal(kube_selector_append(&out, selector), cases[i].text != NULL);
        if (cases[i].text)
            assert_string_equal(buf_str(&out), cases[i].text);
    }
}

static void test_events(void **state)
{
    (void)state;
    json_auto_t *events = parse(
        "[{\"type\":\"Normal\",\"reason\":\"Pulled\",\"lastTimestamp\":\"2026-01-05T00:00:00Z\"},"
        "{\"type\":\"Warning\",\"reason\":\"Old\",\"message\":\"o\",\"lastTimestamp\":"
        "\"2026-01-02T00:00:00Z\",\"involvedObject\":{\"name\":\"d-1\"}},"
        "{\"type\":\"Warning\",\"reason\":\"New\",\"message\":\"n\\nm\",\"eventTime\":"
        "\"2026-01-03T00:00:00.000001Z\",\"lastTimestamp\":null,\"involvedObject\":{\"name\":\"d-"
        "2\"}},"
        "{\"type\":\"Warning\",\"reason\":\"Other\",\"metadata\":{\"creationTimestamp\":"
        "\"2026-01-04T00:00:00Z\"},\"involvedObject\":{\"name\":\"e-1\"}}]");
    AUTO_FREE char *any = kube_event_text_dup(events, NULL);
    AUTO_FREE char *ours = kube_event_text_dup(events, "d-");
    assert_string_equal(any, "Other");
    assert_string_equal(ours, "New: n m");
    assert_null(kube_event_text_dup(events, "f-"));
    assert_null(kube_event_text_dup(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_available),
        CASE(test_pod_reason),
        CASE(test_no_pods),
        CASE(test_deadline_exceeded),
        CASE(test_deadline_exceeded_later),
        CASE(test_image_trouble),
        CASE(test_trouble_is_new),
        CASE(test_old_trouble),
        CASE(test_crash),
        CASE(test_crash_and_run),
        cmocka_unit_test(test_log_line),
        cmocka_unit_test(test_pods),
        cmocka_unit_test(test_probed),
        CASE(test_not_ready_yet),
        cmocka_unit_test(test_selector),
        cmocka_unit_test(test_events),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
