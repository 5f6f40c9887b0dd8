/* `up` and the steps: cuts of the same plan. */
#include "cli.h"
#include "meshctl/base/text.h"
#include "options_cut.h"

static int parse_step(const char *what, const char *text, enum step_id *ret_step,
                      struct error **err)
{
    const char *names[STEPS_COUNT];
    size_t count = 0;
    if (!text || step_find(text, ret_step))
        return 0;
    for (int i = STEP_CA; i < STEPS_COUNT; i++)
        names[count++] = step_name((enum step_id)i);
    const char *near = text_suggest(text, names, count);
    error_set(err, ERROR_USAGE, "%s: there is no step \"%s\"", what, text);
    if (near)
        return error_hint(err, "did you mean %s?", near);
    return error_hint(err, "steps: ca, install, gateway, remote-secret, expose, verify");
}

int cmd_up(struct cli *cli, struct error **err)
{
    const struct options_cut *cut = options_cut_of(&cli->options);
    enum step_id from = STEP_CA, to = STEP_VERIFY;
    if (parse_step("--from", cut->from, &from, err) < 0 ||
        parse_step("--to", cut->to, &to, err) < 0)
        return -1;
    if (from > to)
        return error_set(err, ERROR_USAGE, "--from %s comes after --to %s", step_name(from),
                         step_name(to));
    return cli_run_steps(cli, from, to, err);
}

int cmd_install(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_INSTALL, STEP_INSTALL, err);
}

int cmd_gateway(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_GATEWAY, STEP_GATEWAY, err);
}

int cmd_remote_secret(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_REMOTE_SECRET, STEP_REMOTE_SECRET, err);
}

int cmd_expose(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_EXPOSE, STEP_EXPOSE, err);
}

int cmd_verify(struct cli *cli, struct error **err)
{
    return cli_run_steps(cli, STEP_VERIFY, STEP_VERIFY, err);
}
