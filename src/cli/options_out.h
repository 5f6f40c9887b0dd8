/* Option family: where the objects of a plan go as files. */
#ifndef MESHCTL_CLI_OPTIONS_OUT_H
#define MESHCTL_CLI_OPTIONS_OUT_H

#include "options.h"

struct options_out {
    const char *out;
};

extern const struct option_family options_out_family;
const struct options_out *options_out_of(const struct options *o);

#endif
