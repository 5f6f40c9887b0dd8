/* `check`: what is right and what is wrong with the mesh, all clusters at once, by looking alone. */
#include "result.h"

int cmd_check(struct cli *cli, struct error **err)
{
    AUTO_RUN run = {0};
    if (cli_run_prepare(cli, &run, err) < 0)
        return -1;
    run.options.verb = STEPS_CHECK;
    run.options.from = STEP_VERIFY;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    return cli_print_checks(cli, &run, err);
}
