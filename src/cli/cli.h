/* The commands: one row each in cli.c, one thin function each.
 *
 * How to add a command: a function `int cmd_x(struct cli *, struct error **)`, a row in the table
 * of cli.c with its option groups and examples, its options in options.c. */
#ifndef MESHCTL_CLI_CLI_H
#define MESHCTL_CLI_CLI_H

#include "meshctl/base/cancel.h"
#include "meshctl/helm/values.h"
#include "meshctl/steps/steps.h"
#include "meshctl/ui/term.h"
#include "options.h"

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
    struct options options;
    struct term out, err_out; /* standard output and standard error */
    struct cancel *cancel;
    int exit_code; /* set by a command that has told its errors itself */
};

struct command {
    const char *name;
    const char *arguments; /* behind the options in the usage line, or "" */
    const char *summary;
    const char *examples;
    unsigned groups;
    int (*run)(struct cli *cli, struct error **err);
};

const struct command *cli_commands(size_t *ret_count);
/* print.c: data for standard output; a full disk or closed pipe is an error. */
int cli_print(struct cli *cli, const struct buf *text, struct error **err) MC_WARN_UNUSED;
/* A JSON document as -o json or yaml. */
int cli_print_document(struct cli *cli, const json_t *document, struct error **err) MC_WARN_UNUSED;

/* mesh_options.c: the mesh that the options describe, checked. */
int cli_mesh_new(struct cli *cli, struct mesh **ret_mesh, struct error **err) MC_WARN_UNUSED;
/* Default: ./MESH-ca. Yours to free. */
char *cli_ca_dir_dup(const struct options *o, const struct mesh *mesh);

/* option_words.c: "NAME=VALUE": both yours to free. `what` is the option, for the error. */
int cli_split_pair(const char *what, const char *text, char **ret_name, char **ret_value,
                   struct error **err) MC_WARN_UNUSED;
int cli_parse_count(const char *what, const char *text, unsigned max, unsigned *ret_value,
                    struct error **err) MC_WARN_UNUSED;

/* source_options.c: how chart sources, and values files behind URLs, are reached by the options. */
struct chart_source_options cli_chart_source_options(const struct cli *cli);
struct values_urls cli_values_urls(struct cli *cli);

/* run.c: runs the plan from..to, draws it, prints the result. */
int cli_run_steps(struct cli *cli, enum step_id from, enum step_id to, struct error **err)
    MC_WARN_UNUSED;

int cmd_up(struct cli *cli, struct error **err);
int cmd_ca(struct cli *cli, struct error **err);
int cmd_install(struct cli *cli, struct error **err);
int cmd_gateway(struct cli *cli, struct error **err);
int cmd_remote_secret(struct cli *cli, struct error **err);
int cmd_expose(struct cli *cli, struct error **err);
int cmd_verify(struct cli *cli, struct error **err);
int cmd_render(struct cli *cli, struct error **err);
int cmd_charts(struct cli *cli, struct error **err);
int cmd_explain(struct cli *cli, struct error **err);
int cmd_version(struct cli *cli, struct error **err);

#endif
