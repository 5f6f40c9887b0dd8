/* A cluster's east-west gateway is taken away under load and given back: requests that stay in their
 * cluster must lose nothing, those to that cluster come back when it does. */
#include "trial.h"

#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "meshctl/base/clock.h"

#define CALM_MS 30000
#define AWAY_MS 2000  /* for so long after its last pod */
#define GONE_MS 60000 /* its pods drain */
#define GONE_POLL_MS 100
#define BACK_MS 120000 /* its pods start */
#define REACH_MS 60000 /* and are known */
#define REACH_POLL_MS 100
#define ASK_TIMEOUT_MS 8000

static int pause_for(const struct steps *s, int64_t ms, struct error **err)
{
    return clock_sleep(ms, s->options.cancel) < 0 ? error_set(err, ERROR_CANCELLED, "cancelled")
                                                  : 0;
}

/* Whether one request from `from` is answered by the echo of `to`. */
static int reaches(struct trial *t, size_t from, size_t to, bool *ret_reaches, struct error **err)
{
    const struct steps *s = t->lane->steps;
    const struct kube_pod_port port = {s->proof_namespace, s->lanes[from].proof->measured.caller,
                                       PATH_CALLER_PORT, PATH_ANSWER_HEADER, ASK_TIMEOUT_MS};
    MC_CLEANUP(path_release) struct path path = {0};
    const struct mesh_member *wanted = &s->mesh->members[to];
    AUTO_FREE char *header =
        mem_printf(PATH_HOST_HEADER ": echo-%s.%s.svc", wanted->name, s->proof_namespace);
    const char *headers[] = {header};
    struct kube_pod_answer *answers = NULL;
    struct kube_client *client;
    if (trial_client(t, from, &client, err) < 0 ||
        kube_pod_ask_many(client, &port, headers, 1, 1, &answers, err) < 0)
        return -1;
    path_count(&path, s->mesh, wanted, &answers[0]);
    kube_pod_answers_free(answers, 1);
    *ret_reaches = path.requests && !path.failed;
    return 0;
}

/* Another cluster whose caller asks through the gateway, or PLAN_MAX_LANES. */
static size_t peer_of(const struct steps *s, size_t at)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        if (i != at && trial_has(s, i) &&
            !mesh_shares_network(s->lanes[at].member, s->lanes[i].member))
            return i;
    return PLAN_MAX_LANES;
}

/* Until the last pod has gone, which serves while it drains. */
static int wait_gone(struct trial *t, struct probe *p, struct error **err)
{
    const struct steps *s = t->lane->steps;
    int64_t start = clock_now_ms();
    for (size_t left = 1; left;) {
        if (proof_gateway_pods(p, &left, err) < 0)
            return -1;
        if (left && clock_now_ms() - start > GONE_MS)
            return error_set(err, ERROR_TIMEOUT, "%s: %zu pods of its gateway do not go",
                             probe_name(p), left);
        if (left && pause_for(s, GONE_POLL_MS, err) < 0)
            return -1;
    }
    return 0;
}

static int wait_back(struct kube_client *client, json_t *deployments, struct error **err)
{
    size_t i;
    json_t *deployment;
    json_array_foreach(deployments, i, deployment) {
        json_auto_t *ignored = NULL;
        const struct kube_wait wait = {.ref = kube_ref_of(deployment),
                                       .deadline_ms = clock_now_ms() + BACK_MS,
                                       .predicate = kube_is_available};
        if (kube_wait(client, &wait, &ignored, err) < 0)
            return -1;
    }
    return 0;
}

static int load_all(struct trial *t, struct error **err)
{
    const struct steps *s = t->lane->steps;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (trial_has(s, i) && trial_load(t, i, err) < 0)
            return -1;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (trial_has(s, i) && trial_settle(t, i, false, CALM_MS, err) < 0)
            return -1;
    return 0;
}

static void unload_all(struct trial *t)
{
    for (size_t i = 0; i < t->lane->steps->lanes_count; i++)
        trial_unload(t, i);
}

static int wait_reached(struct trial *t, size_t from, size_t to, struct error **err)
{
    const struct steps *s = t->lane->steps;
    int64_t deadline = clock_now_ms() + REACH_MS;
    for (bool good = false; !good;) {
        if (reaches(t, from, to, &good, err) < 0)
            return -1;
        if (!good && !clock_left_ms(deadline))
            return error_set(err, ERROR_TIMEOUT, "%s does not reach %s again",
                             lane_name(&s->lanes[from]), lane_name(&s->lanes[to]));
        if (!good && pause_for(s, REACH_POLL_MS, err) < 0)
            return -1;
    }
    return 0;
}

struct times {
    int64_t away, gone, back, reached;
    bool was_reached; /* while it was away */
};

/* A gateway that is away is the mesh's own: an end waits until it is back. */
static void set_away(struct steps *s, bool away)
{
    s->gateways_away = away;
    cancel_owe(s->options.cancel, away);
}

static int take_and_give_back(struct trial *t, struct probe *p, json_t *deployments,
                              struct times *times, struct error **err)
{
    struct steps *s = t->lane->steps;
    size_t at = p->at, peer = peer_of(s, at);
    struct kube_client *client;
    if (trial_client(t, at, &client, err) < 0)
        return -1;
    times->away = clock_now_ms();
    set_away(s, true);
    if (trial_take_away(&s->lanes[at], client, deployments, err) < 0 || wait_gone(t, p, err) < 0)
        return -1;
    times->gone = clock_now_ms();
    if (pause_for(s, AWAY_MS, err) < 0 || reaches(t, peer, at, &times->was_reached, err) < 0)
        return -1;
    times->back = clock_now_ms();
    if (trial_give_back(&s->lanes[at], client, false, NULL, err) < 0)
        return -1;
    set_away(s, false);
    if (wait_back(client, deployments, err) < 0 || wait_reached(t, peer, at, err) < 0)
        return -1;
    times->reached = clock_now_ms();
    return 0;
}

/* What every cluster's own traffic lost meanwhile. */
static json_t *local_of(struct trial *t, const struct times *times)
{
    const struct steps *s = t->lane->steps;
    json_t *local = json_array();
    for (size_t i = 0; i < s->lanes_count; i++) {
        size_t count;
        if (!t->loads[i])
            continue;
        AUTO_FREE struct load_sample *samples = load_samples_dup(t->loads[i], &count);
        struct load_counts c = load_count(samples, count, (int)i, times->away, times->reached);
        json_array_append_new(
            local, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:o}", "from", lane_name(&s->lanes[i]),
                             "requests", (json_int_t)c.all, "own", (json_int_t)c.own, "elsewhere",
                             (json_int_t)c.others, "lost", (json_int_t)c.failed, "unasked",
                             (json_int_t)c.unasked, "failures", load_failures(t->loads[i])));
    }
    return local;
}

static int run(struct trial *t, size_t at, json_t **ret_row, struct error **err)
{
    struct steps *s = t->lane->steps;
    struct look look;
    json_auto_t *deployments = NULL;
    struct times times = {0};
    struct kube_client *client;
    look_begin(&s->lanes[at], &look);
    if (trial_client(t, at, &client, err) < 0)
        return -1;
    look.probe.client = client;
    if (proof_gateways(&look.probe, &deployments, err) < 0)
        return -1;
    if (!json_array_size(deployments))
        return error_set(
            err, ERROR_CHECK,
            "%s: no Deployment makes the pods of its gateway, so it cannot be taken away",
            lane_name(&s->lanes[at]));
    if (load_all(t, err) < 0 || take_and_give_back(t, &look.probe, deployments, &times, err) < 0)
        return -1;
    *ret_row = json_pack("{s:I, s:b, s:I, s:o}", "awayMs", (json_int_t)(times.back - times.away),
                         "reachedWhileAway", times.was_reached, "reachedAgainMs",
                         (json_int_t)(times.reached - times.back), "local", local_of(t, &times));
    return 0;
}

/* However it ended, the gateway comes back. */
static void give_back(struct trial *t, size_t at, struct error **why)
{
    struct steps *s = t->lane->steps;
    AUTO_ERROR struct error *ignored = NULL;
    struct kube_client *client;
    if (!s->gateways_away || (*why)->kind == ERROR_CANCELLED)
        return; /* steps_end does */
    if (trial_client(t, at, &client, &ignored) == 0 &&
        trial_give_back(&s->lanes[at], client, false, NULL, &ignored) == 0)
        set_away(s, false);
}

int trial_partition(struct trial *t, size_t at, json_t *rows, struct error **err)
{
    const struct steps *s = t->lane->steps;
    AUTO_ERROR struct error *why = NULL;
    json_t *row = NULL;
    if (peer_of(s, at) == PLAN_MAX_LANES)
        return 0;
    int rc = run(t, at, &row, &why);
    unload_all(t);
    if (rc < 0)
        give_back(t, at, &why);
    if (rc < 0 && why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    if (rc < 0)
        row = json_pack("{s:s}", "problem", why->message);
    json_object_set_new(row, "trial", json_string("partition"));
    json_object_set_new(row, "cluster", json_string(lane_name(&s->lanes[at])));
    json_object_set_new(row, "rate", json_integer(trial_rate(s)));
    json_array_append_new(rows, row);
    return 0;
}
