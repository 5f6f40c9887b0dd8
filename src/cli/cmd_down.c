/* `down` takes a mesh off, `remove` one cluster out of it: first the list, then the person's word,
 * then the deed. */
#include "cli.h"
#include "options_down.h"
#include "result.h"

/* Text shows the list before the question; a document is one, and so are short lines: of the list when
 * it is refused, else of what was done. */
static int run_down(struct cli *cli, struct cli_run *run, struct error **err)
{
    AUTO_ERROR struct error *refused = NULL;
    bool document = cli_wants_document(cli) || options_output_form(&cli->options) == OUTPUT_SHORT;
    if (cli_run_start(run, err) < 0 || cli_run_plan(cli, run, err) < 0)
        return -1;
    bool goes_on = plan_ended_well(steps_plan(run->steps)) && steps_differ(run->steps);
    if ((!document || !goes_on) && cli_print_changes(cli, run, EXIT_CODE_OK, NULL, err) < 0)
        return -1;
    if (!goes_on)
        return 0;
    const char *given = options_down_of(&cli->options)->confirm;
    if (cli_confirm(cli, run, given, "take it off", document ? &refused : err) < 0)
        return refused ? cli_print_changes(cli, run, EXIT_CODE_OK, refused, err) : -1;
    if (steps_proceed(run->steps, err) < 0)
        return -1;
    run->options.list_only = false;
    return cli_run_plan(cli, run, err) < 0 ? -1 : cli_print_result(cli, run, err);
}

static int prepare(struct cli *cli, struct cli_run *run, struct error **err)
{
    const struct options_down *down = options_down_of(&cli->options);
    if (cli_run_prepare(cli, run, err) < 0)
        return -1;
    run->options.verb = STEPS_DOWN;
    run->options.list_only = true;
    run->options.delete_crds = down->delete_crds;
    run->options.take_ownership = down->take_ownership;
    return 0;
}

int cmd_down(struct cli *cli, struct error **err)
{
    AUTO_RUN run = {0};
    return prepare(cli, &run, err) < 0 ? -1 : run_down(cli, &run, err);
}

int cmd_remove(struct cli *cli, struct error **err)
{
    AUTO_RUN run = {0};
    if (prepare(cli, &run, err) < 0 ||
        !cli_known_member(run.mesh, "remove", cli->arguments[0], err))
        return -1;
    run.options.only = cli->arguments[0];
    run.options.keep_mesh = options_remove_of(&cli->options)->keep_mesh;
    return run_down(cli, &run, err);
}
