/* What the clusters are, before anything is decided: each looked at by itself, then held against the
 * person's words and against each other. */
#include "ca.h"

#include "fleet.h"
#include "meshctl/probe/flat.h"
#include "meshctl/probe/identity.h"

static int observe(struct lane *lane, struct error **err)
{
    struct facts_options options = {.mesh = lane->steps->mesh,
                                    .may_miss = steps_only_look(lane->steps),
                                    .with_traffic = steps_only_look(lane->steps)};
    if (kube_config_check(lane->config, err) < 0)
        return error_wrap(err, "%s", lane_name(lane));
    return facts_observe(lane->client, &options, &lane->facts, err);
}

/* A cluster that is only looked at need not answer, unless another needs something of it; nor one that
 * the others shall forget, nor one that is checked. */
int task_observe(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    for (size_t i = 0; i < lane->config->warnings.count; i++)
        plan_warn(task, "%s", lane->config->warnings.items[i]);
    if (observe(lane, err) == 0) {
        plan_result(task, "Kubernetes %s", lane->facts->version.git_version);
        return 0;
    }
    bool is_check = lane->steps->options.verb == STEPS_CHECK;
    bool is_needed = lane->mode != LANE_READ && !lane->steps->options.keep_mesh && !is_check;
    if (is_needed || (*err)->kind == ERROR_CANCELLED)
        return -1;
    lane->mode = LANE_ABSENT;
    lane->absent = TAKE(*err);
    if (!is_check) /* which has a finding of it */
        plan_warn(task, "%s is left out: %s", lane_name(lane), lane->absent->message);
    plan_result(task, "left out");
    return 0;
}

/* Whether clusters are joined, or asked to be: what looks has findings, and what takes off asks nothing. */
static bool joins(const struct steps *s)
{
    return s->options.verb == STEPS_UP && !steps_only_look(s);
}

int task_settle(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    struct steps *s = lane->steps;
    struct facts *facts[PLAN_MAX_LANES];
    if (steps_check_enough(s, err) < 0 || steps_check_there(s, err) < 0)
        return -1;
    for (size_t i = 0; i < s->lanes_count; i++)
        facts[i] = s->lanes[i].facts;
    for (size_t i = 0; i < s->lanes_count; i++)
        if (facts_check_identity(s->mesh, facts, i, err) < 0 ||
            (joins(s) && facts_check_flat(s->mesh, facts, i, err) < 0))
            return -1;
    /* verify tells what is wrong with trust as findings, beside all else. */
    return joins(s) ? steps_settle_trust(lane, err) : 0;
}
