/* From the command line to the command, and the end of a run that could not begin. */
#include "cli.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/cli/main.h"
#include "meshctl/ui/progress.h"
#include "options_mesh.h"

/* For the width of text, and whether symbols can be shown; numbers keep the C locale's form. A
 * locale that is not installed leaves the C locale. Not thread-safe: before a command has threads,
 * or when it has ended. */
static void use_locale(void)
{
    setlocale(LC_CTYPE, "");
}

/* Setting a locale reads five files: not for what prints bytes as they are, unless it fails. */
static bool needs_locale(const struct command *c)
{
    return c->verbs[0].run != cmd_render && c->verbs[0].run != cmd_version;
}

/* The command line over the mesh file that it names. */
static int read_file(struct cli *cli, int argc, char **argv, struct error **err)
{
    const char *path = options_mesh_of(&cli->typed)->filename;
    if (!path)
        return 0;
    if (cli_read_mesh_file(cli, path, err) < 0)
        return -1;
    options_release(&cli->options);
    return options_parse_over(&cli->command->options, &cli->file.options, &cli->file.option_values,
                              argc, argv, &cli->options, err);
}

static int run_command(struct cli *cli, int argc, char **argv, struct error **err)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return cli_print_help(cli, argc > 2 ? argv[2] : NULL, err);
    cli->command = cli_find_command(name);
    if (!cli->command)
        return cli_unknown_command(cli, name, err);
    if (options_parse(&cli->command->options, argc - 2, argv + 2, &cli->typed, err) < 0 ||
        options_parse(&cli->command->options, argc - 2, argv + 2, &cli->options, err) < 0)
        return (*err)->hint ? -1
                            : error_hint(err, "%s %s --help shows the options", cli->program, name);
    const struct options_output *output = options_output_of(&cli->options);
    enum term_color_mode color = options_output_color(&cli->options);
    if (output->help)
        return cli_print_help(cli, name, err);
    if (needs_locale(cli->command))
        use_locale();
    term_init(&cli->out, STDOUT_FILENO, color, output->ascii);
    term_init(&cli->err_out, STDERR_FILENO, color, output->ascii);
    log_set_level(output->verbose > 1 ? output->verbose - 1 : 0);
    if (read_file(cli, argc - 2, argv + 2, err) < 0 || cli_choose_verb(cli, err) < 0)
        return -1;
    return cli->verb->run(cli, err);
}

/* For programs: also a run that could not begin is one document; but not of a command line that
 * could not be read, as it is not known then what was asked for. */
static void print_failure(struct cli *cli, const struct error *e, int code)
{
    AUTO_ERROR struct error *ignored = NULL;
    if (!cli_wants_document(cli))
        return;
    json_auto_t *doc = json_pack(
        "{s:s, s:s, s:b, s:i, s:[{s:s, s:s, s:s*, s:s*, s:s*}]}", "apiVersion", "meshctl.io/v1",
        "kind", "Report", "ok", 0, "exitCode", code, "errors", "kind", error_kind_name(e->kind),
        "message", e->message, "id", e->id, "where", e->where, "fix", e->hint);
    /* What could not be written is why this is a failure, or comes on top of one that is told. */
    if (doc && cli_print_document(cli, doc, &ignored) < 0)
        log_at(1, "%s", ignored->message);
}

int cli_main(int argc, char **argv, struct cancel *cancel)
{
    struct cli cli = {.cancel = cancel};
    AUTO_ERROR struct error *err = NULL;
    bool plugin = argc > 0 && strcmp(fs_basename(argv[0]), "kubectl-istio_mesh") == 0;
    cli.program = plugin ? "kubectl istio-mesh" : "meshctl";
    term_init(&cli.out, STDOUT_FILENO, TERM_COLOR_AUTO, false);
    term_init(&cli.err_out, STDERR_FILENO, TERM_COLOR_AUTO, false);
    fs_limit_waits(cancel, 0);
    int rc = run_command(&cli, argc, argv, &err);
    fs_limit_waits(NULL, 0);
    int code = rc < 0 ? exit_code_of(err->kind) : cli.exit_code;
    if (rc < 0) {
        AUTO_BUF text = BUF_INIT;
        use_locale();
        term_locale_changed(&cli.err_out);
        ui_append_error(&cli.err_out, &text, cli.program, err);
        (void)term_write(&cli.err_out, &text);
        print_failure(&cli, err, code);
    }
    options_release(&cli.options);
    options_release(&cli.typed);
    mesh_file_release(&cli.file);
    return code;
}
