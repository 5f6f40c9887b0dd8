/* As many requests as one path answers, a few at a time for a few seconds: local against cross-cluster. They
 * come in through the API server, which bounds the rate; the times are the calling Envoy's own. */
#include "trial.h"

#include <stdlib.h>

#include "meshctl/base/clock.h"

#define BENCH_MS 3000
#define BENCH_PARALLEL 16
#define BENCH_BATCH 160
#define BENCH_TIMEOUT_MS 8000

static int ask(struct trial *t, size_t from, size_t to, struct path *path, struct error **err)
{
    const struct steps *s = t->lane->steps;
    const struct kube_pod_port port = {s->proof_namespace, s->lanes[from].proof->measured.caller,
                                       PATH_CALLER_PORT, PATH_ANSWER_HEADER, BENCH_TIMEOUT_MS};
    const struct mesh_member *wanted = &s->mesh->members[to];
    AUTO_FREE char *header =
        mem_printf(PATH_HOST_HEADER ": echo-%s.%s.svc", wanted->name, s->proof_namespace);
    const char *headers[BENCH_BATCH];
    struct kube_pod_answer *answers = NULL;
    struct kube_client *client;
    for (size_t i = 0; i < BENCH_BATCH; i++)
        headers[i] = header;
    if (trial_client(t, from, &client, err) < 0 ||
        kube_pod_ask_many(client, &port, headers, BENCH_BATCH, BENCH_PARALLEL, &answers, err) < 0)
        return -1;
    for (size_t i = 0; i < BENCH_BATCH; i++)
        path_count(path, s->mesh, wanted, &answers[i]);
    kube_pod_answers_free(answers, BENCH_BATCH);
    return 0;
}

int trial_bench(struct trial *t, size_t from, size_t to, json_t *rows, struct error **err)
{
    const struct steps *s = t->lane->steps;
    MC_CLEANUP(path_release) struct path path = {0};
    int64_t start = clock_now_ms(), spent = 0;
    while (spent < BENCH_MS) {
        if (ask(t, from, to, &path, err) < 0)
            return -1;
        spent = clock_now_ms() - start;
    }
    json_t *row = path_json(&path);
    json_int_t p90 = path_percentile(&path, 90);
    json_object_set_new(row, "trial", json_string("bench"));
    json_object_set_new(row, "from", json_string(lane_name(&s->lanes[from])));
    json_object_set_new(row, "to", json_string(lane_name(&s->lanes[to])));
    json_object_set_new(row, "parallel", json_integer(BENCH_PARALLEL));
    json_object_set_new(row, "p90Ms", p90 < 0 ? json_null() : json_integer(p90));
    json_object_set_new(row, "requestsPerSecond",
                        json_real((double)(path.requests - path.failed) * 1000 / (double)spent));
    json_array_append_new(rows, row);
    return 0;
}
