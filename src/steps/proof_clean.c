/* Takes verify's workloads away, and says what they showed. */
#include "proof.h"

#include <stdlib.h>

#include "look.h"
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

/* Its end is waited for, but not for long: the API server goes on by itself. */
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
        return wait_gone(lane, look, err);
    if (why->kind == ERROR_CANCELLED) {
        *err = TAKE(why);
        return -1;
    }
    finding_warn(&look->probe, "MC735", "namespace deleted", "%s", why->message);
    return 0;
}

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
    }
    if (clean(lane, &look, err) < 0)
        return -1;
    return look_end(lane, &look, err);
}
