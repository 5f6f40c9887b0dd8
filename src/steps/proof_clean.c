/* Takes verify's workloads away, and says what they showed. */
#include "proof.h"

#include <stdlib.h>

#include "look.h"
#include "meshctl/base/text.h"
#include "meshctl/probe/finding.h"

#define GONE_MS 30000 /* a namespace with a few pods goes within seconds */

int proof_delete(struct lane *lane, struct kube_client *client, struct error **err)
{
    struct lane_proof *proof = lane->proof;
    const struct kube_ref ref = {"v1", "Namespace", NULL, lane->steps->proof_namespace};
    const struct kube_delete_options options = {.uid = proof->uid};
    if (!proof->uid || lane->steps->options.keep)
        return 0;
    if (kube_delete(client, &ref, &options, NULL, err) < 0)
        return -1;
    free(TAKE(proof->uid));
    return 0;
}

/* Its end is waited for, but not for long, and by `up` not at all: the controller waits 5 seconds before it begins
 * (kube-controller-manager, namespaceDeletionGracePeriod), and goes on by itself. */
static int wait_gone(struct lane *lane, struct look *look, struct error **err)
{
    const struct kube_ref ref = {"v1", "Namespace", NULL, lane->steps->proof_namespace};
    AUTO_ERROR struct error *why = NULL;
    if (lane_wait_for(lane, &ref, GONE_MS, kube_is_gone, &why) == 0)
        return 0;
    if (why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    finding_warn(&look->probe, "MC735", "namespace gone", "%s", why->message);
    return 0;
}

static int clean(struct lane *lane, struct look *look, struct error **err)
{
    AUTO_ERROR struct error *why = NULL;
    if (!lane->proof->uid)
        return 0;
    if (lane->steps->options.keep) {
        plan_warn(lane->task, "namespace %s is kept: kubectl delete namespace %s",
                  lane->steps->proof_namespace, lane->steps->proof_namespace);
        return 0;
    }
    if (proof_delete(lane, lane->client, &why) == 0)
        return lane->steps->options.proof == PROOF_ALWAYS ? wait_gone(lane, look, err) : 0;
    if (why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    finding_warn(&look->probe, "MC735", "namespace deleted", "%s", why->message);
    return 0;
}

/* ---- trials ---------------------------------------------------------------------------------- */

static double seconds(const json_t *row, const char *key)
{
    return (double)json_dig_int(row, 0, key, NULL) / 1000;
}

static json_int_t count_of(const json_t *row, const char *key)
{
    return json_dig_int(row, 0, key, NULL);
}

static void judge_failover(struct probe *p, const json_t *row)
{
    json_int_t left = count_of(row, "calmLeft");
    if (left > 0)
        finding_bad(p, "MC737", "every answer from the own cluster while its echo is there",
                    "%lld of %lld requests from %s were answered elsewhere or not at all",
                    (long long)left, (long long)count_of(row, "calmRequests"), probe_name(p));
    else
        finding_ok(
            p, "MC737",
            "elsewhere after %.1f s, %lld of %lld lost; back after %.1f s, %lld of %lld lost",
            seconds(row, "firstElsewhereMs"), (long long)count_of(row, "awayLost"),
            (long long)count_of(row, "awayRequests"), seconds(row, "firstBackMs"),
            (long long)count_of(row, "backLost"), (long long)count_of(row, "backRequests"));
}

static void judge_partition(struct probe *p, const json_t *row)
{
    json_int_t lost = 0, requests = 0;
    size_t i;
    json_t *local;
    json_array_foreach(json_object_get(row, "local"), i, local) {
        requests += count_of(local, "requests");
        lost += count_of(local, "lost");
    }
    if (json_is_true(json_object_get(row, "reachedWhileAway")))
        finding_bad(p, "MC738", "requests to it failing",
                    "%s was reached while its gateway was away", probe_name(p));
    else if (lost)
        finding_bad(p, "MC738", "no request lost that stays in its cluster",
                    "%lld of %lld lost while the gateway of %s was away", (long long)lost,
                    (long long)requests, probe_name(p));
    else
        finding_ok(p, "MC738",
                   "away for %.1f s: %lld local requests, none lost; reached again "
                   "after %.1f s",
                   seconds(row, "awayMs"), (long long)requests, seconds(row, "reachedAgainMs"));
}

static void judge_trials(struct probe *p, const json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row) {
        const char *problem = json_dig_str(row, "problem", NULL);
        bool partition = text_equal(json_dig_str(row, "trial", NULL), "partition");
        if (!text_equal(json_dig_str(row, "cluster", NULL), probe_name(p)))
            continue;
        if (problem)
            finding_bad(p, partition ? "MC738" : "MC737", "a trial that comes to its end", "%s",
                        problem);
        else if (partition)
            judge_partition(p, row);
        else
            judge_failover(p, row);
    }
}

/* ---- the end --------------------------------------------------------------------------------- */

int task_proof_clean(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    struct proof *proofs[PLAN_MAX_LANES] = {0};
    struct look look;
    look_begin(lane, &look);
    look.first = lane->proof->first;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (s->lanes[i].proof->is_ready)
            proofs[i] = &s->lanes[i].proof->measured;
    if (lane->proof->is_ready) {
        proof_judge(&look.probe, proofs);
        lane->proof->result = proof_json(&look.probe, proofs);
        judge_trials(&look.probe, s->trials);
    }
    if (clean(lane, &look, err) < 0)
        return -1;
    return look_end(lane, &look, err);
}
