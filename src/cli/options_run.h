/* Option family: how a run goes about the clusters. */
#ifndef MESHCTL_CLI_OPTIONS_RUN_H
#define MESHCTL_CLI_OPTIONS_RUN_H

#include "options.h"

struct options_run {
    const char *only, *timeout, *parallel, *field_manager, *manifests;
};

extern const struct option_family options_run_family;
const struct options_run *options_run_of(const struct options *o);

#endif
