/* Option family: to which version. */
#ifndef MESHCTL_CLI_OPTIONS_UPGRADE_H
#define MESHCTL_CLI_OPTIONS_UPGRADE_H

#include "options.h"

struct options_upgrade {
    const char *to;
};

extern const struct option_family options_upgrade_family;
const struct options_upgrade *options_upgrade_of(const struct options *o);

#endif
