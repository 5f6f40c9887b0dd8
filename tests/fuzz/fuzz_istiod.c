/* istiod's words of itself, and Envoy's of where it listens: the input is /debug/syncz at two moments,
 * /debug/clusterz, /debug/networkz and /listeners, apart by NULs. Each problem that comes of it is whole:
 * a check's id, what was wanted and what was found. */
#include "../../src/probe/proxies.h"
#include "../../src/probe/sync.h"
#include "input.h"
#include "meshctl/probe/proxy.h"

#define LINK                                                                                       \
    "[{\"metadata\":{\"name\":\"istio-remote-secret-east-cluster\"},\"data\":{\"east-cluster\":"   \
    "\"Y2x1c3RlcnM6Ci0gY2x1c3RlcjoKICAgIHNlcnZlcjogaHR0cHM6Ly8xOTIuMC4yLjk6NjQ0Mwo=\"}}]"
#define SERVICE                                                                                    \
    "[{\"metadata\":{\"name\":\"istio-eastwestgateway\",\"namespace\":\"istio-ingress\","          \
    "\"labels\":{\"topology.istio.io/network\":\"east-network\"}},\"spec\":{\"ports\":"            \
    "[{\"name\":\"tls\",\"port\":15443,\"targetPort\":15443}]},"                                   \
    "\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"192.0.2.1\"}]}}}]"
#define POD "{\"metadata\":{\"namespace\":\"istio-ingress\",\"name\":\"ew-1\"}}"

enum { SYNCZ, SYNCZ_LATER, CLUSTERZ, NETWORKZ, LISTENERS, ANSWERS };

static json_t *read_json(struct part text)
{
    AUTO_ERROR struct error *err = NULL;
    json_t *value = NULL;
    return json_read(text.data, text.len, "fuzz", &value, &err) < 0 ? json_null() : value;
}

static json_t *constant(const char *text)
{
    return read_json((struct part){text, strlen(text)});
}

static void check_problems(const json_t *problems)
{
    size_t i;
    json_t *row;
    json_array_foreach(problems, i, row)
        if (!json_dig_str(row, "id", NULL) || !json_dig_str(row, "wanted", NULL) ||
            !json_dig_str(row, "found", NULL))
            abort();
}

static void judge(const struct probe *p, json_t *const answers[ANSWERS])
{
    json_auto_t *problems = json_array(), *connected = json_object(), *gateways = json_object();
    json_auto_t *pods = constant("[" POD "]");
    json_auto_t *before = proxies_unanswered(answers[SYNCZ]);
    json_auto_t *now = proxies_unanswered(answers[SYNCZ_LATER]);
    sync_judge_peers(p, "istiod-1", answers[CLUSTERZ], answers[NETWORKZ], problems);
    sync_add_connected(answers[SYNCZ], "istio-system", "west-cluster", connected, gateways);
    sync_judge_connected(pods, connected, problems);
    proxies_judge_refused(answers[SYNCZ], problems);
    proxies_judge_stuck(before, now, problems);
    (void)proxies_judge_listeners(p, json_array_get(pods, 0), answers[LISTENERS], problems);
    (void)proxy_sync_status(answers[CLUSTERZ], "east-cluster");
    check_problems(problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct part rest = {(const char *)data, size};
    json_t *answers[ANSWERS];
    struct facts west = {.links = constant(LINK), .network_services = constant(SERVICE)};
    struct facts east = {.network_services = constant(SERVICE)};
    struct facts *facts[] = {&west, &east};
    struct mesh *mesh = mesh_new();
    mesh_add_member(mesh, "west", "west.kubeconfig", NULL);
    mesh_add_member(mesh, "east", "east.kubeconfig", NULL);
    struct probe p = {.mesh = mesh, .facts = facts, .findings = json_array()};
    for (size_t i = 0; i < ANSWERS; i++)
        answers[i] = read_json(part_take(&rest));
    judge(&p, answers);
    for (size_t i = 0; i < ANSWERS; i++)
        json_decref(answers[i]);
    json_decref(p.findings);
    json_decref(west.links);
    json_decref(west.network_services);
    json_decref(east.network_services);
    mesh_free(mesh);
    return 0;
}
