/* Runs the plan of steps and shows how it goes. */
#include "run.h"
#include "cli.h"
#include "meshctl/base/clock.h"
#include "meshctl/base/fs.h"
#include "meshctl/base/proc.h"
#include "meshctl/net/under_way.h"
#include "meshctl/ui/progress.h"
#include "options_ca.h"
#include "options_change.h"
#include "options_charts.h"
#include "options_limits.h"
#include "options_objects.h"
#include "options_run.h"
#include "options_source.h"
#include "options_verify.h"
#include "result.h"

#include <stdlib.h>
#include <string.h>

#define RUN_TIMEOUT_MS (10 * 60 * 1000)
#define RUN_TICK_MS 200
#define RUN_STUCK_TICKS 10 /* in a row: after a Ctrl-Z nobody has come back yet, for a moment */
#define RUN_MAX_PARALLEL 256
#define RUN_MAX_REQUESTS 100000

static int fill_options(struct cli *cli, struct steps_options *ret_options, struct error **err)
{
    const struct options_run *o = options_run_of(&cli->options);
    const struct options_verify *verify = options_verify_of(&cli->options);
    const struct options_change *change = options_change_of(&cli->options);
    const struct options_charts *charts = options_charts_of(&cli->options);
    unsigned parallel = 0;
    if (charts->reset_values && charts->reuse_values)
        return error_set(err, ERROR_USAGE, "--reset-values and --reuse-values exclude each other");
    if (verify->requests && verify->no_traffic && !verify->bookinfo)
        return error_set(err, ERROR_USAGE,
                         "--no-traffic leaves no requests that --requests counts");
    *ret_options = (struct steps_options){
        .only = options_only_of(&cli->options)->only,
        .bookinfo = verify->bookinfo,
        .proof = verify->no_traffic || verify->bookinfo ? PROOF_NONE : PROOF_OF_CHANGES,
        .list_only = change->dry_run != NULL,
        .untried = change->dry_run && strcmp(change->dry_run, "client") == 0,
        .take_ownership = change->take_ownership,
        .allow_downgrade = charts->allow_downgrade,
        .values_mode = charts->reset_values ? VALUES_RESET : VALUES_REUSE,
        .values_given = charts->reset_values || charts->reuse_values,
        .charts = options_source_of(&cli->options)->charts,
        .chart_source = cli_chart_source_options(cli),
        .manifests_dir = options_manifests_of(&cli->options)->manifests,
        .timeout_ms = RUN_TIMEOUT_MS,
        .no_input = o->no_input,
        .field_manager = options_manager_of(&cli->options)->field_manager,
        .force_conflicts = change->force_conflicts,
        .cancel = cli->cancel,
    };
    if (options_limits_read(&cli->options, cli->cancel, &ret_options->limits, err) < 0)
        return -1;
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

static struct progress *progress_of(struct cli *cli, const struct cli_run *run, struct plan *plan)
{
    const char *rows[STEPS_COUNT + 1] = {0};
    const struct options_output *output = options_output_of(&cli->options);
    bool jsonl = !run->is_quiet && options_output_form(&cli->options) == OUTPUT_JSONL;
    for (int i = 0; i < STEPS_COUNT; i++)
        rows[i] = step_name((enum step_id)i);
    bool quiet = run->is_quiet || output->quiet;
    enum progress_mode mode = jsonl ? PROGRESS_JSONL : quiet ? PROGRESS_QUIET : PROGRESS_AUTO;
    return progress_new(jsonl ? &cli->out : &cli->err_out, plan, rows, mode, output->verbose > 0);
}

/* Draws until the plan has ended; returns how long it took. */
static int64_t follow(struct progress *progress, struct event_queue *queue)
{
    for (int stuck = 0;;) {
        struct event *e = event_queue_next(queue, RUN_TICK_MS);
        stuck = under_way_is_stuck(UNDER_WAY_STUCK_MS) ? stuck + !e : 0;
        if (stuck > RUN_STUCK_TICKS) {
            proc_kill_all();
            /* That thread cannot be joined. What it has done is as after a kill. */
            under_way_leave(
                "meshctl: a request goes on past its time limit, and cannot be ended; the "
                "same command goes on\n",
                EXIT_CODE_TIMEOUT);
        }
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

int cli_run_plan(struct cli *cli, struct cli_run *run, struct error **err)
{
    struct plan *plan = steps_plan(run->steps);
    struct event_queue *queue = event_queue_new();
    /* Before anything runs: the first thing may be a program that asks on the terminal. */
    struct progress *progress = progress_of(cli, run, plan);
    int rc = plan_run_start(plan, queue, cli->cancel, err);
    if (rc >= 0) {
        run->elapsed_ms += follow(progress, queue);
        plan_run_join(plan);
        rc = steps_end(run->steps, err);
    }
    progress_free(progress);
    event_queue_free(queue);
    return rc;
}

int cli_run_prepare(struct cli *cli, struct cli_run *run, struct error **err)
{
    if (fill_options(cli, &run->options, err) < 0)
        return -1;
    fs_limit_waits(cli->cancel, clock_now_ms() + run->options.timeout_ms);
    if (cli_mesh_new(cli, &run->mesh, err) < 0)
        return -1;
    run->ca_dir = options_ca_dir_dup(&cli->options, run->mesh);
    run->options.mesh = run->mesh;
    run->options.ca_dir = run->ca_dir;
    run->options.from = STEP_CA;
    run->options.to = STEP_VERIFY;
    return 0;
}

int cli_run_start(struct cli_run *run, struct error **err)
{
    mem_keep_lean();
    return steps_new(&run->options, &run->steps, err);
}

void cli_run_release(struct cli_run *run)
{
    steps_free(run->steps);
    mesh_free(run->mesh);
    free(run->ca_dir);
}

int cli_run_finish(struct cli *cli, struct cli_run *run, struct error **err)
{
    if (cli_run_start(run, err) < 0 || cli_run_plan(cli, run, err) < 0)
        return -1;
    return run->options.list_only ? cli_print_changes(cli, run, EXIT_CODE_OK, NULL, err)
                                  : cli_print_result(cli, run, err);
}

int cli_run_steps(struct cli *cli, enum step_id from, enum step_id to, struct error **err)
{
    AUTO_RUN run = {0};
    if (cli_run_prepare(cli, &run, err) < 0)
        return -1;
    run.options.from = from;
    run.options.to = to;
    return cli_run_finish(cli, &run, err);
}
