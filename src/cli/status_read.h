/* One reading of the mesh as it is, for the commands that show it. */
#ifndef MESHCTL_CLI_STATUS_READ_H
#define MESHCTL_CLI_STATUS_READ_H

#include "result.h"

/* Reads it by the options and makes the document (steps_status); cli->exit_code is 0 where the mesh is
 * healthy, 4 where a cluster could not be looked at, 1 where something is wrong. What went wrong
 * with the reading itself is appended to `errors`. New reference. */
int cli_status_read(struct cli *cli, bool is_quiet, json_t **ret_document, struct buf *errors,
                    struct error **err) MC_WARN_UNUSED;

/* What a run needs to read it: for commands that ask for more at the same time. */
int cli_status_options(struct cli *cli, struct steps_options *options, struct error **err)
    MC_WARN_UNUSED;

#endif
