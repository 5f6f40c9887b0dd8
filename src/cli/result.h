/* The end of a run: tables or a document on standard output, errors and the verdict on standard
 * error, the exit code. */
#ifndef MESHCTL_CLI_RESULT_H
#define MESHCTL_CLI_RESULT_H

#include "cli.h"

int cli_print_result(struct cli *cli, const struct mesh *mesh, struct steps *steps,
                     const struct steps_options *options, int64_t elapsed_ms, struct error **err)
    MC_WARN_UNUSED;

#endif
