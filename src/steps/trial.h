/* Something is taken away under a steady load, and given back: what the trials of verify share. */
#ifndef MESHCTL_STEPS_TRIAL_H
#define MESHCTL_STEPS_TRIAL_H

#include "meshctl/probe/load.h"
#include "proof.h"

#define TRIAL_RATE 200      /* requests a second, unless told otherwise */
#define TRIAL_WINDOW_MS 500 /* nothing but the wanted answers for so long: it has settled */

/* A trial is one lane's task, about all of them: it asks over clients of its own, since a client is for one
 * thread. */
struct trial {
    struct lane *lane; /* whose task it is, so where its events go */
    struct kube_client *clients[PLAN_MAX_LANES];
    struct load *loads[PLAN_MAX_LANES];
};
void trial_release(struct trial *t);
#define AUTO_TRIAL MC_CLEANUP(trial_release) struct trial
/* The client for a lane's cluster; borrowed. */
int trial_client(struct trial *t, size_t at, struct kube_client **ret_client, struct error **err)
    MC_WARN_UNUSED;
/* A steady load from the lane's caller to the common echo. */
int trial_load(struct trial *t, size_t at, struct error **err) MC_WARN_UNUSED;
void trial_unload(struct trial *t, size_t at);
/* Until the lane's load is answered by its own cluster alone, or by others alone. Past `limit_ms`:
 * ERROR_TIMEOUT. */
int trial_settle(struct trial *t, size_t at, bool others, int64_t limit_ms, struct error **err)
    MC_WARN_UNUSED;
unsigned trial_rate(const struct steps *s);
/* Whether a lane's cluster takes part: its caller and echo run. */
bool trial_has(const struct steps *s, size_t at);

/* Each adds a row to `rows`. What goes wrong in the trial itself is a row with `problem`; -1 only when
 * cancelled. trial_failover.c: each cluster's echo in turn. trial_partition.c: each cluster's gateway.
 * trial_bench.c: each path by itself. */
int trial_failover(struct trial *t, size_t at, json_t *rows, struct error **err) MC_WARN_UNUSED;
int trial_partition(struct trial *t, size_t at, json_t *rows, struct error **err) MC_WARN_UNUSED;
int trial_bench(struct trial *t, size_t from, size_t to, json_t *rows, struct error **err)
    MC_WARN_UNUSED;

/* trial_gateway.c: what was taken away of the lane's gateways (by this run, or by one that did not live to
 * give it back) is given back; `ret_given` (may be NULL): these Deployments. With `over_only`, not what a run
 * that lives has taken. */
int trial_give_back(const struct lane *lane, struct kube_client *client, bool over_only,
                    json_t **ret_given, struct error **err) MC_WARN_UNUSED;
/* Takes all gateways of the lane's network away: their Deployments have no pods any more. */
int trial_take_away(const struct lane *lane, struct kube_client *client, json_t *deployments,
                    struct error **err) MC_WARN_UNUSED;

#endif
