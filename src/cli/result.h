/* The end of a run: tables or a document on standard output, errors and the verdict on standard
 * error, the exit code. */
#ifndef MESHCTL_CLI_RESULT_H
#define MESHCTL_CLI_RESULT_H

#include "run.h"

int cli_print_result(struct cli *cli, const struct cli_run *run, struct error **err) MC_WARN_UNUSED;
/* Of a run that only listed its changes. The exit code is that of the run, `good` when it went well,
 * or that of `refused` (may be NULL), which stands among the errors then. */
int cli_print_changes(struct cli *cli, const struct cli_run *run, enum exit_code good,
                      const struct error *refused, struct error **err) MC_WARN_UNUSED;
/* Of a run that checked. The exit code is that of a cluster that could not be looked at, else of what
 * was found. */
int cli_print_checks(struct cli *cli, const struct cli_run *run, struct error **err) MC_WARN_UNUSED;

/* For commands that print a result of their own. The exit code of a run with failures: being interrupted
 * first, then whatever failed first. */
int cli_exit_code_of(const struct plan *plan, const struct cli *cli);
/* A document of that kind: the run, `content` (borrowed), what became of the tasks, errors. New
 * reference. */
json_t *cli_document(const struct cli *cli, const struct cli_run *run, const char *kind,
                     json_t *content);
/* The errors of the run's tasks, each told once. */
void cli_append_errors(struct cli *cli, const struct plan *plan, struct buf *out);

#endif
