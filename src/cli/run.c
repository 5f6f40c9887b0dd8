/* Runs the plan of steps and shows how it goes. */
#include "cli.h"
#include "meshctl/base/clock.h"
#include "meshctl/ui/progress.h"
#include "options_ca.h"
#include "options_run.h"
#include "options_source.h"
#include "options_verify.h"
#include "result.h"

#define RUN_TIMEOUT_MS (10 * 60 * 1000)
#define RUN_TICK_MS 200
#define RUN_MAX_PARALLEL 256
#define RUN_MAX_REQUESTS 100000

static int fill_options(struct cli *cli, struct steps_options *ret_options, struct error **err)
{
    const struct options_run *o = options_run_of(&cli->options);
    const struct options_verify *verify = options_verify_of(&cli->options);
    unsigned parallel = 0;
    *ret_options = (struct steps_options){
        .only = o->only,
        .bookinfo = verify->bookinfo,
        .dry_run = o->dry_run != NULL,
        .charts = options_source_of(&cli->options)->charts,
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
    if (verify->requests && cli_parse_count("--requests", verify->requests, RUN_MAX_REQUESTS,
                                            &ret_options->requests, err) < 0)
        return -1;
    ret_options->parallel = parallel;
    return 0;
}

static struct progress *progress_of(struct cli *cli, struct plan *plan)
{
    const char *rows[STEPS_COUNT + 1] = {0};
    const struct options_output *output = options_output_of(&cli->options);
    bool jsonl = options_output_form(&cli->options) == OUTPUT_JSONL;
    for (int i = 0; i < STEPS_COUNT; i++)
        rows[i] = step_name((enum step_id)i);
    enum progress_mode mode = jsonl           ? PROGRESS_JSONL
                              : output->quiet ? PROGRESS_QUIET
                                              : PROGRESS_AUTO;
    return progress_new(jsonl ? &cli->out : &cli->err_out, plan, rows, mode, output->verbose > 0);
}

/* Draws until the plan has ended; returns how long it took. */
static int64_t follow(struct progress *progress, struct event_queue *queue)
{
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
    /* Before anything runs: the first thing may be a program that asks on the terminal. */
    struct progress *progress = progress_of(cli, plan);
    int rc = plan_run_start(plan, queue, cli->cancel, err);
    if (rc >= 0) {
        *ret_elapsed_ms = follow(progress, queue);
        plan_run_join(plan);
    }
    progress_free(progress);
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
    AUTO_FREE char *ca_dir = options_ca_dir_dup(&cli->options, mesh);
    options.mesh = mesh;
    options.ca_dir = ca_dir;
    options.from = from;
    options.to = to;
    if (steps_new(&options, &steps, err) < 0 || run_plan(cli, steps, &elapsed_ms, err) < 0)
        return -1;
    return cli_print_result(cli, mesh, steps, &options, elapsed_ms, err);
}
