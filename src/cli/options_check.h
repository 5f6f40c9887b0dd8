/* Option family: what is checked. */
#ifndef MESHCTL_CLI_OPTIONS_CHECK_H
#define MESHCTL_CLI_OPTIONS_CHECK_H

#include "options.h"

struct options_check {
    bool pre;
};

extern const struct option_family options_check_family;
const struct options_check *options_check_of(const struct options *o);
/* What a mesh is made of: taken with --pre only. Of one that runs it says nothing. NULL ends them. */
extern const struct option_family *const options_pre_families[];

#endif
