/* Runs the steps that a command asks for, drawn while they run. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/log.h"
#include "meshctl/ui/progress.h"
#include "meshctl/ui/table.h"
#include "result.h"

#define RUN_TIMEOUT_MS (10 * 60 * 1000)
#define RUN_TICK_MS 200
#define RUN_MAX_PARALLEL 256
#define RUN_MAX_REQUESTS 100000

static int fill_options(struct cli *cli, struct steps_options *ret_options, struct error **err)
{
    const struct options *o = &cli->options;
    unsigned parallel = 0;
    *ret_options = (struct steps_options){
        .only = o->only,
        .bookinfo = o->bookinfo,
        .dry_run = o->dry_run != NULL,
        .charts = o->charts,
        .chart_source = cli_chart_source_options(cli),
        .manifests_dir = o->manifests,
        .timeout_ms = RUN_TIMEOUT_MS,
        .field_manager = o->field_manager,
        .force_conflicts = o->force_conflicts,
        .cancel = cli->cancel,
    };
    if (o->timeout && clock_parse_duration(o->timeout, &ret_options->timeout_ms, err) < 0)
        return error_wrap(err, "--timeout");
    if (ret_options->timeout_ms <= 0)
        return error_set(err, ERROR_USAGE, "--timeout must be longer than 0");
    if (o->parallel &&
        cli_parse_count("--parallel", o->parallel, RUN_MAX_PARALLEL, &parallel, err) < 0)
        return -1;
    if (o->requests && cli_parse_count("--requests", o->requests, RUN_MAX_REQUESTS,
                                       &ret_options->requests, err) < 0)
        return -1;
    ret_options->parallel = parallel;
    return 0;
}

/* Draws until the plan has ended; returns how long it took. */
static int64_t follow(struct cli *cli, struct plan *plan, struct event_queue *queue)
{
    const char *rows[STEPS_COUNT + 1] = {0};
    const char *output = cli->options.output;
    for (int i = 0; i < STEPS_COUNT; i++)
        rows[i] = step_name((enum step_id)i);
    bool jsonl = output && strcmp(output, "jsonl") == 0;
    enum progress_mode mode = jsonl                ? PROGRESS_JSONL
                              : cli->options.quiet ? PROGRESS_QUIET
                                                   : PROGRESS_AUTO;
    MC_CLEANUP(progress_cleanup)
    struct progress *progress =
        progress_new(jsonl ? &cli->out : &cli->err_out, plan, rows, mode, cli->options.verbose > 0);
    for (;;) {
        struct event *e = event_queue_next(queue, RUN_TICK_MS);
        if (!e) {
            progress_tick(progress);
            continue;
        }
        bool ended = e->kind == EVENT_ENDED;
        int64_t elapsed = e->elapsed_ms;
        progress_event(progress, e);
        event_free(e);
        if (ended) {
            progress_end(progress);
            return elapsed;
        }
    }
}

static int run_plan(struct cli *cli, struct steps *steps, int64_t *ret_elapsed_ms,
                    struct error **err)
{
    struct plan *plan = steps_plan(steps);
    struct event_queue *queue = event_queue_new();
    int rc = plan_run_start(plan, queue, cli->cancel, err);
    if (rc == 0) {
        *ret_elapsed_ms = follow(cli, plan, queue);
        plan_run_join(plan);
    }
    event_queue_free(queue);
    return rc;
}

int cli_run_steps(struct cli *cli, enum step_id from, enum step_id to, struct error **err)
{
    MC_CLEANUP(mesh_cleanup) struct mesh *mesh = NULL;
    MC_CLEANUP(steps_cleanup) struct steps *steps = NULL;
    struct steps_options options;
    int64_t elapsed_ms = 0;
    if (fill_options(cli, &options, err) < 0 || cli_mesh_new(cli, &mesh, err) < 0)
        return -1;
    AUTO_FREE char *ca_dir = cli_ca_dir_dup(&cli->options, mesh);
    options.mesh = mesh;
    options.ca_dir = ca_dir;
    options.from = from;
    options.to = to;
    if (steps_new(&options, &steps, err) < 0 || run_plan(cli, steps, &elapsed_ms, err) < 0)
        return -1;
    return cli_print_result(cli, mesh, steps, &options, elapsed_ms, err);
}
