/* `upgrade` brings a mesh to another version of Istio, cluster by cluster; `upgrade abort` brings it back. */
#include "cli.h"
#include "options_charts.h"
#include "options_upgrade.h"
#include "result.h"

#include <stdlib.h>

static int prepare(struct cli *cli, struct cli_run *run, struct error **err)
{
    if (cli_run_prepare(cli, run, err) < 0)
        return -1;
    run->options.verb = STEPS_UPGRADE;
    run->options.from = STEP_INSTALL;
    return 0;
}

/* The mesh file's version is the one that is wished for; --istio-version is what `up` is told. */
static int check_version(const struct cli *cli, struct error **err)
{
    if (options_charts_of(&cli->typed)->istio_version)
        return error_set(err, ERROR_USAGE, "upgrade takes --to, not --istio-version");
    if (options_upgrade_of(&cli->options)->to || cli->file.mesh)
        return 0;
    return error_set(err, ERROR_USAGE, "upgrade needs --to VERSION, or a mesh file that has it");
}

int cmd_upgrade(struct cli *cli, struct error **err)
{
    const char *to = options_upgrade_of(&cli->options)->to;
    AUTO_RUN run = {0};
    if (check_version(cli, err) < 0 || prepare(cli, &run, err) < 0)
        return -1;
    if (to)
        mesh_set_version(run.mesh, to);
    return mesh_check(run.mesh, err) < 0 ? -1 : cli_run_finish(cli, &run, err);
}

/* Where the clusters came from is looked up first, for the charts of that version are wanted. */
int cmd_upgrade_abort(struct cli *cli, struct error **err)
{
    const char *newest = NULL, *former = NULL;
    AUTO_RUN run = {0};
    if (prepare(cli, &run, err) < 0)
        return -1;
    bool list_only = run.options.list_only;
    run.is_quiet = run.options.list_only = run.options.former = true;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    if (!plan_ended_well(steps_plan(run.steps)))
        return cli_print_result(cli, &run, err);
    if (steps_former(run.steps, &newest, &former, err) < 0)
        return -1;
    mesh_set_version(run.mesh, former);
    steps_free(TAKE(run.steps));
    run.is_quiet = run.options.former = false;
    run.options.list_only = list_only;
    run.options.back = run.options.allow_downgrade = true;
    return cli_run_finish(cli, &run, err);
}
