/* The whole command line: what main calls after the process is set up. */
#ifndef MESHCTL_CLI_MAIN_H
#define MESHCTL_CLI_MAIN_H

#include "meshctl/base/cancel.h"

/* Returns the exit code (README, "Exit codes"). */
int cli_main(int argc, char **argv, struct cancel *cancel);

#endif
