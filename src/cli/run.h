/* A run of steps, from the options to its end. */
#ifndef MESHCTL_CLI_RUN_H
#define MESHCTL_CLI_RUN_H

#include "cli.h"

struct cli_run {
    struct mesh *mesh;
    char *ca_dir;
    struct steps_options options; /* may be changed before cli_run_start */
    struct steps *steps;
    int64_t elapsed_ms;
    bool is_quiet; /* nothing is drawn while it runs */
};

/* What the options ask for, all steps. Release it whatever came of it. */
int cli_run_prepare(struct cli *cli, struct cli_run *run, struct error **err) MC_WARN_UNUSED;
/* Opens the clusters and lays out the plan. */
int cli_run_start(struct cli_run *run, struct error **err) MC_WARN_UNUSED;
/* Runs the plan that is laid out and draws it. Its tasks' errors are in the plan. */
int cli_run_plan(struct cli *cli, struct cli_run *run, struct error **err) MC_WARN_UNUSED;
void cli_run_release(struct cli_run *run);
#define AUTO_RUN MC_CLEANUP(cli_run_release) struct cli_run

/* confirm.c: on a terminal the mesh's id is asked for; elsewhere, and with --no-input, it has to be `given`.
 * `deed`: "take it off". ERROR_REFUSED without it. */
int cli_confirm(struct cli *cli, const struct cli_run *run, const char *given, const char *deed,
                struct error **err) MC_WARN_UNUSED;
/* All that comes after cli_run_prepare, to the printed result. */
int cli_run_finish(struct cli *cli, struct cli_run *run, struct error **err) MC_WARN_UNUSED;
/* The whole of it for the steps from..to. */
int cli_run_steps(struct cli *cli, enum step_id from, enum step_id to, struct error **err)
    MC_WARN_UNUSED;

#endif
