/* The table of commands, their help, and how one is found and run. */
#include "cli.h"

#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "meshctl/base/fs.h"
#include "meshctl/base/log.h"
#include "meshctl/base/text.h"
#include "meshctl/cli/main.h"
#include "meshctl/ui/progress.h"
#include "wrap.h"

#define MESH_OPTIONS (OPTIONS_COMMON | OPTIONS_MEMBERS | OPTIONS_RUN)

static const struct command commands[] = {
    {"up", "", "make one verified mesh of the clusters: all steps in order",
     "  meshctl up --west west.kubeconfig --east east.kubeconfig\n"
     "  meshctl up --west west.kubeconfig --east east.kubeconfig --bookinfo\n"
     "  meshctl up --cluster tokyo=tokyo.yaml --cluster osaka=all.yaml@osaka --istio-version "
     "1.30.1\n",
     MESH_OPTIONS | OPTIONS_CUT | OPTIONS_CA | OPTIONS_CHARTS | OPTIONS_SOURCE | OPTIONS_GATEWAY |
         OPTIONS_VERIFY,
     cmd_up},
    {"ca", "[init|show]", "one root, one intermediate a cluster, as Secret cacerts",
     "  meshctl ca init --west west.kubeconfig --east east.kubeconfig      files only\n"
     "  meshctl ca --west west.kubeconfig --east east.kubeconfig           into the clusters\n"
     "  meshctl ca show --west west.kubeconfig --east east.kubeconfig      fingerprints and ends\n",
     MESH_OPTIONS | OPTIONS_CA, cmd_ca},
    {"install", "", "charts base and istiod, waited for",
     "  meshctl install --west west.kubeconfig --east east.kubeconfig --set "
     "istiod.pilot.autoscaleMin=2\n",
     MESH_OPTIONS | OPTIONS_CHARTS | OPTIONS_SOURCE, cmd_install},
    {"gateway", "", "ingress and east-west gateways, waited for",
     "  meshctl gateway --west west.kubeconfig --east east.kubeconfig --cloud hatoba\n",
     MESH_OPTIONS | OPTIONS_CHARTS | OPTIONS_SOURCE | OPTIONS_GATEWAY, cmd_gateway},
    {"remote-secret", "", "each cluster's istiod gets a reader's token of every other one",
     "  meshctl remote-secret --west west.kubeconfig --east east.kubeconfig \\\n"
     "      --server west=https://api.west:6443\n",
     MESH_OPTIONS, cmd_remote_secret},
    {"expose", "", "services of each cluster reachable through its east-west gateway",
     "  meshctl expose --west west.kubeconfig --east east.kubeconfig\n", MESH_OPTIONS, cmd_expose},
    {"verify", "",
     "prove that the mesh works: trust, gateways, sync, with --bookinfo real requests",
     "  meshctl verify --west west.kubeconfig --east east.kubeconfig --bookinfo --requests 200\n",
     MESH_OPTIONS | OPTIONS_VERIFY, cmd_verify},
    {"render", "[NAME] CHART", "print what helm template prints",
     "  meshctl render istiod ./charts/istiod -n istio-system --set global.network=west-network\n"
     "  meshctl render istiod ./charts/istiod -f values.yaml --compat 3 -s "
     "templates/deployment.yaml\n",
     OPTIONS_COMMON | OPTIONS_RENDER | OPTIONS_SOURCE, cmd_render},
    {"charts", "list|pull [NAME...]", "what a chart source has; copy charts into a folder",
     "  meshctl charts list istiod --charts oci://registry.example.com/istio/charts\n"
     "  meshctl charts pull --istio-version 1.31.0 --to ./charts     then: up --charts ./charts\n",
     OPTIONS_COMMON | OPTIONS_PULL | OPTIONS_SOURCE, cmd_charts},
    {"explain", "[ID|ports|exit-codes]", "what a finding means and what to do",
     "  meshctl explain MC303\n", OPTIONS_COMMON, cmd_explain},
    {"version", "", "the program's version", "  meshctl version -o json\n", OPTIONS_COMMON,
     cmd_version},
};

const struct command *cli_commands(size_t *ret_count)
{
    *ret_count = MC_ARRAY_LEN(commands);
    return commands;
}

/* ---- help ------------------------------------------------------------------------------------ */

static void append_overview(const struct cli *cli, struct buf *out)
{
    buf_appendf(out, "%s ", cli->program);
    wrap_append(out,
                "makes one verified Istio multi-primary, multi-network mesh of bare Kubernetes "
                "clusters.",
                strlen(cli->program) + 1);
    buf_appendf(out,
                "\n  %s up --west west.kubeconfig --east east.kubeconfig --bookinfo\n\nCommands:\n",
                cli->program);
    for (size_t i = 0; i < MC_ARRAY_LEN(commands); i++)
        buf_appendf(out, "  %-15s %s\n", commands[i].name, commands[i].summary);
    buf_appendf(out, "\n%s COMMAND --help shows its options.\n", cli->program);
}

/* The table writes them with "meshctl"; a plug-in is called in another way. */
static void append_examples(const struct cli *cli, const char *text, struct buf *out)
{
    static const char own[] = "meshctl ";
    for (const char *at; (at = strstr(text, own)); text = at + sizeof(own) - 1) {
        buf_append(out, text, (size_t)(at - text));
        buf_appendf(out, "%s ", cli->program);
    }
    buf_appends(out, text);
}

static void append_command_help(const struct cli *cli, const struct command *c, struct buf *out)
{
    buf_appendf(out, "%s\n\nExamples:\n", c->summary);
    append_examples(cli, c->examples, out);
    buf_appendf(out, "\nUsage: %s %s [flags]%s%s\n\n", cli->program, c->name,
                c->arguments[0] ? " " : "", c->arguments);
    options_append_help(c->groups, out);
}

static int unknown_command(const struct cli *cli, const char *name, struct error **err)
{
    const char *names[MC_ARRAY_LEN(commands)];
    for (size_t i = 0; i < MC_ARRAY_LEN(commands); i++)
        names[i] = commands[i].name;
    const char *near = text_suggest(name, names, MC_ARRAY_LEN(names));
    error_set(err, ERROR_USAGE, "there is no command \"%s\"", name);
    return near ? error_hint(err, "did you mean %s?", near)
                : error_hint(err, "%s help lists the commands", cli->program);
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < MC_ARRAY_LEN(commands); i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

/* help, help COMMAND, help options-markdown (the README's table). */
static int run_help(struct cli *cli, const char *topic, struct error **err)
{
    AUTO_BUF out = BUF_INIT;
    if (!topic || strcmp(topic, "--help") == 0 || strcmp(topic, "-h") == 0) {
        append_overview(cli, &out);
        return cli_print(cli, &out, err);
    }
    if (strcmp(topic, "options-markdown") == 0) {
        options_append_markdown(&out);
        return cli_print(cli, &out, err);
    }
    const struct command *c = find_command(topic);
    if (!c)
        return unknown_command(cli, topic, err);
    append_command_help(cli, c, &out);
    return cli_print(cli, &out, err);
}

/* ---- dispatch -------------------------------------------------------------------------------- */

static enum term_color_mode color_mode(const struct options *o)
{
    if (!o->color || strcmp(o->color, "auto") == 0)
        return TERM_COLOR_AUTO;
    return strcmp(o->color, "always") == 0 ? TERM_COLOR_ALWAYS : TERM_COLOR_NEVER;
}

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
    return c->run != cmd_render && c->run != cmd_version;
}

static int run_command(struct cli *cli, int argc, char **argv, struct error **err)
{
    const char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "--version") == 0)
        name = "version";
    if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        return run_help(cli, argc > 2 ? argv[2] : NULL, err);
    cli->command = find_command(name);
    if (!cli->command)
        return unknown_command(cli, name, err);
    if (options_parse(cli->command->groups, argc - 2, argv + 2, &cli->options, err) < 0)
        return (*err)->hint ? -1
                            : error_hint(err, "%s %s --help shows the options", cli->program, name);
    if (cli->options.help)
        return run_help(cli, name, err);
    if (needs_locale(cli->command))
        use_locale();
    term_init(&cli->out, STDOUT_FILENO, color_mode(&cli->options), cli->options.ascii);
    term_init(&cli->err_out, STDERR_FILENO, color_mode(&cli->options), cli->options.ascii);
    log_set_level(cli->options.verbose > 1 ? cli->options.verbose - 1 : 0);
    return cli->command->run(cli, err);
}

/* For programs: also a run that could not begin is one document. */
static void print_failure(struct cli *cli, const struct error *e, int code)
{
    const char *output = cli->options.output;
    AUTO_ERROR struct error *ignored = NULL;
    if (!output || strcmp(output, "text") == 0)
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
    int rc = run_command(&cli, argc, argv, &err);
    int code = rc == 0 ? cli.exit_code : exit_code_of(err->kind);
    if (rc < 0) {
        AUTO_BUF text = BUF_INIT;
        use_locale();
        term_locale_changed(&cli.err_out);
        ui_append_error(&cli.err_out, &text, cli.program, err);
        (void)term_write(&cli.err_out, &text);
        print_failure(&cli, err, code);
    }
    options_release(&cli.options);
    return code;
}
