/* `check`: what is right and what is wrong with the mesh, or in its way, all clusters at once, by looking
 * alone. */
#include "options_check.h"
#include "result.h"

static int check_options(const struct cli *cli, struct error **err)
{
    const struct option_family *const *f = options_pre_families;
    for (; *f && !options_check_of(&cli->options)->pre; f++) {
        const char *option = options_first_given(&cli->typed, *f);
        if (option)
            return error_set(err, ERROR_USAGE, "check takes --%s with --pre only", option);
    }
    return 0;
}

int cmd_check(struct cli *cli, struct error **err)
{
    AUTO_RUN run = {0};
    if (check_options(cli, err) < 0 || cli_run_prepare(cli, &run, err) < 0)
        return -1;
    run.options.verb = STEPS_CHECK;
    run.options.pre = options_check_of(&cli->options)->pre;
    run.options.list_only = run.options.pre;
    if (!run.options.pre)
        run.options.from = STEP_VERIFY;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    return cli_print_checks(cli, &run, err);
}
