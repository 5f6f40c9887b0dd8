/* The commands: one row each in commands.c, one thin function each.
 *
 * How to add a command: a function `int cmd_x(struct cli *, struct error **)`, a row in the table
 * of commands.c with its verbs, arguments, option families, forms and examples; rows for it in
 * tests/unit/cli/test_documents.c. */
#ifndef MESHCTL_CLI_CLI_H
#define MESHCTL_CLI_CLI_H

#include "meshctl/base/cancel.h"
#include "meshctl/helm/values.h"
#include "meshctl/mesh/file.h"
#include "meshctl/steps/steps.h"
#include "meshctl/ui/term.h"
#include "options.h"
#include "options_output.h"

enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,
    EXIT_CODE_DIFFERS = 2,
    EXIT_CODE_TIMEOUT = 3,
    EXIT_CODE_UNREACHABLE = 4,
    EXIT_CODE_REFUSED = 5,
    EXIT_CODE_USAGE = 64,
    EXIT_CODE_INPUT = 65,
    EXIT_CODE_CANCELLED = 130,
};
int exit_code_of(enum error_kind kind); /* print.c */

struct cli {
    const char *program; /* "meshctl", or "kubectl istio-mesh" by argv[0] */
    const struct command *command;
    const struct command_verb *verb;
    struct options typed;   /* the command line alone */
    struct options options; /* over the mesh file that it names */
    struct mesh_file file;  /* that, {0} without one; its mesh goes to the first cli_mesh_new */
    const char *joins;      /* `add`: NAME=FILE[@CONTEXT], a member more; or NULL */
    char *const *arguments; /* behind the verb, as many as it takes; borrowed from the options */
    size_t arguments_count;
    struct term out, err_out; /* standard output and standard error */
    struct cancel *cancel;
    int exit_code; /* set by a command that has told its errors itself */
};

#define COMMAND_MAX_VERBS 8
#define COMMAND_MAX_WITHOUT 4

struct command_verb {
    const char *name;      /* "": the command alone */
    const char *arguments; /* as the usage line has them: "[NAME] CHART", "NAME...", "" */
    int (*run)(struct cli *cli, struct error **err);
    /* Families of the command that have no meaning here; NULL ends them. */
    const struct option_family *without[COMMAND_MAX_WITHOUT + 1];
};

struct command {
    const char *name;
    const char *summary;
    const char *examples;
    struct option_set options;
    struct command_verb verbs[COMMAND_MAX_VERBS + 1]; /* one without `run` ends them */
};

const struct command *cli_commands(size_t *ret_count);
/* NULL: there is none. */
const struct command *cli_find_command(const char *name);
/* ERROR_USAGE, with the name of a command that is near. */
int cli_unknown_command(const struct cli *cli, const char *name, struct error **err);
/* The verb that the arguments begin with, or the command alone, and the arguments behind it, in
 * `cli`. ERROR_USAGE when there is no such verb, or it does not take the options or so many
 * arguments. */
int cli_choose_verb(struct cli *cli, struct error **err) MC_WARN_UNUSED;

/* help.c: of all commands, of the command `topic`, or, as "options-markdown", the tables of
 * docs/options.md. */
int cli_print_help(struct cli *cli, const char *topic, struct error **err) MC_WARN_UNUSED;

/* print.c: standard output for people, for programs, and drawn in place, as term.h tells them apart;
 * a full disk or closed pipe is an error. */
int cli_print(struct cli *cli, const struct buf *text, struct error **err) MC_WARN_UNUSED;
int cli_print_data(struct cli *cli, const struct buf *text, struct error **err) MC_WARN_UNUSED;
int cli_draw(struct cli *cli, const struct buf *text, struct error **err) MC_WARN_UNUSED;
/* Whether -o asks for a document instead of text. */
bool cli_wants_document(const struct cli *cli);
/* A JSON document in the form that -o asks for. */
int cli_print_document(struct cli *cli, const json_t *document, struct error **err) MC_WARN_UNUSED;

/* again.c: "meshctl expose with the same flags" with the flags in their place, as a shell reads them,
 * where this command was told all that the named one has to know, and none of it may be a secret; else
 * the text as it is. Yours to free. */
char *cli_pasteable_dup(const struct cli *cli, const char *text);

/* mesh_options.c: the mesh file that an option names, into cli->file. */
int cli_read_mesh_file(struct cli *cli, const char *path, struct error **err) MC_WARN_UNUSED;
/* The mesh that the mesh file and the options describe, checked. */
int cli_mesh_new(struct cli *cli, struct mesh **ret_mesh, struct error **err) MC_WARN_UNUSED;
/* The member of that short name; NULL with an error that begins with `what`, the option or command. */
struct mesh_member *cli_known_member(const struct mesh *m, const char *what, const char *name,
                                     struct error **err);

/* option_words.c: "NAME=VALUE": both yours to free. `what` is the option, for the error. */
int cli_split_pair(const char *what, const char *text, char **ret_name, char **ret_value,
                   struct error **err) MC_WARN_UNUSED;
/* A file that `what`, an option, names could not be used: bad input, whatever the reason. -1. */
int cli_bad_file(const char *what, struct error **err);
int cli_parse_count(const char *what, const char *text, unsigned max, unsigned *ret_value,
                    struct error **err) MC_WARN_UNUSED;

/* options_source.c: how chart sources, and values files behind URLs, are reached by the options. */
struct chart_source_options cli_chart_source_options(const struct cli *cli);
struct values_urls cli_values_urls(struct cli *cli);

int cmd_up(struct cli *cli, struct error **err);
int cmd_add(struct cli *cli, struct error **err);
int cmd_plan(struct cli *cli, struct error **err);
int cmd_upgrade(struct cli *cli, struct error **err);
int cmd_upgrade_abort(struct cli *cli, struct error **err);
int cmd_down(struct cli *cli, struct error **err);
int cmd_remove(struct cli *cli, struct error **err);
int cmd_ca(struct cli *cli, struct error **err);
int cmd_ca_init(struct cli *cli, struct error **err);
int cmd_ca_show(struct cli *cli, struct error **err);
int cmd_install(struct cli *cli, struct error **err);
int cmd_gateway(struct cli *cli, struct error **err);
int cmd_remote_secret(struct cli *cli, struct error **err);
int cmd_expose(struct cli *cli, struct error **err);
int cmd_verify(struct cli *cli, struct error **err);
int cmd_check(struct cli *cli, struct error **err);
int cmd_status(struct cli *cli, struct error **err);
int cmd_graph(struct cli *cli, struct error **err);
int cmd_report(struct cli *cli, struct error **err);
int cmd_render(struct cli *cli, struct error **err);
int cmd_charts_list(struct cli *cli, struct error **err);
int cmd_charts_pull(struct cli *cli, struct error **err);
int cmd_config_view(struct cli *cli, struct error **err);
int cmd_config_init(struct cli *cli, struct error **err);
int cmd_config_schema(struct cli *cli, struct error **err);
int cmd_explain(struct cli *cli, struct error **err);
int cmd_version(struct cli *cli, struct error **err);

#endif
