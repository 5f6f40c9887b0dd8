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

#endif
