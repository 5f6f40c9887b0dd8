/* Option family: what a run may change of what is there. */
#ifndef MESHCTL_CLI_OPTIONS_CHANGE_H
#define MESHCTL_CLI_OPTIONS_CHANGE_H

#include "options.h"

struct options_change {
    const char *dry_run;
    bool take_ownership, force_conflicts;
};

extern const struct option_family options_change_family;
const struct options_change *options_change_of(const struct options *o);

#endif
