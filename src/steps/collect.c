/* `report`: what each lane's cluster tells, beside what check and status say of it. */
#include "internal.h"

#include "meshctl/probe/collect.h"

int task_collect(struct plan_task *task, void *ctx, struct error **err)
{
    struct lane *lane = lane_begin(task, ctx);
    const struct steps *s = lane->steps;
    struct facts *facts[PLAN_MAX_LANES] = {0};
    struct probe probe = {
        .client = lane->client,
        .mesh = s->mesh,
        .at = lane->index,
        .facts = facts,
        .cancel = s->options.cancel,
    };
    if (lane->mode == LANE_ABSENT) {
        files_miss(&lane->files, "%s: anything: %s", lane_name(lane), lane->absent->message);
        return 0;
    }
    facts[lane->index] = lane->facts;
    if (probe_collect(&probe, s->options.collect, &lane->files, err) < 0)
        return -1;
    plan_result(task, "%zu files", lane->files.count);
    return 0;
}

void steps_collected(struct steps *s, struct files *files)
{
    for (size_t i = 0; i < s->lanes_count; i++)
        files_join(files, &s->lanes[i].files);
}
