/* The objects of a plan as files, for those who apply them with another tool. */
#ifndef MESHCTL_CLI_PLAN_FILES_H
#define MESHCTL_CLI_PLAN_FILES_H

#include "run.h"

/* DIR/MEMBER/NNN-kind-namespace-name.yaml, a file an object, numbered in the order of applying; for
 * `kubectl apply --server-side -f DIR/MEMBER`. No Secrets: certificates and tokens are not for files.
 * Folders are made; a member's folder must be empty or not be there, else ERROR_INPUT. All of it is
 * written, or nothing. */
int plan_files_write(const char *dir, const struct cli_run *run, struct error **err) MC_WARN_UNUSED;

#endif
