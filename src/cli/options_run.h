/* Option families: how a run goes about the clusters, and about which of them. */
#ifndef MESHCTL_CLI_OPTIONS_RUN_H
#define MESHCTL_CLI_OPTIONS_RUN_H

#include "options.h"

struct options_run {
    const char *timeout, *parallel;
    bool no_input;
};

extern const struct option_family options_run_family;
const struct options_run *options_run_of(const struct options *o);

struct options_only {
    const char *only;
};

extern const struct option_family options_only_family;
const struct options_only *options_only_of(const struct options *o);

#endif
