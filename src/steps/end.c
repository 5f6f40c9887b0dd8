/* The end of a run, however it came: nothing is left that would stop Helm or the next run. */
#include "internal.h"

#include "lock.h"
#include "meshctl/base/clock.h"
#include "trial.h"

#define LAST_WORDS_MS 5000

static bool has_pending(const struct lane *lane)
{
    for (int c = 0; c < MESH_COMPONENTS; c++)
        if (lane->releases[c].begun && !lane->releases[c].ended)
            return true;
    return false;
}

static bool is_about(const struct lane *lane, enum mesh_component c)
{
    const struct unit_info *info = lane->at ? lane->at->info : NULL;
    return info && info->kind == UNIT_KIND_RELEASE && info->component == c;
}

/* What the release ended with; NULL when it was interrupted, by a signal or by something else's
 * failure. */
static const struct error *error_of(const struct lane *lane, enum mesh_component c)
{
    const struct plan *plan = lane->steps->plan;
    if (!is_about(lane, c))
        return NULL;
    for (int t = 0; t < plan_tasks(plan); t++)
        if (plan_task_lane(plan, t) == (int)lane->index && plan_task_error(plan, t))
            return plan_task_error(plan, t);
    return NULL;
}

/* Over a client of its own: the lane's is cancelled, or past its deadline. */
static void say_last_words(struct lane *lane)
{
    struct kube_client_options options = {
        .name = lane_name(lane),
        .deadline_ms = clock_now_ms() + LAST_WORDS_MS,
        .retry_for_ms = -1,
    };
    MC_CLEANUP(kube_client_cleanup) struct kube_client *client = NULL;
    AUTO_ERROR struct error *ignored = NULL;
    bool has_namespace = lane->proof && lane->proof->uid;
    bool may_miss_gateway = lane->steps->gateways_away && lane->facts;
    if ((!has_pending(lane) && !has_namespace && !may_miss_gateway) ||
        kube_client_new(lane->config, &options, &client, &ignored) < 0)
        return;
    if (may_miss_gateway)
        (void)!trial_give_back(lane, client, false, NULL, &ignored);
    error_clear(&ignored);
    if (has_namespace)
        (void)!proof_delete(lane, client, &ignored);
    for (int c = 0; c < MESH_COMPONENTS; c++)
        lane_release_close(lane, (enum mesh_component)c, client,
                           error_of(lane, (enum mesh_component)c));
}

int steps_end(struct steps *s, struct error **err)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        say_last_words(&s->lanes[i]);
    int rc = lock_check(s->write_lock, err);
    lock_free(TAKE(s->write_lock));
    return rc;
}
