/* Reads the mesh as it is. */
#include "status_read.h"

#include <string.h>

#include "meshctl/base/clock.h"
#include "options_status.h"

#define MAX_WINDOW_MS (60 * 1000)

static int parse_window(const struct options_status *o, struct steps_options *options,
                        struct error **err)
{
    if (!o->window)
        return 0;
    if (clock_parse_duration(o->window, &options->window_ms, err) < 0)
        return error_wrap(err, "--window");
    if (options->window_ms <= 0 || options->window_ms > MAX_WINDOW_MS)
        return error_set(err, ERROR_USAGE, "--window must be longer than 0, and at most 1m");
    return 0;
}

int cli_status_options(struct cli *cli, struct steps_options *options, struct error **err)
{
    const struct options_status *o = options_status_of(&cli->options);
    options->verb = STEPS_CHECK;
    options->from = STEP_VERIFY;
    options->measure = true;
    options->namespaces = &o->namespaces;
    return parse_window(o, options, err);
}

static int exit_code_of_status(const struct cli *cli, const struct cli_run *run,
                               const json_t *status)
{
    const char *health = json_dig_str(status, "health", NULL);
    int code = cli_exit_code_of(steps_plan(run->steps), cli);
    if (code != EXIT_CODE_OK)
        return code;
    if (json_dig_int(status, 0, "counts", "unreached", NULL))
        return EXIT_CODE_UNREACHABLE;
    return strcmp(health, "error") == 0 ? EXIT_CODE_FAILED : EXIT_CODE_OK;
}

int cli_status_read(struct cli *cli, bool is_quiet, json_t **ret_document, struct buf *errors,
                    struct error **err)
{
    AUTO_RUN run = {.is_quiet = is_quiet};
    if (cli_run_prepare(cli, &run, err) < 0 || cli_status_options(cli, &run.options, err) < 0)
        return -1;
    if (cli_run_start(&run, err) < 0 || cli_run_plan(cli, &run, err) < 0)
        return -1;
    json_auto_t *status = steps_status(run.steps, time(NULL));
    cli->exit_code = exit_code_of_status(cli, &run, status);
    *ret_document = cli_document(cli, &run, "MeshStatus", status);
    cli_append_errors(cli, steps_plan(run.steps), errors);
    return 0;
}
