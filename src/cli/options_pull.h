/* Option family: which versions of charts are copied, and where to. */
#ifndef MESHCTL_CLI_OPTIONS_PULL_H
#define MESHCTL_CLI_OPTIONS_PULL_H

#include "options.h"

struct options_pull {
    const char *istio_version; /* or a range */
    const char *dir;
};

extern const struct option_family options_pull_family;
const struct options_pull *options_pull_of(const struct options *o);

#endif
