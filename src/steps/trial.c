/* Runs verify's trials one after another, and keeps what came of them. */
#include "trial.h"

#include <stdlib.h>

#include "meshctl/base/clock.h"

#define POLL_MS 50
#define TELL_MS 1000
#define BACK_MS 120000 /* a gateway's pods start */

void trial_release(struct trial *t)
{
    for (size_t i = 0; i < PLAN_MAX_LANES; i++) {
        load_free(t->loads[i]);
        kube_client_free(t->clients[i]);
    }
}

int trial_client(struct trial *t, size_t at, struct kube_client **ret_client, struct error **err)
{
    const struct steps *s = t->lane->steps;
    const struct kube_client_options options = {.name = lane_name(&s->lanes[at]),
                                                .cancel = s->options.cancel,
                                                .deadline_ms = s->deadline_ms};
    if (!t->clients[at] && kube_client_new(s->lanes[at].config, &options, &t->clients[at], err) < 0)
        return -1;
    *ret_client = t->clients[at];
    return 0;
}

unsigned trial_rate(const struct steps *s)
{
    return s->options.rate ? s->options.rate : TRIAL_RATE;
}

bool trial_has(const struct steps *s, size_t at)
{
    return s->lanes[at].proof->is_ready;
}

int trial_load(struct trial *t, size_t at, struct error **err)
{
    const struct steps *s = t->lane->steps;
    const struct lane *lane = &s->lanes[at];
    const struct load_options options = {
        lane->config, lane_name(lane), s->mesh, s->proof_namespace, lane->proof->measured.caller,
        trial_rate(s)};
    return load_start(&options, &t->loads[at], err);
}

void trial_unload(struct trial *t, size_t at)
{
    load_free(TAKE(t->loads[at]));
}

static bool is_settled(struct trial *t, size_t at, bool others)
{
    size_t count;
    AUTO_FREE struct load_sample *samples = load_samples_dup(t->loads[at], &count);
    return load_is_settled(samples, count, (int)at, others, clock_now_ms(), TRIAL_WINDOW_MS);
}

int trial_settle(struct trial *t, size_t at, bool others, int64_t limit_ms, struct error **err)
{
    const struct steps *s = t->lane->steps;
    const char *name = lane_name(&s->lanes[at]);
    int64_t start = clock_now_ms(), told = start;
    AUTO_FREE char *reason = mem_printf("every answer to %s from %s", name,
                                        others ? "another cluster" : "its own cluster");
    /* One window at the least, of answers that came after now. */
    if (clock_sleep(TRIAL_WINDOW_MS, s->options.cancel) < 0)
        return error_set(err, ERROR_CANCELLED, "cancelled");
    while (!is_settled(t, at, others)) {
        int64_t now = clock_now_ms();
        struct error *problem = load_problem_dup(t->loads[at]);
        if (problem) {
            *err = problem;
            return -1;
        }
        if (now - start > limit_ms)
            return error_set(err, ERROR_TIMEOUT, "waited %llds for %s",
                             (long long)(limit_ms / 1000), reason);
        if (now - told >= TELL_MS) {
            plan_waiting(t->lane->task, now - start, limit_ms, "%s", reason);
            told = now;
        }
        if (clock_sleep(POLL_MS, s->options.cancel) < 0)
            return error_set(err, ERROR_CANCELLED, "cancelled");
    }
    return 0;
}

/* ---- the tasks ------------------------------------------------------------------------------- */

/* What prefers the own cluster, for as long as the namespace is there. */
int task_proof_locality(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct kube_apply_options options = {0};
    const struct mesh_var vars[] = {{"verify_namespace", lane->steps->proof_namespace}, {0}};
    json_auto_t *objects = NULL;
    json_t *object;
    size_t i;
    if (!lane->proof->is_ready)
        return 0;
    if (manifest_fill(lane, "manifests/verify/locality.yaml", vars, &objects, err) < 0)
        return -1;
    json_array_foreach(objects, i, object)
        if (kube_apply(lane->client, object, &options, NULL, err) < 0)
            return -1;
    json_decref(lane->proof->policy);
    lane->proof->policy = json_incref(json_dig(objects, "0", "spec", "trafficPolicy", NULL));
    return 0;
}

/* A path that fails without anything taken away makes every trial pointless. */
static bool is_whole(const struct steps *s)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        for (size_t j = 0; trial_has(s, i) && j < s->lanes_count; j++) {
            const struct proof *f = &s->lanes[i].proof->measured;
            if (f->to[j] && (!f->paths[j].requests || f->paths[j].failed))
                return false;
        }
    return true;
}

static int run_trials(struct trial *t, json_t *rows, struct error **err)
{
    const struct steps *s = t->lane->steps;
    for (size_t i = 0; i < s->lanes_count && s->options.bench; i++)
        for (size_t j = 0; trial_has(s, i) && j < s->lanes_count; j++)
            if (trial_has(s, j) && trial_bench(t, i, j, rows, err) < 0)
                return -1;
    for (size_t i = 0; i < s->lanes_count && s->options.failover; i++)
        if (trial_has(s, i) && trial_failover(t, i, rows, err) < 0)
            return -1;
    for (size_t i = 0; i < s->lanes_count && s->options.partition; i++)
        if (trial_has(s, i) && trial_partition(t, i, rows, err) < 0)
            return -1;
    return 0;
}

int task_proof_trials(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct steps *s = lane->steps;
    AUTO_TRIAL t = {.lane = lane};
    size_t ready = 0;
    for (size_t i = 0; i < s->lanes_count; i++)
        ready += trial_has(s, i);
    if (!ready)
        return 0;
    if (!is_whole(s)) {
        plan_warn(task, "nothing was taken away: requests fail without that");
        return 0;
    }
    s->trials = json_array();
    return run_trials(&t, s->trials, err);
}

/* Their pods start before anything is said about them. */
static int give_back(struct lane *lane, struct error **err)
{
    json_auto_t *given = NULL;
    json_t *deployment;
    size_t i;
    if (trial_give_back(lane, lane->client, true, &given, err) < 0)
        return -1;
    json_array_foreach(given, i, deployment) {
        struct kube_ref ref = kube_ref_of(deployment);
        plan_warn(lane->task,
                  "gave gateway %s/%s back, which an earlier verify --partition had taken away",
                  ref.namespace_, ref.name);
        if (lane_wait_for(lane, &ref, BACK_MS, kube_is_available, err) < 0)
            return -1;
    }
    return 0;
}

/* Before anything is looked at: a run that was killed may have left a gateway away. */
int task_proof_give_back(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    AUTO_ERROR struct error *why = NULL;
    if (give_back(lane, &why) == 0)
        return 0;
    if (why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    plan_warn(task, "%s", why->message);
    return 0;
}
