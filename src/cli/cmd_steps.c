/* `up` and the steps: cuts of the same plan. */
#include "cli.h"
#include "meshctl/base/text.h"
#include "options_cut.h"
#include "options_out.h"
#include "options_verify.h"
#include "plan_files.h"
#include "result.h"

#include <stdlib.h>
#include <string.h>

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

static int parse_cut(const struct cli *cli, enum step_id *ret_from, enum step_id *ret_to,
                     struct error **err)
{
    const struct options_cut *cut = options_cut_of(&cli->options);
    *ret_from = STEP_CA;
    *ret_to = STEP_VERIFY;
    if (parse_step("--from", cut->from, ret_from, err) < 0 ||
        parse_step("--to", cut->to, ret_to, err) < 0)
        return -1;
    const struct options_verify *verify = options_verify_of(&cli->options);
    if (*ret_to != STEP_VERIFY && verify->bookinfo)
        return error_set(err, ERROR_USAGE, "--bookinfo is of step verify: --to %s leaves it out",
                         step_name(*ret_to));
    if (*ret_from > *ret_to)
        return error_set(err, ERROR_USAGE, "--from %s comes after --to %s", step_name(*ret_from),
                         step_name(*ret_to));
    return 0;
}

int cmd_up(struct cli *cli, struct error **err)
{
    enum step_id from, to;
    return parse_cut(cli, &from, &to, err) < 0 ? -1 : cli_run_steps(cli, from, to, err);
}

int cmd_plan(struct cli *cli, struct error **err)
{
    const char *out = options_out_of(&cli->options)->out;
    AUTO_RUN run = {0};
    enum step_id from, to;
    if (parse_cut(cli, &from, &to, err) < 0 || cli_run_prepare(cli, &run, err) < 0)
        return -1;
    run.options.from = from;
    run.options.to = to;
    run.options.list_only = true;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    enum exit_code good = steps_differ(run.steps) ? EXIT_CODE_DIFFERS : EXIT_CODE_OK;
    if (out && plan_ended_well(steps_plan(run.steps)) && plan_files_write(out, &run, err) < 0)
        return -1;
    return cli_print_changes(cli, &run, good, NULL, err);
}

/* NAME=FILE is one that the mesh does not name yet; NAME alone one of the mesh file's. */
int cmd_add(struct cli *cli, struct error **err)
{
    const char *word = cli->arguments[0], *equals = strchr(word, '=');
    AUTO_FREE char *name = mem_strndup(word, equals ? (size_t)(equals - word) : strlen(word));
    AUTO_RUN run = {0};
    cli->joins = equals ? word : NULL;
    if (cli_run_prepare(cli, &run, err) < 0)
        return -1;
    if (!cli_known_member(run.mesh, "add", name, err))
        return error_hint(err, "name its kubeconfig: meshctl add %s=FILE", name);
    if (run.mesh->members_count < 2) {
        error_set(err, ERROR_USAGE, "add: there is no other cluster that %s could join", name);
        return error_hint(err, "name those of the mesh: with -f, --cluster, --west and --east");
    }
    run.options.add = name;
    return cli_run_finish(cli, &run, err);
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
