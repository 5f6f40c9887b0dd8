/* How long each step took in each cluster, as a table: for runs whose rows did not stay on a
 * screen. */
#include <stdlib.h>
#include <string.h>

#include "meshctl/base/clock.h"
#include "meshctl/report/tables.h"
#include "meshctl/ui/table.h"

/* A step of several tasks is one row: their times together, the last result that was told. */
static bool append_row(struct table *table, const struct plan *plan, const char *step, int lane)
{
    int64_t elapsed = 0;
    const char *result = NULL;
    bool ran = false, failed = false;
    for (int i = 0; i < plan_tasks(plan); i++) {
        if (plan_task_lane(plan, i) != lane || strcmp(plan_task_step(plan, i), step) != 0)
            continue;
        enum plan_state state = plan_task_state(plan, i);
        ran = ran || state == PLAN_DONE || state == PLAN_FAILED;
        failed = failed || state == PLAN_FAILED;
        elapsed += plan_task_elapsed_ms(plan, i);
        if (plan_task_result(plan, i))
            result = plan_task_result(plan, i);
    }
    if (!ran)
        return false;
    AUTO_FREE char *time = clock_duration_dup(elapsed);
    table_row(table, step, plan_lane_name(plan, lane),
              failed   ? "failed"
              : result ? result
                       : "done",
              time, NULL);
    return true;
}

void report_append_steps(const struct term *term, const struct plan *plan, const char *const *steps,
                         size_t steps_count, struct buf *out)
{
    AUTO_TABLE table = table_with("STEP", "CLUSTER", "RESULT", "TIME", NULL);
    bool any = false;
    for (size_t step = 0; step < steps_count; step++)
        for (int lane = 0; lane < plan_lanes(plan); lane++)
            any = append_row(&table, plan, steps[step], lane) || any;
    if (!any)
        return;
    table_print(&table, term, out);
    buf_appendc(out, '\n');
}
