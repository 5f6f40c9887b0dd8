/* Option family: which of the steps are run. */
#ifndef MESHCTL_CLI_OPTIONS_CUT_H
#define MESHCTL_CLI_OPTIONS_CUT_H

#include "options.h"

struct options_cut {
    const char *from, *to;
};

extern const struct option_family options_cut_family;
const struct options_cut *options_cut_of(const struct options *o);

#endif
